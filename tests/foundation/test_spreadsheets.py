"""Spreadsheets written row by row: other programs read back what was put in, and memory does not grow."""

from __future__ import annotations

import tracemalloc
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.foundation import spreadsheets
from motcua.foundation.spreadsheets import xlsx


def read(pieces: Any) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(BytesIO(b"".join(pieces)), read_only=True).worksheets[0]
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def test_text_numbers_days_and_moments_come_back() -> None:
    rows = [("Nguyễn <An> & “Bình”", 5, date(2026, 11, 22), datetime(2026, 11, 22, 8, 30), None)]
    title, head, row = read(xlsx(rows, head=list("abcde"), title="Sổ [1]", above=["Tên"], widths=[9] * 5))
    assert title[0] == "Tên"
    assert head == tuple("abcde")
    assert row[:2] == rows[0][:2]
    assert row[2:4] == (datetime(2026, 11, 22), datetime(2026, 11, 22, 8, 30))


def test_what_looks_like_a_formula_stays_text() -> None:
    (_head, row) = read(xlsx([('=HYPERLINK("http://x")',)], head=["a"], title="x", widths=[9]))
    assert row == ('=HYPERLINK("http://x")',)
    book = openpyxl.load_workbook(BytesIO(b"".join(xlsx([("=1+1",)], head=["a"], title="x", widths=[9]))))
    assert book.worksheets[0]["A2"].data_type == "s"


@settings(max_examples=50)
@given(st.text(max_size=40))
def test_no_text_breaks_the_file(text: str) -> None:
    rows = read(xlsx([(text, "end")], head=["a", "b"], title=text, widths=[9, 9]))
    assert rows[1][1] == "end"


def test_rows_beyond_one_sheet_go_on_in_the_next(monkeypatch: Any) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 4)
    made = b"".join(xlsx([(n,) for n in range(7)], head=["a"], title="Sổ", widths=[9]))
    book = openpyxl.load_workbook(BytesIO(made), read_only=True)
    values = [row[0] for sheet in book.worksheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert values == list(range(7))
    assert book.sheetnames == ["Sổ", "Sổ 2", "Sổ 3"]


def test_memory_does_not_grow_with_the_rows() -> None:
    row = ("H57.100-261122-0001", "Đăng ký khai sinh", 1, datetime(2026, 11, 22, 8, 30)) * 3

    def peak(count: int) -> int:
        tracemalloc.start()
        for _piece in xlsx((row for _ in range(count)), head=["a"] * 12, title="x", widths=[9] * 12):
            pass
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(4000) < 2 * peak(1000) + 1_000_000
