"""``motcua users`` and ``motcua openapi`` as an administrator calls them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from motcua.interfaces.cli.embedded.client import Membership
from tests.support.running import clean_environment, make_home


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    made = make_home("users")
    member = Membership(made)
    yield made
    member.leave(wait=20)
    shutil.rmtree(made, ignore_errors=True)


def run(home: Path, *arguments: str, password: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "motcua.interfaces.cli", *arguments]
    return subprocess.run(command, env=clean_environment(home), capture_output=True, text=True, input=password)


def test_first_administrator_of_an_installation(home: Path) -> None:
    add = ("users", "add", "quantri", "--name", "Nguyễn Văn A", "--unit", "H57", "--json")
    refused = run(home, *add, password="correct horse battery\n")
    assert refused.returncode == 1
    assert "--unit-name" in refused.stderr

    made = run(home, *add, "--unit-name", "UBND thành phố Huế", password="correct horse battery\n")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["appointments"] == [{"role": "administrator", "unit": "H57"}]

    again = run(home, *add, password="correct horse battery\n")
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1

    weak = run(home, "users", "password", "quantri", password="123\n")
    assert weak.returncode == 1
    assert "too short" in weak.stderr

    closed = run(home, "users", "deactivate", "quantri", "--reason", "Nghỉ hưu", "--json")
    assert json.loads(closed.stdout)["active"] is False
    listed = run(home, "users", "list", "--json")
    assert [user["username"] for user in json.loads(listed.stdout)] == ["quantri"]
    opened = run(home, "users", "reactivate", "quantri", "--json")
    assert json.loads(opened.stdout)["active"] is True


def test_description_of_the_api_needs_no_database(tmp_path: Path) -> None:
    answer = run(tmp_path, "openapi")
    description = json.loads(answer.stdout)
    assert description["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in description["paths"])
    assert not (tmp_path / "pg").exists()
