"""``motcua procedures`` and ``motcua search`` as a script meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from motcua.interfaces.cli.rights import grant
from tests.services.procedures.samples import method, record, write
from tests.support.running import clean_environment


def database_url() -> str:
    settings = connection.settings_dict
    password = f":{quote(settings['PASSWORD'])}" if settings["PASSWORD"] else ""
    host, port = quote(settings["HOST"] or "", safe=""), f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{quote(settings['USER'])}{password}@{host}{port}/{settings['NAME']}"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = clean_environment(Path(os.environ["MOTCUA_TEST_HOME"])) | {"DATABASE_URL": database_url()}
    command = [sys.executable, "-P", "-m", "motcua.interfaces.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.django_db(transaction=True)
def test_import_show_search_review(tmp_path: Path) -> None:
    connection.ensure_connection()
    assert grant(connection.connection) is None  # the commands take the application's role
    doubtful = method(fees=[{"amount": 20, "note": "20.000 đồng", "currency": "VND"}])
    file = write(
        tmp_path / "catalogue.jsonl.gz", record(), record("2.000815", name="Chứng thực", methods=[doubtful]), "x\n"
    )
    done = run("procedures", "import", str(file), "--effective", "2025-07-01", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "read": 3,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "refused": [{"code": "line 3", "reason": "not_json"}],
        "review": [{"code": "2.000815", "field": "methods[0].fees[0].amount", "reason": "fee_below_1000"}],
    }
    again = run("procedures", "import", str(file))
    assert again.stdout.startswith("3 read: 0 created, 0 updated, 2 unchanged, 1 refused, 0 to review")

    shown = json.loads(run("procedures", "show", "1.001193", "--json").stdout)
    assert (shown["name"], shown["effective_from"], shown["online"]) == (
        "Thủ tục đăng ký khai sinh",
        "2025-07-01",
        True,
    )
    assert "DIRECT: 3 working_day; 8000 VND" in run("procedures", "show", "1.001193").stdout

    found = json.loads(run("search", "toi muon lam giay khai sinh cho con thi can gi", "--json").stdout)
    assert list(found[0]) == ["code", "name", "score", "why"]
    assert found[0]["code"] == "1.001193"
    assert json.loads(run("search", "zzzz qqqq", "--json").stdout) == []

    review = json.loads(run("procedures", "review", "--json").stdout)
    assert review["open"] == {"fee_below_1000": 1}
    assert review["items"][0]["suggestion"] == "20000"

    for wrong in (("show", "9.999999"), ("import", str(tmp_path / "absent.gz")), ("import-results", str(file))):
        failed = run("procedures", *wrong, "--json")
        assert failed.returncode == 1
        assert failed.stdout == ""
        assert len(failed.stderr.strip().splitlines()) == 1
        assert "Traceback" not in failed.stderr
