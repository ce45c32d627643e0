"""``motcua worker``: nothing that was deferred is lost, whoever dies."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from motcua.interfaces.cli.embedded.client import Membership
from motcua.interfaces.cli.embedded.place import SUPERUSER, Place
from tests.support.running import clean_environment, make_home, processes_of

pytestmark = pytest.mark.faults

# A task that every worker knows, because the library brings it.
TASK = "builtin:procrastinate.builtin_tasks.remove_old_jobs"

QUEUED = """insert into procrastinate_jobs (queue_name, task_name, args)
values ('default', %s, '{"max_hours": 1000}')"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A migrated database that stays up for the module."""
    made = make_home("worker")
    member = Membership(made)
    command = [sys.executable, "-P", "-m", "motcua.interfaces.cli", "migrate", "--quiet"]
    subprocess.run(command, env=clean_environment(made), check=True)
    yield made
    member.leave(wait=20)
    assert processes_of(made) == []
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def database(home: Path) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(Place(home).url(SUPERUSER), autocommit=True) as connection:
        yield connection


@pytest.fixture
def worker(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    log = home / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "motcua.interfaces.cli", "worker"],
            env=clean_environment(home),
            stdout=output,
            stderr=output,
        )
    yield process
    process.terminate()
    assert process.wait(40) == 0, log.read_text()


def jobs(database: psycopg.Connection[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return database.execute("select status::text, attempts from procrastinate_jobs").fetchall()


def wait_until_empty(database: psycopg.Connection[tuple[object, ...]], seconds: float) -> None:
    end = time.monotonic() + seconds
    while jobs(database) and time.monotonic() < end:
        time.sleep(0.1)
    assert jobs(database) == []


def test_job_of_a_dead_worker_runs_again(
    database: psycopg.Connection[tuple[object, ...]], worker: subprocess.Popen[bytes]
) -> None:
    row = database.execute(
        "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id"
    ).fetchone()
    assert row
    database.execute(
        "insert into procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
        " values ('default', %s, '{\"max_hours\": 1000}', 'doing', %s)",
        [TASK, row[0]],
    )
    wait_until_empty(database, 60)


def test_jobs_wait_for_the_worker_and_are_done_once_it_is_there(
    database: psycopg.Connection[tuple[object, ...]], worker: subprocess.Popen[bytes]
) -> None:
    for _ in range(20):
        database.execute(QUEUED, [TASK])
    wait_until_empty(database, 60)


def test_worker_outlives_the_database(
    home: Path, database: psycopg.Connection[tuple[object, ...]], worker: subprocess.Popen[bytes]
) -> None:
    time.sleep(5)  # until it is at work
    pid = int((Place(home).data / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 30
    while True:
        try:
            with psycopg.connect(Place(home).url(SUPERUSER), autocommit=True) as again:
                again.execute(QUEUED, [TASK])
                wait_until_empty(again, 60)
                break
        except psycopg.OperationalError:
            assert time.monotonic() < end
            time.sleep(0.2)
    assert worker.poll() is None, "The worker itself went on"
