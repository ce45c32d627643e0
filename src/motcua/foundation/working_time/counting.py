"""Working time in numbers: when it is due, how much lies between, what remains. Everything is O(log n) or better."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid
from motcua.foundation.working_time.allowance import Allowance, Unit
from motcua.foundation.working_time.calendar import Calendar, DueMoment, local
from motcua.foundation.working_time.table import Table, worked_before

_MIDNIGHT = datetime.min.time()


def due(calendar: Calendar, received: datetime, allowance: Allowance) -> datetime:
    """When the time allowed ends, in Vietnamese time.

    ``received``: aware; the moment of complete and correct acceptance by the competent agency (ND118 Đ17.3). After
    office hours and on days off the count begins on the next working morning. Days and months leave out the first day
    (BLDS Đ147.2), never end on a day off (BLDS Đ148.5), and end at closing time or at the hour of receipt as the
    calendar's ``due_moment`` says. Hours are working hours and roll over lunch, night and days off.
    Raises ``ValueError`` for a moment without a time zone, ``Invalid`` beyond the known holidays.
    """
    table = calendar.table
    day, second = opening(table, local(received))
    return moment(*end_of(calendar, day, second, allowance))


def opening(table: Table, received: datetime) -> tuple[int, int]:
    """The day and second at which a count begins for what was received at this (local) moment."""
    day = received.toordinal()
    second = received.hour * 3600 + received.minute * 60 + received.second
    span = table.span(day)
    shifts = span.shifts[day - span.first] or span.reception.get(day)
    if shifts and second <= shifts[-1][1]:
        for start, end in shifts:
            if second <= end:
                return day, second if second > start else start
    day = span.ordinals[span.days[day + 1 - span.first]]
    return day, span.shifts[day - span.first][0][0]


def end_of(calendar: Calendar, day: int, second: int, allowance: Allowance) -> tuple[int, int]:
    """Day and second at which a count that begins at this opening ends."""
    value = allowance.value
    if allowance.unit is Unit.HOUR:
        seconds = round(value * 3600)
        return calendar.table.forward(day, second, seconds) if seconds else (day, second)
    return close(calendar, *last_day(calendar.table, day, allowance), second)


def last_day(table: Table, day: int, allowance: Allowance) -> tuple[int, float]:
    """The last day of a count in days or months before it is moved off a day off, and the part of it that counts.

    The part is 0 for whole days; 3.5 working days end with half of the fourth day.
    """
    whole = int(allowance.value)
    part = allowance.value - whole
    if allowance.unit is Unit.WORKING_DAY:
        count = whole + 1 if part else whole
        return (table.nth_day(day, count) if count else day), part
    if allowance.unit is Unit.DAY:
        return day + whole + (1 if part else 0), part
    # Half a month is fifteen days (BLDS Đ146.1); a month of thirty days measures other parts.
    return add_months(date.fromordinal(day), whole).toordinal() + round(part * 30), 0


def close(calendar: Calendar, day: int, part: float, second: int) -> tuple[int, int]:
    """Moves a last day off days off and gives it its hour."""
    table = calendar.table
    ended = table.next_day(day)
    shifts = table.shifts_on(ended)
    if ended == day and part:
        total = worked_before(shifts, 86_400)
        return table.forward(ended, 0, max(1, round(total * part)))
    closing = shifts[-1][1]
    if calendar.due_moment is DueMoment.CLOSING or ended != day or second >= closing:
        return ended, closing
    # An hour of receipt that falls into the last day's break ends with the shift before it, when somebody is there.
    for start, end in reversed(shifts):
        if second > start:
            return ended, min(second, end)
    return ended, shifts[0][0]


def moment(day: int, second: int) -> datetime:
    """The moment in Vietnamese time."""
    return datetime.combine(date.fromordinal(day), _MIDNIGHT, VIETNAM) + timedelta(seconds=second)


def add_months(start: date, months: int) -> date:
    """The same day ``months`` later, or the last day of that month where it is shorter (BLDS Đ148.4)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise Invalid("The date lies outside the calendar.")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether the agency works on ``day``, so that it counts."""
    return bool(calendar.table.shifts_on(day.toordinal()))


def next_working_day(calendar: Calendar, day: date, count: int = 1) -> date:
    """The ``count``-th working day after ``day`` (``count`` ≥ 1)."""
    if count < 1:
        raise ValueError("count is at least 1")
    return date.fromordinal(calendar.table.nth_day(day.toordinal(), count))


def previous_working_day(calendar: Calendar, day: date) -> date:
    """The last working day before ``day``."""
    return date.fromordinal(calendar.table.previous_day(day.toordinal() - 1))


def working_days_between(calendar: Calendar, first: date, last: date) -> int:
    """Working days after ``first`` up to and including ``last``; negative when ``last`` is earlier."""
    return calendar.table.days_between(first.toordinal(), last.toordinal())


def working_seconds_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Seconds of office hours between two aware moments; negative when ``end`` is earlier."""
    return calendar.table.between(_place(start), _place(end))


def add_working_seconds(calendar: Calendar, start: datetime, seconds: int) -> datetime:
    """The earliest moment by which so many seconds of office hours have passed since ``start`` (aware).

    Negative ``seconds``: the latest moment from which so many pass until ``start``, as reminders need it.
    Zero: ``start`` itself.
    """
    if not seconds:
        return local(start)
    place = _place(start)
    if seconds > 0:
        return moment(*calendar.table.forward(*place, seconds))
    return moment(*calendar.table.backward(*place, -seconds))


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left until a due moment. When late, days and seconds say by how much."""

    late: bool
    working_days: int
    working_seconds: int


def remaining(calendar: Calendar, at: datetime, due_at: datetime) -> Remaining:
    """Working days (whole dates apart) and working seconds between ``at`` and ``due_at``, both aware.

    Late is later than the due moment to the second; dates are compared for ``working_days`` (FACTS §3: vendors compare
    dates, index 766 moments).
    """
    early, later = (at, due_at) if at <= due_at else (due_at, at)
    return Remaining(
        at > due_at,
        working_days_between(calendar, local(early).date(), local(later).date()),
        working_seconds_between(calendar, early, later),
    )


def _place(at: datetime) -> tuple[int, int]:
    at = local(at)
    return at.toordinal(), at.hour * 3600 + at.minute * 60 + at.second
