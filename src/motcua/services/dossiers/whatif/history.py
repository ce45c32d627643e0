"""What happened: the finished dossiers of a procedure, how long each step was waited for and worked on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from motcua.engines.cases.models import Stop, Task
from motcua.engines.flows.rules import Definition
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation.working_time import working_seconds_between
from motcua.services.dossiers.actions.flow import definition_of
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.whatif.simulation import Desk

MOST = 5_000
"""So many dossiers are played, the latest of the time asked for."""

WORKED = ("process", "sign")


@dataclass(slots=True)
class Past:
    """One dossier's past. ``begin``: when its clock began for the last time (a supplement begins it anew, ND118
    Đ19.5); ``end``: when the result was there. Lists per step are working seconds."""

    dossier: Dossier
    begin: datetime
    end: datetime
    due: datetime | None
    flow: Definition
    begins: tuple[str, ...] = ()
    service: dict[str, int] = field(default_factory=dict)
    idle: dict[str, int] = field(default_factory=dict)
    waits: dict[str, int] = field(default_factory=dict)
    units: dict[str, UUID] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    @property
    def late(self) -> bool:
        return self.due is not None and self.end > self.due


@dataclass(slots=True)
class History:
    """All of them, and who had how much in hand. ``persons`` and ``slots`` are per unit and kind of work."""

    pasts: list[Past]
    persons: dict[Desk, int]
    slots: dict[Desk, int]
    left_out: int = 0

    def service(self) -> dict[str, list[int]]:
        """Per step the working seconds that it took, ascending."""
        return _gathered(past.service for past in self.pasts)

    def idle(self) -> dict[str, list[int]]:
        """Per step the working seconds until somebody took it in hand, ascending."""
        return _gathered(past.idle for past in self.pasts)


def _gathered(each: Iterable[dict[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for one in each:
        for step, seconds in one.items():
            found[step].append(seconds)
    return {step: sorted(values) for step, values in found.items()}


def read(procedure_code: str, since: datetime, until: datetime) -> History:
    """The dossiers accepted in that time whose result was ready: three queries, however many there are."""
    found = (
        Dossier.objects.filter(
            procedure_code=procedure_code,
            accepted_at__gte=since,
            accepted_at__lt=until,
            finished_at__isnull=False,
        )
        .select_related("case")
        .defer("answers", "contact")
        .order_by("-accepted_at", "-case")
    )
    dossiers = list(found[: MOST + 1])
    left_out = max(0, len(dossiers) - MOST)
    dossiers = dossiers[:MOST]
    keys = [dossier.pk for dossier in dossiers]
    tasks: dict[UUID, list[Task]] = defaultdict(list)
    for task in Task.objects.filter(case_id__in=keys, closed_at__isnull=False).order_by("opened_at", "id"):
        tasks[task.case_id].append(task)
    # a task of returning may still be open: it says when the result was there
    for task in Task.objects.filter(case_id__in=keys, closed_at__isnull=True, stage="return"):
        tasks[task.case_id].append(task)
    stops: dict[UUID, list[Stop]] = defaultdict(list)
    for stop in Stop.objects.filter(case_id__in=keys, until__isnull=False):
        stops[stop.case_id].append(stop)
    pasts = [_past(dossier, tasks[dossier.pk], stops[dossier.pk]) for dossier in reversed(dossiers)]
    kept = [past for past in pasts if past is not None]
    persons, slots = _hands(kept, tasks)
    return History(kept, persons, slots, left_out)


def _past(dossier: Dossier, tasks: Sequence[Task], stops: Sequence[Stop]) -> Past | None:
    case = dossier.case
    start = case.clock_start or dossier.arrived_at or dossier.accepted_at
    returning = [task.opened_at for task in tasks if task.stage == "return"]
    end = max(returning) if returning else dossier.finished_at
    if start is None or end is None or end <= start:
        return None
    restarts = [stop.until for stop in stops if stop.effect == "restart" and stop.until and start < stop.until < end]
    begin = max(restarts, default=start)
    past = Past(dossier, begin, end, case.due_at, definition_of(case))
    still = [stop for stop in stops if stop.effect == "resume" and stop.until and stop.until > begin and stop.at < end]
    for task in tasks:
        if task.stage not in WORKED or task.closed_at is None or task.closed_at <= begin or task.opened_at >= end:
            continue
        _measure(past, task, still)
    opened = [task.step for task in tasks if task.stage in WORKED and task.opened_at <= begin and _after(task, begin)]
    past.begins = tuple(dict.fromkeys(opened)) if restarts else ()
    return past


def _after(task: Task, moment: datetime) -> bool:
    return task.closed_at is None or task.closed_at > moment


def _measure(past: Past, task: Task, stops: Sequence[Stop]) -> None:
    """Adds one visit to a step; one that was sent back and done again took all its visits together."""
    calendar = calendar_for(task.unit_id)
    closed = task.closed_at or past.end
    opened = max(task.opened_at, past.begin)
    claimed = min(max(task.claimed_at or opened, opened), closed)
    stood = {"idle": 0, "service": 0}
    for stop in stops:
        for name, first, last in (("idle", opened, claimed), ("service", claimed, closed)):
            begin, end = max(stop.at, first), min(stop.until or last, last)
            if begin < end:
                stood[name] += working_seconds_between(calendar, begin, end)
    idle = working_seconds_between(calendar, opened, claimed) - stood["idle"]
    service = working_seconds_between(calendar, claimed, closed) - stood["service"]
    for kept, seconds in ((past.idle, idle), (past.service, service), (past.waits, sum(stood.values()))):
        kept[task.step] = kept.get(task.step, 0) + max(0, seconds)
    past.units[task.step] = task.unit_id
    past.steps.append(task.step)


def _hands(pasts: Sequence[Past], tasks: dict[UUID, list[Task]]) -> tuple[dict[Desk, int], dict[Desk, int]]:
    """Per desk: how many persons worked, and how many dossiers were in hand at once at most."""
    people: dict[Desk, set[UUID]] = defaultdict(set)
    moments: dict[Desk, list[tuple[datetime, int]]] = defaultdict(list)
    for past in pasts:
        for task in tasks[past.dossier.pk]:
            if task.stage not in WORKED or task.closed_at is None:
                continue
            desk = task.unit_id, str(task.stage)
            if task.closed_by_id:
                people[desk].add(task.closed_by_id)
            begin = min(task.claimed_at or task.opened_at, task.closed_at)
            moments[desk] += [(begin, 1), (task.closed_at, -1)]
    slots: dict[Desk, int] = {}
    for desk, changes in moments.items():
        now = most = 0
        for _, by in sorted(changes):  # of two at one moment the one that ends comes first
            now += by
            most = max(most, now)
        slots[desk] = max(1, most)
    return {desk: max(1, len(people[desk])) for desk in moments}, slots
