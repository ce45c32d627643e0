"""When a dossier submitted now is likely to be ready: from what the same work took lately, and from today's queue.

A forecast stands beside the legal date, never in its place, and is never a promise. It is read from small tables that a
nightly job fills (``recompute``): quantiles of the working minutes between submission and result, by the agency's own
calendar, the applicant's own waits left out. How well the shares are kept is measured by ``python -m bench.forecast``.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from motcua.engines.cases.models import Stop
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation.working_time import Calendar, add_working_seconds, working_seconds_between
from motcua.services.dossiers.models import Dossier, Experience, Scope, UsualLoad
from motcua.services.procedures.content import ProcedureData

YEAR: Final = timedelta(days=365)
SHARES: Final = (0.5, 0.8, 0.95)
ENOUGH: Final = 20
"""Fewer cases than this say too little: then the next wider scope is asked."""

WORK: Final = ("process", "sign")
"""The stages whose open steps make the queue."""

Key = tuple[str, str, str, UUID | None]
"""Scope, code of the procedure, field, unit: what an ``Experience`` is of."""


@dataclass(frozen=True, slots=True)
class Past:
    """One dossier that has its result: what it was, and how many working minutes it took."""

    procedure: str
    field: str
    unit_id: UUID
    submitted_at: datetime
    finished_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Moments before which half, four fifths and nineteen of twenty such dossiers were ready. ``busy``: the queue is
    longer (1) or shorter (-1) than usual, 0 when it is as usual; ``cases``: how many spoke."""

    scope: str
    cases: int
    half: datetime
    usually: datetime
    nearly_always: datetime
    busy: int

    def as_json(self) -> dict[str, Any]:
        """For the API and the command line."""
        return {
            "scope": self.scope,
            "cases": self.cases,
            "half_before": self.half.isoformat(),
            "usually_before": self.usually.isoformat(),
            "nearly_always_before": self.nearly_always.isoformat(),
            "queue": {1: "longer than usual", -1: "shorter than usual"}.get(self.busy, "as usual"),
            "note": "A forecast from past cases, not a promise; the due date is the one on the receipt.",
        }


# -- pure -------------------------------------------------------------------------------------------------------------


def quantile(ordered: Sequence[int], share: float) -> int:
    """The value that at least ``share`` of further cases like these stay under, if they are like these: the
    ⌈share · (n + 1)⌉-th of n ordered values. Raises ``ValueError`` without values."""
    if not ordered:
        raise ValueError("There are no cases.")
    place = math.ceil(share * (len(ordered) + 1) - 1e-9)
    return ordered[min(max(place, 1), len(ordered)) - 1]


def queue_factor(open_now: float, usual: float) -> float:
    """By how much today's queue stretches or shortens the time: half of what the queue differs from the usual one,
    within 0.8 and 1.6. Small numbers move little."""
    ratio = (open_now + 3) / (usual + 3)
    return min(max(1 + 0.5 * (ratio - 1), 0.8), 1.6)


def minutes_taken(
    calendar: Calendar, submitted_at: datetime, finished_at: datetime, waits: Iterable[tuple[datetime, datetime]]
) -> int:
    """Working minutes from submission to result without those in which the applicant was waited for."""
    seconds = working_seconds_between(calendar, submitted_at, finished_at)
    for begin, end in waits:
        first, last = max(begin, submitted_at), min(end, finished_at)
        if first < last:
            seconds -= working_seconds_between(calendar, first, last)
    return max(seconds, 0) // 60


def keys_of(procedure: str, field: str, unit_id: UUID | None) -> list[Key]:
    """What is asked for a new case, the most alike first."""
    if unit_id is None:
        return [(str(Scope.PROCEDURE), procedure, "", None)]
    return [
        (str(Scope.EXACT), procedure, "", unit_id),
        (str(Scope.PROCEDURE), procedure, "", None),
        (str(Scope.FIELD), "", field, unit_id),
        (str(Scope.AGENCY), "", "", unit_id),
    ]


class Book:
    """Past cases by scope, to read quantiles from."""

    def __init__(self, cases: Iterable[Past]) -> None:
        self._minutes: dict[Key, array[int]] = {}
        for case in cases:
            for key in keys_of(case.procedure, case.field, case.unit_id):
                self._minutes.setdefault(key, array("q")).append(case.minutes)
        self._ordered: dict[Key, list[int]] = {}

    def scopes(self) -> Iterator[Key]:
        """Of what there are cases."""
        return iter(self._minutes)

    def count(self, key: Key) -> int:
        return len(self._minutes.get(key, ()))

    def quantiles(self, key: Key) -> tuple[int, ...]:
        """Of the shares 0.5, 0.8 and 0.95, in minutes."""
        if key not in self._ordered:
            self._ordered[key] = sorted(self._minutes[key])
        return tuple(quantile(self._ordered[key], share) for share in SHARES)

    def best(self, procedure: str, field: str, unit_id: UUID | None) -> Key | None:
        """The most alike scope that has enough cases."""
        return next((key for key in keys_of(procedure, field, unit_id) if self.count(key) >= ENOUGH), None)


# -- reading and keeping ----------------------------------------------------------------------------------------------


def past_cases(since: datetime, until: datetime) -> Iterator[Past]:
    """The dossiers that got their result from ``since`` until ``until``, with what they took."""
    waits: dict[UUID, list[tuple[datetime, datetime]]] = {}
    stops = Stop.objects.filter(case__dossier__finished_at__gte=since, case__dossier__finished_at__lt=until)
    for case_id, begin, end in stops.values_list("case_id", "at", "until").iterator(chunk_size=10_000):
        waits.setdefault(case_id, []).append((begin, end or until))
    rows = Dossier.objects.filter(finished_at__gte=since, finished_at__lt=until).values_list(
        "pk", "procedure_code", "procedure_version__field__name", "competent_id", "submitted_at", "finished_at"
    )
    for key, code, field, unit_id, submitted_at, finished_at in rows.iterator(chunk_size=10_000):
        if finished_at is None:
            continue
        minutes = minutes_taken(calendar_for(unit_id), submitted_at, finished_at, waits.get(key, ()))
        yield Past(code, field or "", unit_id, submitted_at, finished_at, minutes)


def recompute(now: datetime) -> int:
    """Fills the tables anew from the last twelve months. Returns how many rows of experience there are."""
    book = Book(past_cases(now - YEAR, now))
    rows = []
    for key in book.scopes():
        count = book.count(key)
        if count < ENOUGH:
            continue
        scope, procedure, field, unit_id = key
        half, usually, nearly_always = book.quantiles(key)
        rows.append(
            Experience(
                scope=scope,
                procedure_code=procedure,
                field=field,
                unit_id=unit_id,
                cases=count,
                q50=half,
                q80=usually,
                q95=nearly_always,
                computed_at=now,
            )
        )
    with transaction.atomic():
        Experience.objects.all().delete()
        Experience.objects.bulk_create(rows, batch_size=2_000)
        _recompute_loads(now)
    return len(rows)


def _recompute_loads(now: datetime) -> None:
    """How many steps each unit had open on average: the time that its steps were open, over the time looked at."""
    UsualLoad.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH span AS (SELECT greatest(min(opened_at), %(since)s) AS since FROM cases_task) "
            "INSERT INTO dossiers_usualload (unit_id, open_steps, computed_at) "
            "SELECT t.unit_id, sum(extract(epoch FROM least(coalesce(t.closed_at, %(now)s), %(now)s) "
            "- greatest(t.opened_at, span.since))) / greatest(extract(epoch FROM %(now)s - min(span.since)), 86400), "
            "%(now)s FROM cases_task t, span WHERE t.stage = ANY(%(work)s) AND t.opened_at < %(now)s "
            "AND (t.closed_at IS NULL OR t.closed_at > span.since) GROUP BY t.unit_id",
            {"now": now, "since": now - YEAR, "work": list(WORK)},
        )


_QUEUE: Final = """
SELECT coalesce((SELECT sum(tasks) FROM cases_workcount
                 WHERE unit_id = ANY(%(units)s) AND stage = ANY(%(work)s) AND state = 'open'), 0),
       (SELECT sum(open_steps) FROM dossiers_usualload WHERE unit_id = ANY(%(units)s))
"""


def _queue(unit_id: UUID) -> tuple[float, float | None]:
    """Open steps of an agency and its divisions now, and on a usual day; one query on small tables."""
    units = [unit.id for unit in directory().under(directory().unit(unit_id).path)]
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, {"units": units, "work": list(WORK)})
        now, usual = cursor.fetchone() or (0, None)
    return float(now), float(usual) if usual is not None else None


def forecast(procedure: ProcedureData, unit_id: UUID | None, at: datetime) -> Forecast | None:
    """The forecast for a dossier submitted at a moment to an agency (None: not chosen yet). None where too few cases
    are known. Two queries."""
    wanted = keys_of(procedure.code, procedure.field, unit_id)
    asked = Q()
    for scope, code, field, unit in wanted:
        asked |= Q(scope=scope, procedure_code=code, field=field, unit=unit)
    known: Mapping[Key, Experience] = {
        (row.scope, row.procedure_code, row.field, row.unit_id): row for row in Experience.objects.filter(asked)
    }
    row = next((known[key] for key in wanted if key in known), None)
    if row is None:
        return None
    factor = 1.0
    if unit_id is not None:
        now, usual = _queue(unit_id)
        factor = queue_factor(now, usual) if usual is not None else 1.0
    calendar = calendar_for(unit_id)
    half, usually, nearly_always = (
        add_working_seconds(calendar, at, int(minutes * 60 * factor)) for minutes in (row.q50, row.q80, row.q95)
    )
    busy = 1 if factor > 1.1 else -1 if factor < 0.9 else 0
    return Forecast(row.scope, row.cases, half, usually, nearly_always, busy)
