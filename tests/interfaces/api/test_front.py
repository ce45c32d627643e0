"""The front: what is answered before Django's middleware says the same as what comes through it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.test import Client

from motcua.config.wsgi import application
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def call(path: str, method: str = "GET") -> tuple[str, dict[str, str], bytes]:
    """One request through the WSGI application as the server sees it."""
    said: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        said["status"], said["headers"] = status, dict(headers)

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "HTTP_HOST": "testserver",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    body = b"".join(application(environ, start))
    return said["status"], said["headers"], body


def test_public_status_is_the_same_on_both_ways() -> None:
    code = factories.make_dossier().code
    status, headers, body = call(f"/api/v1/status/{code}")
    assert status == "200 OK"
    assert headers["Cache-Control"] == "no-store"
    assert json.loads(body) == Client().get(f"/api/v1/status/{code}").json()


def test_an_unknown_code_gets_a_problem_document() -> None:
    status, headers, body = call("/api/v1/status/H57.1-260101-9999")
    assert status.startswith("404")
    assert headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["code"] == "not_found"


def test_health_asks_the_database() -> None:
    status, _, body = call("/health")
    assert (status, json.loads(body)) == ("200 OK", {"ok": True})


def test_the_api_sets_no_cookie_and_needs_none() -> None:
    factories.make_procedure("1.001193")
    status, headers, _ = call("/api/v1/procedures/1.001193")
    assert status == "200 OK"
    assert "Set-Cookie" not in headers
