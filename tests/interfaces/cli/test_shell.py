"""The command line itself: everything in the registry exists, and failures are one clear line."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import click
import pytest

from motcua.foundation.errors import Invalid, Refused
from motcua.interfaces import cli
from motcua.interfaces.cli import output
from tests.support.running import clean_environment


@pytest.mark.parametrize("name", sorted(cli.REGISTRY))
def test_every_command_of_the_registry_exists(name: str) -> None:
    command = cli.load(name)
    assert isinstance(command, click.Command)
    assert command.help, "A command says what it does"


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "motcua.interfaces.cli", *arguments]
    return subprocess.run(command, env=clean_environment(home), capture_output=True, text=True)


def test_help_needs_no_database_and_no_django(tmp_path: Path) -> None:
    answer = run(tmp_path, "--help")
    assert answer.returncode == 0
    for name in cli.REGISTRY:
        assert name in answer.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("arguments", "says"), [(["nonsense"], "No such command"), (["web", "--port=x"], "integer")])
def test_wrong_use_is_one_line_and_status_2(tmp_path: Path, arguments: list[str], says: str) -> None:
    answer = run(tmp_path, *arguments)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert says in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "motcua.interfaces.cli", "migrate"]
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    answer = subprocess.run(command, env=clean_environment(tmp_path) | nowhere, capture_output=True, text=True)
    assert answer.returncode == 1
    assert answer.stderr.startswith("motcua: The database does not answer")
    assert answer.stderr.count("\n") == 1


def failing(error: BaseException) -> int:
    """The status of the command line when a command of it ends with ``error``."""

    @click.command()
    def command() -> None:
        """Fails."""
        raise error

    return cli.main([], command)


def test_errors_become_lines_and_statuses(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("MOTCUA_DEBUG", raising=False)
    assert failing(Refused("Not before %(day)s.", day="Monday")) == 1
    assert capsys.readouterr().err == "motcua: Not before Monday.\n"
    assert failing(Invalid("Look again.", fields={"phone": ["Too short."]})) == 1
    assert capsys.readouterr().err == "motcua: Look again. phone: Too short.\n"
    assert failing(KeyboardInterrupt()) == 130
    assert failing(ValueError("broken\nin two lines")) == 70
    assert capsys.readouterr().err.strip().splitlines()[-1].startswith("motcua: ValueError: broken in two lines")


def test_document_is_one_json_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit(
        {
            "name": "Thủ tục",
            "at": datetime(2026, 2, 13, 9, 10, tzinfo=UTC),
            "day": date(2026, 2, 13),
            "key": UUID(int=1),
            "fee": Decimal("5000.00"),
            "where": Path("a/b"),
        }
    )
    captured = capsys.readouterr()
    assert captured.err == ""
    assert json.loads(captured.out) == {
        "name": "Thủ tục",
        "at": "2026-02-13T09:10:00+00:00",
        "day": "2026-02-13",
        "key": "00000000-0000-0000-0000-000000000001",
        "fee": "5000.00",
        "where": "a/b",
    }
    assert "Thủ tục" in captured.out, "Vietnamese stays readable"


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(output.track(range(3), "Counting")) == [0, 1, 2]
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_secret_key_is_made_once_and_kept_from_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from motcua.interfaces.cli import database

    monkeypatch.setenv("MOTCUA_HOME", str(tmp_path))
    monkeypatch.delenv("MOTCUA_SECRET_KEY", raising=False)
    database.ensure_secret_key()
    path = tmp_path / "secret-key"
    first = path.read_text()
    database.ensure_secret_key()
    assert path.read_text() == first
    assert len(first) >= 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["secret-key"]
