"""Promise 5: bad input gets a clear message, nothing is half-written, never a 500. Here: the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from motcua.config.wsgi import application
from motcua.engines.ledger import verify
from motcua.foundation.cache import forget_all
from motcua.interfaces.api import auth
from tests.faults import world as worlds
from tests.faults.broken import nothing_half_written, stored
from tests.interfaces.api.conftest import body

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

CALLS_IN_CI, CALLS_IN_SOAK = 15, 400  # for each operation


@pytest.fixture(autouse=True)
def _no_kept_tokens() -> Iterator[None]:
    auth._known.clear()
    yield
    auth._known.clear()


@contextmanager
def one_connection() -> Iterator[None]:
    """A request does not give the test's own connection back, as with Django's test client (which ends this again)."""
    signals = (request_started, request_finished)
    for each in signals:
        each.disconnect(close_old_connections)
    try:
        yield
    finally:
        for each in signals:
            each.connect(close_old_connections)


def attack_api(examples: int) -> None:
    world = worlds.build()
    v = world.values
    codes = [v["new_code"], v["accepted_code"], v["procedure"], v["linked_code"], v["asked_code"], "H57.1-260101-0001"]
    with one_connection():
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 12
    machines = [world.machines[name] for name in ("own", "own", "province", "other", "scopeless")]
    for operation in operations:

        @settings(max_examples=examples, suppress_health_check=list(HealthCheck), deadline=None, database=None)
        @given(
            case=operation.as_strategy(),
            machine=st.sampled_from(machines),
            code=st.sampled_from(codes),
            true=st.booleans(),
        )
        def attack(case: Any, machine: dict[str, str], code: str, true: bool) -> None:
            if true and "code" in (case.path_parameters or {}):
                case.path_parameters["code"] = code
            if true and isinstance(case.body, dict) and "procedure" in case.body:
                case.body |= {"procedure": v["procedure"], "ward_code": "19777", "unit": ""}
            if true and isinstance(case.body, dict) and "group" in case.body:
                case.body |= {
                    "group": "doi",
                    "ward_code": "19777",
                    "unit": "",
                    "parts": [{"key": "mot"}, {"key": "hai"}],
                }
            before = transaction.savepoint()
            try:
                answer = case.call(headers=machine)
                case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == ["application/problem+json"], answer.text
                nothing_half_written()
            finally:
                transaction.savepoint_rollback(before)
                forget_all()

        with one_connection():
            attack()
    assert verify.verify().ok


def test_the_api_answers_whatever_comes() -> None:
    attack_api(CALLS_IN_CI)


@pytest.mark.soak
def test_the_api_answers_whatever_comes_for_long() -> None:
    attack_api(CALLS_IN_SOAK)


NO_JSON = (
    b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"procedure":' + b"[" * 5000, b'{"a":1e999}', b"NaN",
)  # fmt: skip


def test_bodies_that_are_no_json() -> None:
    world = worlds.build()
    door = Client(headers=world.machines["own"])
    for path in ("/api/v1/dossiers", "/api/v1/dossiers/{new_code}/status", "/api/v1/dossiers/{new_code}/files"):
        for raw in NO_JSON:
            answer = door.post(
                path.format(**world.values),
                raw,
                content_type="application/json",
                headers={"Idempotency-Key": "rac-ruoi-1"},
            )
            assert 400 <= answer.status_code < 500, (raw[:20], answer.content)
            assert answer["Content-Type"] == "application/problem+json", raw[:20]
    nothing_half_written()


def test_a_submission_with_a_bad_part_leaves_nothing() -> None:
    """Each part that can be wrong, wrong: refused, and neither case nor code nor event is used up."""
    world = worlds.build()
    door = Client(headers=world.machines["own"])
    before = stored()
    right = body(procedure=world.values["procedure"])
    for number, wrong in enumerate(
        (
            {"procedure": "9.999999"},
            {"ward_code": "00000"},
            {"applicant": {"name": " "}},
            {"applicant": {"name": "A", "email": "khong phai"}},
            {"components": [{"key": "p1", "files": ["00000000-0000-0000-0000-000000000000"]}]},
            {"components": [{"key": "p1"}, {"key": "p1"}]},
            {"components": [{"key": "p1", "originals": 100}]},
            {"channel": "PIGEON"},
            {"surprise": 1},
        )
    ):
        answer = door.post(
            "/api/v1/dossiers",
            {**right, **wrong},
            content_type="application/json",
            headers={"Idempotency-Key": f"sai-mot-cho-{number}"},
        )
        assert 400 <= answer.status_code < 500, (wrong, answer.content)
        assert stored() == before, wrong
    nothing_half_written()
