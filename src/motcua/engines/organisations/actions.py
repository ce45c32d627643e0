"""Changing units, appointments and calendars. Each change is one event with what was before and after.

Every action asks for ``organisations.edit`` in the unit concerned. Streams: the unit, the appointment, the calendar
or the role itself, so that two administrators at different things never wait for one another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import models, transaction

from motcua.engines.accounts.models import User
from motcua.engines.ledger.work import Work
from motcua.engines.organisations import keepers, queries
from motcua.engines.organisations.models import (
    Appointment,
    Area,
    CalendarDay,
    Role,
    Unit,
    UnitKind,
    WorkCalendar,
)
from motcua.engines.organisations.roles import PERMISSIONS
from motcua.foundation.errors import Conflict, Invalid, NotFound
from motcua.foundation.identifiers import parse_agency_code
from motcua.foundation.working_time import Calendar

M = TypeVar("M", bound=models.Model)

EDIT = "organisations.edit"
UNIT_DETAILS = (
    "name",
    "short_name",
    "kind",
    "one_stop",
    "fields",
    "ward_code",
    "address",
    "phone",
    "email",
    "calendar_id",
    "former_code",
    "valid_to",
)
COMMON_DAYS = uuid5(NAMESPACE_URL, "motcua:calendar-days")
"""The stream of days that hold for all calendars."""


def role_stream(code: str) -> UUID:
    """The ledger stream of a role, whose key is its code."""
    return uuid5(NAMESPACE_URL, f"motcua:role:{code}")


def create_unit(
    work: Work,
    *,
    code: str,
    name: str,
    kind: str,
    valid_from: date,
    parent: Unit | None = None,
    **details: Any,
) -> Unit:
    """A new unit below ``parent`` (none: the top). ``details`` are among ``UNIT_DETAILS``.

    Raises ``NotAllowed``; ``Invalid`` for an identifier that is none, is taken or does not continue the parent's.
    """
    work.actor.require(EDIT, parent.path if parent else None)
    fields = _problems_of_unit({"name": name, "kind": kind, **details})
    parsed = parse_agency_code(code)
    if not parsed.ok or parsed.kind != "agency":
        fields["code"] = ["Write the electronic identifier, such as H57.10."]
    elif parent is not None and not parsed.value.startswith(parent.code + "."):
        fields["code"] = ["The identifier begins with that of the unit above."]
    elif parsed.value in queries.directory().by_code:
        fields["code"] = ["Another unit has this identifier."]
    if fields:
        raise Invalid(fields=fields)
    unit = Unit(
        code=parsed.value,
        name=name.strip(),
        kind=kind,
        parent=parent,
        path=f"{parent.path if parent else ''}{parsed.value}/",
        valid_from=valid_from,
        **details,
    )
    work.add(unit)
    after = {"code": unit.code, "parent": parent.code if parent else "", "valid_from": valid_from.isoformat()}
    work.record(unit.id, "unit.created", {"after": after | _plain(unit, UNIT_DETAILS)}, first=True)
    _forget(queries.directory.forget)
    return unit


def edit_unit(work: Work, unit_id: UUID, **changes: Any) -> Unit:
    """Changes details of a unit (``UNIT_DETAILS``). Identifier and place in the tree change by reorganisation only.

    Raises ``NotAllowed``, ``NotFound``, ``Invalid``.
    """
    unit = _held(Unit, unit_id)
    work.actor.require(EDIT, unit.path)
    unknown = set(changes) - set(UNIT_DETAILS)
    if unknown:
        raise Invalid(fields={key: ["This cannot be changed here."] for key in sorted(unknown)})
    fields = _problems_of_unit(changes)
    valid_to = changes.get("valid_to")
    if valid_to is not None and valid_to < unit.valid_from:
        fields["valid_to"] = ["The last day lies before the first."]
    if fields:
        raise Invalid(fields=fields)
    _change(work, unit, changes, stream=unit.id, kind="unit.edited")
    _forget(queries.directory.forget)
    return unit


def set_area(
    work: Work, unit: Unit, boundary: Mapping[str, Any], area_km2: Decimal | None = None, *, source: str = ""
) -> Area:
    """The ground of a unit as GeoJSON geometry (WGS 84); the ledger keeps where it is from, not the outline."""
    work.actor.require(EDIT, unit.path)
    if boundary.get("type") not in ("Polygon", "MultiPolygon") or not boundary.get("coordinates"):
        raise Invalid(fields={"boundary": ["A boundary is a GeoJSON polygon."]})
    area = Area(unit=unit, boundary=dict(boundary), area_km2=area_km2)
    if Area.objects.filter(pk=unit.id).exists():
        work.change(area, "boundary", "area_km2")
    else:
        work.add(area)
    work.record(unit.id, "unit.area_set", {"area_km2": str(area_km2) if area_km2 is not None else "", "source": source})
    return area


def define_role(work: Work, *, code: str, name: str, permissions: Sequence[str]) -> Role:
    """Makes a role or changes what it may do. Raises ``Invalid`` for a permission that nothing asks for."""
    work.actor.require(EDIT)
    unknown = sorted(set(permissions) - set(PERMISSIONS))
    fields: dict[str, list[str]] = {}
    if not code.strip() or not name.strip():
        fields["name"] = ["A role needs a code and a name."]
    if unknown:
        fields["permissions"] = ["There is no such permission."]
    if fields:
        raise Invalid(fields=fields)
    before = Role.objects.select_for_update().filter(pk=code).first()
    held = sorted(set(permissions))
    if before is None:
        role = Role(code=code, name=name.strip(), permissions=held)
        work.add(role)
        work.record(role_stream(code), "role.defined", {"after": _plain(role, ("code", "name", "permissions"))})
        return role
    keepers.guard_role(work.actor, before, held)
    _change(
        work,
        before,
        {"name": name.strip(), "permissions": held},
        stream=role_stream(code),
        kind="role.defined",
        about={"role": code},
    )
    return before


def appoint(
    work: Work,
    *,
    user: User,
    unit: Unit,
    role: Role,
    valid_from: date,
    valid_to: date | None = None,
    title: str = "",
    acting_for: Appointment | None = None,
) -> Appointment:
    """Gives a person a role in a unit from a day, to a day or until ended; ``acting_for``: another's post.

    Raises ``NotAllowed``; ``Invalid`` for one who holds no office, holds the role already, or days in wrong order.
    """
    work.actor.require(EDIT, unit.path)
    fields: dict[str, list[str]] = {}
    if not user.official:
        fields["user"] = ["Only an official can be appointed."]
    if valid_to is not None and valid_to < valid_from:
        fields["valid_to"] = ["The last day lies before the first."]
    same = Appointment.objects.filter(user=user, unit=unit, role=role, valid_from=valid_from)
    # one whose account is made in this very work holds nothing yet
    if not fields and not user._state.adding and same.exists():
        fields["role"] = ["This person holds this role in the unit already."]
    if fields:
        raise Invalid(fields=fields)
    appointment = Appointment(
        user=user,
        unit=unit,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        title=title.strip(),
        acting_for=acting_for,
    )
    work.add(appointment)
    after = {
        "user": str(user.id),
        "unit": unit.code,
        "role": role.code,
        "title": appointment.title,
        "valid_from": valid_from.isoformat(),
        "valid_to": valid_to.isoformat() if valid_to else "",
        "acting_for": str(acting_for.id) if acting_for else "",
    }
    work.record(appointment.id, "appointment.made", {"after": after}, first=True)
    return appointment


def end_appointment(work: Work, appointment_id: UUID, *, last_day: date) -> Appointment:
    """Ends an appointment after ``last_day``. Raises ``NotAllowed``, ``NotFound``, ``Conflict`` when it has ended."""
    appointment = _held(Appointment, appointment_id)
    work.actor.require(EDIT, Unit.objects.values_list("path", flat=True).get(pk=appointment.unit_id))
    if appointment.valid_to is not None and appointment.valid_to <= last_day:
        raise Conflict("This appointment has already been ended.")
    if last_day < appointment.valid_from:
        raise Invalid(fields={"last_day": ["The last day lies before the first."]})
    keepers.guard_appointment(work.actor, appointment)
    _change(work, appointment, {"valid_to": last_day}, stream=appointment.id, kind="appointment.ended")
    return appointment


def create_calendar(work: Work, *, name: str, data: Mapping[str, Any]) -> WorkCalendar:
    """A working calendar. ``data``: see ``working_time.Calendar.from_data``. Raises ``Invalid`` when unreadable."""
    work.actor.require(EDIT)
    _check_calendar(name, data)
    if WorkCalendar.objects.filter(name=name.strip()).exists():
        raise Invalid(fields={"name": ["Another calendar has this name."]})
    calendar = WorkCalendar(name=name.strip(), data=dict(data))
    work.add(calendar)
    work.record(calendar.id, "calendar.created", {"after": _plain(calendar, ("name", "data"))}, first=True)
    _forget(queries._calendars.forget)
    return calendar


def edit_calendar(work: Work, calendar_id: UUID, *, name: str, data: Mapping[str, Any]) -> WorkCalendar:
    """Changes a calendar: due dates computed from now on follow it, those already promised stay."""
    work.actor.require(EDIT)
    calendar = _held(WorkCalendar, calendar_id)
    _check_calendar(name, data)
    if WorkCalendar.objects.filter(name=name.strip()).exclude(pk=calendar_id).exists():
        raise Invalid(fields={"name": ["Another calendar has this name."]})
    _change(work, calendar, {"name": name.strip(), "data": dict(data)}, stream=calendar.id, kind="calendar.edited")
    _forget(queries._calendars.forget)
    return calendar


def set_day(work: Work, calendar: WorkCalendar | None, *, day: date, worked: bool, basis: str) -> CalendarDay:
    """A day off, or worked against the rule, for one calendar or for all; ``basis``: the decision that says so."""
    work.actor.require(EDIT)
    if not basis.strip():
        raise Invalid(fields={"basis": ["Name the decision that sets this day."]})
    row = CalendarDay.objects.select_for_update().filter(calendar=calendar, day=day).first()
    stream = calendar.id if calendar else COMMON_DAYS
    if row is None:
        row = CalendarDay(calendar=calendar, day=day, worked=worked, basis=basis.strip())
        work.add(row)
        after = {"day": day.isoformat(), "worked": worked, "basis": row.basis}
        work.record(stream, "calendar.day_set", {"after": after})
    else:
        _change(
            work,
            row,
            {"worked": worked, "basis": basis.strip()},
            stream=stream,
            kind="calendar.day_set",
            about={"day": day.isoformat()},
        )
    _forget(queries._calendars.forget)
    return row


def remove_day(work: Work, calendar: WorkCalendar | None, *, day: date) -> None:
    """Takes such a day back. Raises ``NotFound``."""
    work.actor.require(EDIT)
    row = CalendarDay.objects.select_for_update().filter(calendar=calendar, day=day).first()
    if row is None:
        raise NotFound("This day is not set.")
    work.remove(row)
    before = {"day": day.isoformat(), "worked": row.worked, "basis": row.basis}
    work.record(calendar.id if calendar else COMMON_DAYS, "calendar.day_removed", {"before": before})
    _forget(queries._calendars.forget)


def _held(model: type[M], key: UUID) -> M:
    """The row, locked until the end of the transaction."""
    row = model._default_manager.select_for_update().filter(pk=key).first()
    if row is None:
        raise NotFound("There is no such entry.")
    return row


def _plain(row: models.Model, names: Sequence[str]) -> dict[str, Any]:
    return {name: _as_data(getattr(row, name)) for name in names}


def _as_data(value: Any) -> Any:
    if isinstance(value, date | UUID | Decimal):
        return str(value)
    return "" if value is None else value


def _change(
    work: Work,
    row: models.Model,
    changes: Mapping[str, Any],
    *,
    stream: UUID,
    kind: str,
    about: Mapping[str, Any] | None = None,
) -> None:
    """Writes what differs, and records it; nothing is recorded when nothing does."""
    changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not changed:
        return
    before = _plain(row, tuple(changed))
    for name, value in changed.items():
        setattr(row, name, value)
    work.change(row, *(name.removesuffix("_id") for name in changed))
    work.record(stream, kind, {**(about or {}), "before": before, "after": _plain(row, tuple(changed))})


def _problems_of_unit(given: Mapping[str, Any]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    if "name" in given and not str(given["name"]).strip():
        fields["name"] = ["Give the unit its name."]
    if "kind" in given and given["kind"] not in UnitKind.values:
        fields["kind"] = ["Choose what kind of unit it is."]
    if "fields" in given and not all(isinstance(each, str) and each.strip() for each in given["fields"]):
        fields["fields"] = ["Fields are names of fields of procedures."]
    return fields


def _check_calendar(name: str, data: Mapping[str, Any]) -> None:
    if not name.strip():
        raise Invalid(fields={"name": ["Give the calendar a name."]})
    Calendar.from_data(data)


def _forget(forget: Callable[[], None]) -> None:
    """Now, for what this transaction asks next; and once committed, so that no other thread keeps the old."""
    forget()
    transaction.on_commit(forget)
