"""What can be asked about units. The directory of units is small and slow to change: each process keeps a copy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Q

from motcua.engines.ledger.actor import Grant, Principal
from motcua.engines.organisations.models import Appointment, CalendarDay, Unit, WorkCalendar
from motcua.foundation import clock
from motcua.foundation.cache import Remembered
from motcua.foundation.errors import NotFound
from motcua.foundation.working_time import DEFAULT_CALENDAR, Calendar


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """A unit as screens and rules need it."""

    id: UUID
    code: str
    name: str
    short_name: str
    kind: str
    path: str
    parent_id: UUID | None
    one_stop: bool
    fields: tuple[str, ...]
    ward_code: str
    address: str
    phone: str
    calendar_id: UUID | None
    current: bool

    @property
    def label(self) -> str:
        return self.short_name or self.name


class Directory:
    """All units, by key and by code."""

    def __init__(self, units: list[UnitInfo]) -> None:
        self.by_id = {unit.id: unit for unit in units}
        self.by_code = {unit.code: unit for unit in units}
        self.by_ward = {unit.ward_code: unit for unit in units if unit.ward_code and unit.kind == "commune"}
        self.all = tuple(units)

    def unit(self, key: UUID) -> UnitInfo:
        """Raises ``NotFound``."""
        try:
            return self.by_id[key]
        except KeyError:
            raise NotFound("There is no such unit.") from None

    def coded(self, code: str) -> UnitInfo:
        """Raises ``NotFound``."""
        try:
            return self.by_code[code]
        except KeyError:
            raise NotFound("There is no unit with the identifier %(code)s.", code=code[:40]) from None

    def under(self, *paths: str) -> tuple[UnitInfo, ...]:
        """The units at or below any of these paths."""
        return tuple(unit for unit in self.all if unit.path.startswith(paths)) if paths else ()


def _load_directory() -> Directory:
    today = clock.today()
    return Directory(
        [
            UnitInfo(
                id=unit.id,
                code=unit.code,
                name=unit.name,
                short_name=unit.short_name,
                kind=unit.kind,
                path=unit.path,
                parent_id=unit.parent_id,
                one_stop=unit.one_stop,
                fields=tuple(unit.fields),
                ward_code=unit.ward_code,
                address=unit.address,
                phone=unit.phone,
                calendar_id=unit.calendar_id,
                current=unit.valid_from <= today and (unit.valid_to is None or unit.valid_to >= today),
            )
            for unit in Unit.objects.order_by("path")
        ]
    )


directory = Remembered(_load_directory)


def _load_calendars() -> dict[UUID | None, Calendar]:
    """Calendars by key; ``None`` is the national default with the days entered for all."""
    days: dict[UUID | None, dict[str, dict[str, str]]] = {}
    for day in CalendarDay.objects.all():
        rule = {"kind": "worked" if day.worked else "off", "basis": day.basis}
        days.setdefault(day.calendar_id, {})[day.day.isoformat()] = rule
    common = days.get(None, {})
    calendars: dict[UUID | None, Calendar] = {
        None: Calendar.from_data({"days": common}) if common else DEFAULT_CALENDAR
    }
    for row in WorkCalendar.objects.all():
        own = {**common, **row.data.get("days", {}), **days.get(row.id, {})}
        calendars[row.id] = Calendar.from_data({**row.data, "days": own})
    return calendars


_calendars = Remembered(_load_calendars)


def calendar_for(unit_id: UUID | None) -> Calendar:
    """The calendar of a unit: its own, else the nearest unit's above, else the national one."""
    calendars = _calendars()
    units = directory().by_id
    unit = units.get(unit_id) if unit_id else None
    while unit is not None:
        if unit.calendar_id in calendars and unit.calendar_id is not None:
            return calendars[unit.calendar_id]
        unit = units.get(unit.parent_id) if unit.parent_id else None
    return calendars[None]


def calendar_of(code: str) -> Calendar:
    """The calendar of the unit with this identifier. Raises ``NotFound``."""
    return calendar_for(directory().coded(code).id)


def grants_of(user_id: UUID) -> tuple[Grant, ...]:
    """What a person holds today, one query. A deputy's post ends with the post that it stands for."""
    today = clock.today()
    held = (
        Appointment.objects.filter(user_id=user_id, valid_from__lte=today)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
        .filter(
            Q(acting_for__isnull=True)
            | Q(acting_for__valid_from__lte=today)
            & (Q(acting_for__valid_to__isnull=True) | Q(acting_for__valid_to__gte=today))
        )
        .values_list(
            "role_id",
            "unit_id",
            "unit__path",
            "role__permissions",
            "acting_for__user_id",
            "acting_for__user__full_name",
        )
    )
    return tuple(
        _grant(role, unit, path, frozenset(permissions), Principal(person, name) if person else None)
        for role, unit, path, permissions, person, name in held
    )


@lru_cache(maxsize=4096)
def _grant(
    role: str, unit: UUID, path: str, permissions: frozenset[str], acting_for: Principal | None = None
) -> Grant:
    return Grant(role, unit, path, permissions, acting_for)
