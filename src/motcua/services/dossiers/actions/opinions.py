"""Lấy ý kiến: asking other agencies beside one's own step, with a deadline that is watched (ND118 Đ19).

The dossier stays where it is: its own step remains open and its clock runs on. Each agency asked has a task of its own;
what is late is put on record and told to the head of the one-stop unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import Stage, Task, TaskState
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation.errors import Conflict, Invalid, NotAllowed
from motcua.foundation.working_time import Allowance, Unit, due
from motcua.services.dossiers.actions.common import Action, record, start_processing, task_of
from motcua.services.dossiers.actions.submit import FileIn, add_files
from motcua.services.dossiers.models import Dossier, FileKind, Opinion
from motcua.services.dossiers.policies import number
from motcua.services.dossiers.steps import require_allowed

BASIS: Final = "ND118 Đ19"
MOST_UNITS: Final = 20
LONGEST: Final = {Unit.WORKING_DAY: 60, Unit.HOUR: 480}
_ASKING: Final = (Stage.PROCESS, Stage.SIGN)


def is_open(opinion: Opinion, dossier: Dossier) -> bool:
    """Whether an answer is still waited for. A dossier that ended waits for nobody."""
    if opinion.answered_at is not None or opinion.dropped_at is not None:
        return False
    return any(task.id == opinion.task_id for task in dossier.case.open_tasks)


def open_opinions(dossier: Dossier) -> list[Opinion]:
    """The questions without an answer yet, oldest first. Asks the database only where somebody was asked."""
    if not any(task.stage == Stage.CONSULT for task in dossier.case.open_tasks):
        return []
    rows = sorted(parts(dossier, "opinions"), key=lambda row: (row.asked_at, row.id))
    return [row for row in rows if is_open(row, dossier)]


def asking_task(work: Work, dossier: Dossier) -> Task:
    """The step for which the actor may ask others. Raises ``Conflict``, ``NotAllowed``."""
    own = [task for task in dossier.case.open_tasks if task.state == TaskState.OPEN and task.stage in _ASKING]
    if not own:
        raise Conflict("The dossier is not in hand now. Please look at it again.")
    for task in own:
        if work.actor.may(STAGE_PERMISSION[task.stage], directory().unit(task.unit_id).path):
            return task
    raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")


def default_allowance() -> Allowance:
    """How long an agency has where the asker says nothing: a figure that the province may set."""
    return Allowance(number("opinion_days"), Unit.WORKING_DAY)


@Action
def ask_opinions(
    work: Work, dossier: Dossier, *, unit_ids: Sequence[UUID], question: str, allow: Allowance | None = None
) -> list[Opinion]:
    """Asks one or several agencies at once; each has until its own due moment by its own calendar, at the latest until
    the dossier's due date (ND118 Đ19). ``allow``: working days or working hours.

    Raises ``NotAllowed``; ``Conflict`` when the dossier is not in hand; ``Invalid``.
    """
    task = asking_task(work, dossier)
    require_allowed(dossier, task, "consult")
    allow = allow or default_allowance()
    fields: dict[str, list[str]] = {}
    if not question.strip():
        fields["question"] = ["Write what you want to know."]
    if allow.unit not in LONGEST or not 0 < allow.value <= LONGEST[allow.unit]:
        fields["time"] = ["Give a time of at most 60 working days or 480 working hours."]
    if problem := _not_to_ask(dossier, task, unit_ids):
        fields["units"] = [problem]
    if fields:
        raise Invalid(fields=fields)
    status = start_processing(work, dossier)
    asked = []
    for unit_id in dict.fromkeys(unit_ids):
        due_at = due(calendar_for(unit_id), work.now, allow)
        if dossier.case.due_at is not None:
            due_at = max(min(due_at, dossier.case.due_at), work.now)
        asked.append(_ask(work, dossier, unit_id, question.strip()[:4000], due_at))
    data = {
        "step": task.step,
        "opinions": [{"id": str(row.id), "unit": str(row.unit_id), "due_at": row.due_at.isoformat()} for row in asked],
        "basis": BASIS,
    }
    record(work, dossier, "dossier.opinions_asked", {**data, "status": status} if status else data)
    return asked


def _not_to_ask(dossier: Dossier, task: Task, unit_ids: Sequence[UUID]) -> str:
    """Why these units cannot be asked; empty where they can."""
    if not unit_ids:
        return "Choose at least one agency."
    if len(set(unit_ids)) > MOST_UNITS:
        return "Ask at most 20 agencies at once."
    units = directory().by_id
    if any(key not in units or not units[key].current for key in unit_ids):
        return "Choose agencies from the list."
    if task.unit_id in unit_ids:
        return "The dossier is at this unit already."
    waiting = {row.unit_id for row in open_opinions(dossier)}
    if waiting & set(unit_ids):
        return "This agency has been asked already and has not answered yet."
    return ""


def _ask(work: Work, dossier: Dossier, unit_id: UUID, question: str, due_at: datetime) -> Opinion:
    before = parts(dossier, "opinions")
    task = cases.open_task(
        work,
        dossier.case,
        step=f"opinion-{len(before) + 1}",
        name="Cho ý kiến",
        stage=Stage.CONSULT,
        unit_id=unit_id,
        due_at=due_at,
        holds=False,
    )
    opinion = Opinion(
        dossier=dossier,
        task=task,
        unit_id=unit_id,
        question=question,
        asked_at=work.now,
        asked_by=work.actor.id or dossier.submitted_by,
        due_at=due_at,
    )
    work.add(opinion)
    before.append(opinion)
    return opinion


@Action
def answer_opinion(
    work: Work, dossier: Dossier, *, task_id: UUID, agrees: bool, answer: str, files: Sequence[FileIn] = ()
) -> Opinion:
    """The agency's answer; whether it was late stays on record (ND118 Đ19).

    Raises ``NotAllowed``, ``Conflict``; ``Invalid`` without words.
    """
    task = task_of(dossier, task_id, Stage.CONSULT)
    path = directory().unit(task.unit_id).path
    work.actor.require(STAGE_PERMISSION[Stage.CONSULT], path)
    if task.assignee_id and not work.actor.stands_for(task.assignee_id) and not work.actor.may("dossier.assign", path):
        raise Conflict("A colleague has taken this step in hand. Ask them or the head of the unit.")
    if not answer.strip():
        raise Invalid(fields={"answer": ["Write your opinion."]})
    opinion: Opinion = next(row for row in parts(dossier, "opinions") if row.task_id == task.id)
    opinion.answered_at, opinion.answered_by = work.now, work.actor.id
    opinion.agrees, opinion.answer = agrees, answer.strip()[:4000]
    work.change(opinion, "answered_at", "answered_by", "agrees", "answer")
    add_files(work, dossier, files, FileKind.WORKING)
    cases.close_task(work, dossier.case, task, "agrees" if agrees else "disagrees")
    record(
        work,
        dossier,
        "dossier.opinion_given",
        {
            "opinion": str(opinion.id),
            "unit": str(opinion.unit_id),
            "agrees": agrees,
            "late": work.now > opinion.due_at,
            "files": [file.sha256 for file in files],
            "basis": BASIS,
        },
    )
    return opinion


@Action
def withdraw_opinion(work: Work, dossier: Dossier, *, opinion_id: UUID, reason: str) -> Opinion:
    """Takes a question back: who asked no longer needs the answer. Raises ``NotAllowed``, ``Conflict``, ``Invalid``."""
    asking_task(work, dossier)
    opinion = _waiting(dossier, opinion_id)
    if not reason.strip():
        raise Invalid(fields={"reason": ["Say why the answer is no longer needed."]})
    _drop(work, dossier, opinion, "withdrawn")
    record(
        work,
        dossier,
        "dossier.opinion_withdrawn",
        {"opinion": str(opinion.id), "unit": str(opinion.unit_id), "reason": reason.strip()[:1000]},
    )
    return opinion


def decide_unheard(work: Work, dossier: Dossier, reason: str) -> list[str]:
    """Closes the questions that nobody answered before the decision; part of signing. Returns their keys.

    Raises ``Invalid`` (field ``unheard``) without an explicit reason.
    """
    waiting = open_opinions(dossier)
    if waiting and not reason.strip():
        units = ", ".join(directory().unit(row.unit_id).label for row in waiting)
        raise Invalid(
            "Opinions are still awaited from: %(units)s. Say why you decide without them.",
            fields={"unheard": ["Opinions are still awaited. Say why you decide without them."]},
            units=units,
        )
    for opinion in waiting:
        _drop(work, dossier, opinion, "unheard")
    return [str(opinion.id) for opinion in waiting]


@Action
def remind_opinion(work: Work, dossier: Dossier, *, opinion_id: UUID) -> Opinion:
    """Notes that the agency is reminded before its answer is due; once. Done by the system."""
    _only_the_system(work)
    opinion = _waiting(dossier, opinion_id)
    if opinion.reminded_at is not None:
        raise Conflict("The agency has been reminded already.")
    opinion.reminded_at = work.now
    work.change(opinion, "reminded_at")
    data = {"opinion": str(opinion.id), "unit": str(opinion.unit_id), "due_at": opinion.due_at.isoformat()}
    record(work, dossier, "dossier.opinion_reminded", data)
    return opinion


@Action
def report_late_opinion(work: Work, dossier: Dossier, *, opinion_id: UUID) -> Opinion:
    """Puts on record that an answer is late; the head of the one-stop unit is told (ND118 Đ19). Done by the system."""
    _only_the_system(work)
    opinion = _waiting(dossier, opinion_id)
    if work.now <= opinion.due_at or opinion.reported_at is not None:
        raise Conflict("The answer is not late, or that has been reported already.")
    opinion.reported_at = work.now
    work.change(opinion, "reported_at")
    data = {
        "opinion": str(opinion.id),
        "unit": str(opinion.unit_id),
        "due_at": opinion.due_at.isoformat(),
        "basis": BASIS,
    }
    record(work, dossier, "dossier.opinion_late", data)
    return opinion


def _only_the_system(work: Work) -> None:
    if work.actor.kind != "system":
        raise NotAllowed("The system does this by itself.")


def _waiting(dossier: Dossier, opinion_id: UUID) -> Opinion:
    for opinion in open_opinions(dossier):
        if opinion.id == opinion_id:
            return opinion
    raise Conflict("This question has been answered or taken back meanwhile.")


def _drop(work: Work, dossier: Dossier, opinion: Opinion, outcome: str) -> None:
    opinion.dropped_at = work.now
    work.change(opinion, "dropped_at")
    task = next(task for task in dossier.case.open_tasks if task.id == opinion.task_id)
    cases.close_task(work, dossier.case, task, outcome, state=TaskState.CANCELLED)
