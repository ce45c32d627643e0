"""One line of time per agency: who holds a matter now, how long each was allowed and took. For a dossier, and for all
the dossiers of a group together; one query on the cases' own rows, however many others there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, cast
from uuid import UUID

from motcua.engines.ledger.prepared import fetch
from motcua.engines.organisations.queries import UnitInfo, calendar_for, directory
from motcua.foundation.working_time import working_seconds_between

Interval = tuple[datetime, datetime]
Kind = Literal["work", "opinion", "road", "return"]
_KINDS: Final[dict[str, Kind]] = {"consult": "opinion", "transfer": "road", "return": "return"}
WIDTH: Final = 1000
"""Bars are drawn on a scale of this many parts from the first moment to the last."""


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as intervals in order that neither touch nor overlap; empty ones fall away."""
    found: list[Interval] = []
    for begin, end in sorted(one for one in intervals if one[0] < one[1]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def without(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """The intervals with the holes cut out."""
    rest = merged(intervals)
    for hole_begin, hole_end in merged(holes):
        cut: list[Interval] = []
        for begin, end in rest:
            cut += [(begin, min(end, hole_begin)), (max(begin, hole_end), end)]
        rest = [one for one in cut if one[0] < one[1]]
    return rest


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time to draw: ``x`` and ``width`` of ``WIDTH``; ``late``: past what was allowed."""

    x: int
    width: int
    kind: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One agency. Minutes are working minutes by its own calendar, stops of the clock left out; ``allowed`` is None
    where nothing sets a time. ``state``: holds (its turn), asked (an opinion is awaited of it), ready (the result lies
    there), waits (for the applicant), done, or ahead (a part of a group that has not begun)."""

    unit: UnitInfo
    state: Literal["holds", "asked", "ready", "waits", "done", "ahead"]
    allowed: int | None
    taken: int
    begin: datetime | None
    end: datetime | None
    due_at: datetime | None
    late: bool
    steps: tuple[str, ...]
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """The lines in the order in which the agencies came to it, and the stops of the clock as bars."""

    lines: tuple[Line, ...]
    begin: datetime | None
    end: datetime | None
    stops: tuple[Bar, ...] = ()

    @property
    def holders(self) -> list[str]:
        """Whose turn it is now."""
        return [line.unit.name for line in self.lines if line.state in ("holds", "ready", "waits")]


@dataclass(slots=True)
class _Work:
    """A task as the lines take it."""

    case_id: UUID
    unit_id: UUID
    kind: Kind
    state: str
    name: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


@dataclass(slots=True)
class _Agency:
    """What is gathered of one agency."""

    unit: UnitInfo
    work: list[_Work] = field(default_factory=list)


_ROWS: Final = """
SELECT case_id, unit_id, stage, state, name, opened_at, due_at, closed_at FROM cases_task WHERE case_id = ANY(%s)
UNION ALL
SELECT case_id, NULL, 'stop', '', reason, at, NULL, until FROM cases_stop WHERE case_id = ANY(%s)
ORDER BY opened_at
"""


def timeline(case_ids: Sequence[UUID], now: datetime, ahead: Sequence[UUID] = ()) -> Timeline:
    """The lines of these cases together. ``ahead``: units of parts that have not begun. One query.

    A division's work counts for its agency; a one-stop counter stands for itself.
    """
    keys = list(case_ids)
    rows = fetch(_ROWS, (keys, keys)) if keys else []
    stops: dict[UUID, list[Interval]] = {}
    agencies: dict[UUID, _Agency] = {}
    for row in rows:
        if row["stage"] == "stop":
            stops.setdefault(row["case_id"], []).append((row["opened_at"], row["closed_at"] or now))
        elif (agency := _agency(row["unit_id"])) is not None:
            agencies.setdefault(agency.id, _Agency(agency)).work.append(_work(row))
    begin = min((row["opened_at"] for row in rows), default=None)
    if begin is None:
        return Timeline(tuple(_ahead(agencies, ahead)), None, None)
    works = [work for agency in agencies.values() for work in agency.work]
    running = any(work.closed_at is None for work in works)
    ends = [work.closed_at or work.due_at or now for work in works]
    end = max([*ends, now] if running else ends)
    scale = _Scale(begin, end)
    lines = [_line(agency, stops, now, scale) for agency in agencies.values()]
    standing = merged(one for intervals in stops.values() for one in intervals)
    return Timeline(
        (*lines, *_ahead(agencies, ahead)),
        begin,
        end,
        tuple(scale.bar(one, "stop") for one in standing),
    )


def _work(row: dict[str, object]) -> _Work:
    return _Work(
        case_id=cast("UUID", row["case_id"]),
        unit_id=cast("UUID", row["unit_id"]),
        kind=_KINDS.get(str(row["stage"]), "work"),
        state=str(row["state"]),
        name=str(row["name"]),
        opened_at=cast("datetime", row["opened_at"]),
        due_at=cast("datetime | None", row["due_at"]),
        closed_at=cast("datetime | None", row["closed_at"]),
    )


def _agency(unit_id: UUID) -> UnitInfo | None:
    """The agency that a unit belongs to: divisions count for what they are a part of."""
    units = directory().by_id
    unit = units.get(unit_id)
    while unit is not None and unit.kind == "division" and unit.parent_id in units:
        unit = units[unit.parent_id]
    return unit


def _ahead(agencies: dict[UUID, _Agency], ahead: Sequence[UUID]) -> list[Line]:
    found = []
    for unit_id in dict.fromkeys(ahead):
        unit = _agency(unit_id)
        if unit is not None and unit.id not in agencies:
            found.append(Line(unit, "ahead", None, 0, None, None, None, False, ()))
    return found


@dataclass(frozen=True, slots=True)
class _Scale:
    begin: datetime
    end: datetime

    def place(self, moment: datetime) -> int:
        whole = (self.end - self.begin).total_seconds()
        if whole <= 0:
            return 0
        return round(min(max((moment - self.begin).total_seconds() / whole, 0), 1) * WIDTH)

    def bar(self, interval: Interval, kind: str, *, late: bool = False) -> Bar:
        x = self.place(interval[0])
        width = max(self.place(interval[1]) - x, 6)
        return Bar(min(x, WIDTH - width), width, kind, late)


def _minutes(intervals: Iterable[Interval], unit_id: UUID) -> int:
    calendar = calendar_for(unit_id)
    return sum(working_seconds_between(calendar, begin, end) for begin, end in intervals) // 60


def _line(agency: _Agency, stops: dict[UUID, list[Interval]], now: datetime, scale: _Scale) -> Line:
    """``allowed`` and ``taken`` are of what the agency works on; a result that lies ready takes nobody's time."""
    allowed: list[Interval] = []
    taken: list[Interval] = []
    bars: list[Bar] = []
    late = False
    for work in agency.work:
        until = work.closed_at or now
        holes = stops.get(work.case_id, ()) if work.kind != "opinion" else ()
        spent = without([(work.opened_at, until)], holes)
        if work.kind != "return":
            taken += spent
            if work.due_at is not None:
                allowed += without([(work.opened_at, work.due_at)], holes)
                late = late or until > work.due_at
        for one in spent:
            bars += _bars(one, work, scale)
    open_work = [work for work in agency.work if work.closed_at is None]
    dues = [work.due_at for work in open_work if work.due_at is not None]
    closed = [work.closed_at for work in agency.work if work.closed_at is not None]
    return Line(
        unit=agency.unit,
        state=_state(open_work),
        allowed=_minutes(merged(allowed), agency.unit.id) if allowed else None,
        taken=_minutes(merged(taken), agency.unit.id),
        begin=min(work.opened_at for work in agency.work),
        end=None if open_work else max(closed, default=None),
        due_at=min(dues, default=None),
        late=late,
        steps=tuple(dict.fromkeys(work.name for work in agency.work)),
        bars=tuple(bars),
    )


def _bars(spent: Interval, work: _Work, scale: _Scale) -> list[Bar]:
    """A stretch of work, what lies past its due moment drawn as late."""
    if work.kind == "return" or work.due_at is None or spent[1] <= work.due_at:
        return [scale.bar(spent, work.kind)]
    edge = max(work.due_at, spent[0])
    found = [scale.bar((spent[0], edge), work.kind)] if spent[0] < edge else []
    return [*found, scale.bar((edge, spent[1]), work.kind, late=True)]


def _state(open_work: Sequence[_Work]) -> Literal["holds", "asked", "ready", "waits", "done"]:
    if not open_work:
        return "done"
    kinds = {work.kind for work in open_work if work.state == "open"}
    if not kinds:
        return "waits"
    if kinds & {"work", "road"}:
        return "holds"
    return "ready" if "return" in kinds else "asked"
