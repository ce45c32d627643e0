"""Who may do a step: the people of a unit and of the units above it who hold the permission today."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from motcua.engines.accounts.models import User
from motcua.engines.cases.models import Recipient, Task
from motcua.engines.organisations.models import Appointment
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation import clock


def people_for(stage: str, unit_id: UUID, role: str = "") -> list[User]:
    """Active officers whom a step of this kind in this unit may be given to, nearest unit first; one query, and one
    more for a step that asks for a ``role`` (or permission) beside it."""
    found = holders_of(STAGE_PERMISSION[stage], unit_id)
    if not role:
        return found
    asked = Q(role=role) | Q(role__permissions__contains=[role])
    able = set(held_today(Q(unit__in=units_above(unit_id)) & asked).values_list("user_id", flat=True))
    return [user for user in found if user.pk in able]


def holders_of(permission: str, unit_id: UUID) -> list[User]:
    """Active officers who hold a permission in this unit or above it, nearest unit first; one query."""
    chain = units_above(unit_id)
    held = held_today(Q(unit__in=chain, role__permissions__contains=[permission])).select_related("user")
    nearest: dict[UUID, tuple[int, User]] = {}
    for appointment in held:
        distance = chain.index(appointment.unit_id)
        known = nearest.get(appointment.user_id)
        if known is None or distance < known[0]:
            nearest[appointment.user_id] = (distance, appointment.user)
    return [user for _, user in sorted(nearest.values(), key=lambda pair: (pair[0], pair[1].full_name))]


def units_above(unit_id: UUID) -> list[UUID]:
    """A unit and all above it, nearest first."""
    units = directory().by_id
    chain: list[UUID] = []
    unit = units.get(unit_id)
    while unit is not None:
        chain.append(unit.id)
        unit = units.get(unit.parent_id) if unit.parent_id else None
    return chain


def recipients_of(task: Task, recipient: str) -> list[UUID]:
    """Whom to remind of a step: who has it in hand (else the unit's people), the head, or the head's superior; who is
    away is told together with the deputy. Nobody of that rank: the next above."""
    if recipient == Recipient.ASSIGNEE:
        found = (
            [task.assignee_id]
            if task.assignee_id
            else [person.pk for person in people_for(task.stage, task.unit_id, task.role)]
        )
        return _with_deputies(found) or _leading(task.unit_id, superiors=False)
    return _leading(task.unit_id, superiors=recipient == Recipient.SUPERIOR)


def _leading(unit_id: UUID, *, superiors: bool) -> list[UUID]:
    """Those who assign work at the nearest level, or who stand over them: in the same unit who leads it without
    handling dossiers, else the next level above."""
    levels: dict[UUID, dict[UUID, bool]] = {}
    chain = units_above(unit_id)
    held = held_today(Q(unit__in=chain, role__permissions__contains=["dossier.assign"]))
    for unit, person, permissions in held.values_list("unit_id", "user_id", "role__permissions"):
        levels.setdefault(unit, {})[person] = "dossier.process" in permissions
    ranks: list[list[UUID]] = []
    for unit in chain:
        people = levels.get(unit, {})
        ranks.append(sorted(person for person, handles in people.items() if handles))
        ranks.append(sorted(person for person, handles in people.items() if not handles))
    ranks = [rank for rank in ranks if rank]
    if not ranks:
        return []
    return ranks[min(1, len(ranks) - 1)] if superiors else ranks[0]


def _with_deputies(people: Sequence[UUID]) -> list[UUID]:
    deputies = held_today(Q(acting_for__user__in=people)).values_list("user_id", flat=True)
    return list(dict.fromkeys([*people, *deputies]))


def held_today(which: Q) -> QuerySet[Appointment]:
    """The posts that active people hold today."""
    today = clock.today()
    return Appointment.objects.filter(which, valid_from__lte=today, user__is_active=True).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    )


def people_of(unit_ids: Sequence[UUID]) -> list[tuple[str, str]]:
    """(key, name) of the officers who hold posts in these units today, by name; one query."""
    held = held_today(Q(unit__in=unit_ids)).values_list("user_id", "user__full_name").distinct()
    return [(str(key), name) for key, name in held.order_by("user__full_name")[:500]]
