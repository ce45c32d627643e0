"""When an agency works: shifts of the week, public holidays, and the days that differ by decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any

from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid
from motcua.foundation.working_time.table import Shifts, Table, table_for

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Office hours without a break, from ``start`` to ``end`` of one day."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start.tzinfo or self.end.tzinfo or self.start >= self.end:
            raise Invalid("A shift must begin before it ends: %(start)s–%(end)s.", start=self.start, end=self.end)

    @classmethod
    def parse(cls, text: str) -> Shift:
        """Reads "07:00-11:30". Raises ``Invalid``."""
        parts = text.replace("–", "-").split("-")
        try:
            start, end = (time.fromisoformat(part.strip()) for part in parts)
        except ValueError:
            raise Invalid("“%(text)s” is not a shift. Write it as 07:00-11:30.", text=text[:40]) from None
        return cls(start, end)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    @property
    def seconds(self) -> tuple[int, int]:
        """Start and end in seconds after midnight."""
        return _seconds(self.start), _seconds(self.end)


class DayKind(StrEnum):
    """What a decision makes of a day."""

    OFF = "off"  # nghỉ
    WORKED = "worked"  # làm bù


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from the week and from the law's holidays, and by which decision.

    ``shifts`` empty on a worked day means the hours of the first working weekday.
    """

    day: date
    kind: DayKind
    basis: str = ""
    shifts: tuple[Shift, ...] = ()


class DueMoment(StrEnum):
    """At which hour of its last day a time counted in days or months ends (docs/decisions/working-time.md)."""

    CLOSING = "closing"  # at the end of the last day's office hours
    HOUR_OF_RECEIPT = "hour_of_receipt"  # at the hour at which the count began


OFFICE_HOURS = (Shift(time(7), time(11, 30)), Shift(time(13, 30), time(17)))
"""Hours of the office that most provinces keep (FACTS §3)."""

NATIONAL_DAYS: tuple[SpecialDay, ...] = (
    SpecialDay(date(2026, 1, 2), DayKind.OFF, "Hoán đổi ngày làm việc Tết Dương lịch 2026"),
    SpecialDay(date(2026, 1, 10), DayKind.WORKED, "Hoán đổi ngày làm việc Tết Dương lịch 2026"),
)
"""Swaps announced by the Government that the holiday library lacks. Units add theirs as data."""


@dataclass(frozen=True)
class Calendar:
    """When an agency works. Immutable and hashable; equal calendars share one table of prefix sums.

    ``week``: shifts from Monday to Sunday that count. ``reception``: shifts on which dossiers are received though the
    day does not count (many one-stop counters open on Saturday morning). ``days``: special days, which win over
    everything else; of two for one date the later in the tuple wins. ``hours_basis``: the decision on office hours.
    """

    week: tuple[tuple[Shift, ...], ...] = (*(OFFICE_HOURS,) * 5, (), ())
    days: tuple[SpecialDay, ...] = NATIONAL_DAYS
    reception: tuple[tuple[Shift, ...], ...] = ((),) * 7
    public_holidays: bool = True
    due_moment: DueMoment = DueMoment.CLOSING
    hours_basis: str = "Giờ làm việc của cơ quan"

    def __post_init__(self) -> None:
        if len(self.week) != 7 or len(self.reception) != 7:
            raise Invalid("A calendar needs the hours of seven days, Monday first.")
        if not any(self.week):
            raise Invalid("A calendar needs at least one working day a week.")
        for shifts in (*self.week, *self.reception, *(day.shifts for day in self.days)):
            if any(second.start < first.end for first, second in pairwise(shifts)):
                raise Invalid("Shifts of one day must follow one another without overlapping.")

    def with_days(self, days: Iterable[SpecialDay]) -> Calendar:
        """The same calendar with more special days, which win over those it has."""
        merged = {each.day: each for each in (*self.days, *days)}
        return replace(self, days=tuple(merged[day] for day in sorted(merged)))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Calendar:
        """A calendar from stored data. Everything may be left out; what is left out is the default.

        ``{"week": {"mon": ["07:00-11:30", …]}, "reception": {"sat": […]}, "days": {"2026-01-02": {"kind": "off",
        "basis": "…", "shifts": […]}}, "national_days": true, "public_holidays": true, "due_moment": "closing",
        "hours_basis": "…"}``. A ``week`` that is given is the whole week: a day not named in it is off.
        Raises ``Invalid``.
        """
        try:
            own = tuple(
                SpecialDay(
                    date.fromisoformat(day), DayKind(rule["kind"]), rule.get("basis", ""), _shifts(rule.get("shifts"))
                )
                for day, rule in sorted((data.get("days") or {}).items())
            )
            base = cls(
                week=_week(data["week"]) if data.get("week") else cls.week,
                days=NATIONAL_DAYS if data.get("national_days", True) else (),
                reception=_week(data.get("reception") or {}),
                public_holidays=bool(data.get("public_holidays", True)),
                due_moment=DueMoment(data.get("due_moment", DueMoment.CLOSING)),
                hours_basis=data.get("hours_basis") or cls.hours_basis,
            )
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise Invalid("The calendar cannot be read: %(reason)s.", reason=str(error)[:200]) from error
        return base.with_days(own) if own else base

    def as_data(self) -> dict[str, Any]:
        """The reverse of ``from_data``: plain data for storage, complete in itself."""
        return {
            "week": {name: [str(shift) for shift in self.week[at]] for at, name in enumerate(WEEKDAYS)},
            "reception": {name: [str(shift) for shift in self.reception[at]] for at, name in enumerate(WEEKDAYS)},
            "days": {
                each.day.isoformat(): {
                    "kind": each.kind.value,
                    "basis": each.basis,
                    "shifts": [str(shift) for shift in each.shifts],
                }
                for each in self.days
            },
            "national_days": False,
            "public_holidays": self.public_holidays,
            "due_moment": self.due_moment.value,
            "hours_basis": self.hours_basis,
        }

    @cached_property
    def table(self) -> Table:
        """The prefix sums, shared between equal calendars."""
        return table_for(
            tuple(tuple(shift.seconds for shift in shifts) for shifts in self.week),
            tuple(tuple(shift.seconds for shift in shifts) for shifts in self.reception),
            tuple(sorted(self._special().items())),
            self.public_holidays,
        )

    @cached_property
    def special(self) -> Mapping[date, SpecialDay]:
        """The special days by date."""
        return {each.day: each for each in self.days}

    def _special(self) -> dict[int, Shifts]:
        usual = next(shifts for shifts in self.week if shifts)
        return {
            each.day.toordinal(): ()
            if each.kind is DayKind.OFF
            else tuple(shift.seconds for shift in each.shifts or usual)
            for each in self.days
        }

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """The hours that count on ``day``; empty on a day off."""
        return tuple(Shift(_time(start), _time(end)) for start, end in self.table.shifts_on(day.toordinal()))


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _time(seconds: int) -> time:
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def _shifts(texts: Iterable[str] | None) -> tuple[Shift, ...]:
    return tuple(sorted(Shift.parse(text) for text in texts or ()))


def _week(data: Mapping[str, Iterable[str]]) -> tuple[tuple[Shift, ...], ...]:
    unknown = set(data) - set(WEEKDAYS)
    if unknown:
        raise ValueError(f"unknown weekday {min(unknown)}")
    return tuple(_shifts(data.get(name)) for name in WEEKDAYS)


DEFAULT_CALENDAR = Calendar()
"""Monday to Friday 07:00–11:30 and 13:30–17:00, public holidays and national swaps."""


def local(moment: datetime) -> datetime:
    """``moment`` in Vietnamese time. Raises ``ValueError`` for a moment without a time zone."""
    zone = moment.tzinfo
    if zone is VIETNAM:
        return moment
    if zone is None:
        raise ValueError("A moment needs a time zone.")
    try:
        return moment.astimezone(VIETNAM)
    except OverflowError:
        raise Invalid("The date lies outside the calendar.") from None
