"""Asking for what is missing, answering, and closing what nobody answered (ND118 Đ19.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from motcua.engines.accounts.models import User
from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import CaseState, Remark, Stage
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, Refused
from motcua.foundation.working_time import closes_unanswered, working_days_between
from motcua.services.dossiers import policies, reasons
from motcua.services.dossiers.actions.answering import first_answer
from motcua.services.dossiers.actions.common import (
    Action,
    end_wait,
    move,
    record,
    redate,
    require,
    require_applicant,
    task_in_hand,
)
from motcua.services.dossiers.actions.flow import redate_steps
from motcua.services.dossiers.actions.submit import FileIn, add_files, intake_due
from motcua.services.dossiers.models import Dossier, FileKind, SupplementRequest
from motcua.services.dossiers.office.held import EXCUSES, held
from motcua.services.dossiers.rules import (
    GUIDANCE_BASIS,
    HELD_BASIS,
    SECOND_SUPPLEMENT_BASIS,
    SUPPLEMENT_BASIS,
    Status,
)
from motcua.services.dossiers.steps import require_allowed

_ASKING = {stage: "dossier.receive" if stage == Stage.INTAKE else "dossier.process" for stage in Stage.values}
"""Who may ask for a supplement while the dossier is at a stage."""


def pending(dossier: Dossier) -> SupplementRequest | None:
    """What is asked of the applicant now, if anything."""
    rows: list[SupplementRequest] = parts(dossier, "supplements")
    return next((row for row in rows if row.answered_at is None and row.closed_at is None), None)


@Action
def request_supplement(
    work: Work, dossier: Dossier, *, items: Sequence[Mapping[str, str]], note: str = ""
) -> SupplementRequest:
    """Yêu cầu bổ sung with form 02: what exactly is missing and why; the clock stands until the answer.

    ``items``: {"component": key or empty, "name", "code": of a reason in the list, "reason": more words, needed for
    “another reason”, "basis": else the reason's, "held": empty, or "outage" | "inaccurate" where the State has the
    paper but can't use it (ND309 Đ2)}.

    Once per dossier and within three working days from receipt (ND118 Đ19.5, Đ11.2c): later, or again, only by one who
    may assign work in the unit, on record as such; a dossier of which something is asked again counts as late (index
    766). Raises ``NotAllowed``, ``Conflict``, ``Invalid``; ``Refused`` also with the place where a paper already is
    (ND118 Đ5.1i).
    """
    task = task_in_hand(work, dossier, _ASKING)
    require_allowed(dossier, task, "supplement")
    wanted = wanted_of(items)
    number = len(parts(dossier, "supplements")) + 1
    again = number > policies.number("supplement_count", work.now)
    calendar = calendar_for(task.unit_id)
    late = asked_late(dossier, task.unit_id, work.now)
    leads = work.actor.may("dossier.assign", directory().unit(task.unit_id).path)
    if again and not leads:
        raise Refused(
            "A supplement may be asked for only once (%(basis)s). A further request needs the head of the unit.",
            basis=SECOND_SUPPLEMENT_BASIS,
        )
    if not work.retells:
        if late and not leads:
            raise Refused(
                "A supplement is asked for within %(days)s working days from receipt (%(basis)s). Later it needs the "
                "head of the unit.",
                days=policies.number("supplement_days", work.now),
                basis=SUPPLEMENT_BASIS,
            )
        refuse_what_is_held(dossier, wanted)
    status = move(work, dossier, Status.SUPPLEMENT)
    request = SupplementRequest(
        dossier=dossier,
        number=number,
        items=wanted,
        note=note.strip(),
        requested_at=work.now,
        requested_by=work.actor.id,
        answer_by=closes_unanswered(calendar, work.now, policies.number("supplement_closes_days", work.now)),
        asked_late=late,
    )
    work.add(request)
    parts(dossier, "supplements").append(request)
    if number > 1 and not dossier.counts_late:
        dossier.counts_late = True
        work.change(dossier, "counts_late")
    effect = policies.effect("supplement_effect", work.now)
    cases.stop_clock(work, dossier.case, reason="supplement", effect=effect, basis=SUPPLEMENT_BASIS)
    if dossier.accepted_at is not None:
        dossier.case.due_at = None
        work.change(dossier.case, "due_at")
    data: dict[str, Any] = {
        "status": status,
        "number": number,
        "items": wanted,
        "note": note.strip(),
        "answer_by": request.answer_by.isoformat(),
        "asked_late": late,
        "due_at": None,
        "basis": SUPPLEMENT_BASIS,
    }
    first_answer(work, dossier, data)
    if number > 1:
        data["counts_late"] = True
    record(work, dossier, "dossier.supplement_requested", data)
    return request


def asked_late(dossier: Dossier, unit_id: UUID, moment: datetime) -> bool:
    """Whether the working days for asking are over at a moment: three from receipt (ND118 Đ19.5). What is at the
    counter for the first time counts from when it came; afterwards from when the agency had it."""
    started = (dossier.arrived_at or dossier.accepted_at or dossier.submitted_at).astimezone(VIETNAM).date()
    passed = working_days_between(calendar_for(unit_id), started, moment.astimezone(VIETNAM).date())
    return passed > policies.number("supplement_days", moment)


def wanted_of(items: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The items as they are kept and printed: each with a reason from the list in words, and its article.

    Raises ``Invalid`` under ``items``.
    """
    if not items:
        raise Invalid(fields={"items": ["Say what is missing: at least one component."]})
    wanted = []
    for item in items:
        given = {
            key: str(item.get(key, "")).strip()[:1000]
            for key in ("component", "name", "code", "reason", "basis", "held")
        }
        code = given["code"] or "other"
        listed = reasons.find("supplement", code)
        if not given["name"] or listed is None or not (listed.active or not given["code"]):
            raise Invalid(fields={"items": ["Each item needs a name and a reason."]})
        if code == "other" and not given["reason"]:
            raise Invalid(fields={"items": ["Each item needs a name and a reason."]})
        said = [listed.text] if code != "other" else []
        if given["reason"] and given["reason"] != listed.text:
            said.append(given["reason"])
        given |= {"code": code, "reason": ": ".join(said), "basis": given["basis"] or listed.basis or GUIDANCE_BASIS}
        if given["held"] not in ("", *EXCUSES):
            raise Invalid(fields={"items": ["Say why it is asked for although the State has it."]})
        wanted.append(given)
    return wanted


def refuse_what_is_held(dossier: Dossier, wanted: Sequence[dict[str, str]]) -> None:
    """Raises ``Refused`` with the place of the first paper that need not be asked for (ND118 Đ5.1i, ND309 Đ2)."""
    for item, found in zip(wanted, held(dossier, wanted), strict=True):
        if found:
            raise Refused(
                "“%(name)s” may not be asked for (%(basis)s): it is already here: %(where)s. If the system is down or "
                "what it has is wrong, say so with the item.",
                name=item["name"],
                basis=HELD_BASIS,
                where="; ".join(each.where() for each in found[:3]),
            )


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
        add_files(work, dossier, [file], FileKind.SUPPLEMENT, component=components.get(key))
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
        redate(work, dossier)
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
            "effect": stop.effect,
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
    end_wait(work, dossier)
    cases.close_case(work, dossier.case, "unanswered")
    record(work, dossier, "dossier.closed_unanswered", {"status": status, "basis": SUPPLEMENT_BASIS})
    return dossier
