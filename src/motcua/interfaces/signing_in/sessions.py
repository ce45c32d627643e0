"""What a session proves: a second factor, how long nobody did anything, a persona of the demonstration."""

from __future__ import annotations

from datetime import datetime

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from motcua.engines.accounts.models import User
from motcua.foundation import clock

SECOND_FACTOR = "second_factor_at"
PERSONA = "demo_persona"
SEEN = "seen_at"
BEGUN = "begun_at"
SEEN_EVERY = 60  # seconds between two writes of the time of the last request


def is_persona(request: HttpRequest) -> bool:
    """Whether the session was opened by one click on a demo persona. Never outside demo mode."""
    return bool(settings.DEMO and request.session.get(PERSONA))


def has_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this session has shown a second factor: a code, a passkey, or one set up just now."""
    if is_persona(request) or SECOND_FACTOR in request.session:
        return True
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def note_second_factor(request: HttpRequest) -> None:
    """Remembers that a second factor was shown, under a fresh session key."""
    request.session[SECOND_FACTOR] = clock.now().isoformat()
    request.session.cycle_key()


def has_expired(request: HttpRequest) -> bool:
    """Whether an official's session has been idle or open for too long; notes the present request otherwise.

    A page that asks by itself (``X-By-Itself``) is nobody at work: such requests are not noted.
    """
    now = clock.now()
    seen = _moment(request, SEEN)
    begun = _moment(request, BEGUN)
    if seen is not None and (now - seen).total_seconds() > settings.OFFICIAL_IDLE_MINUTES * 60:
        return True
    if begun is not None and (now - begun).total_seconds() > settings.OFFICIAL_SESSION_HOURS * 3600:
        return True
    if begun is None:
        request.session[BEGUN] = now.isoformat()
    by_itself = request.headers.get("X-By-Itself") == "1"
    if seen is None or (not by_itself and (now - seen).total_seconds() > SEEN_EVERY):
        request.session[SEEN] = now.isoformat()
    return False


def _moment(request: HttpRequest, name: str) -> datetime | None:
    text = request.session.get(name)
    return datetime.fromisoformat(text) if isinstance(text, str) else None
