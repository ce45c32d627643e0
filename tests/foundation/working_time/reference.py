"""The slow, obviously right reference: it walks minute by minute and day by day and keeps no sums.

It asks the holiday library itself, so that a mistake in our reading of it shows.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from motcua.foundation.clock import VIETNAM
from motcua.foundation.working_time import Allowance, Calendar, DayKind, DueMoment, Shift, Unit

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@cache
def _book() -> holidays.HolidayBase:
    return holidays.Vietnam(years=range(2014, 2036))


def shifts(calendar: Calendar, day: date) -> tuple[Shift, ...]:
    usual = next(hours for hours in calendar.week if hours)
    special = [each for each in calendar.days if each.day == day]
    if special:
        last = special[-1]
        return () if last.kind is DayKind.OFF else (last.shifts or usual)
    if calendar.public_holidays:
        if day in _book().weekend_workdays:
            return usual
        if day in _book():
            return ()
    return calendar.week[day.weekday()]


def receives(calendar: Calendar, day: date) -> tuple[Shift, ...]:
    if hours := shifts(calendar, day):
        return hours
    special = any(each.day == day for each in calendar.days)
    if special or (calendar.public_holidays and day in _book()):
        return ()
    return calendar.reception[day.weekday()]


def opening(calendar: Calendar, received: datetime) -> datetime:
    moment = received
    hours = receives(calendar, moment.date())
    if not hours or moment.time() > hours[-1].end:
        moment = datetime.combine(moment.date() + DAY, time(0), VIETNAM)
        while not shifts(calendar, moment.date()):
            moment += DAY
        hours = shifts(calendar, moment.date())
    while not any(shift.start <= moment.time() <= shift.end for shift in hours):
        moment += MINUTE
    return moment


def working_minute(calendar: Calendar, moment: datetime) -> bool:
    """Whether the minute that begins at this moment is worked."""
    return any(shift.start <= moment.time() < shift.end for shift in shifts(calendar, moment.date()))


def minutes_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    total = 0
    while start < end:
        total += working_minute(calendar, start)
        start += MINUTE
    return total


def add_minutes(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    while minutes:
        minutes -= working_minute(calendar, start)
        start += MINUTE
    return start


def due(calendar: Calendar, received: datetime, allowance: Allowance) -> datetime:
    """For whole values only."""
    began = opening(calendar, received)
    value = int(allowance.value)
    if allowance.unit is Unit.HOUR:
        return add_minutes(calendar, began, value * 60)
    day = began.date()
    if allowance.unit is Unit.WORKING_DAY:
        while value:
            day += DAY
            value -= bool(shifts(calendar, day))
    elif allowance.unit is Unit.DAY:
        for _ in range(value):
            day += DAY
    else:
        for _ in range(value):  # walk to the first of the next month, then to the day or as far as the month goes
            day = day.replace(day=28) + 4 * DAY
            day = day.replace(day=1)
        month = day.month
        while day.day < began.day and (day + DAY).month == month:
            day += DAY
    moved = False
    while not shifts(calendar, day):
        day += DAY
        moved = True
    hours = shifts(calendar, day)
    if calendar.due_moment is DueMoment.CLOSING or moved:
        return datetime.combine(day, hours[-1].end, VIETNAM)
    moment = datetime.combine(day, began.time(), VIETNAM)
    while moment.time() > hours[0].start and not any(s.start < moment.time() <= s.end for s in hours):
        moment -= MINUTE
    return max(moment, datetime.combine(day, hours[0].start, VIETNAM))
