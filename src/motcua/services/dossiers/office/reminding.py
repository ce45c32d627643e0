"""What follows from reminders: the rules are carried out, and people are told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from motcua.engines.cases.reminding import due_now
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import reader
from motcua.engines.notices.actions import Notice, send
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import MotcuaError
from motcua.services.dossiers.actions.reminding import KIND, remind
from motcua.services.dossiers.following.readers import to_officer
from motcua.services.dossiers.models import Dossier

logger = logging.getLogger(__name__)

FIRST_HOUR, LAST_HOUR = 7, 20
"""People are reminded by day."""


def carry_out(now: datetime) -> int:
    """Reminds of every step whose moment has come, each in its own transaction. Returns how many."""
    if not FIRST_HOUR <= now.astimezone(VIETNAM).hour < LAST_HOUR:
        return 0
    done = 0
    for found in due_now(now):
        try:
            remind.run(SYSTEM, found.case_id, task_id=found.task_id, rule=found.rule)
            done += 1
        except MotcuaError as error:
            # It was finished, or reminded of, at this very moment.
            logger.info("dossier %s needs no reminder any more: %s", found.case_id, error)
    return done


@reader("reminders", kinds=(KIND,))
def reminders(events: Sequence[Event]) -> None:
    """Tells those who were reminded: inbox, and e-mail where there is an address."""
    wanted = [event for event in events if event.kind == KIND]
    dossiers = {row.pk: row for row in Dossier.objects.filter(pk__in={event.stream for event in wanted})}
    send([notice for event in wanted if event.stream in dossiers for notice in _notices(dossiers[event.stream], event)])


def _notices(dossier: Dossier, event: Event) -> list[Notice]:
    kind = _kind(event)
    more = {"due_at": event.data["due_at"]} if event.data.get("due_at") else {}
    who = event.actor.get("name", "") if event.actor.get("kind") == "officer" else ""
    return [
        to_officer(dossier, kind, UUID(key), dedupe=f"reminded:{event.pk}:{key}", at=event.at, who=who, **more)
        for key in event.data.get("to", ())
    ]


def _kind(event: Event) -> str:
    """Which message: before or after the due moment, to who does the step or to who answers for it; or by hand."""
    if "rule" not in event.data:
        return "work.reminded_by_hand"
    if event.data.get("recipient") != "assignee":
        return "work.late_reported"
    return "work.due_soon" if int(event.data.get("hours", 0)) < 0 else "work.overdue"
