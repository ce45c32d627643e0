"""Promise 3 for acts on many: whoever carries a run on, and however many at once, no row is done twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from motcua.engines.ledger.models import Event
from motcua.engines.ledger.verify import verify
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import BulkRun
from motcua.services.dossiers.office import bulk as runs
from tests.factories import make_citizen, make_dossier, make_procedure, make_staff, open_task

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def at_once(calls: list[Callable[[], Any]]) -> None:
    gate = threading.Barrier(len(calls))

    def one(call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            gate.wait(30)
            call()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_three_carry_on_the_same_run_while_a_colleague_is_at_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 0)
    staff, citizen, procedure = make_staff(), make_citizen(), make_procedure()
    dossiers = [make_dossier("accepted", staff=staff, citizen=citizen, procedure=procedure) for _ in range(8)]
    keys = [dossier.pk for dossier in dossiers]
    made: list[BulkRun] = []
    # the same form sent twice at one moment is one run
    at_once([lambda: made.append(runs.begin_run(staff.specialist, "claim", keys, token="t"))] * 2)
    assert len({run.pk for run in made}) == BulkRun.objects.count() == 1
    contested = dossiers[3]
    actions.claim.run(staff.head, contested.pk, task_id=open_task(contested.pk).id)
    at_once([lambda: runs.carry_on(made[0].pk)] * 3)
    assert runs.progress(made[0]) == runs.Progress(8, 7, 1)
    claimed = Counter(Event.objects.filter(kind="dossier.claimed").values_list("stream", flat=True))
    assert set(claimed.values()) == {1}
    assert open_task(contested.pk).assignee_id == staff.head.id
    made[0].refresh_from_db()
    assert made[0].finished_at is not None
    assert verify().ok
