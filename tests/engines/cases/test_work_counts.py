"""The counters of open work are what counting would give, and can be built again from the ledger."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Task, TaskState, WorkCount
from motcua.engines.ledger import readers
from motcua.engines.ledger.actor import SYSTEM, Actor
from motcua.engines.ledger.models import ReaderCursor
from motcua.engines.ledger.readers import catch_up, rebuild
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import MotcuaError
from motcua.foundation.keys import new_id
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import Dossier
from tests.factories import Staff, make_citizen, make_procedure, make_staff, make_submission, make_units, unit

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)


def counted() -> Counter[tuple[Any, ...]]:
    """By looking at every task."""
    live = Task.objects.filter(state__in=[TaskState.OPEN, TaskState.WAITING])
    return Counter(
        (task.unit_id, task.stage, task.state, task.due_at.astimezone(VIETNAM).date() if task.due_at else None)
        for task in live
    )


def kept() -> Counter[tuple[Any, ...]]:
    """By the counters."""
    found: Counter[tuple[Any, ...]] = Counter()
    for row in WorkCount.objects.all():  # one row per person, too
        found[row.unit_id, row.stage, row.state, row.due_on] += row.tasks
    return found


def work_counts() -> readers.Reader:
    return readers.get("work_counts")


def something(chance: random.Random, key: Any, citizen: Actor, staff: Staff) -> None:
    """One thing that could happen to a dossier; what its state does not admit is refused and changes nothing."""
    dossier = Dossier.objects.select_related("case").get(pk=key)
    tasks = dossier.case.open_tasks
    task = tasks[0].id if tasks else new_id()
    wanted = {"component": "p1", "name": "Tờ khai", "reason": "thiếu", "basis": ""}
    possible: list[Any] = [
        lambda: actions.accept.run(staff.counter, key),
        lambda: actions.refuse.run(staff.counter, key, reason="other", explanation="không đủ"),
        lambda: actions.claim.run(staff.specialist, key, task_id=task),
        lambda: actions.request_supplement.run(staff.head, key, items=[wanted]),
        lambda: actions.supply.run(citizen, key, files=[], message="đã bổ sung"),
        lambda: actions.withdraw.run(citizen, key),
        lambda: actions.close_unanswered.run(SYSTEM, key),
        lambda: actions.pass_on.run(staff.head, key, task_id=task),
        lambda: actions.complete.run(staff.head, key, task_id=task, approved=True, name="Giấy"),
        lambda: actions.return_result.run(staff.counter, key, received_by="Bình"),
    ]
    weights = [4, 1, 2, 2, 3, 1, 1, 5, 3, 3]
    try:
        chance.choices(possible, weights)[0]()
    except MotcuaError:
        return


@pytest.mark.django_db(transaction=True)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_counters_equal_counting_after_any_story_and_after_rebuilding(seed: int) -> None:
    chance = random.Random(seed)
    with clock.at(MONDAY):
        staff, citizen = make_staff(), make_citizen()
        procedures = [make_procedure(), make_procedure(allow=None), make_procedure(allow=("8", "HOUR"))]
        me = actor_of(citizen)
        keys = [actions.submit_once(me, make_submission(citizen, chance.choice(procedures)))[0].pk for _ in range(4)]
    moment = MONDAY
    for _ in range(40):
        moment += timedelta(hours=chance.choice([1, 5, 30, 400]))
        with clock.at(moment):
            something(chance, chance.choice(keys), me, staff)
        if chance.random() < 0.2:
            catch_up(work_counts())
    catch_up(work_counts())
    assert kept() == counted()
    assert all(row.tasks > 0 for row in WorkCount.objects.all())
    before = kept()
    rebuild(work_counts())
    assert kept() == before


@pytest.mark.django_db(transaction=True)
def test_reading_the_same_batch_again_after_a_crash_counts_once() -> None:
    make_units()
    with begin(SYSTEM) as work:
        move = [str(unit("commune")), "process", "open", "2026-03-02", 1]
        work.record(new_id(), "test.moved", {"work": [move]}, first=True)
    catch_up(work_counts())
    catch_up(work_counts())
    assert sum(kept().values()) == 1
    assert ReaderCursor.objects.get(name="work_counts").event > 0
