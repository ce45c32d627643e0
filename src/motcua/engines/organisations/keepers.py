"""Roles as administrators keep them, and the guard that nobody locks the office out of its own administration."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.models import Appointment, Role
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, NotFound, Refused

KEEPING = ("organisations.edit", "accounts.edit")
"""Without somebody who holds these, nobody could give anybody a right again."""


def in_force() -> QuerySet[Appointment]:
    """Appointments of today, of officials whose account is open."""
    today = clock.today()
    return Appointment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today),
        valid_from__lte=today,
        user__is_active=True,
        user__official=True,
    )


def guard(actor: Actor, *, losing: Iterable[str], rest: QuerySet[Appointment]) -> None:
    """Refuses a change after which only ``rest`` of the appointments give the permissions ``losing``.

    ``Refused`` where the one who acts would lose a right to keep administration, ``Conflict`` where nobody would be
    left with it. The system itself (reorganisations, demo) is not held up: it makes successors in the same work.
    """
    if actor.kind != "officer" or actor.id is None:
        return
    for permission in losing:
        if permission not in KEEPING:
            continue
        left = rest.filter(role__permissions__contains=[permission])
        if actor.may(permission) and not left.filter(user_id=actor.id).exists():
            raise Refused("You would lock yourself out. Let another administrator do this.")
        if not left.exists():
            raise Conflict("Nobody would be left who may keep the administration.")


def guard_role(actor: Actor, role: Role, permissions: Iterable[str]) -> None:
    """Before a role changes to ``permissions``."""
    losing = set(role.permissions) - set(permissions)
    guard(actor, losing=losing, rest=in_force().exclude(role=role))


def guard_appointment(actor: Actor, appointment: Appointment) -> None:
    """Before an appointment ends."""
    losing = Role.objects.values_list("permissions", flat=True).get(pk=appointment.role_id)
    if in_force().filter(pk=appointment.pk).exists():
        guard(actor, losing=losing, rest=in_force().exclude(pk=appointment.pk))


def holders(role: Role, limit: int) -> list[Appointment]:
    """Who holds a role today, by unit and name."""
    rows = in_force().filter(role=role).select_related("user", "unit").order_by("unit__code", "user__full_name")
    return list(rows[:limit])


def remove_role(work: Work, code: str, *, stream: UUID) -> None:
    """Takes away a role that nobody ever held. Raises ``NotAllowed``, ``NotFound``, ``Conflict``."""
    work.actor.require("organisations.edit")
    role = Role.objects.select_for_update().filter(pk=code).first()
    if role is None:
        raise NotFound("There is no such role.")
    if Appointment.objects.filter(role=role).exists():
        raise Conflict("Somebody holds or held this role. Take its permissions away instead.")
    before = {"code": role.code, "name": role.name, "permissions": role.permissions}
    work.remove(role)
    work.record(stream, "role.removed", {"role": code, "before": before})
