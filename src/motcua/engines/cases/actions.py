"""What every service does with a case: open tasks, close them, stop the clock. Called inside a service's action."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from motcua.engines.cases.models import Case, CaseState, Stage, Stop, Task, TaskState
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import directory
from motcua.foundation.clock import VIETNAM


def _moved(case: Case, task: Task, by: int) -> None:
    due_on = task.due_at.astimezone(VIETNAM).date().isoformat() if task.due_at else None
    move: list[str | int | None] = [str(task.unit_id), str(task.stage), str(task.state), due_on, by]
    more = [str(task.assignee_id or "") or None, str(task.answerable_id or "") or None, task.role or None]
    while more and more[-1] is None:
        more.pop()
    move.extend(more)
    case.moves.append(move)


def open_task(
    work: Work,
    case: Case,
    *,
    step: str,
    name: str,
    stage: str,
    unit_id: UUID,
    due_at: datetime | None,
    assignee_id: UUID | None = None,
    holds: bool = True,
    role: str = "",
) -> Task:
    """Puts one step on a unit's worklist; the unit becomes the case's holder unless it is only asked beside
    (``holds`` false). ``role``: only those who hold it take the step. For a unit that is no more it goes to who
    has its work now."""
    units = directory()
    if (unit := units.by_id.get(unit_id)) is not None and not unit.current:
        unit_id = units.present(unit).id
    task = Task(
        case=case,
        step=step,
        name=name,
        stage=stage,
        unit_id=unit_id,
        answerable_id=case.clock_unit_id if case.clock_unit_id != unit_id else None,
        role=role,
        assignee_id=assignee_id,
        opened_at=work.now,
        due_at=due_at,
        claimed_at=work.now if assignee_id else None,
    )
    work.add(task)
    case.open_tasks.append(task)
    _moved(case, task, 1)
    if holds and case.holder_id != unit_id:
        case.holder_id = unit_id
        work.change(case, "holder")
    return task


def close_task(work: Work, case: Case, task: Task, outcome: str, *, state: TaskState = TaskState.DONE) -> None:
    """Takes a task off the worklist."""
    _moved(case, task, -1)
    task.state = state
    task.closed_at = work.now
    task.closed_by_id = work.actor.id if work.actor.kind == "officer" else None
    task.outcome = outcome
    work.change(task, "state", "closed_at", "closed_by", "outcome")
    case.open_tasks.remove(task)


def give_task(work: Work, case: Case, task: Task, user_id: UUID | None) -> None:
    """Puts a task into somebody's hands, or back to its unit (``user_id`` None)."""
    _moved(case, task, -1)
    task.assignee_id, task.claimed_at = user_id, work.now if user_id else None
    work.change(task, "assignee", "claimed_at")
    _moved(case, task, 1)


def redate_task(work: Work, case: Case, task: Task, due_at: datetime | None) -> None:
    """Gives an open task another due moment."""
    if task.due_at == due_at:
        return
    _moved(case, task, -1)
    task.due_at = due_at
    work.change(task, "due_at")
    _moved(case, task, 1)


def hold_task(work: Work, case: Case, task: Task) -> None:
    """The task waits for somebody outside."""
    _moved(case, task, -1)
    task.state = TaskState.WAITING
    work.change(task, "state")
    _moved(case, task, 1)


def release_task(work: Work, case: Case, task: Task, due_at: datetime | None) -> None:
    """A waiting task is open again, with a new due moment."""
    _moved(case, task, -1)
    task.state = TaskState.OPEN
    task.due_at = due_at
    work.change(task, "state", "due_at")
    _moved(case, task, 1)


def stop_clock(work: Work, case: Case, *, reason: str, effect: Literal["restart", "resume"], basis: str) -> Stop:
    """The case waits and its time does not run. All open tasks wait with it, but for opinions that other agencies were
    asked for: what they look at is there, and their own deadline stands."""
    stop = Stop(case=case, at=work.now, effect=effect, reason=reason, basis=basis)
    work.add(stop)
    parts(case, "stops").append(stop)
    case.state = CaseState.WAITING
    work.change(case, "state")
    for task in case.open_tasks:
        if task.state == TaskState.OPEN and task.stage != Stage.CONSULT:
            hold_task(work, case, task)
    return stop


def open_stop(case: Case) -> Stop | None:
    """The wait that the case is in, if any."""
    return next((stop for stop in parts(case, "stops") if stop.until is None), None)


def close_case(work: Work, case: Case, outcome: str) -> None:
    """Ends the case; what was still open is cancelled."""
    for task in list(case.open_tasks):
        close_task(work, case, task, outcome, state=TaskState.CANCELLED)
    case.state = CaseState.CLOSED
    case.closed_at = work.now
    work.change(case, "state", "closed_at")


def take_moves(case: Case) -> list[list[str | int | None]]:
    """The moves since the last event, for this one."""
    moves = list(case.moves)
    case.moves.clear()
    return moves


def move_task(
    work: Work,
    case: Case,
    task: Task,
    *,
    unit_id: UUID,
    answerable_id: UUID | None,
    assignee_id: UUID | None,
) -> None:
    """The work goes to another unit as it is: a reorganisation changes neither its step nor its due moment."""
    if (task.unit_id, task.answerable_id, task.assignee_id) == (unit_id, answerable_id, assignee_id):
        return
    _moved(case, task, -1)
    task.unit_id, task.answerable_id = unit_id, answerable_id
    work.change(task, "unit", "answerable")
    if task.assignee_id != assignee_id:
        task.assignee_id, task.claimed_at = assignee_id, None
        work.change(task, "assignee", "claimed_at")
    _moved(case, task, 1)
