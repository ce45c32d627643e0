"""With a real worker: the receipt is there within a second of acceptance, the letter leaves, two workers do no harm."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from motcua.engines.ledger.models import Event, ReaderCursor
from motcua.engines.notices.models import Delivery
from motcua.services.dossiers.models import Document
from tests.factories import make_citizen, make_dossier, make_procedure, make_staff
from tests.support.mail import mail_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


def database_url() -> str:
    given = connection.get_connection_params()
    host, password = quote(given.get("host") or "localhost", safe=""), given.get("password")
    user = quote(given["user"], safe="") + (f":{quote(password, safe='')}" if password else "")
    return f"postgresql://{user}@{host}:{given.get('port') or 5432}/{given['dbname']}"


@contextmanager
def worker(home: Path, smtp_port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MOTCUA_", "DJANGO_"))}
    environment |= {
        "DATABASE_URL": database_url(),
        "MOTCUA_DB_ROLE": "",
        "MOTCUA_HOME": str(home),
        "MOTCUA_EMAIL_HOST": "127.0.0.1",
        "MOTCUA_EMAIL_PORT": str(smtp_port),
    }
    log = home / "worker.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "motcua.interfaces.cli", "worker"], env=environment, stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait(condition: Callable[[], bool], seconds: float, home: Path) -> float:
    """How long it took. Fails with the worker's log when it took longer."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s:\n{(home / 'worker.log').read_text()[-3000:]}")


def awake() -> bool:
    """Whether a worker has passed everything that happened so far."""
    last = Event.objects.order_by("-xid", "-id").values_list("id", flat=True).first()
    names = ReaderCursor.objects.filter(event=last).values_list("name", flat=True)
    return {"papers", "notices", "work_counts"} <= set(names)


def test_the_receipt_is_there_within_a_second_and_the_letter_leaves(tmp_path: Path) -> None:
    citizen, staff, procedure = make_citizen(), make_staff(), make_procedure()
    with mail_server() as (box, port, _), worker(tmp_path, port):
        make_dossier("accepted", citizen=citizen, staff=staff, procedure=procedure)
        wait(lambda: awake() and Document.objects.count() == 1, 60, tmp_path)
        took = []
        for number in range(2, 7):
            make_dossier("accepted", citizen=citizen, staff=staff, procedure=procedure)
            took.append(wait(lambda expected=number: Document.objects.count() == expected, 10, tmp_path))  # type: ignore[misc]
        wait(lambda: Delivery.objects.filter(state="sent").count() == 12, 20, tmp_path)
    assert sorted(took)[len(took) // 2] <= 1.0, took
    assert len(box.letters) == 12


def test_two_workers_and_a_kill_make_no_paper_and_no_message_twice(tmp_path: Path) -> None:
    citizen, staff, procedure = make_citizen(), make_staff(), make_procedure()
    with mail_server() as (box, port, _), ExitStack() as stack:
        first = stack.enter_context(worker(tmp_path, port))
        stack.enter_context(worker(tmp_path, port))
        for number in range(12):
            make_dossier("accepted", citizen=citizen, staff=staff, procedure=procedure)
            if number == 5:
                first.kill()
        wait(lambda: Document.objects.count() == 12 and Delivery.objects.count() == 24, 60, tmp_path)
        wait(lambda: Delivery.objects.exclude(state="sent").count() == 0, 60, tmp_path)
    assert Event.objects.filter(kind="dossier.document_issued").count() == 12
    # A worker killed between sending and noting sends again, under the same Message-ID: one letter to its reader.
    assert len({letter.message["Message-ID"] for letter in box.letters}) == 24
