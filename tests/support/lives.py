"""Random people do random things to dossiers, lawful and not: lives by the thousand, each act the real action.

An act works on rows in memory (written at the end, all at once), so that thousands of lives take seconds. What a
refused act may have touched is put back, as its transaction would; after each act the law is checked by models that
share no code with the house: the moves of FACTS §2.4, the slow clock, who may see, who may do, who owns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, ClassVar
from uuid import UUID, uuid4

from motcua.engines.accounts.queries import actor_of
from motcua.engines.flows import actions as flows
from motcua.engines.ledger.actor import ANONYMOUS, SYSTEM, Actor
from motcua.engines.ledger.bulk import BulkWork
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import MotcuaError, NotFound
from motcua.services.dossiers import actions, moving
from motcua.services.dossiers.actions.common import concerns
from motcua.services.dossiers.actions.correcting import opened as correction_of
from motcua.services.dossiers.actions.stopping import demanded
from motcua.services.dossiers.actions.supplement import pending
from motcua.services.dossiers.actions.transfer import new_sheet
from motcua.services.dossiers.models import Dossier, Load
from tests import factories
from tests.support.slow_clock import SlowClock, table_of

BEGIN = datetime(2026, 1, 5, 7, 0, tzinfo=VIETNAM)
LAWFUL = {1: {2, 3, 5, 7}, 2: {4, 5, 6, 7, 8}, 4: {5, 6, 7, 8, 9}, 5: {4, 7, 8}, 6: {4, 7, 8}, 8: {4, 9}, 9: {10}}
"""Moves of the national statuses (FACTS §2.4); whoever takes a dossier in hand may go through 4 in the same act."""

READERS = {"counter", "specialist", "head", "leader", "clerk", "inspector"}
MAY_DO = {
    "intake": {"counter"},
    "process": {"specialist", "head"},
    "sign": {"head", "leader"},
    "return": {"counter", "clerk"},
    "consult": {"specialist", "head"},
    "transfer": {"counter"},
}
"""Which roles do a kind of step: the table of the brief, not the one of the code."""

DOES = {
    "accept": {"counter"},
    "refuse": {"counter"},
    "claim": {"counter", "specialist", "head", "leader", "clerk"},
    "release": {"counter", "specialist", "head", "leader", "clerk"},
    "assign": {"head", "leader"},
    "pass_on": {"specialist", "head", "leader"},
    "send_back": {"specialist", "head", "leader"},
    "complete": {"head", "leader"},
    "return_result": {"counter", "clerk"},
    "request_supplement": {"counter", "specialist", "head"},
    "supply": {"applicant"},
    "withdraw": {"applicant"},
    "stop": {"applicant", "head", "leader"},
    "reopen": {"head", "leader"},
    "extend": {"head", "leader"},
    "demand_payment": {"specialist", "head"},
    "note_payment": {"specialist", "head", "counter"},
    "drop_payment": {"specialist", "head", "counter"},
    "ask_opinions": {"specialist", "head", "leader"},
    "answer_opinion": {"specialist", "head"},
    "withdraw_opinion": {"specialist", "head", "leader"},
    "judge": {"counter", "specialist", "head", "leader", "clerk"},
    "ask_correction": {"applicant", "counter", "specialist", "head", "leader", "clerk"},
    "correct_result": {"head", "leader"},
    "decline_correction": {"head", "leader"},
    "close_unanswered": {"system", "counter"},
    "remark": READERS,
    "hand_over": {"counter"},
    "take_in": {"counter", "specialist", "head"},
    "take_over": {"system"},
}
"""Who may at most succeed with a verb, wherever they sit."""

FORKED: list[dict[str, Any]] = [
    {"key": "verify", "name": "Thụ lý", "stage": "process", "next": ["plan", "fire"]},
    {"key": "plan", "name": "Quy hoạch", "stage": "process", "hours": 8, "choice": True, "next": ["draft", "visit"]},
    {"key": "visit", "name": "Thực địa", "stage": "process", "next": ["draft"]},
    {"key": "fire", "name": "PCCC", "stage": "process", "unit": "code:H57.11", "next": ["draft"]},
    {"key": "draft", "name": "Tổng hợp", "stage": "process", "join": True, "next": ["approve"]},
    {"key": "approve", "name": "Ký", "stage": "sign", "next": ["return"]},
    {"key": "return", "name": "Trả", "stage": "return", "unit": "received_at"},
]


@dataclass(frozen=True)
class Person:
    """Somebody who tries things. ``role`` and ``place`` (code of the unit) are what the models know of them."""

    actor: Actor
    role: str
    place: str = ""


@dataclass
class Town:
    """A province with people, procedures and a day on which it all begins."""

    people: list[Person]
    procedures: list[tuple[Any, str]]
    units: dict[str, Any]

    def at(self, code: str, roles: set[str]) -> list[Person]:
        """People of these roles in a unit or above it."""
        return [each for each in self.people if each.role in roles and each.place and within(code, each.place)]


def within(code: str, place: str) -> bool:
    return code == place or code.startswith(place + ".")


def build() -> Town:
    """Through the real actions, in the database."""
    with clock.at(BEGIN):
        units = factories.make_units()
        people: list[Person] = []
        for key, roles in (
            ("commune", ("specialist", "specialist", "head", "leader", "clerk")),
            ("commune_centre", ("counter", "counter")),
            ("other_commune", ("specialist", "head", "clerk")),
            ("other_commune_centre", ("counter",)),
            ("department", ("specialist", "head", "leader")),
            ("other_department", ("specialist", "head")),
            ("centre", ("counter", "counter", "clerk")),
            ("province", ("administrator", "helper")),
        ):
            for role in roles:
                actor = actor_of(factories.make_officer(role, units[key]))
                people.append(Person(actor, role, units[key].code))
        people += [Person(actor_of(factories.make_citizen()), "citizen") for _ in range(12)]
        people.append(Person(ANONYMOUS, "anonymous"))
        procedures = [
            (factories.make_procedure(field="Hộ tịch", allow=("5", "WORKING_DAY")), "commune"),
            (factories.make_procedure(field="Hộ tịch", allow=("10", "DAY")), "commune"),
            (factories.make_procedure(field="Đất đai", allow=("16", "HOUR")), "commune"),
            (factories.make_procedure(field="Đất đai", allow=None), "commune"),
            (factories.make_procedure(field="Xây dựng", level="PROVINCE", allow=("20", "WORKING_DAY")), "department"),
        ]
        with begin(SYSTEM) as work:
            flows.publish(
                work,
                "forked",
                "Song song",
                FORKED,
                effective_from=date(2020, 1, 1),
                rules=[{"procedure_code": procedures[1][0].code}, {"procedure_code": procedures[4][0].code}],
            )
        forget_all()
    return Town(people, procedures, units)


class Rows(BulkWork):
    """Rows of many lives in memory. Rules that only bind who acts now bind here too."""

    retells: ClassVar[bool] = False

    def marked(self) -> dict[Any, int]:
        return {model: len(rows) for model, rows in self._rows.items()}

    def take_back(self, mark: dict[Any, int], stream: UUID, head: Any) -> None:
        for model, rows in self._rows.items():
            for row in rows[mark.get(model, 0) :]:
                self._known.discard(id(row))
            del rows[mark.get(model, 0) :]
        self._heads.pop(stream, None)
        if head is not None:
            self._heads[stream] = head

    def since(self, mark: dict[Any, int]) -> list[Any]:
        return [row for model, rows in self._rows.items() for row in rows[mark.get(model, 0) :]]

    def head(self, stream: UUID) -> Any:
        return self._heads.get(stream)


class Broken(AssertionError):
    """The law did not hold; says which life, and what was done last."""


@dataclass
class Tally:
    """What came of all the tries."""

    lives: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)


class Life:
    """One dossier from its submission until it ends or nobody goes on."""

    def __init__(self, town: Town, work: Rows, rng: Random, number: str, tally: Tally) -> None:
        self.town, self.work, self.rng, self.number, self.tally = town, work, rng, number, tally
        self.now = BEGIN + timedelta(minutes=rng.randrange(300 * 24 * 60))
        self.said: list[str] = []
        self.events: list[Event] = []
        self.rows: list[Any] = []
        self.stale: list[UUID] = [uuid4()]
        self.touched: set[str] = set()
        self.applicant = rng.choice([each for each in town.people if each.role == "citizen"])
        self.dossier = self._submitted()
        self.slow = SlowClock(table_of(calendar_for(None)))

    def _submitted(self) -> Dossier:
        town, rng = self.town, self.rng
        procedure, level = rng.choice(town.procedures)
        competent = rng.choice(("commune", "commune", "other_commune")) if level == "commune" else "department"
        counter = {"department": "centre"}.get(competent, f"{competent}_centre")
        channel = rng.choice(("ONLINE", "DIRECT", "POSTAL"))
        if channel == "DIRECT" and rng.random() < 0.3:
            counter = rng.choice(("centre", "other_commune_centre", "commune_centre"))
        citizen = self.applicant.actor
        submission = actions.Submission(
            procedure=procedure,
            channel=channel,
            competent_id=town.units[competent].id,
            received_at_id=town.units[counter].id,
            applicant_id=citizen.party_id,
            applicant_name=citizen.name,
            submitted_by=citizen.id or uuid4(),
            delivery=rng.choice(("counter", "electronic", "post")),
            components=[actions.ComponentIn(paper.key, paper.name, paper.originals) for paper in procedure.papers],
            key=f"life-{self.number}",
        )
        mark = self.work.marked()
        self.work.actor, self.work.now = self.applicant.actor, self.now
        dossier = actions.submit(self.work, submission)
        self.rows += self.work.since(mark)
        self.events += [row for row in self.rows if isinstance(row, Event)]
        self.touched = {town.units[competent].code, town.units[counter].code}
        return dossier

    # -- living -------------------------------------------------------------------------------------------------------

    def live(self, steps: int) -> None:
        self.check("submitted", None)
        for _ in range(steps):
            if self.dossier.case.closed_at is not None and self.rng.random() < 0.35:
                break
            self.now += timedelta(minutes=self.rng.choice((1, 20, 90, 300, 700, 1500, 4000, 9000)))
            verb, person, act = self._next() if self.rng.random() < 0.65 else self._anything()
            self.attempt(verb, person, act)
        self.tally.lives += 1
        self.tally.statuses[self.dossier.status] += 1

    def attempt(self, verb: str, person: Person, act: Callable[[Rows, Dossier], Any]) -> bool:
        """Done whole, or refused in words and nothing has changed. Returns which."""
        dossier, work = self.dossier, self.work
        before, mark, head = self._picture(), work.marked(), work.head(dossier.pk)
        status = dossier.status
        work.actor, work.now = person.actor, self.now
        self.said.append(f"{self.now:%d/%m %H:%M} {person.role}@{person.place} {verb}")
        try:
            with clock.at(self.now):
                if not concerns(person.actor, dossier):
                    raise NotFound("There is no such dossier, or it is not yours to see.")
                act(work, dossier)
        except MotcuaError as error:
            self._put_back(before)
            work.take_back(mark, dossier.pk, head)
            self.tally.refused[verb] += 1
            self.said[-1] += f": {type(error).__name__}"
            if not str(error):
                self._broken("refused without words")
            return False
        made = work.since(mark)
        self.rows += made
        events = [row for row in made if isinstance(row, Event) and row.stream == dossier.pk]
        self.events += events
        for event in events:
            self.slow.hear(event.kind, event.at, event.data)
        self.tally.acts[verb] += 1
        self.check(verb, person, status, len(events))
        return True

    def _picture(self) -> list[tuple[Any, dict[str, Any]]]:
        """Every row of this life as it is, and its lists of parts."""
        held = [self.dossier, self.dossier.case, *self.rows]
        return [(row, _copied(row.__dict__)) for row in held if not isinstance(row, Event)]

    def _put_back(self, before: list[tuple[Any, dict[str, Any]]]) -> None:
        for row, values in before:
            row.__dict__.clear()
            row.__dict__.update(values)

    # -- what people try ----------------------------------------------------------------------------------------------

    def _next(self) -> tuple[str, Person, Callable[[Rows, Dossier], Any]]:
        """The right person does a right thing, so that the random ones meet dossiers at every stage."""
        dossier, rng = self.dossier, self.rng
        if pending(dossier) is not None:
            if rng.random() < 0.15:
                self.now += timedelta(days=rng.randrange(10, 30))
                return "close_unanswered", Person(SYSTEM, "system"), VERBS["close_unanswered"](self)
            return "supply", self.applicant, VERBS["supply"](self)
        if demanded(dossier) is not None:
            verb = "drop_payment" if rng.random() < 0.25 else "note_payment"
            return self._by(dossier.received_at_id, {"counter"}, verb)
        if dossier.status == 8 and dossier.accepted_at is not None:
            return self._by(dossier.competent_id, {"head", "leader"}, "reopen")
        if dossier.status == 10 and correction_of(dossier) is None and rng.random() < 0.2:
            return "ask_correction", self.applicant, VERBS["ask_correction"](self)
        tasks = [task for task in dossier.case.open_tasks if task.state == "open"]
        if not tasks:
            return self._anything()
        task = rng.choice(tasks)
        turn = rng.random()
        if task.stage == "process" and turn < 0.35:
            verb = rng.choice(("request_supplement", "demand_payment", "ask_opinions", "extend", "stop", "send_back"))
            roles = {"head", "leader"} if verb in ("extend", "stop") else {"specialist", "head"}
            return self._by(task.unit_id, roles, verb)
        if turn > 0.93:
            return self._by(task.unit_id, {"head", "leader"}, "assign", task)
        if task.stage == "consult" and turn < 0.2:
            return self._by(dossier.competent_id, {"specialist", "head"}, "withdraw_opinion")
        verb = {
            "intake": "refuse" if turn < 0.06 else "accept",
            "process": "pass_on",
            "sign": ("decline_correction" if turn < 0.4 else "correct_result")
            if task.step == "correct"
            else "complete",
            "return": "return_result",
            "consult": "answer_opinion",
            "transfer": "hand_over" if task.step in (moving.SEND, moving.SEND_RESULT) else "take_in",
        }[task.stage]
        return self._by(task.unit_id, MAY_DO[task.stage], verb, task)

    def _by(
        self, unit: UUID, roles: set[str], verb: str, task: Any = None
    ) -> tuple[str, Person, Callable[[Rows, Dossier], Any]]:
        there = self.town.at(directory().unit(unit).code, roles)
        if not there:
            return self._anything()
        return verb, self.rng.choice(there), VERBS[verb](self, task)

    def _anything(self) -> tuple[str, Person, Callable[[Rows, Dossier], Any]]:
        verb = self.rng.choice(sorted(VERBS))
        person = self.rng.choice(self.town.people)
        return verb, person, VERBS[verb](self)

    def task(self, given: Any = None) -> UUID:
        """The one meant, an open one, or one that is gone or never was."""
        if given is not None:
            return UUID(str(given.id))
        self.stale += [task.id for task in self.dossier.case.open_tasks if task.id not in self.stale]
        known = [task.id for task in self.dossier.case.open_tasks] * 3 + self.stale[-4:]
        return self.rng.choice(known)

    def somebody(self, task: Any = None) -> UUID:
        """Who may do the step, or anybody at all."""
        there = self.town.at(directory().unit(task.unit_id).code, MAY_DO[task.stage]) if task else []
        return self.rng.choice(there or self.town.people).actor.id or uuid4()

    # -- what holds after each act ------------------------------------------------------------------------------------

    def check(self, verb: str, person: Person | None, before: int | None = None, events: int = 1) -> None:
        dossier, case = self.dossier, self.dossier.case
        if before is not None and dossier.status != before:
            through = 4 in LAWFUL.get(before, set()) and dossier.status in LAWFUL[4]
            if dossier.status not in LAWFUL.get(before, set()) and not through:
                self._broken(f"status {before} → {dossier.status}")
        if events != 1 and person is not None and not (events == 0 and verb in QUIET):
            self._broken(f"{events} events of one act")
        if person is not None:
            self._check_who(verb, person)
        told = [event.data["status"][1] for event in self.events if "status" in event.data]
        if told[-1] != dossier.status:
            self._broken("the ledger knows another status")
        for event in self.events[-max(events, 1) :]:
            for unit, *_ in event.data.get("work", ()):
                self.touched.add(directory().unit(UUID(unit)).code)
        self._check_clock()
        self._check_owner(case)

    def _check_who(self, verb: str, person: Person) -> None:
        if person.role == "system":
            return
        if person.role == "citizen":
            if person is not self.applicant:
                self._broken("a stranger did something")
            if "applicant" not in DOES[verb]:
                self._broken("the applicant did what is the office's")
            return
        if person.role not in DOES[verb]:
            self._broken("a role did what it may not")
        if not any(within(code, person.place) for code in self.touched):
            self._broken("somebody acted on what they may not see")

    def _check_clock(self) -> None:
        due = self.dossier.case.due_at
        if self.dossier.status in (2, 4) and (due.astimezone(VIETNAM) if due else None) != self.slow.due:
            self._broken(f"due {due}, the slow clock says {self.slow.due}")
        if self.dossier.status in (5, 6) and self.dossier.accepted_at is not None and due is not None:
            self._broken("a due date while the clock stands")

    def _check_owner(self, case: Any) -> None:
        if case.closed_at is not None:
            if case.open_tasks:
                self._broken("closed with open steps")
            return
        if not case.open_tasks:
            self._broken("nobody has it")
        for task in case.open_tasks:
            unit = directory().unit(task.unit_id)
            if not unit.current or not self.town.at(unit.code, MAY_DO[task.stage]):
                self._broken(f"nobody can do {task.step} at {unit.code}")

    def _broken(self, what: str) -> None:
        raise Broken(f"life {self.number}: {what}\n" + "\n".join(self.said))


QUIET = {"claim", "judge", "release"}
"""Verbs that say nothing when nothing changes."""

Maker = Callable[..., Callable[[Rows, Dossier], Any]]


def _copied(values: dict[str, Any]) -> dict[str, Any]:
    """A row's values; lists of parts are copied, since actions append to them."""
    found = dict(values)
    for name in ("_open_tasks", "_moves"):
        if name in found:
            found[name] = list(found[name])
    if "_parts" in found:
        found["_parts"] = {name: list(rows) for name, rows in found["_parts"].items()}
    if "_state" in found and hasattr(found["_state"], "fields_cache"):
        state = found["_state"]
        cache = dict(state.fields_cache)
        found["_state"] = type(state)()
        found["_state"].__dict__.update({**state.__dict__, "fields_cache": cache})
    return found


def _verbs() -> Iterator[tuple[str, Maker]]:
    def verb(name: str, make: Callable[[Life, Any], dict[str, Any]], action: Any) -> tuple[str, Maker]:
        def maker(life: Life, task: Any = None) -> Callable[[Rows, Dossier], Any]:
            given = make(life, task)
            return lambda work, dossier: action(work, dossier, **given)

        return name, maker

    def of_task(**more: Any) -> Callable[[Life, Any], dict[str, Any]]:
        return lambda life, task: {"task_id": life.task(task), **more}

    yield verb("accept", lambda life, task: {"same_day": life.rng.random() < 0.1}, actions.accept)
    yield verb(
        "refuse",
        lambda life, task: {
            "reason": life.rng.choice(("not_competent", "", "x")),
            "explanation": life.rng.choice(("Thuộc nơi khác.", "")),
        },
        actions.refuse,
    )
    yield verb("claim", of_task(), actions.claim)
    yield verb("release", of_task(), actions.release)
    yield verb(
        "assign",
        lambda life, task: {"task_id": life.task(task), "user_id": life.somebody(task)},
        actions.assign,
    )
    yield verb(
        "pass_on",
        lambda life, task: {
            "task_id": life.task(task),
            "to": ("visit",) if task is not None and task.step == "plan" and life.rng.random() < 0.5 else (),
        },
        actions.pass_on,
    )
    yield verb(
        "send_back",
        lambda life, task: {
            "task_id": life.task(task),
            "to_step": life.rng.choice(("verify", "plan", "draft", "approve", "x")),
            "reason": life.rng.choice(("Xem lại", "")),
        },
        actions.send_back,
    )
    yield verb(
        "complete",
        lambda life, task: {
            "task_id": life.task(task),
            "approved": life.rng.random() < 0.8,
            "name": "Kết quả",
            "reason": life.rng.choice(("Không đủ điều kiện", "")),
        },
        actions.complete,
    )
    yield verb("return_result", lambda life, task: {"received_by": "Bà Bình"}, actions.return_result)
    yield verb(
        "request_supplement",
        lambda life, task: {"items": [{"name": life.rng.choice(("Sổ cũ", "")), "reason": "Thiếu chữ ký"}]},
        actions.request_supplement,
    )
    yield verb(
        "supply",
        lambda life, task: {"files": [], "message": life.rng.choice(("Đây ạ", "Đây ạ", ""))},
        actions.supply,
    )
    yield verb("withdraw", lambda life, task: {"reason": "Thôi"}, actions.withdraw)
    yield verb(
        "stop",
        lambda life, task: {"reason": life.rng.choice(("dispute", "x")), "explanation": "Có tranh chấp."},
        actions.stop,
    )
    yield verb("reopen", lambda life, task: {"reason": "cause_gone", "explanation": "Hết tranh chấp."}, actions.reopen)
    yield verb(
        "extend",
        lambda life, task: {
            "allowance": f"{life.rng.choice((0, 2, 5))} working_day",
            "reason": "complex",
            "explanation": "Xin lỗi.",
        },
        actions.extend,
    )
    yield verb(
        "demand_payment",
        lambda life, task: {"name": "Lệ phí trước bạ", "amount": life.rng.choice((0, 150_000))},
        actions.demand_payment,
    )
    yield verb("note_payment", lambda life, task: {"receipt": life.rng.choice(("BL1", ""))}, actions.note_payment)
    yield verb("drop_payment", lambda life, task: {"explanation": "Được miễn."}, actions.drop_payment)
    yield verb(
        "ask_opinions",
        lambda life, task: {
            "unit_ids": [life.town.units[life.rng.choice(("other_department", "department", "commune"))].id],
            "question": "Có phù hợp quy hoạch không?",
        },
        actions.ask_opinions,
    )
    yield verb(
        "answer_opinion",
        lambda life, task: {"task_id": life.task(task), "agrees": life.rng.random() < 0.7, "answer": "Phù hợp."},
        actions.answer_opinion,
    )
    yield verb("withdraw_opinion", _opinion, actions.withdraw_opinion)
    yield verb("judge", _component, actions.judge_component)
    yield verb(
        "ask_correction", lambda life, task: {"reason": "typing", "explanation": "Sai tên."}, actions.ask_correction
    )
    yield verb("correct_result", lambda life, task: {"name": "Kết quả đúng"}, actions.correct_result)
    yield verb("decline_correction", lambda life, task: {"explanation": "Đúng rồi."}, actions.decline_correction)
    yield verb("close_unanswered", lambda life, task: {}, actions.close_unanswered)
    yield verb("remark", lambda life, task: {"text": "Ghi chú"}, actions.remark)
    yield verb(
        "take_over",
        lambda life, task: {
            "to": lambda unit: life.town.units["other_commune"].id,
            "keeps": lambda person, stage, unit: True,
            "why": {"basis": "", "on": "2026-01-01"},
        },
        actions.take_over,
    )
    yield (
        "take_in",
        lambda life, task=None: (
            lambda work, dossier: actions.take_in(work, dossier, whole=life.rng.random() < 0.85, remark="Thiếu một bản")
        ),
    )
    yield "hand_over", _hand_over


def _component(life: Life, task: Any) -> dict[str, Any]:
    rows = life.dossier.__dict__["_parts"]["components"]
    return {
        "component_id": str(life.rng.choice(rows).id),
        "verdict": life.rng.choice(("enough", "missing", "", "great")),
    }


def _opinion(life: Life, task: Any) -> dict[str, Any]:
    rows = life.dossier.__dict__["_parts"].get("opinions", [])
    return {"opinion_id": life.rng.choice(rows).id if rows else uuid4(), "reason": "Không cần nữa"}


def _hand_over(life: Life, task: Any = None) -> Callable[[Rows, Dossier], Any]:
    def act(work: Rows, dossier: Dossier) -> Any:
        waiting = [each for each in dossier.case.open_tasks if each.step in (moving.SEND, moving.SEND_RESULT)]
        load = Load.RESULTS if any(each.step == moving.SEND_RESULT for each in waiting) else Load.DOSSIERS
        sender = waiting[0].unit_id if waiting else dossier.received_at_id
        sheet = new_sheet(work, sender_id=sender, receiver_id=moving.receiver_of(dossier, load), load=load)
        sheet.made_by_id = work.actor.id
        return actions.hand_over(work, dossier, sheet=sheet)

    return act


VERBS: dict[str, Maker] = dict(_verbs())


def live_many(town: Town, count: int, seed: int, *, portion: int = 500) -> Tally:
    """So many lives; rows are written each ``portion``."""
    tally = Tally()
    work = Rows(SYSTEM, BEGIN)
    for number in range(count):
        rng = Random(f"{seed}:{number}")
        life = Life(town, work, rng, f"{seed}:{number}", tally)
        life.live(rng.randrange(3, 45))
        if number % portion == portion - 1:
            work.flush()
    work.flush()
    return tally
