"""The life of a dossier as its applicant reads it: what happened, who has it now, what is still to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.engines.cases.models import Task, TaskState
from motcua.engines.flows.rules import Definition
from motcua.engines.ledger.models import Event
from motcua.engines.organisations.queries import directory
from motcua.foundation.money import format_vnd
from motcua.interfaces.portal.frame import language
from motcua.interfaces.portal.offers import basis_words
from motcua.interfaces.reorganised import UnitsThen, taken_over
from motcua.interfaces.templatetags._words import moment_words
from motcua.services.dossiers import reasons
from motcua.services.dossiers.models import Delivery, Dossier
from motcua.services.dossiers.rules import Status


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of time. ``tone``: done, now, wait, late, or empty for what is still to come; ``lines``: details;
    ``kind``: the event that it tells, empty for the present and what is to come."""

    what: str
    at: datetime | None = None
    who: str = ""
    lines: tuple[str, ...] = ()
    tone: str = "done"
    due: datetime | None = None
    kind: str = ""


@dataclass(frozen=True)
class _Tale:
    """Everything that the sentences need."""

    dossier: Dossier
    tasks: Sequence[Task]
    flow: Definition
    then: UnitsThen
    at: datetime | None = None

    def unit(self, key: UUID | str | None) -> str:
        """The name of a unit: in a line of the past as it was then."""
        if key and self.at is not None:
            return self.then.words(key, self.at)
        found = directory().by_id.get(UUID(str(key))) if key else None
        return found.name if found else _("The agency")

    def step(self, key: str) -> str:
        """The name of a step in the language of the page."""
        for step in self.flow.steps:
            if step.key == key:
                return step.name_en if language() == "en" and step.name_en else step.name
        return next((task.name for task in self.tasks if task.step == key), key)

    def unit_of_step(self, key: str, closed: datetime) -> str:
        """Which unit finished a step at a moment."""
        done = [task for task in self.tasks if task.step == key and task.closed_at is not None]
        nearest = min(done, key=lambda task: abs((task.closed_at or closed) - closed), default=None)
        return self.unit(nearest.unit_id if nearest else self.dossier.competent_id)


def story(
    dossier: Dossier, events: Iterable[Event], tasks: Sequence[Task], flow: Definition, now: datetime
) -> list[Moment]:
    """Line by line: the past from the ledger, the present from the open tasks, the rest of the way from the flow."""
    events = list(events)
    tale = _Tale(dossier, tasks, flow, UnitsThen(events))
    told = [moment for event in events if (moment := _told(tale, event)) is not None]
    live = [task for task in tasks if task.state in (TaskState.OPEN, TaskState.WAITING)]
    told += [_present(tale, task, now) for task in live]
    told += _to_come(tale, live)
    return told


def _told(tale: _Tale, event: Event) -> Moment | None:
    sentence = _SENTENCES.get(event.kind)
    if sentence is None:
        return None
    return replace(sentence(replace(tale, at=event.at), event.at, event.data), kind=event.kind)


_ENDS_AGAINST = ("dossier.refused", "dossier.stopped", "dossier.closed_unanswered")


def ended_because(told: Sequence[Moment]) -> Moment | None:
    """Why it ended without a decision, where an office or the time ended it; None while it has not."""
    last = next((moment for moment in reversed(told) if moment.kind in (*_ENDS_AGAINST, "dossier.reopened")), None)
    return last if last is not None and last.kind in _ENDS_AGAINST else None


def _submitted(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    unit = tale.unit(data.get("received_at"))
    if data.get("channel") == "ONLINE":
        return Moment(_("You submitted the dossier online"), at, _("to %(unit)s") % {"unit": unit})
    return Moment(_("%(unit)s took in your papers") % {"unit": unit}, at)


def _accepted(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    unit = tale.unit(tale.dossier.received_at_id)
    due = data.get("due_at")
    lines = (_("Result due at %(moment)s") % {"moment": moment_words(datetime.fromisoformat(due))},) if due else ()
    return Moment(_("%(unit)s has accepted the dossier") % {"unit": unit}, at, lines=lines)


def _refused(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    unit = tale.unit(tale.dossier.received_at_id)
    code = str(data.get("reason", ""))
    reason = "" if code == "other" else reasons.text("refuse", code, language())
    lines = tuple(text for text in (reason, data.get("explanation", ""), basis_words(data.get("basis", ""))) if text)
    return Moment(_("%(unit)s did not accept the dossier") % {"unit": unit}, at, lines=lines, tone="late")


def _passed_on(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    unit = tale.unit_of_step(data["step"], at)
    return Moment(_("%(unit)s has finished: %(step)s") % {"unit": unit, "step": tale.step(data["step"])}, at)


def _sent_back(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    unit = tale.unit_of_step(data["step"], at)
    steps = ", ".join(tale.step(key) for key in data.get("to", []))
    return Moment(_("%(unit)s asked for another check: %(step)s") % {"unit": unit, "step": steps}, at)


def _asked(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    unit = tale.unit(tale.dossier.competent_id if tale.dossier.accepted_at else tale.dossier.received_at_id)
    lines = tuple(f"{item['name']}: {item['reason']}" for item in data.get("items", []))
    return Moment(
        _("%(unit)s asked you for more papers; the time stands still") % {"unit": unit}, at, lines=lines, tone="wait"
    )


def _supplied(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    if tale.dossier.accepted_at is None or at < tale.dossier.accepted_at:
        return Moment(_("You sent what was missing"), at)
    return Moment(_("You sent what was missing; the time counts from the beginning again"), at)


def _closed_unanswered(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    return Moment(_("The dossier was closed because the missing papers did not come in time"), at, tone="late")


def _completed(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    unit = tale.unit_of_step(str(data.get("step", "")), at)
    if data.get("approved"):
        number = f" {data['number']}" if data.get("number") else ""
        return Moment(
            _("%(unit)s has signed the result") % {"unit": unit}, at, lines=(f"{data.get('name', '')}{number}".strip(),)
        )
    lines = tuple(text for text in (str(data.get("name", "")), str(data.get("reason", ""))) if text)
    return Moment(_("%(unit)s has decided not to grant the request") % {"unit": unit}, at, lines=lines, tone="late")


def _returned(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    how = {
        Delivery.COUNTER: _("You received the result at the counter"),
        Delivery.POST: _("The result was sent to you by post"),
        Delivery.ELECTRONIC: _("The result was sent to you electronically"),
    }
    delivery = data.get("delivery")
    return Moment(how[Delivery(delivery)] if delivery in Delivery.values else _("The result was returned"), at)


def _stopped(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    if data.get("by") == "applicant":
        return Moment(_("The dossier was stopped as you asked"), at, tone="wait")
    unit = tale.unit(tale.dossier.competent_id)
    lines = _words_of(data) + ((basis_words(data["basis"]),) if data.get("basis") else ())
    return Moment(_("%(unit)s has stopped the dossier") % {"unit": unit}, at, lines=lines, tone="late")


def _reopened(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    unit = tale.unit(tale.dossier.competent_id)
    return Moment(
        _("%(unit)s has taken the dossier up again") % {"unit": unit}, at, lines=_words_of(data) + _due_line(data)
    )


def _extended(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    unit = tale.unit(tale.dossier.competent_id)
    return Moment(
        _("%(unit)s apologises and needs more time") % {"unit": unit},
        at,
        lines=_words_of(data) + _due_line(data),
        tone="wait",
    )


def _demanded(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    line = f"{data.get('name', '')}: {format_vnd(data['amount'])}"
    return Moment(_("A payment is due; the time stands still"), at, lines=(line,), tone="wait")


def _paid(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    return Moment(_("The payment is on record; the time goes on"), at, lines=_due_line(data))


def _payment_dropped(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    said = (str(data["explanation"]),) if data.get("explanation") else ()
    return Moment(_("The payment is not needed; the time goes on"), at, lines=said + _due_line(data))


def _adjusted(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    return Moment(_("You changed the dossier"), at)


def _correction_asked(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    lines = _words_of(data)
    if data.get("correct_by"):
        until = moment_words(datetime.fromisoformat(data["correct_by"]))
        lines += (_("At the latest %(moment)s") % {"moment": until},)
    return Moment(_("The result is looked at again, to be corrected"), at, lines=lines, tone="wait")


def _corrected(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    after = data.get("after", {})
    said = f"{after.get('name', '')} {after.get('number', '')}".strip()
    return Moment(_("The result was corrected"), at, lines=(said,) if said else ())


def _correction_declined(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    said = (str(data["explanation"]),) if data.get("explanation") else ()
    return Moment(_("The result stays as it is"), at, lines=said)


def _originals(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    return Moment(_("Original papers were handed back to you"), at)


def _words_of(data: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(text) for text in (data.get("reason_text"), data.get("explanation")) if text)


def _due_line(data: Mapping[str, Any]) -> tuple[str, ...]:
    due = data.get("due_at")
    return (_("Result due at %(moment)s") % {"moment": moment_words(datetime.fromisoformat(due))},) if due else ()


def _withdrawn(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    lines = (str(data["reason"]),) if data.get("reason") else ()
    return Moment(_("You withdrew the dossier"), at, lines=lines, tone="wait")


def _reorganised(tale: _Tale, at: datetime, data: Mapping[str, Any]) -> Moment:
    what, basis = taken_over(data)
    lines = [basis]
    if data.get("due_at"):
        due = moment_words(datetime.fromisoformat(data["due_at"]))
        lines.append(_("The result stays due at %(moment)s.") % {"moment": due})
    return Moment(what, at, lines=tuple(lines))


_SENTENCES: Mapping[str, Callable[[_Tale, datetime, Mapping[str, Any]], Moment]] = {
    "dossier.submitted": _submitted,
    "dossier.accepted": _accepted,
    "dossier.refused": _refused,
    "dossier.passed_on": _passed_on,
    "dossier.sent_back": _sent_back,
    "dossier.supplement_requested": _asked,
    "dossier.supplied": _supplied,
    "dossier.closed_unanswered": _closed_unanswered,
    "dossier.completed": _completed,
    "dossier.returned": _returned,
    "dossier.withdrawn": _withdrawn,
    "dossier.stopped": _stopped,
    "dossier.reopened": _reopened,
    "dossier.extended": _extended,
    "dossier.payment_demanded": _demanded,
    "dossier.paid": _paid,
    "dossier.payment_dropped": _payment_dropped,
    "dossier.adjusted": _adjusted,
    "dossier.correction_asked": _correction_asked,
    "dossier.corrected": _corrected,
    "dossier.correction_declined": _correction_declined,
    "dossier.originals_returned": _originals,
    "dossier.reorganised": _reorganised,
}


def _present(tale: _Tale, task: Task, now: datetime) -> Moment:
    unit = tale.unit(task.unit_id)
    if task.state == TaskState.WAITING:
        paying = tale.dossier.status == Status.PAYMENT
        return Moment(_("Waiting for your payment") if paying else _("Waiting for your answer"), who=unit, tone="wait")
    if task.stage == "intake":
        what = _("%(unit)s is checking whether the dossier is complete") % {"unit": unit}
    elif task.stage == "consult":
        what = _("%(unit)s is asked for its opinion") % {"unit": unit}
    elif task.stage == "return":
        what = {
            Delivery.ELECTRONIC: _("The result is ready: you find it in this dossier, above"),
            Delivery.POST: _("The result is ready; %(unit)s sends it to you by post") % {"unit": unit},
        }.get(Delivery(tale.dossier.delivery), _("The result is ready at %(unit)s") % {"unit": unit})
        return Moment(what, tone="now")
    else:
        what = _("%(unit)s is working on it: %(step)s") % {"unit": unit, "step": tale.step(task.step)}
    late = task.due_at is not None and now > task.due_at
    return Moment(what, tone="late" if late else "now", due=task.due_at)


def _to_come(tale: _Tale, live: Sequence[Task]) -> list[Moment]:
    """The steps that are still ahead, in the order of the flow, without dates that nobody can promise."""
    if not live or tale.dossier.case.closed_at is not None:
        return []
    if any(task.stage == "intake" for task in live):
        return [
            Moment(_("The competent agency works on it"), who=tale.unit(tale.dossier.competent_id), tone=""),
            Moment(_("You receive the result"), tone=""),
        ]
    ahead: list[str] = []
    edge = [key for task in live for key in _next(tale.flow, task.step)]
    while edge:
        key = edge.pop(0)
        if key not in ahead and all(task.step != key for task in live):
            ahead.append(key)
            edge += _next(tale.flow, key)
    steps = {step.key: step for step in tale.flow.steps}
    told = [Moment(tale.step(key), tone="") for key in ahead if key in steps and steps[key].stage != "return"]
    returns = any(task.stage == "return" for task in live)
    return told if returns else [*told, Moment(_("You receive the result"), tone="")]


def _next(flow: Definition, key: str) -> tuple[str, ...]:
    return next((step.next for step in flow.steps if step.key == key), ())


def holder_words(dossier: Dossier, tasks: Sequence[Task]) -> str:
    """Who has it now, in one name."""
    live = [task for task in tasks if task.state in (TaskState.OPEN, TaskState.WAITING)]
    if not live:
        return ""
    units = directory().by_id
    return ", ".join(dict.fromkeys(units[task.unit_id].name for task in live if task.unit_id in units))
