"""Dossiers through a flow, event by event: a queue per unit and kind of work, served by so many at once, each in the
working time of its unit. Pure and deterministic: the same seed gives the same year.

Driven by the trace: a dossier takes at each step what it took itself; a time is drawn from what others took only where
it has none of its own (a step it never met, another unit). Independent draws would mix the quick and the slow, whose
steps go together, and make a year in which nobody is either.

A person does one thing at a time here only as far as the history says so: ``slots`` is how many dossiers a unit had in
hand side by side. Times are aware moments and working seconds.
"""

from __future__ import annotations

import hashlib
import heapq
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from motcua.engines.flows.rules import Definition
from motcua.foundation.working_time import Calendar, add_working_seconds, working_seconds_between

Desk = tuple[UUID, str]
"""A unit and a kind of work: one queue."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One dossier as it came. ``units``: step → who does it. ``waits``: step → working seconds in which it stood still
    at that step for the applicant. ``picks``: step → what was chosen after it. ``begins``: the steps that it stood at.
    ``service`` and ``idle``: step → its own measured times, see ``Measures``."""

    key: UUID
    at: datetime
    due: datetime | None
    units: Mapping[str, UUID]
    waits: Mapping[str, int] = field(default_factory=dict)
    picks: Mapping[str, str] = field(default_factory=dict)
    begins: tuple[str, ...] = ()
    service: Mapping[str, int] = field(default_factory=dict)
    idle: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured, each list in working seconds, ascending. ``service``: from taking in hand to finishing.
    ``idle``: from coming to taking in hand, as far as a full queue does not explain it."""

    service: Mapping[str, Sequence[int]]
    idle: Mapping[str, Sequence[int]] = field(default_factory=dict)
    idle_share: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class StepLoad:
    """What one step saw. Seconds of working time."""

    count: int = 0
    queued: int = 0
    idle: int = 0
    served: int = 0


@dataclass(slots=True)
class Played:
    """The outcome: when each dossier was finished, each step's load, and how long each dossier waited at a step
    because all hands were full (working seconds)."""

    finished: dict[UUID, datetime] = field(default_factory=dict)
    steps: dict[str, StepLoad] = field(default_factory=dict)
    queued: dict[tuple[UUID, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """How it is played: the flow, who serves how many at once, in whose working time."""

    flow: Definition
    slots: Callable[[Desk, str], int]
    calendar: Callable[[UUID], Calendar]
    measures: Measures
    seed: int


def drawn(seed: int, key: int, step: str, what: str, values: Sequence[int]) -> int:
    """One of the measured values, the same for the same dossier and step in every run: so two runs differ only by what
    was changed, not by chance."""
    if not values:
        return 0
    digest = hashlib.blake2b(f"{seed}:{key}:{step}:{what}".encode(), digest_size=8).digest()
    return values[int.from_bytes(digest) * len(values) >> 64]


class _Play:
    def __init__(self, arrivals: Sequence[Arrival], setting: Setting) -> None:
        self.setting = setting
        self.events: list[tuple[float, int, str, Arrival, str]] = []
        self.count = 0
        self.busy: dict[Desk, int] = {}
        self.queues: dict[Desk, deque[tuple[Arrival, str, datetime]]] = {}
        self.open: dict[UUID, list[str]] = {}
        self.result = Played({}, {step.key: StepLoad() for step in setting.flow.steps})
        self.moments: dict[float, datetime] = {}
        # Drawn by its place among the arrivals, not by its key: the same year plays the same, from a copy too.
        self.place = {
            arrival.key: place
            for place, arrival in enumerate(sorted(arrivals, key=lambda each: (each.at, str(each.key))))
        }
        for arrival in arrivals:
            self._put(arrival.at, "come", arrival, "")

    def _put(self, at: datetime, what: str, arrival: Arrival, step: str) -> None:
        self.count += 1
        stamp = at.timestamp()
        self.moments[stamp] = at
        heapq.heappush(self.events, (stamp, self.count, what, arrival, step))

    def run(self) -> Played:
        while self.events:
            stamp, _, what, arrival, step = heapq.heappop(self.events)
            now = self.moments[stamp]
            if what == "come":
                begins = [key for key in arrival.begins if self.setting.flow.find(key)]
                for key in begins or [self.setting.flow.first.key]:
                    self._open(arrival, key, now)
            elif what == "ready":
                self._ready(arrival, step, now)
            else:
                self._finish(arrival, step, now)
        return self.result

    def _open(self, arrival: Arrival, step: str, now: datetime) -> None:
        """The step comes to its unit; nobody takes it in hand before the idle time that was measured is over."""
        self.open.setdefault(arrival.key, []).append(step)
        measures = self.setting.measures
        if step in arrival.idle:
            idle = arrival.idle[step]
        else:
            share = measures.idle_share.get(step, 0.0)
            values = measures.idle.get(step, ())
            idle = int(share * drawn(self.setting.seed, self.place[arrival.key], step, "idle", values))
        idle += arrival.waits.get(step, 0)
        self.result.steps[step].idle += idle
        self._put(self._after(arrival, step, now, idle), "ready", arrival, step)

    def _after(self, arrival: Arrival, step: str, now: datetime, seconds: int) -> datetime:
        return add_working_seconds(self.setting.calendar(arrival.units[step]), now, seconds) if seconds > 0 else now

    def _desk(self, arrival: Arrival, step: str) -> Desk:
        return arrival.units[step], self.setting.flow.step(step).stage

    def _ready(self, arrival: Arrival, step: str, now: datetime) -> None:
        desk = self._desk(arrival, step)
        if self.busy.get(desk, 0) < self.setting.slots(desk, step):
            self._serve(arrival, step, now, now)
        else:
            self.queues.setdefault(desk, deque()).append((arrival, step, now))

    def _serve(self, arrival: Arrival, step: str, now: datetime, since: datetime) -> None:
        desk = self._desk(arrival, step)
        self.busy[desk] = self.busy.get(desk, 0) + 1
        if step in arrival.service:
            seconds = max(60, arrival.service[step])
        else:
            values = self.setting.measures.service.get(step, ())
            seconds = max(60, drawn(self.setting.seed, self.place[arrival.key], step, "service", values))
        load = self.result.steps[step]
        load.count += 1
        load.served += seconds
        if now > since:
            queued = working_seconds_between(self.setting.calendar(desk[0]), since, now)
            load.queued += queued
            self.result.queued[arrival.key, step] = queued
        self._put(self._after(arrival, step, now, seconds), "done", arrival, step)

    def _finish(self, arrival: Arrival, step: str, now: datetime) -> None:
        desk = self._desk(arrival, step)
        self.busy[desk] -= 1
        queue = self.queues.get(desk)
        if queue:
            self._serve(*queue[0][:2], now, queue.popleft()[2])
        flow, still = self.setting.flow, self.open[arrival.key]
        pick = arrival.picks.get(step, "")
        chosen = (pick,) if flow.step(step).choice and pick in flow.step(step).next else ()
        following = flow.following(step, still, chosen)
        still.remove(step)
        for each in following:
            if each.stage == "return":
                # the result is there; when the person fetches it is theirs to decide
                self.result.finished[arrival.key] = now
            else:
                self._open(arrival, each.key, now)


def play(arrivals: Sequence[Arrival], setting: Setting) -> Played:
    """Plays all arrivals to their end."""
    return _Play(arrivals, setting).run()


def quantile(values: Sequence[int], share: float) -> int:
    """A value below which that share of the ascending values lies; 0 of none."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0


def share_below(values: Sequence[int], limit: int) -> float:
    """The share of the ascending values below a limit."""
    return bisect_left(values, limit) / len(values) if values else 0.0
