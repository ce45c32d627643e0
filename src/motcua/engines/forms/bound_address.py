"""The inputs of an address on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from motcua.engines.forms import cleaning, places
from motcua.engines.forms.schema import ADDRESS_PARTS
from motcua.engines.forms.text import Text

if TYPE_CHECKING:
    from motcua.engines.forms.bound_fields import BoundField


def printable(text: str) -> str:
    """Raw text as it may stand in a page again: nothing that can not be encoded, and not endless."""
    return text[: cleaning.LONGEST_RAW].encode("utf-8", "ignore").decode().replace("\x00", "")


@dataclass(frozen=True)
class BoundAddress:
    """The four inputs of an address. The communes of the home province are a list; others are typed."""

    owner: BoundField

    def _given(self, part: str) -> str:
        raw = self.owner.raw.get(part) if isinstance(self.owner.raw, Mapping) else ""
        return printable(raw) if isinstance(raw, str) else ""

    @property
    def province(self) -> str:
        return self._given("province") or self.home

    @property
    def home(self) -> str:
        return self.owner.bound.home_province

    @property
    def ward(self) -> str:
        return self._given("ward") if self.province == self.home else ""

    @property
    def ward_name(self) -> str:
        return self._given("ward_name") if self.province != self.home else ""

    @property
    def line(self) -> str:
        return self._given("line")

    @property
    def provinces(self) -> list[tuple[str, str]]:
        rows = [(one.code, one.name) for one in places.provinces().values()]
        rows.sort(key=lambda row: row[0] != self.home)
        if self.owner.field.abroad:
            rows.append((places.ABROAD, self.owner.bound.say(Text("Ở nước ngoài", "Outside Viet Nam"))))
        return rows

    @property
    def wards(self) -> list[tuple[str, str]]:
        found = places.provinces().get(self.home)
        rows = list(found.wards.items()) if found else []
        return sorted(rows, key=lambda row: places.fold(row[1]))

    @property
    def errors(self) -> dict[str, list[str]]:
        return {part: self.owner.errors_at(f"{self.owner.path}.{part}") for part in ADDRESS_PARTS}

    @property
    def elsewhere_when(self) -> str:
        abroad = f"&{self.owner.name}-province!={places.ABROAD}" if self.owner.field.abroad else ""
        return f"{self.owner.name}-province!={self.home}{abroad}"

    @property
    def home_when(self) -> str:
        return f"{self.owner.name}-province={self.home}"
