"""Reads the cells of a spreadsheet in a process of its own, with little memory and time:

    python -m motcua.engines.flows.cells < FILE > CELLS

A file of two kilobytes can ask for terabytes (one cell in the last row of the last column), and then the process that
reads it ends. So that is never the web server. Writes JSON: ``{"sheets": [{"name", "rows", "merged"}]}`` or
``{"refused": "rows" | "columns" | "cells" | "unreadable", "sheet": …}``.
"""

from __future__ import annotations

import io
import json
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from python_calamine import CalamineError, load_workbook

MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 400
MOST_CELLS: Final = 6_000_000
MEMORY: Final = 2 * 1024**3
SECONDS: Final = 30
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL: Final = re.compile(
    rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"([^>]*)>\s*(<f\b[^>]*>([^<]*)</f>)?\s*(?:<v>([^<]*)</v>)?'
)
_MARKED: Final = re.compile(rb"</f>\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>|t=\"e\"")


def read(data: bytes) -> dict[str, Any]:
    """The sheets, or why they are refused."""
    sheets = []
    try:
        book = load_workbook(io.BytesIO(data))
        files = _files(data)
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            rows, columns = sheet.total_height + 1, sheet.total_width + 1
            for what, too_much in (
                ("rows", rows > MOST_ROWS + 1),
                ("columns", columns > MOST_COLUMNS),
                ("cells", rows * columns > MOST_CELLS),
            ):
                if too_much:
                    return {"refused": what, "sheet": name[:80]}
            cells = [[_plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
            _tell_unreckoned(cells, files.get(name, b""))
            sheets.append({"name": name, "rows": cells, "merged": _merged(sheet.merged_cell_ranges or (), cells)})
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, KeyError, ParseError, DefusedXmlException):
        return {"refused": "unreadable"}
    return {"sheets": sheets}


def _merged(ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]], rows: list[list[Any]]) -> list[list[int]]:
    """Merged cells within the table. They cannot hold more cells than it has, however many a file says."""
    left = sum(map(len, rows))
    found = []
    for (top, first), (bottom, last) in ranges:
        bottom = min(bottom, len(rows) - 1)
        left -= bottom - top + 1
        if left < 0:
            break
        if top <= bottom:
            found.append([top, first, bottom, last])
    return found


def _plain(cell: Any) -> str | int | float | bool:
    """A cell's value as JSON holds it; days and times as people write them down."""
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M}" if cell.time() != time() else f"{cell:%d/%m/%Y}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, timedelta):
        return str(cell)
    return cell if isinstance(cell, str | int | float | bool) else ""


def _files(data: bytes) -> dict[str, bytes]:
    """Of an xlsx the sheets as they are stored, by name; nothing of others."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return {}
        relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {one.get("Id"): one.get("Target", "") for one in relations}
        found = {}
        for one in fromstring(archive.read("xl/workbook.xml")).iter():
            target = targets.get(one.get(_RELATION), "") if one.tag.endswith("}sheet") else ""
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            if target and path in names:
                found[one.get("name", "")] = archive.read(path)
        return found


def _tell_unreckoned(rows: list[list[Any]], stored: bytes) -> None:
    """A formula that ended in an error, or that no program has reckoned yet, looks empty; here its cell says so, and
    whoever expects a time or a code there refuses it by its row."""
    if not _MARKED.search(stored):
        return
    for cell in _CELL.finditer(stored):
        letters, number, attributes, formula, words, value = cell.groups()
        error = b't="e"' in attributes and value
        if not error and not (formula and not (value or b"").strip()):
            continue
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        row = int(number) - 1
        if row < len(rows) and column - 1 < len(rows[row]) and rows[row][column - 1] in ("", None):
            said = value if error else b"=" + words
            rows[row][column - 1] = said.decode("utf-8", "replace")[:60]


def main() -> None:
    """From standard input to standard output, within limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(read(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
