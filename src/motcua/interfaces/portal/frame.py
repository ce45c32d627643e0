"""What every page of the portal has around it: where one is, what is unread, whether there is a warning."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from motcua.engines.ledger.actor import Actor
from motcua.engines.notices.queries import UNREAD_COUNTED, unread_count
from motcua.interfaces.portal.access import actor_of
from motcua.interfaces.portal.kiosk import is_kiosk


def portal_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, nav: str = "", status: int = 200
) -> HttpResponse:
    """Renders a page of the portal. ``nav``: home, search, dossiers, inbox or nothing."""
    actor = actor_of(request)
    around: dict[str, Any] = {"nav": nav, "warning_band": warning_band(), "kiosk": is_kiosk(request)}
    if actor.kind == "citizen":
        around["inbox_unread"] = SimpleLazyObject(lambda: _unread(actor))
    response = render(request, f"portal/{template}", around | (context or {}), status=status)
    if around["kiosk"]:
        response.headers["Cache-Control"] = "private, no-store"
    elif actor.kind != "anonymous":
        # What a person has seen is asked for anew by whoever uses the machine next.
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def language() -> str:
    """``vi`` or ``en``: the language of the page."""
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def warning_band() -> str:
    """What the province warns of on every page (storm, flood, system maintenance); empty on ordinary days."""
    english: str = settings.PROVINCE_WARNING_EN
    own: str = settings.PROVINCE_WARNING
    return (english or own) if language() == "en" else own


def _unread(actor: Actor) -> str:
    count = unread_count(actor)
    return "" if not count else f"{UNREAD_COUNTED}+" if count > UNREAD_COUNTED else str(count)
