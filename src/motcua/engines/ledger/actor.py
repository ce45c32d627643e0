"""Who acts: a person, an officer, a machine client or the system itself, with what they were granted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from motcua.foundation.errors import NotAllowed

ActorKind = Literal["citizen", "officer", "client", "system", "anonymous"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in a unit: it reaches the unit and everything below it."""

    role: str
    unit_id: UUID
    unit_path: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who asks or acts. ``party_id`` is whom a citizen speaks for; ``grants`` is what an officer holds."""

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    party_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[str] = frozenset()

    def may(self, permission: str, unit_path: str | None = None) -> bool:
        """Whether the permission is held for the unit with this path (for any unit when ``None``)."""
        if self.kind == "system":
            return True
        return any(
            permission in grant.permissions and (unit_path is None or unit_path.startswith(grant.unit_path))
            for grant in self.grants
        )

    def require(self, permission: str, unit_path: str | None = None) -> None:
        """Raises ``NotAllowed`` unless the permission is held there."""
        if not self.may(permission, unit_path):
            raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")

    def reach(self, permission: str) -> tuple[str, ...]:
        """Paths of the units in which the permission is held, without those inside another."""
        paths = sorted({grant.unit_path for grant in self.grants if permission in grant.permissions})
        return tuple(p for i, p in enumerate(paths) if not any(p.startswith(q) for q in paths[:i]))

    @property
    def permissions(self) -> frozenset[str]:
        return frozenset().union(*(grant.permissions for grant in self.grants))

    def as_recorded(self) -> dict[str, Any]:
        """What the ledger keeps: officers by name and unit, citizens by key alone (personal data stays out)."""
        recorded: dict[str, Any] = {"kind": self.kind}
        if self.id:
            recorded["id"] = str(self.id)
        if self.kind in ("officer", "client") and self.name:
            recorded["name"] = self.name
        return recorded


SYSTEM = Actor(kind="system", name="motcua")
ANONYMOUS = Actor(kind="anonymous")
