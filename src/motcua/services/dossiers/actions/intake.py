"""At the counter: accept, give at once, refuse, judge components."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import Stage
from motcua.engines.flows.queries import version_for
from motcua.engines.flows.rules import Definition, Step
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, Refused
from motcua.services.dossiers import policies, reasons
from motcua.services.dossiers.actions.answering import first_answer
from motcua.services.dossiers.actions.common import Action, due_of, move, record, require, task_in_hand, task_of
from motcua.services.dossiers.actions.flow import definition_of, open_step, open_transfer
from motcua.services.dossiers.actions.processing import complete, return_result
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.rules import (
    ARRIVAL_BASIS,
    RECEIPT_BASIS,
    SAME_DAY,
    SAME_DAY_BASIS,
    SAME_DAY_NEXT,
    Status,
)
from motcua.services.dossiers.together import moving
from motcua.services.procedures.queries import version


@Action
def accept(work: Work, dossier: Dossier, *, note: str = "", same_day: bool = False, receipt: bool = True) -> Dossier:
    """Tiếp nhận: the clock starts, the flow begins, form 01 follows (ND118 Đ17.1, Đ17.3).

    Received away from the competent agency, what is electronic arrives at once and paper first travels: then the
    clock starts when it is there (ND309 Đ8.3, ND118 Đ18). ``same_day``: the result is given at once (ND118 Đ17.4), so
    the dossier goes straight to who signs; ``receipt`` False: without form 01, which nobody asked for.
    Raises ``NotAllowed``; ``Conflict`` when it is no longer at the counter; ``Refused`` for a same-day result whose
    papers are elsewhere.
    """
    require(work.actor, "dossier.receive", dossier.received_at_id)
    if dossier.accepted_at is not None:
        raise Conflict("This dossier has already been accepted.")
    case = dossier.case
    task = task_of(dossier, None, Stage.INTAKE)
    travels = moving.must_travel(dossier)
    if same_day and travels:
        raise Refused("A result is given at once only where the competent agency itself receives the dossier.")
    supplied = dossier.status == Status.SUPPLEMENT
    status = move(work, dossier, Status.PROCESSING if supplied else Status.ACCEPTED)
    procedure = version(dossier.procedure_version_id)
    method = procedure.method(dossier.channel)
    allowance = method.allowance if method else None
    dossier.accepted_at = work.now
    case.clock_unit_id = dossier.competent_id
    case.allowance = str(allowance) if allowance else ""
    if same_day:
        case.allowance = same_day_allowance(dossier, work.now)
    case.flow_version_id = version_for(procedure.code, procedure.field, procedure.levels[0] if procedure.levels else "")
    work.change(dossier, "accepted_at")
    work.change(case, "clock_unit", "allowance", "flow_version")
    cases.close_task(work, case, task, "accepted")
    data: dict[str, Any] = {"status": status, "allowance": case.allowance, "basis": RECEIPT_BASIS}
    first_answer(work, dossier, data)
    if travels:
        waiting = moving.promise(dossier, work.now)
        data |= {
            "due_at": None,
            "expected_due_at": waiting.due.isoformat() if waiting.due else None,
            "expected_arrival": waiting.arrival.isoformat(),
            "arrival_basis": ARRIVAL_BASIS,
        }
        open_transfer(work, dossier, moving.SEND)
    else:
        start_clock(work, dossier)
        data["due_at"] = case.due_at.isoformat() if case.due_at else None
        flow = definition_of(case)
        open_step(work, dossier, deciding_step(flow) if same_day else flow.first)
    if same_day:
        data["same_day"] = True
        data["basis"] = SAME_DAY_BASIS
    if not receipt:
        data["receipt"] = False
    if note:
        data["note"] = note
    record(work, dossier, "dossier.accepted", data)
    return dossier


def start_clock(work: Work, dossier: Dossier) -> None:
    """The competent agency has the dossier: its time runs from now (ND118 Đ17.3, ND309 Đ8.3)."""
    case = dossier.case
    dossier.arrived_at = case.clock_start = work.now
    case.due_at = due_of(case)
    work.change(dossier, "arrived_at")
    work.change(case, "clock_start", "due_at")


def same_day_allowance(dossier: Dossier, moment: datetime) -> str:
    """Within the working day; by the end of the next one when received after 15:00 (NĐ 23/2015 Đ7)."""
    late = moment.astimezone(VIETNAM).time() > policies.time_of_day("transfer_cutoff", moment)
    return SAME_DAY_NEXT if late else SAME_DAY


def deciding_step(flow: Definition) -> Step:
    """The step that decides: the last signature. Raises ``Refused``."""
    for step in reversed(flow.steps):
        if step.stage == Stage.SIGN and flow.decides(step.key):
            return step
    raise Refused("The flow of this procedure has no step that signs. It can't be given at once.")


def give_at_once(
    work: Work,
    dossier: Dossier,
    *,
    name: str,
    number: str = "",
    received_by: str = "",
    note: str = "",
    receipt: bool = False,
) -> bool:
    """Trả kết quả ngay (ND118 Đ17.4): accept, decide and return in one go, each on record by its own event.

    Who decides must hold the right to sign at the competent agency; otherwise the dossier lies with those who do,
    due today. Returns whether the result has been given. ``receipt``: form 01 as well, when the person asks for it.
    """
    accept(work, dossier, note=note, same_day=True, receipt=receipt)
    task = task_of(dossier, None, Stage.SIGN)
    if not work.actor.may("dossier.sign", directory().unit(task.unit_id).path):
        return False
    complete(work, dossier, task_id=task.id, approved=True, name=name, number=number)
    if not any(each.stage == Stage.RETURN for each in dossier.case.open_tasks):
        return False
    return_task = task_of(dossier, None, Stage.RETURN)
    if not work.actor.may("dossier.return", directory().unit(return_task.unit_id).path):
        return False
    return_result(work, dossier, received_by=received_by or dossier.applicant_name)
    return True


@Action
def refuse(work: Work, dossier: Dossier, *, reason: str, explanation: str, basis: str = "") -> Dossier:
    """Từ chối tiếp nhận with form 03: a reason from the list, in words the person understands, and the article.

    Raises ``NotAllowed``, ``Conflict``; ``Invalid`` without a reason or an explanation.
    """
    require(work.actor, "dossier.receive", dossier.received_at_id)
    fields: dict[str, list[str]] = {}
    listed = reasons.find("refuse", reason)
    if listed is None or not listed.active:
        fields["reason"] = ["Choose a reason from the list."]
    if not explanation.strip():
        fields["explanation"] = ["Explain to the applicant why, and what they can do."]
    if listed is None or fields:
        raise Invalid(fields=fields)
    status = move(work, dossier, Status.REFUSED)
    cases.close_case(work, dossier.case, "refused")
    data = {
        "status": status,
        "reason": reason,
        "reason_text": listed.text,
        "explanation": explanation.strip(),
        "basis": basis.strip() or listed.basis,
    }
    first_answer(work, dossier, data)
    record(work, dossier, "dossier.refused", data)
    return dossier


@Action
def judge_component(work: Work, dossier: Dossier, *, component_id: str, verdict: str) -> None:
    """Marks one component đủ, thiếu or không hợp lệ while the dossier is in hand. ``verdict`` empty takes it back."""
    task_in_hand(work, dossier, STAGE_PERMISSION)
    if verdict not in ("", "enough", "missing", "invalid"):
        raise Invalid(fields={"verdict": ["Choose complete, missing or not valid."]})
    component = next((each for each in parts(dossier, "components") if str(each.id) == component_id), None)
    if component is None:
        raise Invalid(fields={"component": ["The dossier has no such component."]})
    if component.verdict == verdict:
        return
    before = component.verdict
    component.verdict = verdict
    work.change(component, "verdict")
    record(work, dossier, "dossier.component_judged", {"component": component.key, "before": before, "after": verdict})
