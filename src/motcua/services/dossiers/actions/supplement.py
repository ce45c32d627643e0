"""Asking for what is missing, answering, and closing what nobody answered (ND118 Đ19.5)."""

from __future__ import annotations

from collections.abc import Sequence

from motcua.engines.accounts.models import User
from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import CaseState, Remark, Stage
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, Refused
from motcua.foundation.working_time import closes_unanswered, working_days_between
from motcua.services.dossiers.actions.common import (
    Action,
    due_of,
    move,
    record,
    require,
    require_applicant,
    stops_of,
    task_in_hand,
)
from motcua.services.dossiers.actions.flow import redate_steps
from motcua.services.dossiers.actions.submit import FileIn, intake_due
from motcua.services.dossiers.models import Dossier, DossierFile, FileKind, SupplementRequest
from motcua.services.dossiers.rules import (
    SUPPLEMENT_BASIS,
    SUPPLEMENT_CLOSES_DAYS,
    SUPPLEMENT_WORKING_DAYS,
    Status,
)

_ASKING = {stage: "dossier.receive" if stage == Stage.INTAKE else "dossier.process" for stage in Stage.values}
"""Who may ask for a supplement while the dossier is at a stage."""


def pending(dossier: Dossier) -> SupplementRequest | None:
    """What is asked of the applicant now, if anything."""
    rows: list[SupplementRequest] = parts(dossier, "supplements")
    return next((row for row in rows if row.answered_at is None and row.closed_at is None), None)


@Action
def request_supplement(
    work: Work, dossier: Dossier, *, items: Sequence[dict[str, str]], note: str = ""
) -> SupplementRequest:
    """Yêu cầu bổ sung with form 02: what exactly is missing and why; the clock stands until the answer.

    ``items``: {"component": key or empty, "name", "reason", "basis"}. Once per dossier (a second only by one who
    may assign work, and it counts as late). Raises ``NotAllowed``, ``Conflict``, ``Invalid``, ``Refused``.
    """
    task = task_in_hand(work, dossier, _ASKING)
    wanted = [
        {key: str(item.get(key, "")).strip()[:1000] for key in ("component", "name", "reason", "basis")}
        for item in items
    ]
    if not wanted:
        raise Invalid(fields={"items": ["Say what is missing: at least one component."]})
    if any(not item["name"] or not item["reason"] for item in wanted):
        raise Invalid(fields={"items": ["Each item needs a name and a reason."]})
    number = len(parts(dossier, "supplements")) + 1
    if number > 1 and not work.actor.may("dossier.assign", directory().unit(task.unit_id).path):
        raise Refused(
            "A supplement may be asked for only once (%(basis)s). A further request needs the head of the unit.",
            basis=SUPPLEMENT_BASIS,
        )
    calendar = calendar_for(task.unit_id)
    started = (dossier.accepted_at or dossier.submitted_at).astimezone(VIETNAM).date()
    status = move(work, dossier, Status.SUPPLEMENT)
    request = SupplementRequest(
        dossier=dossier,
        number=number,
        items=wanted,
        note=note.strip(),
        requested_at=work.now,
        requested_by=work.actor.id,
        answer_by=closes_unanswered(calendar, work.now, SUPPLEMENT_CLOSES_DAYS),
    )
    work.add(request)
    parts(dossier, "supplements").append(request)
    cases.stop_clock(work, dossier.case, reason="supplement", effect="restart", basis=SUPPLEMENT_BASIS)
    if dossier.accepted_at is not None:
        dossier.case.due_at = None
        work.change(dossier.case, "due_at")
    asked_on = work.now.astimezone(VIETNAM).date()
    record(
        work,
        dossier,
        "dossier.supplement_requested",
        {
            "status": status,
            "number": number,
            "items": wanted,
            "note": note.strip(),
            "answer_by": request.answer_by.isoformat(),
            "asked_late": working_days_between(calendar, started, asked_on) > SUPPLEMENT_WORKING_DAYS,
            "basis": SUPPLEMENT_BASIS,
        },
    )
    return request


@Action
def supply(work: Work, dossier: Dossier, *, files: Sequence[tuple[str, FileIn]], message: str = "") -> Dossier:
    """Bổ sung: the applicant's answer; the time counts from zero again (ND118 Đ19.5).

    ``files``: (component key or empty, file). Raises ``NotAllowed``; ``Conflict`` when nothing was asked;
    ``Invalid`` when the answer is empty.
    """
    require_applicant(work.actor, dossier)
    if not files and not message.strip():
        raise Invalid(fields={"files": ["Add the missing papers, or write an answer."]})
    request = pending(dossier)
    stop = cases.open_stop(dossier.case)
    if dossier.status != Status.SUPPLEMENT or request is None or stop is None:
        raise Conflict("Nothing is asked of you at the moment.")
    components = {component.key: component for component in parts(dossier, "components")}
    for key, file in files:
        work.add(
            DossierFile(
                dossier=dossier,
                component=components.get(key),
                kind=FileKind.SUPPLEMENT,
                blob_id=file.sha256,
                name=file.name,
                added_at=work.now,
                added_by=work.actor.id,
            )
        )
    if message.strip() and work.actor.kind == "citizen":
        # What the person writes is for the officers, who read it among the remarks; the ledger knows that it was said.
        author = User(pk=work.actor.id)
        work.add(Remark(case=dossier.case, author=author, at=work.now, text=message.strip()[:4000]))
    request.answered_at = work.now
    work.change(request, "answered_at")
    stop.until = work.now
    work.change(stop, "until")
    case = dossier.case
    case.state = CaseState.OPEN
    work.change(case, "state")
    status = [dossier.status, dossier.status]
    if dossier.accepted_at is None:
        for task in case.open_tasks:
            cases.release_task(work, case, task, intake_due(task.unit_id, work.now))
    else:
        status = move(work, dossier, Status.PROCESSING)
        case.due_at = due_of(case, stops_of(case))
        work.change(case, "due_at")
        redate_steps(work, dossier)
    record(
        work,
        dossier,
        "dossier.supplied",
        {
            "status": status,
            "number": request.number,
            "files": [file.sha256 for _, file in files],
            "answered": bool(message.strip()),
            "due_at": case.due_at.isoformat() if case.due_at else None,
            "basis": SUPPLEMENT_BASIS,
        },
    )
    return dossier


@Action
def close_unanswered(work: Work, dossier: Dossier) -> Dossier:
    """Closes a dossier whose supplement nobody sent in time (ND118 Đ19.5). The system does this each night; the
    counter may do it too. Raises ``NotAllowed``; ``Conflict`` while there is still time to answer.
    """
    require(work.actor, "dossier.receive", dossier.received_at_id)
    request = pending(dossier)
    if request is None or work.now.astimezone(VIETNAM).date() <= request.answer_by:
        raise Conflict("The time to answer has not run out.")
    status = move(work, dossier, Status.STOPPED)
    request.closed_at = work.now
    work.change(request, "closed_at")
    _end_stop(work, dossier)
    cases.close_case(work, dossier.case, "unanswered")
    record(work, dossier, "dossier.closed_unanswered", {"status": status, "basis": SUPPLEMENT_BASIS})
    return dossier


def _end_stop(work: Work, dossier: Dossier) -> None:
    stop = cases.open_stop(dossier.case)
    if stop is not None:
        stop.until = work.now
        work.change(stop, "until")


@Action
def withdraw(work: Work, dossier: Dossier, *, reason: str = "") -> Dossier:
    """Rút hồ sơ: the applicant takes the dossier back, until the decision is made (ND118 Đ21)."""
    require_applicant(work.actor, dossier)
    status = move(work, dossier, Status.WITHDRAWN)
    request = pending(dossier)
    if request is not None:
        request.closed_at = work.now
        work.change(request, "closed_at")
    _end_stop(work, dossier)
    cases.close_case(work, dossier.case, "withdrawn")
    record(
        work, dossier, "dossier.withdrawn", {"status": status, "reason": reason.strip()[:1000], "basis": "ND118 Đ21"}
    )
    return dossier
