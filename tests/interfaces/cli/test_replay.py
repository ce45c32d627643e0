"""``motcua replay``: the sixty cases that ship with the tests, and the whole log where it stands beside the project."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from motcua.engines.ledger.models import Event
from motcua.engines.organisations.models import Unit
from motcua.foundation.errors import Conflict, Invalid
from motcua.interfaces.cli import database
from motcua.interfaces.cli.commands.replay import command
from motcua.interfaces.cli.replay import log
from motcua.interfaces.cli.replay.report import replay
from motcua.services.dossiers.models import Dossier

SAMPLE = Path(__file__).parent / "data" / "receipt_sample.csv"


def check(document: dict[str, Any]) -> None:
    """What must hold of every replay: nothing is lost, and each figure that is not the log's is explained."""
    kinds = Counter(difference.kind for difference in document["differences"])
    assert kinds == document["differences_by_kind"]
    assert document["cases"] == document["log"]["cases"]
    assert document["events"] == document["log"]["events"] - kinds["event_unknown"]
    assert document["closed"] == document["log"]["closed"]
    apart = document["late_apart"]
    assert document["late"] == document["log"]["late"] + apart["only_here"] - apart["only_in_log"]
    assert kinds["late"] == apart["only_here"] + apart["only_in_log"]
    assert document["due"]["same"] == document["cases"] - kinds["due_date"]
    assert document["ledger"]["proved"]
    assert all(difference.case and difference.explanation for difference in document["differences"])


@pytest.mark.django_db
def test_the_sample_is_replayed_whole_and_leaves_nothing_behind() -> None:
    before = (Dossier.objects.count(), Event.objects.count(), Unit.objects.count())
    document = replay(SAMPLE)
    check(document)
    assert document["cases"] == 63
    assert document["late"] > 0
    assert document["actions"]["accept"] == 63
    assert (Dossier.objects.count(), Event.objects.count(), Unit.objects.count()) == before


@pytest.mark.django_db
def test_known_oddities_of_the_log_are_named() -> None:
    differences = {(each.case, each.kind) for each in replay(SAMPLE)["differences"]}
    assert ("case-4024", "closed_with_last_event") in differences
    assert ("case-4024", "late") in differences
    assert ("case-4677", "starts_with_first_event") in differences
    assert ("case-7917", "step_missing") in differences


@pytest.mark.django_db
def test_what_is_kept_is_there_once() -> None:
    document = replay(SAMPLE, keep=True)
    assert Dossier.objects.count() == document["cases"]
    assert document["kept"]
    with pytest.raises(Conflict):
        replay(SAMPLE)


@pytest.mark.django_db
def test_an_activity_that_nobody_knows_is_reported_not_hidden(tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text(SAMPLE.read_text().replace("T10 Determine necessity to stop indication", "T99 Dance"))
    document = replay(odd)
    check(document)
    assert document["differences_by_kind"]["event_unknown"] > 40


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a,b\n1,2\n", "no event log"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"\x1f\x8bnothing", "cannot be read"),
        (b"case:concept:name,case:startdate,case:deadline,concept:name,time:timestamp\nx,y,z,T02,w\n", "Line 2"),
    ],
)
def test_a_file_that_is_no_log_is_refused_in_words(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(content)
    with pytest.raises(Invalid, match=says):
        log.read(file)


@pytest.mark.django_db
def test_a_log_without_cases_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("case:concept:name,case:startdate,case:deadline,concept:name,time:timestamp\n")
    with pytest.raises(Invalid, match="no cases"):
        replay(file)


@pytest.mark.django_db
def test_the_command_prints_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", os.environ.get("DATABASE_URL", "postgresql:///unused"))
    monkeypatch.setattr(database, "_ready", True)
    result = CliRunner().invoke(command, [str(SAMPLE), "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["cases"] == 63


@pytest.mark.realdata
@pytest.mark.django_db
def test_the_whole_log_comes_to_the_figures_of_the_log(shared_data: Path) -> None:
    document = replay(shared_data / "event_logs" / "receipt_events.csv.gz")
    check(document)
    assert document["log"] == {"cases": 1434, "events": 8577, "closed": 1329, "late": 377}
    assert (document["cases"], document["events"], document["closed"]) == (1434, 8577, 1329)
    # Five cases that the log ends in time have events after their due date; all of them are named.
    assert document["late_apart"] == {"only_here": 5, "only_in_log": 0}
    assert document["due"]["same_day"] == 1430
