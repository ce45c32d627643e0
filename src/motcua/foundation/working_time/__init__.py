"""Working time: when an agency works, when something is due there, and why.

>>> from motcua.foundation.working_time import DEFAULT_CALENDAR, Allowance, due, explain
>>> due(DEFAULT_CALENDAR, received, Allowance.parse("5 working_day"))
"""

from motcua.foundation.messages import Text
from motcua.foundation.working_time.allowance import Allowance, Unit
from motcua.foundation.working_time.calendar import (
    DEFAULT_CALENDAR,
    NATIONAL_DAYS,
    OFFICE_HOURS,
    Calendar,
    DayKind,
    DueMoment,
    Shift,
    SpecialDay,
)
from motcua.foundation.working_time.counting import (
    Remaining,
    add_working_seconds,
    due,
    is_working_day,
    next_working_day,
    previous_working_day,
    remaining,
    working_days_between,
    working_seconds_between,
)
from motcua.foundation.working_time.reckoning import (
    Effect,
    Extension,
    Reckoning,
    Stop,
    closes_unanswered,
    explain,
    last_extension,
    reckon,
)
from motcua.foundation.working_time.steps import Step

__all__ = [
    "DEFAULT_CALENDAR",
    "NATIONAL_DAYS",
    "OFFICE_HOURS",
    "Allowance",
    "Calendar",
    "DayKind",
    "DueMoment",
    "Effect",
    "Extension",
    "Reckoning",
    "Remaining",
    "Shift",
    "SpecialDay",
    "Step",
    "Stop",
    "Text",
    "Unit",
    "add_working_seconds",
    "closes_unanswered",
    "due",
    "explain",
    "is_working_day",
    "last_extension",
    "next_working_day",
    "previous_working_day",
    "reckon",
    "remaining",
    "working_days_between",
    "working_seconds_between",
]
