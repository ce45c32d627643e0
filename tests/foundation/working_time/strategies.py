"""Calendars and moments of every shape that an administrator could enter."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from motcua.foundation.clock import VIETNAM
from motcua.foundation.working_time import Allowance, Calendar, DayKind, DueMoment, Shift, SpecialDay, Unit


def _at(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


@st.composite
def day_shifts(draw: st.DrawFn, least: int = 0) -> tuple[Shift, ...]:
    count = draw(st.integers(least, 3))
    edges = sorted(draw(st.lists(st.integers(0, 1439), min_size=2 * count, max_size=2 * count, unique=True)))
    return tuple(Shift(_at(edges[2 * at]), _at(edges[2 * at + 1])) for at in range(count))


special_days = st.builds(
    SpecialDay,
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    st.sampled_from(DayKind),
    st.just("QĐ"),
    st.one_of(st.just(()), day_shifts(1)),
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    if draw(st.booleans()):
        base = Calendar(due_moment=draw(st.sampled_from(DueMoment)))
        return base.with_days(draw(st.lists(special_days, max_size=6)))
    week = [draw(day_shifts()) for _ in range(7)]
    at = draw(st.integers(0, 6))
    week[at] = draw(day_shifts(1))
    reception = tuple(draw(day_shifts()) if not hours else () for hours in week)
    return Calendar(
        week=tuple(week),
        days=tuple({day.day: day for day in draw(st.lists(special_days, max_size=6))}.values()),
        reception=reception,
        public_holidays=draw(st.booleans()),
        due_moment=draw(st.sampled_from(DueMoment)),
    )


moments = st.builds(
    lambda day, minute: datetime.combine(day, time(0), VIETNAM) + timedelta(minutes=minute),
    # Around Tết, swaps and make-up Saturdays more often than chance would have it.
    st.one_of(
        st.dates(date(2024, 1, 1), date(2027, 6, 30)),
        st.dates(date(2025, 12, 25), date(2026, 2, 28)),
        st.dates(date(2026, 8, 15), date(2026, 9, 5)),
    ),
    st.integers(0, 1439),
)

allowances = st.one_of(
    st.builds(Allowance, st.integers(0, 24), st.just(Unit.HOUR)),
    st.builds(Allowance, st.integers(0, 60), st.just(Unit.WORKING_DAY)),
    st.builds(Allowance, st.integers(0, 90), st.just(Unit.DAY)),
    st.builds(Allowance, st.integers(0, 14), st.just(Unit.MONTH)),
)
