"""Ủy quyền: one person acts for another, in some procedures or in all, from a day to a day.

Given by the grantor from their own account, or recorded at a counter from a paper authorisation. The ledger keeps the
keys of both and what was agreed; names stay out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, Func, JSONField, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from motcua.engines.accounts.models import Mandate
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.work import Work
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound

RECORDS = "dossier.receive"
"""Who may record a mandate from paper: officers of a counter."""

MOST_PROCEDURES = 100
MOST_SHOWN = 200


def give(
    work: Work,
    *,
    grantor_id: UUID,
    agent_id: UUID,
    procedures: Sequence[str] = (),
    valid_from: date | None = None,
    valid_to: date | None = None,
    number: str = "",
    paper: str = "",
) -> Mandate:
    """A mandate. ``procedures``: codes, none for all; ``number`` and ``paper`` (SHA-256) of a written authorisation.

    The grantor gives it; an officer records it and then names the paper. Raises ``NotAllowed``, ``Invalid``.
    """
    today = work.now.astimezone(VIETNAM).date()
    begins = valid_from or today
    own = work.actor.kind == "citizen" and work.actor.party_id == grantor_id
    if not own and not work.actor.may(RECORDS):
        raise NotAllowed("Only the person who gives a mandate, or a counter that has seen the paper, can record it.")
    fields: dict[str, list[str]] = {}
    if grantor_id == agent_id:
        fields["agent"] = ["Nobody can authorise themselves."]
    if valid_to is not None and valid_to < begins:
        fields["valid_to"] = ["The last day is before the first."]
    if valid_to is not None and valid_to < today:
        fields["valid_to"] = ["The last day has passed."]
    if not own and not number.strip() and not paper:
        fields["number"] = ["Write the number of the authorisation, or scan it."]
    if len(procedures) > MOST_PROCEDURES:
        fields["procedures"] = ["Name fewer procedures, or none for all."]
    if fields:
        raise Invalid(fields=fields)
    mandate = Mandate(
        grantor_id=grantor_id,
        agent_id=agent_id,
        procedures=sorted({code.strip()[:40] for code in procedures if code.strip()}),
        number=number.strip()[:120],
        paper=paper,
        valid_from=begins,
        valid_to=valid_to,
        recorded_at=work.now,
        recorded_by=work.actor.id or grantor_id,
    )
    work.add(mandate)
    work.record(mandate.id, "mandate.given", _recorded(mandate) | {"how": "account" if own else "paper"}, first=True)
    return mandate


def revoke(work: Work, mandate_id: UUID) -> Mandate:
    """Ends a mandate at once: by who gave it, who holds it, or a counter. Raises ``NotFound``, ``Conflict``."""
    mandate = Mandate.objects.select_for_update().filter(pk=mandate_id).first()
    involved = mandate is not None and work.actor.party_id in (mandate.grantor_id, mandate.agent_id)
    if mandate is None or not (involved or work.actor.may(RECORDS)):
        raise NotFound("There is no such mandate, or it is not yours.")
    if mandate.revoked_at is not None:
        raise Conflict("This mandate has ended already.")
    mandate.revoked_at = work.now
    work.change(mandate, "revoked_at")
    work.record(mandate.id, "mandate.revoked", _recorded(mandate))
    return mandate


def _recorded(mandate: Mandate) -> dict[str, Any]:
    return {
        "grantor": str(mandate.grantor_id),
        "agent": str(mandate.agent_id),
        "procedures": mandate.procedures,
        "valid_from": mandate.valid_from.isoformat(),
        "valid_to": mandate.valid_to.isoformat() if mandate.valid_to else None,
    }


# -- asking -------------------------------------------------------------------------------------------------


def given_by(actor: Actor) -> list[Mandate]:
    """What the person has given, newest first, ended ones too."""
    if actor.party_id is None:
        return []
    found = Mandate.objects.filter(grantor=actor.party_id).select_related("agent")
    return list(found.order_by("-recorded_at")[:MOST_SHOWN])


def in_force(on: date | None = None) -> Q:
    """The mandates that hold on a day (today when none is given)."""
    day = on or clock.today()
    return Q(revoked_at__isnull=True, valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def held_by(actor: Actor, on: date | None = None) -> list[Mandate]:
    """What the person may do for others on a day."""
    if actor.party_id is None:
        return []
    found = Mandate.objects.filter(in_force(on), agent=actor.party_id).select_related("grantor")
    return list(found.order_by("grantor__sort_key", "pk")[:MOST_SHOWN])


def holds(agent_id: UUID, grantor_id: UUID, procedure_code: str, on: date | None = None) -> bool:
    """Whether a mandate for this procedure holds between the two."""
    found = Mandate.objects.filter(in_force(on), agent=agent_id, grantor=grantor_id)
    return any(
        not procedures or procedure_code in procedures for procedures in found.values_list("procedures", flat=True)
    )


def covering(agent_id: UUID, *, grantor: str, procedure: str) -> Exists:
    """For queries of a service: whether a mandate of the agent covers a row, whose columns ``grantor`` and
    ``procedure`` (a code) are named."""
    code: Combinable = Func(OuterRef(procedure), function="to_jsonb", output_field=JSONField())
    mandates: QuerySet[Mandate] = Mandate.objects.filter(in_force(), agent=agent_id, grantor=OuterRef(grantor))
    return Exists(mandates.filter(Q(procedures=[]) | Q(procedures__contains=code)))


__all__ = ["covering", "give", "given_by", "held_by", "holds", "in_force", "revoke"]
