"""Officers at the desk over HTTP."""

from __future__ import annotations

from django.test import Client

from motcua.engines.accounts.models import User
from motcua.engines.ledger.actor import Actor
from motcua.foundation import clock
from motcua.interfaces.signing_in.sessions import SECOND_FACTOR


def signed_in(who: User | Actor, *, second_factor: bool = True) -> Client:
    """A browser in which this person is signed in; officials with their second factor shown, unless said otherwise."""
    user = who if isinstance(who, User) else User.objects.get(pk=who.id)
    client = Client(raise_request_exception=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if second_factor:
        session = client.session
        session[SECOND_FACTOR] = clock.now().isoformat()
        session.save()
    return client
