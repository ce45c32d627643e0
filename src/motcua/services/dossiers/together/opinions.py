"""Opinions of other agencies: what can be asked about them, whom they are told to, and what the clock does to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from django.db.models import Q, QuerySet

from motcua.engines.accounts.models import User
from motcua.engines.cases.models import Stage
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import reader
from motcua.engines.notices.actions import Notice, send
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation import clock
from motcua.foundation.working_time import working_seconds_between
from motcua.services.dossiers.actions.opinions import is_open
from motcua.services.dossiers.following.readers import to_officer
from motcua.services.dossiers.models import Dossier, Opinion
from motcua.services.dossiers.office.people import held_today, people_for, units_above

REMIND_SECONDS: Final = 8 * 3600
"""An agency is reminded when a working day is left, or half its time where that is shorter."""

LOOK_AHEAD: Final = timedelta(days=14)
"""No working day is farther away than this, not even at Tết."""

BATCH: Final = 500
State = Literal["waiting", "late", "answered", "dropped"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its answer, as screens show it. ``name``: who answered."""

    opinion: Opinion
    unit: str
    state: State
    name: str
    was_late: bool


def of_dossier(dossier: Dossier) -> list[Asked]:
    """All that other agencies were asked about a dossier, newest first; two queries at most."""
    rows = list(Opinion.objects.filter(dossier=dossier).order_by("-asked_at", "-id"))
    if not rows:
        return []
    answerers = {row.answered_by for row in rows if row.answered_by is not None}
    names = dict(User.objects.filter(pk__in=answerers).values_list("pk", "full_name")) if answerers else {}
    return [_asked(row, dossier, names.get(row.answered_by, "") if row.answered_by else "") for row in rows]


Position = tuple[datetime, UUID]


def waiting_for(actor: Actor, *, after: Position | None = None, limit: int = 50) -> list[Asked]:
    """The questions that the units of the actor still have to answer, soonest due first, by the index of what is open;
    their dossiers with them."""
    units = [unit.id for unit in directory().under(*actor.reach(STAGE_PERMISSION[Stage.CONSULT]))]
    if not units:
        return []
    rows = _waiting()
    if len(units) < len(directory().all):
        rows = rows.filter(unit__in=units)
    if after is not None:
        rows = rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], pk__gt=after[1]))
    found = rows.select_related("dossier__case").order_by("due_at", "pk")[:limit]
    return [_asked(row, row.dossier, "") for row in found]


def _asked(row: Opinion, dossier: Dossier, name: str) -> Asked:
    waiting = is_open(row, dossier)
    late = (row.answered_at or row.dropped_at or clock.now()) > row.due_at
    state: State = (
        "late" if waiting and late else "waiting" if waiting else "answered" if row.answered_at else "dropped"
    )
    return Asked(row, directory().unit(row.unit_id).name, state, name, late)


def to_be_reminded(now: datetime) -> list[Opinion]:
    """Questions whose time is nearly over and of which the agency has not been reminded, soonest due first."""
    rows = _waiting().filter(reminded_at__isnull=True, due_at__gt=now, due_at__lte=now + LOOK_AHEAD)
    return [row for row in rows.order_by("due_at")[:BATCH] if _nearly_over(row, now)]


def _nearly_over(row: Opinion, now: datetime) -> bool:
    calendar = calendar_for(row.unit_id)
    allowed = working_seconds_between(calendar, row.asked_at, row.due_at)
    return working_seconds_between(calendar, now, row.due_at) <= min(REMIND_SECONDS, allowed // 2)


def to_be_reported(now: datetime) -> list[Opinion]:
    """Late answers that the head of the one-stop unit has not been told of, oldest first (ND118 Đ19)."""
    return list(_waiting().filter(reported_at__isnull=True, due_at__lt=now).order_by("due_at")[:BATCH])


def _waiting() -> QuerySet[Opinion]:
    return Opinion.objects.filter(
        answered_at__isnull=True, dropped_at__isnull=True, task__state__in=("open", "waiting")
    )


def heads_of(unit_id: UUID) -> list[UUID]:
    """Who leads a unit: who may assign work in it, else in the nearest unit above it; one query."""
    chain = units_above(unit_id)
    held = list(
        held_today(Q(unit__in=chain, role__permissions__contains=["dossier.assign"])).values_list("unit_id", "user_id")
    )
    for key in chain:
        found = sorted({user for where, user in held if where == key})
        if found:
            return found
    return []


@reader("opinions", kinds=("dossier.opinion",))
def opinions(events: Sequence[Event]) -> None:
    """Tells the agencies asked, who asked, and of late answers the head of the one-stop unit (ND118 Đ19)."""
    dossiers = {row.pk: row for row in Dossier.objects.filter(pk__in={event.stream for event in events})}
    asked = dict(Opinion.objects.filter(dossier__in=dossiers).values_list("pk", "asked_by"))
    people = set(User.objects.filter(pk__in=asked.values()).values_list("pk", flat=True))
    askers = {str(key): asker for key, asker in asked.items() if asker in people}  # a machine asks, and looks itself
    send(
        [
            notice
            for event in events
            if event.stream in dossiers
            for notice in _notices(dossiers[event.stream], event, askers)
        ]
    )


def _notices(dossier: Dossier, event: Event, askers: Mapping[str, UUID]) -> Iterator[Notice]:
    if event.kind == "dossier.opinions_asked":
        for one in event.data["opinions"]:
            people = people_for(Stage.CONSULT, UUID(one["unit"]))
            yield from _to(dossier, "dossier.opinion_asked", event, [p.pk for p in people], one["unit"], one["due_at"])
        return
    unit, due_at = event.data["unit"], str(event.data.get("due_at", ""))
    asker = [askers[key]] if (key := str(event.data["opinion"])) in askers else []
    if event.kind == "dossier.opinion_reminded":
        people = people_for(Stage.CONSULT, UUID(unit))
        yield from _to(dossier, "dossier.opinion_reminder", event, [p.pk for p in people], unit, due_at)
    elif event.kind == "dossier.opinion_late":
        heads = heads_of(dossier.received_at_id)
        yield from _to(dossier, "dossier.opinion_late", event, [*dict.fromkeys([*heads, *asker])], unit, due_at)
    elif event.kind == "dossier.opinion_given":
        yield from _to(dossier, "dossier.opinion_given", event, asker, unit, "")


def _to(dossier: Dossier, kind: str, event: Event, people: Sequence[UUID], unit: str, due_at: str) -> Iterator[Notice]:
    more = {"due_at": due_at} if due_at else {}
    name = directory().unit(UUID(unit)).name
    for user_id in people:
        dedupe = f"event:{event.pk}:{unit}:{user_id.hex}"[:120]
        yield to_officer(dossier, kind, user_id, dedupe=dedupe, at=event.at, unit=name, **more)
