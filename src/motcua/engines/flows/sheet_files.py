"""Spreadsheet files: xlsx and ods read as cells, never as formulas or macros; xlsx written."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from motcua.engines.flows.rules import Definition
from motcua.engines.flows.sheets import Sheet
from motcua.engines.flows.wording import ACTION_WORDS, STAGE_WORDS, UNIT_WORDS
from motcua.foundation.errors import Invalid, TooLarge

MOST_BYTES: Final = 30 * 1024 * 1024
MOST_UNPACKED: Final = 300 * 1024 * 1024
PATIENCE: Final = 120
"""Seconds that reading may take."""
_KINDS: Final = ("xl/workbook.xml", "content.xml")

HEADS: Final = (
    ("code", "Mã TTHC", 16),
    ("field", "Áp dụng cho lĩnh vực", 24),
    ("flow", "Mã quy trình", 18),
    ("title", "Tên quy trình", 34),
    ("step", "Bước thực hiện", 44),
    ("unit", "Đơn vị", 26),
    ("role", "Vai trò", 18),
    ("hours", "Thời gian (giờ)", 12),
    ("action", "Hành động", 30),
    ("key", "Khóa bước", 14),
    ("next", "Bước tiếp theo", 18),
    ("choice", "Chọn một", 9),
    ("join", "Chờ tất cả", 9),
    ("name_en", "Tên tiếng Anh", 30),
    ("system", "Hệ thống ngoài", 18),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A flow to be written down; ``rules`` as ``FlowRule`` keeps them."""

    key: str
    name: str
    rules: list[dict[str, str]]
    definition: Definition


def sheets_in(data: bytes) -> list[Sheet]:
    """All sheets of an xlsx or ods file. Raises ``TooLarge``, and ``Invalid`` for everything else."""
    if len(data) > MOST_BYTES:
        raise TooLarge("The file is larger than 30 MB. Please divide it.")
    _look_inside(data)
    return [
        Sheet(one["name"], one["rows"], [tuple(place) for place in one["merged"]])
        for one in _read_apart(data)["sheets"]
    ]


def _read_apart(data: bytes) -> dict[str, Any]:
    """What ``cells`` reads in its own process, which may end for want of memory or time."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "motcua.engines.flows.cells"],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise TooLarge("The file would grow beyond measure when opened, so it was not accepted.") from None
    found: dict[str, Any] = json.loads(done.stdout)
    match found.get("refused"):
        case "rows":
            raise TooLarge("The sheet %(name)s has more than 200,000 rows.", name=found["sheet"])
        case "columns" | "cells":
            raise TooLarge(
                "On sheet %(name)s something stands far outside the table. Delete the empty rows and columns there.",
                name=found["sheet"],
            )
        case "unreadable":
            raise Invalid("The file cannot be read. Please save it as Excel (.xlsx) or OpenDocument (.ods) again.")
    return found


def _look_inside(data: bytes) -> None:
    """A zip archive that says it is a spreadsheet and does not grow beyond measure."""
    if not data.startswith(b"PK"):
        raise Invalid("Only spreadsheets are read here: Excel (.xlsx) or OpenDocument (.ods).")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise Invalid("Only spreadsheets are read here: Excel (.xlsx) or OpenDocument (.ods).") from None
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise TooLarge("The file would grow beyond measure when opened, so it was not accepted.")
    if not {member.filename for member in members} & set(_KINDS):
        raise Invalid("Only spreadsheets are read here: Excel (.xlsx) or OpenDocument (.ods).")


def to_xlsx(flows: Iterable[Written]) -> bytes:
    """Flows as the spreadsheet that ``sheets`` reads back as the same flows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Quy trình nội bộ")
    sheet.freeze_panes = "A2"
    for at, (_, _, width) in enumerate(HEADS):
        sheet.column_dimensions[chr(ord("A") + at)].width = width
    bold = Font(bold=True)
    heads = []
    for _, head, _ in HEADS:
        cell = WriteOnlyCell(sheet, value=head)
        cell.font = bold
        heads.append(cell)
    sheet.append(heads)
    for flow in flows:
        for row in rows_of(flow):
            sheet.append([_cell(sheet, row.get(name, "")) for name, _, _ in HEADS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: str | int) -> Any:
    """Numbers as numbers, text as text: what begins with “=” is a name here, not a formula."""
    if value == "":
        return None
    if isinstance(value, int) or not value.startswith(("=", "+", "-", "@", "#")):
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def rows_of(flow: Written) -> Iterable[dict[str, str | int]]:
    """The rows of one flow, one a step; the flow itself is named in each, so that rows can be sorted and filtered."""
    codes = "; ".join(rule["procedure_code"] for rule in flow.rules if rule["procedure_code"])
    fields = "\n".join(
        " | ".join(part for part in (rule["field"], rule["level"]) if part) if rule["field"] else f"| {rule['level']}"
        for rule in flow.rules
        if rule["field"] or rule["level"]
    )
    if any(not (rule["procedure_code"] or rule["field"] or rule["level"]) for rule in flow.rules):
        fields = "*"
    for step in flow.definition.steps:
        yield {
            "code": codes,
            "field": fields,
            "flow": flow.key,
            "title": flow.name,
            "step": step.name,
            "unit": UNIT_WORDS.get(step.unit, step.unit),
            "role": step.role,
            "hours": step.hours or "",
            "action": "; ".join([STAGE_WORDS[step.stage], *(ACTION_WORDS[name] for name in step.actions)]),
            "key": step.key,
            "next": ", ".join(step.next),
            "choice": "x" if step.choice else "",
            "join": "x" if step.join else "",
            "name_en": step.name_en,
            "system": step.system,
        }
