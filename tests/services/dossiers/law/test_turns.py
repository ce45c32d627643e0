"""Stop, withdraw, reopen, extend, payment, correction (ND118 Đ19.6, Đ21, Đ22, Đ23)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import TaskState
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, Refused
from motcua.services.dossiers import actions, policies
from motcua.services.dossiers.models import Correction, Dossier, DossierComponent, Result
from motcua.services.dossiers.office import worklists
from motcua.services.dossiers.office.uncollected import uncollected
from motcua.services.dossiers.papercodes import paper_code
from motcua.services.dossiers.rules import Status
from motcua.services.dossiers.turns import can_extend, flags
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)


def _again(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("case").get(pk=dossier.pk)


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(VIETNAM).date() if moment else None


# -- extension, ND118 Đ19.6 ---------------------------------------------------------------------------------------


def _extend(staff: factories.Staff, dossier: Dossier, allowance: str = "3 working_day") -> None:
    actions.extend.run(
        staff.head, dossier.pk, allowance=allowance, reason="complex", explanation="Xin lỗi ông/bà vì cần xác minh."
    )


def test_an_extension_counts_on_from_the_due_date_nd118_d19_6() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff, at=MONDAY)
    with clock.at(MONDAY + timedelta(days=2)):
        _extend(staff, dossier)
    case = _again(dossier).case
    assert _day(case.due_at) == date(2026, 3, 12), "Monday the 9th and three working days"
    assert case.extended_to == case.due_at
    assert all(task.due_at <= case.due_at for task in case.open_tasks)
    event = Event.objects.get(stream=dossier.pk, kind="dossier.extended")
    assert event.data["basis"] == "ND118 Đ19.6"
    assert event.data["explanation"], "the apology"


def test_extended_at_most_once_nd118_d19_6() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff, at=MONDAY)
    with clock.at(MONDAY + timedelta(days=1)):
        _extend(staff, dossier)
        with pytest.raises(Refused):
            _extend(staff, dossier)


def test_extended_at_latest_on_the_day_before_nd118_d19_6() -> None:
    """The law counts the day, not 24 hours (ND61 Đ19.9 before it: “chậm nhất 01 ngày trước ngày hết hạn”)."""
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff, at=MONDAY)
    due = _again(dossier).case.due_at
    assert due == datetime(2026, 3, 9, 17, 0, tzinfo=VIETNAM)
    with clock.at(datetime(2026, 3, 9, 0, 0, tzinfo=VIETNAM)):
        assert not can_extend(_again(dossier), clock.now())
        with pytest.raises(Refused):
            _extend(staff, dossier)
    with clock.at(datetime(2026, 3, 8, 23, 59, tzinfo=VIETNAM)):
        assert can_extend(_again(dossier), clock.now())
        _extend(staff, dossier)


def test_late_without_an_apology_stands_out_nd118_d19_6() -> None:
    dossier = factories.make_dossier("processing", at=MONDAY)
    assert "late_without_apology" in flags(_again(dossier), MONDAY + timedelta(days=30))
    assert "late_without_apology" not in flags(_again(dossier), MONDAY + timedelta(days=1))


def test_only_who_leads_extends_and_says_why() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff, at=MONDAY)
    with clock.at(MONDAY):
        with pytest.raises(NotAllowed):
            actions.extend.run(
                staff.specialist, dossier.pk, allowance="3 working_day", reason="complex", explanation="Xin lỗi"
            )
        for wrong in ({"reason": "no-such"}, {"explanation": " "}, {"allowance": "0 working_day"}, {"allowance": "x"}):
            given = {"allowance": "3 working_day", "reason": "complex", "explanation": "Xin lỗi", **wrong}
            with pytest.raises(Invalid):
                actions.extend.run(staff.head, dossier.pk, **given)


# -- stop, withdraw, reopen, ND118 Đ21 ----------------------------------------------------------------------------


def test_the_applicant_stops_until_the_decision_nd118_d21() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    dossier = factories.make_dossier("processing", staff=staff, citizen=citizen, at=MONDAY)
    with clock.at(MONDAY):
        actions.stop.run(actor_of(citizen), dossier.pk, reason="applicant", explanation="Tôi chưa cần")
    found = _again(dossier)
    assert found.status == Status.STOPPED
    assert found.case.closed_at is not None
    event = Event.objects.get(stream=dossier.pk, kind="dossier.stopped")
    assert event.data["by"] == "applicant"
    assert "explanation" not in event.data, "what a person writes stays out of the ledger"
    decided = factories.make_dossier("finished", staff=staff, citizen=citizen, at=MONDAY)
    with clock.at(MONDAY), pytest.raises(Conflict):
        actions.stop.run(actor_of(citizen), decided.pk, reason="applicant")


def test_the_office_stops_with_a_reason_and_words() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff, at=MONDAY)
    with clock.at(MONDAY):
        with pytest.raises(NotAllowed):
            actions.stop.run(staff.specialist, dossier.pk, reason="dispute", explanation="Đang tranh chấp")
        with pytest.raises(Invalid):
            actions.stop.run(staff.head, dossier.pk, reason="dispute", explanation="")
        with pytest.raises(Invalid):
            actions.stop.run(staff.head, dossier.pk, reason="whim", explanation="Đang tranh chấp")
        actions.stop.run(staff.head, dossier.pk, reason="dispute", explanation="Đang tranh chấp ranh giới")
    assert _again(dossier).status == Status.STOPPED


def test_what_is_at_the_counter_cannot_be_stopped() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("new", staff=staff, at=MONDAY)
    with clock.at(MONDAY), pytest.raises(Conflict):
        actions.stop.run(staff.head, dossier.pk, reason="dispute", explanation="Đang tranh chấp")


def test_taken_up_again_the_time_between_does_not_count() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff, at=MONDAY)
    (before,) = _again(dossier).case.open_tasks
    with clock.at(MONDAY + timedelta(days=1)):
        actions.stop.run(staff.head, dossier.pk, reason="dispute", explanation="Đang tranh chấp")
    with clock.at(MONDAY + timedelta(days=8)):
        with pytest.raises(NotAllowed):
            actions.reopen.run(staff.specialist, dossier.pk, reason="cause_gone", explanation="Đã hòa giải")
        actions.reopen.run(staff.head, dossier.pk, reason="cause_gone", explanation="Đã hòa giải")
    found = _again(dossier)
    assert found.status == Status.PROCESSING
    assert found.case.closed_at is None
    assert [task.step for task in found.case.open_tasks] == [before.step]
    assert _day(found.case.due_at) == date(2026, 3, 16), "five working days stood still"
    with clock.at(MONDAY + timedelta(days=8)), pytest.raises(Conflict):
        actions.reopen.run(staff.head, dossier.pk, reason="cause_gone", explanation="Lần nữa")


def test_closed_unanswered_and_taken_up_again_the_period_begins_anew_nd118_d19_5() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("supplement", staff=staff, at=MONDAY)
    with clock.at(MONDAY + timedelta(days=30)):
        actions.close_unanswered.run(staff.counter, dossier.pk)
    later = MONDAY + timedelta(days=35)  # a Monday
    with clock.at(later):
        actions.reopen.run(staff.head, dossier.pk, reason="force_majeure", explanation="Người nộp nằm viện")
    found = _again(dossier)
    assert found.status == Status.PROCESSING
    assert _day(found.case.due_at) == date(2026, 4, 13), "five working days from Monday 6 April"


def test_what_was_never_accepted_is_submitted_anew() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("new", staff=staff, at=MONDAY)
    item = {"component": "p1", "name": "Tờ khai", "code": "missing"}
    with clock.at(MONDAY):
        actions.request_supplement.run(staff.counter, dossier.pk, items=[item])
    with clock.at(MONDAY + timedelta(days=30)):
        actions.close_unanswered.run(staff.counter, dossier.pk)
        with pytest.raises(Refused):
            actions.reopen.run(staff.head, dossier.pk, reason="answered", explanation="Đã bổ sung")


# -- financial obligation -----------------------------------------------------------------------------------------


def test_a_payment_waits_with_the_clock_stopped_and_goes_on_with_what_was_left() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff, at=MONDAY)
    with clock.at(MONDAY + timedelta(days=1)):
        actions.demand_payment.run(
            staff.specialist, dossier.pk, name="Lệ phí trước bạ", amount=1_500_000, notice_number="123/TB-CT"
        )
    found = _again(dossier)
    assert found.status == Status.PAYMENT
    assert found.case.due_at is None
    assert {task.state for task in found.case.open_tasks} == {TaskState.WAITING}
    with clock.at(MONDAY + timedelta(days=8)):
        with pytest.raises(Invalid):
            actions.note_payment.run(staff.counter, dossier.pk, receipt="BL01", amount=1000)
        actions.note_payment.run(staff.counter, dossier.pk, receipt="BL01", amount=1_500_000)
    found = _again(dossier)
    assert found.status == Status.PROCESSING
    assert _day(found.case.due_at) == date(2026, 3, 16), "the five working days of the wait are given back"
    with clock.at(MONDAY + timedelta(days=8)), pytest.raises(Conflict):
        actions.note_payment.run(staff.counter, dossier.pk, receipt="BL02")


def test_a_province_may_let_the_period_begin_anew_after_a_payment() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff, at=MONDAY)
    with clock.at(MONDAY), begin(SYSTEM) as work:
        policies.set_figure(
            work, key="obligation_effect", value="restart", valid_from=date(2026, 3, 2), basis="QĐ 6/2026/QĐ-UBND"
        )
    with clock.at(MONDAY + timedelta(days=1)):
        actions.demand_payment.run(staff.specialist, dossier.pk, name="Lệ phí trước bạ", amount=5000)
    with clock.at(MONDAY + timedelta(days=8)):
        actions.note_payment.run(staff.counter, dossier.pk, receipt="BL01")
    assert _day(_again(dossier).case.due_at) == date(2026, 3, 17), "five working days from Tuesday"


def test_a_demand_is_taken_back_with_a_reason() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff, at=MONDAY)
    with clock.at(MONDAY):
        actions.demand_payment.run(staff.specialist, dossier.pk, name="Thuế", amount=5000)
        with pytest.raises(Invalid):
            actions.drop_payment.run(staff.specialist, dossier.pk, explanation="")
        actions.drop_payment.run(staff.specialist, dossier.pk, explanation="Được miễn")
    assert _again(dossier).status == Status.PROCESSING


def test_withdrawn_while_a_payment_is_awaited_nothing_waits_any_more() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    dossier = factories.make_dossier("processing", staff=staff, citizen=citizen, at=MONDAY)
    with clock.at(MONDAY):
        actions.demand_payment.run(staff.specialist, dossier.pk, name="Thuế", amount=5000)
        actions.withdraw.run(actor_of(citizen), dossier.pk, code="no_need")
    assert _again(dossier).obligations.get().dropped_at == MONDAY


# -- results and originals, ND118 Đ22 -----------------------------------------------------------------------------


def test_a_result_has_the_holders_identifier_and_its_type_as_paper_code_nd118_d22() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    dossier = factories.make_dossier("signing", staff=staff, citizen=citizen, at=MONDAY)
    task = factories.open_task(dossier.pk)
    with clock.at(MONDAY):
        result = actions.complete.run(
            staff.head, dossier.pk, task_id=task.id, approved=True, name="Thẻ căn cước", type_code="KQ.G01.000023"
        )
    assert citizen.party is not None
    assert result.paper_code == f"{citizen.party.identity_number}.KQ.G01.000023"
    assert len(result.pickup_code) == 6


def test_no_paper_code_without_identifier_or_type_nd118_d22() -> None:
    assert paper_code("", "KQ.G01.000023") == ""
    assert paper_code("046190000001", "") == ""
    assert paper_code("046 190 000001", "KQ.G01.000023") == "046190000001.KQ.G01.000023"


def test_returned_for_the_code_or_after_checking_the_identity_nd118_d22() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("finished", staff=staff, at=MONDAY)
    code = Result.objects.get(pk=dossier.pk).pickup_code
    with clock.at(MONDAY):
        for wrong in ({"identity_checked": False}, {"identity_checked": False, "pickup": "000000"}):
            with pytest.raises(Invalid):
                actions.return_result.run(staff.counter, dossier.pk, received_by="Bình", **wrong)
        result = actions.return_result.run(
            staff.counter, dossier.pk, received_by="Bình", identity_checked=False, pickup=code.lower()
        )
    assert result.proof == "code"


def test_by_post_the_parcels_number_is_kept_nd118_d22() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("finished", staff=staff, at=MONDAY)
    with clock.at(MONDAY):
        result = actions.return_result.run(
            staff.counter, dossier.pk, received_by="Bưu điện", delivery="post", tracking="EM123456789VN"
        )
    assert (result.proof, result.tracking) == ("sent", "EM123456789VN")


def test_what_waits_to_be_collected_makes_nobody_late_nd118_d22() -> None:
    staff = factories.make_staff()
    collected, sent = (
        factories.make_dossier("finished", staff=staff, at=MONDAY, delivery=way) for way in ("counter", "electronic")
    )
    assert factories.open_task(collected.pk).due_at is None
    assert factories.open_task(sent.pk).due_at == sent.case.due_at
    with clock.at(MONDAY + timedelta(days=60)):
        late = worklists.page(staff.counter, worklists.Filter(due="late")).tasks
        assert [task.case_id for task in late] == [sent.pk], "sending is the office's to do, coming is not"
        assert [task.case_id for task in uncollected(staff.counter)] == [collected.pk]


def test_originals_go_back_and_each_is_on_record_nd118_d22() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("finished", staff=staff, at=MONDAY)
    with clock.at(MONDAY):
        with pytest.raises(Invalid):
            actions.return_result.run(staff.counter, dossier.pk, received_by="Bình", handed_back={"p1": 2})
        actions.return_result.run(staff.counter, dossier.pk, received_by="Bình", handed_back={"p1": 1})
        assert DossierComponent.objects.get(dossier=dossier, key="p1").handed_back == 1
        with pytest.raises(Invalid):
            actions.hand_back.run(staff.counter, dossier.pk, originals={"p1": 1})
        actions.hand_back.run(staff.counter, dossier.pk, originals={"p2": 1})
    assert DossierComponent.objects.get(dossier=dossier, key="p2").handed_back == 1


# -- correction, ND118 Đ23 ----------------------------------------------------------------------------------------


def test_a_wrong_result_is_corrected_within_three_working_days_and_returned_again_nd118_d23() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    dossier = factories.make_dossier("returned", staff=staff, citizen=citizen, at=MONDAY)
    friday = MONDAY + timedelta(days=4)
    with clock.at(friday):
        actions.ask_correction.run(actor_of(citizen), dossier.pk, reason="personal_data", explanation="Sai tên đệm")
        with pytest.raises(Conflict):
            actions.ask_correction.run(staff.counter, dossier.pk, reason="typing", explanation="Sai tên đệm")
    row = Correction.objects.get(dossier=dossier)
    assert _day(row.due_at) == date(2026, 3, 11), "three working days over a weekend"
    task = factories.open_task(dossier.pk)
    assert (task.stage, task.due_at) == ("sign", row.due_at)
    with clock.at(friday):
        with pytest.raises(NotAllowed):
            actions.correct_result.run(staff.specialist, dossier.pk, task_id=task.id, name="Giấy khai sinh")
        result = actions.correct_result.run(staff.head, dossier.pk, task_id=task.id, name="Giấy khai sinh", number="13")
        assert (result.revision, result.number, result.returned_at) == (2, "13", None)
        assert Correction.objects.get(pk=row.pk).before["number"] == "12/2026", "the old number is kept"
        actions.return_result.run(staff.counter, dossier.pk, received_by="Trần Thị Bình")
    found = _again(dossier)
    assert found.status == Status.RETURNED
    assert found.case.closed_at == friday
    statuses = [e.data["status"] for e in Event.objects.filter(stream=dossier.pk).order_by("seq") if "status" in e.data]
    assert statuses[-1] == [Status.FINISHED, Status.RETURNED], "the national path ends once"


def test_a_result_that_is_right_stays_and_the_signer_says_why_nd118_d23() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    for stage in ("finished", "returned"):
        dossier = factories.make_dossier(stage, staff=staff, citizen=citizen, at=MONDAY)
        with clock.at(MONDAY):
            actions.ask_correction.run(actor_of(citizen), dossier.pk, reason="content", explanation="Tôi thấy sai")
            with pytest.raises(Invalid):
                actions.decline_correction.run(staff.head, dossier.pk, explanation="")
            actions.decline_correction.run(staff.head, dossier.pk, explanation="Đúng theo giấy chứng sinh")
        found = _again(dossier)
        stages = [task.stage for task in found.case.open_tasks]
        assert stages == (["return"] if stage == "finished" else [])


def test_before_the_decision_there_is_nothing_to_correct() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff, at=MONDAY)
    with clock.at(MONDAY), pytest.raises(Conflict):
        actions.ask_correction.run(staff.counter, dossier.pk, reason="typing", explanation="Sai")


# -- adjusting, ND118 Đ21 -----------------------------------------------------------------------------------------


def test_the_applicant_changes_answers_until_the_decision_and_the_old_are_kept_nd118_d21() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    dossier = factories.make_dossier("processing", staff=staff, citizen=citizen, at=MONDAY)
    with clock.at(MONDAY):
        with pytest.raises(NotAllowed):
            actions.adjust.run(staff.specialist, dossier.pk, answers={"child_name": "Trần Anh"})
        row = actions.adjust.run(actor_of(citizen), dossier.pk, answers={"child_name": "Trần Anh"})
        assert row is not None
        assert (row.before, row.after) == ({"child_name": "Trần An"}, {"child_name": "Trần Anh"})
        assert actions.adjust.run(actor_of(citizen), dossier.pk, answers={"child_name": "Trần Anh"}) is None
        assert "adjusted" in flags(_again(dossier), MONDAY)
        actions.note_adjustments.run(staff.specialist, dossier.pk)
        assert "adjusted" not in flags(_again(dossier), MONDAY)
    event = Event.objects.get(stream=dossier.pk, kind="dossier.adjusted")
    assert event.data["fields"] == ["child_name"]
    assert "Trần" not in str(event.data), "the ledger says what changed, not what it says"
    decided = factories.make_dossier("finished", staff=staff, citizen=citizen, at=MONDAY)
    with clock.at(MONDAY), pytest.raises(Conflict):
        actions.adjust.run(actor_of(citizen), decided.pk, answers={"child_name": "Trần Anh"})
