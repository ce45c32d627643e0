"""Deputies: who is away names somebody who holds their post from a day to a day; a head may do it for their people.

The deputy holds exactly the post that is named, as long as the one they stand for holds it. What one holds only as a
deputy cannot be handed further. It ends by itself.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from motcua.engines.accounts.models import User
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.models import Appointment
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Refused

EDIT: Final = "organisations.edit"
LEAD: Final = "dossier.assign"
LONGEST: Final = timedelta(days=366)
_INSIDE: Final = ("division", "centre")
"""Kinds of unit that belong to the agency above them."""


def agency_of(unit_id: UUID) -> UnitInfo:
    """The agency that a division or a counter belongs to; an agency itself."""
    units = directory()
    unit = units.unit(unit_id)
    while unit.kind in _INSIDE and unit.parent_id in units.by_id:
        above = units.by_id[unit.parent_id]
        if above.kind == "province":
            break
        unit = above
    return unit


def depute(
    work: Work, *, appointment_id: UUID, deputy_id: UUID, valid_from: date, valid_to: date, reason: str = ""
) -> Appointment:
    """Names a deputy for a post from a day to a day. By who holds the post, or by who assigns the unit's work.

    Raises ``NotFound``; ``NotAllowed``; ``Refused`` for a post that is itself only held for another; ``Invalid`` for
    days in wrong order, in the past or beyond the post's own, and for a deputy who is of another agency.
    """
    post = Appointment.objects.select_for_update(of=("self",)).select_related("unit", "role").filter(pk=appointment_id)
    held = post.first()
    if held is None:
        raise NotFound("There is no such entry.")
    _require(work.actor, held)
    if held.acting_for_id is not None:
        raise Refused("Who stands in for another cannot name a further deputy.")
    fields = _problems_of_days(held, valid_from, valid_to)
    deputy = User.objects.filter(pk=deputy_id).first()
    if deputy is None or not deputy.official or not deputy.is_active or deputy.pk == held.user_id:
        fields["deputy"] = ["Choose a colleague."]
    elif not _of_agency(deputy.pk, held.unit_id, valid_from):
        fields["deputy"] = ["A deputy holds a post of their own in the same agency."]
    elif Appointment.objects.filter(user=deputy, unit=held.unit_id, role=held.role_id, valid_from=valid_from).exists():
        fields["valid_from"] = ["This person begins in this very role on that day. Choose another day."]
    elif _overlapping(held.pk, valid_from, valid_to):
        fields["valid_from"] = ["There is a deputy on these days already."]
    if fields:
        raise Invalid(fields=fields)
    appointment = Appointment(
        user_id=deputy_id,
        unit_id=held.unit_id,
        role_id=held.role_id,
        title=held.title,
        valid_from=valid_from,
        valid_to=valid_to,
        acting_for=held,
    )
    work.add(appointment)
    after = {
        "user": str(deputy_id),
        "unit": held.unit.code,
        "role": held.role_id,
        "valid_from": valid_from.isoformat(),
        "valid_to": valid_to.isoformat(),
        "acting_for": str(held.pk),
        "principal": str(held.user_id),
        "reason": reason.strip()[:200],
    }
    work.record(appointment.id, "appointment.deputed", {"after": after}, first=True)
    return appointment


def end_deputing(work: Work, appointment_id: UUID) -> None:
    """Ends it now: by who is stood for, by the deputy, or by who assigns the unit's work. One that has not begun, or
    began today, is taken out; the ledger keeps it. Raises ``NotFound``, ``NotAllowed``, ``Conflict``."""
    row = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("unit", "acting_for")
        .filter(pk=appointment_id, acting_for__isnull=False)
    )
    appointment = row.first()
    if appointment is None or appointment.acting_for is None:
        raise NotFound("There is no such entry.")
    if appointment.user_id != work.actor.id:
        _require(work.actor, appointment.acting_for)
    yesterday = clock.today() - timedelta(days=1)
    if appointment.valid_to is not None and appointment.valid_to <= yesterday:
        raise Conflict("This has already ended.")
    before = {"valid_to": appointment.valid_to.isoformat() if appointment.valid_to else ""}
    if appointment.valid_from > yesterday:
        work.remove(appointment)
    else:
        appointment.valid_to = yesterday
        work.change(appointment, "valid_to")
    data = {"before": before, "after": {"valid_to": yesterday.isoformat()}}
    work.record(appointment.id, "appointment.deputing_ended", data)


def _require(actor: Actor, post: Appointment) -> None:
    """The holder by their own right, or who leads the unit. A leader disposes of work on dossiers alone."""
    if post.user_id == actor.id:
        return
    path = directory().unit(post.unit_id).path
    own = Actor(kind=actor.kind, id=actor.id, grants=tuple(grant for grant in actor.grants if not grant.acting_for))
    if own.may(EDIT, path):
        return
    of_dossiers = all(permission.startswith("dossier.") for permission in post.role.permissions)
    if not (own.may(LEAD, path) and of_dossiers):
        raise NotAllowed("Deputies are named by who holds the post, or by the head of the unit.")


def _problems_of_days(post: Appointment, first: date, last: date) -> dict[str, list[str]]:
    if first < clock.today():
        return {"valid_from": ["A deputy begins today or later."]}
    if last < first:
        return {"valid_to": ["The last day lies before the first."]}
    if last - first > LONGEST:
        return {"valid_to": ["A deputy stands in for at most a year."]}
    if first < post.valid_from or (post.valid_to is not None and last > post.valid_to):
        return {"valid_to": ["The post itself is not held on all of these days."]}
    return {}


def _of_agency(user_id: UUID, unit_id: UUID, day: date) -> bool:
    own = _held_on(day).filter(user_id=user_id, acting_for__isnull=True)
    return own.filter(unit__path__startswith=agency_of(unit_id).path).exists()


def _overlapping(post_id: UUID, first: date, last: date) -> bool:
    return Appointment.objects.filter(acting_for=post_id, valid_from__lte=last, valid_to__gte=first).exists()


def _held_on(day: date) -> QuerySet[Appointment]:
    held = Appointment.objects.filter(valid_from__lte=day)
    return held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def posts_to_depute(actor: Actor) -> list[Appointment]:
    """The posts for which the actor may name a deputy today: their own first, then their people's; one query."""
    units = [unit.id for unit in directory().under(*_own_reach(actor, LEAD))]
    found = _held_on(clock.today()).filter(acting_for__isnull=True, user__is_active=True)
    found = found.filter(Q(user_id=actor.id) | Q(unit__in=units)).select_related("user", "unit", "role")
    rows = [row for row in found.order_by("user__full_name", "unit__path") if row.user_id == actor.id or _plain(row)]
    return sorted(rows, key=lambda row: row.user_id != actor.id)


def _plain(post: Appointment) -> bool:
    return all(permission.startswith("dossier.") for permission in post.role.permissions)


def _own_reach(actor: Actor, permission: str) -> tuple[str, ...]:
    return Actor(kind="officer", grants=tuple(grant for grant in actor.grants if not grant.acting_for)).reach(
        permission
    )


def colleagues(unit_ids: set[UUID]) -> list[User]:
    """Active officers with a post of their own today in the agencies of these units; one query."""
    paths = Q(pk__in=())
    for path in {agency_of(unit_id).path for unit_id in unit_ids}:
        paths |= Q(unit__path__startswith=path)
    today = _held_on(clock.today()).filter(paths, acting_for__isnull=True).values("user_id")
    return list(User.objects.filter(pk__in=today, is_active=True).order_by("full_name"))


def deputings(actor: Actor) -> list[Appointment]:
    """Present and coming deputies that concern the actor: theirs, for them, and in the units they lead; one query."""
    units = [unit.id for unit in directory().under(*_own_reach(actor, LEAD))]
    found = Appointment.objects.filter(acting_for__isnull=False, valid_to__gte=clock.today())
    found = found.filter(Q(user_id=actor.id) | Q(acting_for__user_id=actor.id) | Q(unit__in=units))
    return list(found.select_related("user", "unit", "role", "acting_for__user").order_by("valid_from")[:200])
