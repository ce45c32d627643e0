"""Who may come to the personal pages of the portal. What they see there is asked of queries and actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from motcua.engines.ledger.actor import Actor
from motcua.foundation.errors import NotAllowed
from motcua.interfaces.portal import kiosk

P = ParamSpec("P")
SENT_FROM_ITSELF: Final = frozenset(
    {"draft_page", "place", "discard", "withdraw", "stop", "correct", "start", "group_start", "group_withdraw"}
    | {"group_discard", "mandates"}
)
"""Pages whose form is sent to their own address: after signing in one is there again."""
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware has set."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def sign_in_url(target: str) -> str:
    """The sign-in page, which leads on to ``target``."""
    return f"{reverse('sign_in')}?{urlencode({'next': target})}"


def _leads_back(request: HttpRequest) -> str:
    """Where a visitor is led after signing in: to the page, or to the page that the form stood on."""
    match = request.resolver_match
    if request.method in ("GET", "HEAD") or (match is not None and match.url_name in SENT_FROM_ITSELF):
        return request.get_full_path()
    return reverse("portal:my_dossiers")


def citizen(view: View[P]) -> View[P]:
    """For citizens and organisations signed in; a visitor goes to the sign-in page and comes back, at a kiosk to the
    page that asks for the card."""

    @wraps(view)
    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        kind = actor_of(request).kind
        if kind == "anonymous":
            target = _leads_back(request)
            if request.headers.get("X-Requested-With") == "fetch":
                return HttpResponse(status=401)
            if kiosk.on_machine(request):
                return HttpResponseRedirect(reverse("portal:kiosk"))
            if request.method == "POST":
                messages.info(
                    request, gettext("You were signed out in the meantime. Please sign in and send it once more.")
                )
            return HttpResponseRedirect(sign_in_url(target))
        if kind != "citizen":
            raise NotAllowed(
                "This page is for citizens. Please sign in with your own account, not that of your office."
            )
        return view(request, *args, **kwargs)

    return checked
