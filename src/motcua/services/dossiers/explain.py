"""Why a dossier is due when it is: the reckoning, told step by step with its articles, now or as of any past moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from motcua.engines.cases.models import Case
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.parts import parts
from motcua.engines.organisations.past_calendars import calendar_at
from motcua.foundation import clock
from motcua.foundation.working_time import Allowance, Reckoning, Step, Stop, reckon
from motcua.services.dossiers.actions.common import extensions_of, stops_of
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.together import moving

DUE: Final = "due_at"
"""The key under which an event says what the due moment was after it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The due moment as it stood at a moment, with how it came about.

    ``recorded``: what the ledger said then; it and ``due`` are the same, or a row was changed past the ledger.
    ``promised``: a date told before the papers had arrived, when no clock ran yet (ND309 Đ8.3).
    """

    at: datetime
    due: datetime | None
    recorded: datetime | None
    steps: tuple[Step, ...] = ()
    stopped_at: datetime | None = None
    promised: datetime | None = None


def reckoning_of(case: Case, *, reckoned_at: datetime | None = None) -> Reckoning | None:
    """The due moment with its steps; ``None`` before acceptance or where the law sets no time.

    ``reckoned_at``: when the due moment was last set; the calendar of that moment counts, since what was promised
    stays when a calendar changes.
    """
    dossier = case.dossier
    if not case.allowance or case.clock_start is None:
        waiting = moving.expected(dossier) if case.allowance and case.closed_at is None else None
        return _told(dossier, waiting.reckoning) if waiting and waiting.reckoning else None
    calendar = calendar_at(case.clock_unit_id, reckoned_at or _last_change(dossier))
    reckoning = reckon(
        calendar, case.clock_start, Allowance.parse(case.allowance), _waits(case), extensions_of(dossier)
    )
    return _told(dossier, reckoning)


def explain(dossier: Dossier, at: datetime | None = None, events: Iterable[Event] | None = None) -> Explanation:
    """What the due moment was at a moment (aware; now when none is given), and why: from the rows as they were then.

    ``events``: the dossier's, where they have been read already.
    """
    moment = at or clock.now()
    known = events if events is not None else _events(dossier)
    said = [event for event in known if event.at <= moment and DUE in event.data]
    text = said[-1].data[DUE] if said else None
    recorded = datetime.fromisoformat(text) if text else None
    then = as_it_was(dossier, moment)
    if then is None or then.accepted_at is None:
        return Explanation(moment, None, recorded)
    reckoning = reckoning_of(then.case, reckoned_at=said[-1].at if said else moment)
    if reckoning is None:
        return Explanation(moment, None, recorded)
    if then.case.clock_start is None:
        return Explanation(moment, None, recorded, reckoning.steps, promised=reckoning.due)
    return Explanation(moment, reckoning.due, recorded, reckoning.steps, reckoning.stopped_at)


def as_it_was(dossier: Dossier, moment: datetime) -> Dossier | None:
    """A copy of the dossier and its case as they were at a moment, as far as its clock is concerned; ``None`` before it
    was submitted. It is for reading only."""
    if dossier.submitted_at > moment:
        return None
    then, case = copy(dossier), copy(dossier.case)
    for name in ("accepted_at", "arrived_at", "finished_at", "returned_at"):
        _forget_later(then, name, moment)
    for name in ("clock_start", "closed_at"):
        _forget_later(case, name, moment)
    stops = []
    for row in parts(dossier.case, "stops"):
        # A dossier that was stopped and taken up again: until then nobody knew of a wait.
        if row.at > moment or (row.reason == "stopped" and (row.until is None or row.until > moment)):
            continue
        was = copy(row)
        _forget_later(was, "until", moment)
        stops.append(was)
    case.__dict__["_parts"] = {"stops": stops}
    then.__dict__["_parts"] = {
        "extensions": [row for row in parts(dossier, "extensions") if row.decided_at <= moment],
    }
    then.case, case.dossier = case, then
    return then


def _forget_later(row: Any, name: str, moment: datetime) -> None:
    value = getattr(row, name)
    if value is not None and value > moment:
        setattr(row, name, None)


def _events(dossier: Dossier) -> Sequence[Event]:
    return list(Event.objects.filter(stream=dossier.pk, data__has_key=DUE).order_by("seq"))


def _last_change(dossier: Dossier) -> datetime:
    """When something last happened to the clock, by the rows: its start, a wait, its end, more time."""
    case = dossier.case
    moments = [case.clock_start]
    moments += [moment for row in parts(case, "stops") for moment in (row.at, row.until)]
    moments += [row.decided_at for row in parts(dossier, "extensions")]
    return max(moment for moment in moments if moment is not None)


def _waits(case: Case) -> list[Stop]:
    """The waits; one in which the dossier was ended goes on, for its clock never ran again."""
    waits = stops_of(case)
    if waits and case.closed_at is not None and waits[-1].until == case.closed_at and case.due_at is None:
        waits[-1] = replace(waits[-1], until=None)
    return waits


def _told(dossier: Dossier, reckoning: Reckoning) -> Reckoning:
    """The reckoning with what came before its start: received elsewhere, on the way, arrived (ND309 Đ8.3)."""
    before = moving.arrival_steps(dossier)
    return replace(reckoning, steps=(*before, *reckoning.steps)) if before else reckoning
