"""Who may come to the personal pages of the portal. What they see there is asked of queries and actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from motcua.engines.ledger.actor import Actor
from motcua.foundation.errors import NotAllowed
from motcua.interfaces.portal import kiosk

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware has set."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def sign_in_url(target: str) -> str:
    """The sign-in page, which leads on to ``target``."""
    return f"{reverse('sign_in')}?{urlencode({'next': target})}"


def citizen(view: View[P]) -> View[P]:
    """For citizens and organisations signed in; a visitor goes to the sign-in page and comes back, at a kiosk to the
    page that asks for the card."""

    @wraps(view)
    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        kind = actor_of(request).kind
        if kind == "anonymous":
            target = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("portal:my_dossiers")
            if request.headers.get("X-Requested-With") == "fetch":
                return HttpResponse(status=401)
            if kiosk.on_machine(request):
                return HttpResponseRedirect(reverse("portal:kiosk"))
            return HttpResponseRedirect(sign_in_url(target))
        if kind != "citizen":
            raise NotAllowed(
                "This page is for citizens. Please sign in with your own account, not that of your office."
            )
        return view(request, *args, **kwargs)

    return checked
