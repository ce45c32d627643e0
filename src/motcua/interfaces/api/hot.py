"""The hottest reads, answered before Django's middleware: public status by code, and health.

Everything else under /api/ goes through a short chain without sessions, cookies or pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import psycopg
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.db import Error, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from motcua.engines.ledger.prepared import fetch
from motcua.foundation.errors import NotFound
from motcua.interfaces.api.problems import instead_of
from motcua.interfaces.connections import close_broken
from motcua.services.dossiers.reading import status_of
from motcua.services.dossiers.rules import COMPLETION

if TYPE_CHECKING:
    from wsgiref.types import StartResponse


_STATUS = re.compile(r"/api/v1/status/([0-9A-Za-z.-]{3,60})")
_COMMON = [("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store")]


def _status_of(code: str) -> int | None:
    """Tried again once when the server was restarted in the middle."""
    try:
        return status_of(code)
    except (OperationalError, psycopg.Error):
        connection.close()
    with connection.wrap_database_errors:
        return status_of(code)


def public_status(code: str) -> dict[str, Any]:
    """{code, status, completion}. Raises ``NotFound``."""
    status = _status_of(code)
    if status is None:
        raise NotFound("There is no dossier with this code. Please check the code on your receipt.")
    return {"code": code, "status": status, "completion": COMPLETION[status]}


def _answer(start: StartResponse, line: str, body: bytes, kind: str = "application/json") -> Iterable[bytes]:
    start(line, [("Content-Type", kind), ("Content-Length", str(len(body))), *_COMMON])
    return [body]


def _status(environ: dict[str, Any], start: StartResponse, code: str) -> Iterable[bytes] | None:
    close_broken()
    try:
        status = _status_of(code)
    except Error:
        return None  # Django's chain says it in full
    if status is None:
        return None
    body = b'{"code":"%s","status":%d,"completion":%d}' % (code.encode(), status, COMPLETION[status])
    return _answer(start, "200 OK", body)


def _health(start: StartResponse) -> Iterable[bytes]:
    try:
        close_broken()
        fetch("SELECT 1", ())
    except Error:
        connection.close()
        return _answer(start, "503 Service Unavailable", json.dumps({"ok": False}).encode())
    return _answer(start, "200 OK", b'{"ok":true}')


class LeanHandler(WSGIHandler):
    """Django without the middleware that pages need: the API has no session, cookie or page."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = instead_of(super().get_response(request))
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-store")
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class Front:
    """The WSGI application: hot paths first, the API through the short chain, pages through all of Django."""

    def __init__(self, pages: WSGIHandler) -> None:
        self._pages = pages
        self._api = LeanHandler()

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/api/"):
            if environ.get("REQUEST_METHOD") == "GET":
                match = _STATUS.fullmatch(path)
                if match is not None:
                    answer = _status(environ, start, match[1])
                    if answer is not None:
                        return answer
            return self._api(environ, start)
        if path == "/health":
            return _health(start)
        return self._pages(environ, start)
