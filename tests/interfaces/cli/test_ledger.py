"""``motcua ledger`` as scripts use it: one JSON document, status 1 on faults."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection

from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.work import begin
from motcua.foundation.errors import MotcuaError, NotFound
from motcua.foundation.keys import new_id
from motcua.interfaces.cli import database
from motcua.interfaces.cli.commands.ledger import command
from tests.factories import make_dossier

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def the_tests_own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs in this process and finds Django connected already."""
    monkeypatch.setenv("DATABASE_URL", os.environ.get("DATABASE_URL", "postgresql:///unused"))
    monkeypatch.setattr(database, "_ready", True)


def run(*arguments: str) -> tuple[Any, Exception | None]:
    result = CliRunner().invoke(command, [*arguments, "--json"])
    error = result.exception if isinstance(result.exception, Exception) else None
    return (json.loads(result.stdout) if result.stdout.strip() else None), error


def test_a_whole_ledger_is_verified() -> None:
    dossier = make_dossier("accepted")
    document, error = run("verify")
    assert error is None
    assert document["ok"]
    assert document["faults"] == []
    assert document["events"] >= 2
    one, _ = run("verify", "--stream", str(dossier.pk))
    assert (one["streams"], one["events"]) == (1, 2)


def test_a_change_by_hand_is_told_with_its_place_and_status_1() -> None:
    key = new_id()
    with begin(SYSTEM) as work:
        work.record(key, "test.happened", {"n": 1}, first=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_event SET data = '{\"n\": 2}' WHERE stream = %s", [key])
    document, error = run("verify")
    assert isinstance(error, MotcuaError)
    assert document["faults"] == [{"stream": str(key), "seq": 1, "what": "was changed after it was written"}]


def test_counters_are_rebuilt_and_senders_are_not() -> None:
    make_dossier("accepted")
    document, error = run("rebuild", "work_counts")
    assert (document["reader"], error) == ("work_counts", None)
    assert document["events"] >= 2
    for name in ("notices", "papers", "nobody"):
        _, error = run("rebuild", name)
        assert isinstance(error, NotFound)


def test_readers_tell_how_far_they_are_behind() -> None:
    make_dossier("accepted")
    document, error = run("readers")
    assert error is None
    states = {state["name"]: state for state in document}
    assert {"work_counts", "papers", "notices"} <= set(states)
    assert states["notices"]["behind"] >= 2
    assert states["work_counts"]["rebuildable"]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_readercursor (name, xid, event, failures, last_error) VALUES ('papers', 0, 0, 3, 'x')"
        )
    _, error = run("readers")
    assert isinstance(error, MotcuaError)
    assert "papers" in str(error)
