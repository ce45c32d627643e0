"""Whether a counter is open now, and when it opens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from motcua.engines.organisations.queries import calendar_for
from motcua.foundation.clock import VIETNAM

LOOK_AHEAD = 30


@dataclass(frozen=True, slots=True)
class Hours:
    """``until``: the end of the shift when open; ``opens``: the beginning of the next one when closed."""

    open: bool
    until: datetime | None = None
    opens: datetime | None = None


def state_of(unit_id: UUID, now: datetime) -> Hours:
    """By the unit's own calendar, holidays and swapped days included."""
    calendar = calendar_for(unit_id)
    local = now.astimezone(VIETNAM)
    for ahead in range(LOOK_AHEAD):
        day = local.date() + timedelta(days=ahead)
        for shift in calendar.shifts_on(day):
            start = datetime.combine(day, shift.start, VIETNAM)
            end = datetime.combine(day, shift.end, VIETNAM)
            if start <= local < end:
                return Hours(True, until=end)
            if local < start:
                return Hours(False, opens=start)
    return Hours(False)
