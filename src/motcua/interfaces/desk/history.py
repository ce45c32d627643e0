"""The ledger of a dossier in the words of the office: who did what, when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from motcua.engines.accounts.models import User
from motcua.engines.ledger.models import Event
from motcua.engines.notices.queries import InboxItem
from motcua.engines.organisations.queries import directory
from motcua.foundation.money import format_vnd
from motcua.interfaces.reorganised import taken_over
from motcua.services.dossiers import reasons
from motcua.services.dossiers.models import Turn
from motcua.services.dossiers.papers.editions import title_of


@dataclass(frozen=True, slots=True)
class Told:
    """One line of time. ``tone``: done, wait, late or empty; ``detail`` what was said with it."""

    at: datetime
    text: str
    who: str
    detail: str = ""
    tone: str = "done"


@dataclass(frozen=True, slots=True)
class Notice:
    """What was said about a dossier at one moment: to how many, and how many of them have read it."""

    at: datetime
    subject: str
    sent: int
    read: int


WORDS: dict[str, tuple[Promise, str]] = {
    "dossier.submitted": (gettext_lazy("Submitted"), "done"),
    "dossier.accepted": (gettext_lazy("Accepted; the clock starts"), "done"),
    "dossier.refused": (gettext_lazy("Refused"), "late"),
    "dossier.component_judged": (gettext_lazy("A paper was checked"), "done"),
    "dossier.claimed": (gettext_lazy("Taken in hand"), "done"),
    "dossier.released": (gettext_lazy("Given back to the unit"), "done"),
    "dossier.assigned": (gettext_lazy("Assigned"), "done"),
    "dossier.passed_on": (gettext_lazy("Step finished, passed on"), "done"),
    "dossier.sent_back": (gettext_lazy("Sent back"), "wait"),
    "dossier.completed": (gettext_lazy("Decided"), "done"),
    "dossier.returned": (gettext_lazy("Result returned; the dossier is closed"), "done"),
    "dossier.remarked": (gettext_lazy("Remark written"), "done"),
    "dossier.file_added": (gettext_lazy("Files added"), "done"),
    "dossier.supplement_requested": (gettext_lazy("Supplement asked for; the clock stands"), "wait"),
    "dossier.supplied": (gettext_lazy("The applicant answered; the time counts from zero"), "done"),
    "dossier.closed_unanswered": (gettext_lazy("Closed: nobody answered in time"), "late"),
    "dossier.withdrawn": (gettext_lazy("Withdrawn by the applicant"), "wait"),
    "dossier.alerted": (gettext_lazy("The counter was alerted"), "done"),
    "dossier.handed_over": (gettext_lazy("Papers handed over"), "done"),
    "dossier.papers_arrived": (gettext_lazy("The papers arrived whole"), "done"),
    "dossier.papers_incomplete": (gettext_lazy("The papers did not arrive whole; they go back"), "wait"),
    "dossier.reorganised": (gettext_lazy("Taken over by another unit; the due date stays"), "done"),
    "dossier.stopped": (gettext_lazy("Stopped"), "late"),
    "dossier.reopened": (gettext_lazy("Taken up again; the clock runs"), "done"),
    "dossier.extended": (gettext_lazy("Extended with an apology"), "wait"),
    "dossier.payment_demanded": (gettext_lazy("Payment demanded; the clock stands"), "wait"),
    "dossier.paid": (gettext_lazy("Paid; the clock goes on"), "done"),
    "dossier.payment_dropped": (gettext_lazy("The demand was taken back; the clock goes on"), "done"),
    "dossier.adjusted": (gettext_lazy("Changed by the applicant"), "wait"),
    "dossier.adjustments_read": (gettext_lazy("The applicant's changes were read"), "done"),
    "dossier.correction_asked": (gettext_lazy("Correction of the result asked for"), "wait"),
    "dossier.corrected": (gettext_lazy("Result corrected"), "done"),
    "dossier.correction_declined": (gettext_lazy("The result stays as it is"), "done"),
    "dossier.originals_returned": (gettext_lazy("Originals handed back"), "done"),
    "dossier.document_issued": (gettext_lazy("Document issued"), "done"),
    "dossier.rated": (gettext_lazy("The applicant rated how they were served"), "done"),
    "dossier.opinions_asked": (gettext_lazy("Other agencies asked for their opinion"), "done"),
    "dossier.opinion_given": (gettext_lazy("An agency gave its opinion"), "done"),
    "dossier.opinion_withdrawn": (gettext_lazy("A question to an agency was taken back"), "done"),
    "dossier.opinion_reminded": (gettext_lazy("An agency was reminded of its answer"), "done"),
    "dossier.opinion_late": (gettext_lazy("An answer is late; the head of the one-stop unit was told"), "late"),
    "dossier.reminded": (gettext_lazy("Reminded"), "done"),
    "dossier.taken_back": (gettext_lazy("Taken back by who passed it on"), "wait"),
    "dossier.proposed": (gettext_lazy("Proposed to the leader"), "done"),
    "dossier.proposal_declined": (gettext_lazy("The leader declined what was proposed"), "wait"),
    "dossier.linked_result": (gettext_lazy("The result of a linked part came in"), "done"),
}
VERDICTS = {
    "enough": gettext_lazy("complete"),
    "missing": gettext_lazy("missing"),
    "invalid": gettext_lazy("not valid"),
    "": gettext_lazy("not checked"),
}


def told(events: Iterable[Event], steps: Mapping[str, str], components: Mapping[str, str]) -> list[Told]:
    """Events as lines, newest first. ``steps`` and ``components`` give names to keys; one query for people's names."""
    rows = list(events)
    wanted = {str(event.data.get("to")) for event in rows if event.kind == "dossier.assigned"}
    people = _names(wanted)
    lines = []
    for event in rows:
        words, tone = WORDS.get(event.kind, (event.kind, ""))
        if event.kind == "dossier.completed" and not event.data.get("approved"):
            tone = "late"
        lines.append(
            Told(
                event.at,
                str(words),
                who(event.actor),
                _said(event) or _detail(event.kind, event.data, steps, components, people),
                tone,
            )
        )
    lines.reverse()
    return lines


def proposed_before(events: Iterable[Event]) -> Told | None:
    """The opinion with which the step before passed the dossier on: what one who signs decides by."""
    passed = [event for event in events if event.kind == "dossier.passed_on"]
    opinion = str(passed[-1].data.get("opinion") or "") if passed else ""
    return Told(passed[-1].at, "", who(passed[-1].actor), opinion) if opinion else None


def _said(event: Event) -> str:
    """Which paper was issued, which turn was proposed: what only the event with its moment tells."""
    if event.kind == "dossier.document_issued":
        return title_of(str(event.data.get("form", "")), event.at)
    if event.kind in ("dossier.proposed", "dossier.proposal_declined"):
        turn = str(event.data.get("turn", ""))
        return str(dict(Turn.choices).get(turn, turn))
    return ""


def who(actor: Mapping[str, Any]) -> str:
    """The name that the ledger keeps of an officer or machine; citizens stay without one there."""
    kind = actor.get("kind")
    if kind in ("citizen", "anonymous"):
        return _("Applicant")
    if kind == "system":
        return _("By the system")
    principal = actor.get("for")
    if principal:
        return _("%(deputy)s, acting for %(principal)s") % {
            "deputy": actor.get("name", ""),
            "principal": principal["name"],
        }
    return str(actor.get("name") or kind or "")


def _names(keys: set[str]) -> dict[str, str]:
    known = []
    for key in keys:
        try:
            known.append(UUID(key))
        except ValueError:
            continue
    if not known:
        return {}
    return {str(key): name for key, name in User.objects.filter(pk__in=known).values_list("pk", "full_name")}


def _detail(
    kind: str,
    data: Mapping[str, Any],
    steps: Mapping[str, str],
    components: Mapping[str, str],
    people: Mapping[str, str],
) -> str:
    """What belongs to the line: the step, the reason, the opinion, what is missing."""
    if kind == "dossier.reorganised":
        return ". ".join(taken_over(data))
    step = steps.get(str(data.get("step", "")), str(data.get("step", "")))
    if kind.startswith("dossier.opinion"):
        keys = [one["unit"] for one in data.get("opinions", [])] or [str(data.get("unit", ""))]
        units = {str(unit.id): unit.label for unit in directory().all}
        said = _("late") if data.get("late") else str(data.get("reason", ""))
        return ", ".join(units.get(key, "") for key in keys) + (f": {said}" if said else "")
    if kind == "dossier.component_judged":
        key = str(data.get("component", ""))
        return f"{components.get(key, key)}: {VERDICTS.get(str(data.get('after', '')), '')}"
    if kind == "dossier.assigned":
        return f"{step} → {people.get(str(data.get('to')), '')}"
    if kind in ("dossier.passed_on", "dossier.sent_back"):
        targets = [steps.get(str(key), str(key)) for key in data.get("to", [])]
        said = str(data.get("opinion") or data.get("reason") or "")
        return f"{step} → {', '.join(targets)}" + (f": {said}" if said else "")
    if kind == "dossier.refused":
        reason = reasons.text("refuse", str(data.get("reason", "")), get_language() or "vi")
        return ". ".join(str(part) for part in (reason, data.get("explanation"), data.get("basis")) if part)
    if kind == "dossier.completed":
        word = _("Approved") if data.get("approved") else _("Rejected")
        parts = (word, data.get("name"), data.get("number"), data.get("reason"))
        return ", ".join(str(part) for part in parts if part)
    if kind == "dossier.supplement_requested":
        return "; ".join(f"{item.get('name')}: {item.get('reason')}" for item in data.get("items", []))
    if kind == "dossier.accepted":
        return str(data.get("note", ""))
    if kind == "dossier.reminded":
        # by hand there is no rule, and then the step says it all
        return ": ".join(part for part in (step, str(data.get("rule", ""))) if part)
    if kind == "dossier.handed_over":
        to = directory().by_id.get(UUID(str(data["to"])))
        return f"{data.get('sheet', '')} → {to.label if to else ''}"
    if kind in ("dossier.papers_arrived", "dossier.papers_incomplete"):
        return str(data.get("remark", ""))
    if kind == "dossier.withdrawn":
        return str(data.get("reason", ""))
    if kind in ("dossier.stopped", "dossier.reopened", "dossier.extended", "dossier.correction_asked"):
        return ". ".join(str(part) for part in (data.get("reason_text"), data.get("explanation")) if part)
    if kind == "dossier.payment_demanded":
        return ", ".join(
            str(part) for part in (data.get("name"), format_vnd(data["amount"]), data.get("notice_number")) if part
        )
    if kind in ("dossier.paid", "dossier.payment_dropped", "dossier.correction_declined"):
        return str(data.get("receipt") or data.get("explanation") or "")
    if kind == "dossier.corrected":
        before, after = data["before"], data["after"]
        return f"{before['name']} {before['number']} → {after['name']} {after['number']}".strip()
    if kind in ("dossier.returned", "dossier.originals_returned"):
        back = data.get("handed_back") or {}
        return "; ".join(f"{components.get(key, key)}: {count}" for key, count in back.items())
    return step


def notices(messages: Iterable[InboxItem]) -> list[Notice]:
    """The messages, each wording of a minute once: a whole unit is often told the same. The newest first."""
    told: dict[tuple[datetime, str], list[InboxItem]] = {}
    for message in messages:
        told.setdefault((message.at.replace(second=0, microsecond=0), message.subject), []).append(message)
    return [
        Notice(same[0].at, subject, len(same), sum(each.read for each in same)) for (_at, subject), same in told.items()
    ]
