"""Addresses of pages about a dossier, for messages and printed codes. A portal that is switched off has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.urls import NoReverseMatch, reverse


def _reverse(name: str, **arguments: Any) -> str | None:
    try:
        return reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return None


def officer_path(dossier_id: str) -> str:
    """The dossier on the desk."""
    return _reverse("desk:dossier", dossier_id=dossier_id) or "/"


def applicant_path(code: str) -> str:
    """The dossier as its applicant sees it, once signed in."""
    return _reverse("portal:dossier", code=code) or "/"


def group_path(code: str) -> str:
    """Linked procedures as their applicant sees them, once signed in."""
    return _reverse("portal:group", code=code) or "/"


def lookup_url(code: str) -> str:
    """Where anybody looks up the status of a code: what the QR code on a receipt says."""
    if settings.LOOKUP_URL:
        return str(settings.LOOKUP_URL).replace("{code}", quote(code, safe=""))
    return f"{settings.PUBLIC_URL}{_reverse('portal:lookup') or '/'}?code={quote(code, safe='')}"


def page_of(params: Mapping[str, Any]) -> str:
    """The page of a message about a dossier; ``desk`` in its values holds the dossier's key for officers."""
    desk = params.get("desk")
    return officer_path(str(desk)) if desk else applicant_path(str(params.get("code", "")))
