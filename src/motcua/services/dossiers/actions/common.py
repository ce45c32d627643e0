"""What all actions on a dossier share: the lock, the check that it is the actor's business, the one event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar
from uuid import UUID

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import Case, Stage, Task, TaskState
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.prepared import load
from motcua.engines.ledger.work import Work, begin
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation.errors import Conflict, NotAllowed, NotFound
from motcua.foundation.working_time import Allowance, Effect, Extension, Stop, reckon
from motcua.services.dossiers import helping
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.rules import EXTENSION_BASIS, Status, check_move

P = ParamSpec("P")
R = TypeVar("R")


class Action(Generic[P, R]):
    """A change of one dossier. Call it inside a ``Work`` (bulk, or several together), or ``run`` it by itself:
    one transaction, the dossier locked first, so that of two people at once the second sees what the first did."""

    def __init__(self, function: Callable[Concatenate[Work, Dossier, P], R]) -> None:
        self._function = function
        update_wrapper(self, function)

    def __call__(self, work: Work, dossier: Dossier, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._function(work, dossier, *args, **kwargs)

    def run(self, actor: Actor, dossier_id: UUID, *args: P.args, **kwargs: P.kwargs) -> R:
        """Raises what the action raises, and ``NotFound`` where the actor may not know the dossier."""
        with begin(actor) as work:
            return self._function(work, lock(actor, dossier_id), *args, **kwargs)


def lock(actor: Actor, dossier_id: UUID) -> Dossier:
    """The dossier with its case, locked until the end of the transaction."""
    dossiers = load(Dossier, "WHERE case_id = %s FOR UPDATE", (dossier_id,))
    if dossiers:
        (dossier,) = dossiers
        (dossier.case,) = load(Case, "WHERE id = %s FOR UPDATE", (dossier_id,))
        if concerns(actor, dossier):
            return dossier
    raise NotFound("There is no such dossier, or it is not yours to see.")


def concerns(actor: Actor, dossier: Dossier) -> bool:
    """Whether the dossier is the actor's business: their own, or one of a unit in which they hold a role."""
    if actor.kind == "system":
        return True
    if is_applicant(actor, dossier) or helping.is_helper(actor, dossier):
        return True
    return helping.of_office(actor, dossier)


def is_applicant(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor speaks for the applicant: they themselves, who holds their mandate, the machine that
    submitted."""
    if actor.kind == "citizen":
        own = actor.party_id is not None and actor.party_id == dossier.applicant_id
        return own or helping.is_agent(actor, dossier)
    return actor.kind == "client" and actor.id == dossier.submitted_by


def require(actor: Actor, permission: str, unit_id: UUID) -> None:
    """Raises ``NotAllowed`` unless the actor holds the permission in this unit."""
    actor.require(permission, directory().unit(unit_id).path)


def require_applicant(actor: Actor, dossier: Dossier) -> None:
    """Raises ``NotAllowed`` for everybody but the applicant."""
    if actor.kind != "system" and not is_applicant(actor, dossier):
        raise NotAllowed("Only the applicant can do this.")


def person_of(actor: Actor) -> UUID:
    """The key of the person or machine client who acts. Raises ``NotAllowed`` for the system itself."""
    if actor.id is None:
        raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")
    return actor.id


def task_of(dossier: Dossier, task_id: UUID | None, stage: str | None = None) -> Task:
    """The open task that the actor means. Raises ``Conflict`` when somebody has finished it meanwhile."""
    for task in dossier.case.open_tasks:
        if (task_id is None or task.id == task_id) and (stage is None or task.stage == stage):
            if task.state == TaskState.WAITING:
                raise Conflict("The dossier waits for the applicant. This step goes on when the answer is here.")
            return task
    raise Conflict("This step has already been finished by somebody else. Please look at the dossier again.")


def task_in_hand(work: Work, dossier: Dossier, permissions: Mapping[str, str]) -> Task:
    """The open task that makes the dossier the actor's to act on: of several side by side, one of their own unit.

    ``permissions``: what each stage asks for. Raises ``Conflict`` when nothing is open, ``NotAllowed``.
    """
    open_tasks = [
        task for task in dossier.case.open_tasks if task.state == TaskState.OPEN and task.stage != Stage.CONSULT
    ]
    if not open_tasks:
        raise Conflict("The dossier is not in hand now. Please look at it again.")
    for task in open_tasks:
        if work.actor.may(permissions[task.stage], directory().unit(task.unit_id).path):
            return task
    raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")


def move(work: Work, dossier: Dossier, to: Status) -> list[int]:
    """Sets the status if the law admits the move. Returns [old, new] for the event."""
    check_move(dossier.status, to)
    old = dossier.status
    dossier.status = int(to)
    work.change(dossier, "status")
    return [old, int(to)]


def start_processing(work: Work, dossier: Dossier) -> list[int] | None:
    """From “accepted” to “processing” when the first person takes it in hand."""
    return move(work, dossier, Status.PROCESSING) if dossier.status == Status.ACCEPTED else None


def record(work: Work, dossier: Dossier, kind: str, data: dict[str, Any], *, first: bool = False) -> None:
    """The action's one event, with what it did to the worklists."""
    moves = cases.take_moves(dossier.case)
    if moves:
        data["work"] = moves
    work.record(dossier.pk, kind, data, first=first)


def due_of(case: Case, stops: list[Stop] | None = None, extensions: Sequence[Extension] = ()) -> datetime | None:
    """When the case is due by its clock; ``None`` without an allowance or while the clock stands."""
    if not case.allowance or case.clock_start is None:
        return None
    calendar = calendar_for(case.clock_unit_id)
    allowance = Allowance.parse(case.allowance)
    return reckon(calendar, case.clock_start, allowance, stops or [], extensions, explained=False).due


def stops_of(case: Case) -> list[Stop]:
    """The waits of a case as its clock takes them; those over before the clock began don't matter to it."""
    start = case.clock_start
    return [
        Stop(
            at=row.at if start is None else max(row.at, start),
            until=row.until,
            effect=Effect(row.effect),
            basis=row.basis,
        )
        for row in sorted(parts(case, "stops"), key=lambda row: row.at)
        if start is None or row.until is None or row.until > start
    ]


def extensions_of(dossier: Dossier) -> list[Extension]:
    """The extensions of a dossier as its clock takes them (ND118 Đ19.6)."""
    return [
        Extension(at=row.decided_at, allowance=Allowance.parse(row.allowance), basis=row.basis or EXTENSION_BASIS)
        for row in parts(dossier, "extensions")
    ]


def redate(work: Work, dossier: Dossier) -> None:
    """Sets the due moment anew from the clock's start, waits and extensions."""
    case = dossier.case
    case.due_at = due_of(case, stops_of(case), extensions_of(dossier))
    work.change(case, "due_at")


def end_wait(work: Work, dossier: Dossier) -> None:
    """The clock's present wait ends now, if there is one."""
    stop = cases.open_stop(dossier.case)
    if stop is not None:
        stop.until = work.now
        work.change(stop, "until")
