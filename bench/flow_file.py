"""A spreadsheet of flows as a province has it, made from the facts of the real catalogue: one flow per procedure.

    python -m bench.flow_file FILE [--flows 5508] [--catalogue CATALOGUE]

Steps follow the level that handles the procedure, hours add up to at most its own time limit at the counter, and the
file has what real ones have: titles above the heads, the counter's receiving as first row, blank cells below a code,
units by their words, days and hours in turn. 5,508 is the number of processes of one province (FACTS §9). A catalogue
with fewer procedures goes on with the groups of cases within one procedure, as provinces also do, coded “.2”, “.3”.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook

FLOWS = 5508
HEADS = ["STT", "Mã TTHC", "Tên thủ tục hành chính", "Nội dung công việc", "Đơn vị thực hiện", "Vai trò",
         "Thời gian", "Hành động"]  # fmt: skip
HOURS = {"WORKING_DAY": 8.0, "HOUR": 1.0, "DAY": 8.0 * 5 / 7, "MONTH": 8.0 * 22}
PLENTY = 120
"""Working hours where the catalogue says the limit only in prose."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What the file needs of a procedure: its code, name, level and how many working hours the law gives."""

    code: str
    name: str
    level: str
    hours: int


def facts(catalogue: Path) -> list[Fact]:
    """Every procedure of a catalogue file (docs/administrators/catalogue-format.md)."""
    found = []
    with gzip.open(catalogue, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found.append(Fact(str(row["code"]), str(row["name"]), _level(row), _hours(row)))
    return found


def _level(row: dict[str, Any]) -> str:
    return "COMMUNE" if "Xã" in str(row.get("level")) else "PROVINCE"


def _hours(row: dict[str, Any]) -> int:
    """The shortest limit that the catalogue states as a number, in working hours; at least four."""
    limits = [
        float(method["time_value"]) * HOURS[method["time_unit"]]
        for method in row.get("methods") or []
        if method.get("time_value") and method.get("time_unit") in HOURS
    ]
    return max(4, int(min(limits))) if limits else PLENTY


def rows(fact: Fact) -> Iterator[list[Any]]:
    """The rows of one flow as an office writes them."""
    commune = fact.level == "COMMUNE"
    share = [0.6, 0.2, 0.1] if fact.hours > 16 else [0.5, 0.25]
    spans = [max(1, int(fact.hours * part)) for part in share]
    yield [None, "Tiếp nhận hồ sơ, chuyển hồ sơ", "Bộ phận Một cửa", None, "Giờ hành chính", "Tiếp nhận"]
    who = "Cơ quan có thẩm quyền"
    first = f"{spans[0] // 8} ngày" if spans[0] % 8 == 0 else spans[0]
    yield [None, "Thẩm định hồ sơ", who, "Chuyên viên thụ lý", first, "Xử lý; Yêu cầu bổ sung; Trả lại bước trước"]
    if len(spans) > 2:
        words = "Công chức chuyên môn tổng hợp, trình ký" if commune else "Lãnh đạo phòng kiểm tra, trình ký"
        yield [None, words, None, None if commune else "Lãnh đạo phòng", f"{spans[2]} giờ", "Xử lý"]
    signer = "Chủ tịch Ủy ban nhân dân ký" if commune else "Lãnh đạo cơ quan phê duyệt"
    yield [None, signer, None, None, spans[1], "Ký duyệt"]
    yield [None, "Trả kết quả cho tổ chức, cá nhân", "Bộ phận Một cửa", None, None, "Trả kết quả"]


def chosen(known: list[Fact], flows: int) -> list[Fact]:
    """So many flows: each procedure once, then its groups of cases."""
    found: list[Fact] = []
    turn = 1
    while len(found) < flows:
        for fact in known[: flows - len(found)]:
            code = fact.code if turn == 1 else f"{fact.code}.{turn}"
            found.append(Fact(code, fact.name, fact.level, fact.hours))
        turn += 1
    return found


def write(known: list[Fact], flows: int = FLOWS) -> bytes:
    """The whole file as xlsx."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Quy trình nội bộ")
    sheet.append(["DANH MỤC QUY TRÌNH NỘI BỘ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"])
    sheet.append(["(Ban hành kèm theo Quyết định của Chủ tịch Ủy ban nhân dân tỉnh)"])
    sheet.append([])
    sheet.append(HEADS)
    for number, fact in enumerate(chosen(known, flows), 1):
        for at, row in enumerate(rows(fact)):
            begins = [number, fact.code, fact.name[:200]] if at == 0 else [None, None, None]
            sheet.append([*begins, *row[1:]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Writes the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--flows", type=int, default=FLOWS)
    parser.add_argument("--catalogue", type=Path)
    given = parser.parse_args(arguments)
    given.file.write_bytes(write(facts(given.catalogue or default_catalogue()), given.flows))
    return 0


def default_catalogue() -> Path:
    """The full catalogue where it stands beside the project (MOTCUA_SHARED_DATA), else the one that comes with it."""
    import os

    import motcua

    shared = Path(os.environ.get("MOTCUA_SHARED_DATA", "../shared/data")) / "procedures" / "procedures.jsonl.gz"
    own = Path(next(iter(motcua.__path__))) / "services" / "procedures" / "data" / "demo_catalogue.jsonl.gz"
    return shared if shared.is_file() else own


if __name__ == "__main__":
    sys.exit(main())
