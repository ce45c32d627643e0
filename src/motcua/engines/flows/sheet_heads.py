"""The heads of a table of steps, however an office words them, and what a cell says as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from motcua.foundation.text import fold

FIRST_ROWS: Final = 40
"""Titles and legal bases stand above the table; the heads are among the first rows."""

_HEADS: Final[dict[str, tuple[str, ...]]] = {
    # for each column the wordings, the surest first: of two columns that fit, the surer is taken
    "code": (
        "ma tthc", "ma so tthc", "ma thu tuc", "ma so thu tuc", "ma thu tuc hanh chinh", "ma so thu tuc hanh chinh",
        "ma tthc quoc gia", "ma so ho so tthc", "ma quoc gia", "procedure code", "procedure_code", "ma dvc", "ma",
    ),
    "title": ("ten quy trinh", "ten thu tuc hanh chinh", "ten tthc", "ten thu tuc", "thu tuc hanh chinh", "flow name"),
    "flow": ("ma quy trinh", "khoa quy trinh", "flow"),
    "field": ("linh vuc ap dung", "ap dung cho linh vuc", "field rule"),
    "step": (
        "ten buoc", "noi dung cong viec", "noi dung buoc", "noi dung thuc hien", "noi dung", "cong viec",
        "cac buoc thuc hien", "buoc thuc hien", "buoc xu ly", "trinh tu thuc hien", "trinh tu", "buoc", "step",
    ),
    "unit": (
        "don vi thuc hien", "don vi xu ly", "don vi", "co quan thuc hien", "co quan", "phong ban", "phong/don vi",
        "bo phan", "don vi/bo phan", "bo phan thuc hien", "don vi, bo phan", "noi thuc hien", "unit",
    ),
    "role": (
        "vai tro", "chuc danh", "chuc vu", "nguoi thuc hien", "trach nhiem thuc hien", "trach nhiem",
        "can bo thuc hien", "can bo", "nguoi xu ly", "role",
    ),
    "hours": (
        "so gio", "thoi gian", "thoi gian thuc hien", "thoi gian xu ly", "thoi gian giai quyet", "thoi han",
        "thoi han giai quyet", "so gio lam viec", "so ngay", "gio", "hours",
    ),
    "action": (
        "hanh dong", "thao tac", "loai cong viec", "loai buoc", "hinh thuc xu ly", "hinh thuc", "action",
    ),
    "key": ("khoa buoc", "ma buoc", "step key"),
    "next": ("buoc tiep theo", "tiep theo", "chuyen den", "next"),
    "join": ("cho tat ca", "ghep", "join"),
    "choice": ("chon mot", "re nhanh", "choice"),
    "name_en": ("ten tieng anh", "tieng anh", "english name", "english"),
    "system": ("he thong ngoai", "he thong", "system"),
}  # fmt: skip
_RANKS: Final = {head: (name, rank) for name, heads in _HEADS.items() for rank, head in enumerate(heads)}


@dataclass(frozen=True, slots=True)
class Heads:
    """Where the heads stand (row from 0) and which column holds what."""

    row: int
    columns: dict[str, int]


def find_heads(rows: Sequence[Sequence[Any]]) -> Heads | None:
    """The first row that names the step and what takes the flow; ``None`` where no table of steps is."""
    for place, row in enumerate(rows[:FIRST_ROWS]):
        best: dict[str, tuple[int, int]] = {}
        days = -1
        for column, cell in enumerate(row):
            plain, bracket = _plain(text_of(cell))
            if plain in _RANKS:
                name, rank = _RANKS[plain]
                if name not in best or rank < best[name][0]:
                    best[name] = rank, column
                    if name == "hours" and ("ngay" in bracket or plain == "so ngay"):
                        days = column
        columns = {name: column for name, (_, column) in best.items()}
        if "step" in columns and ({"code", "flow", "field"} & columns.keys()):
            if columns.get("hours", -2) == days:
                columns["hours_in_days"] = days
            return Heads(place, columns)
    return None


def _plain(text: str) -> tuple[str, str]:
    """A head without what stands in brackets, without stars and points; and what stood in the brackets."""
    folded = fold(text.replace("\n", " "))
    bracket = " ".join(re.findall(r"\(([^)]*)\)", folded))
    return " ".join(re.sub(r"\([^)]*\)|[*:.]", " ", folded).split()), bracket


def text_of(cell: Any, *, code: bool = False) -> str:
    """A cell as a person reads it: 8.0 is “8”; ``code``: 1.00001 that was meant as the code 1.000010 is that again."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "x" if cell else ""
    if isinstance(cell, float):
        if code and 0 < cell < 100 and not cell.is_integer():
            return f"{cell:.6f}"
        return f"{cell:.0f}" if cell.is_integer() else f"{cell:.10g}"
    return str(cell)
