"""All addresses of the platform, one interface after the other."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("motcua.interfaces.shell_urls")),
]

handler400 = "motcua.interfaces.error_views.bad_request"
handler403 = "motcua.interfaces.error_views.forbidden"
handler404 = "motcua.interfaces.error_views.not_found"
handler500 = "motcua.interfaces.error_views.server_error"
