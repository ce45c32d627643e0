"""Tells a reckoning as steps. Kept apart from the reckoning, which must be fast when nobody asks why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from motcua.foundation.clock import VIETNAM
from motcua.foundation.messages import Text
from motcua.foundation.working_time import public_holidays
from motcua.foundation.working_time.allowance import Allowance, Unit
from motcua.foundation.working_time.calendar import Calendar, DayKind, DueMoment
from motcua.foundation.working_time.steps import Step

FIRST_DAY = "BLDS Đ147.2"
FROM_THE_MOMENT = "BLDS Đ147.1"
DAY_OFF = "BLDS Đ148.5"
END_OF_DAY = "BLDS Đ148.6"
MONTH_END = "BLDS Đ148.4"
WEEKLY_REST = "BLLĐ Đ111"

_UNITS = {
    Unit.HOUR: "%(value)s working hours",
    Unit.WORKING_DAY: "%(value)s working days",
    Unit.DAY: "%(value)s days",
    Unit.MONTH: "%(value)s months",
}

_ONE = {
    Unit.HOUR: "1 working hour",
    Unit.WORKING_DAY: "1 working day",
    Unit.DAY: "1 day",
    Unit.MONTH: "1 month",
}


def allowance_text(allowance: Allowance) -> Text:
    """The time in words."""
    if allowance.value == 1:
        return Text(_ONE[allowance.unit])
    return Text(_UNITS[allowance.unit], {"value": f"{allowance.value:.6g}"})


class Narrator:
    """Collects the steps of one reckoning in the order of telling."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._steps: list[Step] = []

    def done(self) -> tuple[Step, ...]:
        """The steps so far."""
        return tuple(self._steps)

    def _say(self, when: datetime, text: str, basis: str, /, **params: Any) -> None:
        self._steps.append(Step(when, text, basis, params))

    def received(self, at: datetime) -> None:
        """The start."""
        self._say(at, "Received at %(at)s.", "ND118 Đ17.3", at=at)

    def opened(self, at: datetime, opened: datetime) -> None:
        """The shift of the start to office hours, if there is one."""
        if opened <= at:
            return
        params: dict[str, Any] = {"opened": opened}
        if opened.date() == at.date():
            text = "Outside office hours; counted from %(opened)s."
        elif self._calendar.table.shifts_on(at.toordinal()):
            text = "After the end of office hours; counted from the next working morning, %(opened)s."
        else:
            text = "On a day off (%(reason)s); counted from the next working morning, %(opened)s."
            params["reason"] = self._reason(at.date())[0]
        self._skipped(at.date() + timedelta(days=1), opened.date() - timedelta(days=1))
        self._say(opened, text, self._calendar.hours_basis, **params)

    def counted(self, start: datetime, allowance: Allowance, nominal: int, end: datetime) -> None:
        """The count itself: how long, what is left out, whether the last day moves."""
        unit = allowance.unit
        text = allowance_text(allowance)
        if unit is Unit.HOUR:
            self._say(start, "%(time)s count from this moment.", FROM_THE_MOMENT, time=text)
        elif not allowance.value:
            self._say(start, "Due on the same working day.", END_OF_DAY)
        else:
            self._say(start, "%(time)s; the first day is not counted.", FIRST_DAY, time=text)
        if unit in (Unit.HOUR, Unit.WORKING_DAY):
            # Days off between the start and the end were left out of the count; each public holiday is named.
            self._skipped(start.date() + timedelta(days=1), end.date() - timedelta(days=1))
            return
        last = date.fromordinal(nominal)
        if unit is Unit.MONTH and last.day != start.day and float(allowance.value).is_integer():
            self._say(
                _start(last), "That month has no day %(day)s; the time ends on its last day.", MONTH_END, day=start.day
            )
        if end.date() != last:
            reason = self._reason(last)
            self._say(
                _start(last),
                "The last day, %(last)s, is a day off (%(reason)s); the time ends on the next working day, %(next)s.",
                DAY_OFF,
                last=last,
                reason=reason[0],
                next=end.date(),
            )

    def stopped(self, at: datetime, basis: str) -> None:
        """A wait begins."""
        self._say(at, "The clock stops at %(at)s.", basis, at=at)

    def restarted(self, at: datetime, basis: str) -> None:
        """A wait ends with a new full period."""
        self._say(at, "The clock starts again from zero at %(at)s.", basis, at=at)

    def resumed(self, at: datetime, left: Allowance | None, basis: str) -> None:
        """A wait ends and what was left goes on."""
        if left is None:
            self._say(at, "The wait ends at %(at)s; the time had already run out before it.", basis, at=at)
        else:
            self._say(at, "The clock goes on at %(at)s with %(left)s left.", basis, at=at, left=allowance_text(left))

    def extended(self, at: datetime, before: datetime, by: Allowance, late: bool, basis: str) -> None:
        """An extension."""
        self._say(
            at,
            "Extended once by %(time)s, with an apology; the time had ended at %(before)s.",
            basis,
            time=allowance_text(by),
            before=before,
        )
        if late:
            self._say(at, "The extension came later than one day before the end.", basis)

    def due(self, at: datetime, allowance: Allowance) -> None:
        """The end."""
        if allowance.unit is Unit.HOUR:
            basis = FROM_THE_MOMENT
        elif self._calendar.due_moment is DueMoment.CLOSING:
            basis = END_OF_DAY
        else:
            basis = self._calendar.hours_basis
        self._say(at, "Due at %(at)s.", basis, at=at)

    def _skipped(self, first: date, last: date) -> None:
        """Names what was left out, in the order of days; weekly rest is told once, not weekend by weekend."""
        told = len(self._steps)
        weekend: list[date] = []
        for run in self._runs(first, last):
            days = [day for day, _, _ in run]
            basis = run[0][2]
            if basis == WEEKLY_REST:
                weekend += days
                continue
            names = tuple({reason.render(): reason for _, reason, _ in run}.values())
            if len(days) == 1:
                self._say(_start(days[0]), "%(day)s is not counted: %(reason)s.", basis, day=days[0], reason=names)
            else:
                text = "%(first)s to %(last)s are not counted: %(reason)s."
                self._say(_start(days[0]), text, basis, first=days[0], last=days[-1], reason=names)
        if len(weekend) == 1:
            text = "%(day)s is not counted: %(reason)s."
            self._say(_start(weekend[0]), text, WEEKLY_REST, day=weekend[0], reason=Text("weekly rest day"))
        elif weekend:
            self._say(
                _start(weekend[0]),
                "%(count)s weekly rest days between %(first)s and %(last)s are not counted.",
                WEEKLY_REST,
                count=len(weekend),
                first=weekend[0],
                last=weekend[-1],
            )
        for day in self._made_up(first, last):
            special = self._calendar.special.get(day)
            basis = special.basis if special else public_holidays.BASIS
            self._say(_start(day), "%(day)s is counted: a working day made up.", basis, day=day)
        self._steps[told:] = sorted(self._steps[told:], key=lambda step: step.at)

    def _runs(self, first: date, last: date) -> Iterator[list[tuple[date, Text, str]]]:
        """Consecutive days off of one kind."""
        run: list[tuple[date, Text, str]] = []
        for day in _days(first, last):
            if self._calendar.table.shifts_on(day.toordinal()):
                continue
            reason, basis = self._reason(day)
            if run and (run[-1][0] + timedelta(days=1) != day or run[-1][2] != basis):
                yield run
                run = []
            run.append((day, reason, basis))
        if run:
            yield run

    def _reason(self, day: date) -> tuple[Text, str]:
        special = self._calendar.special.get(day)
        if special is not None and special.kind is DayKind.OFF:
            return Text("day off by decision"), special.basis
        if self._calendar.public_holidays:
            holiday = public_holidays.holidays_of(day.year).off.get(day)
            if holiday is not None:
                return holiday, public_holidays.BASIS
        return Text("weekly rest day"), WEEKLY_REST

    def _made_up(self, first: date, last: date) -> Iterator[date]:
        for day in _days(first, last + timedelta(days=1)):
            if not self._calendar.week[day.weekday()] and self._calendar.table.shifts_on(day.toordinal()):
                yield day


def _days(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(0), VIETNAM)
