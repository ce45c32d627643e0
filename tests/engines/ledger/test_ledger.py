"""The ledger only grows, proves itself, and its readers miss nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from motcua.engines.ledger import readers
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event, ReaderCursor
from motcua.engines.ledger.readers import Reader, catch_up, rebuild, step
from motcua.engines.ledger.verify import application_may_change, verify
from motcua.engines.ledger.work import DatabaseWork, begin
from motcua.foundation.errors import NotFound
from motcua.foundation.keys import new_id


def fill(streams: int = 3, events: int = 4) -> list[Any]:
    keys = [new_id() for _ in range(streams)]
    for key in keys:
        for number in range(events):
            with begin(SYSTEM) as work:
                work.record(key, "test.happened", {"number": number, "text": "Đã tiếp nhận"}, first=number == 0)
    return keys


@pytest.mark.django_db
def test_what_is_written_proves_itself() -> None:
    fill()
    verdict = verify()
    assert (verdict.ok, verdict.events, verdict.streams) == (True, 12, 3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_event SET kind = 'x'", "DELETE FROM ledger_event", "TRUNCATE ledger_event"]
)
def test_the_application_cannot_change_what_happened(application_role: None, statement: str) -> None:
    fill(1, 1)
    assert application_may_change() == []
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.count() == 1


CHANGES = {
    "data": "UPDATE ledger_event SET data = '{\"number\": 9}' WHERE seq = 2",
    "kind": "UPDATE ledger_event SET kind = 'test.other' WHERE seq = 2",
    "actor": 'UPDATE ledger_event SET actor = \'{"kind": "officer"}\' WHERE seq = 2',
    "moment": "UPDATE ledger_event SET at = at - interval '1 microsecond' WHERE seq = 2",
    "hash": "UPDATE ledger_event SET hash = decode(repeat('00', 32), 'hex') WHERE seq = 2",
    "gap": "DELETE FROM ledger_event WHERE seq = 2",
    "head": "DELETE FROM ledger_event WHERE seq = 1",
    "order": "UPDATE ledger_event SET seq = CASE seq WHEN 2 THEN 30 WHEN 3 THEN 2 ELSE seq END WHERE seq IN (2, 3)",
}


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_by_hand_is_found(change: str) -> None:
    (key,) = fill(1, 4)
    with connection.cursor() as cursor:
        cursor.execute(CHANGES[change])
    verdict = verify()
    assert not verdict.ok
    assert verdict.faults[0][0] == str(key)
    assert not verify(stream=key).ok


@pytest.mark.django_db
def test_an_event_slipped_in_with_its_own_right_hash_is_found() -> None:
    (key,) = fill(1, 2)
    with begin(SYSTEM) as work:
        work.record(key, "test.forged", {}, first=True)
        for event in work._added[Event]:
            event.seq = 3  # type: ignore[attr-defined]
    assert not verify().ok


@pytest.mark.django_db
def test_two_writers_cannot_both_continue_a_stream() -> None:
    (key,) = fill(1, 1)
    first, second = DatabaseWork(SYSTEM), DatabaseWork(SYSTEM)
    first.record(key, "test.a")
    second.record(key, "test.b")
    first.flush()
    with pytest.raises(DatabaseError), transaction.atomic():
        second.flush()


@pytest.mark.django_db
@pytest.mark.parametrize("value", [1.5, object(), {1: 2}, (1, 2), b"x"])
def test_what_would_not_survive_the_database_is_refused(value: Any) -> None:
    with pytest.raises(TypeError), begin(SYSTEM) as work:
        work.record(new_id(), "test.x", {"value": value}, first=True)


@pytest.fixture
def collecting() -> tuple[Reader, list[int]]:
    """A reader that notes the ids of the events it gets."""
    seen: list[int] = []

    def handle(events: Sequence[Event]) -> None:
        seen.extend(event.id for event in events)

    return Reader("test_collecting", handle, (), seen.clear), seen


Collecting = tuple[Reader, list[int]]


@pytest.mark.django_db(transaction=True)
def test_a_reader_sees_everything_once_and_nothing_again(collecting: Collecting) -> None:
    reader, seen = collecting
    fill()
    assert catch_up(reader) == 12
    assert seen == list(Event.objects.order_by("xid", "id").values_list("id", flat=True))
    assert step(reader) == 0
    fill(1, 1)
    assert step(reader) == 1
    assert len(seen) == len(set(seen)) == 13


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_skipped(collecting: Collecting) -> None:
    """An action takes its transaction id, another begins later and commits first: the reader waits for both."""
    reader, seen = collecting
    early = psycopg.connect(**_parameters())
    early.execute("SELECT pg_current_xact_id()")
    fill(1, 2)
    assert step(reader) == 0, "nothing above a transaction that still runs may be passed"
    early.execute(
        "INSERT INTO ledger_event (stream, seq, at, kind, actor, data, prev_hash, hash) "
        "VALUES (%s, 1, now(), 'test.late', '{}', '{}', '', '')",
        [new_id()],
    )
    early.commit()
    early.close()
    assert catch_up(reader) == 3
    assert sorted(seen) == sorted(Event.objects.values_list("id", flat=True))
    assert Event.objects.get(id=seen[0]).kind == "test.late"


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_in_another_database_holds_up_nobody(collecting: Collecting) -> None:
    reader, _ = collecting
    elsewhere = psycopg.connect(**{**_parameters(), "dbname": "postgres"})
    elsewhere.execute("SELECT pg_current_xact_id()")
    fill(1, 2)
    assert catch_up(reader) == 2
    elsewhere.close()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_missed_while_many_write_and_one_reads(collecting: Collecting) -> None:
    reader, seen = collecting
    stop = threading.Event()
    failed: list[Exception] = []

    def guarded(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                work()
            except Exception as error:  # a thread must tell what happened
                failed.append(error)
            finally:
                connections.close_all()

        return run

    def read() -> None:
        while not stop.is_set():
            step(reader, limit=7)

    def write() -> None:
        fill(5, 8)

    writers = [threading.Thread(target=guarded(write)) for _ in range(4)]
    watcher = threading.Thread(target=guarded(read))
    watcher.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    watcher.join()
    catch_up(reader)
    assert failed == []
    assert sorted(seen) == sorted(Event.objects.values_list("id", flat=True))
    assert len(seen) == 160


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_run_one_reader_at_once(collecting: Collecting) -> None:
    reader, seen = collecting
    fill(2, 5)
    other = psycopg.connect(**_parameters())
    ReaderCursor.objects.create(name=reader.name)
    other.execute("SELECT 1 FROM ledger_readercursor WHERE name = %s FOR UPDATE", [reader.name])
    assert step(reader) == 0
    other.rollback()
    other.close()
    assert catch_up(reader) == 10
    assert len(seen) == 10


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_fails_is_read_again_whole() -> None:
    fill(1, 3)
    tries: list[int] = []

    def handle(events: Sequence[Event]) -> None:
        tries.append(len(events))
        Event.objects.exists()
        if len(tries) == 1:
            raise RuntimeError("the first time it breaks")

    reader = Reader("test_failing", handle)
    with pytest.raises(RuntimeError):
        step(reader)
    assert step(reader) == 3
    assert tries == [3, 3]


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_fails_is_noted_and_does_not_hold_up_the_others(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, seen = collecting

    def broken(events: Sequence[Event]) -> None:
        raise RuntimeError("cannot")

    monkeypatch.setattr(readers, "registry", {"bad": Reader("bad", broken), good.name: good})
    fill(1, 3)
    stop = threading.Event()

    def run() -> None:
        readers.run_forever(stop, interval=0.02)
        connections.close_all()

    worker = threading.Thread(target=run)
    worker.start()
    try:
        _wait_until(lambda: len(seen) == 3 and ReaderCursor.objects.filter(name="bad", failures__gte=1).exists())
    finally:
        stop.set()
        worker.join()
    states = {state.name: state for state in readers.states()}
    assert (states["bad"].behind, states[good.name].behind) == (3, 0)
    assert "cannot" in states["bad"].last_error


@pytest.mark.django_db(transaction=True)
def test_rebuilding_reads_everything_again(collecting: Collecting) -> None:
    reader, seen = collecting
    fill()
    catch_up(reader)
    before = list(seen)
    assert rebuild(reader) == 12
    assert seen == before
    with pytest.raises(NotFound):
        rebuild(Reader("test_outside", lambda events: None))


def _parameters() -> dict[str, Any]:
    given = connection.get_connection_params()
    return {key: given[key] for key in ("host", "port", "user", "password", "dbname") if given.get(key)}


def _wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    waited = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        waited.wait(0.05)
    raise AssertionError("it did not happen in time")
