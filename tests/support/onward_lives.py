"""A dossier that goes on in the database: each try is the real action in a transaction of its own, by somebody whose
rights are read afresh; after it everything is read again and held against the models of ``lives``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from motcua.engines.accounts.models import User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import Work, begin
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import MotcuaError
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.common import lock
from motcua.services.dossiers.explain import explain
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.queries import visible_to
from tests.support.lives import Life
from tests.support.lives_town import READERS, Person, within
from tests.support.slow_clock import told

if TYPE_CHECKING:
    from tests.support.onward import World


def fresh(person: Person) -> Actor:
    """Who they are to the house now: what production asks at each request."""
    if person.actor.kind in ("officer", "citizen"):
        return actor_of(User.objects.get(pk=person.actor.id))
    return person.actor.afresh()


class StoredLife(Life):
    """One dossier of the database from here on."""

    def __init__(self, world: World, dossier_id: UUID, number: str) -> None:
        self._join(world, number)
        self.dossier = Dossier.objects.select_related("case").get(pk=dossier_id)
        self.applicant = world.citizen(self.dossier.applicant_id)
        self.trust = world.tally.entrusted.get(dossier_id)
        helper = world.tally.helped.get(dossier_id, (None, None))[0]
        self.helper = next((each for each in self.town.people if each.actor.id == helper), None) if helper else None
        self._settle()

    @classmethod
    def submitted(cls, world: World, number: str) -> StoredLife:
        """A new dossier, handed in now: by the applicant, who holds their mandate, or a helper."""
        life = cls.__new__(cls)
        life._join(world, number)
        life.applicant = world.rng.choice(world.citizens)
        life.trust = world.trust_of(life.applicant)
        life.helper = None
        if life.trust is None and world.rng.random() < 0.2:
            life.helper = next(each for each in world.town.people if each.role == "helper")
        life.dossier, new = actions.submit_once(fresh(life._submitter), life._submission())
        assert new
        life._note_beside(life.dossier)
        life._settle()
        return life

    def _join(self, world: World, number: str) -> None:
        self.world, self.town, self.rng, self.tally = world, world.town, world.rng, world.tally
        self.number, self.now = number, world.now
        self.said, self.stale, self.touched, self.moved = [], [uuid4()], set(), False

    def _settle(self) -> None:
        self.events, self.touched = [], set()
        self.slow = told(calendar_for(None), ())
        self._read()
        for event in self.events:
            self._note_places(event)
        self.touched = {self.world.now_at(code) for code in self.touched}

    def _note_places(self, event: Event) -> None:
        codes = {key: unit.code for key, unit in directory().by_id.items()}
        if event.kind == "dossier.submitted":
            self.touched |= {codes[UUID(event.data["received_at"])], codes[UUID(event.data["competent"])]}
        self.touched |= {codes[UUID(unit)] for unit, *_ in event.data.get("work", ())}
        if event.kind == "dossier.reorganised":
            self.moved = True
            self.touched |= {codes[UUID(unit)] for unit in event.data["after"].values()}

    def _read(self) -> list[Event]:
        """The dossier and what happened to it since, from the database."""
        self.dossier = Dossier.objects.select_related("case").get(pk=self.dossier.pk)
        since = self.events[-1].seq if self.events else 0
        new = list(Event.objects.filter(stream=self.dossier.pk, seq__gt=since).order_by("seq"))
        self.events += new
        for event in new:
            self.slow.hear(event.kind, event.at, event.data)
        return new

    def go_on(self) -> bool:
        """One more try by somebody. Whether something was done."""
        self.now = self.world.now
        verb, person, act = self._next() if self.rng.random() < 0.7 else self._anything()
        return verb != "take_over" and self.attempt(verb, person, act)

    def attempt(self, verb: str, person: Person, act: Callable[[Work, Dossier], Any]) -> bool:
        """Done whole, or refused in words and nothing has changed. Returns which."""
        self.now, before = self.world.now, self.dossier
        self.said.append(f"{self.now:%d/%m %H:%M} {person.role}@{person.place} {verb}")
        self._check_beside()
        actor = fresh(person)
        try:
            with begin(actor) as work:
                held = lock(actor, before.pk)
                self.dossier = held
                act(work, held)
        except MotcuaError as error:
            self.tally.refused[verb] += 1
            self.said[-1] += f": {type(error).__name__}"
            if not str(error):
                self._broken("refused without words")
            if self._read() or self.dossier.status != before.status:
                self._broken("refused, and something has changed")
            return False
        events = self._read()
        self.tally.acts[verb] += 1
        self.check(verb, person, before.status, len(events))
        if events:
            self._check_for_whom(verb, person, events[0])
        self.check_explained()
        self.world.lived(self, events)
        return True

    def _agent_now(self, person: Person) -> bool:
        agent = self.trust.agent if self.trust else None
        return person is agent and self.world.entrusts(self.applicant, person)

    def changed_beside(self) -> None:
        """Something was done to it by way of its group; what holds always holds now."""
        self.now = self.world.now
        for event in self._read():
            self._note_places(event)
            self.said.append(f"{event.at:%d/%m %H:%M} {event.kind} by the group")
        self._check_clock()
        self._check_owner(self.dossier.case)
        self.check_explained()

    # -- what holds at any moment -------------------------------------------------------------------------------------

    def reorganised(self) -> None:
        """The State has moved units: nothing was lost on the way, and nothing of what was promised has changed."""
        due, status = self.dossier.case.due_at, self.dossier.status
        new = self._read()
        if any(event.kind != "dossier.reorganised" for event in new) or len(new) > 1:
            self._broken(f"a reorganisation did more than move it: {[event.kind for event in new]}")
        self.touched = {self.world.now_at(code) for code in self.touched}
        for event in new:
            self._note_places(event)
            self.said.append(f"{event.at:%d/%m %H:%M} reorganised")
        if (self.dossier.case.due_at, self.dossier.status) != (due, status):
            self._broken("a reorganisation changed the due date or the status")
        self._check_clock()
        self._check_owner(self.dossier.case)
        self.check_explained()
        if self.dossier.case.closed_at is None:
            units = directory().by_id
            for name in ("received_at_id", "competent_id", "lead_id"):
                if not units[getattr(self.dossier, name)].current:
                    self._broken(f"{name} is no more")

    def check_explained(self) -> None:
        """What the citizen is told of the due date is what the slow clock has, and what the ledger has kept."""
        if self.dossier.status not in (2, 4):
            return
        found = explain(self.dossier, self.now)
        due = found.due.astimezone(VIETNAM) if found.due else None
        if due != self.slow.due or found.due != found.recorded:
            self._broken(f"explained {due}, recorded {found.recorded}, the slow clock says {self.slow.due}")

    def check_seen_by(self, person: Person) -> None:
        """This person finds the dossier exactly where the model says so."""
        found = visible_to(fresh(person)).filter(pk=self.dossier.pk).exists()
        expected = self.expected_for(person)
        if found and not expected:
            self._broken(f"{person.role}@{person.place} sees what they may not")
        if expected and not found and not self.moved:
            self._broken(f"{person.role}@{person.place} does not see what they may")

    def expected_for(self, person: Person) -> bool:
        """Whether the model lets them see it; of what was moved, officers of the places it left may have lost sight."""
        if person.role in ("anonymous", "administrator"):
            return False
        if person.role == "citizen":
            return person is self.applicant or self._agent_now(person)
        if person.role == "helper":
            helper, until = self.tally.helped.get(self.dossier.pk, (None, None))
            return helper == person.actor.id and until is not None and self.now <= until
        reach = [place for role, place in person.posts_on(self.day) if role in READERS]
        return any(within(code, place) for code in self.touched for place in reach)
