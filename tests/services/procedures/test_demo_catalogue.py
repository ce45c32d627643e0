"""The catalogue that comes with the house: facts only, and what the script makes of the full one."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from motcua.services.procedures.importer import DEMO_CATALOGUE
from motcua.services.procedures.records import read
from motcua.services.procedures.reference import table
from tools import derive_demo_catalogue, derive_demo_units

UNITS = Path(derive_demo_units.TARGET)


def records() -> list[dict[str, Any]]:
    with gzip.open(DEMO_CATALOGUE, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_it_holds_facts_and_no_prose() -> None:
    found = records()
    assert len(found) == 3789
    assert DEMO_CATALOGUE.stat().st_size <= 1_000_000
    for record in found:
        assert not {"steps", "requirements", "description", "receiving_address"} & set(record)
        for case in record.get("components", []):
            assert len(case.get("case", "")) <= 160
            assert all(len(item["name"].removesuffix(" (tùy trường hợp)")) <= 160 for item in case["items"])
        assert all(len(one) <= 120 for one in record.get("legal_basis", []))
        assert all(len(method.get("note", "")) <= 160 for method in record["methods"])


def test_every_record_can_be_used() -> None:
    for record in records():
        assert read(record).code == record["code"]


def test_hints_and_life_events_name_procedures_that_are_there() -> None:
    codes = {record["code"] for record in records()}
    assert {row["code"] for row in table("search_hints.csv")} <= codes
    assert {code for row in table("life_events.csv") for code in row["codes"].split()} <= codes


def test_the_units_of_the_demo_province() -> None:
    with (UNITS / "hue_units.csv").open(encoding="utf-8", newline="") as file:
        units = list(csv.DictReader(file))
    boundaries = json.loads((UNITS / "hue_communes.geojson").read_text(encoding="utf-8"))["features"]
    assert len(units) == len(boundaries) == 40
    assert {unit["ward_code"] for unit in units} == {one["properties"]["code"] for one in boundaries}
    for one in boundaries:
        for polygon in one["geometry"]["coordinates"]:
            assert all(len(ring) >= 4 and ring[0] == ring[-1] for ring in polygon)


@pytest.mark.realdata
def test_the_committed_files_are_what_the_scripts_make(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "procedures" / "procedures.jsonl.gz"
    assert derive_demo_catalogue.main([str(source), str(tmp_path / "catalogue")]) == 0
    made = gzip.decompress((tmp_path / "catalogue").read_bytes())
    assert made == gzip.decompress(DEMO_CATALOGUE.read_bytes())
    assert derive_demo_units.main([str(shared_data), str(tmp_path)]) == 0
    for name in ("hue_units.csv", "hue_communes.geojson", "province_codes.csv"):
        assert (tmp_path / name).read_bytes() == (UNITS / name).read_bytes(), name
