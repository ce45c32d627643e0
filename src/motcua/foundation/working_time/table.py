"""Prefix sums over days: how many working days and working seconds lie before each day.

They make each question one look-up or one bisection. A table covers a range of years and grows when it is asked
beyond; a grown table replaces the old one in one assignment, so that threads never see half of one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from functools import lru_cache
from threading import Lock

from motcua.foundation.errors import Invalid
from motcua.foundation.working_time.public_holidays import FIRST_YEAR, LAST_YEAR, holidays_of

Shifts = tuple[tuple[int, int], ...]
"""Shifts of a day in seconds after midnight."""

_LAST_ORDINAL = date.max.toordinal()


class Span:
    """The sums over consecutive days ``first``..``last`` (ordinals)."""

    __slots__ = ("days", "first", "last", "ordinals", "reception", "seconds", "shifts", "years")

    def __init__(
        self,
        years: tuple[int, int],
        week: tuple[Shifts, ...],
        reception: tuple[Shifts, ...],
        special: dict[int, Shifts],
        public_holidays: bool,
    ) -> None:
        self.years = years
        self.first = date(years[0], 1, 1).toordinal()
        self.last = date(years[1], 12, 31).toordinal()
        usual = next(shifts for shifts in week if shifts)
        changed: dict[int, Shifts] = {}
        if public_holidays:
            for year in range(years[0], years[1] + 1):
                book = holidays_of(year)
                changed.update((day.toordinal(), ()) for day in book.off)
                changed.update((day.toordinal(), usual) for day in book.worked)
        changed.update(special)
        weekday = date.fromordinal(self.first).weekday()
        self.shifts: list[Shifts] = []
        self.reception: dict[int, Shifts] = {}
        self.ordinals: list[int] = []
        self.days = [0]
        self.seconds = [0]
        total = 0
        for ordinal in range(self.first, self.last + 1):
            shifts = changed.get(ordinal)
            if shifts is None:
                shifts = week[weekday]
                if not shifts and reception[weekday]:
                    self.reception[ordinal] = reception[weekday]
            self.shifts.append(shifts)
            if shifts:
                self.ordinals.append(ordinal)
                total += sum(end - start for start, end in shifts)
            self.days.append(len(self.ordinals))
            self.seconds.append(total)
            weekday = (weekday + 1) % 7


class Table:
    """Answers in days (ordinals) and seconds after midnight for one calendar."""

    __slots__ = ("_growing", "_public_holidays", "_reception", "_span", "_special", "_week")

    def __init__(
        self,
        week: tuple[Shifts, ...],
        reception: tuple[Shifts, ...],
        special: tuple[tuple[int, Shifts], ...],
        public_holidays: bool,
    ) -> None:
        self._week = week
        self._reception = reception
        self._special = dict(special)
        self._public_holidays = public_holidays
        self._span: Span | None = None
        self._growing = Lock()

    def span(self, ordinal: int) -> Span:
        """Sums that cover the day and the year after it."""
        span = self._span
        if span is not None and span.first <= ordinal <= span.last - 366:
            return span
        year = date.fromordinal(ordinal).year if 0 < ordinal <= _LAST_ORDINAL else 0
        return self._grown(year - 1, year + 2)

    def beyond(self, span: Span) -> Span:
        """Sums that reach further into the future than ``span``."""
        return self._grown(span.years[0], span.years[1] + 1)

    def before(self, span: Span) -> Span:
        """Sums that reach further into the past than ``span``."""
        return self._grown(span.years[0] - 1, span.years[1])

    def _grown(self, low: int, high: int) -> Span:
        if low < FIRST_YEAR - 1 or high > LAST_YEAR + 2:
            raise Invalid(
                "The date lies outside the years %(first)d to %(last)d whose holidays are known.",
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        # Under a lock a span only ever widens: who has seen a day covered may rely on it.
        with self._growing:
            span = self._span
            if span is not None:
                if span.years[0] <= low and high <= span.years[1]:
                    return span
                # Growing by half keeps the number of rebuilds logarithmic when someone walks far.
                reach = max(2, (span.years[1] - span.years[0]) // 2)
                low = min(low, span.years[0] - reach) if low < span.years[0] else span.years[0]
                high = max(high, span.years[1] + reach) if high > span.years[1] else span.years[1]
            years = max(low, FIRST_YEAR - 1), min(high, LAST_YEAR + 2)
            self._span = Span(years, self._week, self._reception, self._special, self._public_holidays)
            return self._span

    def shifts_on(self, ordinal: int) -> Shifts:
        """The counting shifts of a day."""
        span = self.span(ordinal)
        return span.shifts[ordinal - span.first]

    def reception_on(self, ordinal: int) -> Shifts:
        """The shifts on which a day that does not count receives."""
        return self.span(ordinal).reception.get(ordinal, ())

    def next_day(self, ordinal: int) -> int:
        """The first working day on or after ``ordinal``."""
        span = self.span(ordinal)
        return span.ordinals[span.days[ordinal - span.first]]

    def previous_day(self, ordinal: int) -> int:
        """The last working day on or before ``ordinal``."""
        span = self.span(ordinal)
        at = span.days[ordinal - span.first + 1]
        if not at:
            span = self.before(span)
            at = span.days[ordinal - span.first + 1]
        return span.ordinals[at - 1]

    def days_until(self, ordinal: int) -> int:
        """Working days from the table's beginning up to and including ``ordinal``; only differences mean anything."""
        span = self.span(ordinal)
        return span.days[ordinal - span.first + 1]

    def days_between(self, first: int, last: int) -> int:
        """Working days after ``first`` up to and including ``last``; negative when ``last`` is earlier."""
        self.span(min(first, last))
        span = self.span(max(first, last))
        return span.days[last - span.first + 1] - span.days[first - span.first + 1]

    def nth_day(self, ordinal: int, count: int) -> int:
        """The ``count``-th working day after ``ordinal`` (``count`` ≥ 1)."""
        span = self.span(ordinal)
        at = span.days[ordinal - span.first + 1] + count - 1
        while at >= len(span.ordinals):
            span = self.beyond(span)
            at = span.days[ordinal - span.first + 1] + count - 1
        return span.ordinals[at]

    def position(self, span: Span, ordinal: int, second: int) -> int:
        """Working seconds from the span's beginning until this moment."""
        at = ordinal - span.first
        return span.seconds[at] + worked_before(span.shifts[at], second)

    def between(self, first: tuple[int, int], last: tuple[int, int]) -> int:
        """Working seconds between two moments (day, second); negative when the second is earlier."""
        self.span(min(first[0], last[0]))
        span = self.span(max(first[0], last[0]))
        return self.position(span, *last) - self.position(span, *first)

    def forward(self, ordinal: int, second: int, seconds: int) -> tuple[int, int]:
        """The earliest moment at which ``seconds`` (≥ 1) working seconds have passed."""
        span = self.span(ordinal)
        target = self.position(span, ordinal, second) + seconds
        while target > span.seconds[-1]:
            span = self.beyond(span)
            target = self.position(span, ordinal, second) + seconds
        at = bisect_left(span.seconds, target, lo=ordinal - span.first) - 1
        return span.first + at, second_after(span.shifts[at], target - span.seconds[at])

    def backward(self, ordinal: int, second: int, seconds: int) -> tuple[int, int]:
        """The latest moment from which ``seconds`` (≥ 1) working seconds pass until this one."""
        span = self.span(ordinal)
        target = self.position(span, ordinal, second) - seconds
        while target < 0:
            span = self.before(span)
            target = self.position(span, ordinal, second) - seconds
        at = bisect_right(span.seconds, target) - 1
        left = target - span.seconds[at]
        for start, end in span.shifts[at]:
            if left < end - start:
                return span.first + at, start + left
            left -= end - start
        raise AssertionError("a day holds the seconds that its sums say")


def worked_before(shifts: Shifts, second: int) -> int:
    """Seconds of the shifts that lie before ``second`` of the day."""
    worked = 0
    for start, end in shifts:
        if second >= end:
            worked += end - start
        elif second > start:
            return worked + second - start
        else:
            break
    return worked


def second_after(shifts: Shifts, worked: int) -> int:
    """The earliest second of the day at which ``worked`` (≥ 1) seconds of its shifts have passed."""
    for start, end in shifts:
        if worked <= end - start:
            return start + worked
        worked -= end - start
    raise AssertionError("a day holds the seconds that its sums say")


@lru_cache(maxsize=512)
def table_for(
    week: tuple[Shifts, ...],
    reception: tuple[Shifts, ...],
    special: tuple[tuple[int, Shifts], ...],
    public_holidays: bool,
) -> Table:
    """The table of a calendar, one for all equal ones."""
    return Table(week, reception, special, public_holidays)
