"""What is proposed to leaders: lists of what waits, and what follows when it is done, refused or out of place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import reader
from motcua.engines.notices.actions import send
from motcua.services.dossiers.following.readers import to_officer
from motcua.services.dossiers.models import Dossier, Proposal
from motcua.services.dossiers.office.worklists import led_units

MOST: Final = 99
DECLINED: Final = "dossier.proposal_declined"
DONE_BY: Final = {
    "dossier.supplement_requested": "supplement",
    "dossier.extended": "extend",
    "dossier.stopped": "stop",
    "dossier.reopened": "reopen",
}
"""Which act says yes to which turn."""

ENDED: Final = ("dossier.completed", "dossier.withdrawn", "dossier.closed_unanswered", "dossier.refused")
"""After these there is nothing left to decide but to reopen."""


def waiting(actor: Actor, *, limit: int = MOST + 1) -> list[Proposal]:
    """What waits for the leader of these units, the oldest first; one query by index."""
    found = Proposal.objects.filter(unit__in=led_units(actor), answered_at__isnull=True)
    return list(found.select_related("dossier__case", "proposed_by").order_by("proposed_at", "id")[:limit])


def count_waiting(led: Sequence[UUID]) -> int:
    """How many wait in these units, counted up to ``MOST`` + 1."""
    return len(Proposal.objects.filter(unit__in=led, answered_at__isnull=True).values_list("pk")[: MOST + 1])


def of_dossier(dossier: Dossier) -> list[Proposal]:
    """What is proposed and not answered."""
    found = Proposal.objects.filter(dossier=dossier.pk, answered_at__isnull=True)
    return list(found.select_related("proposed_by").order_by("proposed_at"))


@reader("proposals", kinds=(DECLINED, *DONE_BY, *ENDED))
def proposals(events: Sequence[Event]) -> None:
    """Closes what was done by the act itself or is out of place, and tells who proposed that it was declined."""
    for event in events:
        waiting_ones = Proposal.objects.filter(dossier=event.stream, answered_at__isnull=True)
        actor = event.actor.get("id")
        if event.kind in DONE_BY:
            done = waiting_ones.filter(turn=DONE_BY[event.kind], proposed_at__lte=event.at)
            done.update(answered_at=event.at, answered_by=actor, agreed=True)
        elif event.kind in ENDED:
            gone = waiting_ones.exclude(turn="reopen").filter(proposed_at__lte=event.at)
            gone.update(answered_at=event.at, answered_by=actor)
    _tell([event for event in events if event.kind == DECLINED])


def _tell(declined: Sequence[Event]) -> None:
    rows = {
        str(row.pk): row
        for row in Proposal.objects.filter(pk__in=[event.data["proposal"] for event in declined]).select_related(
            "dossier"
        )
    }
    send(
        [
            to_officer(
                rows[event.data["proposal"]].dossier,
                "work.proposal_declined",
                rows[event.data["proposal"]].proposed_by_id,
                dedupe=f"declined:{event.pk}",
                at=event.at,
                who=str(event.actor.get("name", "")),
                answer=rows[event.data["proposal"]].answer,
            )
            for event in declined
            if event.data["proposal"] in rows
        ]
    )
