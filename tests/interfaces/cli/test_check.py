"""``motcua check`` as a script meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

CARD = "046099000123||NGUYỄN VĂN A|01021999|Nam|12 Lê Lợi, Phường Thuận Hóa, Thành phố Huế|15062021|||"


def run(*arguments: str | bytes) -> tuple[int, dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "motcua.interfaces.cli", "check", *arguments, "--json", "--lang", "en"],
        capture_output=True,
        env=os.environ,
        check=False,
    )
    assert done.stderr == b""
    document = json.loads(done.stdout)
    assert set(document) == {"ok", "kind", "parts", "reason"}
    return done.returncode, document


@pytest.mark.parametrize(
    ("what", "value", "kind", "part", "expected"),
    [
        ("identity", "046099000123", "citizen", "birth_year", 1999),
        ("identity", "191234567", "old_card", "valid", False),
        ("tax-code", "0100109106", "organisation", "number", "0100109106"),
        ("tax-code", "0100109106-001", "dependent_unit", "branch", "001"),
        ("phone", "0912 345 678", "mobile", "e164", "+84912345678"),
        ("dossier-code", "H57.10.25-261122-0001", "dossier", "agency", "H57.10.25"),
        ("dossier-code", "000.00.01.H54-230512-0001", "dossier_old", "agency_new", "H54.01"),
        ("agency-code", "000.00.01.H56", "agency_old", "new", "H56.01"),
        ("identity-qr", CARD, "identity_qr", "name", "NGUYỄN VĂN A"),
    ],
)
def test_what_is_right(what: str, value: str, kind: str, part: str, expected: object) -> None:
    status, document = run(what, value)
    assert (status, document["ok"], document["kind"], document["reason"]) == (0, True, kind, None)
    assert isinstance(document["parts"], dict)
    assert document["parts"][part] == expected


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("identity", ""),
        ("identity", "-5"),
        ("identity", "999"),
        ("tax-code", "0100109107"),
        ("phone", "113"),
        ("dossier-code", "H57-261399-0001"),
        ("agency-code", "--x"),
        ("identity-qr", CARD.replace("Nam", "Nữ")),
        ("identity-qr", b"\xff\xfe|\xc3"),
        ("procedure-code", b"\xff\xfe"),
        ("agency-code", "🏛" * 500),
    ],
)
def test_what_is_wrong_has_a_reason_and_status_1(what: str, value: str | bytes) -> None:
    status, document = run(what, value)
    assert (status, document["ok"]) == (1, False)
    assert document["reason"]


def test_unknown_kinds_are_wrong_use() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "motcua.interfaces.cli", "check", "passport", "B1", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
