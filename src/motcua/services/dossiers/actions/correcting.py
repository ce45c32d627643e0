"""A result that turns out to be wrong is corrected within three working days at the agency's cost (ND118 Đ23)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import CaseState, Stage, Task, TaskState
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation.errors import Conflict, Invalid, NotAllowed
from motcua.foundation.working_time import Allowance, Unit, due
from motcua.services.dossiers import policies, reasons
from motcua.services.dossiers.actions.common import Action, is_applicant, person_of, record, require, task_of
from motcua.services.dossiers.actions.flow import definition_of, open_step, open_transfer, to_be_collected
from motcua.services.dossiers.actions.reorganised import with_successors
from motcua.services.dossiers.actions.submit import FileIn, add_files
from motcua.services.dossiers.models import Correction, Dossier, FileKind, Result
from motcua.services.dossiers.papercodes import paper_code_of, pickup_code
from motcua.services.dossiers.rules import CORRECTION_BASIS, Status
from motcua.services.dossiers.together import moving

STEP: Final = "correct"
STEP_NAME: Final = "Đính chính kết quả"
RETURN_STEP: Final = "return"
CORRECTABLE: Final = frozenset({Status.FINISHED, Status.RETURNED})


@Action
def ask_correction(work: Work, dossier: Dossier, *, reason: str, explanation: str) -> Correction:
    """Đính chính: the applicant, or an officer of the counter or the agency, says that a result is wrong and how.

    The task goes to who signs at the competent agency, due within three working days (ND118 Đ23). The national status
    stays what it is. Raises ``NotAllowed``, ``Invalid``; ``Conflict`` before the decision or while one is open.
    """
    own = is_applicant(work.actor, dossier)
    if not own and not may_ask(work.actor, dossier):
        raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")
    chosen = reasons.chosen("correct", reason)
    said = explanation.strip()[:2000]
    if not said:
        raise Invalid(fields={"explanation": ["Say what is wrong, and how it should be."]})
    if dossier.status not in CORRECTABLE:
        raise Conflict("There is no result yet that could be corrected.")
    if opened(dossier) is not None:
        raise Conflict("A correction of this result is already under way.")
    if any(task.stage == Stage.TRANSFER for task in dossier.case.open_tasks):
        raise Conflict("The result is on its way to the counter. Please wait until it has arrived.")
    case = dossier.case
    days = policies.number("correction_days", work.now)
    row = Correction(
        dossier=dossier,
        number=len(parts(dossier, "corrections")) + 1,
        reason=reason,
        explanation=said,
        asked_at=work.now,
        asked_by=person_of(work.actor),
        due_at=due(calendar_for(dossier.competent_id), work.now, Allowance(days, Unit.WORKING_DAY)),
    )
    work.add(row)
    parts(dossier, "corrections").append(row)
    for task in list(case.open_tasks):
        if task.stage != Stage.CONSULT:
            cases.close_task(work, case, task, "correcting", state=TaskState.CANCELLED)
    laid_aside = case.closed_at or work.now
    case.state, case.closed_at = CaseState.OPEN, None
    work.change(case, "state", "closed_at")
    moved = with_successors(work, dossier, laid_aside)
    cases.open_task(
        work,
        case,
        step=STEP,
        name=STEP_NAME,
        stage=Stage.SIGN,
        unit_id=dossier.competent_id,
        due_at=row.due_at,
    )
    data: dict[str, Any] = {
        "number": row.number,
        "reason": reason,
        "reason_text": chosen.text,
        "by": "applicant" if own else "office",
        "correct_by": row.due_at.isoformat(),
        "basis": CORRECTION_BASIS,
        **moved,
    }
    # What the applicant writes is theirs and stays out of the ledger.
    if not own:
        data["explanation"] = said
    record(work, dossier, "dossier.correction_asked", data)
    return row


@Action
def correct_result(
    work: Work,
    dossier: Dossier,
    *,
    task_id: UUID | None = None,
    name: str,
    number: str = "",
    type_code: str = "",
    explanation: str = "",
    files: Sequence[FileIn] = (),
) -> Result:
    """The signer gives the right result; the old one, with its number and files, is kept. It is returned again.

    Without ``number`` and ``type_code`` those of the old result stay. Raises ``NotAllowed``, ``Conflict``, ``Invalid``.
    """
    task, row = _in_hand(work, dossier, task_id)
    if not name.strip():
        raise Invalid(fields={"name": ["Give the result a name."]})
    result: Result = dossier.result
    row.before = {
        "name": result.name,
        "number": result.number,
        "type_code": result.type_code,
        "paper_code": result.paper_code,
        "revision": result.revision,
        "signer": result.signer_name,
        "signed_at": result.signed_at.isoformat(),
        "returned_at": result.returned_at.isoformat() if result.returned_at else "",
        "files": [],
    }
    if files:
        row.before["files"] = _set_aside(work, dossier)
        add_files(work, dossier, files, FileKind.RESULT)
    result.name = name.strip()[:300]
    result.number = number.strip()[:60] or result.number
    result.type_code = type_code.strip()[:40] or result.type_code
    result.paper_code = paper_code_of(dossier, result)
    result.pickup_code = pickup_code()
    result.revision += 1
    result.signed_by, result.signer_name, result.signed_at = work.actor.id, work.actor.signature, work.now
    result.returned_at, result.returned_to, result.proof, result.tracking = None, "", "", ""
    result.reminded_at = None
    work.change(
        result,
        "name",
        "number",
        "type_code",
        "paper_code",
        "pickup_code",
        "revision",
        "signed_by",
        "signer_name",
        "signed_at",
        "returned_at",
        "returned_to",
        "proof",
        "tracking",
        "reminded_at",
    )
    _close(work, dossier, task, row, "corrected")
    before = {key: row.before[key] for key in ("name", "number", "type_code", "revision", "files")}
    record(
        work,
        dossier,
        "dossier.corrected",
        {
            "number": row.number,
            "before": before,
            "after": {
                "name": result.name,
                "number": result.number,
                "type_code": result.type_code,
                "revision": result.revision,
                "files": [file.sha256 for file in files],
            },
            "explanation": explanation.strip()[:2000],
            "late": work.now > row.due_at,
            "basis": CORRECTION_BASIS,
        },
    )
    return result


@Action
def decline_correction(work: Work, dossier: Dossier, *, task_id: UUID | None = None, explanation: str) -> Correction:
    """The result was right: the signer says so, and why. ``before`` of the correction stays empty.

    Raises ``NotAllowed``, ``Conflict``, ``Invalid``.
    """
    task, row = _in_hand(work, dossier, task_id)
    if not explanation.strip():
        raise Invalid(fields={"explanation": ["Explain why the result is right as it is."]})
    _close(work, dossier, task, row, "declined", again=dossier.status == Status.FINISHED)
    if dossier.status == Status.RETURNED:
        cases.close_case(work, dossier.case, "returned")
    data = {"number": row.number, "explanation": explanation.strip()[:2000], "late": work.now > row.due_at}
    record(work, dossier, "dossier.correction_declined", data)
    return row


def opened(dossier: Dossier) -> Correction | None:
    """The correction that is under way, if any."""
    rows: list[Correction] = parts(dossier, "corrections")
    return next((row for row in rows if row.done_at is None), None)


def may_ask(actor: Actor, dossier: Dossier) -> bool:
    """Whether an officer is of the counter or the agency, so that they may say a result is wrong."""
    units = directory()
    agency = units.unit(dossier.competent_id).path
    counter = units.unit(dossier.received_at_id).path
    return (
        actor.may("dossier.process", agency)
        or actor.may("dossier.sign", agency)
        or actor.may("dossier.receive", counter)
        or actor.may("dossier.return", counter)
    )


def _in_hand(work: Work, dossier: Dossier, task_id: UUID | None) -> tuple[Task, Correction]:
    task = task_of(dossier, task_id, Stage.SIGN)
    row = opened(dossier)
    if task.step != STEP or row is None:
        raise Conflict("This step has already been finished by somebody else. Please look at the dossier again.")
    require(work.actor, "dossier.sign", task.unit_id)
    return task, row


def _close(work: Work, dossier: Dossier, task: Task, row: Correction, outcome: str, *, again: bool = True) -> None:
    row.done_at, row.done_by = work.now, work.actor.id
    work.change(row, "done_at", "done_by", "before")
    cases.close_task(work, dossier.case, task, outcome)
    if not again:
        return
    returning = next((step for step in definition_of(dossier.case).steps if step.stage == Stage.RETURN), None)
    if moving.result_travels(dossier):
        open_transfer(work, dossier, moving.SEND_RESULT)
    elif returning is not None:
        open_step(work, dossier, returning)
    else:
        cases.open_task(
            work,
            dossier.case,
            step=RETURN_STEP,
            name="Trả kết quả",
            stage=Stage.RETURN,
            unit_id=dossier.received_at_id,
            due_at=None if to_be_collected(dossier, Stage.RETURN) else row.due_at,
        )


def _set_aside(work: Work, dossier: Dossier) -> list[str]:
    """The files of the old result stay in the dossier, as what they are: replaced. Returns their hashes."""
    aside = []
    for file in parts(dossier, "files"):
        if file.kind == FileKind.RESULT:
            file.kind = FileKind.REPLACED
            work.change(file, "kind")
            aside.append(file.blob_id)
    return aside
