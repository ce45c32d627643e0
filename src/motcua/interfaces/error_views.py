"""Pages for what goes wrong outside a view's own words. ``config.urls`` names them as handlers."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from motcua.interfaces.context import Site


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what came could not be read.

    Django says so, too, when the database went away while a session was being saved: that is 503.
    """
    if _database_was_away(exception):
        return _unavailable()
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known and refused."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page."""
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form from a stale page (setting ``CSRF_FAILURE_VIEW``)."""
    return render(request, "403_csrf.html", status=403)


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """429: too many failed sign-ins (setting ``AXES_LOCKOUT_CALLABLE``)."""
    return render(request, "429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, drawn without database, session or context processors: it works when they do not.

    A database that is being restarted is no fault of the program: 503, come back in a moment.
    """
    if _database_was_away(sys.exc_info()[1]):
        return _unavailable()
    return HttpResponse(render_to_string("500.html", {"site": Site()}), status=500)


def _database_was_away(error: BaseException | None) -> bool:
    """Whether an error is one of the connection, or was raised over one."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _unavailable() -> HttpResponse:
    response = HttpResponse(render_to_string("503.html", {"site": Site()}), status=503)
    response["Retry-After"] = "2"
    return response
