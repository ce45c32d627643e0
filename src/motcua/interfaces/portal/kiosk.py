"""A kiosk at a centre (ND118 Đ17.2a): large type, the card as the key, one submission, then the session is gone.

A card's code can be copied, so a kiosk opens nothing of what is on record: no dossiers, no messages, no details; the
form is filled from the card alone. Only machines that the province has set up (``MOTCUA_KIOSK``) have these pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.engines.accounts.actions import create_citizen
from motcua.engines.accounts.models import Party, PartyKind, User
from motcua.engines.forms import Form, Text
from motcua.engines.forms.prefill import Known, Standing, known_of_party, prefilled
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Invalid
from motcua.foundation.identifiers import parse_identity_qr
from motcua.services.dossiers import door
from motcua.services.dossiers.actions.drafts import discard_all

CARD: Final = "kiosk_card"
SEEN: Final = "kiosk_seen"
DONE: Final = "kiosk_done"
MACHINE: Final = "kiosk"
"""The cookie of a browser that stands in a centre: from there nobody is sent to the sign-in page."""
IDLE_SECONDS: Final = 120
"""After this long without a touch the next person must not find the last one's answers."""

ON_CARD: Final = Text("Thẻ căn cước", "Identity card")

OPEN: Final = frozenset(
    {
        *("portal:kiosk", "portal:kiosk_end", "portal:kiosk_done", "portal:search", "portal:life_event"),
        *("portal:procedure", "portal:procedure_qr", "portal:counters", "portal:lookup"),
        *("portal:start", "portal:draft", "portal:draft_page", "portal:autosave"),
        *("portal:draft_file", "portal:check", "portal:place", "portal:submit", "portal:discard"),
        *("set_language", "colours", "manifest", "emblem", "service_worker", "offline"),
    }
)
"""What a kiosk's session reaches: finding, filling in, submitting."""


def require_switched_on() -> None:
    """Raises 404 where the province has set up no kiosk on this installation."""
    if not settings.KIOSK:
        raise Http404


def is_kiosk(request: HttpRequest) -> bool:
    """Whether the request comes from a person at a kiosk."""
    return bool(settings.KIOSK and settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.get(CARD))


def on_machine(request: HttpRequest) -> bool:
    """Whether the browser has opened the kiosk's own page, whoever stands before it now."""
    return bool(settings.KIOSK and MACHINE in request.COOKIES)


def mark_machine(response: HttpResponse) -> HttpResponse:
    """Remembers, until the browser is closed, that this browser is a kiosk; keeps the page out of every store."""
    response.set_cookie(MACHINE, "1", httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def enter(request: HttpRequest, card: str, birth: str) -> None:
    """Opens a session for the person of the card who also knows its date of birth. Raises ``Invalid``."""
    if not card.strip():
        raise Invalid(fields={"card": [_("Hold the code of your identity card under the scanner.")]})
    parsed = parse_identity_qr(card)
    if not parsed.ok:
        raise Invalid(fields={"card": [parsed.reason.render(_) if parsed.reason else _("Scan the card again.")]})
    digits = "".join(character for character in birth if character.isdigit())
    written = str(parsed.parts["birth_date"])
    if digits != "".join(reversed(written.split("-"))):
        raise Invalid(fields={"birth": [_("This is not the date of birth on the card.")]})
    told = {
        "name": str(parsed.parts["name"]),
        "identity_number": parsed.value,
        "birth_date": written if len(written) == 10 else "",
        "sex": str(parsed.parts["sex"]),
    }
    user = _user_of(told)
    logout(request)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session[CARD] = told
    request.session[SEEN] = clock.now().isoformat()
    request.session.set_expiry(IDLE_SECONDS)


def _user_of(told: Mapping[str, str]) -> User:
    """An account for kiosks alone: it can never sign in by itself, and what others have begun is not its own."""
    party_id = door.party_for(
        kind=str(PartyKind.CITIZEN),
        name=told["name"],
        identity_number=told["identity_number"],
        phone="",
        email="",
        address="",
        birth_date=date.fromisoformat(told["birth_date"]) if told["birth_date"] else None,
        sex=told["sex"],
    )
    username = f"kiosk-{party_id.hex}"
    known = User.objects.filter(username=username).first()
    if known is not None:
        return known
    with begin(SYSTEM) as work:
        create_citizen(work, party=Party.objects.get(pk=party_id), username=username)
    return User.objects.get(username=username)


def known_of(request: HttpRequest, form: Form) -> dict[str, Known]:
    """What the card tells and the form asks for, by path."""
    told: dict[str, str] = request.session[CARD]
    birth = date.fromisoformat(told["birth_date"]) if told["birth_date"] else None
    person = Standing(name=told["name"], identity_number=told["identity_number"], birth_date=birth, sex=told["sex"])
    return {path: replace(one, source=ON_CARD) for path, one in prefilled(form, known_of_party(person)).items()}


def leave(request: HttpRequest, code: str = "") -> HttpResponse:
    """Ends the session: what was begun is forgotten; after a submission its code is shown, and nothing else."""
    if isinstance(request.user, User):
        discard_all(request.user.pk)
    logout(request)
    if not code:
        return HttpResponseRedirect(reverse("portal:kiosk"))
    request.session[DONE] = code
    request.session.set_expiry(IDLE_SECONDS)
    return HttpResponseRedirect(reverse("portal:kiosk_done"))


class KioskMiddleware:
    """Behind authentication, before the actor: ends what is idle, and keeps a kiosk's session to its few pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and CARD in request.session:
            seen = datetime.fromisoformat(request.session[SEEN])
            if not settings.KIOSK or (clock.now() - seen).total_seconds() > IDLE_SECONDS:
                return leave(request)
            request.session[SEEN] = clock.now().isoformat()
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Sends back to the kiosk's own page from everywhere else."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or CARD not in request.session:
            return None
        match = request.resolver_match
        if match is None or match.view_name in OPEN or match.view_name.rpartition(":")[2] in OPEN:
            return None
        return HttpResponseRedirect(reverse("portal:kiosk"))
