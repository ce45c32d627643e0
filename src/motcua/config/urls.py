"""All addresses of the platform, one interface after the other."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from motcua.interfaces.api.urls import api

urlpatterns: list[URLPattern | URLResolver] = [
    # first those that one look at the beginning of an address decides: the others try each of theirs
    path("api/v1/", api.urls),
    path("desk/", include("motcua.interfaces.desk.urls")),
    path("", include("motcua.interfaces.shell_urls")),
    path("", include("motcua.interfaces.signing_in.urls")),
]

if settings.PORTAL:
    urlpatterns.append(path("", include("motcua.interfaces.portal.urls")))
else:
    urlpatterns.append(path("", RedirectView.as_view(pattern_name="desk:worklist")))

handler400 = "motcua.interfaces.error_views.bad_request"
handler403 = "motcua.interfaces.error_views.forbidden"
handler404 = "motcua.interfaces.error_views.not_found"
handler500 = "motcua.interfaces.error_views.server_error"
