"""Small pages that belong to every interface: the app manifest, the service worker, offline, theme, emblem, colours."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST, require_safe

from motcua.interfaces.colours import ColourError, stylesheet
from motcua.interfaces.context import THEME_COOKIE, THEMES, Site

YEAR = 365 * 24 * 3600
EMBLEM_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
# What the offline page itself needs; everything else static is kept as it is first used.
OFFLINE_ASSETS = ("build/portal.css", "build/portal.js", "motcua/mark.svg")


@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest: how the portal installs on a phone."""
    site = Site()
    icons: list[dict[str, str]] = [
        {"src": static("motcua/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("motcua/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("motcua/icon-maskable-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
        {"src": static("motcua/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    document: dict[str, Any] = {
        "id": "/",
        "name": site.portal_name,
        "short_name": gettext("Public services"),
        "description": gettext("Find a procedure, apply, follow your dossier."),
        "lang": request.LANGUAGE_CODE if hasattr(request, "LANGUAGE_CODE") else settings.LANGUAGE_CODE,
        "start_url": "/?source=app",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "categories": ["government", "utilities"],
        "icons": icons,
    }
    return JsonResponse(document, content_type="application/manifest+json")


def _offline_assets() -> list[str]:
    """Addresses of the assets of the offline page that exist in this installation."""
    return [static(path) for path in OFFLINE_ASSETS if staticfiles_storage.exists(path) or finders.find(path)]


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker. Its version follows the addresses it keeps, so a new build replaces the old store.

    It answers only for static files and the offline page: no page with anything personal is ever kept.
    """
    offline_url = reverse("offline")
    assets = _offline_assets()
    version = hashlib.sha256("|".join([*assets, settings.STATIC_URL]).encode()).hexdigest()[:12]
    response = render(
        request,
        "shell/service-worker.js",
        {"version": version, "offline_url": offline_url, "assets": assets, "static_url": settings.STATIC_URL},
        content_type="text/javascript",
    )
    response["Service-Worker-Allowed"] = "/"
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page shown where the network ends. It holds nothing of the person, so that it may be kept."""
    return render(request, "offline.html")


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keeps the wish for a light or dark desk in a cookie and returns to the page it came from."""
    theme = request.POST.get("theme", "auto")
    if theme not in THEMES:
        theme = "auto"
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


@require_GET
@cache_control(max_age=3600, public=True)
def emblem(request: HttpRequest) -> FileResponse:
    """The province's emblem, from the file that the setting names."""
    path = Path(settings.PROVINCE_EMBLEM)
    content_type = EMBLEM_TYPES.get(path.suffix.lower())
    if not settings.PROVINCE_EMBLEM or content_type is None or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type=content_type)


@require_GET
@cache_control(max_age=3600, public=True)
def colours(request: HttpRequest) -> HttpResponse:
    """The province's colours as custom properties. A colour that cannot be read on white is left out."""
    try:
        css = stylesheet(settings.PROVINCE_BRAND_COLOUR, settings.PROVINCE_ACCENT_COLOUR)
    except ColourError as error:
        raise Http404 from error
    return HttpResponse(css, content_type="text/css")
