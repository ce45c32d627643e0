"""What every template may use: who runs this site and how it presents itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"


@dataclass(frozen=True)
class Site:
    """The province that runs the site, as its settings name it, and the wishes of this visitor.

    ``theme`` is ``auto`` (as the device), ``light`` or ``dark``; the portal is always light.
    """

    theme: str = "auto"

    @classmethod
    def of(cls, request: HttpRequest | None) -> Site:
        """The site as this visitor wishes it; without a request (an error page) with the theme of the device."""
        theme = request.COOKIES.get(THEME_COOKIE, "auto") if request is not None else "auto"
        return cls(theme=theme if theme in THEMES else "auto")

    @property
    def province_name(self) -> str:
        """The name of the province in the language of the page."""
        name: str = settings.PROVINCE_NAME
        return settings.PROVINCE_NAME_EN or name if get_language() == "en" else name

    @property
    def portal_name(self) -> str:
        return gettext("%(province)s Public Services") % {"province": self.province_name}

    @property
    def desk_name(self) -> str:
        return gettext("%(province)s One-Stop Desk") % {"province": self.province_name}

    @property
    def hotline(self) -> str:
        hotline: str = settings.PROVINCE_HOTLINE
        return hotline

    @property
    def email(self) -> str:
        email: str = settings.PROVINCE_EMAIL
        return email

    @property
    def opening_hours(self) -> str:
        """When the counters are open, in words; the default shifts unless the province says otherwise."""
        return settings.PROVINCE_OPENING_HOURS or gettext("Monday to Friday, 07:00–11:30 and 13:30–17:00")

    @cached_property
    def emblem_url(self) -> str:
        """Address of the province's emblem; empty: the open door stands alone."""
        return _address("emblem") if settings.PROVINCE_EMBLEM else ""

    @cached_property
    def colours_url(self) -> str:
        """Address of the stylesheet with the province's own colours; empty: the colours of the house."""
        return _address("colours") if settings.PROVINCE_BRAND_COLOUR or settings.PROVINCE_ACCENT_COLOUR else ""


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # a page may be rendered where only part of the addresses is served (tests, tools)
        return ""


def site(request: HttpRequest) -> dict[str, Any]:
    """``demo``: whether the demo province runs here. ``site``: see :class:`Site`."""
    return {"demo": settings.DEMO, "site": Site.of(request)}
