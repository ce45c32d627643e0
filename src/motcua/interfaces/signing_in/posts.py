"""The posts of an officer: each role held in a unit. One may act in all of them, or in a chosen one."""

from __future__ import annotations

from dataclasses import dataclass

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
    acting_for: str = ""


def key_of(grant: Grant) -> str:
    """How the session names a post."""
    return grant.key


def in_chosen_post(request: HttpRequest, actor: Actor) -> Actor:
    """The officer with what the chosen post grants; with everything when none is chosen or it is no longer held."""
    return actor.in_post(request.session.get(POST))
