"""Machine clients: a bearer token with scopes."""

from __future__ import annotations

import time
from uuid import UUID

from django.http import HttpRequest
from ninja.security import HttpBearer

from motcua.engines.accounts.queries import client_actor
from motcua.engines.ledger.actor import Actor
from motcua.foundation.errors import NotAllowed

KEPT_SECONDS = 5.0
_known: dict[str, tuple[float, Actor]] = {}


class ClientToken(HttpBearer):
    """Finds the client of a token. A good token is kept for five seconds: a withdrawn one ends within that."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        moment = time.monotonic()
        kept = _known.get(token)
        if kept is not None and kept[0] > moment:
            actor = kept[1]
        else:
            found = client_actor(token)
            if found is None:
                _known.pop(token, None)
                return None
            if len(_known) > 1000:
                _known.clear()
            actor = found
            _known[token] = (moment + KEPT_SECONDS, actor)
        request.actor = actor  # type: ignore[attr-defined]
        return actor


def actor_with(request: HttpRequest, scope: str) -> Actor:
    """The calling client. Raises ``NotAllowed`` when its token lacks the scope."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if scope not in actor.scopes:
        raise NotAllowed("This token may not do that: it lacks the scope %(scope)s.", scope=scope)
    return actor


def owner_of(actor: Actor) -> UUID:
    """The client's own key. Raises ``NotAllowed`` for an actor without one."""
    if actor.id is None:
        raise NotAllowed("A valid token is needed in the Authorization header.")
    return actor.id
