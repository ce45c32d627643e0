"""Who acts: a person, an officer, a machine client or the system itself, with what they were granted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple
from uuid import UUID

from motcua.foundation.errors import NotAllowed

ActorKind = Literal["citizen", "officer", "client", "system", "anonymous"]


class Principal(NamedTuple):
    """The person whose post a deputy holds while they are away."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in a unit: it reaches the unit and everything below it. ``acting_for``: it is another's post."""

    role: str
    unit_id: UUID
    unit_path: str
    permissions: frozenset[str]
    acting_for: Principal | None = None

    @property
    def key(self) -> str:
        """Names the post; another's, held as deputy, is a post of its own."""
        return f"{self.role}@{self.unit_id}" + (f"@{self.acting_for.id}" if self.acting_for else "")


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who asks or acts. ``party_id`` is whom a citizen speaks for; ``grants`` is what an officer holds.

    A deputy acts in their own name where their own posts allow it. What only another's post allows is noted in
    ``relied_on`` when it is asked for, so that the ledger says for whom they acted.
    """

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    party_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[str] = frozenset()
    relied_on: list[Principal] = field(default_factory=list, compare=False, repr=False)

    def may(self, permission: str, unit_path: str | None = None) -> bool:
        """Whether the permission is held for the unit with this path (for any unit when ``None``)."""
        if self.kind == "system":
            return True
        deputy: Principal | None = None
        for grant in self.grants:
            if permission in grant.permissions and (unit_path is None or unit_path.startswith(grant.unit_path)):
                if grant.acting_for is None:
                    return True
                deputy = deputy or grant.acting_for
        if deputy is not None:
            self.relied_on.append(deputy)
        return deputy is not None

    def stands_for(self, user_id: UUID | None) -> bool:
        """Whether what lies in this person's hands is the actor's: they are the same, or the actor is their deputy."""
        if user_id is None or user_id == self.id:
            return user_id is not None
        for grant in self.grants:
            if grant.acting_for is not None and grant.acting_for.id == user_id:
                self.relied_on.append(grant.acting_for)
                return True
        return False

    @property
    def principals(self) -> tuple[Principal, ...]:
        """Those whose posts the actor holds for the time being."""
        return tuple(dict.fromkeys(grant.acting_for for grant in self.grants if grant.acting_for is not None))

    def in_post(self, key: str | None) -> Actor:
        """With what this post grants (``Grant.key``) alone; with everything when none is named or it is not held."""
        held = tuple(grant for grant in self.grants if grant.key == key)
        return replace(self, grants=held) if key and held else self

    def afresh(self) -> Actor:
        """The same actor who has not relied on anybody's post yet: for a new unit of work."""
        return replace(self, relied_on=[]) if any(grant.acting_for for grant in self.grants) else self

    @property
    def acting_for(self) -> Principal | None:
        """For whom the actor has acted so far in this unit of work."""
        return self.relied_on[-1] if self.relied_on else None

    @property
    def signature(self) -> str:
        """The name under a paper; a deputy signs by authority (thừa ủy quyền, ND30/2020 phụ lục I)."""
        return f"TUQ. {self.acting_for.name}, {self.name}" if self.acting_for else self.name

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
        if self.acting_for is not None:
            recorded["for"] = {"id": str(self.acting_for.id), "name": self.acting_for.name}
        return recorded


def signature_of(recorded: Mapping[str, Any]) -> str:
    """The name under a paper from what the ledger keeps of an officer (``as_recorded``); empty for others."""
    if recorded.get("kind") != "officer":
        return ""
    name, principal = str(recorded.get("name", "")), recorded.get("for")
    return f"TUQ. {principal['name']}, {name}" if principal else name


SYSTEM = Actor(kind="system", name="motcua")
ANONYMOUS = Actor(kind="anonymous")
