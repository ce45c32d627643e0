"""A spreadsheet (xlsx, ECMA-376) written row by row: as many rows as there are, in the same memory.

The writer gives out bytes as they come, so that a download begins at once and nothing waits in a file.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from io import RawIOBase
from typing import Final
from xml.sax.saxutils import escape

Cell = str | int | date | datetime | None

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS: Final = 1_048_576
"""What the format admits in one sheet; further rows go on in another."""

_CHUNK: Final = 64 * 1024
_EPOCH: Final = datetime(1899, 12, 30)
_NS: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_NS}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_PLAIN, _BOLD, _MOMENT, _DAY = 0, 1, 2, 3


class _Outlet(RawIOBase):
    """Where the zip writes to: what comes in is taken out by whoever reads."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        piece = bytes(data)
        self._pieces.append(piece)
        self.waiting += len(piece)
        return len(piece)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces, self.waiting = [], 0
        return taken


def _column(number: int) -> str:
    name = ""
    while number >= 0:
        name = chr(ord("A") + number % 26) + name
        number = number // 26 - 1
    return name


def _text(value: str) -> str:
    """Text as XML 1.0 admits it. It is stored as text, so that nothing in it is ever taken for a formula."""
    kept = "".join(letter for letter in value if letter in "\t\n" or " " <= letter < "\ud800" or letter > "\udfff")
    return escape(kept.replace("\ufffe", "").replace("\uffff", "")[:32_767])


def _cell(value: Cell, place: str, style: int) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        naive = value.replace(tzinfo=None)
        return f'<c r="{place}" s="{_MOMENT}"><v>{(naive - _EPOCH) / timedelta(days=1):.8f}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="{_DAY}"><v>{(datetime(value.year, value.month, value.day) - _EPOCH).days}</v></c>'
    if isinstance(value, int):
        return f'<c r="{place}" s="{style}"><v>{value}</v></c>'
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'


def _row(cells: Sequence[Cell], number: int, columns: Sequence[str], style: int = _PLAIN) -> bytes:
    inner = "".join(_cell(value, f"{name}{number}", style) for name, value in zip(columns, cells, strict=False))
    return f'<row r="{number}">{inner}</row>'.encode()


def xlsx(
    rows: Iterable[Sequence[Cell]], *, head: Sequence[str], title: str, above: Sequence[str] = (), widths: Sequence[int]
) -> Iterator[bytes]:
    """The file, piece by piece. ``above``: lines over the head; ``widths``: of columns, in letters.

    Moments are written as they stand, without their zone: convert them first. More rows than a sheet holds go on in
    further sheets with the same head.
    """
    outlet = _Outlet()
    columns = [_column(number) for number in range(len(head))]
    cols = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(widths, 1))
    source = iter(rows)
    sheets = 0
    pending: Sequence[Cell] | None = None
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        while True:
            sheets += 1
            with archive.open(_entry(f"xl/worksheets/sheet{sheets}.xml"), "w", force_zip64=True) as sheet:
                frozen = len(above) + 1
                sheet.write(
                    f'{_HEAD}<worksheet xmlns="{_NS}"><sheetViews><sheetView workbookViewId="0">'
                    f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" state="frozen"/>'
                    "</sheetView></sheetViews>"
                    f"<cols>{cols}</cols><sheetData>".encode()
                )
                number = 0
                for line in above:
                    number += 1
                    sheet.write(_row([line], number, columns))
                number += 1
                sheet.write(_row(head, number, columns, _BOLD))
                if pending is not None:
                    number += 1
                    sheet.write(_row(pending, number, columns))
                    pending = None
                for cells in source:
                    if number >= MOST_ROWS:
                        pending = cells
                        break
                    number += 1
                    sheet.write(_row(cells, number, columns))
                    if outlet.waiting > _CHUNK:
                        yield outlet.take()
                sheet.write(b"</sheetData></worksheet>")
            if pending is None:
                break
        for name, text in _frame(sheets, title):
            archive.writestr(_entry(name), text)
    yield outlet.take()


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without the time of making: the same rows give the same bytes."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _frame(sheets: int, title: str) -> list[tuple[str, str]]:
    """The parts around the sheets."""
    numbers = range(1, sheets + 1)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    named_so = "".join(letter for letter in title if letter not in "[]:*?/\\'\t\n")[:25].strip() or "1"
    safe = _text(named_so).replace('"', "&quot;")
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers
    )
    named = "".join(f'<sheet name="{safe}{f" {n}" if n > 1 else ""}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    return [
        (
            "[Content_Types].xml",
            f'{_HEAD}<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/'
            'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{types}</Types>',
        ),
        (
            "_rels/.rels",
            f'{_HEAD}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        ),
        ("xl/workbook.xml", f'{_HEAD}<workbook xmlns="{_NS}" xmlns:r="{_REL}"><sheets>{named}</sheets></workbook>'),
        (
            "xl/_rels/workbook.xml.rels",
            f'{_HEAD}<Relationships xmlns="{package}/relationships">{related}<Relationship Id="rId{sheets + 1}" '
            f'Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
        ),
        ("xl/styles.xml", _STYLES),
    ]
