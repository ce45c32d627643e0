"""Each due date explains itself, now and as of any past moment: it equals what the ledger said then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.actions import remove_day, set_day
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import MotcuaError
from motcua.services.dossiers import actions
from motcua.services.dossiers.explain import DUE, explain
from motcua.services.dossiers.models import Dossier
from tests import factories

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)
ITEM = {"component": "p2", "name": "Giấy chứng sinh", "code": "unreadable"}
ACTS = (
    "ask", "answer", "demand", "pay", "drop", "extend", "stop", "reopen", "day_off", "day_on", "close", "decide",
)  # fmt: skip


def _again(key: Any) -> Dossier:
    return Dossier.objects.select_related("case").get(pk=key)


def _do(what: str, staff: factories.Staff, citizen: Any, key: Any, now: datetime) -> None:
    """One thing that somebody tries; whether it is lawful then is for the action to say."""
    if what == "ask":
        actions.request_supplement.run(staff.head, key, items=[ITEM])
    elif what == "answer":
        actions.supply.run(citizen, key, files=[], message="Đây")
    elif what == "demand":
        actions.demand_payment.run(staff.head, key, name="Thuế", amount=5000)
    elif what == "pay":
        actions.note_payment.run(staff.head, key, receipt="BL")
    elif what == "drop":
        actions.drop_payment.run(staff.head, key, explanation="Được miễn")
    elif what == "extend":
        actions.extend.run(staff.head, key, allowance="3 working_day", reason="complex", explanation="Xin lỗi")
    elif what == "stop":
        actions.stop.run(staff.head, key, reason="dispute", explanation="Tranh chấp")
    elif what == "reopen":
        actions.reopen.run(staff.head, key, reason="cause_gone", explanation="Đã xong")
    elif what == "close":
        actions.close_unanswered.run(staff.counter, key)
    elif what == "decide":
        actions.withdraw.run(citizen, key)
    else:
        day = now.astimezone(VIETNAM).date() + timedelta(days=2)
        with begin(SYSTEM) as work:
            if what == "day_off":
                set_day(work, None, day=day, worked=False, basis="QĐ nghỉ bù")
            else:
                remove_day(work, None, day=day)
        forget_all()


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    allow=st.sampled_from([("5", "WORKING_DAY"), ("10", "DAY"), ("16", "HOUR"), None]),
    steps=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 4000)), min_size=1, max_size=9),
)
def test_as_of_any_moment_the_explanation_is_what_was_recorded(
    allow: tuple[str, str] | None, steps: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        try:
            _walk(allow, steps)
        finally:
            transaction.set_rollback(True)
    forget_all()


def _walk(allow: tuple[str, str] | None, steps: list[tuple[str, int]]) -> None:
    forget_all()
    staff, user = factories.make_staff(), factories.make_citizen()
    procedure = factories.make_procedure(allow=allow)
    key = factories.make_dossier("processing", staff=staff, citizen=user, procedure=procedure, at=MONDAY).pk
    now = MONDAY
    for what, minutes in steps:
        now += timedelta(minutes=minutes)
        try:
            with clock.at(now), transaction.atomic():
                _do(what, staff, actor_of(user), key, now)
        except MotcuaError:
            continue
        finally:
            forget_all()
        dossier = _again(key)
        told = explain(dossier, now)
        assert told.due == (dossier.case.due_at.astimezone(VIETNAM) if dossier.case.due_at else None), what
    # Afterwards: at each event, and between them, it is what the ledger said then.
    dossier = _again(key)
    said = [event for event in Event.objects.filter(stream=key).order_by("seq") if DUE in event.data]
    for event, following in zip(said, [*said[1:], None], strict=True):
        until = following.at if following else now + timedelta(days=3)
        for moment in (event.at, event.at + (until - event.at) / 2):
            if following is not None and moment >= following.at:
                continue
            told = explain(dossier, moment)
            recorded = event.data[DUE]
            assert (told.due.isoformat() if told.due else None) == (
                datetime.fromisoformat(recorded).astimezone(VIETNAM).isoformat() if recorded else None
            ), f"{event.kind} as of {moment}"
            assert told.recorded == (datetime.fromisoformat(recorded) if recorded else None)


@pytest.mark.django_db
def test_before_it_was_submitted_nothing_is_due() -> None:
    dossier = factories.make_dossier("processing", at=MONDAY)
    told = explain(_again(dossier.pk), MONDAY - timedelta(days=1))
    assert (told.due, told.recorded, told.steps) == (None, None, ())


@pytest.mark.django_db
def test_every_step_names_its_article_nd118() -> None:
    staff, user = factories.make_staff(), factories.make_citizen()
    dossier = factories.make_dossier("processing", staff=staff, citizen=user, at=MONDAY)
    with clock.at(MONDAY + timedelta(days=1)):
        actions.request_supplement.run(staff.head, dossier.pk, items=[ITEM])
        actions.supply.run(actor_of(user), dossier.pk, files=[], message="Đây")
        actions.extend.run(staff.head, dossier.pk, allowance="2 working_day", reason="complex", explanation="Xin lỗi")
    bases = {step.basis for step in explain(_again(dossier.pk)).steps}
    assert {"ND118 Đ17.3", "ND118 Đ19.5", "ND118 Đ19.6"} <= bases


@pytest.mark.django_db
def test_a_promise_stands_when_the_calendar_changes_afterwards() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff, at=MONDAY)
    with clock.at(MONDAY + timedelta(hours=2)), begin(SYSTEM) as work:
        set_day(work, None, day=date(2026, 3, 4), worked=False, basis="QĐ nghỉ bù")
    forget_all()
    found = _again(dossier.pk)
    told = explain(found, MONDAY + timedelta(days=1))
    assert told.due == found.case.due_at, "it was promised before anybody knew of the day off"
    later = factories.make_dossier("processing", staff=staff, at=MONDAY + timedelta(hours=3))
    assert explain(_again(later.pk)).due == _again(later.pk).case.due_at
    assert _again(later.pk).case.due_at.date() > found.case.due_at.date()  # type: ignore[union-attr]
