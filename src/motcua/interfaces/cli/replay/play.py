"""Each event of the log as a real action, at its own moment. What the log leaves out is said, not hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from motcua.engines.cases.models import Task
from motcua.engines.flows.rules import Definition
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.work import Work
from motcua.foundation.keys import id_at
from motcua.interfaces.cli.replay.log import LogCase, LogEvent
from motcua.interfaces.cli.replay.town import Town
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.flow import definition_of
from motcua.services.dossiers.models import Dossier

_CHANNELS = {"Internet": "ONLINE", "e-mail": "ONLINE", "Post": "POSTAL"}
Options = dict[str, Any]


@dataclass
class Played:
    """A case after its replay. ``notes``: (kind, explanation) of everything that is not plainly as in the log."""

    case: LogCase
    dossier: Dossier
    applied: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def note(self, kind: str, explanation: str) -> None:
        self.notes.append((kind, explanation))

    @property
    def ended_at(self) -> datetime | None:
        """When the platform sees the case as ended: the decision, else its closing without one."""
        return self.dossier.finished_at or self.dossier.case.closed_at

    @property
    def late(self) -> bool:
        due = self.dossier.case.due_at
        return self.ended_at is not None and due is not None and self.ended_at > due


class Player:
    """Plays cases one after the other into one unit of work."""

    def __init__(self, work: Work, town: Town) -> None:
        self._work, self._town = work, town

    def play(self, case: LogCase) -> Played:
        """The whole case: submitted and accepted at the log's start, then every event, then the end."""
        played = self._received(case, case.begin)
        if case.begin < case.start:
            played.note(
                "starts_with_first_event",
                f"The log starts the case at {case.start:%Y-%m-%d %H:%M:%S}, after its first event: the clock starts "
                "with the event.",
            )
        for at, event in enumerate(case.events):
            if not event.step:
                played.note("event_unknown", f"No step of the flow stands for “{event.activity}”.")
                continue
            self._event(played, event, _next_in_branch(case.events, at))
            played.applied += 1
        if case.end is not None:
            self._end(played, case.end)
        return played

    def _received(self, case: LogCase, at: datetime) -> Played:
        town = self._town
        submission = actions.Submission(
            procedure=town.procedures[case.days],
            channel=_CHANNELS.get(case.channel, "DIRECT"),
            competent_id=town.unit.id,
            received_at_id=town.unit.id,
            applicant_id=None,
            applicant_name=case.name,
            submitted_by=town.applicant.party_id or town.unit.id,
            key=f"replay-{case.name}",
            id=id_at(at),
        )
        officer = town.officer(case.responsible)
        dossier = self._act(officer, at, lambda work: actions.submit(work, submission))
        played = Played(case, dossier)
        self._do(played, officer, at, "accept", actions.accept)
        return played

    def _act(self, actor: Actor, at: datetime, do: Callable[[Work], Any]) -> Any:
        self._work.actor, self._work.now = actor, at
        return do(self._work)

    def _do(self, played: Played, actor: Actor, at: datetime, verb: str, action: Any, **options: Any) -> Any:
        played.actions[verb] += 1
        return self._act(actor, at, lambda work: action(work, played.dossier, **options))

    # -- events -------------------------------------------------------------------------------------------------------

    def _event(self, played: Played, event: LogEvent, following: str) -> None:
        officer = self._town.officer(event.resource)
        task = self._reach(played, officer, event)
        flow = definition_of(played.dossier.case)
        if task is None:
            text = f"{event.activity}: done again, when its step was not open any more."
            self._do(played, officer, event.at, "remark", actions.remark, text=text)
            played.note("repeated_step", f"“{event.activity}” is kept as a remark: its step was not open any more.")
        elif following == event.step:
            # the same step goes on: several advices in a row, a second look; the step ends with the last of them
            self._do(played, officer, event.at, "remark", actions.remark, text=event.activity)
        elif event.step == "advice" or following in {step.key for step in flow.before(event.step)}:
            back = "necessity" if event.step == "advice" else following
            self._send_back(played, officer, event.at, task, back)
        else:
            to = (following,) if following in flow.step(event.step).next and flow.step(event.step).choice else ()
            self._pass_on(played, officer, event.at, task, event.activity, to)

    def _pass_on(
        self, played: Played, officer: Actor, at: datetime, task: Task, opinion: str, to: tuple[str, ...] = ()
    ) -> None:
        self._do(played, officer, at, "pass_on", actions.pass_on, task_id=task.id, opinion=opinion, to=to)

    def _send_back(self, played: Played, officer: Actor, at: datetime, task: Task, to: str) -> None:
        reason = "The log goes back to this step."
        self._do(played, officer, at, "send_back", actions.send_back, task_id=task.id, to_step=to, reason=reason)

    def _reach(self, played: Played, officer: Actor, event: LogEvent) -> Task | None:
        """The open task of the event's step; goes there where the log has left steps out or gone back unsaid."""
        flow = definition_of(played.dossier.case)
        if task := _open(played.dossier, event.step):
            return task
        for task in list(played.dossier.case.open_tasks):
            path = _way(flow, task.step, event.step)
            if path:
                return self._walk(played, officer, event, task, path)
        for task in list(played.dossier.case.open_tasks):
            if task.step != "decide" and event.step in {step.key for step in flow.before(task.step)}:
                self._send_back(played, officer, event.at, task, event.step)
                played.note(
                    "went_back", f"Before “{event.activity}” the work went back from {_named(flow, task.step)}."
                )
                return _open(played.dossier, event.step)
        return None

    def _walk(self, played: Played, officer: Actor, event: LogEvent, task: Task, path: list[str]) -> Task | None:
        """Passes over steps that the log does not mention, each as an action of the one who did the next."""
        for done, to in pairwise(path):
            current = _open(played.dossier, done)
            if current is None:
                return None
            choice = (to,) if definition_of(played.dossier.case).step(done).choice else ()
            self._pass_on(played, officer, event.at, current, "Not in the log.", choice)
            name = _named(definition_of(played.dossier.case), done)
            played.note("step_missing", f"{name} is missing before “{event.activity}”; it was passed over.")
        return _open(played.dossier, event.step)

    # -- the end ------------------------------------------------------------------------------------------------------

    def _end(self, played: Played, end: datetime) -> None:
        """Closes the case at the log's end, or with its last event where the log has events after its own end."""
        last = max([end, *(event.at for event in played.case.events)])
        if last > end:
            played.note(
                "closed_with_last_event",
                f"The log ends the case at {end:%Y-%m-%d %H:%M:%S}, but its last event is at {last:%Y-%m-%d %H:%M:%S}: "
                "the case is closed then, since nobody works on a closed case.",
            )
        officer = self._town.officer(played.case.responsible)
        task = _open(played.dossier, "decide")
        if task is None or len(played.dossier.case.open_tasks) > 1:
            flow = definition_of(played.dossier.case)
            left = ", ".join(_named(flow, task.step) for task in played.dossier.case.open_tasks)
            played.note("ended_unfinished", f"The log ends the case before: {left}. It is closed as withdrawn.")
            self._do(played, _AS_SYSTEM, last, "withdraw", actions.withdraw, reason="The log ends the case here.")
            return
        result = "Receipt phase finished"
        self._do(played, officer, last, "complete", actions.complete, task_id=task.id, approved=True, name=result)
        self._do(
            played,
            officer,
            last,
            "return_result",
            actions.return_result,
            received_by=played.case.name,
            delivery="electronic",
        )


_AS_SYSTEM = Actor(kind="system", name="motcua")


def _open(dossier: Dossier, step: str) -> Task | None:
    return next((task for task in dossier.case.open_tasks if task.step == step), None)


def _named(flow: Definition, key: str) -> str:
    return f"“{flow.step(key).name_en}”"


def _way(flow: Definition, start: str, goal: str) -> list[str]:
    """The shortest way forward from one step to another, both included; empty when there is none."""
    ways = [[start]]
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        ways += [[*way, key] for key in flow.step(way[-1]).next if key not in ("decide", "return")]
    return []


def _next_in_branch(events: list[LogEvent], at: int) -> str:
    """The step of the next event of the same branch: what this event led to."""
    branch = events[at].receipt
    return next((event.step for event in events[at + 1 :] if event.step and event.receipt == branch), "")
