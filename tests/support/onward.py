"""The town goes on in the database, on one line of time: dossiers, linked groups, mandates and deputies that end early,
reorganisations that take effect on their day between two acts; after each, what the law promises.

Beside ``lives``, whose dossiers live in memory one after the other, here all live side by side as in an office.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import Max

from motcua.engines.accounts.models import User
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.organisations.models import Unit
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.queries import get_by_code
from motcua.services.dossiers.reorganising import plans as reorganising
from tests.support.lives import Tally
from tests.support.lives_town import MAY_DO, Person, Town, Trust, within
from tests.support.onward_beside import Beside
from tests.support.onward_linked import LinkedLives, define
from tests.support.onward_lives import StoredLife
from tests.support.onward_state import STEPS, Step

ENDS: Final = {
    "dossier.completed", "dossier.returned", "dossier.refused", "dossier.withdrawn", "dossier.stopped",
    "dossier.closed_unanswered", "dossier.reopened", "dossier.corrected",
}  # fmt: skip
"""Events after which the others of a group may go on."""


class World(Beside):
    """Everything that goes on from ``now``. ``pending``: groups whose job behind the ledger has not run yet."""

    WITHDRAWABLE: Final = {1, 2, 4, 5, 6}

    def __init__(self, town: Town, tally: Tally, now: datetime, seed: int) -> None:
        self.town, self.tally, self.now, self.rng = town, tally, now, Random(f"onward:{seed}")
        self.lives: list[StoredLife] = []
        self.groups: list[LinkedLives] = []
        self.group_of: dict[UUID, LinkedLives] = {}
        self.pending: dict[UUID, None] = {}  # in the order in which they came
        self.trusts: list[Trust] = []
        self.done: list[Step] = []
        self.home = {each.actor.id: each.place for each in town.people}
        self._numbers = 0
        with clock.at(now):
            forget_all()
            define(town)

    # -- who and where ------------------------------------------------------------------------------------------------

    @property
    def citizens(self) -> list[Person]:
        return [each for each in self.town.people if each.role == "citizen"]

    def citizen(self, party: UUID | None) -> Person:
        return next(each for each in self.citizens if each.actor.party_id == party)

    def now_at(self, code: str) -> str:
        """Where what once happened at this code can be found today."""
        for step in self.done:
            code = step.heir(code)
        return code

    def heir_of(self, code: str, field: str) -> str:
        """Who takes over, in the latest reorganisation, what is open there in a field."""
        return self.done[-1].heir(code, of_field=field)

    def add(self, life: StoredLife, group: LinkedLives | None = None) -> None:
        self.lives.append(life)
        if group is not None:
            self.group_of[life.dossier.pk] = group

    def lived(self, life: StoredLife, events: list[Event]) -> None:
        """Called after each act that was done."""
        group = self.group_of.get(life.dossier.pk)
        if group is None:
            return
        key = next(key for key, each in group.lives.items() if each is life)
        if any(event.kind == "dossier.completed" for event in events):
            group.signed(key)
        if any(event.kind in ENDS for event in events):
            self.pending[group.group.pk] = None

    def submission(self, procedure: Any, channel: str, competent: UUID, received: UUID, citizen: Person) -> Any:
        """What one part of a group is submitted with."""
        return actions.Submission(
            procedure=procedure,
            channel=channel,
            competent_id=competent,
            received_at_id=received,
            applicant_id=citizen.actor.party_id,
            applicant_name=citizen.actor.name,
            submitted_by=citizen.actor.id or uuid4(),
            delivery=self.rng.choice(("counter", "electronic")),
            components=[actions.ComponentIn(paper.key, paper.name, paper.originals) for paper in procedure.papers],
            key=f"onward-{uuid4()}",
        )

    # -- going on -----------------------------------------------------------------------------------------------------

    def adopt(self, open_ones: int, ended: int) -> None:
        """Some of the dossiers that are there go on."""
        last = dict(Event.objects.values_list("stream").annotate(Max("at")))
        rows = Dossier.objects.order_by("pk").values_list("pk", "case__closed_at")
        keys = [(key, closed) for key, closed in rows if last[key] < self.now]
        self.rng.shuffle(keys)
        chosen = [key for key, closed in keys if closed is None][:open_ones]
        chosen += [key for key, closed in keys if closed is not None][:ended]
        with clock.at(self.now):
            for key in chosen:
                self.add(StoredLife(self, key, f"onward:{len(self.lives)}"))

    def go_on(self, turns: int, progress: Callable[[str], None] | None = None) -> None:
        """So many turns; the reorganisations fall between them at even distances."""
        due = {turns * (number + 1) // (len(STEPS) + 1): step for number, step in enumerate(STEPS)}
        for turn in range(turns):
            self.now += timedelta(minutes=self.rng.choice((1, 5, 20, 60, 90)))
            with clock.at(self.now):
                self._turn()
            if turn in due:
                self._reorganise(due[turn])
            if progress is not None and turn % 200 == 199:
                progress(f"{turn + 1:,} of {turns:,} turns, {len(self.lives):,} dossiers, {len(self.groups):,} groups")
        with clock.at(self.now):
            for key in list(self.pending):
                self._group(key).advance(1)
            for group in self.groups:
                group.check()

    def _turn(self) -> None:
        if self.pending and self.rng.random() < 0.6:
            key = self.rng.choice(list(self.pending))
            del self.pending[key]
            self._group(key).advance(self.rng.choice((1, 1, 2)))
        chance = self.rng.random()
        if chance < 0.05:
            self._numbers += 1
            self.groups.append(LinkedLives(self, f"g{self._numbers}"))
        elif chance < 0.09:
            self.add(StoredLife.submitted(self, f"onward:{len(self.lives)}"))
        elif chance < 0.13 and self.groups:
            going = [each for each in self.groups if each.group.closed_at is None]
            self.rng.choice(going or self.groups).try_something()
        elif chance < 0.16:
            self.change_mandates()
        elif chance < 0.22:
            self.change_deputies()
        else:
            alive = [life for life in self.lives if life.dossier.case.closed_at is None]
            linked = [life for life in alive if life.dossier.linked]
            life = self.rng.choice(linked if linked and chance > 0.6 else alive or self.lives)
            if chance < 0.24:
                life = self.rng.choice(self.lives)
            life.go_on()
            life.check_seen_by(self.rng.choice(self.town.people))
            if self.groups and chance < 0.35:
                self.rng.choice(self.groups).check_seen_by(self.rng.choice(self.town.people))

    def _group(self, key: UUID) -> LinkedLives:
        return next(each for each in self.groups if each.group.pk == key)

    # -- the State reorganises ----------------------------------------------------------------------------------------

    def _reorganise(self, step: Step) -> None:
        """Decided some days before its day, taken up by the job of that day, between two acts like any others."""
        with clock.at(self.now):
            day = self.now.astimezone(VIETNAM).date() + timedelta(days=3)
            document = step.document(f"số {len(self.done) + 1}", day, self._usernames())
            row = reorganising.submit(SYSTEM, document)
            self.must_refuse(lambda: reorganising.carry_out(row.id), "it took effect before its day")
            for _ in range(20):
                self.now += timedelta(minutes=30)
                with clock.at(self.now):
                    self._turn()
        self.now = datetime(day.year, day.month, day.day, 0, 5, tzinfo=VIETNAM)
        with clock.at(self.now):
            forget_all()
            for group in self.groups:
                group.about_to_reorganise()
            open_before = dict(Dossier.objects.filter(case__closed_at=None).values_list("pk", "case__due_at"))
            codes = dict(Dossier.objects.filter(pk__in=list(open_before)[:20]).values_list("code", "pk"))
            assert row.id in reorganising.due()
            for key in reorganising.due():
                assert reorganising.carry_out(key).state == "done"
            self._move_people(step)
            self._check_everything(open_before, codes, list(step.codes))
        self.tally.acts["reorganise"] += 1

    def _usernames(self) -> dict[str, list[str]]:
        names = dict(User.objects.values_list("pk", "username"))
        found: dict[str, list[str]] = {"H57.100": [], "H57.101": []}
        for person, home in self.home.items():
            for ward, known in found.items():
                if person is not None and home and within(home, ward):
                    known.append(names[person])
        return found

    def _move_people(self, step: Step) -> None:
        self.done.append(step)
        for number, person in enumerate(self.town.people):
            if not person.place:
                continue
            home = ".".join(self.home[person.actor.id].split(".")[:2])
            held = person.standing
            if held is not None:
                there = ".".join(self.home[held.principal.id].split(".")[:2])
                held = replace(held, place=step.heir(held.place, home=there))
            moved = replace(person, place=step.heir(person.place, home=home), standing=held)
            self.town.people[number] = moved
            for life in self.lives:
                if life.helper is person:
                    life.helper = moved
        for key, unit in list(self.town.units.items()):
            self.town.units[key] = Unit.objects.get(code=step.heir(unit.code))
        if step is STEPS[2]:
            self.town.units["other_commune"] = Unit.objects.get(code="H57.152")
            self.town.units["other_commune_centre"] = Unit.objects.get(code="H57.152.1")

    def _check_everything(self, before: dict[UUID, Any], codes: dict[str, UUID], ended: list[str]) -> None:
        """Every open dossier of the province, adopted or not."""
        units = directory()
        rows = Dossier.objects.filter(case__closed_at=None).select_related("case").prefetch_related("case__tasks")
        found = {}
        for dossier in rows:
            found[dossier.pk] = dossier.case.due_at
            for key in (dossier.competent_id, dossier.received_at_id, dossier.lead_id, dossier.case.holder_id):
                assert units.by_id[key].current, (dossier.code, units.by_id[key].code)
            assert dossier.case.open_tasks, f"{dossier.code}: nobody has it"
            for task in dossier.case.open_tasks:
                unit = units.by_id[task.unit_id]
                assert unit.current, (dossier.code, unit.code)
                assert self.town.at(unit.code, MAY_DO[task.stage]), (dossier.code, unit.code, task.stage)
        assert found == before, "dossiers or their due dates were lost"
        for code, key in codes.items():
            assert get_by_code(SYSTEM, code).pk == key
        for code in ended:
            assert not units.coded(code).current
            assert units.present(units.coded(code)).code == self.done[-1].heir(code)
        for life in self.lives:
            life.now = self.now
            life.reorganised()
            life.check_seen_by(self.rng.choice(self.town.people))
        for group in self.groups:
            group.reorganised()
