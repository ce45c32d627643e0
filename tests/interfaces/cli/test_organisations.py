"""``motcua organisations`` as a script meets it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from motcua.foundation import clock
from motcua.interfaces.cli.rights import grant
from tests import factories
from tests.interfaces.cli.test_procedures import run
from tests.services.dossiers.test_reorganising import merger


@pytest.mark.django_db(transaction=True)
def test_dry_run_reorganise_list_undo(tmp_path: Path) -> None:
    connection.ensure_connection()
    assert grant(connection.connection) is None  # the commands take the application's role
    factories.make_dossier("processing", staff=factories.make_staff())
    today = clock.today()
    file, later = tmp_path / "nay.json", tmp_path / "mai.json"
    file.write_text(json.dumps(merger(effective=today.isoformat())))
    changes = [{"kind": "rename", "unit": "H57.10", "name": "Sở Tư pháp và Nội vụ"}]
    later.write_text(
        json.dumps(merger(name="Đổi tên", changes=changes, wards={}, effective=(today + timedelta(1)).isoformat()))
    )
    dry = run("organisations", "reorganise", str(file), "--dry-run", "--json")
    assert dry.returncode == 0, dry.stderr
    assert json.loads(dry.stdout)["counts"]["dossiers"] == 1
    done = run("organisations", "reorganise", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["state"] == "done"
    again = run("organisations", "reorganise", str(file))
    assert again.returncode == 0, again.stderr
    scheduled = run("organisations", "reorganise", str(later), "--json")
    assert json.loads(scheduled.stdout)["state"] == "decided"
    assert run("organisations", "undo", "Đổi tên").returncode == 0
    rows = json.loads(run("organisations", "list", "--json").stdout)
    assert {row["name"]: row["state"] for row in rows} == {"Sắp xếp phường năm 2025": "done", "Đổi tên": "undone"}
    wrong = tmp_path / "sai.json"
    wrong.write_text(json.dumps(merger(name="Sai", changes=[{"kind": "dissolve", "from": "H57.9", "to": "H57.10"}])))
    refused = run("organisations", "reorganise", str(wrong))
    assert refused.returncode == 1
    assert "H57.9" in refused.stderr
    assert run("organisations", "undo", "Chưa có").returncode == 1
