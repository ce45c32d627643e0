"""Form 06, phiếu kiểm soát: who had the dossier, from when to when, and whether in time. It fills itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from motcua.engines.accounts.models import User
from motcua.engines.cases.models import Task, TaskState
from motcua.engines.ledger.models import Event
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Refused
from motcua.services.dossiers.models import Dossier, HandOverItem, Opinion, SupplementRequest
from motcua.services.dossiers.papers import words
from motcua.services.dossiers.papers.head import dossier_head
from motcua.services.dossiers.papers.rendering import render

MOST_EVENTS: Final = 2000
_SAID: Final = {True: "Đồng ý", False: "Không đồng ý", None: "Có ý kiến"}
_STATUS: Final = {
    "dossier.returned": "Đã trả kết quả",
    "dossier.refused": "Từ chối tiếp nhận",
    "dossier.withdrawn": "Người nộp rút hồ sơ",
    "dossier.stopped": "Dừng giải quyết",
    "dossier.closed_unanswered": "Đóng hồ sơ do quá hạn bổ sung",
}


def control(dossier: Dossier, event: Event) -> dict[str, Any]:
    """What the sheet says up to an event: each step with who, unit, received, due, done and late by; then hand-overs,
    opinions and supplements."""
    events = list(Event.objects.filter(stream=dossier.pk, seq__lte=event.seq).order_by("seq")[:MOST_EVENTS])
    until = event.at
    return {
        "competent": directory().unit(dossier.competent_id).name,
        "received": words.moment(dossier.accepted_at) if dossier.accepted_at else "",
        "due": words.moment(dossier.case.due_at) if dossier.case.due_at else "",
        "state": _STATUS.get(event.kind, "Đang giải quyết"),
        "steps": _steps(dossier, events, until),
        "hand_overs": _hand_overs(dossier, until),
        "opinions": _opinions(dossier, until),
        "supplements": _supplements(dossier, until),
        "extensions": _extensions(events),
    }


def _steps(dossier: Dossier, events: list[Event], until: datetime) -> list[dict[str, str]]:
    """One row per step in the order in which the work came."""
    tasks = [
        task
        for task in Task.objects.filter(case=dossier.pk, opened_at__lte=until)
        .select_related("assignee", "closed_by")
        .order_by("opened_at", "id")
        if task.state != TaskState.CANCELLED
    ]
    acted = _acted_for(events)
    units = directory().by_id
    rows = []
    for task in tasks:
        done_at = task.closed_at if task.closed_at and task.closed_at <= until else None
        who = (task.closed_by if done_at else None) or task.assignee
        unit = units.get(task.unit_id)
        principal = acted.get((who.pk, task.closed_at)) if who is not None and task.closed_at else None
        rows.append(
            {
                "step": task.name,
                "unit": unit.name if unit else "",
                "who": who.full_name if who else "",
                "acting_for": f"thay {principal}" if principal else "",
                "received": words.short(task.opened_at),
                "due": words.short(task.due_at),
                "done": words.short(done_at),
                "punctual": words.punctual(task.unit_id, task.due_at, done_at or until)
                if done_at or (task.due_at and until > task.due_at)
                else "",
            }
        )
    return rows


def _acted_for(events: Iterable[Event]) -> dict[tuple[UUID, datetime], str]:
    """Whose post somebody acted in, by person and moment, as the ledger says."""
    found = {}
    for event in events:
        principal = event.actor.get("for")
        if principal and event.actor.get("id"):
            found[UUID(event.actor["id"]), event.at] = str(principal.get("name", ""))
    return found


def _hand_overs(dossier: Dossier, until: datetime) -> list[dict[str, str]]:
    items = HandOverItem.objects.filter(dossier=dossier, sheet__made_at__lte=until).select_related(
        "sheet__made_by", "sheet__confirmed_by"
    )
    units = directory()
    return [
        {
            "number": item.sheet.number,
            "sender": units.unit(item.sheet.sender_id).name,
            "giver": item.sheet.made_by.full_name,
            "given": words.short(item.sheet.made_at),
            "receiver": units.unit(item.sheet.receiver_id).name,
            "taker": item.sheet.confirmed_by.full_name if item.sheet.confirmed_by else "",
            "taken": words.short(item.sheet.confirmed_at),
            "remark": item.remark,
        }
        for item in items.order_by("sheet__made_at")
    ]


def _opinions(dossier: Dossier, until: datetime) -> list[dict[str, str]]:
    units = directory()
    rows = []
    for row in Opinion.objects.filter(dossier=dossier, asked_at__lte=until).order_by("asked_at"):
        answered = row.answered_at if row.answered_at and row.answered_at <= until else None
        rows.append(
            {
                "unit": units.unit(row.unit_id).name,
                "asked": words.short(row.asked_at),
                "due": words.short(row.due_at),
                "answered": words.short(answered),
                "said": _SAID[row.agrees] if answered else ("Không lấy ý kiến nữa" if row.dropped_at else ""),
                "punctual": words.punctual(row.unit_id, row.due_at, answered) if answered else "",
            }
        )
    return rows


def _supplements(dossier: Dossier, until: datetime) -> list[dict[str, str]]:
    rows = list(SupplementRequest.objects.filter(dossier=dossier, requested_at__lte=until).order_by("number"))
    askers = {row.requested_by for row in rows if row.requested_by}
    names = dict(User.objects.filter(pk__in=askers).values_list("pk", "full_name")) if askers else {}
    return [
        {
            "number": str(row.number),
            "who": names.get(row.requested_by, "") if row.requested_by else "",
            "asked": words.short(row.requested_at),
            "items": "; ".join(str(item.get("name", "")) for item in row.items),
            "answer_by": words.day(row.answer_by),
            "answered": words.short(row.answered_at)
            if row.answered_at and row.answered_at <= until
            else ("Không bổ sung" if row.closed_at else ""),
        }
        for row in rows
    ]


def _extensions(events: Iterable[Event]) -> list[dict[str, str]]:
    return [
        {
            "at": words.short(event.at),
            "old_due": words.moment_of(event.data.get("old_due")),
            "new_due": words.moment_of(event.data.get("new_due") or event.data.get("due_at")),
            "who": str(event.actor.get("name", "")),
        }
        for event in events
        if event.kind == "dossier.extended"
    ]


def control_sheet(dossier: Dossier) -> bytes:
    """The sheet as things stand now, for the desk; nothing is kept. Raises ``Refused`` before anything happened."""
    last = Event.objects.filter(stream=dossier.pk).order_by("-seq").first()
    if last is None:
        raise Refused("There is nothing in this dossier that this paper could say.")
    content = {**dossier_head(dossier, "06", 1, last, dossier.competent_id), **control(dossier, last)}
    return render("form06", content, last.at)
