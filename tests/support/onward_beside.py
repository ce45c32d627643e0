"""Mandates and deputies between the acts of a town: given, named, and ended long before their last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from motcua.engines.accounts import mandates
from motcua.engines.accounts.models import Mandate
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.deputies import depute, end_deputing
from motcua.engines.organisations.models import Appointment
from motcua.engines.organisations.queries import directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import MotcuaError
from tests.support.lives import Tally
from tests.support.lives_town import MAY_DO, Person, Standing, Town, Trust, within
from tests.support.lives_verbs import VERBS
from tests.support.onward_lives import fresh

if TYPE_CHECKING:
    from tests.support.onward_lives import StoredLife

STANDS_IN: Final = {"counter": "clerk", "head": "specialist", "leader": "specialist", "specialist": "head"}
"""Whose post is held by whom while they are away."""

RIGHT: Final = {"counter": ("intake",), "head": ("sign",), "leader": ("sign",)}
"""Kinds of step that a post allows and that its deputy's own does not."""


class Beside:
    """Who acts for others in a town, and what they may no longer once it has ended."""

    town: Town
    tally: Tally
    now: datetime
    rng: Random
    lives: list[StoredLife]
    trusts: list[Trust]
    citizens: list[Person]

    def trust_of(self, grantor: Person) -> Trust | None:
        """The mandate that somebody has given."""
        return next((each for each in self.trusts if each.grantor is grantor), None)

    def entrusts(self, grantor: Person, agent: Person) -> bool:
        """Whether one may act for the other now."""
        day = self.now.astimezone(VIETNAM).date()
        return any(
            each.grantor is grantor and each.agent is agent and each.first <= day <= each.last for each in self.trusts
        )

    # -- mandates -----------------------------------------------------------------------------------------------------

    def change_mandates(self) -> None:
        """Given, and taken back long before their last day: from that moment the agent neither sees nor acts."""
        day = self.now.astimezone(VIETNAM).date()
        if len(self.trusts) < 4 or self.rng.random() < 0.5:
            grantor, agent = self.rng.sample(self.citizens, 2)
            if self.trust_of(grantor) is not None or grantor.actor.party_id is None or agent.actor.party_id is None:
                return
            with begin(fresh(grantor)) as work:
                mandates.give(
                    work,
                    grantor_id=grantor.actor.party_id,
                    agent_id=agent.actor.party_id,
                    valid_to=day + timedelta(days=300),
                )
            self.trusts.append(Trust(grantor, agent, day, day + timedelta(days=300)))
            return
        trust = self.rng.choice(self.trusts)
        row = Mandate.objects.get(
            mandates.in_force(), grantor=trust.grantor.actor.party_id, agent=trust.agent.actor.party_id
        )
        stranger = next(each for each in self.citizens if each not in (trust.grantor, trust.agent))
        self.must_refuse(lambda: self._revoke(stranger, row.pk), "a stranger ended a mandate")
        theirs = [life for life in self.lives if life.trust is trust]
        for life in theirs:
            life.check_seen_by(trust.agent)
        self._revoke(self.rng.choice((trust.grantor, trust.agent)), row.pk)
        self.trusts.remove(trust)
        self.tally.acts["revoke"] += 1
        for life in theirs:
            life.check_seen_by(trust.agent)
            for verb in ("supply", "withdraw", "adjust"):
                if life.attempt(verb, trust.agent, VERBS[verb](life)):
                    raise AssertionError(f"who holds a mandate no more did {verb}")

    def _revoke(self, person: Person, key: UUID) -> None:
        with begin(fresh(person)) as work:
            mandates.revoke(work, key)

    # -- deputies -----------------------------------------------------------------------------------------------------

    def change_deputies(self) -> None:
        """Named for three weeks, and mostly called back earlier: from that moment the post is closed to them."""
        day = self.now.astimezone(VIETNAM).date()
        standing = [each for each in self.town.people if each.stands(day)]
        if standing and self.rng.random() < 0.6:
            self._end_deputing(self.rng.choice(standing))
            return
        away = self.rng.choice([each for each in self.town.people if each.role in STANDS_IN])
        agency = ".".join(away.place.split(".")[:2])
        there = [
            each
            for each in self.town.people
            if each.role == STANDS_IN[away.role] and within(each.place, agency) and not self._bound(each)
        ]
        if not there or self._bound(away):
            return
        deputy, last = self.rng.choice(there), day + timedelta(days=20)
        assert deputy.actor.id is not None
        post = Appointment.objects.get(user=away.actor.id, acting_for=None, unit__code=away.place)
        with begin(fresh(away)) as work:
            depute(work, appointment_id=post.pk, deputy_id=deputy.actor.id, valid_from=day, valid_to=last)
        both = fresh(deputy)
        self._replace(deputy, replace(deputy, standing=Standing(both, away.actor, away.role, away.place, day, last)))
        self.tally.acts["depute"] += 1

    def _bound(self, person: Person) -> bool:
        """Whether they stand in for somebody, or somebody for them, now or later."""
        day = self.now.astimezone(VIETNAM).date()
        held = [each.standing for each in self.town.people if each.standing and each.standing.last >= day]
        own = person.standing is not None and person.standing.last >= day
        return own or any(each.principal.id == person.actor.id for each in held)

    def _end_deputing(self, deputy: Person) -> None:
        held = deputy.standing
        assert held is not None
        principal = next(each for each in self.town.people if each.actor.id == held.principal.id)
        post = Appointment.objects.get(
            user=deputy.actor.id, acting_for__user=held.principal.id, unit__code=held.place, valid_to=held.last
        )
        stranger = self.rng.choice([each for each in self.town.people if each.role == "clerk" and each is not deputy])
        self.must_refuse(lambda: self._call_back(stranger, post.pk), "a clerk called back somebody's deputy")
        self._call_back(self.rng.choice((principal, deputy)), post.pk)
        former = replace(deputy, standing=None)
        self._replace(deputy, former)
        self.tally.acts["end_deputing"] += 1
        self._try_as_former(former, held)

    def _call_back(self, person: Person, key: UUID) -> None:
        with begin(fresh(person)) as work:
            end_deputing(work, key)

    def _try_as_former(self, former: Person, held: Standing) -> None:
        """With the steps that only the post allowed."""
        verbs = {"intake": ("accept", "refuse"), "sign": ("complete", "correct_result")}
        tried = 0
        for life in self.lives:
            for task in life.dossier.case.open_tasks:
                here = within(directory().unit(task.unit_id).code, held.place)
                if here and task.stage in RIGHT.get(held.role, ()) and former.role not in MAY_DO[task.stage]:
                    for verb in verbs[task.stage]:
                        tried += 1
                        if life.attempt(verb, former, VERBS[verb](life, task)):
                            raise AssertionError(f"a former deputy did {verb}\n" + "\n".join(life.said))
            if tried:
                life.check_seen_by(former)
            if tried > 8:
                break
        self.tally.refused["former_deputy"] += tried

    def must_refuse(self, act: Any, otherwise: str) -> None:
        try:
            act()
        except MotcuaError:
            return
        raise AssertionError(otherwise)

    def _replace(self, person: Person, by: Person) -> None:
        self.town.people[self.town.people.index(person)] = by
        for life in self.lives:
            if life.helper is person:
                life.helper = by
