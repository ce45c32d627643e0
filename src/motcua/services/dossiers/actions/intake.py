"""At the counter: accept, refuse, judge components."""

from __future__ import annotations

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import Stage
from motcua.engines.flows.queries import version_for
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation.errors import Conflict, Invalid
from motcua.services.dossiers.actions.common import Action, due_of, move, record, require, task_in_hand, task_of
from motcua.services.dossiers.actions.flow import definition_of, open_step
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.rules import RECEIPT_BASIS, REFUSAL_REASONS, Status
from motcua.services.procedures.queries import version


@Action
def accept(work: Work, dossier: Dossier, *, note: str = "") -> Dossier:
    """Tiếp nhận: the clock starts, the flow begins, form 01 follows (ND118 Đ17.1, Đ17.3).

    Raises ``NotAllowed``; ``Conflict`` when it is no longer at the counter.
    """
    require(work.actor, "dossier.receive", dossier.received_at_id)
    if dossier.accepted_at is not None:
        raise Conflict("This dossier has already been accepted.")
    case = dossier.case
    task = task_of(dossier, None, Stage.INTAKE)
    supplied = dossier.status == Status.SUPPLEMENT
    status = move(work, dossier, Status.PROCESSING if supplied else Status.ACCEPTED)
    procedure = version(dossier.procedure_version_id)
    method = procedure.method(dossier.channel)
    allowance = method.allowance if method else None
    dossier.accepted_at = work.now
    case.clock_start = work.now
    case.clock_unit_id = dossier.competent_id
    case.allowance = str(allowance) if allowance else ""
    case.due_at = due_of(case)
    case.flow_version_id = version_for(procedure.code, procedure.field, procedure.levels[0] if procedure.levels else "")
    work.change(dossier, "accepted_at")
    work.change(case, "clock_start", "clock_unit", "allowance", "due_at", "flow_version")
    cases.close_task(work, case, task, "accepted")
    open_step(work, dossier, definition_of(case).first)
    data = {
        "status": status,
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "allowance": case.allowance,
        "basis": RECEIPT_BASIS,
    }
    if note:
        data["note"] = note
    record(work, dossier, "dossier.accepted", data)
    return dossier


@Action
def refuse(work: Work, dossier: Dossier, *, reason: str, explanation: str, basis: str = "") -> Dossier:
    """Từ chối tiếp nhận with form 03: a reason from the list, in words the person understands, and the article.

    Raises ``NotAllowed``, ``Conflict``; ``Invalid`` without a reason or an explanation.
    """
    require(work.actor, "dossier.receive", dossier.received_at_id)
    fields: dict[str, list[str]] = {}
    if reason not in REFUSAL_REASONS:
        fields["reason"] = ["Choose a reason from the list."]
    if not explanation.strip():
        fields["explanation"] = ["Explain to the applicant why, and what they can do."]
    if fields:
        raise Invalid(fields=fields)
    status = move(work, dossier, Status.REFUSED)
    cases.close_case(work, dossier.case, "refused")
    record(
        work,
        dossier,
        "dossier.refused",
        {"status": status, "reason": reason, "explanation": explanation.strip(), "basis": basis.strip()},
    )
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
