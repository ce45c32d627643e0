"""The official mapping of the 2025 merger: 10,040 old units to 3,321 new ones, as the shared data has it."""

from __future__ import annotations

import csv
import gzip
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Unit:
    """A ward or commune (or a district without any), old or new."""

    province: str
    district: str
    code: str
    name: str


@dataclass(frozen=True)
class Mapping:
    """``moved``: old unit → new ones, the default first."""

    old: tuple[Unit, ...]
    new: tuple[Unit, ...]
    moved: dict[Unit, tuple[Unit, ...]]


def plain(name: str) -> str:
    """As the mapping writes names: small letters and digits without marks and spaces."""
    decomposed = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return re.sub("[^a-z0-9]", "", "".join(c for c in decomposed if not unicodedata.combining(c)).lower())


def marked(name: str) -> str:
    """With their marks, where two of one place differ in nothing else."""
    return re.sub(r"[^\w]", "", unicodedata.normalize("NFC", name).lower())


def read(folder: Path) -> Mapping:
    """Raises ``KeyError`` for a name that stands for no unit."""
    with gzip.open(folder / "units_pre2025_legacy.csv.gz", "rt", encoding="utf-8") as file:
        old = [Unit(row["province"], row["district"], row["wardCode"], row["ward"]) for row in csv.DictReader(file)]
    with (folder / "units_2025_new.csv").open(encoding="utf-8") as file:
        new = [Unit(row["province"], "", row["wardCode"], row["ward"]) for row in csv.DictReader(file)]
    converter = json.loads((folder / "old_to_new_converter_2025.json").read_text(encoding="utf-8"))
    before = _by_key(old)
    after = _by_key(new)
    moved: dict[Unit, list[Unit]] = {}
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            for each in olds:
                moved.setdefault(before[each], []).append(after[f"{province}_{ward}"])
    for province, wards in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for each, parts in wards.items():
            for part in sorted(parts, key=lambda part: not part["isDefaultNewWard"]):
                moved.setdefault(before[each], []).append(after[f"{province}_{part['newWardKey']}"])
    return Mapping(tuple(old), tuple(new), {unit: tuple(dict.fromkeys(units)) for unit, units in moved.items()})


def _by_key(units: list[Unit]) -> dict[str, Unit]:
    def place(unit: Unit) -> str:
        return "_".join(plain(part) for part in (unit.province, unit.district) if part)

    often = Counter((place(unit), plain(unit.name)) for unit in units)
    found = {}
    for unit in units:
        twice = often[place(unit), plain(unit.name)] > 1
        found[f"{place(unit)}_{marked(unit.name) if twice else plain(unit.name)}"] = unit
    return found
