"""Units, roles, appointments and calendars change by actions: who may, what is refused, what the ledger keeps."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import SYSTEM, Actor
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.verify import verify
from motcua.engines.ledger.work import begin
from motcua.engines.organisations import actions
from motcua.engines.organisations.models import Appointment, CalendarDay, Role, Unit
from motcua.engines.organisations.queries import calendar_for, directory, grants_of
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, MotcuaError, NotAllowed, NotFound
from motcua.foundation.working_time import Allowance, due
from tests.factories import make_officer, make_units

pytestmark = pytest.mark.django_db
SINCE = date(2025, 7, 1)


def do(actor: Actor, action: Any, *arguments: Any, **options: Any) -> Any:
    with begin(actor) as work:
        return action(work, *arguments, **options)


def administrator(unit: Unit | None = None) -> Actor:
    return actor_of(make_officer("administrator", unit or make_units()["province"]))


def last_event(stream: UUID) -> Event:
    found = Event.objects.filter(stream=stream).order_by("-seq").first()
    assert found is not None
    return found


def test_a_unit_is_made_below_another_and_known_at_once() -> None:
    units = make_units()
    made = do(
        administrator(),
        actions.create_unit,
        code="H57.10.7",
        name=" Phòng Bổ trợ tư pháp ",
        kind="division",
        parent=units["department"],
        valid_from=SINCE,
    )
    assert made.path == "H57/H57.10/H57.10.7/"
    assert directory().coded("H57.10.7").name == "Phòng Bổ trợ tư pháp"
    event = last_event(made.id)
    assert (event.kind, event.data["after"]["parent"]) == ("unit.created", "H57.10")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "rubbish"}, "code"),
        ({"code": "H57.11.9"}, "code"),
        ({"code": "H57.10.1"}, "code"),
        ({"name": "  "}, "name"),
        ({"kind": "castle"}, "kind"),
        ({"fields": ["Hộ tịch", ""]}, "fields"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_by_field(given: dict[str, Any], field: str) -> None:
    units = make_units()
    options = {"code": "H57.10.8", "name": "Phòng", "kind": "division", **given}
    with pytest.raises(Invalid) as refused:
        do(administrator(), actions.create_unit, parent=units["department"], valid_from=SINCE, **options)
    assert field in refused.value.fields


def test_editing_keeps_before_and_after_and_says_nothing_when_nothing_changes() -> None:
    unit = make_units()["department"]
    admin = administrator()
    do(admin, actions.edit_unit, unit.id, name="Sở Tư pháp mới", phone="0234 1")
    event = last_event(unit.id)
    assert event.data["before"] == {"name": "Sở Tư pháp", "phone": "0234 3822 000"}
    assert event.data["after"] == {"name": "Sở Tư pháp mới", "phone": "0234 1"}
    assert directory().coded("H57.10").name == "Sở Tư pháp mới"
    count = Event.objects.filter(stream=unit.id).count()
    do(admin, actions.edit_unit, unit.id, name="Sở Tư pháp mới")
    assert Event.objects.filter(stream=unit.id).count() == count
    assert verify(stream=unit.id).ok


def test_neither_identifier_nor_place_change_by_editing() -> None:
    unit = make_units()["department"]
    with pytest.raises(Invalid) as refused:
        do(administrator(), actions.edit_unit, unit.id, code="H57.12", parent_id=uuid4())
    assert set(refused.value.fields) == {"code", "parent_id"}


def test_only_who_holds_the_permission_there_may() -> None:
    units = make_units()
    below = administrator(units["department"])
    do(below, actions.edit_unit, units["division"].id, phone="0234 2")
    for actor in (below, actor_of(make_officer("head", units["other_department"]))):
        with pytest.raises(NotAllowed):
            do(actor, actions.edit_unit, units["other_department"].id, phone="0234 2")
    with pytest.raises(NotFound):
        do(below, actions.edit_unit, uuid4(), phone="0234 2")


def test_an_appointment_gives_a_role_from_a_day_until_it_is_ended() -> None:
    units = make_units()
    user = make_officer("counter")
    admin = administrator()
    role = Role.objects.get(pk="specialist")
    today = clock.today()
    made = do(
        admin, actions.appoint, user=user, unit=units["division"], role=role, valid_from=today, title="Chuyên viên"
    )
    assert ("specialist", units["division"].id) in {(grant.role, grant.unit_id) for grant in grants_of(user.id)}
    with pytest.raises(Invalid):
        do(admin, actions.appoint, user=user, unit=units["division"], role=role, valid_from=today)
    do(admin, actions.end_appointment, made.id, last_day=today)
    assert Appointment.objects.get(pk=made.id).valid_to == today
    assert [event.kind for event in Event.objects.filter(stream=made.id).order_by("seq")] == [
        "appointment.made",
        "appointment.ended",
    ]
    with pytest.raises(Conflict):
        do(admin, actions.end_appointment, made.id, last_day=today)


def test_citizens_hold_no_office_and_days_go_forward() -> None:
    units = make_units()
    from tests.factories import make_citizen

    role = Role.objects.get(pk="counter")
    with pytest.raises(Invalid) as refused:
        do(
            administrator(),
            actions.appoint,
            user=make_citizen(),
            unit=units["centre"],
            role=role,
            valid_from=SINCE,
            valid_to=SINCE - timedelta(days=1),
        )
    assert set(refused.value.fields) == {"user", "valid_to"}


def test_roles_hold_known_permissions_only() -> None:
    make_units()
    admin = administrator()
    do(admin, actions.define_role, code="reader", name="Người xem", permissions=["dossier.read"])
    do(admin, actions.define_role, code="reader", name="Người xem", permissions=["dossier.read", "ledger.read"])
    assert Role.objects.get(pk="reader").permissions == ["dossier.read", "ledger.read"]
    assert last_event(actions.role_stream("reader")).data["before"] == {"permissions": ["dossier.read"]}
    with pytest.raises(Invalid):
        do(admin, actions.define_role, code="king", name="Vua", permissions=["everything"])


def test_a_calendar_and_its_days_move_due_dates() -> None:
    units = make_units()
    admin = administrator()
    received = datetime(2026, 6, 1, 9, 0, tzinfo=VIETNAM)
    allowance = Allowance.parse("2 working_day")
    calendar = do(admin, actions.create_calendar, name="Sở Tư pháp", data={})
    do(admin, actions.edit_unit, units["department"].id, calendar_id=calendar.id)
    assert due(calendar_for(units["division"].id), received, allowance).date() == date(2026, 6, 3)
    do(admin, actions.set_day, calendar, day=date(2026, 6, 2), worked=False, basis="QĐ 12/QĐ-UBND")
    assert due(calendar_for(units["division"].id), received, allowance).date() == date(2026, 6, 4)
    assert due(calendar_for(units["commune"].id), received, allowance).date() == date(2026, 6, 3)
    do(admin, actions.set_day, calendar, day=date(2026, 6, 2), worked=True, basis="QĐ 13/QĐ-UBND")
    assert last_event(calendar.id).data["before"] == {"worked": False, "basis": "QĐ 12/QĐ-UBND"}
    do(admin, actions.remove_day, calendar, day=date(2026, 6, 2))
    assert not CalendarDay.objects.filter(calendar=calendar).exists()
    assert last_event(calendar.id).kind == "calendar.day_removed"
    with pytest.raises(NotFound):
        do(admin, actions.remove_day, calendar, day=date(2026, 6, 2))


def test_a_day_for_all_reaches_every_calendar() -> None:
    units = make_units()
    do(administrator(), actions.set_day, None, day=date(2026, 6, 2), worked=False, basis="NQ Chính phủ")
    received = datetime(2026, 6, 1, 9, 0, tzinfo=VIETNAM)
    for unit in units.values():
        assert due(calendar_for(unit.id), received, Allowance.parse("1 working_day")).date() == date(2026, 6, 3)


@pytest.mark.parametrize(
    ("name", "data"), [("", {}), ("Hỏng", {"week": {"mon": ["25:00-26:00"]}}), ("Hỏng", {"week": {"funday": []}})]
)
def test_calendars_that_cannot_be_read_are_refused(name: str, data: dict[str, Any]) -> None:
    make_units()
    with pytest.raises(Invalid):
        do(administrator(), actions.create_calendar, name=name, data=data)


def test_days_need_their_decision_and_names_are_once() -> None:
    make_units()
    admin = administrator()
    do(admin, actions.create_calendar, name="Một", data={})
    with pytest.raises(Invalid):
        do(admin, actions.create_calendar, name="Một ", data={})
    with pytest.raises(Invalid):
        do(admin, actions.set_day, None, day=SINCE, worked=False, basis=" ")


def test_an_area_is_a_polygon() -> None:
    unit = make_units()["commune"]
    square = {"type": "Polygon", "coordinates": [[[107.5, 16.4], [107.6, 16.4], [107.6, 16.5], [107.5, 16.4]]]}
    do(SYSTEM, actions.set_area, unit, square, Decimal("10.38"), source="thử")
    do(SYSTEM, actions.set_area, unit, square, Decimal("10.40"), source="thử lại")
    unit.refresh_from_db()
    assert unit.area.area_km2 == Decimal("10.40")
    for wrong in ({}, {"type": "Point", "coordinates": [1, 2]}):
        with pytest.raises(Invalid):
            do(SYSTEM, actions.set_area, unit, wrong)


def test_what_is_refused_leaves_nothing_behind() -> None:
    units = make_units()
    before = (Unit.objects.count(), Event.objects.count(), Appointment.objects.count())
    outsider = actor_of(make_officer("specialist"))
    appointments = Appointment.objects.count()
    for action, options in (
        (actions.create_unit, {"code": "H57.99", "name": "X", "kind": "department", "valid_from": SINCE}),
        (actions.define_role, {"code": "x", "name": "X", "permissions": []}),
        (actions.create_calendar, {"name": "X", "data": {}}),
    ):
        with pytest.raises(MotcuaError):
            do(outsider, action, **options)
    assert (Unit.objects.count(), Event.objects.count()) == before[:2]
    assert Appointment.objects.count() == appointments
    assert units
