"""Who may do a step: the people of a unit and of the units above it who hold the permission today."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from motcua.engines.accounts.models import User
from motcua.engines.organisations.models import Appointment
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation import clock


def people_for(stage: str, unit_id: UUID) -> list[User]:
    """Active officers whom a step of this kind in this unit may be given to, nearest unit first; one query."""
    units = directory().by_id
    chain: list[UUID] = []
    unit = units.get(unit_id)
    while unit is not None:
        chain.append(unit.id)
        unit = units.get(unit.parent_id) if unit.parent_id else None
    today = clock.today()
    held = (
        Appointment.objects.filter(
            unit__in=chain,
            role__permissions__contains=[STAGE_PERMISSION[stage]],
            valid_from__lte=today,
            user__is_active=True,
        )
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
        .select_related("user")
    )
    nearest: dict[UUID, tuple[int, User]] = {}
    for appointment in held:
        distance = chain.index(appointment.unit_id)
        known = nearest.get(appointment.user_id)
        if known is None or distance < known[0]:
            nearest[appointment.user_id] = (distance, appointment.user)
    return [user for _, user in sorted(nearest.values(), key=lambda pair: (pair[0], pair[1].full_name))]
