"""Opinions of other agencies (ND118 Đ19): asked with a deadline, reminded, answered, late, taken back, not heard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Task
from motcua.engines.files.actions import store
from motcua.engines.ledger.models import Event
from motcua.engines.notices.models import Message
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from motcua.foundation.working_time import Allowance
from motcua.services.dossiers import actions, queries
from motcua.services.dossiers.actions.opinions import open_opinions
from motcua.services.dossiers.jobs import linked as linked_jobs
from motcua.services.dossiers.models import Dossier, Opinion
from motcua.services.dossiers.office.possible import possible
from motcua.services.dossiers.rules import Status
from motcua.services.dossiers.together import opinions
from tests.engines.files.samples import pdf
from tests.factories import Staff, make_dossier, make_officer, make_staff, make_units, unit

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)


@contextmanager
def at(**later: float) -> Iterator[None]:
    with clock.at(MONDAY + timedelta(**later)):
        yield


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("case").get(pk=dossier.pk)


def asked(staff: Staff, dossier: Dossier, *keys: str, **more: Any) -> list[Opinion]:
    return actions.ask_opinions.run(
        staff.specialist, dossier.pk, unit_ids=[unit(key) for key in keys], question="Đất có tranh chấp không?", **more
    )


def specialist_of(key: str) -> Any:
    return actor_of(make_officer("specialist", make_units()[key]))


def events(dossier: Dossier, kind: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(stream=dossier.pk, kind=kind).order_by("seq").values_list("data", flat=True))


def follow(dossier: Dossier) -> None:
    """What the worker does with these events."""
    opinions.opinions(list(Event.objects.filter(stream=dossier.pk, kind__startswith="dossier.opinion").order_by("seq")))


def test_several_agencies_are_asked_at_once_and_the_own_step_stays_open() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff, at=MONDAY)
    with at(hours=1):
        rows = asked(staff, dossier, "department", "other_department")
    found = fresh(dossier)
    assert len(rows) == 2
    assert sorted(task.stage for task in found.case.open_tasks) == ["consult", "consult", "process"]
    assert found.case.holder_id == unit("commune"), "being asked does not take the dossier"
    (event,) = events(dossier, "dossier.opinions_asked")
    assert event["basis"] == "ND118 Đ19"
    assert [UUID(one["unit"]) for one in event["opinions"]] == [row.unit_id for row in rows]
    assert "tranh chấp" not in str(event), "what was asked is not for the ledger"


def test_the_deadline_is_the_province_s_figure_or_the_asker_s_and_never_after_the_dossier_s() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff, at=MONDAY)
    due = fresh(dossier).case.due_at
    with at(hours=1):
        (usual,) = asked(staff, dossier, "department")
        (short,) = asked(staff, dossier, "other_department", allow=Allowance.parse("4 hour"))
        (long,) = asked(staff, dossier, "other_commune", allow=Allowance.parse("30 working_day"))
    assert usual.due_at == due, "five working days from Monday nine o'clock would be after it"
    assert short.due_at == MONDAY.replace(hour=15), "four working hours over noon"
    assert long.due_at == due


@pytest.mark.parametrize(
    ("keys", "more", "field"),
    [
        ((), {}, "units"),
        (("commune",), {}, "units"),
        (("department",), {"question": "  "}, "question"),
        (("department",), {"allow": Allowance.parse("90 working_day")}, "time"),
        (("department",), {"allow": Allowance.parse("3 month")}, "time"),
    ],
)
def test_what_cannot_be_asked(keys: tuple[str, ...], more: dict[str, Any], field: str) -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    given = {"question": "Có đồng ý không?", **more}
    with pytest.raises(Invalid) as refused:
        actions.ask_opinions.run(staff.specialist, dossier.pk, unit_ids=[unit(key) for key in keys], **given)
    assert set(refused.value.fields) == {field}


def test_nobody_is_asked_twice_at_a_time_and_only_who_holds_the_step_asks() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    asked(staff, dossier, "department")
    with pytest.raises(Invalid):
        asked(staff, dossier, "department")
    with pytest.raises(NotAllowed):
        actions.ask_opinions.run(staff.counter, dossier.pk, unit_ids=[unit("other_department")], question="?")
    with pytest.raises(NotFound):
        actions.ask_opinions.run(
            specialist_of("other_commune"), dossier.pk, unit_ids=[unit("department")], question="?"
        )


def test_a_dossier_that_waits_for_its_applicant_asks_nobody_but_is_answered_all_the_same() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    (row,) = asked(staff, dossier, "department")
    wanted = {"component": "p2", "name": "Giấy chứng sinh", "reason": "Bản chụp mờ", "basis": ""}
    actions.request_supplement.run(staff.specialist, dossier.pk, items=[wanted])
    with pytest.raises(Conflict):
        asked(staff, dossier, "other_department")
    officer = specialist_of("department")
    actions.answer_opinion.run(officer, dossier.pk, task_id=row.task_id, agrees=True, answer="Đồng ý.")
    assert open_opinions(fresh(dossier)) == []


def test_the_agency_sees_the_dossier_while_it_is_asked_and_answers_with_words_and_files() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    (row,) = asked(staff, dossier, "other_department")
    officer = specialist_of("other_department")
    assert next(each.verb for each in possible(officer, queries.get(officer, dossier.pk))) == "answer_opinion"
    with pytest.raises(Invalid):
        actions.answer_opinion.run(officer, dossier.pk, task_id=row.task_id, agrees=False, answer=" ")
    assert officer.id is not None
    upload = store(pdf("ý kiến"), "y-kien.pdf", officer.id)
    answered = actions.answer_opinion.run(
        officer,
        dossier.pk,
        task_id=row.task_id,
        agrees=False,
        answer="Thửa đất nằm trong quy hoạch giao thông.",
        files=[actions.FileIn(upload.blob_id, upload.name)],
    )
    assert (answered.agrees, answered.answered_by) == (False, officer.id)
    assert Task.objects.get(pk=row.task_id).outcome == "disagrees"
    assert dossier.files.filter(kind="working", added_by=officer.id).count() == 1
    (event,) = events(dossier, "dossier.opinion_given")
    assert (event["agrees"], event["late"]) == (False, False)
    assert "quy hoạch" not in str(event)
    (shown,) = opinions.of_dossier(fresh(dossier))
    assert (shown.state, shown.unit, shown.was_late) == ("answered", "Sở Xây dựng", False)
    with pytest.raises((Conflict, NotFound)):
        actions.answer_opinion.run(officer, dossier.pk, task_id=row.task_id, agrees=True, answer="Nghĩ lại")


def test_an_agency_that_is_only_asked_may_not_act_on_the_dossier() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    (row,) = asked(staff, dossier, "other_department")
    officer = specialist_of("other_department")
    with pytest.raises(NotAllowed):
        actions.request_supplement.run(officer, dossier.pk, items=[{"name": "Sổ đỏ", "reason": "Cần xem"}])
    with pytest.raises((Refused, Conflict, NotAllowed)):
        actions.pass_on.run(officer, dossier.pk, task_id=row.task_id)


def test_an_agency_is_reminded_once_before_its_answer_is_due() -> None:
    staff = make_staff()
    officer = make_officer("specialist", make_units()["department"])
    dossier = make_dossier("processing", staff=staff, at=MONDAY)
    with at(hours=1):
        (row,) = asked(staff, dossier, "department", allow=Allowance.parse("3 working_day"))
    with at(hours=2):
        linked_jobs.watch_opinions(0)
        assert Opinion.objects.get(pk=row.pk).reminded_at is None, "more than a working day is left"
    with at(days=3):
        linked_jobs.watch_opinions(0)
        linked_jobs.watch_opinions(0)
    assert len(events(dossier, "dossier.opinion_reminded")) == 1
    follow(dossier)
    kinds = list(Message.objects.filter(user=officer).order_by("at").values_list("kind", flat=True))
    assert kinds == ["dossier.opinion_asked", "dossier.opinion_reminder"]


def test_a_late_answer_is_recorded_and_told_to_the_head_of_the_one_stop_unit_nd118_d19() -> None:
    staff = make_staff()
    head = make_officer("head", make_units()["commune_centre"])
    dossier = make_dossier("processing", staff=staff, at=MONDAY)
    with at(hours=1):
        (row,) = asked(staff, dossier, "department", allow=Allowance.parse("4 hour"))
    with at(days=1):
        linked_jobs.watch_opinions(0)
        linked_jobs.watch_opinions(0)
    (event,) = events(dossier, "dossier.opinion_late")
    assert event["basis"] == "ND118 Đ19"
    follow(dossier)
    assert list(Message.objects.filter(user=head).values_list("kind", flat=True)) == ["dossier.opinion_late"]
    assert Message.objects.filter(user=staff.specialist.id, kind="dossier.opinion_late").exists()
    with at(days=1, hours=2):
        actions.answer_opinion.run(
            specialist_of("department"), dossier.pk, task_id=row.task_id, agrees=True, answer="Đồng ý"
        )
    assert events(dossier, "dossier.opinion_given")[0]["late"] is True


def test_a_question_can_be_taken_back() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    (row,) = asked(staff, dossier, "department")
    with pytest.raises(Invalid):
        actions.withdraw_opinion.run(staff.specialist, dossier.pk, opinion_id=row.pk, reason="")
    actions.withdraw_opinion.run(staff.specialist, dossier.pk, opinion_id=row.pk, reason="Đã rõ")
    assert Task.objects.get(pk=row.task_id).state == "cancelled"
    assert opinions.of_dossier(fresh(dossier))[0].state == "dropped"
    with pytest.raises(Conflict):
        actions.withdraw_opinion.run(staff.specialist, dossier.pk, opinion_id=row.pk, reason="Lần nữa")


def test_signing_before_all_were_heard_needs_an_explicit_reason() -> None:
    staff = make_staff()
    dossier = make_dossier("signing", staff=staff)
    actions.ask_opinions.run(staff.head, dossier.pk, unit_ids=[unit("department")], question="Có ý kiến gì không?")
    sign = next(task for task in fresh(dossier).case.open_tasks if task.stage == "sign")
    with pytest.raises(Invalid) as refused:
        actions.complete.run(staff.head, dossier.pk, task_id=sign.id, approved=True, name="Giấy khai sinh")
    assert "unheard" in refused.value.fields
    assert fresh(dossier).status == Status.PROCESSING
    actions.complete.run(
        staff.head, dossier.pk, task_id=sign.id, approved=True, name="Giấy khai sinh", unheard="Không ảnh hưởng kết quả"
    )
    assert fresh(dossier).status == Status.FINISHED
    (event,) = events(dossier, "dossier.completed")
    assert event["unheard_because"] == "Không ảnh hưởng kết quả"
    assert len(event["unheard"]) == 1
    assert [task.stage for task in fresh(dossier).case.open_tasks] == ["return"]


def test_a_dossier_that_ends_waits_for_nobody() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff, at=MONDAY)
    with at(hours=1):
        asked(staff, dossier, "department", allow=Allowance.parse("4 hour"))
        citizen = dossier.applicant.users.get() if dossier.applicant else None
        assert citizen is not None
        actions.withdraw.run(actor_of(citizen), dossier.pk, reason="Không cần nữa")
    with at(days=3):
        linked_jobs.watch_opinions(0)
    assert events(dossier, "dossier.opinion_late") == []
    assert opinions.of_dossier(fresh(dossier))[0].state == "dropped"
