"""Provinces and communes for address fields: two levels since 1 July 2025 (34 provinces, 3,321 communes).

Data: ``data/places.json``, made by ``data/build.py``. The home province offers its communes as a list; for the
others the commune is typed and matched here, so that a page stays light and works without JavaScript.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from motcua.foundation.text import fold as plain

ABROAD = "00"
"""The "province" of an address outside Viet Nam, where a field allows it."""

_KINDS = ("thanh pho ", "tinh ", "phuong ", "xa ", "dac khu ", "tp. ", "tp ", "p. ", "tt ")


def fold(name: str) -> str:
    """A typed name for comparing: lower case, without accents, single blanks, without the kind of unit."""
    text = " ".join(plain(name).split())
    for kind in _KINDS:
        if text.startswith(kind):
            return text[len(kind) :]
    return text


@dataclass(frozen=True)
class Province:
    """A province with its communes, code → name with its kind ("Phường Phú Xuân")."""

    code: str
    name: str
    wards: Mapping[str, str]

    @cached_property
    def _by_folded(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for code, name in self.wards.items():
            key = fold(name)
            found[key] = (*found.get(key, ()), code)
        return found

    def ward_named(self, typed: str) -> str:
        """Code of the commune that is meant by ``typed``; empty when none or more than one is."""
        exact = [code for code, name in self.wards.items() if name.lower() == typed.lower()]
        if len(exact) == 1:
            return exact[0]
        codes = self._by_folded.get(fold(typed), ())
        return codes[0] if len(codes) == 1 else ""


@cache
def provinces() -> Mapping[str, Province]:
    """All 34 provinces by code, in the order of their codes."""
    text = (files("motcua.engines.forms.data") / "places.json").read_text(encoding="utf-8")
    return {
        row["code"]: Province(row["code"], row["name"], dict(row["wards"])) for row in json.loads(text)["provinces"]
    }


def province_named(typed: str) -> str:
    """Code of the province that is meant by ``typed`` ("Hue", "TP. Huế"); empty when none is."""
    wanted = fold(typed)
    return next((code for code, one in provinces().items() if fold(one.name) == wanted), "")


def address_text(line: str, ward_name: str, province: str) -> str:
    """The address as one line: "12 Lê Lợi, Phường Thuận Hóa, Thành phố Huế"."""
    name = provinces()[province].name if province in provinces() else ""
    return ", ".join(part for part in (line, ward_name, name) if part)
