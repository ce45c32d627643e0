"""What can be asked about units. The directory of units is small and slow to change: each process keeps a copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import Q

from motcua.engines.ledger.actor import Grant, Principal
from motcua.engines.organisations.models import (
    Appointment,
    CalendarDay,
    Reorganisation,
    ReorganisationState,
    SuccessionKind,
    Unit,
    UnitSuccession,
    WorkCalendar,
)
from motcua.engines.organisations.succession import Division, Facts
from motcua.foundation import clock
from motcua.foundation.cache import Remembered
from motcua.foundation.errors import NotFound
from motcua.foundation.working_time import DEFAULT_CALENDAR, Calendar

EMPTY: Mapping[Any, Any] = MappingProxyType({})


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
    """All units, by key and by code. Codes that a unit had before it was placed elsewhere still name it.

    ``successors``: who took over the work of a unit that is no more. ``former``: codes of old → key. ``names``: by
    unit, the names it had until a day. ``wards``: what became of ward codes. ``divisions``: by unit, how it was divided
    among several, the earliest first.
    """

    def __init__(
        self,
        units: list[UnitInfo],
        *,
        successors: Mapping[UUID, UUID] = EMPTY,
        former: Mapping[str, UUID] = EMPTY,
        names: Mapping[UUID, Sequence[tuple[date, str]]] = EMPTY,
        wards: Mapping[str, str] = EMPTY,
        divisions: Mapping[UUID, Sequence[Division]] = EMPTY,
    ) -> None:
        self.by_id = {unit.id: unit for unit in units}
        self._successors = successors
        self._names = names
        self._wards = wards
        self._divisions = divisions
        self.by_code = {code: self.by_id[key] for code, key in former.items() if key in self.by_id}
        self.by_code |= {unit.code: unit for unit in units}
        communes = [unit for unit in units if unit.ward_code and unit.kind == "commune"]
        self.by_ward = {unit.ward_code: unit for unit in communes if unit.current}
        for unit in communes:
            self.by_ward.setdefault(unit.ward_code, self.present(unit))
        for old, new in wards.items():
            if new in self.by_ward:
                self.by_ward.setdefault(old, self.by_ward[new])
        self.all = tuple(units)

    def present(self, unit: UnitInfo) -> UnitInfo:
        """The unit itself while it is current, else who has its work now (itself again where nobody took over)."""
        seen: set[UUID] = set()
        found = unit
        while not found.current and found.id in self._successors and found.id not in seen:
            seen.add(found.id)
            found = self.by_id.get(self._successors[found.id], found)
        return found

    def heir(self, unit: UnitInfo, facts: Callable[[], Facts], since: date | None = None) -> UnitInfo:
        """Who has the work of a unit on one matter now: as ``present`` tells, but of a unit that was divided the part
        to which the matter belongs. ``facts`` are asked for only then.

        ``since``: the day on which the matter was laid aside; a unit that has given away part of its work from that
        day on, and goes on with the rest, no longer has what belongs to that part.
        """
        seen: set[UUID] = set()
        found = unit
        while found.id not in seen:
            seen.add(found.id)
            key = found.id if found.current else self._successors.get(found.id, found.id)
            for division in self._divisions.get(found.id, ()):
                ended = found.id not in division.heirs
                if ended or (since is not None and division.on >= since):
                    taker = division.heir(facts())
                    if taker != found.id:
                        key = taker
                        break
            found = self.by_id.get(key, found)
        return found

    def places(self, ward: str) -> frozenset[str]:
        """All codes under which a ward is known: its own, what became of it, and what it was before."""
        if not ward:
            return frozenset()
        now = self._wards.get(ward, ward)
        return frozenset({ward, now, *(old for old, new in self._wards.items() if new == now)})

    def division(self, whole: UnitInfo, rest: str, facts: Callable[[], Facts]) -> UnitInfo | None:
        """The division of a unit whose identifier goes on with ``rest``; where a reorganisation numbered divisions
        anew, the one that took over from that of a predecessor. ``facts``: of the matter, where it was divided."""
        own = self.by_code.get(f"{whole.code}.{rest}")
        if own is not None:
            return own if own.current else self.heir(own, facts)
        for key in self._successors:
            before = self.by_id.get(key)
            if before is not None and self.present(before).id == whole.id:
                found = self.by_code.get(f"{before.code}.{rest}")
                if found is not None and (now := self.heir(found, facts)).path.startswith(whole.path):
                    return now
        return None

    def names(self, key: UUID, on: date) -> tuple[str, str]:
        """What a unit was called on a day, and what has its work now where that has another name (else empty)."""
        unit = self.by_id[key]
        then = next((name for until, name in self._names.get(key, ()) if on < until), unit.name)
        now = self.present(unit).name
        return then, now if now != then else ""

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
    successors: dict[UUID, UUID] = {}
    former = dict(Unit.objects.exclude(former_code="").values_list("former_code", "id"))
    names: dict[UUID, list[tuple[date, str]]] = {}
    parts: dict[tuple[UUID, UUID, date], list[tuple[UUID, Mapping[str, object]]]] = {}
    for row in UnitSuccession.objects.order_by("on", "-position").only(
        "reorganisation_id", "unit_id", "successor_id", "kind", "on", "before", "rule"
    ):
        if row.kind == SuccessionKind.SPLIT:
            parts.setdefault((row.unit_id, row.reorganisation_id, row.on), []).insert(0, (row.successor_id, row.rule))
        if row.unit_id != row.successor_id:
            successors[row.unit_id] = row.successor_id
        elif row.kind == SuccessionKind.RENAME:
            names.setdefault(row.unit_id, []).append((row.on, row.before["name"]))
        if row.before.get("code"):
            former.setdefault(row.before["code"], row.unit_id)
    divisions: dict[UUID, list[Division]] = {}
    for (unit_id, _, on), shares in parts.items():
        heirs, rules = zip(*shares, strict=True)
        divisions.setdefault(unit_id, []).append(Division(on, heirs, rules))
    done = Reorganisation.objects.filter(state__in=(ReorganisationState.APPLYING, ReorganisationState.DONE))
    wards: dict[str, str] = {}
    for _, mapped in done.order_by("effective").values_list("id", "report__wards"):
        wards.update(mapped or {})
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
        ],
        successors=successors,
        former=former,
        names=names,
        wards=wards,
        divisions=divisions,
    )


directory = Remembered(_load_directory)


def fresh_directory() -> Directory:
    """The units as the present transaction sees them; nobody else in this process is given this copy."""
    return _load_directory()


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


def calendar_source(unit_id: UUID | None) -> UUID | None:
    """Whose days a unit keeps: its own calendar, else that of the nearest unit above; ``None``: the national one."""
    calendars = _calendars()
    units = directory().by_id
    unit = units.get(unit_id) if unit_id else None
    while unit is not None:
        if unit.calendar_id in calendars and unit.calendar_id is not None:
            return unit.calendar_id
        unit = units.get(unit.parent_id) if unit.parent_id else None
    return None


def calendar_for(unit_id: UUID | None) -> Calendar:
    """The calendar of a unit: its own, else the nearest unit's above, else the national one."""
    return _calendars()[calendar_source(unit_id)]


def calendar_with_id(key: UUID) -> Calendar | None:
    """A stored calendar, whoever works by it."""
    return _calendars().get(key)


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
def _grant(role: str, unit: UUID, path: str, permissions: frozenset[str], acting_for: Principal | None = None) -> Grant:
    return Grant(role, unit, path, permissions, acting_for)
