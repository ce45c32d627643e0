"""When people come: totals, weekdays, Tết; and what the builder refuses."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.ledger.models import Event
from motcua.foundation.errors import Refused
from motcua.foundation.identifiers import parse_identity, parse_phone, parse_tax_code
from motcua.foundation.working_time import DEFAULT_CALENDAR
from motcua.interfaces.cli.demo import build, people, rhythm
from tests.factories import make_units

FIRST, LAST = date(2025, 11, 22), date(2026, 11, 22)


@given(st.integers(0, 40_000))
def test_every_dossier_has_its_day(total: int) -> None:
    days = rhythm.spread(DEFAULT_CALENDAR, FIRST, LAST, total)
    assert sum(day.count for day in days) == total
    assert [day.day for day in days] == sorted(day.day for day in days)


@given(st.integers(1, 5000), st.integers(1, 2000))
def test_portions_hold_all_days_once_and_in_order(total: int, size: int) -> None:
    days = rhythm.spread(DEFAULT_CALENDAR, FIRST, LAST, total)
    assert [day for portion in rhythm.chunks(days, size) for day in portion] == days


def test_weeks_and_tet_look_like_weeks_and_tet() -> None:
    days = {day.day: day.count for day in rhythm.spread(DEFAULT_CALENDAR, FIRST, LAST, 20_000)}
    by_weekday = Counter({day.weekday(): 0 for day in days})
    for day, count in days.items():
        by_weekday[day.weekday()] += count
    assert by_weekday[0] > by_weekday[4] > 5 * by_weekday[6]
    tet = [count for day, count in days.items() if date(2026, 2, 16) <= day <= date(2026, 2, 20)]
    usual = [count for day, count in days.items() if date(2026, 4, 6) <= day <= date(2026, 4, 10)]
    assert sum(tet) * 10 < sum(usual)


def test_people_come_in_office_hours_to_the_counter_and_at_any_hour_on_line() -> None:
    rng = Random(3)
    counter = Counter(rhythm.at_counter(rng, date(2026, 4, 6)).hour for _ in range(4000))
    assert set(counter) <= {7, 8, 9, 10, 11, 13, 14, 15, 16}
    assert counter[9] > counter[15] > counter[13]
    assert len(Counter(rhythm.at_home(rng, date(2026, 4, 6)).hour for _ in range(4000))) == 24


@given(st.integers(0, 3_999_999), st.integers(0, 2**32), st.booleans())
def test_invented_people_are_possible(serial: int, seed: int, firm: bool) -> None:
    someone = people.person(Random(seed), serial, ("19753", "Phường Phú Xuân"), firm=firm)
    assert parse_identity(someone.identity_number).ok
    assert parse_phone(someone.phone).ok
    if firm:
        assert parse_tax_code(someone.tax_code).ok


def test_no_two_people_have_one_number() -> None:
    serials = [*range(3000), *range(1_000_000, 1_003_000), *range(3_997_000, 4_000_000)]
    made = [people.person(Random(1), serial, ("", ""), firm=True) for serial in serials]
    assert len({each.identity_number for each in made}) == len(made)
    assert len({each.tax_code for each in made}) == len(made)


@pytest.mark.django_db
def test_a_database_with_anything_of_its_own_is_refused() -> None:
    make_units()
    before = Event.objects.count()
    with pytest.raises(Refused):
        build.build(dossiers=10, processes=1)
    assert Event.objects.count() == before
