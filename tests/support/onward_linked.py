"""Linked procedures as one matter (ND118 Đ20): what must hold of a group whose parts are lives of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from motcua.engines.ledger.models import Event
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import MotcuaError, NotFound
from motcua.services.dossiers.actions.group_ends import drop_part, withdraw_group
from motcua.services.dossiers.actions.groups import GroupSubmission, advance, submit_group_once
from motcua.services.dossiers.models import DossierGroup, GroupMember, LinkedGroup
from motcua.services.dossiers.together import groups
from motcua.services.procedures.queries import version
from tests.support.lives_town import Person, Town
from tests.support.onward_lives import StoredLife, fresh

if TYPE_CHECKING:
    from tests.support.onward import World

ENDED = {3, 7, 8, 10}
KINDS: Mapping[str, list[dict[str, Any]]] = {
    "birth": [
        {"key": "birth"},
        {"key": "residence", "unit": "lead", "needs": ["birth"]},
        {"key": "insurance", "unit": "lead", "needs": ["birth"], "optional": True},
    ],
    "land": [
        {"key": "land"},
        {"key": "tax", "unit": "code:H57.10", "after": [], "before_signing": ["land"]},
        {"key": "seal", "unit": "lead", "optional": True},
    ],
}
PROCEDURES = {"birth": (0, 1, 2), "land": (3, 4, 0)}


def define(town: Town) -> None:
    """Two groups of the town's procedures: one that goes on result by result, one that holds up a signature."""
    for key, members in KINDS.items():
        codes = [town.procedures[number][0].code for number in PROCEDURES[key]]
        rows = [{"procedure": code, "title": row["key"], **row} for code, row in zip(codes, members, strict=True)]
        LinkedGroup.objects.create(key=key, name=key, members=rows)
    groups.offers.forget()


class LinkedLives:
    """One group and its parts. ``wrong``: what was dropped because a part it needs failed, by the model."""

    def __init__(self, world: World, number: str) -> None:
        self.world, self.number, self.said = world, number, list[str]()
        rng, town = world.rng, world.town
        self.applicant = rng.choice(world.citizens)
        offer = groups.offer(rng.choice(sorted(KINDS)))
        self.parts = {part.key: part for part, _ in offer.parts}
        chosen = [key for key, part in self.parts.items() if not part.optional or rng.random() < 0.7]
        commune = rng.choice([key for key in ("commune", "other_commune") if key in town.units])
        counter = rng.choice([f"{commune}_centre", "centre"])
        channel = rng.choice(("ONLINE", "DIRECT"))
        lead = directory().unit(town.units[commune].id)
        submissions = {}
        for key in chosen:
            part = self.parts[key]
            agency = lead if part.unit in ("", "lead") else groups.unit_of(part, lead, None)
            submissions[key] = world.submission(
                groups.current(part.procedure), channel, agency.id, town.units[counter].id, self.applicant
            )
        self.group, new = submit_group_once(
            fresh(self.applicant),
            GroupSubmission(
                offer=offer,
                channel=channel,
                received_at_id=town.units[counter].id,
                applicant_id=self.applicant.actor.party_id,
                key=f"group-{number}",
                submissions=submissions,
            ),
        )
        assert new
        self.chosen = chosen
        self.lives: dict[str, StoredLife] = {}
        self.taken_back: set[str] = set()
        self.read()
        self._check_begun_at_once(channel)

    def read(self) -> None:
        """The group and its parts as they are; parts that have begun become lives."""
        self.group = DossierGroup.objects.get(pk=self.group.pk)
        self.members = {row.key: row for row in GroupMember.objects.filter(group=self.group).order_by("position")}
        for key, member in self.members.items():
            if member.dossier_id is not None and key not in self.lives:
                life = StoredLife(self.world, member.dossier_id, f"{self.number}:{key}")
                self.lives[key] = life
                self.world.add(life, self)

    def state(self, key: str) -> str:
        """By the national statuses alone, and what the ledger says of the result."""
        life = self.lives.get(key)
        if life is None:
            return "dropped" if self.members[key].dropped_at is not None else "waiting"
        if life.dossier.status in (9, 10):
            said = [event.data for event in life.events if event.kind == "dossier.completed"]
            return "done" if said and said[-1]["approved"] else "failed"
        return "failed" if life.dossier.status in (3, 7, 8) else "running"

    # -- what people try ----------------------------------------------------------------------------------------------

    def try_something(self) -> None:
        """Somebody, mostly the applicant, takes the group or a part of it back."""
        world, rng = self.world, self.world.rng
        person = self.applicant if rng.random() < 0.6 else rng.choice(world.town.people)
        waiting = [each for each in self.chosen if self.state(each) == "waiting"]
        key = rng.choice(waiting if waiting and rng.random() < 0.6 else [*self.chosen, "x"])
        whole = rng.random() < 0.25
        before = {each: self.state(each) for each in self.chosen}
        statuses = {each: life.dossier.status for each, life in self.lives.items()}
        verb = "withdraw_group" if whole else "drop_part"
        self._say(person, f"{verb} {'' if whole else key}")
        try:
            if whole:
                withdraw_group(fresh(person), self.group.pk, reason="Thôi")
            else:
                drop_part(fresh(person), self.group.pk, key=key)
        except MotcuaError as error:
            world.tally.refused[verb] += 1
            if not str(error):
                self._broken("refused without words")
            self._reread()
            if before != {each: self.state(each) for each in self.chosen}:
                self._broken("refused, and something has changed")
            return
        world.tally.acts[verb] += 1
        if person is not self.applicant:
            self._broken("somebody else took it back")
        self._reread()
        if not whole:
            if before.get(key) != "waiting":
                self._broken(f"a part that was {before.get(key)} was dropped")
            self.taken_back.add(key)
        for each in self.chosen if whole else ():
            now = self.state(each)
            if before[each] == "waiting":
                self.taken_back.add(each)
                if now != "dropped":
                    self._broken(f"{each} waits on in a group that was withdrawn")
            elif statuses.get(each) in world.WITHDRAWABLE and self.lives[each].dossier.status != 7:
                self._broken(f"{each} goes on in a group that was withdrawn")
            elif before[each] in ("done", "failed") and now != before[each]:
                self._broken(f"{each} lost what it had")
        world.pending[self.group.pk] = None

    def advance(self, times: int) -> None:
        """The job behind the ledger, perhaps more than once; the second run changes nothing."""
        self.world.tally.acts["advance"] += 1
        advance(self.group.pk)
        told = Event.objects.filter(stream=self.group.pk).count()
        for _ in range(times - 1):
            advance(self.group.pk)
        if Event.objects.filter(stream=self.group.pk).count() != told:
            self._broken("a second advance did something")
        self._reread()
        self.check()

    # -- what holds ---------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """After ``advance``: each part where the others put it; none waits for nothing."""
        states = {key: self.state(key) for key in self.chosen}
        ended = {key for key, state in states.items() if state in ("done", "failed", "dropped")}
        for key, member in self.members.items():
            needs = [each for each in self.parts[key].needs if each in self.chosen]
            lost = any(states[each] in ("failed", "dropped") for each in needs)
            if key in self.taken_back:
                if states[key] != "dropped":
                    self._broken(f"{key} was taken back and is {states[key]}")
            elif states[key] == "dropped":
                if not lost:
                    self._broken(f"{key} was dropped although what it needs may come")
            elif states[key] == "waiting":
                if lost:
                    self._broken(f"{key} waits for what never comes")
                if set(member.after) <= ended:
                    self._broken(f"{key} waits for nobody")
            if member.before_signing and states[key] == "done":
                self._check_handed(key, member.before_signing)
        over = all(
            states[key] == "dropped" if key not in self.lives else self.lives[key].dossier.status in ENDED
            for key in self.chosen
        )
        if over != (self.group.closed_at is not None):
            self._broken(f"closed_at {self.group.closed_at}, parts {states}")

    def _check_handed(self, key: str, targets: list[str]) -> None:
        for target in targets:
            life = self.lives.get(target)
            if life is None or life.dossier.case.closed_at is not None or life.dossier.finished_at is not None:
                continue
            if not life.dossier.components.filter(key=f"result-{key}").exists():
                self._broken(f"the result of {key} did not come to {target}")

    def signed(self, key: str) -> None:
        """A part has just been decided: nothing that holds up its signature was still under way."""
        for other, member in self.members.items():
            if key in member.before_signing and self.state(other) in ("waiting", "running"):
                self._broken(f"{key} was signed before {other} had ended")

    def _check_begun_at_once(self, channel: str) -> None:
        """Electronically all that need no result begin at once, on paper one after the other (ND118 Đ20.1)."""
        for position, key in enumerate(self.chosen):
            part = self.parts[key]
            first = position == 0 or (part.after == () and not part.needs)
            at_once = first or (channel == "ONLINE" and not part.needs)
            if at_once != (key in self.lives):
                self._broken(f"{key} {'waits' if at_once else 'began'} at once over {channel}")
            lead = self.lives[self.chosen[0]].dossier.competent_id
            if key in self.lives and self.lives[key].dossier.lead_id != lead:
                self._broken(f"{key} has another lead")

    def check_seen_by(self, person: Person) -> None:
        """The group is found by who applied, and by officers who may see a part of it."""
        try:
            found = groups.get_group(fresh(person), self.group.code).pk == self.group.pk
        except NotFound:
            found = False
        if person.role == "citizen":
            expected, sure = person is self.applicant, True
        else:
            expected = any(life.expected_for(person) for life in self.lives.values())
            sure = not any(life.moved for life in self.lives.values())
        if (found and not expected) or (expected and not found and sure):
            self._broken(f"{person.role}@{person.place}: found {found}, expected {expected}")

    def reorganised(self) -> None:
        """Parts that wait know the new agencies."""
        self._reread(quietly=True)
        units, world = directory().by_id, self.world
        if self.group.closed_at is None:
            for key in (self.group.lead_id, self.group.received_at_id):
                if not units[key].current:
                    self._broken("the group hangs on a unit that is no more")
            for key, life in self.lives.items():
                if life.dossier.case.closed_at is None and life.dossier.lead_id != self.group.lead_id:
                    self._broken(f"{key} has another lead than its group")
        for key, member in self.members.items():
            if self.state(key) != "waiting":
                continue
            agency = units[member.unit_id]
            if not agency.current:
                self._broken(f"{key} waits for a unit that is no more")
            expected = world.heir_of(self._agency_before[key], version(member.procedure_version_id).field)
            if agency.code != expected:
                self._broken(f"{key} goes to {agency.code} instead of {expected}")

    def about_to_reorganise(self) -> None:
        units = directory().by_id
        self._agency_before: dict[str, str] = {key: units[row.unit_id].code for key, row in self.members.items()}

    def _reread(self, *, quietly: bool = False) -> None:
        """Parts may have been changed beside their own tries (withdrawn, a result handed in)."""
        self.read()
        for life in self.lives.values():
            if not quietly:
                life.changed_beside()

    def _say(self, person: Person, what: str) -> None:
        self.said.append(f"{self.world.now:%d/%m %H:%M} {person.role}@{person.place} {what}")

    def _broken(self, what: str) -> None:
        lines = [*self.said, *(f"{key}: {line}" for key, life in self.lives.items() for line in life.said)]
        states = {key: self.state(key) for key in self.chosen}
        raise AssertionError(f"group {self.number}: {what}\n{states}\n" + "\n".join(lines))
