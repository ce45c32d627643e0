"""Random people do random things to dossiers, lawful and not: lives by the thousand, each act the real action.

An act works on rows in memory (written at the end, all at once), so that thousands of lives take seconds. What a
refused act may have touched is put back, as its transaction would; after each act the law is checked by models that
share no code with the house: the moves of FACTS §2.4, the slow clock, who may see, who may do, who owns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import MotcuaError, NotFound
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.common import concerns
from motcua.services.dossiers.actions.correcting import opened as correction_of
from motcua.services.dossiers.actions.stopping import demanded
from motcua.services.dossiers.actions.supplement import pending
from motcua.services.dossiers.models import Assistance, Consent, Dossier
from motcua.services.dossiers.together import moving
from tests.support.lives_rows import Rows, copied
from tests.support.lives_town import BEGIN, DOES, LAWFUL, MAY_DO, READERS, Person, Town, Trust, build, within
from tests.support.lives_verbs import VERBS
from tests.support.slow_clock import SlowClock, table_of

__all__ = ["BEGIN", "DOES", "READERS", "Life", "Tally", "Town", "build", "within"]


HELPERS_SEE = timedelta(days=30)


class Broken(AssertionError):
    """The law did not hold; says which life, and what was done last."""


@dataclass
class Tally:
    """What came of all the tries."""

    lives: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    deputised: int = 0
    by_agent: int = 0
    helped: dict[UUID, tuple[UUID, datetime]] = field(default_factory=dict)
    """By dossier: the helper and until when they see it."""
    entrusted: dict[UUID, Trust] = field(default_factory=dict)
    """By dossier: the mandate under which it was submitted."""


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
        self.beside_on: date | None = None
        self.applicant = rng.choice([each for each in town.people if each.role == "citizen"])
        trusts = [each for each in town.trusts if each.grantor is self.applicant]
        self.trust = next((each for each in trusts if each.first <= self.day <= each.last), None)
        self.helper: Person | None = None
        if self.trust is None and rng.random() < 0.2:
            self.helper = next(each for each in town.people if each.role == "helper")
        self.dossier = self._submitted()
        self.slow = SlowClock(table_of(calendar_for(None)))

    def _submission(self) -> actions.Submission:
        town, rng = self.town, self.rng
        procedure, level = rng.choice(town.procedures)
        competent = rng.choice(("commune", "commune", "other_commune")) if level == "commune" else "department"
        counter = {"department": "centre"}.get(competent, f"{competent}_centre")
        channel = rng.choice(("ONLINE", "DIRECT", "POSTAL"))
        if channel == "DIRECT" and rng.random() < 0.3:
            counter = rng.choice(("centre", "other_commune_centre", "commune_centre"))
        citizen = self.applicant.actor
        self.touched = {town.units[competent].code, town.units[counter].code}
        return actions.Submission(
            procedure=procedure,
            channel=channel,
            competent_id=town.units[competent].id,
            received_at_id=town.units[counter].id,
            applicant_id=citizen.party_id,
            applicant_name=citizen.name,
            submitted_by=self._submitter.actor.id or uuid4(),
            agent_id=self.trust.agent.actor.party_id if self.trust else None,
            delivery=rng.choice(("counter", "electronic", "post")),
            components=[actions.ComponentIn(paper.key, paper.name, paper.originals) for paper in procedure.papers],
            key=f"life-{self.number}",
        )

    def _submitted(self) -> Dossier:
        submission = self._submission()
        mark = self.work.marked()
        self.work.actor, self.work.now = self._submitter.actor_on(self.day), self.now
        with clock.at(self.now):
            dossier = actions.submit(self.work, submission)
        self._note_beside(dossier)
        self.rows += self.work.since(mark)
        self.events += [row for row in self.rows if isinstance(row, Event)]
        return dossier

    @property
    def _submitter(self) -> Person:
        return self.trust.agent if self.trust else self.helper or self.applicant

    def _note_beside(self, dossier: Dossier) -> None:
        """Who submitted for the applicant, for the model and, of a helper, for the house."""
        if self.trust is not None:
            self.tally.entrusted[dossier.pk] = self.trust
        if self.helper is not None and self.helper.actor.id is not None:
            self.tally.helped[dossier.pk] = self.helper.actor.id, self.now + HELPERS_SEE
            Assistance.objects.create(  # read by query at each act, so it cannot wait in memory
                dossier_id=dossier.pk,
                helper_id=self.helper.actor.id,
                unit_id=self.town.units["province"].id,
                consent=Consent.SPOKEN,
                witness="Bà Hạnh",
                consented_at=self.now,
                sees_until=self.now + HELPERS_SEE,
            )

    # -- living -------------------------------------------------------------------------------------------------------

    @property
    def day(self) -> date:
        return self.now.astimezone(VIETNAM).date()

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

    def attempt(self, verb: str, person: Person, act: Callable[[Work, Dossier], Any]) -> bool:
        """Done whole, or refused in words and nothing has changed. Returns which."""
        dossier, work = self.dossier, self.work
        before, mark, head = self._picture(), work.marked(), work.head(dossier.pk)
        status = dossier.status
        work.actor, work.now = person.actor_on(self.day), self.now
        self.said.append(f"{self.now:%d/%m %H:%M} {person.role}@{person.place} {verb}")
        try:
            with clock.at(self.now):
                if self.day != self.beside_on:  # within a day nothing about them changes here
                    self._check_beside()
                    self.beside_on = self.day
                if not concerns(work.actor, dossier):
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
        if events:
            self._check_for_whom(verb, person, events[0])
        return True

    def _picture(self) -> list[tuple[Any, dict[str, Any]]]:
        """Every row of this life as it is, and its lists of parts."""
        held = [self.dossier, self.dossier.case, *self.rows]
        return [(row, copied(row.__dict__)) for row in held if not isinstance(row, Event)]

    def _put_back(self, before: list[tuple[Any, dict[str, Any]]]) -> None:
        for row, values in before:
            row.__dict__.clear()
            row.__dict__.update(values)

    # -- what people try ----------------------------------------------------------------------------------------------

    def _next(self) -> tuple[str, Person, Callable[[Work, Dossier], Any]]:
        """The right person does a right thing, so that the random ones meet dossiers at every stage."""
        dossier, rng = self.dossier, self.rng
        if pending(dossier) is not None:
            if rng.random() < 0.15:
                self.now += timedelta(days=rng.randrange(10, 30))
                return "close_unanswered", Person(SYSTEM, "system"), VERBS["close_unanswered"](self)
            return "supply", self._one_side(), VERBS["supply"](self)
        if rng.random() < 0.06 and dossier.case.closed_at is None:
            return self._beside()
        if demanded(dossier) is not None:
            verb = "drop_payment" if rng.random() < 0.25 else "note_payment"
            return self._by(dossier.received_at_id, {"counter"}, verb)
        if dossier.status == 8 and dossier.accepted_at is not None:
            return self._by(dossier.competent_id, {"head", "leader"}, "reopen")
        if dossier.status == 10 and correction_of(dossier) is None and rng.random() < 0.2:
            return "ask_correction", self._one_side(), VERBS["ask_correction"](self)
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

    def _one_side(self) -> Person:
        """The applicant, or who submitted for them and perhaps may no longer."""
        beside = [self.trust.agent] if self.trust else [self.helper] if self.helper else []
        return self.rng.choice([self.applicant, *beside])

    def _beside(self) -> tuple[str, Person, Callable[[Work, Dossier], Any]]:
        """What happens to a dossier beside its flow: changes, proposals, the State itself."""
        verb = self.rng.choice(("adjust", "adjust", "note_adjustments", "propose", "propose", "decline", "take_over"))
        if verb == "take_over":
            return verb, Person(SYSTEM, "system"), VERBS[verb](self)
        if verb == "adjust":
            return verb, self._one_side(), VERBS[verb](self)
        roles = {"head", "leader"} if verb == "decline" else {"specialist", "head"}
        return self._by(self.dossier.competent_id, roles, verb)

    def _by(
        self, unit: UUID, roles: set[str], verb: str, task: Any = None
    ) -> tuple[str, Person, Callable[[Work, Dossier], Any]]:
        there = self.town.at(directory().unit(unit).code, roles, self.day)
        if not there:
            return self._anything()
        return verb, self.rng.choice(there), VERBS[verb](self, task)

    def _anything(self) -> tuple[str, Person, Callable[[Work, Dossier], Any]]:
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
            if event.kind == "dossier.reorganised":
                self.touched |= {directory().unit(UUID(unit)).code for unit in event.data["after"].values()}
        self._check_clock()
        self._check_owner(case)

    def _check_who(self, verb: str, person: Person) -> None:
        if person.role == "system":
            return
        if person.role == "citizen":
            if person is not self.applicant and not self._agent_now(person):
                self._broken("a stranger did something")
            self.tally.by_agent += person is not self.applicant
            if "applicant" not in DOES[verb]:
                self._broken("the applicant did what is the office's")
            return
        posts = person.posts_on(self.day)
        if not any(role in DOES[verb] for role, _ in posts):
            self._broken("a role did what it may not")
        if not any(within(code, place) for code in self.touched for _, place in posts):
            self._broken("somebody acted on what they may not see")

    def _agent_now(self, person: Person) -> bool:
        trust = self.trust
        return trust is not None and person is trust.agent and trust.first <= self.day <= trust.last

    def _check_beside(self) -> None:
        """Who submitted for the applicant knows of it exactly as long as the mandate holds, or the helper's days."""
        if self.trust is not None and concerns(self.trust.agent.actor, self.dossier) != self._agent_now(
            self.trust.agent
        ):
            self._broken("an agent sees what they may not, or not what they may")
        if self.helper is not None and concerns(self.helper.actor, self.dossier) != (
            self.now <= self.tally.helped[self.dossier.pk][1]
        ):
            self._broken("a helper sees what they may not, or not what they may")

    def _check_for_whom(self, verb: str, person: Person, event: Event) -> None:
        """The ledger names the one who is away exactly where the deputy's own post would not have done."""
        standing = person.stands(self.day)
        named = event.actor.get("for")
        if named is not None:
            if standing is None or named["id"] != str(standing.principal.id):
                self._broken("the ledger names somebody for whom nobody stood in")
            self.tally.deputised += 1
        elif person.role != "system" and person.role not in DOES[verb] and "applicant" not in DOES[verb]:
            self._broken("a deputy did what only another's post allows, and the ledger does not say so")

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


QUIET = {"claim", "judge", "release", "adjust", "take_over"}
"""Verbs that say nothing when nothing changes."""
