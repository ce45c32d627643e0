"""Messages about the turns that the law gives a dossier: stopped, extended, a payment, a correction, changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from motcua.engines.cases.models import Stage, Task, TaskState
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import reader
from motcua.engines.notices.actions import Notice, send
from motcua.foundation.clock import VIETNAM
from motcua.foundation.money import format_vnd
from motcua.services.dossiers import reasons
from motcua.services.dossiers.following.readers import return_place, to_applicant, to_officer
from motcua.services.dossiers.helping import agent_told
from motcua.services.dossiers.models import Dossier, ReasonKind
from motcua.services.dossiers.office.people import people_for

TOLD: Final = (
    "dossier.stopped",
    "dossier.reopened",
    "dossier.extended",
    "dossier.payment_demanded",
    "dossier.paid",
    "dossier.payment_dropped",
    "dossier.correction_asked",
    "dossier.corrected",
    "dossier.correction_declined",
    "dossier.adjusted",
    "dossier.originals_returned",
    "dossier.collection_reminded",
)
MOST_OFFICERS: Final = 20
_DATED: Final = ("dossier.reopened", "dossier.paid")


@reader("turns_notices", kinds=TOLD)
def turns_notices(events: Sequence[Event]) -> None:
    """Tells the applicant (and their agent) of each turn, and officers what they must look at now."""
    wanted = [event for event in events if event.kind in TOLD]
    if not wanted:
        return
    found = Dossier.objects.select_related("case").filter(pk__in={event.stream for event in wanted})
    dossiers = {row.pk: row for row in found}
    notices: list[Notice] = []
    for event in wanted:
        dossier = dossiers.get(event.stream)
        if dossier is not None:
            notices += _to_people(dossier, event) + _to_officers(dossier, event)
    send(notices)


def _to_people(dossier: Dossier, event: Event) -> list[Notice]:
    if not dossier.applicant_id and not dossier.contact.get("email"):
        return []
    kind, more = message_of(dossier, event.kind, event.data)
    told = to_applicant(dossier, kind, dedupe=f"event:{event.pk}", at=event.at, **more)
    agent = agent_told(dossier)
    if agent is None:
        return [told]
    return [told, replace(told, dedupe=f"{told.dedupe}:agent", party_id=agent, email="")]


def message_of(dossier: Dossier, kind: str, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Which message an event makes, and what it says; also for the preview before it has happened."""
    if kind == "dossier.stopped":
        if data.get("by") == "applicant":
            return "dossier.stopped_own", {}
        return kind, {"reason": _reason(ReasonKind.STOP, data)}
    if kind in _DATED:
        more = {"reason": _reason(ReasonKind.REOPEN, data)} if kind == "dossier.reopened" else {}
        if data.get("due_at"):
            return kind, {**more, "due_at": data["due_at"]}
        return f"{kind}_undated", more
    if kind == "dossier.extended":
        return kind, {
            "reason": _reason(ReasonKind.EXTEND, data),
            "old_due_at": data["old_due"],
            "due_at": data["due_at"],
        }
    if kind == "dossier.payment_demanded":
        return kind, payment_words(data["name"], data["amount"], data.get("notice_number", ""))
    if kind == "dossier.correction_asked":
        return kind, {"latest_at": data["correct_by"]}
    if kind == "dossier.collection_reminded":
        since = datetime.fromisoformat(data["since"]).astimezone(VIETNAM).date()
        return "dossier.uncollected", {"place": return_place(dossier), "since_on": since.isoformat()}
    if kind == "dossier.corrected":
        return kind, {"place": return_place(dossier)}
    return kind, {}


def payment_words(name: str, amount: int, notice_number: str) -> dict[str, str]:
    """What a message about an obligation says."""
    return {"name": name, "amount": format_vnd(amount), "notice_number": notice_number or "—"}


def _reason(kind: str, data: dict[str, Any]) -> str:
    return str(data.get("reason_text") or reasons.text(kind, str(data.get("reason", "other"))))


def _to_officers(dossier: Dossier, event: Event) -> list[Notice]:
    """Who has the dossier hears of changes; who may sign hears of a correction."""
    if event.kind not in ("dossier.adjusted", "dossier.correction_asked"):
        return []
    kind = "dossier.adjusted_officer" if event.kind == "dossier.adjusted" else "dossier.correction_officer"
    more = {} if event.kind == "dossier.adjusted" else {"latest_at": event.data["correct_by"]}
    tasks = Task.objects.filter(case=dossier.pk, state__in=(TaskState.OPEN, TaskState.WAITING))
    people = []
    for task in tasks.exclude(stage=Stage.CONSULT):
        if task.assignee_id is not None:
            people.append(task.assignee_id)
        else:
            people += [user.pk for user in people_for(task.stage, task.unit_id)[:MOST_OFFICERS]]
    return [
        to_officer(dossier, kind, user_id, dedupe=f"event:{event.pk}:{user_id.hex}", at=event.at, **more)
        for user_id in dict.fromkeys(people)
    ]
