"""The slow clock: when a dossier is due, told from its ledger alone, by walking day by day and minute by minute.

Obviously right rather than fast. Of the house's own working time it uses nothing but the table of hours and holidays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from motcua.foundation.clock import VIETNAM
from motcua.foundation.working_time import Calendar
from tests.foundation.working_time import reference

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass
class SlowClock:
    """Follow the events of one dossier; ``due`` is None while the clock stands, or where the law sets no time."""

    calendar: Table
    amount: int = 0
    unit: str = ""
    end: datetime | None = None
    nominal: date | None = None
    stopped: datetime | None = None
    effect: str = ""
    running: bool = False
    ended: datetime | None = None

    def hear(self, kind: str, at: datetime, data: Mapping[str, Any]) -> None:
        """One event after the other, as the ledger has them."""
        at = at.astimezone(VIETNAM)
        if kind == "dossier.accepted":
            words = data["allowance"].split()
            self.amount, self.unit = (int(words[0]), words[1]) if words else (0, "")
            if "expected_due_at" not in data:  # what travels on paper begins when it is there (ND309 Đ8.3)
                self.begin(at)
        elif kind == "dossier.papers_arrived" and data["load"] == "dossiers":
            self.begin(at)
        elif kind == "dossier.supplement_requested":
            self.stop(at, "restart")
        elif kind == "dossier.payment_demanded":
            self.stop(at, "resume")
        elif kind in ("dossier.supplied", "dossier.paid", "dossier.payment_dropped"):
            self.go_on(at)
        elif kind == "dossier.extended":
            words = data["allowance"].split()
            self.more(int(words[0]))
        elif kind in ("dossier.stopped", "dossier.closed_unanswered"):
            if self.stopped is None:
                self.stop(at, "resume")
        elif kind == "dossier.reopened":
            if data.get("arrived"):  # its papers had come while it was stopped
                self.begin(at)
            self.go_on(at)

    @property
    def due(self) -> datetime | None:
        return self.end if self.running and self.stopped is None and self.unit else None

    def begin(self, at: datetime) -> None:
        """A full period from here."""
        self.running, self.stopped = True, None
        if not self.unit:
            return
        opened = opening(self.calendar, at)
        if self.unit == "hour":
            self.end = forward(self.calendar, opened, self.amount * 60)
            self.nominal = self.end.date()
        elif self.unit == "working_day":
            self.nominal = days_on(self.calendar, opened.date(), self.amount)
            self.end = closing(self.calendar, self.nominal)
        else:
            self.nominal = opened.date() + self.amount * DAY
            self.end = closing(self.calendar, self.nominal)

    def stop(self, at: datetime, effect: str) -> None:
        if self.running:
            self.stopped, self.effect = at, effect

    def go_on(self, at: datetime) -> None:
        """From zero after a supplement (ND118 Đ19.5); after a payment what was left."""
        if not self.running or self.stopped is None:
            return
        since, self.stopped = self.stopped, None
        if self.effect == "restart":
            self.begin(at)
            return
        if self.end is None or self.nominal is None:
            return
        before, after = opening(self.calendar, since), opening(self.calendar, at)
        if before > self.end:
            return  # it was late when it stopped; a wait does not heal that
        if self.unit == "hour":
            self.end = forward(self.calendar, after, minutes(self.calendar, before, self.end))
            self.nominal = self.end.date()
        elif self.unit == "working_day":
            left, day = 0, before.date()
            while day < self.nominal:
                day += DAY
                left += bool(shifts(self.calendar, day))
            self.nominal = days_on(self.calendar, after.date(), left)
            self.end = closing(self.calendar, self.nominal)
        else:
            self.nominal = after.date() + max(self.nominal - before.date(), timedelta())
            self.end = closing(self.calendar, self.nominal)

    def more(self, working_days: int) -> None:
        """An extension counts on from the end (ND118 Đ19.6)."""
        assert self.end is not None
        self.nominal = days_on(self.calendar, self.end.date(), working_days)
        self.end = closing(self.calendar, self.nominal)


def told(calendar: Calendar, events: Iterable[Any]) -> SlowClock:
    """The clock after all these events of one dossier."""
    clock = SlowClock(table_of(calendar))
    for event in events:
        clock.hear(event.kind, event.at, event.data)
    return clock


class Table:
    """The hours of each day of one calendar, as the table of holidays has them; kept, since days are asked often."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._known: dict[date, Any] = {}

    def on(self, day: date) -> Any:
        if day not in self._known:
            self._known[day] = reference.shifts(self._calendar, day)
        return self._known[day]


@cache
def table_of(calendar: Calendar) -> Table:
    return Table(calendar)


def shifts(table: Table, day: date) -> Any:
    return table.on(day)


def opening(calendar: Table, moment: datetime) -> datetime:
    """The moment itself within hours, else the next at which the office works."""
    if moment.second or moment.microsecond:
        inside = any(each.start <= moment.time() <= each.end for each in shifts(calendar, moment.date()))
        if inside:
            return moment
        moment = moment.replace(second=0, microsecond=0) + MINUTE
    while not any(each.start <= moment.time() <= each.end for each in shifts(calendar, moment.date())):
        moment += MINUTE
        if not shifts(calendar, moment.date()):
            moment = datetime.combine(moment.date() + DAY, time(0), VIETNAM)
    return moment


def days_on(calendar: Table, day: date, count: int) -> date:
    """So many working days after a day, which is not counted."""
    while count:
        day += DAY
        count -= bool(shifts(calendar, day))
    return day


def closing(calendar: Table, day: date) -> datetime:
    """The end of office hours, of the next working day where the day is off."""
    while not shifts(calendar, day):
        day += DAY
    return datetime.combine(day, shifts(calendar, day)[-1].end, VIETNAM)


def forward(calendar: Table, moment: datetime, count: int) -> datetime:
    """So many worked minutes later."""
    while count:
        count -= any(each.start <= moment.time() < each.end for each in shifts(calendar, moment.date()))
        moment += MINUTE
    return moment


def minutes(calendar: Table, start: datetime, end: datetime) -> int:
    count = 0
    while start < end:
        count += any(each.start <= start.time() < each.end for each in shifts(calendar, start.date()))
        start += MINUTE
    return count
