"""Flows out of the spreadsheets of provinces: a row is a step, the rows of one procedure code are its flow. Pure.

Heads are recognised by their words, in whatever order; a blank code goes on with the procedure above, a blank unit with
the unit above. Rows that cannot be used are named with sheet, row and reason, and their flow is left out as a whole:
half a flow would be worse than the old one. docs/administrators/flows.md shows the shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from motcua.engines.flows.rules import ACTIONS, LONGEST_KEY, LONGEST_NAME, Definition, Step, parse
from motcua.engines.flows.sheet_heads import Heads, find_heads, text_of
from motcua.engines.flows.wording import action_in, hours_in, stage_in
from motcua.foundation.errors import Invalid
from motcua.foundation.messages import Text
from motcua.foundation.text import clean_line, fold, slug

MOST_STEPS: Final = 60
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{2,39}")
_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
_NUMBER = re.compile(r"(?:buoc|b|step)?\s*(\d{1,2})\.?")
_YES: Final = {"x", "co", "1", "true", "yes", "1.0", "✓"}
_NO_TIME: Final = {"", "-", "–", "0", "gio hanh chinh", "khong quy dinh", "theo quy dinh"}
_WHOLE_DAY: Final = {"trong ngay", "trong ngay lam viec"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's cells by row; ``merged`` are (first row, first column, last row, last column), counted from 0."""

    name: str
    rows: Sequence[Sequence[Any]]
    merged: Sequence[tuple[int, int, int, int]] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell about a row; ``row`` as the spreadsheet counts it, from 1."""

    sheet: str
    row: int
    text: Text


@dataclass(slots=True)
class SheetFlow:
    """A flow as a sheet tells it. ``rules``: what takes it, as ``FlowRule`` keeps it."""

    sheet: str
    row: int
    key: str = ""
    name: str = ""
    rules: list[dict[str, str]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    refused: bool = False

    @property
    def definition(self) -> Definition:
        return Definition(tuple(self.steps))


@dataclass(slots=True)
class Reading:
    """Everything that a file says."""

    rows: int = 0
    flows: list[SheetFlow] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean here. ``unit``: a selector for a unit's words, or why there is none; ``role``: a role's code
    for a title's words and a kind of work, or why there is none (an empty code: the role may be left out)."""

    unit: Callable[[str], str | Text]
    role: Callable[[str, str], str | Text]


@dataclass(slots=True)
class _Row:
    number: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


def read_sheets(sheets: Iterable[Sheet], names: Names) -> Reading:
    """Reads all sheets that have the heads of a table of steps."""
    reading = Reading()
    seen: dict[str, Remark] = {}
    for sheet in sheets:
        heads = find_heads(sheet.rows)
        if heads is None:
            if any(text_of(cell) for row in sheet.rows[:50] for cell in row):
                said = Text("The sheet has no heads for the procedure code and the step, so it was passed over.")
                reading.notes.append(Remark(sheet.name, 1, said))
            continue
        for group in _groups(sheet, heads, reading):
            flow = _Flow(sheet.name, group, names, reading).made()
            if flow is not None and not flow.refused:
                _once(flow, seen, reading)
            if flow is not None:
                reading.flows.append(flow)
    return reading


def _once(flow: SheetFlow, seen: dict[str, Remark], reading: Reading) -> None:
    for rule in flow.rules:
        subject = " ".join(value for value in rule.values() if value) or "*"
        if subject in seen:
            first = seen[subject]
            words = {"subject": subject, "sheet": first.sheet, "row": first.row}
            said = Text("%(subject)s already stands on sheet %(sheet)s in row %(row)s.", words)
            reading.refused.append(Remark(flow.sheet, flow.row, said))
            flow.refused = True
            return
    here = Remark(flow.sheet, flow.row, Text(""))
    seen.update({" ".join(value for value in rule.values() if value) or "*": here for rule in flow.rules})


def _groups(sheet: Sheet, heads: Heads, reading: Reading) -> Iterator[list[_Row]]:
    """The rows of one procedure each. A row with a code or a flow's name of its own begins a new one."""
    spread = _spread(sheet, heads)
    group: list[_Row] = []
    before = ("", "", "")
    for number, cells in enumerate(sheet.rows[heads.row + 1 :], heads.row + 2):
        said = {
            name: _cell(cells[column], name) if column < len(cells) else ""
            for name, column in heads.columns.items()
            if name != "hours_in_days"
        }
        for name, value in spread.get(number, {}).items():
            said[name] = said[name] or value
        if not any(said.values()):
            continue
        reading.rows += 1
        said["hours_in_days"] = "1" if "hours_in_days" in heads.columns else ""
        row = _Row(number, said)
        begins = (row["code"], row["flow"], row["field"])
        if any(said_now and said_now != was for said_now, was in zip(begins, before, strict=True)):
            if group:
                yield group
            group, before = [], begins
        group.append(row)
    if group:
        yield group


def _cell(cell: Any, name: str) -> str:
    """A cell's one line; what is listed line by line in the column of fields stays apart."""
    if cell is None or cell == "":
        return ""
    text = text_of(cell, code=name == "code")
    if name in ("field", "action"):
        return (" ¦ " if name == "field" else "; ").join(filter(None, map(clean_line, text.splitlines())))
    return clean_line(text)


def _spread(sheet: Sheet, heads: Heads) -> dict[int, dict[str, str]]:
    """What merged cells say to the rows below their first. Hours are not spread: they count once."""
    found: dict[int, dict[str, str]] = {}
    by_column = {column: name for name, column in heads.columns.items()}
    for top, left, bottom, _ in sheet.merged:
        name = by_column.get(left, "")
        if name in ("code", "flow", "title", "field", "unit", "role") and top < len(sheet.rows):
            cells = sheet.rows[top]
            value = _cell(cells[left], name) if left < len(cells) else ""
            for row in range(top + 1, bottom + 1):
                found.setdefault(row + 1, {})[name] = value
    return found


class _Flow:
    """Makes one flow of its rows."""

    def __init__(self, sheet: str, rows: list[_Row], names: Names, reading: Reading) -> None:
        self.sheet, self.rows, self.names, self.reading = sheet, rows, names, reading
        self.flow = SheetFlow(sheet, rows[0].number)
        self.places: list[_Row] = []
        self.numbers: dict[str, str] = {}

    def refuse(self, row: _Row | None, said: Text) -> None:
        self.flow.refused = True
        self.reading.refused.append(Remark(self.sheet, row.number if row else self.flow.row, said))

    def note(self, row: _Row, said: Text) -> None:
        self.reading.notes.append(Remark(self.sheet, row.number, said))

    def made(self) -> SheetFlow | None:
        head = self.rows[0]
        if not (head["code"] or head["flow"] or head["field"]):
            if head["step"] and not _total(head):
                self.refuse(head, Text("No procedure code stands here or above."))
                return self.flow
            return None  # a heading between the procedures
        self._subjects(head)
        steps = [self._step(row, place) for place, row in enumerate(self._working(), 1)]
        if self.flow.refused:
            return self.flow
        made = [step for step in steps if step is not None]
        if not made:
            self.refuse(None, Text("No step stands under this procedure."))
            return self.flow
        self.flow.steps = self._linked(made)
        self._checked()
        return self.flow

    def _subjects(self, head: _Row) -> None:
        codes = [part for part in re.split(r"[,;\s]+", head["code"]) if part]
        for code in codes:
            if not _CODE.fullmatch(code):
                self.refuse(head, Text("“%(code)s” is no procedure code.", {"code": code[:40]}))
        self.flow.rules = [{"procedure_code": code, "field": "", "level": ""} for code in dict.fromkeys(codes)]
        for line in filter(None, (part.strip() for part in head["field"].split("¦"))):
            name, _, level = line.partition("|")
            self.flow.rules.append({"procedure_code": "", "field": name.strip()[:200], "level": level.strip()[:40]})
        self.flow.key = slug(head["flow"], 80)
        self.flow.name = head["title"][:200]
        if head["field"] == "*":
            self.flow.rules = [{"procedure_code": "", "field": "", "level": ""}]

    def _working(self) -> list[_Row]:
        """The rows that are steps; the counter's own receiving comes before the flow, archiving after it."""
        rows = [row for row in self.rows if row["step"] and not _total(row)]
        while rows and not rows[0]["key"] and self._stage(rows[0]) == "intake":
            said = Text("Receiving the dossier comes before the flow, so this row makes no step.")
            self.note(rows.pop(0), said)
        if any(row["key"] for row in rows):
            return rows
        ends = next((at for at, row in enumerate(rows) if self._stage(row) == "return"), None)
        for row in rows[ends + 1 :] if ends is not None else []:
            self.note(row, Text("What comes after the return of the result is no part of the flow."))
        return rows if ends is None else rows[: ends + 1]

    def _stage(self, row: _Row) -> str:
        for part in _parts(row["action"]):
            if (found := stage_in(part)) is not None:
                return found
        return stage_in(row["step"]) or "process"

    def _step(self, row: _Row, place: int) -> Step | None:
        if place > MOST_STEPS:
            if place == MOST_STEPS + 1:
                self.refuse(row, Text("A flow has at most 60 steps."))
            return None
        self.places.append(row)
        stage = self._stage(row)
        stage = "process" if stage == "intake" else stage
        key = _key(row["key"]) or f"buoc-{place}"
        self.numbers[str(place)] = key
        if len(row["step"]) > LONGEST_NAME:
            self.note(row, Text("The name of the step was shortened to 120 characters."))
        actions = tuple(dict.fromkeys(found for part in _parts(row["action"]) if (found := action_in(part))))
        return Step(
            key=key,
            name=row["step"][:LONGEST_NAME].strip(),
            name_en=row["name_en"][:200],
            stage=stage,
            unit=self._unit(row, stage),
            hours=self._hours(row),
            next=tuple(part for part in re.split(r"[,;\s]+", row["next"]) if part),
            join=fold(row["join"]) in _YES,
            choice=fold(row["choice"]) in _YES,
            role=self._role(row, stage),
            actions=tuple(name for name in ACTIONS if name in actions),
            system=row["system"][:60],
        )

    def _unit(self, row: _Row, stage: str) -> str:
        words = row["unit"]
        if not words:
            if stage == "return":
                return "received_at"
            above = [each["unit"] for each in self.rows if each.number < row.number and each["unit"]]
            words = above[-1] if above else ""
        if not words:
            return "competent"
        found = self.names.unit(words)
        if isinstance(found, Text):
            if row["unit"]:  # what stands above was told there
                self.refuse(row, found)
            return "competent"
        return found

    def _role(self, row: _Row, stage: str) -> str:
        if not row["role"]:
            return ""
        found = self.names.role(row["role"], stage)
        if isinstance(found, Text):
            self.refuse(row, found)
            return ""
        if not found:
            words = {"role": row["role"]}
            self.note(row, Text("“%(role)s” may not do this kind of work; the step is open to all who may.", words))
        return found

    def _hours(self, row: _Row) -> int | None:
        said = fold(row["hours"])
        if said in _NO_TIME:
            return None
        if said in _WHOLE_DAY:
            return 8
        hours = hours_in(row["hours"], days=row["hours_in_days"] == "1")
        if hours is None:
            self.refuse(row, Text("“%(text)s” is no time. Write hours, or days as in “2 ngày”.", {"text": said[:40]}))
        return hours

    def _linked(self, steps: list[Step]) -> list[Step]:
        """What follows each step: as it is said, by key or number; the next row where nothing is said."""
        linked = []
        for place, step in enumerate(steps):
            said = tuple(self._named(name) for name in step.next)
            if not said and step.stage != "return" and place + 1 < len(steps):
                said = (steps[place + 1].key,)
            linked.append(replace(step, next=said))
        last = linked[-1]
        if not any(step.stage == "return" for step in linked) and not last.next:
            linked[-1] = replace(last, next=("tra-ket-qua",))
            linked.append(Step("tra-ket-qua", "Trả kết quả", "Return the result", "return", "received_at"))
            self.note(self.places[-1], Text("The return of the result was added as the last step."))
        return linked

    def _named(self, name: str) -> str:
        number = _NUMBER.fullmatch(fold(name))
        key = _key(name)
        if key in self.numbers.values() or number is None:
            return key
        return self.numbers.get(number[1], key)

    def _checked(self) -> None:
        """Refuses what could not be published, at the row of the step that is wrong."""
        try:
            problems = parse(self.flow.definition.as_data()).problems()
        except Invalid as error:
            self.refuse(None, Text(error.message, error.params))
            return
        rows = dict(zip((step.key for step in self.flow.steps), self.places, strict=False))
        for key, message in problems:
            self.refuse(rows.get(key), Text(message))


def _key(text: str) -> str:
    """A step's key as it stands, or made of words."""
    return text if _KEY.fullmatch(text) else slug(text, LONGEST_KEY)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\n]", text) if part.strip()] or []


def _total(row: _Row) -> bool:
    """“Tổng cộng: 40 giờ” below the steps."""
    return not row["key"] and re.match(r"tong (?:cong|so|thoi gian)\b|tong$", fold(row["step"])) is not None
