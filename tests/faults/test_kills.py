"""Promise 1: a submission that was acknowledged is never lost, whatever is killed when.

``kill -9`` hits web processes, the worker, and PostgreSQL's main process and backends at random moments under load.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.load import Load, ask, make_token
from tests.support.running import Platform, end_platform, make_home, start_platform

pytestmark = pytest.mark.faults

IN_CI = 20
IN_SOAK = 200
# The keeper gives a process up that dies five times within a minute: that is no fault under test here.
MOST_A_MINUTE = 3


@pytest.fixture
def platform() -> Iterator[Platform]:
    """A platform of this test's own, since it is treated badly."""
    started = start_platform(make_home("kills"), "--demo", "--demo-dossiers=50")
    yield started
    end_platform(started)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def victims(platform: Platform) -> dict[str, list[int]]:
    """What may be killed now, by kind."""
    found: dict[str, list[int]] = {"web": [], "web worker": [], "worker": [], "postgres": [], "backend": []}
    for pid in platform.processes():
        command = _command(pid)
        if "motcua.interfaces.cli web" in command:
            found["web" if _children(pid) else "web worker"].append(pid)
        elif "motcua.interfaces.cli worker" in command:
            found["worker"].append(pid)
    with contextlib.suppress(OSError, ValueError, IndexError):
        postmaster = int((platform.home / "pg" / "postmaster.pid").read_text().split()[0])
        found["postgres"].append(postmaster)
        found["backend"] = [pid for pid in _children(postmaster) if "motcua" in _command(pid)]
    return {kind: pids for kind, pids in found.items() if pids}


def kill_at_random(platform: Platform, kills: int, chance: random.Random) -> dict[str, int]:
    """Kills so many processes, one after the other, with room to come back in between."""
    struck: dict[str, int] = {}
    recent: dict[str, list[float]] = {}
    while sum(struck.values()) < kills:
        time.sleep(chance.uniform(0.3, 2.5))
        now = time.monotonic()
        open_kinds = [
            kind
            for kind in victims(platform)
            if len([at for at in recent.get(kind, []) if at > now - 60]) < MOST_A_MINUTE
            or kind in ("backend", "web worker")
        ]
        if not open_kinds:
            continue
        kind = chance.choice(open_kinds)
        pids = victims(platform).get(kind, [])
        if not pids:
            continue
        try:
            os.kill(chance.choice(pids), signal.SIGKILL)
        except ProcessLookupError:
            continue
        struck[kind] = struck.get(kind, 0) + 1
        recent.setdefault(kind, []).append(now)
        assert platform.process.poll() is None, platform.log.read_text()[-3000:]
    return struck


def run(platform: Platform, kills: int, seed: int) -> None:
    """Load, kills, then the account of everything that was acknowledged."""
    load = Load(platform, make_token(platform))
    load.start()
    struck = kill_at_random(platform, kills, random.Random(seed))
    load.finish()
    print(f"kills: {struck}; acknowledged: {len(load.acknowledged)}; told to wait: {load.unavailable}")
    assert not load.faults, load.faults[:5]
    assert len(load.acknowledged) >= kills, "too little was going on for the kills to mean anything"
    codes = [each.code for each in load.acknowledged]
    assert len(set(codes)) == len(codes), "a code was given twice"
    for each in load.acknowledged:
        check_whole(platform, each.key, each.code, each.sha256)
    check_nothing_twice(platform)
    check_receipts(platform, [each.code for each in load.acknowledged if each.accepted])
    check_ledger(platform, load.token, codes[-1])


def check_whole(platform: Platform, key: str, code: str, sha256: str) -> None:
    """The dossier is there once, with case, task, event and its file's very bytes."""
    rows = ask(
        platform,
        "SELECT d.case_id, d.code, (SELECT count(*) FROM cases_task t WHERE t.case_id = d.case_id), "
        "(SELECT count(*) FROM ledger_event e WHERE e.stream = d.case_id AND e.kind = 'dossier.submitted'), "
        "(SELECT array_agg(f.blob_id) FROM dossiers_dossierfile f WHERE f.dossier_id = d.case_id) "
        "FROM dossiers_dossier d JOIN cases_case c ON c.id = d.case_id WHERE d.submission_key LIKE %s",
        [f"%:{key}"],
    )
    assert len(rows) == 1, f"{code}: {len(rows)} dossiers for one key"
    _, stored, tasks, events, files = rows[0]
    assert stored == code
    assert tasks >= 1, f"{code} has no task"
    assert events == 1, f"{code} has {events} events of submission"
    assert files == [sha256], f"{code} has lost its file"
    path = next((platform.home / "files").rglob(sha256))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256, f"the file of {code} is damaged"


def check_nothing_twice(platform: Platform) -> None:
    """One effect each: no key, receipt, message or first event twice."""
    for question in (
        "SELECT submission_key FROM dossiers_dossier GROUP BY 1 HAVING count(*) > 1",
        "SELECT dossier_id, form, number FROM dossiers_document GROUP BY 1, 2, 3 HAVING count(*) > 1",
        "SELECT stream FROM ledger_event WHERE kind IN ('dossier.submitted', 'dossier.accepted') "
        "GROUP BY stream, kind HAVING count(*) > 1",
        "SELECT dedupe FROM notices_message GROUP BY 1 HAVING count(*) > 1",
    ):
        assert ask(platform, question) == []


def check_receipts(platform: Platform, codes: list[str]) -> None:
    """Every accepted dossier gets its one receipt; no job stays behind with a dead worker."""
    end = time.monotonic() + 90
    while True:
        (missing,) = ask(
            platform,
            "SELECT count(*) FROM dossiers_dossier d WHERE d.code = ANY(%s) AND NOT EXISTS "
            "(SELECT 1 FROM dossiers_document p WHERE p.dossier_id = d.case_id AND p.form = '01')",
            [codes],
        )[0]
        (stuck,) = ask(
            platform,
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND NOT EXISTS "
            "(SELECT 1 FROM procrastinate_workers w WHERE w.id = worker_id)",
        )[0]
        if not missing and not stuck:
            return
        assert time.monotonic() < end, f"{missing} receipts missing, {stuck} jobs stuck"
        time.sleep(0.5)


def check_ledger(platform: Platform, token: str, code: str) -> None:
    """Every stream is gapless and starts at one; the platform answers as before."""
    gaps = ask(platform, "SELECT stream FROM ledger_event GROUP BY stream HAVING max(seq) <> count(*)")
    assert gaps == []
    connection = http.client.HTTPConnection("localhost", platform.port, timeout=15)
    connection.request("GET", f"/api/v1/dossiers/{code}", headers={"Authorization": f"Bearer {token}"})
    assert connection.getresponse().status == 200


def test_nothing_acknowledged_is_lost(platform: Platform) -> None:
    run(platform, IN_CI, seed=766)


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_in_the_long_run(platform: Platform) -> None:
    run(platform, IN_SOAK, seed=118)
