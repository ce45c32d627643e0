"""Derives the units and boundaries of the demo province from the shared data: facts only.

    python -m tools.derive_demo_units [SHARED_DATA [TARGET]]

``hue_units.csv``: the 40 wards and communes of Huế of 1/7/2025 with code of QĐ 19/2025/QĐ-TTg, centre and area, in the
order of their codes, and the identifier that the demo province gives them (H57.10.01 …; real ones are set by the
province). ``hue_communes.geojson``: their boundaries, WGS 84, about 10 m fine. ``province_codes.csv``: the level-1
identifiers of the 34 provinces.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
TARGET = ROOT / "src" / "motcua" / "engines" / "organisations" / "data"

PROVINCE = "46"  # Thành phố Huế
COMMUNES = "H57.10"
FINE = 4  # decimals of a degree, about 10 m


def units(source: Path) -> list[dict[str, str]]:
    """One row per ward or commune, in the order of the codes."""
    with (source / "units" / "units_2025_new.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["provinceCode"] == PROVINCE]
    rows.sort(key=lambda row: row["wardCode"])
    return [
        {
            "code": f"{COMMUNES}.{place:02d}",
            "ward_code": row["wardCode"],
            "type": row["wardType"],
            "name": row["ward"],
            "latitude": row["wardLat"],
            "longitude": row["wardLon"],
            "area_km2": row["wardAreaKm2"],
        }
        for place, row in enumerate(rows, start=1)
    ]


def boundaries(source: Path) -> dict[str, Any]:
    """The boundaries as GeoJSON with code and name, rounded."""
    full = json.loads((source / "units" / "hue_communes.geojson").read_text(encoding="utf-8"))
    features = [
        {
            "type": "Feature",
            "id": feature["properties"]["code"],
            "properties": {"code": feature["properties"]["code"], "name": feature["properties"]["fullName"]},
            "geometry": {
                "type": feature["geometry"]["type"],
                "coordinates": _rounded(feature["geometry"]["coordinates"]),
            },
        }
        for feature in full["features"]
    ]
    return {"type": "FeatureCollection", "features": sorted(features, key=lambda feature: str(feature["id"]))}


def _rounded(value: Any) -> Any:
    if isinstance(value, float | int):
        return round(value, FINE)
    parts = [_rounded(part) for part in value]
    if parts and isinstance(parts[0], list) and parts[0] and not isinstance(parts[0][0], list):
        # A ring: points that rounding has made equal to the one before say nothing.
        kept = [point for place, point in enumerate(parts) if place == 0 or point != parts[place - 1]]
        return kept if len(kept) >= 4 else parts
    return parts


def provinces(source: Path) -> list[dict[str, str]]:
    """Level-1 identifiers (QĐ 20/2020/QĐ-TTg) of the provinces."""
    with (source / "units" / "province_agency_codes_2026.csv").open(encoding="utf-8", newline="") as file:
        return [{"code": row["agency_code"], "name": row["province"]} for row in csv.DictReader(file)]


def write(target: Path, rows: list[dict[str, str]]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(arguments: list[str]) -> int:
    source = Path(arguments[0]) if arguments else SHARED
    target = Path(arguments[1]) if len(arguments) > 1 else TARGET
    target.mkdir(parents=True, exist_ok=True)
    write(target / "hue_units.csv", units(source))
    write(target / "province_codes.csv", provinces(source))
    text = json.dumps(boundaries(source), ensure_ascii=False, separators=(",", ":"))
    (target / "hue_communes.geojson").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
