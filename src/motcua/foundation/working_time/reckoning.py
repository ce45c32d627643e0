"""The clock of one case: a start, a time allowed, waits that restart or resume it, one extension; and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from motcua.foundation.errors import Invalid
from motcua.foundation.working_time.allowance import Allowance, Unit
from motcua.foundation.working_time.calendar import Calendar, local
from motcua.foundation.working_time.counting import (
    close,
    end_of,
    last_day,
    moment,
    opening,
)
from motcua.foundation.working_time.explaining import Narrator
from motcua.foundation.working_time.steps import Step


class Effect(StrEnum):
    """What the end of a wait does to the clock."""

    RESTART = "restart"  # a new full period (ND118 Đ19.5: after a supplement)
    RESUME = "resume"  # what was left goes on (a wait for payment)


@dataclass(frozen=True, slots=True)
class Stop:
    """The clock stands still from ``at`` until ``until`` (both aware; None: it still stands)."""

    at: datetime
    until: datetime | None = None
    effect: Effect = Effect.RESTART
    basis: str = "ND118 Đ19.5"


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, granted at ``at`` with an apology: an allowance that counts on from the due date (ND118 Đ19.6)."""

    at: datetime
    allowance: Allowance
    basis: str = "ND118 Đ19.6"


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The outcome. ``due`` is None while the clock stands; ``stopped_at`` says since when.

    ``late_extension``: the extension came later than on the day before the last (ND118 Đ19.6) and is to be flagged.
    """

    due: datetime | None
    steps: tuple[Step, ...] = ()
    stopped_at: datetime | None = None
    late_extension: bool = False


@dataclass(slots=True)
class _State:
    """A running clock: the end as day and second, the last day before it was moved, the part of that day."""

    end: tuple[int, int]
    nominal: int
    part: float


def reckon(
    calendar: Calendar,
    start: datetime,
    allowance: Allowance,
    stops: Iterable[Stop] = (),
    extension: Extension | Iterable[Extension] | None = None,
    *,
    explained: bool = True,
) -> Reckoning:
    """The due moment of a case, with its steps unless ``explained`` is False.

    ``extension``: one, or several where more than one is lawful; each counts on from the end that held when it came.

    Stops must follow one another and the start; only the last may be open. Raises ``Invalid`` otherwise.
    """
    waits = _in_order(local(start), stops)
    narrator = Narrator(calendar) if explained else None
    state = _begin(calendar, local(start), allowance, narrator, restarted_by=None)
    late = False
    given = sorted([extension] if isinstance(extension, Extension) else extension or (), key=lambda each: each.at)
    for wait in waits:
        while given and given[0].at < wait.at:
            late |= _extend(calendar, state, given.pop(0), narrator)
        if wait.until is None:
            stopped = local(wait.at)
            if narrator:
                narrator.stopped(stopped, wait.basis)
            return Reckoning(None, narrator.done() if narrator else (), stopped, late)
        if narrator:
            narrator.stopped(local(wait.at), wait.basis)
        if wait.effect is Effect.RESTART:
            state = _begin(calendar, local(wait.until), allowance, narrator, restarted_by=wait)
        else:
            _resume(calendar, state, allowance, wait, narrator)
    for each in given:
        late |= _extend(calendar, state, each, narrator)
    due = moment(*state.end)
    if narrator:
        narrator.due(due, allowance)
    return Reckoning(due, narrator.done() if narrator else (), None, late)


def explain(
    calendar: Calendar,
    start: datetime,
    allowance: Allowance,
    stops: Iterable[Stop] = (),
    extension: Extension | Iterable[Extension] | None = None,
) -> list[Step]:
    """How the due moment came about: receipt, days not counted, waits, extension, the end; each with its law."""
    return list(reckon(calendar, start, allowance, stops, extension).steps)


def _in_order(start: datetime, stops: Iterable[Stop]) -> Sequence[Stop]:
    waits = sorted(stops, key=lambda stop: stop.at)
    reached: datetime | None = start
    for wait in waits:
        if reached is None or wait.at < reached or (wait.until is not None and wait.until < wait.at):
            raise Invalid("Waits of one case must follow one another after its start.")
        reached = wait.until
    return waits


def _begin(
    calendar: Calendar, start: datetime, allowance: Allowance, narrator: Narrator | None, restarted_by: Stop | None
) -> _State:
    day, second = opening(calendar.table, start)
    end = end_of(calendar, day, second, allowance)
    nominal, part = (end[0], 0.0) if allowance.unit is Unit.HOUR else last_day(calendar.table, day, allowance)
    if narrator:
        if restarted_by:
            narrator.restarted(start, restarted_by.basis)
        else:
            narrator.received(start)
        narrator.opened(start, moment(day, second))
        narrator.counted(moment(day, second), allowance, nominal, moment(*end))
    return _State(end, nominal, part)


def _resume(calendar: Calendar, state: _State, allowance: Allowance, wait: Stop, narrator: Narrator | None) -> None:
    """Gives back after the wait what was left before it; a clock that had already run out gets nothing."""
    assert wait.until is not None  # noqa: S101 - open waits end the reckoning before
    table = calendar.table
    until = local(wait.until)
    stopped = opening(table, local(wait.at))
    resumed = opening(table, until)
    left: Allowance | None
    if stopped > state.end:
        left = None
    elif allowance.unit is Unit.HOUR:
        seconds = table.between(stopped, state.end)
        state.end = table.forward(*resumed, seconds) if seconds else resumed
        state.nominal = state.end[0]
        left = Allowance(seconds / 3600, Unit.HOUR)
    else:
        if allowance.unit is Unit.WORKING_DAY:
            days = table.days_between(stopped[0], state.nominal)
            state.nominal = table.nth_day(resumed[0], days) if days > 0 else resumed[0]
            left = Allowance(max(days, 0), Unit.WORKING_DAY)
        else:
            days = state.nominal - stopped[0]
            state.nominal = resumed[0] + max(days, 0)
            left = Allowance(max(days, 0), Unit.DAY)
        state.end = close(calendar, state.nominal, state.part, resumed[1])
    if narrator:
        narrator.resumed(until, left, wait.basis)
        if left is not None:
            narrator.opened(until, moment(*resumed))
            narrator.counted(moment(*resumed), left, state.nominal, moment(*state.end))


def _extend(calendar: Calendar, state: _State, extension: Extension, narrator: Narrator | None) -> bool:
    """Moves the end; True when the extension came later than the law allows."""
    before = moment(*state.end)
    late = local(extension.at).date() > last_extension(before)
    day, second = state.end
    state.end = end_of(calendar, day, second, extension.allowance)
    state.nominal, state.part = (
        (state.end[0], 0.0)
        if extension.allowance.unit is Unit.HOUR
        else last_day(calendar.table, day, extension.allowance)
    )
    if narrator:
        narrator.extended(local(extension.at), before, extension.allowance, late, extension.basis)
        narrator.counted(before, extension.allowance, state.nominal, moment(*state.end))
    return late


def last_extension(due: datetime, days: int = 1) -> date:
    """The last day on which an extension may be announced: so many days before the one on which the time ends (ND118
    Đ19.6, which counts days and not hours)."""
    return local(due).date() - timedelta(days=days)


def closes_unanswered(calendar: Calendar, asked: datetime, days: int = 15) -> date:
    """The last day to answer a request for a supplement; after it the dossier is closed (ND118 Đ19.5: 15 days).

    Calendar days, the first not counted; a last day off moves to the next working day.
    """
    asked_on = local(asked).toordinal()
    return date.fromordinal(calendar.table.next_day(asked_on + days))
