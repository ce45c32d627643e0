"""The fast computation against the slow reference, on any calendar."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from motcua.foundation.working_time import (
    DEFAULT_CALENDAR,
    Allowance,
    Calendar,
    Effect,
    Stop,
    Unit,
    add_working_seconds,
    due,
    is_working_day,
    next_working_day,
    reckon,
    working_days_between,
    working_seconds_between,
)
from tests.foundation.working_time import reference
from tests.foundation.working_time.strategies import allowances, calendars, moments

slow = settings(deadline=None, max_examples=150)


def _weekly_minutes(calendar: Calendar) -> float:
    return sum((shift.seconds[1] - shift.seconds[0]) / 60 for hours in calendar.week for shift in hours)


@slow
@given(calendars(), moments, allowances)
def test_due_is_what_walking_gives(calendar: Calendar, received: datetime, allowance: Allowance) -> None:
    # An office of a few minutes a week would make the reference walk for years.
    assume(allowance.unit is not Unit.HOUR or _weekly_minutes(calendar) > 600)
    assume(allowance.unit is not Unit.WORKING_DAY or sum(map(bool, calendar.week)) > 1)
    assert due(calendar, received, allowance) == reference.due(calendar, received, allowance)


@settings(deadline=None, max_examples=300)
@given(moments, allowances)
def test_due_on_the_default_calendar(received: datetime, allowance: Allowance) -> None:
    assert due(DEFAULT_CALENDAR, received, allowance) == reference.due(DEFAULT_CALENDAR, received, allowance)


@slow
@given(calendars(), moments, st.integers(-20_000, 20_000))
def test_working_time_between(calendar: Calendar, start: datetime, minutes: int) -> None:
    end = start + timedelta(minutes=minutes)
    expected = reference.minutes_between(calendar, min(start, end), max(start, end))
    assert working_seconds_between(calendar, start, end) == 60 * expected * (1 if minutes >= 0 else -1)


@slow
@given(calendars(), moments, st.integers(1, 40 * 3600))
def test_adding_is_the_reverse_of_measuring(calendar: Calendar, start: datetime, seconds: int) -> None:
    assume(_weekly_minutes(calendar) > 60)
    later = add_working_seconds(calendar, start, seconds)
    earlier = add_working_seconds(calendar, start, -seconds)
    assert working_seconds_between(calendar, start, later) == seconds
    assert working_seconds_between(calendar, earlier, start) == seconds
    # The earliest such moment, and the latest.
    assert working_seconds_between(calendar, start, later - timedelta(seconds=1)) == seconds - 1
    assert working_seconds_between(calendar, earlier + timedelta(seconds=1), start) == seconds - 1


@slow
@given(calendars(), moments, st.integers(1, 50))
def test_counting_working_days(calendar: Calendar, start: datetime, count: int) -> None:
    assume(sum(map(bool, calendar.week)) > 1)
    day = start.date()
    end = next_working_day(calendar, day, count)
    assert is_working_day(calendar, end)
    assert working_days_between(calendar, day, end) == count
    assert working_days_between(calendar, end, day) == -count
    assert bool(reference.shifts(calendar, end)) is True


@slow
@given(calendars(), moments, allowances)
def test_the_end_never_on_a_day_off(calendar: Calendar, received: datetime, allowance: Allowance) -> None:
    assume(_weekly_minutes(calendar) > 60)
    assume(allowance.value > 0)
    end = due(calendar, received, allowance)
    assert is_working_day(calendar, end.date())
    # And at an hour at which somebody is there.
    assert any(shift.start <= end.time() <= shift.end for shift in calendar.shifts_on(end.date()))


@slow
@given(calendars(), moments, moments, allowances)
def test_later_receipt_is_never_due_earlier(
    calendar: Calendar, one: datetime, other: datetime, allowance: Allowance
) -> None:
    assume(_weekly_minutes(calendar) > 60)
    first, second = min(one, other), max(one, other)
    assert due(calendar, first, allowance).date() <= due(calendar, second, allowance).date()


@slow
@given(calendars(), moments, allowances, st.integers(0, 20_000), st.integers(0, 20_000))
def test_restart_is_as_if_received_then(
    calendar: Calendar, start: datetime, allowance: Allowance, before: int, wait: int
) -> None:
    assume(_weekly_minutes(calendar) > 60)
    at = start + timedelta(minutes=before)
    until = at + timedelta(minutes=wait)
    outcome = reckon(calendar, start, allowance, [Stop(at, until, Effect.RESTART)])
    assert outcome.due == due(calendar, until, allowance)
    assert outcome.steps[-1].at == outcome.due


@slow
@given(moments, st.integers(1, 40), st.integers(0, 20_000), st.integers(0, 20_000))
def test_resuming_working_hours_moves_the_end_by_the_hours_waited(
    start: datetime, hours: int, before: int, wait: int
) -> None:
    calendar, allowance = DEFAULT_CALENDAR, Allowance(hours, Unit.HOUR)
    at = start + timedelta(minutes=before)
    until = at + timedelta(minutes=wait)
    plain = due(calendar, start, allowance)
    assume(at < plain)
    moved = reckon(calendar, start, allowance, [Stop(at, until, Effect.RESUME)]).due
    assert moved is not None
    assert working_seconds_between(calendar, plain, moved) == working_seconds_between(calendar, at, until)


@slow
@given(moments, allowances, st.integers(0, 20_000), st.integers(0, 20_000))
def test_resuming_never_shortens_and_never_gives_more_than_a_restart(
    start: datetime, allowance: Allowance, before: int, wait: int
) -> None:
    at = start + timedelta(minutes=before)
    until = at + timedelta(minutes=wait)
    plain = due(DEFAULT_CALENDAR, start, allowance)
    assume(at < plain)
    resumed = reckon(DEFAULT_CALENDAR, start, allowance, [Stop(at, until, Effect.RESUME)]).due
    assert resumed is not None
    assert plain.date() <= resumed.date()
    if allowance.unit is not Unit.MONTH:  # months differ in length: 31 days left are more than the next month
        assert resumed <= due(DEFAULT_CALENDAR, until, allowance)


@slow
@given(moments, allowances)
def test_the_fast_way_and_the_told_way_agree(start: datetime, allowance: Allowance) -> None:
    told = reckon(DEFAULT_CALENDAR, start, allowance)
    assert told.due == due(DEFAULT_CALENDAR, start, allowance)
    assert told.due == reckon(DEFAULT_CALENDAR, start, allowance, explained=False).due
    assert all(step.render() and "%(" not in step.render() and step.basis for step in told.steps)
    assert told.steps[0].at == start
