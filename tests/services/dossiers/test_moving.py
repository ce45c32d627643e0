"""Any counter takes any procedure; the clock starts where the law says, and papers travel with a sheet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.models import Event
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from motcua.foundation.working_time import DEFAULT_CALENDAR, Allowance, Calendar, due
from motcua.services.dossiers import actions, queries
from motcua.services.dossiers.actions.transfer import Said
from motcua.services.dossiers.explain import reckoning_of
from motcua.services.dossiers.models import Dossier, HandOver, Load
from motcua.services.dossiers.rules import Status
from motcua.services.dossiers.together import moving
from tests.factories import (
    make_citizen,
    make_dossier,
    make_officer,
    make_procedure,
    make_staff,
    make_submission,
    make_units,
    open_task,
    unit,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("received", "leaves"),
    [
        ("2026-11-18 09:00", "2026-11-18 17:00"),  # Wednesday: the same day
        ("2026-11-18 15:00", "2026-11-18 17:00"),  # at 15:00 sharp still the same day
        ("2026-11-18 15:01", "2026-11-19 08:00"),  # after it, first thing next morning
        ("2026-11-20 16:30", "2026-11-23 08:00"),  # Friday afternoon: Monday morning
        ("2026-11-21 09:00", "2026-11-23 08:00"),  # a Saturday
        ("2026-11-23 15:30", "2026-11-25 08:00"),  # 24 November is a holiday
    ],
)
def test_paper_leaves_the_same_day_or_the_next_morning_after_15(received: str, leaves: str) -> None:
    """ND118 Đ18."""
    assert moving.transfer_due(DEFAULT_CALENDAR, at(received)) == at(leaves)


def test_where_saturday_ends_at_noon_paper_received_afterwards_leaves_on_monday() -> None:
    """ND118 Đ18: a moment to leave is never in the past."""
    week = {day: ["07:00-11:30", "13:30-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendar = Calendar.from_data({"week": {**week, "sat": ["07:00-11:30"]}})
    assert moving.transfer_due(calendar, at("2026-11-21 11:00")) == at("2026-11-21 11:30")
    assert moving.transfer_due(calendar, at("2026-11-21 14:00")) == at("2026-11-23 08:00")


def test_paper_arrives_within_one_working_day() -> None:
    """ND118 Đ20.1a."""
    arrival = moving.expected_arrival(DEFAULT_CALENDAR, at("2026-11-20 16:30"))
    assert arrival.date() == at("2026-11-23 12:00").date()


pytestmark = pytest.mark.django_db
NOON = "2026-11-18 10:00"  # a Wednesday


def received_elsewhere(stage: str = "accepted", **fields: Any) -> tuple[Dossier, Any, Any]:
    """A walk-in at Phú Xuân of a matter of Thuận Hóa; the staffs of the counter and of the agency."""
    here, there = make_staff("other_commune"), make_staff()
    given = {"channel": "DIRECT", "received_at_id": unit("other_commune_centre")} | fields
    with clock.at(at(NOON)):
        dossier = make_dossier("new", staff=here, **given)
        if stage == "accepted":
            actions.accept.run(here.counter, dossier.pk)
    return Dossier.objects.select_related("case").get(pk=dossier.pk), here, there


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("case").get(pk=dossier.pk)


def sheet_of(dossier: Dossier, staff: Any, **fields: Any) -> HandOver:
    given = {"sender_id": unit("other_commune_centre"), "receiver_id": unit("commune_centre")} | fields
    return actions.make_sheet(staff.counter, [dossier.pk], **given)


def test_at_its_own_counter_the_clock_starts_at_once() -> None:
    """ND118 Đ17.3."""
    dossier = make_dossier("accepted", channel="DIRECT")
    assert dossier.case.clock_start == dossier.accepted_at == dossier.arrived_at
    assert open_task(dossier.pk).stage == "process"
    assert not moving.arrival_steps(dossier)


def test_the_centre_of_the_province_serves_its_departments() -> None:
    make_units()
    assert not moving.is_away(unit("centre"), unit("department"))
    assert not moving.is_away(unit("centre"), unit("division"))
    assert not moving.is_away(unit("commune_centre"), unit("commune"))
    assert moving.is_away(unit("centre"), unit("commune"))
    assert moving.is_away(unit("commune_centre"), unit("department"))
    assert moving.home_counter(unit("commune")) == unit("commune_centre")


def test_an_electronic_dossier_is_there_at_once() -> None:
    """ND118 Đ18, ND309 Đ8.3."""
    dossier, _, _ = received_elsewhere(channel="ONLINE")
    assert dossier.arrived_at == dossier.case.clock_start == dossier.accepted_at
    assert open_task(dossier.pk).unit_id == unit("commune")
    reckoning = reckoning_of(dossier.case)
    assert reckoning is not None
    assert [step.basis for step in reckoning.steps[:2]] == ["ND309 Đ8.3", "ND118 Đ18"]


def test_paper_received_elsewhere_starts_no_clock_and_promises_from_its_arrival() -> None:
    """ND309 Đ8.3, ND118 Đ20.1a."""
    dossier, here, _ = received_elsewhere()
    assert dossier.status == Status.ACCEPTED
    assert dossier.case.clock_start is None
    assert dossier.case.due_at is None
    task = open_task(dossier.pk)
    assert (task.stage, task.step, task.unit_id) == ("transfer", moving.SEND, unit("other_commune_centre"))
    assert task.due_at == at("2026-11-18 17:00")
    waiting = moving.expected(dossier)
    assert waiting is not None
    assert waiting.due == due(DEFAULT_CALENDAR, waiting.arrival, Allowance.parse("5 working_day"))
    event = Event.objects.get(stream=dossier.pk, kind="dossier.accepted")
    assert event.data["due_at"] is None
    assert datetime.fromisoformat(event.data["expected_due_at"]) == waiting.due
    reckoning = reckoning_of(dossier.case)
    assert reckoning is not None
    assert [step.basis for step in reckoning.steps[:2]] == ["ND309 Đ8.3", "ND118 Đ20.1a"]
    with pytest.raises(Refused):
        actions.pass_on.run(here.counter, dossier.pk, task_id=task.id)


def test_the_clock_starts_when_the_receiver_confirms_the_sheet() -> None:
    """ND309 Đ8.3, ND118 Đ18: both sides confirm."""
    dossier, here, there = received_elsewhere()
    with clock.at(at("2026-11-18 16:00")):
        sheet = sheet_of(dossier, here)
    assert sheet.number == "BG-H57.101.1-261118-001"
    assert open_task(dossier.pk).unit_id == unit("commune_centre")
    (item,) = moving.items_of(sheet)
    assert (item.originals, item.arrived) == (2, None)
    assert [each.pk for each in moving.awaited(there.counter)] == [sheet.pk]
    with pytest.raises(NotAllowed):
        actions.confirm_sheet(here.counter, sheet.pk, {dossier.pk: Said(True)})
    with pytest.raises(Invalid):
        actions.confirm_sheet(there.counter, sheet.pk, {})
    with clock.at(at("2026-11-19 08:30")):
        actions.confirm_sheet(there.counter, sheet.pk, {dossier.pk: Said(True)})
    dossier = fresh(dossier)
    assert dossier.arrived_at == dossier.case.clock_start == at("2026-11-19 08:30")
    calendar = calendar_for(unit("commune"))
    assert dossier.case.due_at == due(calendar, at("2026-11-19 08:30"), Allowance.parse("5 working_day"))
    task = open_task(dossier.pk)
    assert (task.stage, task.unit_id) == ("process", unit("commune"))
    reckoning = reckoning_of(dossier.case)
    assert reckoning is not None
    assert [step.basis for step in reckoning.steps[:3]] == ["ND309 Đ8.3", "ND118 Đ18", "ND118 Đ17.3"]
    with pytest.raises(Conflict):
        actions.confirm_sheet(there.counter, sheet.pk, {dossier.pk: Said(True)})


def test_what_is_not_whole_goes_back_and_the_clock_waits() -> None:
    dossier, here, there = received_elsewhere()
    sheet = sheet_of(dossier, here)
    with pytest.raises(Invalid):
        actions.confirm_sheet(there.counter, sheet.pk, {dossier.pk: Said(False)})
    actions.confirm_sheet(there.counter, sheet.pk, {dossier.pk: Said(False, "Thiếu giấy chứng sinh")})
    assert fresh(dossier).case.clock_start is None
    task = open_task(dossier.pk)
    assert (task.step, task.unit_id) == (moving.SEND, unit("other_commune_centre"))
    (item,) = moving.items_of(HandOver.objects.get(pk=sheet.pk))
    assert (item.arrived, item.remark) == (False, "Thiếu giấy chứng sinh")
    again = sheet_of(dossier, here)
    actions.take_in_one(there.specialist, dossier.pk, whole=True)
    assert fresh(dossier).case.clock_start is not None
    assert HandOver.objects.get(pk=again.pk).confirmed_at is not None


def test_a_result_goes_back_to_the_counter_where_it_is_collected() -> None:
    dossier, here, there = received_elsewhere()
    sheet_of(dossier, here)
    actions.take_in_one(there.counter, dossier.pk, whole=True)
    actions.pass_on.run(there.specialist, dossier.pk, task_id=open_task(dossier.pk).id)
    actions.complete.run(there.head, dossier.pk, task_id=open_task(dossier.pk).id, approved=True, name="Giấy khai sinh")
    task = open_task(dossier.pk)
    assert (task.step, task.unit_id) == (moving.SEND_RESULT, unit("commune_centre"))
    with pytest.raises(Conflict):
        actions.return_result.run(here.counter, dossier.pk, received_by="Trần Thị Bình")
    sheet = actions.make_sheet(
        there.counter,
        [dossier.pk],
        sender_id=unit("commune_centre"),
        receiver_id=unit("other_commune_centre"),
        load=Load.RESULTS,
    )
    actions.confirm_sheet(here.counter, sheet.pk, {dossier.pk: Said(True)})
    assert (open_task(dossier.pk).stage, open_task(dossier.pk).unit_id) == ("return", unit("other_commune_centre"))
    actions.return_result.run(here.counter, dossier.pk, received_by="Trần Thị Bình")
    assert fresh(dossier).status == Status.RETURNED


def test_a_sheet_holds_what_goes_to_one_office() -> None:
    dossier, here, _ = received_elsewhere()
    with pytest.raises(Refused):
        sheet_of(dossier, here, receiver_id=unit("centre"))
    with pytest.raises(Invalid):
        actions.make_sheet(here.counter, [], sender_id=unit("other_commune_centre"), receiver_id=unit("commune_centre"))
    home = make_dossier("accepted", channel="DIRECT")
    with pytest.raises((NotFound, Conflict)):
        sheet_of(home, here)
    assert not HandOver.objects.exists()


def test_sheets_are_seen_by_their_two_sides_alone() -> None:
    dossier, here, there = received_elsewhere()
    assert [each.dossier.pk for each in moving.to_send(here.counter)] == [dossier.pk]
    assert moving.to_send(there.counter) == []
    sheet = sheet_of(dossier, here)
    assert moving.to_send(here.counter) == []
    for side in (here.counter, there.counter):
        assert moving.get_sheet(side, sheet.pk).pk == sheet.pk
    stranger = actor_of(make_officer("counter", make_units()["centre"]))
    with pytest.raises(NotFound):
        moving.get_sheet(stranger, sheet.pk)
    content = moving.sheet_content(moving.get_sheet(there.counter, sheet.pk))
    assert content["rows"][0]["code"] == dossier.code
    assert content["originals"] == 2


def test_the_receiver_may_see_the_dossier_while_its_papers_are_on_their_way() -> None:
    dossier, here, there = received_elsewhere()
    sheet_of(dossier, here)
    assert queries.get(there.counter, dossier.pk).pk == dossier.pk


def test_a_dossier_withdrawn_on_the_way_is_only_marked() -> None:
    citizen = make_citizen()
    dossier, here, there = received_elsewhere(citizen=citizen)
    sheet = sheet_of(dossier, here)
    actions.withdraw.run(actor_of(citizen), dossier.pk)
    actions.confirm_sheet(there.counter, sheet.pk, {dossier.pk: Said(True)})
    assert fresh(dossier).status == Status.WITHDRAWN
    assert fresh(dossier).case.clock_start is None


# -- at once (ND118 Đ17.4) ----------------------------------------------------------------------------------


def walk_in(staff: Any, moment: str = NOON) -> Dossier:
    with clock.at(at(moment)):
        submission = make_submission(make_citizen(), make_procedure(allow=None), channel="DIRECT")
        dossier, _ = actions.submit_once(staff, submission)
    return dossier


def test_a_result_is_given_at_once_by_who_may_sign() -> None:
    """ND118 Đ17.4: no form 01 unless asked, and yet all of it on record."""
    make_staff()
    counter = make_officer("counter")
    from motcua.engines.organisations.models import Appointment

    Appointment.objects.create(user=counter, unit=make_units()["commune"], role_id="head", valid_from="2020-01-01")
    actor = actor_of(counter)
    dossier = walk_in(actor)
    with clock.at(at(NOON)):
        from motcua.engines.ledger.work import begin

        with begin(actor) as work:
            assert actions.give_at_once(work, actions.lock(actor, dossier.pk), name="Bản sao chứng thực", number="7")
    dossier = fresh(dossier)
    assert dossier.status == Status.RETURNED
    assert dossier.case.allowance == "0 working_day"
    kinds = list(Event.objects.filter(stream=dossier.pk).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["dossier.submitted", "dossier.accepted", "dossier.completed", "dossier.returned"]
    assert Event.objects.get(stream=dossier.pk, kind="dossier.accepted").data["receipt"] is False


def test_without_the_right_to_sign_it_lies_with_the_signer_due_today() -> None:
    """ND118 Đ17.4; NĐ 23/2015 Đ7 after 15:00."""
    from motcua.engines.ledger.work import begin

    staff = make_staff()
    for moment, day in ((NOON, 18), ("2026-11-18 15:30", 19)):
        dossier = walk_in(staff.counter, moment)
        with clock.at(at(moment)), begin(staff.counter) as work:
            assert not actions.give_at_once(work, actions.lock(staff.counter, dossier.pk), name="Bản sao")
        task = open_task(dossier.pk)
        assert (task.stage, task.unit_id) == ("sign", unit("commune"))
        assert task.due_at.astimezone(VIETNAM).day == day
        assert fresh(dossier).status == Status.ACCEPTED


# -- answered in time (ND118 Đ17.2) -------------------------------------------------------------------------


@pytest.mark.parametrize(("answered", "late"), [("2026-11-19 09:00", False), ("2026-11-19 11:00", True)])
def test_the_first_answer_counts_as_in_time_within_eight_working_hours(answered: str, late: bool) -> None:
    staff = make_staff()
    dossier = make_dossier("new", staff=staff, at=at(NOON))
    with clock.at(at(answered)):
        actions.accept.run(staff.counter, dossier.pk)
    assert fresh(dossier).answered_at == at(answered)
    event = Event.objects.get(stream=dossier.pk, kind="dossier.accepted")
    assert event.data["answered"] == {"unit": str(unit("commune_centre")), "late": late}


def test_only_the_first_answer_counts() -> None:
    staff = make_staff()
    citizen = make_citizen()
    dossier = make_dossier("new", staff=staff, citizen=citizen, at=at(NOON))
    with clock.at(at("2026-11-18 11:00")):
        wanted = {"component": "p1", "name": "Tờ khai", "reason": "Chưa ký", "basis": ""}
        actions.request_supplement.run(staff.counter, dossier.pk, items=[wanted])
        actions.supply.run(actor_of(citizen), dossier.pk, files=[], message="Đã ký")
    with clock.at(at("2026-11-25 11:00")):
        actions.accept.run(staff.counter, dossier.pk)
    assert fresh(dossier).answered_at == at("2026-11-18 11:00")
    assert "answered" not in Event.objects.get(stream=dossier.pk, kind="dossier.accepted").data


def test_kiosk_and_national_portal_have_the_times_of_submitting_online() -> None:
    procedure = make_procedure(channels=("ONLINE",))
    assert procedure.method("KIOSK") == procedure.method("NATIONAL") == procedure.method("ONLINE")
    assert procedure.method("DIRECT") is None
    assert make_dossier("accepted", procedure=procedure, channel="NATIONAL").case.allowance == "5 working_day"


@pytest.mark.parametrize("where", ["at the counter", "on the way", "confirmed meanwhile"])
def test_stopped_before_its_papers_arrived_it_goes_on_from_where_they_are(where: str) -> None:
    """ND118 Đ21, ND309 Đ8.3: taken up again, the clock starts when the agency has the papers, not before and surely
    then."""
    dossier, here, there = received_elsewhere()
    key = dossier.pk
    sheet = None
    with clock.at(at("2026-11-18 16:00")):
        if where != "at the counter":
            sheet = sheet_of(dossier, here)
        actions.stop.run(there.head, key, reason="dispute", explanation="Đang tranh chấp")
    with clock.at(at("2026-11-19 08:30")):
        if sheet is not None and where == "confirmed meanwhile":
            actions.confirm_sheet(there.counter, sheet.pk, {key: Said(True)})
    with clock.at(at("2026-11-25 09:00")):
        actions.reopen.run(there.head, key, reason="cause_gone", explanation="Đã hòa giải")
        task = open_task(key)
        if where == "at the counter":
            assert (task.step, task.unit_id, task.due_at) == (
                moving.SEND,
                unit("other_commune_centre"),
                at("2026-11-25 17:00"),
            )
            sheet = sheet_of(fresh(dossier), here)
        if where == "confirmed meanwhile":
            assert task.stage == "process"
        else:
            assert fresh(dossier).case.due_at is None
            actions.take_in_one(there.counter, key, whole=True)
    dossier = fresh(dossier)
    assert dossier.arrived_at == dossier.case.clock_start == at("2026-11-25 09:00")
    assert dossier.case.due_at == due(DEFAULT_CALENDAR, at("2026-11-25 09:00"), Allowance.parse("5 working_day"))
    assert open_task(key).stage == "process"
    assert HandOver.objects.filter(confirmed_at__isnull=True).count() == 0
