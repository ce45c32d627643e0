"""Asking for a supplement: once, in time, exactly, and never for what the State has (ND118 Đ5.1i, Đ11.2c, Đ19.5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid, Refused
from motcua.services.dossiers import actions, policies
from motcua.services.dossiers.models import Dossier, DossierFile, SupplementRequest
from motcua.services.dossiers.office import held
from motcua.services.dossiers.register import Wanted, rows
from motcua.services.dossiers.rules import punctuality
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
ITEM = {"component": "p2", "name": "Giấy chứng sinh", "code": "unreadable", "reason": "Trang 2 mờ"}


def _case(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("case").get(pk=dossier.pk)


def test_the_period_begins_anew_after_a_supplement_nd118_d19_5() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    dossier = factories.make_dossier("accepted", staff=staff, citizen=citizen, at=MONDAY)
    first = _case(dossier).case.due_at
    with clock.at(MONDAY + timedelta(days=1)):
        actions.request_supplement.run(staff.specialist, dossier.pk, items=[ITEM])
    assert _case(dossier).case.due_at is None, "nothing is due while the applicant is asked"
    with clock.at(MONDAY + timedelta(days=3)):
        actions.supply.run(actor_of(citizen), dossier.pk, files=[], message="Bản rõ hơn")
    again = _case(dossier).case.due_at
    assert first is not None
    assert again is not None
    assert first.astimezone(VIETNAM).date() == date(2026, 3, 9)
    assert again.astimezone(VIETNAM).date() == date(2026, 3, 12), "five whole working days from Thursday"


def test_a_province_may_let_the_period_go_on() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    dossier = factories.make_dossier("accepted", staff=staff, citizen=citizen, at=MONDAY)
    with clock.at(MONDAY), begin(SYSTEM) as work:
        policies.set_figure(
            work, key="supplement_effect", value="resume", valid_from=date(2026, 3, 2), basis="QĐ 5/2026/QĐ-UBND"
        )
    with clock.at(MONDAY + timedelta(days=1)):
        actions.request_supplement.run(staff.specialist, dossier.pk, items=[ITEM])
    with clock.at(MONDAY + timedelta(days=3)):
        actions.supply.run(actor_of(citizen), dossier.pk, files=[], message="Bản rõ hơn")
    due = _case(dossier).case.due_at
    assert due is not None
    assert due.astimezone(VIETNAM).date() == date(2026, 3, 11), "the two working days of the wait are given back"


def test_each_item_has_a_reason_from_the_list_and_its_article_nd118_d16_3() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("accepted", staff=staff, at=MONDAY)
    with clock.at(MONDAY):
        for item in ({**ITEM, "code": "no-such"}, {**ITEM, "name": ""}, {**ITEM, "code": "", "reason": ""}):
            with pytest.raises(Invalid):
                actions.request_supplement.run(staff.specialist, dossier.pk, items=[item])
        with pytest.raises(Invalid):
            actions.request_supplement.run(staff.specialist, dossier.pk, items=[])
        request = actions.request_supplement.run(staff.specialist, dossier.pk, items=[ITEM])
    (kept,) = request.items
    assert kept["reason"] == "Bản chụp không rõ, không đọc được: Trang 2 mờ"
    assert kept["basis"]


def test_it_is_asked_for_within_three_working_days_nd118_d19_5() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("accepted", staff=staff, at=MONDAY)
    with clock.at(MONDAY + timedelta(days=4)):
        with pytest.raises(Refused) as raised:
            actions.request_supplement.run(staff.specialist, dossier.pk, items=[ITEM])
        assert raised.value.params["basis"] == "ND118 Đ19.5"
        request = actions.request_supplement.run(staff.head, dossier.pk, items=[ITEM])
    assert request.asked_late, "who leads may, and it is on record"
    event = Event.objects.get(stream=dossier.pk, kind="dossier.supplement_requested")
    assert event.data["asked_late"] is True


def test_the_third_working_day_is_in_time_nd118_d19_5() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("accepted", staff=staff, at=MONDAY)
    with clock.at(MONDAY + timedelta(days=3)):
        request = actions.request_supplement.run(staff.specialist, dossier.pk, items=[ITEM])
    assert not request.asked_late


def test_only_once_and_a_second_time_counts_as_late_nd118_d11_2c() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    dossier = factories.make_dossier("accepted", staff=staff, citizen=citizen, at=MONDAY)
    with clock.at(MONDAY + timedelta(days=1)):
        actions.request_supplement.run(staff.specialist, dossier.pk, items=[ITEM])
        actions.supply.run(actor_of(citizen), dossier.pk, files=[], message="Đây")
    assert not _case(dossier).counts_late
    with clock.at(MONDAY + timedelta(days=2)):
        with pytest.raises(Refused):
            actions.request_supplement.run(staff.specialist, dossier.pk, items=[ITEM])
        actions.request_supplement.run(staff.head, dossier.pk, items=[ITEM])
    found = _case(dossier)
    assert found.counts_late
    due = MONDAY + timedelta(days=30)
    assert punctuality(due, MONDAY, MONDAY, counts_late=found.counts_late) == "late"
    assert punctuality(due, None, MONDAY, counts_late=found.counts_late) == "overdue"


def test_the_register_counts_it_as_late_too_and_hours_or_days_as_the_province_decides() -> None:
    """Index 766: more than one request counts as late. FACTS §3: 766 compares moments, the national systems days."""
    staff, citizen = factories.make_staff(), factories.make_citizen()
    twice, evening = (factories.make_dossier("signing", staff=staff, citizen=citizen, at=MONDAY) for _ in range(2))
    with clock.at(MONDAY):
        for _ in range(2):
            actions.request_supplement.run(staff.head, twice.pk, items=[ITEM])
            actions.supply.run(actor_of(citizen), twice.pk, files=[], message="Đây")
        begun = Wanted(unit_id=twice.competent_id, first=MONDAY.date(), last=MONDAY.date())

    def remarks() -> dict[str, str]:
        return {row.code: row.remark for row in rows(staff.head, begun)}

    with clock.at(datetime(2026, 3, 9, 17, 30, tzinfo=VIETNAM)):
        assert remarks() == {twice.code: "Đang quá hạn", evening.code: "Đang quá hạn"}
        for dossier in (twice, evening):
            task = factories.open_task(dossier.pk)
            actions.complete.run(staff.head, dossier.pk, task_id=task.id, approved=True, name="Giấy khai sinh")
        assert remarks() == {twice.code: "Quá hạn", evening.code: "Quá hạn"}
        with begin(SYSTEM) as work:
            policies.set_figure(work, key="late_by", value="day", valid_from=date(2026, 3, 9), basis="QĐ 7/2026")
        assert remarks() == {twice.code: "Quá hạn", evening.code: "Đúng hạn"}


def test_closed_after_fifteen_days_without_answer_nd118_d19_5() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("accepted", staff=staff, at=MONDAY)
    with clock.at(MONDAY):
        request = actions.request_supplement.run(staff.specialist, dossier.pk, items=[ITEM])
    assert request.answer_by == date(2026, 3, 17)


def _with_file(dossier: Dossier, component: str) -> None:
    from motcua.engines.files.models import Blob

    blob = Blob.objects.create(sha256="ab" * 32, size=3, media_type="application/pdf", created_at=MONDAY)
    row = dossier.components.get(key=component)
    DossierFile.objects.create(dossier=dossier, component=row, blob=blob, name="giay-chung-sinh.pdf", added_at=MONDAY)


def test_what_is_in_the_dossier_is_not_asked_for_again_nd118_d5_1i() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("accepted", staff=staff, at=MONDAY)
    _with_file(dossier, "p2")
    with clock.at(MONDAY):
        with pytest.raises(Refused) as raised:
            actions.request_supplement.run(staff.specialist, dossier.pk, items=[{**ITEM, "code": "missing"}])
        assert raised.value.params["basis"] == "ND118 Đ5.1i"
        assert dossier.code in raised.value.params["where"], "the refusal says where it is"
        actions.request_supplement.run(staff.specialist, dossier.pk, items=[ITEM])
    assert SupplementRequest.objects.filter(dossier=dossier).count() == 1, "a better copy may be asked for"


def test_a_result_given_before_is_not_asked_for_unless_wrong_or_out_of_reach_nd309_d2() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    birth = factories.make_procedure(name="Đăng ký khai sinh")
    before = factories.make_dossier("returned", staff=staff, citizen=citizen, procedure=birth, at=MONDAY)
    other = factories.make_procedure(name="Cấp thẻ bảo hiểm y tế", papers=("Tờ khai", "Bản sao Giấy khai sinh"))
    dossier = factories.make_dossier("accepted", staff=staff, citizen=citizen, procedure=other, at=MONDAY)
    item = {"component": "p2", "name": "Bản sao Giấy khai sinh", "code": "missing"}
    with clock.at(MONDAY):
        with pytest.raises(Refused) as raised:
            actions.request_supplement.run(staff.specialist, dossier.pk, items=[item])
        assert before.code in raised.value.params["where"]
        request = actions.request_supplement.run(staff.specialist, dossier.pk, items=[{**item, "held": "inaccurate"}])
    assert request.items[0]["held"] == "inaccurate", "on record, with the request"


@pytest.mark.parametrize("form", ["Tờ khai đăng ký khai sinh", "Đơn đề nghị cấp giấy phép xây dựng (mẫu 01)"])
def test_what_is_written_anew_for_each_matter_may_be_asked_for_nd118_d5_1i(form: str) -> None:
    """The form of an earlier dossier says nothing about this one: a second child needs a form of its own."""
    staff, citizen = factories.make_staff(), factories.make_citizen()
    procedure = factories.make_procedure(papers=(form, "Giấy chứng sinh"))
    before = factories.make_dossier("returned", staff=staff, citizen=citizen, procedure=procedure, at=MONDAY)
    _with_file(before, "p1")
    dossier = factories.make_dossier("accepted", staff=staff, citizen=citizen, procedure=procedure, at=MONDAY)
    with clock.at(MONDAY):
        item = {"component": "p1", "name": form, "code": "missing"}
        request = actions.request_supplement.run(staff.specialist, dossier.pk, items=[item])
    assert request.items[0]["held"] == ""


def test_nobody_elses_results_are_looked_at() -> None:
    staff = factories.make_staff()
    factories.make_dossier("returned", staff=staff, citizen=factories.make_citizen(), at=MONDAY)
    dossier = factories.make_dossier("accepted", staff=staff, citizen=factories.make_citizen(), at=MONDAY)
    assert held.elsewhere(dossier, ["Giấy khai sinh"]) == {"Giấy khai sinh": []}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Giấy khai sinh", "Bản sao Giấy khai sinh (có chứng thực)"),
        ("01 bản chính Giấy chứng nhận kết hôn", "Giấy chứng nhận kết hôn; kèm bản dịch"),
    ],
)
def test_the_same_paper_under_other_words(one: str, other: str) -> None:
    assert held.kernel(one) == held.kernel(other) != ""


def test_another_paper_is_another_paper() -> None:
    assert held.kernel("Giấy khai sinh") != held.kernel("Giấy khai tử")
    assert held.kernel("Ảnh") == "", "too little to compare"
