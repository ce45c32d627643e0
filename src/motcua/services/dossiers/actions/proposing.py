"""Proposing to the leader what only a leader may do, and the leader's no. The yes is the act itself."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Conflict, Invalid, NotAllowed
from motcua.services.dossiers.actions.common import Action, record, require
from motcua.services.dossiers.models import Dossier, Proposal, Turn

LEAD: Final = "dossier.assign"


@Action
def propose(work: Work, dossier: Dossier, *, turn: str, reason: str) -> Proposal:
    """Puts a turn before the leader of the competent unit, with the reasons. By who handles the dossier there.

    Raises ``NotAllowed``; ``Conflict`` while the same is before the leader; ``Invalid`` without a turn or a reason.
    """
    path = directory().unit(dossier.competent_id).path
    if work.actor.id is None or not work.actor.may("dossier.process", path):
        raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")
    fields: dict[str, list[str]] = {}
    if turn not in Turn.values:
        fields["turn"] = ["Choose what you propose."]
    if not reason.strip():
        fields["reason"] = ["Give the reasons for it."]
    if fields:
        raise Invalid(fields=fields)
    if any(each.turn == turn and each.answered_at is None for each in parts(dossier, "proposals")):
        raise Conflict("This is before the leader already.")
    row = Proposal(
        dossier=dossier,
        turn=turn,
        unit_id=dossier.competent_id,
        reason=reason.strip()[:2000],
        proposed_at=work.now,
        proposed_by_id=work.actor.id,
    )
    work.add(row)
    parts(dossier, "proposals").append(row)
    record(work, dossier, "dossier.proposed", {"proposal": str(row.id), "turn": turn})
    return row


@Action
def decline(work: Work, dossier: Dossier, *, proposal_id: UUID, answer: str) -> Proposal:
    """The leader does not do what was proposed, and says why. Raises ``NotAllowed``, ``Conflict``, ``Invalid``."""
    row: Proposal | None = next((each for each in parts(dossier, "proposals") if each.id == proposal_id), None)
    if row is None or row.answered_at is not None:
        raise Conflict("This has been answered already.")
    require(work.actor, LEAD, row.unit_id)
    if not answer.strip():
        raise Invalid(fields={"answer": ["Say why not."]})
    row.answered_at, row.answered_by, row.agreed, row.answer = work.now, work.actor.id, False, answer.strip()[:2000]
    work.change(row, "answered_at", "answered_by", "agreed", "answer")
    record(work, dossier, "dossier.proposal_declined", {"proposal": str(row.id), "turn": str(row.turn)})
    return row
