"""Who may come to the desk at all. What they may see and do there is asked of queries and actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from motcua.engines.ledger.actor import Actor
from motcua.foundation.errors import NotAllowed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware has set."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def officer(view: View[P]) -> View[P]:
    """For officers only: who is not signed in goes to the sign-in page, anybody else is refused."""

    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        kind = actor_of(request).kind
        if kind == "anonymous":
            target = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("desk:worklist")
            return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': target})}")
        if kind != "officer":
            raise NotAllowed("The desk is for officers. Your own dossiers are on the portal.")
        return view(request, *args, **kwargs)

    update_wrapper(checked, view)
    return checked


def holding(*permissions: str) -> Callable[[View[P]], View[P]]:
    """For officers who hold at least one of these permissions somewhere."""

    def decorate(view: View[P]) -> View[P]:
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = actor_of(request)
            if not any(actor.may(permission) for permission in permissions):
                raise NotAllowed("This page is for another role. Please ask the administrator of your unit.")
            return view(request, *args, **kwargs)

        update_wrapper(checked, view)
        return officer(checked)

    return decorate
