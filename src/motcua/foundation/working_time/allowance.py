"""How much time the law allows: a number and a unit, as the catalogue of procedures writes it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from motcua.foundation.errors import Invalid

# Half a century: longer than any procedure's time, short enough to stay inside the known holidays.
MOST_YEARS = 50


class Unit(StrEnum):
    """In what the time is counted."""

    HOUR = "hour"  # giờ làm việc
    WORKING_DAY = "working_day"  # ngày làm việc
    DAY = "day"  # ngày (theo lịch)
    MONTH = "month"  # tháng


_MOST = {
    Unit.HOUR: MOST_YEARS * 2000,
    Unit.WORKING_DAY: MOST_YEARS * 250,
    Unit.DAY: MOST_YEARS * 365,
    Unit.MONTH: MOST_YEARS * 12,
}

_NAMES = {
    "hour": Unit.HOUR,
    "hours": Unit.HOUR,
    "h": Unit.HOUR,
    "giờ": Unit.HOUR,
    "giờ làm việc": Unit.HOUR,
    "working_day": Unit.WORKING_DAY,
    "working_days": Unit.WORKING_DAY,
    "working day": Unit.WORKING_DAY,
    "working days": Unit.WORKING_DAY,
    "wd": Unit.WORKING_DAY,
    "ngày làm việc": Unit.WORKING_DAY,
    "day": Unit.DAY,
    "days": Unit.DAY,
    "ngày": Unit.DAY,
    "month": Unit.MONTH,
    "months": Unit.MONTH,
    "tháng": Unit.MONTH,
}

_FORM = re.compile(r"\s*(\d{1,6}(?:[.,]\d{1,4})?)\s*([^\W\d][\w ]{0,30}?)\s*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A time allowed, such as 5 working days. ``value`` may be a fraction: the catalogue knows 3.5 working days."""

    value: int | float
    unit: Unit

    def __post_init__(self) -> None:
        value = self.value
        unit = Unit(self.unit)
        if not math.isfinite(value) or value < 0 or value > _MOST[unit]:
            raise Invalid("A time of %(value)s %(unit)s cannot be computed.", value=value, unit=unit.value)
        object.__setattr__(self, "unit", unit)
        if isinstance(value, float) and value.is_integer():
            object.__setattr__(self, "value", int(value))

    @classmethod
    def parse(cls, text: str) -> Allowance:
        """Reads "5 working_day", "8 hour", "3,5 ngày làm việc", "2 tháng". Raises ``Invalid`` for all else."""
        match = _FORM.fullmatch(text[:60])
        unit = _NAMES.get(" ".join(match[2].lower().split())) if match else None
        if match is None or unit is None:
            raise Invalid(
                "“%(text)s” is not a time. Write a number and hour, working_day, day or month: 5 working_day.",
                text=text[:60],
            )
        return cls(float(match[1].replace(",", ".")), unit)

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit.value}" if isinstance(self.value, float) else f"{self.value} {self.unit}"
