"""The posts of an officer: each role held in a unit. One may act in all of them, or in a chosen one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest

from motcua.engines.ledger.actor import Actor, Grant

POST = "post"


@dataclass(frozen=True, slots=True)
class Post:
    """One line of the switch in the top bar."""

    id: str
    unit_name: str
    role_name: str
    current: bool


def key_of(grant: Grant) -> str:
    """How the session names a post; another's, held as deputy, is a post of its own."""
    return f"{grant.role}@{grant.unit_id}" + (f"@{grant.acting_for.id}" if grant.acting_for else "")


def in_chosen_post(request: HttpRequest, actor: Actor) -> Actor:
    """The officer with what the chosen post grants; with everything when none is chosen or it is no longer held."""
    chosen = request.session.get(POST)
    held = tuple(grant for grant in actor.grants if key_of(grant) == chosen)
    return replace(actor, grants=held) if chosen and held else actor
