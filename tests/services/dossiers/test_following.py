"""What follows from events: papers, messages, closings, reminders, alerts, forgotten drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger import readers
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import catch_up
from motcua.engines.notices.models import Message
from motcua.engines.notices.queries import inbox
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import MotcuaError
from motcua.services.dossiers import actions, jobs
from motcua.services.dossiers.jobs import intake as intake_jobs
from motcua.services.dossiers.models import Document, Dossier, SupplementRequest
from motcua.services.dossiers.rules import Status
from tests.factories import make_citizen, make_dossier, make_officer, make_procedure, make_staff, open_task
from tests.support.jobs import run_jobs

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)


def follow() -> None:
    """What the worker does: reads the ledger, then runs what was queued."""
    for name in ("papers", "notices", "work_counts"):
        catch_up(readers.get(name))
    run_jobs()


def told(dossier: Dossier) -> Sequence[str]:
    return list(Message.objects.filter(stream=dossier.pk).order_by("at", "id").values_list("kind", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_whole_life_is_told_and_papered() -> None:
    citizen = make_citizen()
    dossier = make_dossier("returned", citizen=citizen)
    follow()
    # the receipt, at the end the control sheet, and the receipt of the result
    assert set(Document.objects.values_list("form", flat=True)) == {"01", "06", "KQ"}
    assert sorted(told(dossier)) == [
        "dossier.accepted",
        "dossier.completed_early",
        "dossier.returned",
        "dossier.submitted",
    ]
    items = {item.kind: item for item in inbox(actor_of(citizen))}
    assert dossier.code in items["dossier.accepted"].subject
    assert "Trung tâm Phục vụ hành chính công phường Thuận Hóa" in items["dossier.completed_early"].body
    assert citizen.full_name not in "".join(item.subject + item.body for item in items.values())
    follow()
    assert Document.objects.count() == 3
    assert len(told(dossier)) == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("stage", "form", "kind"),
    [
        ("refused", "03", "dossier.refused"),
        ("supplement", "02", "dossier.supplement_requested"),
        ("withdrawn", None, "dossier.withdrawn"),
    ],
)
def test_other_ends_are_told_too(stage: str, form: str | None, kind: str) -> None:
    dossier = make_dossier(stage)
    follow()
    assert told(dossier)[-1] == kind
    assert form is None or Document.objects.filter(form=form).exists()


@pytest.mark.django_db(transaction=True)
def test_without_a_time_in_law_no_day_is_promised() -> None:
    dossier = make_dossier("accepted", procedure=make_procedure(allow=None))
    follow()
    assert "dossier.accepted_undated" in told(dossier)


@pytest.mark.django_db(transaction=True)
def test_reading_everything_twice_sends_and_papers_nothing_twice() -> None:
    make_dossier("returned")
    make_dossier("supplement")
    follow()
    before = (Message.objects.count(), Document.objects.count())
    for name in ("papers", "notices"):
        readers.ReaderCursor.objects.filter(name=name).update(xid=0, event=0)
    follow()
    assert (Message.objects.count(), Document.objects.count()) == before


@pytest.mark.django_db(transaction=True)
def test_who_has_no_account_and_no_address_is_told_nothing() -> None:
    make_dossier("accepted", contact={}, applicant_id=None)
    follow()
    assert Message.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_paper_that_fails_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = make_dossier("accepted")
    good = make_dossier("accepted")
    # A dossier that cannot be printed: its procedure's delivery word is not one that the form knows.
    Dossier.objects.filter(pk=bad.pk).update(delivery="pigeon")
    follow()
    assert list(Document.objects.values_list("dossier_id", flat=True)) == [good.pk]
    assert ProcrastinateJob.objects.get(task_name="dossiers.issue_paper").attempts == 1
    Dossier.objects.filter(pk=bad.pk).update(delivery="post")
    run_jobs(until=clock.now() + timedelta(hours=1))
    assert Document.objects.count() == 2


@pytest.mark.django_db
def test_papers_come_before_letters() -> None:
    assert jobs.issue_paper.priority > 0


@pytest.mark.django_db(transaction=True)
def test_who_does_not_answer_is_reminded_and_then_the_dossier_is_closed() -> None:
    citizen = make_citizen()
    dossier = make_dossier("supplement", citizen=citizen, at=MONDAY)
    last_day = SupplementRequest.objects.get().answer_by

    def at(day_before_last: int, hour: int) -> datetime:
        day = last_day - timedelta(days=day_before_last)
        return datetime(day.year, day.month, day.day, hour, 15, tzinfo=VIETNAM)

    for moment, expected in ((at(5, 9), 0), (at(3, 2), 0), (at(3, 9), 1), (at(2, 9), 1), (at(0, 9), 1)):
        with clock.at(moment):
            jobs.remind_supplements(0)
            jobs.close_unanswered(0)
        assert Message.objects.filter(kind="dossier.supplement_reminder").count() == expected
        assert Dossier.objects.get(pk=dossier.pk).status == Status.SUPPLEMENT
    with clock.at(at(-1, 0)):
        jobs.close_unanswered(0)
        jobs.close_unanswered(0)
    assert Dossier.objects.get(pk=dossier.pk).status == Status.STOPPED
    assert Event.objects.filter(kind="dossier.closed_unanswered").count() == 1
    follow()
    assert "dossier.closed_unanswered" in told(dossier)


@pytest.mark.django_db
def test_who_answered_is_not_closed() -> None:
    citizen = make_citizen()
    dossier = make_dossier("supplement", citizen=citizen, at=MONDAY)
    with clock.at(MONDAY + timedelta(days=2)):
        actions.supply.run(actor_of(citizen), dossier.pk, files=[], message="Đã bổ sung")
    with clock.at(MONDAY + timedelta(days=60)):
        jobs.close_unanswered(0)
        jobs.remind_supplements(0)
    assert Dossier.objects.get(pk=dossier.pk).status == Status.PROCESSING
    assert Message.objects.count() == 0


@pytest.mark.django_db
def test_officers_are_alerted_within_two_hours_to_what_nobody_took() -> None:
    staff = make_staff()
    colleague = make_officer("counter")
    specialist_only = make_officer("specialist")
    waiting = make_dossier("new", staff=staff, at=MONDAY)
    make_dossier("new", staff=staff, at=MONDAY, channel="DIRECT")
    taken = make_dossier("new", staff=staff, at=MONDAY)
    with clock.at(MONDAY + timedelta(minutes=5)):
        actions.claim.run(staff.counter, taken.pk, task_id=open_task(taken.pk).id)
    with clock.at(MONDAY + timedelta(minutes=80)):
        intake_jobs.alert_intake(0)
    assert Message.objects.count() == 0
    for minutes in (100, 110, 600):
        with clock.at(MONDAY + timedelta(minutes=minutes)):
            intake_jobs.alert_intake(0)
    alerts = Message.objects.filter(kind="dossier.intake_waiting")
    assert {alert.stream for alert in alerts} == {waiting.pk}
    assert {alert.user_id for alert in alerts} == {staff.counter.id, colleague.pk}
    assert inbox(actor_of(specialist_only)) == []
    (item,) = inbox(actor_of(colleague))
    assert str(waiting.pk) in item.path


@pytest.mark.django_db
def test_the_jobs_stand_in_the_timetable() -> None:
    from procrastinate.contrib.django import app

    planned = {name for name, _ in app.periodic_registry.periodic_tasks}
    assert planned >= {
        "dossiers.close_unanswered",
        "dossiers.remind_supplements",
        "dossiers.alert_intake",
        "dossiers.expire_drafts",
        "files.clean",
        "files.sweep",
        "files.scan_waiting",
    }


@pytest.mark.django_db
def test_a_refused_move_is_an_error_for_people_not_for_the_job() -> None:
    dossier = make_dossier("new")
    with pytest.raises(MotcuaError):
        actions.close_unanswered.run(make_staff().counter, dossier.pk)
    jobs.close_unanswered(0)
