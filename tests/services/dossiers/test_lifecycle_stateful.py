"""The life of dossiers under random people who do random things, lawful and not; the law holds after each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from motcua.engines.accounts.queries import actor_of, client_actor
from motcua.engines.cases.models import CaseState, Stage, TaskState, WorkCount
from motcua.engines.cases.readers import recount, work_counts
from motcua.engines.flows import actions as flows
from motcua.engines.ledger.actor import ANONYMOUS, SYSTEM, Actor
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.verify import verify
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import MotcuaError
from motcua.foundation.working_time import Allowance
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.rules import MOVES, Status
from tests import factories
from tests.foundation.working_time import reference

BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)
FORKED: list[dict[str, Any]] = [
    {"key": "verify", "name": "Thụ lý", "stage": "process", "next": ["plan", "fire"]},
    {"key": "plan", "name": "Quy hoạch", "stage": "process", "hours": 8, "choice": True, "next": ["draft", "visit"]},
    {"key": "visit", "name": "Thực địa", "stage": "process", "next": ["draft"]},
    {"key": "fire", "name": "PCCC", "stage": "process", "unit": "code:H57.11", "next": ["draft"]},
    {"key": "draft", "name": "Tổng hợp", "stage": "process", "join": True, "next": ["approve"]},
    {"key": "approve", "name": "Ký", "stage": "sign", "next": ["return"]},
    {"key": "return", "name": "Trả", "stage": "return", "unit": "received_at"},
]
WORKING = {Status.ACCEPTED, Status.PROCESSING}
PEOPLE = (
    "citizen",
    "other_citizen",
    "counter",
    "specialist",
    "head",
    "fire_officer",
    "other_counter",
    "other_specialist",
    "other_head",
    "client",
    "anonymous",
)
OUTSIDERS = {"other_citizen", "other_counter", "other_specialist", "other_head", "client", "anonymous"}


class Life(RuleBasedStateMachine):
    """Two dossiers, eleven people, and a clock that moves between their acts."""

    def __init__(self) -> None:
        super().__init__()
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self.now = BEGIN
        self.people: dict[str, Actor] = {}
        self.keys: list[UUID] = []
        self.statuses: dict[UUID, list[int]] = {}
        self.stale: list[UUID] = [uuid4()]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)
        forget_all()

    @initialize(
        forked=st.booleans(), allow=st.sampled_from([("5", "WORKING_DAY"), ("10", "DAY"), ("16", "HOUR"), None])
    )
    def province(self, forked: bool, allow: tuple[str, str] | None) -> None:
        with clock.at(self.now):
            units = factories.make_units()
            ours, theirs = factories.make_staff("commune"), factories.make_staff("other_commune")
            citizen, other = factories.make_citizen(), factories.make_citizen()
            _, token = factories.make_client(units["other_commune"])
            client = client_actor(token)
            assert client is not None
            self.people = {
                "citizen": actor_of(citizen),
                "other_citizen": actor_of(other),
                "counter": ours.counter,
                "specialist": ours.specialist,
                "head": ours.head,
                "fire_officer": actor_of(factories.make_officer("specialist", units["other_department"])),
                "other_counter": theirs.counter,
                "other_specialist": theirs.specialist,
                "other_head": theirs.head,
                "client": client,
                "anonymous": ANONYMOUS,
                "system": SYSTEM,
            }
            procedure = factories.make_procedure(allow=allow)
            if forked:
                with begin(SYSTEM) as work:
                    flows.publish(
                        work,
                        "forked",
                        "Có ý kiến song song",
                        FORKED,
                        effective_from=date(2020, 1, 1),
                        rules=[{"procedure_code": procedure.code}],
                    )
                forget_all()
            for _ in range(2):
                submission = factories.make_submission(citizen, procedure)
                dossier, new = actions.submit_once(self.people["citizen"], submission)
                again, second = actions.submit_once(self.people["citizen"], submission)
                assert (new, second, again.pk) == (True, False, dossier.pk)
                self.keys.append(dossier.pk)
                self.statuses[dossier.pk] = [dossier.status]

    def _dossier(self, which: int) -> Dossier:
        return Dossier.objects.select_related("case").get(pk=self.keys[which])

    def _try(self, who: str, which: int, action: Callable[[Actor, UUID], Any]) -> None:
        """Lets somebody try something: it is done whole, or refused in words and nothing has changed."""
        key = self.keys[which]
        before = self._everything(key)
        refused: MotcuaError | None = None
        try:
            with clock.at(self.now):
                action(self.people[who], key)
        except MotcuaError as error:
            refused = error
        if refused is not None:
            assert str(refused)
            assert self._everything(key) == before
            return
        assert who not in OUTSIDERS, f"{who} may not act on this dossier"
        self.statuses[key].append(self._dossier(which).status)

    def _everything(self, key: UUID) -> list[Any]:
        dossier = Dossier.objects.select_related("case").get(pk=key)
        tasks = dossier.case.tasks.order_by("id").values_list("id", "state", "assignee", "due_at", "outcome")
        return [
            [getattr(dossier, field.attname) for field in Dossier._meta.concrete_fields],
            [getattr(dossier.case, field.attname) for field in dossier.case._meta.concrete_fields],
            list(tasks),
            list(dossier.case.stops.values_list("id", "until")),
            list(dossier.supplements.values_list("id", "answered_at", "closed_at")),
            Event.objects.filter(stream=key).count(),
        ]

    def _task(self, which: int, number: int) -> UUID:
        """An open task, or one that is gone or was never there."""
        open_tasks = [task.id for task in self._dossier(which).case.open_tasks]
        self.stale += [key for key in open_tasks if key not in self.stale]
        choices = open_tasks * 3 + self.stale
        return choices[number % len(choices)]

    who = st.sampled_from(PEOPLE)
    which = st.integers(0, 1)
    number = st.integers(0, 11)

    @rule(minutes=st.one_of(st.integers(1, 600), st.integers(600, 40_000)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(which=which, number=number, side=st.integers(0, 9))
    def things_go_their_way(self, which: int, number: int, side: int) -> None:
        """The right person does the next right thing, so that the random ones meet dossiers at every stage."""
        dossier = self._dossier(which)
        open_tasks = [task for task in dossier.case.open_tasks if task.state == TaskState.OPEN]
        if dossier.status == Status.SUPPLEMENT and not open_tasks:
            self._try("citizen", which, lambda actor, key: actions.supply.run(actor, key, files=[], message="Đây"))
        if not open_tasks:
            return
        task = open_tasks[number % len(open_tasks)]
        if task.stage == Stage.INTAKE:
            self._try("counter", which, lambda actor, key: actions.accept.run(actor, key))
        elif task.stage == Stage.RETURN:
            self._try("counter", which, lambda actor, key: actions.return_result.run(actor, key, received_by="A"))
        elif task.stage == Stage.SIGN:
            self._try(
                "head",
                which,
                lambda actor, key: actions.complete.run(actor, key, task_id=task.id, approved=True, name="Kết quả"),
            )
        else:
            who = "fire_officer" if task.step == "fire" else "specialist"
            if side == 0 and not dossier.supplements.exists():
                items = [{"name": "Tờ khai", "reason": "Thiếu chữ ký"}]
                self._try(who, which, lambda actor, key: actions.request_supplement.run(actor, key, items=items))
            else:
                to = ("visit",) if task.step == "plan" and side % 2 else ()
                self._try(who, which, lambda actor, key: actions.pass_on.run(actor, key, task_id=task.id, to=to))

    @rule(who=who, which=which)
    def accept(self, who: str, which: int) -> None:
        self._try(who, which, lambda actor, key: actions.accept.run(actor, key))

    @rule(who=who, which=which, reason=st.sampled_from(["not_competent", "", "unheard_of"]), said=st.booleans())
    def refuse(self, who: str, which: int, reason: str, said: bool) -> None:
        explanation = "Thuộc thẩm quyền nơi khác." if said else " "
        self._try(who, which, lambda actor, key: actions.refuse.run(actor, key, reason=reason, explanation=explanation))

    @rule(who=who, which=which, number=number)
    def claim(self, who: str, which: int, number: int) -> None:
        task = self._task(which, number)
        self._try(who, which, lambda actor, key: actions.claim.run(actor, key, task_id=task))

    @rule(who=who, which=which, number=number)
    def release(self, who: str, which: int, number: int) -> None:
        task = self._task(which, number)
        self._try(who, which, lambda actor, key: actions.release.run(actor, key, task_id=task))

    @rule(who=who, which=which, number=number, to=st.sampled_from([(), ("visit",), ("draft",), ("approve",), ("x",)]))
    def pass_on(self, who: str, which: int, number: int, to: tuple[str, ...]) -> None:
        task = self._task(which, number)
        self._try(who, which, lambda actor, key: actions.pass_on.run(actor, key, task_id=task, to=to))

    @rule(who=who, which=which, number=number, to=st.sampled_from(["verify", "plan", "draft", "return", "x"]))
    def send_back(self, who: str, which: int, number: int, to: str) -> None:
        task = self._task(which, number)
        self._try(
            who, which, lambda actor, key: actions.send_back.run(actor, key, task_id=task, to_step=to, reason="Lại")
        )

    @rule(who=who, which=which, number=number, approved=st.booleans(), reason=st.sampled_from(["", "Không đủ"]))
    def complete(self, who: str, which: int, number: int, approved: bool, reason: str) -> None:
        task = self._task(which, number)
        self._try(
            who,
            which,
            lambda actor, key: actions.complete.run(
                actor, key, task_id=task, approved=approved, name="Kết quả", reason=reason
            ),
        )

    @rule(who=who, which=which, checked=st.booleans())
    def return_result(self, who: str, which: int, checked: bool) -> None:
        self._try(
            who,
            which,
            lambda actor, key: actions.return_result.run(actor, key, received_by="A", identity_checked=checked),
        )

    @rule(who=who, which=which, named=st.booleans())
    def request_supplement(self, who: str, which: int, named: bool) -> None:
        items = [{"component": "p1", "name": "Tờ khai" if named else "", "reason": "Thiếu chữ ký"}]
        self._try(who, which, lambda actor, key: actions.request_supplement.run(actor, key, items=items))

    @rule(who=who, which=which, message=st.sampled_from(["", "Đã bổ sung"]))
    def supply(self, who: str, which: int, message: str) -> None:
        self._try(who, which, lambda actor, key: actions.supply.run(actor, key, files=[], message=message))

    @rule(who=who, which=which)
    def withdraw(self, who: str, which: int) -> None:
        self._try(who, which, lambda actor, key: actions.withdraw.run(actor, key, reason="Thôi"))

    @rule(who=st.sampled_from([*PEOPLE, "system", "system", "system"]), which=which)
    def the_night_comes(self, who: str, which: int) -> None:
        self._try(who, which, lambda actor, key: actions.close_unanswered.run(actor, key))

    @rule(who=who, which=which, number=number, to=st.sampled_from(PEOPLE[2:9]))
    def assign(self, who: str, which: int, number: int, to: str) -> None:
        task, user = self._task(which, number), self.people[to].id or uuid4()
        self._try(who, which, lambda actor, key: actions.assign.run(actor, key, task_id=task, user_id=user))
        held = self._dossier(which).case.tasks.filter(pk=task, state=TaskState.OPEN).first()
        if held is not None and held.assignee_id is not None:
            assert to not in OUTSIDERS or held.assignee_id != user

    @rule(who=who, which=which, verdict=st.sampled_from(["enough", "missing", "", "great"]))
    def judge(self, who: str, which: int, verdict: str) -> None:
        component = self._dossier(which).components.first()
        assert component is not None
        self._try(
            who,
            which,
            lambda actor, key: actions.judge_component.run(actor, key, component_id=str(component.id), verdict=verdict),
        )

    @rule(who=who, which=which)
    def remark(self, who: str, which: int) -> None:
        self._try(who, which, lambda actor, key: actions.remark.run(actor, key, text="Ghi chú"))

    @rule(which=which, number=number)
    def two_at_one_task(self, which: int, number: int) -> None:
        """Whatever the first has done, the second cannot do again."""
        tasks = [task for task in self._dossier(which).case.open_tasks if task.stage == Stage.PROCESS]
        if not tasks:
            return
        task = tasks[number % len(tasks)].id
        before = Event.objects.filter(stream=self.keys[which], kind="dossier.passed_on").count()
        for who in ("specialist", "head"):
            self._try(who, which, lambda actor, key: actions.pass_on.run(actor, key, task_id=task))
        after = Event.objects.filter(stream=self.keys[which], kind="dossier.passed_on").count()
        assert after - before <= 1

    # -- what holds after each act ------------------------------------------------------------------------------------

    @invariant()
    def the_way_is_lawful(self) -> None:
        for way in self.statuses.values():
            for old, new in pairwise(way):
                if old != new:
                    # decided at once by the first who takes it in hand: accepted, processing, finished in one act
                    through = new in MOVES[Status.PROCESSING] and Status.PROCESSING in MOVES[Status(old)]
                    assert Status(new) in MOVES[Status(old)] or through, f"{Status(old).name} → {Status(new).name}"

    @invariant()
    def the_ledger_proves_itself(self) -> None:
        for key in self.keys:
            assert verify(stream=key).ok

    @invariant()
    def the_ledger_knows_the_status(self) -> None:
        for which, key in enumerate(self.keys):
            said = [e.data["status"][1] for e in Event.objects.filter(stream=key).order_by("seq") if "status" in e.data]
            assert said[-1] == self._dossier(which).status

    @invariant()
    def due_as_the_slow_reckoning_says(self) -> None:
        for which, key in enumerate(self.keys):
            dossier = self._dossier(which)
            due = dossier.case.due_at
            assert (due.astimezone(VIETNAM) if due else None) == _slow_due(key, dossier)

    @invariant()
    def tasks_fit_the_status(self) -> None:
        for which in range(len(self.keys)):
            dossier = self._dossier(which)
            tasks = dossier.case.open_tasks
            stages = [task.stage for task in tasks]
            states = {task.state for task in tasks}
            if dossier.case.closed_at is not None:
                assert not tasks
                assert dossier.case.state == CaseState.CLOSED
                assert dossier.status in (Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.RETURNED)
            elif dossier.status == Status.SUPPLEMENT:
                # answered at the counter: open again, though the national status stays until it is accepted
                answered = not dossier.supplements.filter(answered_at__isnull=True, closed_at__isnull=True).exists()
                assert states == ({TaskState.OPEN} if answered else {TaskState.WAITING})
                assert dossier.case.state == (CaseState.OPEN if answered else CaseState.WAITING)
            else:
                assert states == {TaskState.OPEN}
                assert dossier.case.state == CaseState.OPEN
            if dossier.status == Status.NEW:
                assert stages == [Stage.INTAKE]
            elif dossier.status in WORKING:
                assert stages
                assert set(stages) <= {Stage.PROCESS, Stage.SIGN}
            elif dossier.status == Status.FINISHED:
                assert stages == [Stage.RETURN]

    @invariant()
    def counters_are_what_is_open(self) -> None:
        if not self.keys:
            return
        WorkCount.objects.all().delete()
        work_counts(list(Event.objects.order_by("id")))
        by_reader = _counters()
        recount()
        assert by_reader == _counters()


def _counters() -> Counter[tuple[Any, ...]]:
    rows = WorkCount.objects.values_list("unit", "stage", "state", "due_on", "tasks")
    return Counter({tuple(row[:4]): row[4] for row in rows})


def _slow_due(key: UUID, dossier: Dossier) -> datetime | None:
    """From the events alone: the last start of the clock, counted day by day."""
    accepted, start = False, None
    for event in Event.objects.filter(stream=key).order_by("seq"):
        if event.kind == "dossier.accepted" or (accepted and event.kind == "dossier.supplied"):
            accepted, start = True, event.at
        elif event.kind == "dossier.supplement_requested":
            start = None
    if start is None or not dossier.case.allowance:
        return None
    calendar = calendar_for(dossier.competent_id)
    return reference.due(calendar, start.astimezone(VIETNAM), Allowance.parse(dossier.case.allowance))


def _walk(examples: int) -> None:
    connection.ensure_connection()
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            # a failing walk is short enough to read; shrinking one takes longer than the rest of the tests
            phases=[Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_whatever_people_do_the_law_holds() -> None:
    _walk(12)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("round_", range(10))
def test_whatever_people_do_for_long_the_law_holds(round_: int) -> None:
    _walk(15)
