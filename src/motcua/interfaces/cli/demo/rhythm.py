"""When people come: by season, weekday and hour, with the lull around Tết. All times are Vietnamese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from motcua.foundation.clock import VIETNAM
from motcua.foundation.working_time import Calendar, is_working_day

# Monday is the busiest; on days off only the portal is open.
_WEEKDAYS = (1.25, 1.1, 1.0, 0.98, 0.92, 0.13, 0.07)
_HOLIDAY = 0.04
# Summer brings schools and land business, December the year's end.
_MONTHS = (0.9, 0.75, 1.05, 1.0, 1.0, 1.08, 1.12, 1.12, 1.05, 1.0, 1.0, 1.05)
_COUNTER = {7: 0.6, 8: 1.6, 9: 1.7, 10: 1.2, 11: 0.3, 13: 0.5, 14: 1.4, 15: 1.2, 16: 0.5}
_PORTAL = (2, 1, 1, 1, 1, 3, 8, 22, 60, 70, 58, 40, 24, 34, 55, 52, 44, 30, 26, 34, 42, 36, 20, 8)


@dataclass(frozen=True, slots=True)
class Day:
    """A day with how many dossiers are submitted on it."""

    day: date
    count: int


def weight(calendar: Calendar, day: date) -> float:
    """How busy a day is; an ordinary Wednesday in April is 1."""
    base = _WEEKDAYS[day.weekday()]
    if day.weekday() < 5 and not is_working_day(calendar, day):
        base = _HOLIDAY
    return base * _MONTHS[day.month - 1] * _around_tet(calendar, day)


def _around_tet(calendar: Calendar, day: date) -> float:
    """Before the long holiday people stay away; after it they come all at once."""
    if day.month > 3:
        return 1.0
    for distance in range(1, 11):
        if _in_tet(calendar, day + timedelta(days=distance)):
            return 0.45 + 0.045 * distance
        if _in_tet(calendar, day - timedelta(days=distance)):
            return 0.7 if distance <= 4 else 1.2
    return 1.0


def _in_tet(calendar: Calendar, day: date) -> bool:
    """Whether the day lies in a run of at least seven days off between mid January and the end of February."""
    if not (date(day.year, 1, 15) <= day <= date(day.year, 2, 28)) or is_working_day(calendar, day):
        return False
    first = last = day
    while not is_working_day(calendar, first - timedelta(days=1)):
        first -= timedelta(days=1)
    while not is_working_day(calendar, last + timedelta(days=1)):
        last += timedelta(days=1)
    return (last - first).days >= 6


def spread(calendar: Calendar, first: date, last: date, total: int) -> list[Day]:
    """``total`` dossiers over the days from ``first`` to ``last``, by largest remainder: always the same."""
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    weights = [weight(calendar, day) for day in days]
    scale = total / sum(weights)
    shares = [each * scale for each in weights]
    counts = [int(share) for share in shares]
    by_rest = sorted(range(len(days)), key=lambda at: (counts[at] - shares[at], at))
    for at in by_rest[: total - sum(counts)]:
        counts[at] += 1
    return [Day(day, count) for day, count in zip(days, counts, strict=True)]


def chunks(days: Sequence[Day], size: int) -> list[list[Day]]:
    """Consecutive days in portions of about ``size`` dossiers. A day is never divided: it has its own numbers."""
    portions: list[list[Day]] = [[]]
    held = 0
    for day in days:
        if held and held + day.count > size:
            portions.append([])
            held = 0
        portions[-1].append(day)
        held += day.count
    return portions


def at_counter(rng: Random, day: date) -> datetime:
    """A moment at which somebody hands in papers at a counter."""
    hour = rng.choices(list(_COUNTER), list(_COUNTER.values()))[0]
    first, last = (30, 59) if hour == 13 else (0, 29) if hour in (11, 16) else (0, 59)
    return _moment(rng, day, hour, rng.randint(first, last))


def at_home(rng: Random, day: date) -> datetime:
    """A moment at which somebody submits over the portal."""
    return _moment(rng, day, rng.choices(range(24), _PORTAL)[0], rng.randrange(60))


def _moment(rng: Random, day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute, rng.randrange(60), rng.randrange(1_000_000)), VIETNAM)
