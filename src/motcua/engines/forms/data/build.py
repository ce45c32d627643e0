"""Makes the lists that forms offer: ``python -m motcua.engines.forms.data.build``.

Provinces and communes come from the unit files beside the project (``SHARED_DATA``), countries from Babel's names.
Ethnic groups: Quyết định 121-TCTK/PPCĐ (1979), 54 groups, with the English names of the Statistics Office.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from babel import Locale
from django.conf import settings

HERE = Path(__file__).parent

ETHNICITIES = [
    "Kinh",
    "Tày",
    "Thái",
    "Mường",
    "Khmer",
    "Hoa",
    "Nùng",
    "Mông",
    "Dao",
    "Gia Rai",
    "Ê Đê",
    "Ba Na",
    "Sán Chay",
    "Chăm",
    "Cơ Ho",
    "Xơ Đăng",
    "Sán Dìu",
    "Hrê",
    "Ra Glai",
    "Mnông",
    "Thổ",
    "Xtiêng",
    "Khơ Mú",
    "Bru - Vân Kiều",
    "Cơ Tu",
    "Giáy",
    "Tà Ôi",
    "Mạ",
    "Gié - Triêng",
    "Co",
    "Chơ Ro",
    "Xinh Mun",
    "Hà Nhì",
    "Chu Ru",
    "Lào",
    "La Chí",
    "Kháng",
    "Phù Lá",
    "La Hủ",
    "La Ha",
    "Pà Thẻn",
    "Lự",
    "Ngái",
    "Chứt",
    "Lô Lô",
    "Mảng",
    "Cơ Lao",
    "Bố Y",
    "Cống",
    "Si La",
    "Pu Péo",
    "Rơ Măm",
    "Brâu",
    "Ơ Đu",
]


def places(units: Path) -> dict[str, list[dict[str, object]]]:
    """Provinces with their communes from ``units_2025_new.csv``; kind of province as on the portal in October 2026."""
    with (units / "province_agency_codes_2026.csv").open(encoding="utf-8") as stream:
        kinds = {row["province"]: row["type_on_portal_2026_10_01"] for row in csv.DictReader(stream)}
    found: dict[str, dict[str, object]] = {}
    with (units / "units_2025_new.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            bare = row["province"].removeprefix("Thành phố ").removeprefix("Tỉnh ")
            name = f"{kinds.get(bare, row['province'].removesuffix(bare).strip()).capitalize()} {bare}"
            province = found.setdefault(row["provinceCode"], {"code": row["provinceCode"], "name": name, "wards": []})
            wards = province["wards"]
            assert isinstance(wards, list)  # noqa: S101 -- narrows the type
            wards.append([row["wardCode"], row["ward"]])
    return {"provinces": [found[code] for code in sorted(found)]}


def lists() -> dict[str, list[list[str]]]:
    """Options as [value, Vietnamese, English]; the usual answer first."""
    vi, en = Locale("vi"), Locale("en")
    unreal = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}
    codes = [code for code in map(str, vi.territories) if len(code) == 2 and code.isalpha() and code not in unreal]
    codes.sort(key=lambda code: (code != "VN", en.territories[code]))
    return {
        "ethnicities": [[name, name, name] for name in ETHNICITIES] + [["other", "Dân tộc khác", "Another group"]],
        "countries": [[code, vi.territories[code], en.territories[code]] for code in codes],
    }


def main() -> None:
    """Writes ``places.json`` and ``lists.json`` beside this file."""
    for name, content in (("places", places(settings.SHARED_DATA / "units")), ("lists", lists())):
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
