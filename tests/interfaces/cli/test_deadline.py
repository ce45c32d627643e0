"""``motcua deadline`` as a script meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from motcua.engines.organisations.models import Unit, WorkCalendar
from motcua.interfaces.cli.language import LOCALE, translator
from motcua.interfaces.cli.rights import grant
from tests.factories import make_units
from tests.support.running import clean_environment


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "motcua.interfaces.cli", "deadline", *arguments],
        capture_output=True,
        text=True,
        env=clean_environment(Path(os.environ["MOTCUA_TEST_HOME"])) | environment,
        check=False,
    )


def test_due_with_steps_and_without_a_database() -> None:
    done = run(
        "--received", "2026-02-13T09:10", "--allow", "5 working_day", "--json",
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing", LANG="en_US.UTF-8", LC_ALL="",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["due"] == "2026-02-27T17:00:00+07:00"
    assert [step["basis"] for step in document["steps"]] == [
        "ND118 Đ17.3",
        "BLDS Đ147.2",
        "BLLĐ Đ111",
        "BLLĐ Đ112",
        "BLDS Đ148.6",
    ]
    assert document["steps"][3]["text"] == "16/02/2026 to 20/02/2026 are not counted: Lunar New Year."
    assert all(datetime.fromisoformat(step["at"]).utcoffset() is not None for step in document["steps"])


def test_vietnamese_is_the_first_language(tmp_path: Path) -> None:
    assert (LOCALE / "vi" / "parts" / "foundation.po").is_file()
    subprocess.run([sys.executable, "-m", "tools.messages", "compile"], check=True, capture_output=True)
    done = run("--received", "2026-02-13T09:10", "--allow", "5 working_day", LANG="C.UTF-8", LC_ALL="")
    assert "Hẹn trả kết quả lúc 17:00 27/02/2026." in done.stdout
    assert "Tết Nguyên đán" in done.stdout
    english = run("--received", "2026-02-13T09:10", "--allow", "5 working_day", "--lang", "en", LANG="vi_VN")
    assert "Due at 17:00 27/02/2026." in english.stdout
    assert translator("en")("Due at %(at)s.") == "Due at %(at)s."


def test_another_time_zone() -> None:
    done = run("--received", "2026-02-13T02:10+00:00", "--allow", "2 hour", "--json")
    assert json.loads(done.stdout)["due"] == "2026-02-13T11:10:00+07:00"


@pytest.mark.parametrize(
    ("received", "allow"),
    [
        ("yesterday", "5 working_day"),
        ("2026-02-30T09:10", "5 working_day"),
        ("9999-12-31T23:59", "5 working_day"),
        ("0001-01-01T00:00", "5 working_day"),
        ("2026-02-13T09:10", "soon"),
        ("2026-02-13T09:10", "-5 day"),
        ("2026-02-13T09:10", "999999 month"),
    ],
)
def test_one_clear_line_on_failure(received: str, allow: str) -> None:
    done = run("--received", received, "--allow", allow, "--json")
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.django_db(transaction=True)
def test_the_hours_of_a_unit() -> None:
    unit = make_units()["commune"]
    calendar = WorkCalendar.objects.create(
        name="Phường", data={"week": {"mon": ["08:00-12:00"], "tue": ["08:00-12:00"]}}
    )
    Unit.objects.filter(pk=unit.pk).update(calendar_id=calendar.pk)
    connection.ensure_connection()
    assert grant(connection.connection) is None  # the command takes the application's role
    database = connection.settings_dict
    password = f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else ""
    host, port = quote(database["HOST"] or "", safe=""), f":{database['PORT']}" if database["PORT"] else ""
    url = f"postgresql://{quote(database['USER'])}{password}@{host}{port}/{database['NAME']}"
    due = ("--received", "2026-03-02T09:00", "--allow", "2 working_day", "--json")
    done = run(*due, "--unit", unit.code, DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["due"] == "2026-03-09T12:00:00+07:00"
    unknown = run(*due, "--unit", "H99.99", DATABASE_URL=url)
    assert unknown.returncode == 1
    assert len(unknown.stderr.strip().splitlines()) == 1
