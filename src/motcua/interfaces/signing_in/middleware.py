"""Who acts: sets ``request.actor``, ends stale sessions of officials and sends them to their second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from motcua.engines.accounts.models import User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import ANONYMOUS, Actor
from motcua.interfaces.signing_in import sessions
from motcua.interfaces.signing_in.posts import in_chosen_post

# What an official without a second factor in this session may still reach: setting one up, language, leaving.
OPEN_NAMES = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        # setting up a second factor asks for the password once more
        "account_reauthenticate",
        "sign_in",
        "sign_out",
        "set_language",
        "set_theme",
        "manifest",
        "service_worker",
        "offline",
        "emblem",
        "colours",
        "styleguide",
        "demo_sign_in",
    }
)
OPEN_PREFIXES = ("mfa_",)


def actor_in(request: HttpRequest) -> Actor:
    """The actor of a request. An official who has not shown a second factor is nobody yet."""
    user = request.user
    if not isinstance(user, User):
        return ANONYMOUS
    if user.official and not sessions.has_second_factor(request, user):
        return ANONYMOUS
    return in_chosen_post(request, actor_of(user))


class ActorMiddleware:
    """Behind authentication. Costs a visitor without a session nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            request.actor = ANONYMOUS  # type: ignore[attr-defined]
            return self.get_response(request)
        request.actor = SimpleLazyObject(lambda: actor_in(request))  # type: ignore[attr-defined]
        user = request.user
        if isinstance(user, User):
            if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                translation.activate(user.language)
                request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            if user.official and sessions.has_expired(request):
                logout(request)
                messages.info(request, _("You were signed out because nothing happened for a while. Please sign in."))
                return _go(request, f"{reverse('sign_in')}?{urlencode({'next': _page(request)})}")
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Officials without a second factor go to set one up, wherever they wanted to go."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        user = request.user
        if not isinstance(user, User) or not user.official or sessions.has_second_factor(request, user):
            return None
        match = request.resolver_match
        name = (match.url_name or "") if match else ""
        if name in OPEN_NAMES or name.startswith(OPEN_PREFIXES):
            return None
        return _go(request, reverse("mfa_index"))


def _page(request: HttpRequest) -> str:
    """The page to come back to: what was asked for by GET, else the page the form stood on is lost."""
    return request.get_full_path() if request.method == "GET" and not _partial(request) else "/"


def _partial(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if _partial(request):
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
