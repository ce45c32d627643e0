"""Which turns of the law are open to an officer now, and what stands out about a dossier. The actions decide."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import Stage, Task, TaskState
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.parts import parts
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.services.dossiers import policies
from motcua.services.dossiers.actions.adjusting import has_in_hand, unread
from motcua.services.dossiers.actions.correcting import CORRECTABLE, may_ask, opened
from motcua.services.dossiers.actions.extending import may_note_payment
from motcua.services.dossiers.actions.originals import kept_originals
from motcua.services.dossiers.actions.stopping import may_lead, stoppable
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.rules import MOVES, Status, in_time_to_extend

DEMANDED_AT: Final = (Stage.PROCESS, Stage.SIGN)


@dataclass(frozen=True, slots=True)
class Possible:
    """One lawful action. ``task`` is the step it concerns, None for what concerns the whole dossier."""

    verb: str
    task: Task | None = None


def turns(actor: Actor, dossier: Dossier) -> list[Possible]:
    """Extend, demand and note a payment, stop, take up again, correct, hand originals back, read what changed."""
    found: list[Possible] = []
    if dossier.case.closed_at is None and has_in_hand(actor, dossier) and unread(dossier):
        found.append(Possible("note_adjustments"))
    if dossier.status == Status.PAYMENT and may_note_payment(actor, dossier):
        found += [Possible("note_payment"), Possible("drop_payment")]
    task = _demanding(actor, dossier)
    if task is not None:
        found.append(Possible("demand_payment", task))
    found += _leading(actor, dossier)
    if dossier.status in CORRECTABLE and may_ask(actor, dossier) and opened(dossier) is None:
        travelling = any(each.stage == Stage.TRANSFER for each in dossier.case.open_tasks)
        found += [] if travelling else [Possible("ask_correction")]
    if dossier.case.closed_at is not None and _at_counter(actor, dossier) and kept_originals(dossier):
        found.append(Possible("hand_back"))
    return found


RECORDED_BY: Final = {
    "adjustments": "dossier.adjusted",
    "corrections": "dossier.correction_asked",
    "extensions": "dossier.extended",
    "obligations": "dossier.payment_demanded",
    "proposals": "dossier.proposed",
    "supplements": "dossier.supplement_requested",
}
"""Parts of a dossier by the event that made the first of them."""


def told_by(dossier: Dossier, kinds: Collection[str]) -> None:
    """Spares queries where the dossier's whole ledger has been read: a part of which no event tells is not there."""
    for owner, relation, events in (
        *((dossier, relation, (kind,)) for relation, kind in RECORDED_BY.items()),
        (dossier.case, "stops", ("dossier.supplement_requested", "dossier.payment_demanded", "dossier.reopened")),
    ):
        if not any(kind in kinds for kind in events):
            owner.__dict__.setdefault("_parts", {}).setdefault(relation, [])


def can_extend(dossier: Dossier, now: datetime) -> bool:
    """Whether the law admits an extension now: a running clock, not extended before, not yet the last day (Đ19.6)."""
    due_at = dossier.case.due_at
    if due_at is None or dossier.case.closed_at is not None or dossier.status == Status.FINISHED:
        return False
    if cases.open_stop(dossier.case) is not None:
        return False
    if len(parts(dossier, "extensions")) >= policies.number("extension_count", now):
        return False
    return in_time_to_extend(due_at, now, policies.number("extension_lead_days", now))


def flags(dossier: Dossier, now: datetime) -> list[str]:
    """What stands out, as keys: ``counts_late`` (a second supplement, index 766), ``asked_late`` (a supplement after
    the days for asking), ``late_without_apology`` (ND118 Đ19.6), ``extended``, ``adjusted``, ``correcting``."""
    found = []
    case = dossier.case
    ended = dossier.finished_at or case.closed_at
    if dossier.counts_late:
        found.append("counts_late")
    if any(row.asked_late for row in parts(dossier, "supplements")):
        found.append("asked_late")
    extensions = parts(dossier, "extensions")
    if extensions:
        found.append("extended")
    elif case.due_at is not None and case.due_at < (ended or now):
        found.append("late_without_apology")
    if unread(dossier):
        found.append("adjusted")
    if dossier.finished_at is not None and opened(dossier) is not None:
        found.append("correcting")
    return found


def _leading(actor: Actor, dossier: Dossier) -> list[Possible]:
    """What only who leads where the dossier lies may do."""
    if not may_lead(actor, dossier):
        return []
    found = []
    if can_extend(dossier, clock.now()):
        found.append(Possible("extend"))
    if dossier.case.closed_at is None and stoppable(dossier.status):
        found.append(Possible("stop"))
    if dossier.status == Status.STOPPED and dossier.case.closed_at is not None and dossier.accepted_at is not None:
        found.append(Possible("reopen"))
    return found


def _demanding(actor: Actor, dossier: Dossier) -> Task | None:
    """The step in whose course a payment may be demanded by the actor."""
    if Status.PAYMENT not in MOVES[Status(dossier.status)]:
        return None
    for task in dossier.case.open_tasks:
        open_here = task.state == TaskState.OPEN and task.stage in DEMANDED_AT
        if open_here and actor.may("dossier.process", directory().unit(task.unit_id).path):
            return task
    return None


def _at_counter(actor: Actor, dossier: Dossier) -> bool:
    units = directory()
    return any(
        actor.may(permission, units.unit(key).path)
        for key in (dossier.received_at_id, dossier.competent_id)
        for permission in ("dossier.receive", "dossier.return")
    )
