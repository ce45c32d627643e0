"""``motcua flows`` as a script meets it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from motcua.engines.flows.models import FlowVersion
from motcua.interfaces.cli import database
from motcua.interfaces.cli.commands.flows import command
from tests.engines.flows.test_sheets import book
from tests.factories import make_units

pytestmark = pytest.mark.django_db
ROWS = [["Mã TTHC", "Bước", "Đơn vị"], ["1.000123", "Thẩm định", "Sở Tư pháp"], [None, "Ký", None], ["x!", "Ký", None]]


@pytest.fixture(autouse=True)
def the_tests_own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs in this process and finds Django connected already."""
    monkeypatch.setenv("DATABASE_URL", os.environ.get("DATABASE_URL", "postgresql:///unused"))
    monkeypatch.setattr(database, "_ready", True)


def run(*arguments: str, fails: bool = False) -> str:
    result = CliRunner().invoke(command, list(arguments))
    assert (result.exit_code != 0) is fails, result.output
    return result.output


def test_in_and_out_again(tmp_path: Path) -> None:
    make_units()
    file = tmp_path / "quy-trinh.xlsx"
    file.write_bytes(book(ROWS))
    dry = json.loads(run("import", str(file), "--dry-run", "--json"))
    assert (dry["created"], dry["refused"], FlowVersion.objects.count()) == (1, 1, 0)
    assert dry["refused_rows"][0]["row"] == 4
    assert "1 created" in run("import", str(file))
    assert json.loads(run("import", str(file), "--json"))["unchanged"] == 1
    out = tmp_path / "ra.xlsx"
    run("export", str(out))
    assert json.loads(run("import", str(out), "--json"))["unchanged"] == 1
    drawn = tmp_path / "ra.bpmn"
    run("export", str(drawn), "--key", "tthc-1-000123")
    said = json.loads(run("import", str(drawn), "--key", "khac", "--json"))
    assert said["problems"] == []
    assert FlowVersion.objects.get(flow__key="khac").published_at is None
    run("import", str(tmp_path / "nothing.xlsx"), fails=True)
    run("export", str(drawn), fails=True)
    run("what-if", "9.999999", fails=True)
    run("what-if", "9.999999", "--flow", "nowhere", fails=True)
