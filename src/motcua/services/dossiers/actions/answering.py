"""The two clocks of what comes in without a counter: alerted in time, answered in time (ND118 Đ17.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation.working_time import Allowance, Unit, due
from motcua.services.dossiers import policies
from motcua.services.dossiers.actions.common import Action, record
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.rules import ONLINE_CHANNELS


def is_online(dossier: Dossier) -> bool:
    """Whether the dossier came in without a counter."""
    return dossier.channel in ONLINE_CHANNELS


def alert_until(submitted_at: datetime) -> datetime:
    """Until when an officer must have been alerted: two hours by the clock (ND118 Đ17.2)."""
    return submitted_at + timedelta(hours=policies.number("alert_hours", submitted_at))


def answer_until(unit_id: UUID, submitted_at: datetime) -> datetime:
    """Until when the counter accepts or answers: eight working hours (ND118 Đ17.2)."""
    hours = policies.number("intake_hours", submitted_at)
    return due(calendar_for(unit_id), submitted_at, Allowance(hours, Unit.HOUR))


def first_answer(work: Work, dossier: Dossier, data: dict[str, Any]) -> None:
    """Notes the counter's first answer, whatever it is; ``data`` of its event says for whom it counts and whether it
    was late, which a reader adds up."""
    if dossier.answered_at is not None:
        return
    dossier.answered_at = work.now
    work.change(dossier, "answered_at")
    if is_online(dossier):
        late = work.now > answer_until(dossier.received_at_id, dossier.submitted_at)
        data["answered"] = {"unit": str(dossier.received_at_id), "late": late}


@Action
def note_alert(work: Work, dossier: Dossier, *, told: int) -> None:
    """The system has alerted ``told`` officers to an online dossier; done once."""
    work.actor.require("dossier.alert")
    if dossier.alerted_at is not None:
        return
    dossier.alerted_at = work.now
    work.change(dossier, "alerted_at")
    late = work.now > alert_until(dossier.submitted_at)
    record(
        work,
        dossier,
        "dossier.alerted",
        {"told": told, "alerted": {"unit": str(dossier.received_at_id), "late": late}, "basis": "ND118 Đ17.2"},
    )
