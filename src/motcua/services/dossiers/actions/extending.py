"""More time, with an apology (ND118 Đ19.6); and waiting for a financial obligation, with the clock stopped."""

from __future__ import annotations

from datetime import date

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import CaseState, Stage, TaskState
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, Refused
from motcua.foundation.working_time import Allowance
from motcua.services.dossiers import policies, reasons
from motcua.services.dossiers.actions.common import Action, end_wait, move, person_of, record, redate, task_in_hand
from motcua.services.dossiers.actions.flow import redate_steps
from motcua.services.dossiers.actions.stopping import demanded, require_leading
from motcua.services.dossiers.models import Dossier, Extension, Obligation
from motcua.services.dossiers.rules import EXTENSION_BASIS, OBLIGATION_BASIS, Status, in_time_to_extend

MOST_MONEY = 10**15
_DEMANDING = dict.fromkeys(STAGE_PERMISSION, "dossier.process")


@Action
def extend(work: Work, dossier: Dossier, *, allowance: str, reason: str, explanation: str) -> Extension:
    """Gia hạn with form 04: an apology, a reason from the list, and a new due date, once, at the latest on the day
    before the old one (ND118 Đ19.6). The counter adjusts the date and the applicant is told.

    ``allowance`` counts on from the old due date, as in “5 working_day”. Raises ``NotAllowed`` for who does not lead
    where the dossier lies; ``Invalid``; ``Conflict`` while it waits or has ended; ``Refused`` when there is no due
    date, for a second extension, and when it is too late.
    """
    require_leading(work, dossier)
    chosen = reasons.chosen("extend", reason)
    if not explanation.strip():
        raise Invalid(fields={"explanation": ["Apologise, and say why more time is needed."]})
    more = Allowance.parse(allowance)
    if not more.value:
        raise Invalid(fields={"allowance": ["Write how much more time is needed, such as 5 working days."]})
    case = dossier.case
    if case.closed_at is not None or dossier.status == Status.FINISHED or cases.open_stop(case) is not None:
        raise Conflict("This can't be done any more: the dossier has moved on. Please look at it again.")
    if case.due_at is None:
        raise Refused("This dossier has no due date that could be extended.")
    number = len(parts(dossier, "extensions")) + 1
    if number > policies.number("extension_count", work.now):
        raise Refused(
            "The due date can be extended only %(times)s times (%(basis)s).",
            times=policies.number("extension_count", work.now),
            basis=EXTENSION_BASIS,
        )
    old_due = case.due_at
    lead = policies.number("extension_lead_days", work.now)
    late = not in_time_to_extend(old_due, work.now, lead)
    if late and not work.retells:
        raise Refused(
            "An extension is announced at least %(days)s days before the due date (%(basis)s). It is too late now.",
            days=lead,
            basis=EXTENSION_BASIS,
        )
    row = Extension(
        dossier=dossier,
        number=number,
        allowance=str(more),
        old_due=old_due,
        new_due=old_due,
        reason=reason,
        explanation=explanation.strip()[:2000],
        basis=EXTENSION_BASIS,
        decided_at=work.now,
        decided_by=person_of(work.actor),
    )
    parts(dossier, "extensions").append(row)
    redate(work, dossier)
    row.new_due = case.extended_to = case.due_at
    work.add(row)
    work.change(case, "extended_to")
    for task in case.open_tasks:
        if task.due_at == old_due and task.stage != Stage.CONSULT:
            cases.redate_task(work, case, task, case.due_at)
    record(
        work,
        dossier,
        "dossier.extended",
        {
            "number": number,
            "allowance": row.allowance,
            "old_due": old_due.isoformat(),
            "due_at": case.due_at.isoformat(),
            "reason": reason,
            "reason_text": chosen.text,
            "explanation": row.explanation,
            "late": late,
            "basis": EXTENSION_BASIS,
        },
    )
    return row


@Action
def demand_payment(
    work: Work, dossier: Dossier, *, name: str, amount: int, notice_number: str = "", pay_by: date | None = None
) -> Obligation:
    """Yêu cầu thực hiện nghĩa vụ tài chính (status 6): by the officer who has the dossier, or by a machine client that
    may process it (the tax office of a land dossier). The clock stands; afterwards what was left goes on, or what
    the policy ``obligation_effect`` says.

    ``amount``: whole đồng. Raises ``NotAllowed``, ``Invalid``; ``Conflict`` when the dossier is not in hand.
    """
    task_in_hand(work, dossier, _DEMANDING)
    fields: dict[str, list[str]] = {}
    if not name.strip():
        fields["name"] = ["Say what is to be paid."]
    if not 0 < amount < MOST_MONEY:
        fields["amount"] = ["Write the amount in đồng."]
    if pay_by is not None and pay_by < work.now.astimezone(VIETNAM).date():
        fields["pay_by"] = ["Choose today or a later day."]
    if fields:
        raise Invalid(fields=fields)
    status = move(work, dossier, Status.PAYMENT)
    row = Obligation(
        dossier=dossier,
        name=name.strip()[:300],
        amount=amount,
        notice_number=notice_number.strip()[:60],
        demanded_at=work.now,
        demanded_by=person_of(work.actor),
        pay_by=pay_by,
    )
    work.add(row)
    parts(dossier, "obligations").append(row)
    effect = policies.effect("obligation_effect", work.now)
    cases.stop_clock(work, dossier.case, reason="payment", effect=effect, basis=OBLIGATION_BASIS)
    dossier.case.due_at = None
    work.change(dossier.case, "due_at")
    record(
        work,
        dossier,
        "dossier.payment_demanded",
        {
            "status": status,
            "name": row.name,
            "amount": amount,
            "notice_number": row.notice_number,
            "pay_by": pay_by.isoformat() if pay_by else "",
            "due_at": None,
        },
    )
    return row


@Action
def note_payment(work: Work, dossier: Dossier, *, receipt: str, amount: int | None = None) -> Obligation:
    """The obligation is met: recorded by an officer of the agency or the counter, or by a machine client. The time
    goes on where it stood. ``receipt``: the number that proves it; ``amount``: what was paid, where it is known.

    Raises ``NotAllowed``; ``Conflict`` when nothing is demanded; ``Invalid`` without a receipt or for less than was
    demanded.
    """
    row = _due_obligation(work, dossier)
    if not receipt.strip():
        raise Invalid(fields={"receipt": ["Write the number of the receipt."]})
    if amount is not None and amount < row.amount:
        raise Invalid(fields={"amount": ["This is less than was demanded."]})
    row.paid_at, row.receipt = work.now, receipt.strip()[:120]
    work.change(row, "paid_at", "receipt")
    _go_on(work, dossier, "dossier.paid", {"receipt": row.receipt, "amount": amount or row.amount})
    return row


@Action
def drop_payment(work: Work, dossier: Dossier, *, explanation: str) -> Obligation:
    """A demand is taken back (exempted, or demanded by mistake); the time goes on where it stood.

    Raises ``NotAllowed``, ``Conflict``, ``Invalid``.
    """
    row = _due_obligation(work, dossier)
    if not explanation.strip():
        raise Invalid(fields={"explanation": ["Say why it need not be paid."]})
    row.dropped_at = work.now
    work.change(row, "dropped_at")
    _go_on(work, dossier, "dossier.payment_dropped", {"explanation": explanation.strip()[:1000]})
    return row


def _due_obligation(work: Work, dossier: Dossier) -> Obligation:
    if not may_note_payment(work.actor, dossier):
        raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")
    row = demanded(dossier)
    if dossier.status != Status.PAYMENT or row is None:
        raise Conflict("Nothing is to be paid in this dossier now.")
    return row


def may_note_payment(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor is of the agency that waits for the payment, or of the counter."""
    units = directory()
    waiting = {task.unit_id for task in dossier.case.open_tasks if task.state == TaskState.WAITING}
    return any(actor.may("dossier.process", units.unit(key).path) for key in waiting) or actor.may(
        "dossier.receive", units.unit(dossier.received_at_id).path
    )


def _go_on(work: Work, dossier: Dossier, kind: str, data: dict[str, object]) -> None:
    status = move(work, dossier, Status.PROCESSING)
    case = dossier.case
    end_wait(work, dossier)
    case.state = CaseState.OPEN
    work.change(case, "state")
    redate(work, dossier)
    redate_steps(work, dossier)
    due_at = case.due_at.isoformat() if case.due_at else None
    record(work, dossier, kind, {"status": status, **data, "due_at": due_at})
