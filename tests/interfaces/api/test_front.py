"""The front: what is answered before Django's middleware says the same as what comes through it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.test import Client

from motcua.config.wsgi import application
from motcua.engines.accounts.models import Party
from tests import factories
from tests.interfaces.api.conftest import Api

pytestmark = pytest.mark.django_db(transaction=True)


def call(
    path: str, method: str = "GET", *, query: str = "", token: str = "", sent: bytes = b""
) -> tuple[str, dict[str, str], bytes]:
    """One request through the WSGI application as the server sees it."""
    said: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        said["status"], said["headers"] = status, dict(headers)

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(sent)),
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_IDEMPOTENCY_KEY": "một lần thôi",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "HTTP_HOST": "testserver",
        "wsgi.input": io.BytesIO(sent),
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


def test_whatever_goes_wrong_is_a_problem_document() -> None:
    """Unknown addresses, methods and bodies too, each with a stable code and nothing left unfilled."""
    factories.make_procedure("1.001193")
    _, token = factories.make_client()
    for path, method, sent, expected in (
        ("/api/v1/nothing", "GET", b"", (404, "not_found")),
        ("/api/v1/procedures/1.001193", "DELETE", b"", (405, "method_not_allowed")),
        ("/api/v1/dossiers", "POST", b"{", (400, "unreadable")),
        ("/api/v1/dossiers?unit=H99", "GET", b"", (404, "not_found")),
    ):
        path, _, query = path.partition("?")
        status, headers, body = call(path, method, query=query, token=token, sent=sent)
        told = json.loads(body)
        assert headers["Content-Type"] == "application/problem+json", path
        assert (int(status[:3]), told["code"]) == expected
        assert "%(" not in told["detail"]


def test_a_number_that_nobody_can_have_makes_no_party() -> None:
    procedure = factories.make_procedure()
    api = Api(factories.make_client(scopes=("dossier.submit",))[1])
    sent = {"procedure": procedure.code, "ward_code": "19777", "components": []}
    for place, (number, kind, status) in enumerate(
        (
            ("123", "citizen", 422),
            ("999190000123", "citizen", 422),
            ("0100109106", "business", 201),
            ("B1234567", "citizen", 201),
        )
    ):
        body = {**sent, "applicant": {"name": "Trần Thị Bình", "identity_number": number, "kind": kind}}
        answer = api.post("/dossiers", body, key=f"số giấy tờ {place}")
        assert answer.status_code == status, number
        if status == 422:
            assert answer.json()["errors"][0]["field"] == "applicant.identity_number"
    assert set(Party.objects.values_list("identity_number", flat=True)) == {"0100109106", "B1234567"}


def test_what_is_wrong_is_said_in_the_language_of_the_answer() -> None:
    procedure = factories.make_procedure()
    _, token = factories.make_client(scopes=("dossier.submit",))
    body = {"procedure": procedure.code, "channel": "FAX", "applicant": {"name": "A", "age": 3}, "components": "p1"}
    told = Api(token).post("/dossiers", body, key="ngôn ngữ").json()
    found = {each["field"]: each["detail"] for each in told["errors"]}
    assert set(found) == {"channel", "applicant.age", "components"}
    assert found["applicant.age"] == "Không nhận mục có tên này."
    answers = {**body, "channel": "ONLINE", "applicant": {"name": "A"}, "components": [], "ward_code": "19777"}
    told = Api(token).post("/dossiers", {**answers, "answers": {"x": 1}}, key="nhãn mục").json()
    assert {each["detail"] for each in told["errors"]} >= {"Vui lòng chọn: Ai đề nghị?"}, (
        "labels are in the same language"
    )
