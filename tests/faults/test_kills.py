"""Promise 1: a submission that was acknowledged is never lost, whatever is killed when.

``kill -9`` hits web processes, the worker, and PostgreSQL's main process and backends at random moments under load.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from motcua.interfaces.cli.embedded.place import Place
from tests.faults.desk_load import AT_LEAST, missing
from tests.faults.load import Load, ask, make_token
from tests.support.running import Platform, clean_environment, end_platform, make_home, start_platform

pytestmark = pytest.mark.faults

IN_CI = 20
IN_SOAK = 200
KINDS = ("web", "web worker", "worker", "postgres", "backend")
# How long the platform may need until it acknowledges again after one blow, in seconds. Machines of tests are busy.
RECOVERY = 120
# Every so many blows one falls while the platform is still recovering from the last.
DOUBLE_BLOWS = 4


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
    found: dict[str, list[int]] = {kind: [] for kind in KINDS}
    for pid in _children(platform.process.pid):
        command = _command(pid)
        if "motcua.interfaces.cli web" in command:
            found["web"].append(pid)
            found["web worker"] += _children(pid)
        elif "motcua.interfaces.cli worker" in command:
            found["worker"].append(pid)
    with contextlib.suppress(OSError, ValueError, IndexError):
        postmaster = int((platform.home / "pg" / "postmaster.pid").read_text().split()[0])
        found["postgres"].append(postmaster)
        found["backend"] = [pid for pid in _children(postmaster) if "motcua" in _command(pid)]
    return {kind: pids for kind, pids in found.items() if pids}


def kill_at_random(platform: Platform, load: Load, kills: int, chance: random.Random) -> dict[str, int]:
    """Kills so many processes, each kind about as often, at random moments while submissions are under way.

    Most blows fall on a platform that acknowledges; some while it is still recovering from the one before.
    """
    struck = dict.fromkeys(KINDS, 0)
    order = [kind for _ in range(-(-kills // len(KINDS))) for kind in chance.sample(KINDS, len(KINDS))][:kills]
    for number, kind in enumerate(order, start=1):
        if number % DOUBLE_BLOWS:
            wait_for_more(platform, load)
        time.sleep(chance.uniform(0.05, 1.0))
        strike(platform, kind, chance)
        struck[kind] += 1
    wait_for_more(platform, load)
    return struck


def strike(platform: Platform, kind: str, chance: random.Random) -> None:
    """Kills one process of this kind; waits for one where it is just being started again."""
    end = time.monotonic() + RECOVERY
    while True:
        assert platform.process.poll() is None, platform.log.read_text()[-3000:]
        with contextlib.suppress(ProcessLookupError):
            if pids := victims(platform).get(kind, []):
                os.kill(chance.choice(pids), signal.SIGKILL)
                return
        assert time.monotonic() < end, f"no {kind} came back: {platform.log.read_text()[-3000:]}"
        time.sleep(0.05)


def wait_for_desk(load: Load) -> None:
    """Returns when the officers have signed in and done their first round."""
    end = time.monotonic() + RECOVERY
    while not all(desk.done for desk in load.desks):
        assert not load.faults, load.faults[:5]
        assert time.monotonic() < end, "nothing is done at the desk"
        time.sleep(0.1)


def wait_for_more(platform: Platform, load: Load) -> None:
    """Returns when something more has been acknowledged."""
    before, end = len(load.acknowledged), time.monotonic() + RECOVERY
    while len(load.acknowledged) <= before:
        assert not load.faults, load.faults[:5]
        assert platform.process.poll() is None, platform.log.read_text()[-3000:]
        assert time.monotonic() < end, f"did not come back: {platform.log.read_text()[-3000:]}"
        time.sleep(0.05)


def run(platform: Platform, kills: int, seed: int) -> None:
    """Load, kills, then the account of everything that was acknowledged."""
    load = Load(platform, make_token(platform))
    load.start()
    try:
        wait_for_desk(load)
        struck = kill_at_random(platform, load, kills, random.Random(seed))
    finally:
        load.finish()
    # The account that a run leaves behind: pytest shows it with -s and on failure.
    sys.stdout.write(f"kills: {struck}; acknowledged: {len(load.acknowledged)}; told to wait: {load.unavailable}\n")
    assert not load.faults, load.faults[:5]
    assert len(load.acknowledged) >= kills, "too little was going on for the kills to mean anything"
    codes = [each.code for each in load.acknowledged]
    assert len(set(codes)) == len(codes), "a code was given twice"
    for each in load.acknowledged:
        check_whole(platform, each.key, each.code, each.sha256)
    check_desk(platform, load)
    check_nothing_twice(platform)
    check_receipts(platform, [each.code for each in load.acknowledged if each.accepted])
    check_ledger(platform, load.token, codes[-1])
    check_no_orphans(platform)
    assert all(struck.values()), struck


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


def check_desk(platform: Platform, load: Load) -> None:
    """What officers were told is done is done, once; an act on many has come to the end of its rows."""
    for desk in load.desks:
        assert desk.runs >= AT_LEAST, f"too little was done by {type(desk).__name__}"
        acts = Counter(each.kind for each in desk.done)
        sys.stdout.write(f"{type(desk).__name__}: {desk.runs} rounds, {dict(acts)}\n")
        assert missing(desk.done, lambda question, values: ask(platform, question, values)) == []
    assert ask(platform, "SELECT state, count(*) FROM dossiers_bulkrow WHERE state <> 'done' GROUP BY 1") == []


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
    verified = subprocess.run(
        [sys.executable, "-P", "-m", "motcua.interfaces.cli", "ledger", "verify", "--json"],
        env=clean_environment(platform.home),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout[-2000:] + verified.stderr[-2000:]
    assert json.loads(verified.stdout)["role_may_change_ledger"] == []
    sys.stdout.write(f"ledger: {verified.stdout.strip()[:300]}\n")
    # The web server's own role, whatever it may have been made to do, cannot change what is written.
    with psycopg.connect(Place(platform.home).url(), autocommit=True) as application:
        for statement in ("UPDATE ledger_event SET kind = 'x'", "DELETE FROM ledger_event", "TRUNCATE ledger_event"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(statement)
    connection = http.client.HTTPConnection("localhost", platform.port, timeout=15)
    connection.request("GET", f"/api/v1/dossiers/{code}", headers={"Authorization": f"Bearer {token}"})
    assert connection.getresponse().status == 200


def check_no_orphans(platform: Platform) -> None:
    """No process of the web server or the worker lives on without the one that looks after it."""
    ours = {platform.process.pid, *(pid for pids in victims(platform).values() for pid in pids)}
    left = [
        pid
        for pid in platform.processes()
        if pid not in ours and _command(pid).partition("interfaces.cli ")[2].startswith(("web", "worker"))
    ]
    assert left == [], [_command(pid) for pid in left]


def test_nothing_acknowledged_is_lost(platform: Platform) -> None:
    run(platform, IN_CI, seed=766)


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_in_the_long_run(platform: Platform) -> None:
    run(platform, IN_SOAK, seed=118)
