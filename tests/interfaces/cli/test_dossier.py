"""``motcua dossier show`` as scripts use it."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from click.testing import CliRunner

from motcua.foundation.errors import NotFound
from motcua.interfaces.cli import database
from motcua.interfaces.cli.commands.dossier import command
from tests.factories import make_dossier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_tests_own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs in this process and finds Django connected already."""
    monkeypatch.setenv("DATABASE_URL", os.environ.get("DATABASE_URL", "postgresql:///unused"))
    monkeypatch.setattr(database, "_ready", True)


def show(*arguments: str) -> Any:
    return CliRunner().invoke(command, ["show", *arguments], catch_exceptions=False)


def test_status_due_with_its_steps_and_events_as_one_document() -> None:
    dossier = make_dossier("processing")
    document = json.loads(show(dossier.code, "--json", "--lang", "en").stdout)
    assert document["code"] == dossier.code
    assert document["status"] == {"number": 4, "name": "PROCESSING"}
    assert document["due"]["allowance"] == "5 working_day"
    assert document["due"]["steps"][-1]["text"].startswith("Due at ")
    assert document["due"]["steps"][-1]["at"] == document["due"]["at"]
    assert [event["kind"] for event in document["events"]] == [
        "dossier.submitted",
        "dossier.accepted",
        "dossier.claimed",
    ]
    assert [(task["stage"], task["taken"]) for task in document["tasks"]] == [("process", True)]


def test_a_dossier_that_waits_says_since_when() -> None:
    document = json.loads(show(make_dossier("supplement").code, "--json").stdout)
    assert document["due"]["at"] is None
    assert document["due"]["state"] == "none"
    assert document["due"]["stopped_at"]


def test_for_people_it_is_text() -> None:
    dossier = make_dossier("returned")
    text = show(dossier.code, "--lang", "en").stdout
    assert "RETURNED (10)" in text
    assert "dossier.returned" in text


@pytest.mark.parametrize("code", ["H57.10.25-261122-9999", "rubbish", ""])
def test_an_unknown_code_is_an_error(code: str) -> None:
    with pytest.raises(NotFound):
        show(code, "--json")


def test_no_personal_data_is_printed() -> None:
    dossier = make_dossier("returned")
    printed = show(dossier.code, "--json").stdout
    assert dossier.applicant_name not in printed
    assert dossier.contact["phone"] not in printed
