"""Calendars as they were at a moment: what was changed since is taken back, by what the ledger says was before.

Due dates already promised stay when a calendar changes; this is what explains them afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from motcua.engines.ledger.models import Event
from motcua.engines.organisations.actions import COMMON_DAYS
from motcua.engines.organisations.models import CalendarDay, WorkCalendar
from motcua.engines.organisations.queries import _calendars, calendar_for, directory
from motcua.foundation.working_time import DEFAULT_CALENDAR, Calendar

DAY_KINDS = ("calendar.day_set", "calendar.day_removed", "calendar.edited")


@dataclass(frozen=True, slots=True)
class _Change:
    """One change of a calendar (``key`` None: of the days that hold for all) or of the calendar of a unit."""

    at: datetime
    kind: str
    key: UUID | None
    data: Mapping[str, Any]


@dataclass(slots=True)
class _History:
    """All changes, newest first, and the calendars that they lead to; kept as long as those are."""

    of: object
    changes: tuple[_Change, ...]


_held: list[_History] = []


def calendar_at(unit_id: UUID | None, moment: datetime) -> Calendar:
    """The calendar by which a unit reckoned at a moment (aware). The present one where nothing was changed since."""
    since = [change for change in _changes() if change.at > moment]
    if not since:
        return calendar_for(unit_id)
    calendar_id = _calendar_of(unit_id, since)
    touched = {change.key for change in since if change.kind in DAY_KINDS}
    if calendar_id not in touched and None not in touched:
        return _calendars().get(calendar_id, _calendars()[None])
    return _as_it_was(calendar_id, since)


def _changes() -> tuple[_Change, ...]:
    present = _calendars()
    if not _held or _held[0].of is not present:
        _held[:] = [_History(present, _load())]
    return _held[0].changes


def _load() -> tuple[_Change, ...]:
    calendars = set(WorkCalendar.objects.values_list("pk", flat=True))
    units = set(directory().by_id)
    streams = [COMMON_DAYS, *calendars, *units]
    rows = (
        Event.objects.filter(stream__in=streams, kind__in=(*DAY_KINDS, "unit.edited"))
        .order_by("-at", "-id")
        .values_list("at", "kind", "stream", "data")
    )
    return tuple(
        _Change(at, kind, None if stream == COMMON_DAYS else stream, data)
        for at, kind, stream, data in rows
        if kind != "unit.edited" or "calendar_id" in data.get("before", {})
    )


def _calendar_of(unit_id: UUID | None, since: list[_Change]) -> UUID | None:
    """Which calendar the unit had: its own, else that of the nearest unit above."""
    had: dict[UUID | None, str] = {}
    for change in since:  # newest first, so that the oldest of them is kept
        if change.kind == "unit.edited":
            had[change.key] = str(change.data["before"]["calendar_id"])
    units = directory().by_id
    unit = units.get(unit_id) if unit_id else None
    while unit is not None:
        own = (UUID(had[unit.id]) if had[unit.id] else None) if unit.id in had else unit.calendar_id
        if own is not None:
            return own
        unit = units.get(unit.parent_id) if unit.parent_id else None
    return None


def _as_it_was(calendar_id: UUID | None, since: list[_Change]) -> Calendar:
    row = WorkCalendar.objects.filter(pk=calendar_id).first() if calendar_id else None
    data: dict[str, Any] = dict(row.data) if row else {}
    days: dict[UUID | None, dict[str, dict[str, Any]]] = {None: {}, calendar_id: {}}
    for day in CalendarDay.objects.filter(calendar__isnull=True) | CalendarDay.objects.filter(calendar=calendar_id):
        days[day.calendar_id][day.day.isoformat()] = {"worked": day.worked, "basis": day.basis}
    for change in since:
        if change.kind not in DAY_KINDS or change.key not in days:
            continue
        if change.kind == "calendar.edited":
            data = dict(change.data["before"].get("data", data))
        else:
            _take_back(days[change.key], change)
    rules = {
        key: {
            day: {"kind": "worked" if rule["worked"] else "off", "basis": rule["basis"]} for day, rule in found.items()
        }
        for key, found in days.items()
    }
    if row is None:
        return Calendar.from_data({"days": rules[None]}) if rules[None] else DEFAULT_CALENDAR
    return Calendar.from_data({**data, "days": {**rules[None], **data.get("days", {}), **rules[calendar_id]}})


def _take_back(days: dict[str, dict[str, Any]], change: _Change) -> None:
    """Undoes one change of a day."""
    before = change.data.get("before")
    if change.kind == "calendar.day_removed":
        before = change.data["before"]
        days[before["day"]] = {"worked": before["worked"], "basis": before["basis"]}
    elif before is None:
        days.pop(change.data["after"]["day"], None)
    elif change.data["day"] in days:
        days[change.data["day"]] |= before
