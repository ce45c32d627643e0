"""Who is asking."""

from __future__ import annotations

import hashlib
import hmac

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from motcua.engines.accounts.models import ApiClient, User
from motcua.engines.ledger.actor import ANONYMOUS, Actor, Grant
from motcua.engines.organisations.queries import directory, grants_of
from motcua.foundation import clock


def actor_of(user: User | AnonymousUser) -> Actor:
    """The actor behind a signed-in user: an officer with what they hold today, or a citizen with their party."""
    if not isinstance(user, User) or not user.is_active:
        return ANONYMOUS
    if user.official:
        return Actor(kind="officer", id=user.id, name=user.full_name, grants=grants_of(user.id))
    return Actor(kind="citizen", id=user.id, name=user.full_name, party_id=user.party_id)


def token_hash(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


CLIENT_PERMISSIONS = frozenset({"dossier.read", "dossier.receive", "dossier.process", "dossier.return"})


def client_actor(token: str) -> Actor | None:
    """The machine client with this token, or ``None``. It acts within its unit and its scopes."""
    if not token or len(token) > 200:
        return None
    digest = token_hash(token)
    now = clock.now()
    client = (
        ApiClient.objects.filter(token_hash=digest, active=True)
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
        .first()
    )
    if client is None or not hmac.compare_digest(bytes(client.token_hash), digest):
        return None
    unit = directory().unit(client.unit_id)
    scopes = frozenset(client.scopes)
    grant = Grant("client", unit.id, unit.path, CLIENT_PERMISSIONS & scopes)
    return Actor(kind="client", id=client.id, name=client.name, grants=(grant,), scopes=scopes)
