"""Through the flow: take in hand, pass on, send back, assign, decide, return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from motcua.engines.accounts.models import User
from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import Remark, Stage, Task
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import directory, grants_of
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, Refused
from motcua.services.dossiers import reasons
from motcua.services.dossiers.actions.common import Action, move, record, require, start_processing, task_of
from motcua.services.dossiers.actions.correcting import STEP as CORRECTION
from motcua.services.dossiers.actions.flow import definition_of, open_following, open_step
from motcua.services.dossiers.actions.opinions import decide_unheard
from motcua.services.dossiers.actions.originals import hand_back_originals, problems_of_originals
from motcua.services.dossiers.actions.submit import FileIn, add_files
from motcua.services.dossiers.helping import of_office
from motcua.services.dossiers.models import Delivery, Dossier, DossierFile, FileKind, Result
from motcua.services.dossiers.papercodes import paper_code_of, pickup_code, same_code
from motcua.services.dossiers.rules import Status
from motcua.services.dossiers.steps import fits, require_allowed, require_role, step_of
from motcua.services.dossiers.together.groups import awaited_before_signing


def _require_task(work: Work, task: Task) -> None:
    path = directory().unit(task.unit_id).path
    work.actor.require(STAGE_PERMISSION[task.stage], path)
    if task.assignee_id and not work.actor.stands_for(task.assignee_id) and not work.actor.may("dossier.assign", path):
        raise Conflict("A colleague has taken this step in hand. Ask them or the head of the unit.")


def _with_status(data: dict[str, Any], status: list[int] | None) -> dict[str, Any]:
    return {**data, "status": status} if status else data


@Action
def claim(work: Work, dossier: Dossier, *, task_id: UUID) -> Task:
    """Takes a step in hand. Of two officers at once the first has it; the second gets ``Conflict``."""
    task = task_of(dossier, task_id)
    require(work.actor, STAGE_PERMISSION[task.stage], task.unit_id)
    require_role(work.actor, dossier, task)
    if task.assignee_id == work.actor.id:
        return task
    if task.assignee_id is not None and not work.actor.stands_for(task.assignee_id):
        raise Conflict("A colleague has taken this step in hand. Ask them or the head of the unit.")
    status = start_processing(work, dossier) if task.stage == Stage.PROCESS else None
    cases.give_task(work, dossier.case, task, work.actor.id)
    record(work, dossier, "dossier.claimed", _with_status({"step": task.step}, status))
    return task


@Action
def release(work: Work, dossier: Dossier, *, task_id: UUID) -> Task:
    """Gives a step back to the unit."""
    task = task_of(dossier, task_id)
    _require_task(work, task)
    cases.give_task(work, dossier.case, task, None)
    record(work, dossier, "dossier.released", {"step": task.step})
    return task


@Action
def assign(work: Work, dossier: Dossier, *, task_id: UUID, user_id: UUID) -> Task:
    """The head gives a step to a person of the unit who may do it."""
    task = task_of(dossier, task_id)
    require(work.actor, "dossier.assign", task.unit_id)
    require_allowed(dossier, task, "assign")
    path = directory().unit(task.unit_id).path
    permission = STAGE_PERMISSION[task.stage]
    held = grants_of(user_id)
    able = any(permission in grant.permissions and path.startswith(grant.unit_path) for grant in held)
    step = step_of(dossier, task)
    if not able or (step is not None and step.role and not fits(held, step.role, path)):
        raise Invalid(fields={"user": ["Choose a person who holds this role in the unit."]})
    cases.give_task(work, dossier.case, task, user_id)
    record(work, dossier, "dossier.assigned", {"step": task.step, "to": str(user_id)})
    return task


@Action
def pass_on(
    work: Work,
    dossier: Dossier,
    *,
    task_id: UUID | None,
    opinion: str = "",
    assignee_id: UUID | None = None,
    to: Sequence[str] = (),
) -> list[Task]:
    """Finishes a step and opens what follows; ``to`` names the step chosen where the flow leaves a choice.

    The step that decides is finished by ``complete``. Raises ``Refused`` for a step that cannot follow.
    """
    task = task_of(dossier, task_id)
    if task.stage == Stage.TRANSFER:
        raise Refused("This step ends by handing the papers over or taking them in.")
    if task.stage in (Stage.INTAKE, Stage.RETURN):
        raise Refused("This step ends by accepting or by returning the result.")
    if task.step == CORRECTION:
        raise Refused("This step ends by the corrected result, or by saying that the result was right.")
    _require_task(work, task)
    flow = definition_of(dossier.case)
    following = [flow.step(key) for key in flow.chosen(task.step, to)]
    require_role(work.actor, dossier, task)
    if task.stage == Stage.SIGN and flow.decides(task.step, [step.key for step in following]):
        raise Refused("This step decides. Please approve or reject, and give the result.")
    status = start_processing(work, dossier)
    cases.close_task(work, dossier.case, task, "passed_on")
    opened = open_following(work, dossier, task, assignee_id, to)
    data = {"step": task.step, "to": [each.step for each in opened], "opinion": opinion.strip()[:4000]}
    record(work, dossier, "dossier.passed_on", _with_status(data, status))
    return opened


@Action
def send_back(work: Work, dossier: Dossier, *, task_id: UUID, to_step: str, reason: str) -> Task:
    """Returns the work to an earlier step, with the reason."""
    task = task_of(dossier, task_id)
    _require_task(work, task)
    require_role(work.actor, dossier, task)
    require_allowed(dossier, task, "send_back")
    if not reason.strip():
        raise Invalid(fields={"reason": ["Say why it goes back."]})
    if dossier.finished_at is not None:
        raise Refused("The decision has been made. A wrong result is corrected.")
    flow = definition_of(dossier.case)
    fixed = task.stage in (Stage.INTAKE, Stage.RETURN, Stage.TRANSFER)
    if fixed or to_step not in {step.key for step in flow.before(task.step)}:
        raise Refused("It can only go back to a step before this one.")
    if any(other.step == to_step for other in dossier.case.open_tasks):
        raise Conflict("That step is already open.")
    cases.close_task(work, dossier.case, task, "sent_back")
    opened = open_step(work, dossier, flow.step(to_step))
    data = {"step": task.step, "to": [to_step], "reason": reason.strip()[:4000]}
    record(work, dossier, "dossier.sent_back", data)
    return opened


@Action
def complete(
    work: Work,
    dossier: Dossier,
    *,
    task_id: UUID,
    approved: bool,
    name: str,
    number: str = "",
    type_code: str = "",
    reason: str = "",
    reason_code: str = "",
    files: Sequence[FileIn] = (),
    unheard: str = "",
    to: Sequence[str] = (),
) -> Result:
    """The decision: signs the result and sends it to the counter; a rejection says why (ND118 Đ19, Đ22): a reason from
    the list (``reason_code``), own words (``reason``), or both.

    ``unheard``: why it is decided while opinions of other agencies are awaited. ``to``: the step chosen where the flow
    leaves a choice after the decision. Raises ``NotAllowed``, ``Conflict``; ``Refused`` for a step that cannot follow;
    ``Invalid`` without a name, or without a reason when rejected or decided before all were heard.
    """
    task = task_of(dossier, task_id, Stage.SIGN)
    _require_task(work, task)
    require_role(work.actor, dossier, task)
    fields: dict[str, list[str]] = {}
    if not name.strip():
        fields["name"] = ["Give the result a name."]
    if reason_code and not approved:
        listed = reasons.chosen("reject", reason_code, "reason_code").text
        own = reason.strip()
        reason = own if reason_code == "other" else f"{listed}: {own}" if own else listed
    if not approved and not reason.strip():
        fields["reason"] = ["A rejection must say why."]
    if fields:
        raise Invalid(fields=fields)
    definition_of(dossier.case).chosen(task.step, to)
    if waiting := awaited_before_signing(dossier):
        names = ", ".join(directory().unit(member.unit_id).label for member in waiting)
        raise Conflict("The linked part at %(units)s must have ended before this is signed.", units=names)
    not_heard = decide_unheard(work, dossier, unheard)
    if len(dossier.case.open_tasks) > 1:
        raise Conflict("Another step of this dossier is still open. Please wait until it is finished.")
    started = start_processing(work, dossier)
    status = move(work, dossier, Status.FINISHED)
    result = Result(
        dossier=dossier,
        approved=approved,
        name=name.strip()[:300],
        number=number.strip()[:60],
        type_code=type_code.strip()[:40],
        reason=reason.strip(),
        signed_by=work.actor.id,
        signer_name=work.actor.signature,
        signed_at=work.now,
        pickup_code=pickup_code(),
    )
    if not work.retells:
        result.paper_code = paper_code_of(dossier, result)
    work.add(result)
    add_files(work, dossier, files, FileKind.RESULT)
    dossier.finished_at = work.now
    work.change(dossier, "finished_at")
    cases.close_task(work, dossier.case, task, "approved" if approved else "rejected")
    opened = open_following(work, dossier, task, to=to)
    record(
        work,
        dossier,
        "dossier.completed",
        {
            "status": [started[0] if started else status[0], status[1]],
            "step": task.step,
            "approved": approved,
            "name": result.name,
            "number": result.number,
            "reason": result.reason,
            "files": [file.sha256 for file in files],
            **({"to": [each.step for each in opened]} if to else {}),
            "late": bool(dossier.case.due_at and work.now > dossier.case.due_at),
            **({"unheard": not_heard, "unheard_because": unheard.strip()[:1000]} if not_heard else {}),
        },
    )
    return result


@Action
def return_result(
    work: Work,
    dossier: Dossier,
    *,
    received_by: str,
    delivery: str = Delivery.COUNTER,
    identity_checked: bool = True,
    pickup: str = "",
    tracking: str = "",
    handed_back: Mapping[str, int] | None = None,
) -> Result:
    """Trả kết quả: the person has it; the dossier ends (ND118 Đ22). At the counter with the identity checked, or with
    the ``pickup`` code; by post with the parcel's number; electronically.

    ``handed_back``: originals given back with it, by component key. Raises ``NotAllowed``, ``Conflict``, ``Invalid``.
    """
    task = task_of(dossier, None, Stage.RETURN)
    _require_task(work, task)
    result: Result = dossier.result
    fields: dict[str, list[str]] = {}
    if not received_by.strip():
        fields["received_by"] = ["Write the name of the person who received it."]
    if delivery not in Delivery.values:
        fields["delivery"] = ["Choose how the result was returned."]
    by_code = bool(pickup.strip())
    if by_code and not same_code(pickup, result.pickup_code):
        fields["pickup"] = ["This is not the pickup code of this result."]
    if delivery == Delivery.COUNTER and not identity_checked and not by_code:
        fields["identity_checked"] = ["Check the identity of the person first."]
    fields |= problems_of_originals(dossier, handed_back or {})
    if fields:
        raise Invalid(fields=fields)
    # a corrected result is returned again, while the national status stays what it was (ND118 Đ23)
    again = dossier.status == Status.RETURNED
    status = None if again else move(work, dossier, Status.RETURNED)
    result.returned_at, result.returned_to, result.delivery = work.now, received_by.strip()[:200], delivery
    result.proof = ("code" if by_code else "signed") if delivery == Delivery.COUNTER else "sent"
    result.tracking = tracking.strip()[:60] if delivery == Delivery.POST else ""
    work.change(result, "returned_at", "returned_to", "delivery", "proof", "tracking")
    if not again:
        dossier.returned_at = work.now
        work.change(dossier, "returned_at")
    given = hand_back_originals(work, dossier, handed_back or {})
    cases.close_task(work, dossier.case, task, "returned")
    cases.close_case(work, dossier.case, "returned")
    data: dict[str, Any] = {"delivery": delivery, "proof": result.proof}
    if result.tracking:
        data["tracking"] = result.tracking
    if given:
        data["handed_back"] = given
    if again:
        data["revision"] = result.revision
    record(work, dossier, "dossier.returned", _with_status(data, status))
    return result


@Action
def remark(work: Work, dossier: Dossier, *, text: str) -> Remark:
    """An internal remark. The citizen never sees it; the ledger knows that it was made, not what it says."""
    require_any(work, dossier)
    if not text.strip():
        raise Invalid(fields={"text": ["Write the remark."]})
    author = User(pk=work.actor.id)
    row = Remark(case=dossier.case, author=author, at=work.now, text=text.strip()[:4000])
    work.add(row)
    record(work, dossier, "dossier.remarked", {"remark": str(row.id)})
    return row


def require_any(work: Work, dossier: Dossier) -> None:
    """Raises ``NotAllowed`` unless the actor is an officer of a unit that the dossier concerns."""
    if work.actor.kind != "system" and not of_office(work.actor, dossier):
        raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")


@Action
def attach(work: Work, dossier: Dossier, *, files: Sequence[FileIn], component: str = "") -> list[DossierFile]:
    """Adds files while the dossier is open: an officer's working papers, or a machine client's further files."""
    if dossier.case.closed_at is not None:
        raise Conflict("The dossier is closed.")
    if work.actor.kind == "citizen":
        raise Refused("Papers can be added when the office asks for them.")
    if work.actor.kind == "officer":
        require_any(work, dossier)
    if not files:
        raise Invalid(fields={"files": ["Choose a file."]})
    target = dossier.components.filter(key=component).first() if component else None
    kind = FileKind.SUBMITTED if work.actor.kind == "client" else FileKind.WORKING
    rows = add_files(work, dossier, files, kind, component=target)
    record(work, dossier, "dossier.file_added", {"files": [file.sha256 for file in files], "kind": str(kind)})
    return rows
