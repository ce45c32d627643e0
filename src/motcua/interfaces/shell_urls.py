"""Addresses of the shell. ``config.urls`` includes them at the root."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from motcua.interfaces import shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("app.webmanifest", shell.manifest, name="manifest"),
    path("service-worker.js", shell.service_worker, name="service_worker"),
    path("offline/", shell.offline, name="offline"),
    path("theme/", shell.set_theme, name="set_theme"),
    path("brand/emblem", shell.emblem, name="emblem"),
    path("brand/colours.css", shell.colours, name="colours"),
    path("language/", include("django.conf.urls.i18n")),
]

if settings.DEBUG or settings.DEMO:
    from motcua.interfaces import styleguide

    urlpatterns.append(path("_styleguide/", styleguide.page, name="styleguide"))
