"""The unit of work over COPY, and what both units of work share: numbers, chains, removal, keys from a source."""

from __future__ import annotations

import hashlib
from datetime import UTC, date
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.accounts.models import Party
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.bulk import BulkWork
from motcua.engines.ledger.chain import Written, canonical, event_hash, without_floats
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.verify import verify
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.models import CalendarDay
from motcua.foundation import clock
from motcua.foundation.keys import id_at, made_by, new_id

DAY = date(2026, 3, 2)


@pytest.mark.django_db
def test_numbers_go_on_after_what_is_stored_and_after_a_flush() -> None:
    with begin(SYSTEM) as work:
        assert [work.next_number("H57", DAY) for _ in range(3)] == [1, 2, 3]
    bulk = BulkWork(SYSTEM)
    assert [bulk.next_number("H57", DAY), bulk.next_number("H57", DAY)] == [4, 5]
    bulk.flush()
    assert bulk.next_number("H57", DAY) == 6
    assert bulk.next_number("H57", date(2026, 3, 3)) == 1
    bulk.flush()
    with begin(SYSTEM) as work:
        assert work.next_number("H57", DAY) == 7


@pytest.mark.django_db
def test_what_a_bulk_records_proves_itself_and_can_be_continued() -> None:
    stream = new_id()
    bulk = BulkWork(SYSTEM)
    for number in range(5):
        bulk.record(stream, "thing.done", {"number": number, "to": ["a", {"b": None}], "yes": True}, first=number == 0)
    assert bulk.flush() == {"ledger_event": 5}
    with begin(SYSTEM) as work:
        work.record(stream, "thing.done", {"number": 5})
    assert verify(stream=stream).ok
    stored = Event.objects.filter(stream=stream).order_by("seq")
    assert [event.data["number"] for event in stored] == list(range(6))


def test_a_bulk_changes_only_what_it_has_added_and_removes_nothing() -> None:
    bulk = BulkWork(SYSTEM)
    party = Party(name="A", created_at=clock.now())
    with pytest.raises(ValueError, match="not added"):
        bulk.change(party, "name")
    bulk.add(party)
    bulk.change(party, "name")
    with pytest.raises(ValueError, match="removes nothing"):
        bulk.remove(party)


@pytest.mark.django_db
def test_a_work_removes_a_stored_row_with_its_transaction() -> None:
    row = CalendarDay.objects.create(day=DAY, worked=False, basis="thử")
    with begin(SYSTEM) as work:
        work.remove(row)
        assert CalendarDay.objects.filter(day=DAY).exists()
    assert not CalendarDay.objects.filter(day=DAY).exists()


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), _values, max_size=4), st.text(max_size=20))
def test_a_hash_is_over_one_canonical_list_however_it_was_put_together(data: dict[str, Any], kind: str) -> None:
    stream, actor = new_id(), {"kind": "system", "name": "motcua"}
    at = clock.now()
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    body = canonical([str(stream), 7, moment, kind, actor, data])
    expected = hashlib.sha256(b"before" + body).digest()
    assert event_hash(b"before", stream, 7, at, kind, actor, data) == expected
    assert event_hash(b"before", stream, 7, at, kind, Written(actor), Written(data)) == expected
    without_floats(data)


@pytest.mark.parametrize("wrong", [1.5, {"a": [0.1]}, {1: "a"}, {"a": {"b": object()}}, [b"bytes"], {"a": DAY}])
def test_what_would_not_survive_the_database_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError):
        without_floats(wrong)


def test_keys_come_from_the_source_while_it_is_set() -> None:
    def keys() -> list[UUID]:
        numbers = Random(4)
        moment = clock.now().replace(year=2026, month=3, day=2, hour=9, minute=0, second=0, microsecond=0)
        with made_by(lambda: id_at(moment, numbers.getrandbits(74))):
            return [new_id() for _ in range(3)]

    assert keys() == keys()
    assert len({*keys(), new_id(), new_id()}) == 5
    assert all(key.version == 7 for key in keys())


@pytest.mark.django_db
def test_histories_side_by_side_share_a_series() -> None:
    first, second = BulkWork(SYSTEM), BulkWork(SYSTEM)
    told = [work.next_number("BG-H57", DAY, shared=True) for work in (first, second, first, second)]
    assert told == [1, 2, 3, 4]
    first.flush()
    assert second.next_number("BG-H57", DAY, shared=True) == 5
