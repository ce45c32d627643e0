"""Promise 3, no acting twice: many at the same moment on the same thing, and one effect each.

Every actor has a thread and a database connection of their own and comes through the door over HTTP, in the same
process; a barrier lets them go at once. What the database holds afterwards is counted.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Task
from motcua.engines.ledger import readers, verify
from motcua.engines.ledger.models import Event
from motcua.engines.notices.models import Message
from motcua.foundation import clock
from motcua.interfaces.api import auth
from motcua.services.dossiers.models import Dossier, Draft
from motcua.services.procedures.models import ProcedureVersion
from tests import factories
from tests.interfaces.api.conftest import SCOPES, body
from tests.interfaces.desk.support import signed_in
from tests.interfaces.portal import support as portal

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

AT_ONCE = 200
# As many connections as a busy installation keeps open: requests beyond that wait for a thread, as in the web server.
THREADS = 24


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    auth._known.clear()
    yield
    auth._known.clear()


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """The results of all calls, let go at the same moment, each on a connection of its own."""
    gate = threading.Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            gate.wait(60)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def statuses(answers: Sequence[Any]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def whole() -> None:
    """Every dossier has case, task and first event; every chain of events holds."""
    for dossier in Dossier.objects.select_related("case"):
        assert Task.objects.filter(case_id=dossier.pk).exists()
        assert Event.objects.filter(stream=dossier.pk, kind="dossier.submitted", seq=1).count() == 1
    assert verify.verify().faults == []


def happened(dossier: Dossier, kind: str) -> int:
    return Event.objects.filter(stream=dossier.pk, kind=kind).count()


@pytest.mark.parametrize(
    ("stage", "verb", "role", "kind"),
    [
        ("new", "accept", "counter", "dossier.accepted"),
        ("new", "refuse", "counter", "dossier.refused"),
        ("accepted", "claim", "specialist", "dossier.claimed"),
        ("processing", "pass_on", "specialist", "dossier.passed_on"),
        ("signing", "complete", "head", "dossier.completed"),
        ("finished", "return", "counter", "dossier.returned"),
    ],
)
def test_two_officers_on_one_task(stage: str, verb: str, role: str, kind: str) -> None:
    """One of two (and of a double click by each) succeeds; the others are told that somebody was faster."""
    staff = factories.make_staff()
    dossier = factories.make_dossier(stage, staff=staff)
    holder = getattr(staff, role)
    # A step that is in somebody's hands belongs to that officer, who may click twice on two machines.
    officers = [holder, holder if stage == "processing" else actor_of(factories.make_officer(role))]
    fields = {
        "task": str(factories.open_task(dossier.pk).id),
        "reason": "not_competent" if verb == "refuse" else "",
        "explanation": "Thuộc thẩm quyền của phường khác.",
        "decision": "approve",
        "name": "Giấy khai sinh",
        "number": "12/2026",
        "received_by": "Trần Thị Bình",
        "delivery": "counter",
        "identity_checked": "on",
    }
    clients = [signed_in(officer) for officer in officers for _ in range(2)]
    before = happened(dossier, kind)
    address = reverse("desk:act", args=[dossier.pk, verb])
    answers = at_once([lambda each=each: each.post(address, fields) for each in clients])  # type: ignore[misc]
    found = statuses(answers)
    # Who has a step in hand already and takes it again is led to the page; nothing happens a second time.
    assert found[302] in ((1, 2) if verb == "claim" else (1,)), found
    assert set(found) <= {302, 409}, found
    assert happened(dossier, kind) == before + 1
    whole()


@pytest.mark.parametrize("_turn", range(3))
def test_two_different_decisions_on_one_dossier(_turn: int) -> None:
    """Accepted by one officer and refused by another at the same moment: one of the two, not both."""
    staff = factories.make_staff()
    dossier = factories.make_dossier("new", staff=staff)
    task = str(factories.open_task(dossier.pk).id)
    one, two = signed_in(staff.counter), signed_in(factories.make_officer("counter"))
    accept, refuse = (reverse("desk:act", args=[dossier.pk, verb]) for verb in ("accept", "refuse"))
    refusal = {"task": task, "reason": "other", "explanation": "Trùng hồ sơ."}
    answers = at_once(
        [lambda: one.post(accept, {"task": task, "note": ""}), lambda: two.post(refuse, refusal)],
    )
    assert statuses(answers) == {302: 1, 409: 1}
    assert happened(dossier, "dossier.accepted") + happened(dossier, "dossier.refused") == 1
    whole()


def call_api(token: str, given: dict[str, Any], key: str) -> Any:
    return Client().post(
        "/api/v1/dossiers",
        json.dumps(given),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
    )


def test_one_submission_sent_many_times_at_once() -> None:
    factories.make_procedure("1.001193")
    token = factories.make_client(scopes=SCOPES)[1]
    answers = at_once([lambda: call_api(token, body(), "cùng-một-khóa".encode().hex()) for _ in range(12)])
    assert statuses(answers) == {201: 1, 200: 11}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert Dossier.objects.count() == 1
    whole()


def test_one_key_for_two_different_submissions_at_once() -> None:
    factories.make_procedure("1.001193")
    token = factories.make_client(scopes=SCOPES)[1]
    answers = at_once(
        [
            lambda name=name: call_api(token, body(applicant={"name": name}), "một-khóa-hai-việc".encode().hex())  # type: ignore[misc]
            for name in ("Trần Thị Bình", "Lê Văn An") * 3
        ]
    )
    found = statuses(answers)
    assert found == {201: 1, 200: 2, 409: 3}, found
    assert Dossier.objects.count() == 1
    whole()


def test_a_double_click_on_submit() -> None:
    """On two devices, twice each: one dossier, and everybody is led to it."""
    factories.make_units()
    citizen, code = factories.make_citizen(), factories.make_procedure("1.999999").code
    client = portal.signed_in(citizen)
    draft = portal.begin(client, code)
    assert set(portal.fill_in(client, draft)) == {302}
    clients = [client, client, portal.signed_in(citizen), portal.signed_in(citizen)]
    answers = at_once([lambda each=each: each.post(f"/drafts/{draft.pk}/submit/") for each in clients])  # type: ignore[misc]
    assert statuses(answers) == {302: 4}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Dossier.objects.count() == 1
    assert Draft.objects.get(pk=draft.pk).dossier is not None
    whole()


def test_two_hundred_submissions_at_once_for_one_agency() -> None:
    """All are taken; codes are unique and count without a gap."""
    factories.make_procedure("1.001193")
    token = factories.make_client(scopes=SCOPES)[1]
    gate = threading.Barrier(THREADS)
    ready = threading.local()

    def one(number: int) -> Any:
        if not hasattr(ready, "done"):
            ready.done = True
            connection.ensure_connection()
            gate.wait(60)
        return call_api(token, body(), f"hai-tram-{number:04d}")

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(one, range(AT_ONCE)))
        closing = threading.Barrier(THREADS)
        for done in [pool.submit(lambda: (closing.wait(60), connections.close_all())) for _ in range(THREADS)]:
            done.result()
    assert statuses(answers) == {201: AT_ONCE}
    numbers = [int(re.fullmatch(r"H57\.100-\d{6}-(\d+)", answer.json()["code"])[1]) for answer in answers]  # type: ignore[index]
    assert sorted(numbers) == list(range(1, AT_ONCE + 1))
    assert Dossier.objects.count() == AT_ONCE
    whole()


def test_two_workers_on_the_same_readers() -> None:
    """Every message and every job once, however many workers read the same ledger."""
    staff, citizen, procedure = factories.make_staff(), factories.make_citizen(), factories.make_procedure()
    made = [factories.make_dossier("accepted", staff=staff, citizen=citizen, procedure=procedure) for _ in range(6)]

    def work() -> int:
        passed = 0
        for _ in range(3):
            passed += sum(readers.step(each, limit=4) for each in readers.registry.values())
        return passed

    at_once([work] * 4)
    for each in readers.registry.values():
        readers.catch_up(each)
    assert {state.behind for state in readers.states()} == {0}
    assert {state.failures for state in readers.states()} == {0}
    # The queue's tables are not emptied between tests: only the jobs of these dossiers count.
    ours = {str(dossier.pk) for dossier in made}
    asked = ProcrastinateJob.objects.filter(task_name="dossiers.issue_paper").values_list("args", flat=True)
    receipts = Counter((args["dossier"], args["form"]) for args in asked if args["dossier"] in ours)
    assert receipts == dict.fromkeys(((key, "01") for key in ours), 1)
    told = Counter(Message.objects.values_list("stream", "kind", "party_id", "user_id"))
    assert set(told.values()) == {1}, told
    whole()


def test_two_administrators_publish_the_same_draft() -> None:
    data = factories.make_procedure()
    province = factories.make_units()["province"]
    clients = [signed_in(factories.make_officer("administrator", province)) for _ in range(2)] * 2
    edit = reverse("desk:procedure_edit", args=[data.procedure_id])
    form = clients[0].get(edit).context["blocks"][0].data["form"]
    typed = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    assert clients[0].post(edit, {**typed, "m0_value": "3"}).status_code == 302
    day = (clock.today() + timedelta(days=10)).isoformat()
    address = reverse("desk:procedure_publish", args=[data.procedure_id])
    answers = at_once([lambda each=each: each.post(address, {"effective_from": day}) for each in clients])  # type: ignore[misc]
    found = statuses(answers)
    assert found[302] == 1, found
    assert max(found) < 500, found
    numbers = ProcedureVersion.objects.filter(procedure=data.procedure_id).order_by("number")
    assert list(numbers.values_list("number", flat=True)) == [1, 2]
    assert Event.objects.filter(stream=data.procedure_id, kind="procedure.version_published").count() == 1
    assert verify.verify().faults == []
