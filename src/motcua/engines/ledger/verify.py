"""Proof of the ledger: every stream gapless and every hash right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from motcua.engines.ledger.chain import GENESIS, event_hash
from motcua.engines.ledger.models import Event


@dataclass(slots=True)
class Verdict:
    """``faults``: (stream, seq, what) for each break found."""

    events: int = 0
    streams: int = 0
    faults: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults


def verify(on_progress: Callable[[int], None] | None = None, *, stream: UUID | None = None) -> Verdict:
    """Walks all streams (or one) in order and recomputes each hash; memory stays flat."""
    verdict = Verdict()
    events = Event.objects.order_by("stream", "seq")
    if stream is not None:
        events = events.filter(stream=stream)
    current: UUID | None = None
    expected, head = 1, GENESIS
    for event in events.iterator(chunk_size=5000):
        if event.stream != current:
            current, expected, head = event.stream, 1, GENESIS
            verdict.streams += 1
        if event.seq != expected:
            verdict.faults.append((str(event.stream), event.seq, f"expected number {expected}"))
        if bytes(event.prev_hash) != head:
            verdict.faults.append((str(event.stream), event.seq, "does not follow the event before it"))
        computed = event_hash(
            bytes(event.prev_hash), event.stream, event.seq, event.at, event.kind, event.actor, event.data
        )
        if computed != bytes(event.hash):
            verdict.faults.append((str(event.stream), event.seq, "was changed after it was written"))
        expected, head = event.seq + 1, bytes(event.hash)
        verdict.events += 1
        if on_progress and verdict.events % 5000 == 0:
            on_progress(5000)
    return verdict


def application_may_change() -> list[str]:
    """Privileges on the ledger that the connected role holds and must not (owner excepted): empty is right."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p "
            "WHERE has_table_privilege(current_user, 'ledger_event', p)"
        )
        return [row[0] for row in cursor.fetchall()]
