"""Ending a dossier before its decision, and taking it up again: withdraw, stop, reopen (ND118 Đ21)."""

from __future__ import annotations

from typing import Any

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import CaseState, Stage, Stop, TaskState
from motcua.engines.flows.rules import Step
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, Refused
from motcua.services.dossiers import policies, reasons
from motcua.services.dossiers.actions.common import (
    Action,
    end_wait,
    is_applicant,
    move,
    record,
    redate,
    require_applicant,
)
from motcua.services.dossiers.actions.flow import definition_of, open_step, open_transfer
from motcua.services.dossiers.actions.intake import start_clock
from motcua.services.dossiers.actions.reorganised import with_successors
from motcua.services.dossiers.actions.supplement import pending
from motcua.services.dossiers.models import Dossier, HandOverItem, Obligation
from motcua.services.dossiers.rules import MOVES, STOP_BASIS, Status
from motcua.services.dossiers.together import moving

LEADING = ("dossier.assign", "dossier.sign")
"""Who may stop a dossier or take it up again: who leads where it lies."""


@Action
def withdraw(work: Work, dossier: Dossier, *, reason: str = "", code: str = "other") -> Dossier:
    """Rút hồ sơ: the applicant takes the dossier back, until the decision is made (ND118 Đ21).

    ``code``: a reason from the list; ``reason``: their own words, not asked for. Raises ``NotAllowed``, ``Conflict``,
    ``Invalid``.
    """
    require_applicant(work.actor, dossier)
    reasons.chosen("withdraw", code)
    status = move(work, dossier, Status.WITHDRAWN)
    _end(work, dossier, "withdrawn")
    record(
        work,
        dossier,
        "dossier.withdrawn",
        {"status": status, "code": code, "reason": reason.strip()[:1000], "basis": STOP_BASIS},
    )
    return dossier


@Action
def stop(work: Work, dossier: Dossier, *, reason: str, explanation: str = "", basis: str = "") -> Dossier:
    """Dừng giải quyết with form 05: by the applicant until the decision is made (ND118 Đ21), or by who leads the unit
    that has the dossier, with a reason from the list and words that the applicant understands.

    Raises ``NotAllowed``; ``Conflict`` when the law does not admit it any more; ``Invalid``.
    """
    own = is_applicant(work.actor, dossier)
    if own:
        reason, said = "applicant", explanation.strip()[:2000]
        chosen = reasons.find("stop", reason)
    else:
        require_leading(work, dossier)
        chosen, said = reasons.chosen("stop", reason), explanation.strip()[:4000]
        if not said:
            raise Invalid(fields={"explanation": ["Explain to the applicant why, and what they can do."]})
    status = move(work, dossier, Status.STOPPED)
    _end(work, dossier, "stopped")
    data: dict[str, Any] = {
        "status": status,
        "reason": reason,
        "reason_text": chosen.text if chosen else "",
        "basis": basis.strip()[:200] or (chosen.basis if chosen else "") or STOP_BASIS,
        "by": "applicant" if own else "office",
    }
    # What the applicant writes is theirs and stays out of the ledger; what the office says stands on form 05.
    if not own:
        data["explanation"] = said
    record(work, dossier, "dossier.stopped", data)
    return dossier


@Action
def reopen(work: Work, dossier: Dossier, *, reason: str, explanation: str) -> Dossier:
    """Giải quyết tiếp: a stopped or closed dossier is taken up again by who leads the competent agency.

    The steps that were cut off are open again. The time between does not count; afterwards what was left goes on, or
    the period begins anew as the policy ``reopen_effect`` says; after an unanswered supplement as after a supplement
    (ND118 Đ19.5). Raises ``NotAllowed``, ``Invalid``; ``Conflict`` when it is not stopped; ``Refused`` when it was
    never accepted.
    """
    require_leading(work, dossier)
    chosen = reasons.chosen("reopen", reason)
    if not explanation.strip():
        raise Invalid(fields={"explanation": ["Explain to the applicant why, and what they can do."]})
    case = dossier.case
    if dossier.status != Status.STOPPED or case.closed_at is None:
        raise Conflict("Only a stopped dossier can be taken up again.")
    if dossier.accepted_at is None:
        raise Refused("This dossier was never accepted. The applicant submits it anew.")
    steps = _cut_off(dossier)
    status = move(work, dossier, Status.PROCESSING)
    waited = _wait_of_closing(dossier)
    if waited is not None:
        waited.until = work.now
        work.change(waited, "until")
    else:
        row = Stop(
            case=case,
            at=case.closed_at,
            until=work.now,
            effect=policies.effect("reopen_effect", work.now),
            reason="stopped",
            basis=STOP_BASIS,
        )
        work.add(row)
        parts(case, "stops").append(row)
    laid_aside, case.state, case.closed_at = case.closed_at, CaseState.OPEN, None
    work.change(case, "state", "closed_at")
    moved = with_successors(work, dossier, laid_aside)
    redate(work, dossier)
    travelled = dossier.arrived_at is None
    if travelled:
        to = [_where_its_papers_are(work, dossier)]
    else:
        to = [open_step(work, dossier, step).step for step in steps]
    record(
        work,
        dossier,
        "dossier.reopened",
        {
            "status": status,
            "reason": reason,
            "reason_text": chosen.text,
            "explanation": explanation.strip()[:2000],
            "basis": chosen.basis,
            "due_at": case.due_at.isoformat() if case.due_at else None,
            "to": to,
            **({"arrived": True} if travelled and dossier.arrived_at is not None else {}),
            **moved,
        },
    )
    return dossier


def require_leading(work: Work, dossier: Dossier) -> None:
    """Raises ``NotAllowed`` unless the actor leads the competent agency or a unit that has the dossier."""
    if not may_lead(work.actor, dossier):
        raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")


def may_lead(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor leads the competent agency or a unit that has the dossier now."""
    units = directory()
    keys = {dossier.competent_id, *(task.unit_id for task in dossier.case.open_tasks if task.stage != Stage.CONSULT)}
    return any(actor.may(each, units.unit(key).path) for key in keys for each in LEADING)


def stoppable(status: int) -> bool:
    """Whether the law admits stopping at this status."""
    return Status.STOPPED in MOVES[Status(status)]


def _end(work: Work, dossier: Dossier, outcome: str) -> None:
    """The case ends with all that waits in it."""
    request = pending(dossier)
    if request is not None:
        request.closed_at = work.now
        work.change(request, "closed_at")
    obligation = demanded(dossier)
    if obligation is not None:
        obligation.dropped_at = work.now
        work.change(obligation, "dropped_at")
    end_wait(work, dossier)
    cases.close_case(work, dossier.case, outcome)


def demanded(dossier: Dossier) -> Obligation | None:
    """The financial obligation that is open now, if any."""
    rows: list[Obligation] = parts(dossier, "obligations")
    return next((row for row in rows if row.paid_at is None and row.dropped_at is None), None)


def _cut_off(dossier: Dossier) -> list[Step]:
    """The flow's steps that the end of the case cut off; its first step where nothing else is known."""
    flow = definition_of(dossier.case)
    known = {step.key: step for step in flow.steps}
    closed_at = dossier.case.closed_at
    cut = [
        task.step
        for task in parts(dossier.case, "tasks")
        if task.state == TaskState.CANCELLED and task.closed_at == closed_at and task.step in known
    ]
    return [known[key] for key in dict.fromkeys(cut)] or [flow.first]


def _where_its_papers_are(work: Work, dossier: Dossier) -> str:
    """A dossier that ended before the agency had it: its papers leave, arrive, or are there by now, and the clock
    starts with that (ND309 Đ8.3). Returns the step that is open."""
    lines: list[HandOverItem] = sorted(parts(dossier, "hand_overs"), key=lambda line: line.id)
    last = lines[-1] if lines else None
    if not moving.must_travel(dossier) or (last is not None and last.arrived):
        start_clock(work, dossier)
        return open_step(work, dossier, definition_of(dossier.case).first).step
    on_the_way = last is not None and last.arrived is None
    return open_transfer(work, dossier, moving.ARRIVE if on_the_way else moving.SEND).step


def _wait_of_closing(dossier: Dossier) -> Stop | None:
    """The wait in which the dossier was ended: it goes on until the dossier is taken up again."""
    rows: list[Stop] = parts(dossier.case, "stops")
    return next((row for row in rows if row.until is not None and row.until == dossier.case.closed_at), None)
