"""What a leader has seen before signing many, and what was proposed to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from motcua.engines.ledger.actor import Actor

# One probe of the ledger's (stream, seq) index per dossier: the last event that carries what somebody proposed.
_PROPOSED: Final = """
SELECT d.key, e.actor ->> 'name', e.data ->> 'opinion', e.data ->> 'reason', e.at
FROM unnest(%s::uuid[]) AS d(key), LATERAL (
    SELECT actor, data, at FROM ledger_event e
    WHERE e.stream = d.key AND e.kind IN ('dossier.passed_on', 'dossier.sent_back')
    ORDER BY e.seq DESC LIMIT 1) e
"""

# Looked at since the step that waits for a signature came: by its day, as looks are kept.
_SEEN: Final = """
SELECT d.key FROM unnest(%s::uuid[]) AS d(key)
WHERE EXISTS (
    SELECT FROM cases_task t JOIN dossiers_access a ON a.dossier_id = t.case_id
    WHERE t.case_id = d.key AND t.stage = 'sign' AND t.state = 'open'
    AND a.officer_id = %s AND a.way IN ('desk', 'file', 'paper') AND a.why IN ('task', 'reason')
    AND a.day >= (t.opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What came with the dossier: who passed it on, what they propose, when."""

    who: str
    text: str
    at: datetime


def proposals_of(dossier_ids: Collection[UUID]) -> dict[UUID, Proposal]:
    """The last opinion or reason of each dossier; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_PROPOSED, [list(dossier_ids)])
        return {
            key: Proposal(who or "", opinion or reason or "", at) for key, who, opinion, reason, at in cursor.fetchall()
        }


def seen_by(actor: Actor, dossier_ids: Collection[UUID]) -> set[UUID]:
    """Which of these the officer has opened since they came to be signed; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [list(dossier_ids), actor.id])
        return {key for (key,) in cursor.fetchall()}
