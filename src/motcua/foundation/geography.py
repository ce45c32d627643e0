"""Addresses in the two-level country (since 1 July 2025), keeping what old papers say of districts as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from motcua.foundation.text import clean_line


@dataclass(frozen=True, slots=True)
class Address:
    """``line``: house, street, hamlet. ``ward`` and ``province``: names with their kind (phường, xã, tỉnh, thành phố);
    the codes are those of the national list where known. ``former``: the address in the old three levels, as written.
    """

    line: str = ""
    ward: str = ""
    province: str = ""
    ward_code: str = ""
    province_code: str = ""
    former: str = ""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Address:
        """From stored data or a form; unknown keys are ignored, text is cleaned."""
        return cls(**{key: clean_line(str(data.get(key) or "")) for key in cls.__slots__})

    def as_data(self) -> dict[str, str]:
        """Plain data without empty parts."""
        return {key: value for key, value in asdict(self).items() if value}

    @property
    def complete(self) -> bool:
        """Whether a letter would arrive."""
        return bool(self.line and self.ward and self.province)

    def __str__(self) -> str:
        """One line, smallest part first; the old address when it is all there is."""
        return ", ".join(part for part in (self.line, self.ward, self.province) if part) or self.former
