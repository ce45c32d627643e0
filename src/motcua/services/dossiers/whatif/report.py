"""The comparison: what happened, what the play makes of it unchanged, and what it makes of the change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from motcua.engines.flows import queries as flows
from motcua.engines.flows.models import FlowVersion
from motcua.engines.flows.rules import STANDARD, Definition, Step, parse
from motcua.engines.organisations.models import Appointment
from motcua.engines.organisations.queries import calendar_for, calendar_with_id, directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, Refused
from motcua.foundation.messages import Text, Translate, as_it_is
from motcua.foundation.working_time import Calendar, working_seconds_between
from motcua.services.dossiers.actions.flow import unit_for
from motcua.services.dossiers.whatif import history as past_times
from motcua.services.dossiers.whatif.history import History, Past
from motcua.services.dossiers.whatif.simulation import (
    Arrival,
    Desk,
    Measures,
    Played,
    Setting,
    play,
    quantile,
)
from motcua.services.procedures import queries as procedures

LEAST = 30
"""Fewer dossiers than this say nothing."""

LATE_TOLERANCE, MEDIAN_TOLERANCE = 0.05, 0.15
"""How near the unchanged play must come to what happened: 5 points of the share of late ones, 15 % of the median."""

_PERSONS = re.compile(r"[+-]?\d{1,3}")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different. ``steps``: another flow, ``None`` for the one in force. ``persons``: step → how many
    persons do it in each unit, as “3”, “+1” or “-1”. ``calendar``: working hours that hold for everybody instead."""

    steps: Definition | None = None
    persons: Mapping[str, str] = field(default_factory=dict)
    calendar: UUID | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Hours are working hours of the competent unit, from the beginning of the clock to the result."""

    count: int
    late: float
    median_hours: float
    ninety_hours: float


@dataclass(frozen=True, slots=True)
class StepFigures:
    """Mean working hours per dossier at one step: waiting because all hands are full, waiting otherwise, being worked
    on. ``load``: share of the hands' time in use."""

    key: str
    name: str
    count: int
    queued: float
    idle: float
    served: float
    load: float


@dataclass(slots=True)
class Answer:
    """Everything side by side."""

    procedure: str
    since: datetime
    until: datetime
    happened: Figures
    unchanged: Figures
    changed: Figures
    steps_unchanged: list[StepFigures]
    steps_changed: list[StepFigures]
    notes: list[Text]

    @property
    def reliable(self) -> bool:
        """Whether the unchanged play comes near enough to what happened for the change to mean something."""
        median = self.happened.median_hours or 1.0
        return abs(self.unchanged.late - self.happened.late) <= LATE_TOLERANCE and abs(
            self.unchanged.median_hours - median
        ) <= max(MEDIAN_TOLERANCE * median, 1.0)

    def as_json(self, translate: Translate = as_it_is) -> dict[str, Any]:
        return {
            "procedure": self.procedure,
            "since": self.since,
            "until": self.until,
            "reliable": self.reliable,
            "happened": self.happened,
            "unchanged": self.unchanged,
            "changed": self.changed,
            "steps": {"unchanged": self.steps_unchanged, "changed": self.steps_changed},
            "notes": [note.render(translate) for note in self.notes],
        }


def answer(procedure_code: str, change: Change, *, since: datetime, until: datetime, seed: int = 1) -> Answer:
    """Plays the dossiers of a procedure accepted in that time, unchanged and changed.

    Raises ``NotFound`` for an unknown procedure; ``Refused`` with fewer than ``LEAST`` finished dossiers; ``Invalid``
    for numbers of persons that cannot be read, or a flow that could not be published.
    """
    procedure = procedures.current(procedure_code)
    for step, said in change.persons.items():
        if not _PERSONS.fullmatch(said.strip()):
            raise Invalid(fields={"persons": ["Write a number of persons, as 3, +1 or -1."]}, step=step)
    if change.steps is not None and change.steps.problems():
        raise Invalid("The flow to be tried has to be put right first.")
    history = past_times.read(procedure.code, since, until)
    if len(history.pasts) < LEAST:
        raise Refused(
            "There are %(count)s finished dossiers in this time; at least %(least)s are needed.",
            count=len(history.pasts), least=LEAST,
        )  # fmt: skip
    in_force = _in_force(procedure)
    for step in change.persons:
        if (change.steps or in_force).find(step) is None:
            raise Invalid(
                "There is no step %(step)s in this flow.", fields={"persons": ["There is no such step."]}, step=step
            )
    notes = _notes(history)
    calm = _Trial(history, in_force, Change(), seed, notes)
    measures = calm.calibrated()
    before = calm.played(measures)
    trial = _Trial(history, change.steps or in_force, change, seed, notes, old=in_force)
    trial.waits_as(calm)
    after = trial.played(trial.with_new_steps(measures))
    return Answer(
        procedure.code,
        since,
        until,
        _figures([(past, past.end) for past in history.pasts]),
        _figures(calm.ends(before)),
        _figures(trial.ends(after)),
        calm.loads(before, since, until),
        trial.loads(after, since, until),
        notes,
    )


def _in_force(procedure: Any) -> Definition:
    key = flows.version_for(procedure.code, procedure.field, procedure.levels[0] if procedure.levels else "")
    return flows.definition(key) if key else parse(STANDARD)


def newest_draft(key: str) -> Definition | None:
    """The newest steps of a flow, a draft too."""
    version = FlowVersion.objects.filter(flow__key=key).order_by("-number").first()
    return parse(version.steps) if version else None


def _notes(history: History) -> list[Text]:
    notes = [
        Text("Each dossier takes at each step the time that it took; times are estimated only for what it never met."),
        Text("The same people also work on other procedures; their other work is in the figures only as waiting."),
        Text("Whether people would work faster, fall ill or be sent elsewhere is not foreseen."),
        Text("Waiting for the applicant is kept as it was; refused and withdrawn dossiers are left out."),
    ]
    if history.left_out:
        notes.insert(0, Text("Only the latest %(count)s dossiers were played.", {"count": past_times.MOST}))
    return notes


class _Trial:
    """One flow with one staffing, played on the same dossiers."""

    def __init__(
        self,
        history: History,
        flow: Definition,
        change: Change,
        seed: int,
        notes: list[Text],
        old: Definition | None = None,
    ) -> None:
        self.history, self.flow, self.change, self.seed, self.notes = history, flow, change, seed, notes
        self.old = old or flow
        self.calendars: dict[UUID, Calendar] = {}
        self.hands: dict[Desk, int] = {}
        self.unexplained: dict[UUID, dict[str, int]] = {}
        self.arrivals = [self._arrival(past) for past in history.pasts]
        self._new_choices()

    def calendar(self, unit: UUID) -> Calendar:
        if unit not in self.calendars:
            changed = calendar_with_id(self.change.calendar) if self.change.calendar else None
            self.calendars[unit] = changed or calendar_for(unit)
        return self.calendars[unit]

    def _arrival(self, past: Past) -> Arrival:
        units = {}
        for step in self.flow.steps:
            before = self.old.find(step.key)
            same = before is not None and before.unit == step.unit
            units[step.key] = past.units[step.key] if same and step.key in past.units else unit_for(past.dossier, step)
        picks = {step.key: key for step in self.flow.steps if step.choice for key in step.next if key in past.steps}
        begins = tuple(key for key in past.begins if self.flow.find(key))
        return Arrival(
            past.dossier.pk, past.begin, past.due, units, dict(past.waits), picks, begins, service=dict(past.service)
        )

    def _new_choices(self) -> None:
        """Choices that a dossier did not meet are taken as the flow has them first; told once."""
        new = [step for step in self.flow.steps if step.choice and self.old.find(step.key) is None]
        for step in new:
            words = {"step": step.name}
            self.notes.append(Text("“%(step)s” is a new choice: every dossier takes its first way.", words))

    def slots(self, desk: Desk, step: str) -> int:
        """How many dossiers the desk has in hand at once, after the change of persons."""
        if desk not in self.hands:
            persons = self.history.persons.get(desk) or self._appointed(desk)
            slots = self.history.slots.get(desk, persons)
            said = next((self.change.persons[each.key].strip() for each in self.flow.steps
                         if each.stage == desk[1] and each.key in self.change.persons), "")  # fmt: skip
            wanted = persons
            if said:
                wanted = max(1, persons + int(said) if said[0] in "+-" else int(said))
            self.hands[desk] = max(1, round(slots * wanted / persons))
        return self.hands[desk]

    def _appointed(self, desk: Desk) -> int:
        """Persons who may do it, where nobody has done it yet."""
        unit = directory().unit(desk[0])
        today = clock.today()
        held = Appointment.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=today), unit_id=unit.id, valid_from__lte=today,
            role__permissions__contains=[STAGE_PERMISSION[desk[1]]],
        )  # fmt: skip
        return max(1, held.values("user_id").distinct().count())

    def calibrated(self) -> Measures:
        """What was measured; of the waiting only the part that full hands do not explain, dossier by dossier."""
        service, idle = self.history.service(), self.history.idle()
        alone = self.played(Measures(service))
        self.unexplained = {
            past.dossier.pk: {
                step: max(0, seconds - alone.queued.get((past.dossier.pk, step), 0))
                for step, seconds in past.idle.items()
            }
            for past in self.history.pasts
        }
        self._let_wait()
        shares = {}
        for step, values in idle.items():
            whole, load = sum(values), alone.steps.get(step)
            shares[step] = max(0.0, 1.0 - load.queued / whole) if whole and load else 1.0
        return self.with_new_steps(Measures(service, idle, shares))

    def waits_as(self, other: _Trial) -> None:
        """Takes over what another trial could not explain of each dossier's waiting."""
        self.unexplained = other.unexplained
        self._let_wait()

    def _let_wait(self) -> None:
        """Each dossier waits as it did, at a step that the same unit does; another unit's waiting is drawn."""
        units = {past.dossier.pk: past.units for past in self.history.pasts}
        self.arrivals = [
            replace(
                arrival,
                idle={
                    step: seconds
                    for step, seconds in self.unexplained[arrival.key].items()
                    if arrival.units.get(step) == units[arrival.key].get(step)
                },
            )
            for arrival in self.arrivals
        ]

    def with_new_steps(self, measures: Measures) -> Measures:
        """Steps that nobody has done yet take of their hours what known steps took of theirs."""
        service = dict(measures.service)
        known = [
            quantile(service[step.key], 0.5) / (step.hours * 3600)
            for step in self.flow.steps
            if step.hours and step.key in service
        ]
        ratio = sorted(known)[len(known) // 2] if known else 1.0
        for step in self.flow.steps:
            if step.key in service or step.stage == "return":
                continue
            seconds = self._assumed(step, ratio, measures)
            service[step.key] = [seconds]
            words = {"step": step.name, "hours": round(seconds / 3600, 1)}
            self.notes.append(Text("Nobody has done “%(step)s” yet: %(hours)s working hours were assumed.", words))
        return Measures(service, measures.idle, measures.idle_share)

    def _assumed(self, step: Step, ratio: float, measures: Measures) -> int:
        if step.hours:
            return max(60, int(step.hours * 3600 * ratio))
        alike = [
            quantile(measures.service[one.key], 0.5)
            for one in self.old.steps
            if one.stage == step.stage and one.key in measures.service
        ]
        return max(60, alike[0] if alike else 4 * 3600)

    def played(self, measures: Measures) -> Played:
        return play(self.arrivals, Setting(self.flow, self.slots, self.calendar, measures, self.seed))

    def ends(self, played: Played) -> list[tuple[Past, datetime]]:
        return [(past, played.finished[past.dossier.pk]) for past in self.history.pasts
                if past.dossier.pk in played.finished]  # fmt: skip

    def loads(self, played: Played, since: datetime, until: datetime) -> list[StepFigures]:
        desks: dict[str, set[Desk]] = {}
        for arrival in self.arrivals:
            for step in self.flow.steps:
                desks.setdefault(step.key, set()).add((arrival.units[step.key], step.stage))
        found = []
        for step in self.flow.steps:
            load = played.steps[step.key]
            if step.stage == "return":
                continue
            count = max(1, load.count)
            own = desks.get(step.key, set())
            capacity = sum(
                self.slots(desk, step.key) * working_seconds_between(self.calendar(desk[0]), since, until)
                for desk in own
            )
            queued, idle, served = (round(value / count / 3600, 1) for value in (load.queued, load.idle, load.served))
            share = round(load.served / capacity, 3) if capacity else 0.0
            found.append(StepFigures(step.key, step.name, load.count, queued, idle, served, share))
        return found


def _figures(ends: Sequence[tuple[Past, datetime]]) -> Figures:
    spans = sorted(
        working_seconds_between(calendar_for(past.dossier.competent_id), past.begin, end) for past, end in ends
    )
    late = sum(1 for past, end in ends if past.due is not None and end > past.due)
    return Figures(
        len(ends),
        round(late / len(ends), 4) if ends else 0.0,
        round(quantile(spans, 0.5) / 3600, 1),
        round(quantile(spans, 0.9) / 3600, 1),
    )
