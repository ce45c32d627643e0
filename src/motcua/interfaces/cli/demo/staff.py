"""Who does which work where: the officers of the province as actors, read once."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from uuid import UUID

from motcua.engines.accounts.models import User
from motcua.engines.ledger.actor import Actor, Grant
from motcua.engines.organisations.models import Appointment
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import STAGE_PERMISSION


class Staff:
    """Officers by what they may do; the nearest unit that has somebody does the work."""

    def __init__(self) -> None:
        grants: dict[UUID, list[Grant]] = defaultdict(list)
        held = Appointment.objects.order_by("user__username", "id").values_list(
            "user_id", "role_id", "unit_id", "unit__path", "role__permissions"
        )
        for holder, role, unit, path, permissions in held:
            grants[holder].append(Grant(role, unit, path, frozenset(permissions)))
        people = User.objects.filter(pk__in=grants, is_active=True).order_by("username")
        self._by_place: dict[tuple[str, str], list[Actor]] = defaultdict(list)
        for user in people:
            actor = Actor(kind="officer", id=user.id, name=user.full_name, grants=tuple(grants[user.id]))
            for grant in grants[user.id]:
                for permission in sorted(grant.permissions):
                    self._by_place[permission, grant.unit_path].append(actor)

    def somebody(self, rng: Random, permission: str, unit_id: UUID) -> Actor:
        """An officer of the unit, or of the nearest one above it. Raises ``LookupError`` where nobody may."""
        path = directory().unit(unit_id).path
        while path:
            found = self._by_place.get((permission, path))
            if found:
                return rng.choice(found)
            path = path.rstrip("/").rpartition("/")[0]
            path = f"{path}/" if path else ""
        raise LookupError(f"nobody holds {permission} in {directory().unit(unit_id).code}")

    def for_stage(self, rng: Random, stage: str, unit_id: UUID) -> Actor:
        """An officer who may do a task of this stage there."""
        return self.somebody(rng, STAGE_PERMISSION[stage], unit_id)
