"""Results that nobody has collected: the list of a counter, and who is reminded (ND118 Đ22)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from motcua.engines.cases.models import Stage, Task, TaskState
from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.working_time import previous_working_day
from motcua.services.dossiers import policies
from motcua.services.dossiers.models import Delivery

PAGE: Final = 50
Place = tuple[datetime, UUID]


def uncollected_since(unit_id: UUID | None, now: datetime) -> datetime:
    """Results that were ready before this moment count as uncollected: so many working days ago, by the calendar."""
    calendar = calendar_for(unit_id)
    day = now.astimezone(VIETNAM).date()
    for _ in range(policies.number("uncollected_days", now)):
        day = previous_working_day(calendar, day)
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), VIETNAM)


def uncollected(actor: Actor, *, after: Place | None = None, limit: int = PAGE) -> list[Task]:
    """The steps of returning that have waited too long at the officer's counters, the longest first, with dossier and
    result: one query by the index of open work, a page at a time."""
    units = [unit.id for unit in directory().under(*actor.reach("dossier.return"))]
    found = waiting(uncollected_since(units[0] if units else None, clock.now())).filter(unit__in=units)
    if after is not None:
        found = found.filter(Q(opened_at__gt=after[0]) | Q(opened_at=after[0], id__gt=after[1]))
    return list(found[:limit])


def waiting(before: datetime) -> QuerySet[Task]:
    """Open steps of returning at a counter that began before a moment, the oldest first."""
    return (
        Task.objects.filter(state=TaskState.OPEN, stage=Stage.RETURN, opened_at__lt=before)
        .filter(case__dossier__delivery=Delivery.COUNTER)
        .select_related("case__dossier__result")
        .order_by("opened_at", "id")
    )
