"""``motcua export`` and ``motcua register`` as operators use them."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from motcua.engines.ledger.models import Event
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, NotFound
from motcua.interfaces.cli import database
from motcua.interfaces.cli.commands import export, register
from motcua.services.dossiers.models import Access
from tests.factories import make_dossier, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_tests_own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs in this process and finds Django connected already."""
    monkeypatch.setenv("DATABASE_URL", os.environ.get("DATABASE_URL", "postgresql:///unused"))
    monkeypatch.setattr(database, "_ready", True)


def run(command: Any, *arguments: object) -> Any:
    return CliRunner().invoke(command, [str(each) for each in arguments], catch_exceptions=False)


@pytest.mark.parametrize("form", ["xes", "csv", "parquet"])
def test_an_export_says_how_much_it_wrote_and_leaves_no_trace(form: str, tmp_path: Path) -> None:
    make_dossier("accepted")
    answer = run(export.command, form, tmp_path / f"log.{form}")
    assert answer.stdout.strip().endswith("1 cases, 2 events")
    assert (tmp_path / f"log.{form}").stat().st_size > 300
    assert Access.objects.count() == 0


def test_personal_data_go_on_record(tmp_path: Path) -> None:
    dossier = make_dossier("accepted")
    run(export.command, "csv", tmp_path / "log.csv", "--with-personal-data", "--unit", "H57.100")
    assert dossier.applicant_name in (tmp_path / "log.csv").read_text()
    assert Access.objects.get().why == "export"
    assert Event.objects.get(kind="process_data.exported").data["cases"] == 1


def test_options_are_checked(tmp_path: Path) -> None:
    make_dossier("new")
    with pytest.raises(NotFound):
        run(export.command, "csv", tmp_path / "x.csv", "--unit", "H99.1")
    with pytest.raises(Invalid):
        run(export.command, "csv", tmp_path / "x.csv", "--from", "2026-02-01", "--to", "2026-01-01")
    assert run(export.command, "csv", tmp_path / "x.csv", "--from", "heute").exit_code == 2


def test_the_register_as_spreadsheet_and_as_volumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from motcua.services.dossiers import register as service

    staff = make_staff()
    codes = {make_dossier("new", staff=staff).code for _ in range(3)}
    today = clock.today()
    period = ("--unit", "H57.100", "--from", today - timedelta(days=1), "--to", today)
    table = tmp_path / "so.xlsx"
    run(register.command, *period, "--output", table)
    sheet = openpyxl.load_workbook(table, read_only=True).worksheets[0]
    assert {row[1] for row in sheet.iter_rows(min_row=6, values_only=True)} == codes
    monkeypatch.setattr(service, "VOLUME", 2)
    answer = run(register.command, *period, "--format", "pdf", "--output", tmp_path / "so.pdf")
    assert answer.stdout.split() == [str(tmp_path / "so.pdf"), str(tmp_path / "so-2.pdf")]
    with pytest.raises(NotFound):
        run(register.command, *period, "--field", "Không có")
