"""Handing papers over between offices: a sheet for many dossiers, and what the receiver says of each (ND118 Đ18)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import Stage, Task, TaskState
from motcua.engines.ledger.actor import SYSTEM, Actor
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.prepared import load
from motcua.engines.ledger.work import Work, begin
from motcua.engines.organisations.queries import directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, Refused
from motcua.services.dossiers.actions.common import Action, lock, record, require
from motcua.services.dossiers.actions.flow import definition_of, open_step, open_transfer
from motcua.services.dossiers.actions.intake import start_clock
from motcua.services.dossiers.models import Dossier, HandOver, HandOverItem, Load
from motcua.services.dossiers.rules import ARRIVAL_BASIS, TRANSFER_BASIS
from motcua.services.dossiers.together import moving

MOST_ON_A_SHEET = 200


@dataclass(frozen=True, slots=True)
class Said:
    """What the receiver says of one dossier: whether its papers came whole."""

    whole: bool
    remark: str = ""


def _transfer_task(dossier: Dossier, steps: Collection[str]) -> Task:
    for task in dossier.case.open_tasks:
        if task.stage == Stage.TRANSFER and task.step in steps:
            if task.state == TaskState.WAITING:
                raise Conflict("The dossier waits for the applicant. This step goes on when the answer is here.")
            return task
    raise Conflict("These papers are not waiting to be handed over. Please look at the dossier again.")


def new_sheet(work: Work, *, sender_id: UUID, receiver_id: UUID, load: str = Load.DOSSIERS, note: str = "") -> HandOver:
    """An empty sheet (phiếu bàn giao) with its number: BG-unit-day-number."""
    if work.actor.id is None:
        raise NotAllowed("A hand-over sheet is made by a person.")
    sender = directory().unit(sender_id)
    day = work.now.astimezone(VIETNAM).date()
    # papers leave on another day than they came: histories that are written side by side meet here
    number = work.next_number(f"BG-{sender.code}", day, shared=True)
    sheet = HandOver(
        number=f"BG-{sender.code}-{day:%y%m%d}-{number:03}",
        load=load,
        sender_id=sender_id,
        receiver_id=receiver_id,
        made_at=work.now,
        made_by_id=work.actor.id,
        due_at=moving.sending_due(sender_id, work.now),
        note=note.strip()[:1000],
    )
    work.add(sheet)
    return sheet


@Action
def hand_over(work: Work, dossier: Dossier, *, sheet: HandOver) -> HandOverItem:
    """Bàn giao: the papers of one dossier leave with the sheet; the receiver is to confirm them.

    Raises ``NotAllowed``; ``Conflict`` when the papers are not waiting here; ``Refused`` when they go elsewhere.
    """
    task = _transfer_task(dossier, (moving.SENDING[Load(sheet.load)],))
    require(work.actor, "dossier.receive", task.unit_id)
    if task.unit_id != sheet.sender_id or moving.receiver_of(dossier, sheet.load) != sheet.receiver_id:
        raise Refused("The papers of %(code)s go to another office. Make a sheet for each office.", code=dossier.code)
    of_dossier = sheet.load == Load.DOSSIERS
    components = parts(dossier, "components")
    item = HandOverItem(
        sheet=sheet,
        dossier=dossier,
        originals=sum(each.originals for each in components) if of_dossier else 1,
        copies=sum(each.certified + each.copies for each in components) if of_dossier else 0,
    )
    work.add(item)
    parts(dossier, "hand_overs").append(item)
    late = bool(task.due_at and work.now > task.due_at)
    cases.close_task(work, dossier.case, task, "sent")
    open_transfer(work, dossier, moving.ARRIVING[Load(sheet.load)])
    record(
        work,
        dossier,
        "dossier.handed_over",
        {
            "sheet": sheet.number,
            "load": str(sheet.load),
            "from": str(sheet.sender_id),
            "to": str(sheet.receiver_id),
            "originals": item.originals,
            "copies": item.copies,
            "late": late,
            "basis": TRANSFER_BASIS,
        },
    )
    return item


@Action
def take_in(work: Work, dossier: Dossier, *, whole: bool, remark: str = "") -> HandOverItem | None:
    """Nhận bàn giao: the papers of one dossier are there. Whole: its clock starts and the flow begins at the agency
    (ND309 Đ8.3); a result goes to who returns it. Not whole: they go back to be made whole, and the clock waits.

    Raises ``NotAllowed``; ``Conflict`` when nothing is on its way; ``Invalid`` without a remark when not whole.
    """
    task = _transfer_task(dossier, (moving.ARRIVE, moving.ARRIVE_RESULT))
    _require_receiver(work, dossier, task)
    if not whole and not remark.strip():
        raise Invalid(fields={"remark": ["Write what is missing or damaged."]})
    of_dossier = task.step == moving.ARRIVE
    item = _item_of(dossier)
    if item is not None:
        item.arrived, item.remark = whole, remark.strip()[:300]
        work.change(item, "arrived", "remark")
    cases.close_task(work, dossier.case, task, "arrived" if whole else "incomplete")
    data = {
        "load": str(Load.DOSSIERS if of_dossier else Load.RESULTS),
        "at": str(task.unit_id),
        "whole": whole,
        "remark": remark.strip()[:300],
        "basis": ARRIVAL_BASIS if of_dossier else TRANSFER_BASIS,
    }
    if not whole:
        open_transfer(work, dossier, moving.SEND if of_dossier else moving.SEND_RESULT)
    elif of_dossier:
        start_clock(work, dossier)
        due_at = dossier.case.due_at
        data["due_at"] = due_at.isoformat() if due_at else None
        open_step(work, dossier, definition_of(dossier.case).first)
    else:
        flow = definition_of(dossier.case)
        open_step(work, dossier, next(step for step in flow.steps if step.stage == Stage.RETURN))
    record(work, dossier, "dossier.papers_arrived" if whole else "dossier.papers_incomplete", data)
    return item


def _require_receiver(work: Work, dossier: Dossier, task: Task) -> None:
    """The counter to which the papers come, or for dossiers the agency's own specialists."""
    units = directory()
    at_agency = task.step == moving.ARRIVE and work.actor.may("dossier.process", units.unit(dossier.competent_id).path)
    if not at_agency and not work.actor.may("dossier.receive", units.unit(task.unit_id).path):
        raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")


def _item_of(dossier: Dossier) -> HandOverItem | None:
    """The line on which the papers are on their way: the one not yet answered."""
    rows: list[HandOverItem] = [row for row in parts(dossier, "hand_overs") if row.arrived is None]
    return rows[-1] if rows else None


def make_sheet(
    actor: Actor,
    dossier_ids: Collection[UUID],
    *,
    sender_id: UUID,
    receiver_id: UUID,
    load: str = Load.DOSSIERS,
    note: str = "",
) -> HandOver:
    """A sheet for many dossiers in one transaction: all of them are on it, or there is no sheet.

    Raises what ``hand_over`` raises; ``Invalid`` for none or too many.
    """
    keys = sorted(set(dossier_ids))
    if not keys:
        raise Invalid(fields={"dossier": ["Mark the dossiers first."]})
    if len(keys) > MOST_ON_A_SHEET:
        raise Invalid(fields={"dossier": ["A sheet takes at most 200 dossiers. Make several."]})
    require(actor, "dossier.receive", sender_id)
    with begin(actor) as work:
        sheet = new_sheet(work, sender_id=sender_id, receiver_id=receiver_id, load=load, note=note)
        for key in keys:
            hand_over(work, lock(actor, key), sheet=sheet)
        work.record(
            sheet.id,
            "hand_over.made",
            {"number": sheet.number, "to": str(receiver_id), "dossiers": [str(key) for key in keys]},
            first=True,
        )
    return sheet


def confirm_sheet(actor: Actor, sheet_id: UUID, said: Mapping[UUID, Said], *, note: str = "") -> HandOver:
    """Confirms a sheet: what the receiver says of each dossier on it, in one transaction. A dossier that was
    withdrawn on the way is only marked. Raises ``NotAllowed``, ``Conflict``; ``Invalid`` while a line is unanswered.
    """
    with begin(actor) as work:
        found = load(HandOver, "WHERE id = %s FOR UPDATE", (sheet_id,))
        if not found:
            raise Conflict("There is no such hand-over sheet.")
        sheet = found[0]
        require(actor, "dossier.receive", sheet.receiver_id)
        if sheet.confirmed_at is not None:
            raise Conflict("This sheet has already been confirmed.")
        items = list(HandOverItem.objects.filter(sheet=sheet_id).order_by("dossier_id"))
        open_items = [item for item in items if item.arrived is None]
        if any(item.dossier_id not in said for item in open_items):
            raise Invalid(fields={"items": ["Say of each dossier whether its papers came whole."]})
        for item in open_items:
            answer = said[item.dossier_id]
            # the sheet itself makes it the receiver's business, also when it was closed on the way
            dossier = lock(SYSTEM, item.dossier_id)
            if any(task.step in (moving.ARRIVE, moving.ARRIVE_RESULT) for task in dossier.case.open_tasks):
                take_in(work, dossier, whole=answer.whole, remark=answer.remark)
            else:
                item.arrived, item.remark = answer.whole, answer.remark.strip()[:300]
                work.change(item, "arrived", "remark")
        sheet.confirmed_at, sheet.confirmed_by_id = work.now, actor.id
        work.change(sheet, "confirmed_at", "confirmed_by")
        work.record(
            sheet.id,
            "hand_over.confirmed",
            {
                "number": sheet.number,
                "incomplete": [str(key) for key, answer in said.items() if not answer.whole],
                "note": note.strip()[:500],
            },
        )
    return sheet


def take_in_one(actor: Actor, dossier_id: UUID, *, whole: bool, remark: str = "") -> None:
    """Takes in one dossier apart from its sheet; the sheet is confirmed with its last line."""
    with begin(actor) as work:
        dossier = lock(actor, dossier_id)
        item = take_in(work, dossier, whole=whole, remark=remark)
        if item is None:
            return
        unanswered = HandOverItem.objects.filter(sheet=item.sheet_id, arrived__isnull=True).exclude(pk=item.pk)
        if not unanswered.exists():
            (sheet,) = load(HandOver, "WHERE id = %s FOR UPDATE", (item.sheet_id,))
            close_sheet(work, sheet)


def close_sheet(work: Work, sheet: HandOver) -> None:
    """The last line of a sheet has been answered: the sheet is confirmed with it."""
    sheet.confirmed_at, sheet.confirmed_by_id = work.now, work.actor.id
    work.change(sheet, "confirmed_at", "confirmed_by")
    work.record(sheet.id, "hand_over.confirmed", {"number": sheet.number, "incomplete": []})
