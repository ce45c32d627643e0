"""Readers: what follows from the ledger. At least once, in order per stream, idempotent, rebuildable.

A reader never skips an event that commits late: it reads only below the oldest transaction still running in this
database and orders by (transaction id, event id), so nothing can appear behind its cursor.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from motcua.engines.ledger.models import Event, ReaderCursor
from motcua.foundation import clock
from motcua.foundation.errors import NotFound

logger = logging.getLogger(__name__)

Handler = Callable[[Sequence[Event]], None]


@dataclass(frozen=True, slots=True)
class Reader:
    """``handle`` gets a batch in order, in the transaction that moves the cursor; ``reset`` clears what it built."""

    name: str
    handle: Handler
    kinds: tuple[str, ...] = ()
    reset: Callable[[], None] | None = None


registry: dict[str, Reader] = {}


def reader(
    name: str, *, kinds: Iterable[str] = (), reset: Callable[[], None] | None = None
) -> Callable[[Handler], Handler]:
    """Registers a function as a reader; ``kinds`` are prefixes of event kinds, none means all."""

    def register(handle: Handler) -> Handler:
        if name in registry:
            raise ValueError(f"There are two readers named {name}")
        registry[name] = Reader(name, handle, tuple(kinds), reset)
        return handle

    return register


def get(name: str) -> Reader:
    """The reader of that name; ``NotFound`` names those that exist."""
    if name not in registry:
        raise NotFound("There is no reader %(name)s. Known: %(known)s.", name=name, known=", ".join(sorted(registry)))
    return registry[name]


# Transaction ids count for the whole server: pg_snapshot_xmin alone would let a long load in some other database hold
# up our receipts. The snapshot is taken first and running sessions are looked at second; what ends between the two is
# visible to the statement that reads the events, which comes third. Where we may not see other roles' sessions, the
# server's own answer is the safe one. Sessions show 32 bits of their transaction id, which is widened to the epoch.
_HORIZON = """
WITH now AS MATERIALIZED (
    SELECT pg_snapshot_xmin(s)::text::bigint AS oldest, pg_snapshot_xmax(s)::text::bigint AS next
    FROM pg_current_snapshot() s
), running AS (
    SELECT CASE WHEN a.query = '<insufficient privilege>' THEN now.oldest ELSE
        (now.next >> 32 << 32) + a.backend_xid::text::bigint
        - CASE WHEN a.backend_xid::text::bigint > (now.next & 4294967295) + 2147483648 THEN 4294967296 ELSE 0 END
        + CASE WHEN a.backend_xid::text::bigint < (now.next & 4294967295) - 2147483648 THEN 4294967296 ELSE 0 END
    END AS xid
    FROM now, pg_stat_activity a
    WHERE a.datname = current_database() AND (a.backend_xid IS NOT NULL OR a.query = '<insufficient privilege>')
    UNION ALL
    SELECT now.oldest FROM now, pg_prepared_xacts p WHERE p.database = current_database()
)
SELECT least(now.next, (SELECT min(xid) FROM running)) FROM now
"""


def _horizon() -> int:
    """The transaction id below which everything in this database has ended."""
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        (horizon,) = cursor.fetchone() or (0,)
    return int(horizon)


_NEWS = """
SELECT EXISTS (SELECT FROM ledger_event WHERE (xid, id) > (
    coalesce((SELECT xid FROM ledger_readercursor WHERE name = %s), 0),
    coalesce((SELECT event FROM ledger_readercursor WHERE name = %s), 0)))
"""


def _has_news(name: str) -> bool:
    """Whether anything lies behind the cursor: asked several times a second, so without locks or transaction ids."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, [name, name])
        (news,) = cursor.fetchone() or (False,)
    return bool(news)


def step(found: Reader, *, limit: int = 500) -> int:
    """Handles the next batch of one reader. Returns how many events it passed (0: nothing new).

    The cursor row is locked, so two workers never run one reader at the same time: the second skips.
    """
    if not _has_news(found.name):
        return 0
    with transaction.atomic():
        ReaderCursor.objects.get_or_create(name=found.name)
        cursor = ReaderCursor.objects.select_for_update(skip_locked=True).filter(name=found.name).first()
        if cursor is None:
            return 0
        events = list(
            Event.objects.raw(
                "SELECT * FROM ledger_event WHERE (xid, id) > (%s, %s) AND xid < %s ORDER BY xid, id LIMIT %s",
                [cursor.xid, cursor.event, _horizon(), limit],
            )
        )
        if not events:
            return 0
        wanted = [e for e in events if not found.kinds or e.kind.startswith(found.kinds)]
        if wanted:
            found.handle(wanted)
        cursor.xid, cursor.event = events[-1].xid, events[-1].id
        cursor.moved_at, cursor.failures, cursor.last_error = clock.now(), 0, ""
        cursor.save()
    return len(events)


def _note_failure(name: str, error: Exception) -> None:
    with transaction.atomic():
        # The step that failed took back the cursor it may have made.
        ReaderCursor.objects.get_or_create(name=name)
        row = ReaderCursor.objects.select_for_update().get(name=name)
        row.failures += 1
        row.last_error = f"{type(error).__name__}: {error}"[:500]
        row.save(update_fields=["failures", "last_error"])


@dataclass(frozen=True, slots=True)
class ReaderState:
    """How a reader fares. ``behind``: events it has not passed yet, counted up to ``BEHIND_COUNTED``."""

    name: str
    behind: int
    moved_at: datetime | None
    failures: int
    last_error: str
    rebuildable: bool


BEHIND_COUNTED = 10_000


def states() -> list[ReaderState]:
    """How all readers fare, by name."""
    rows = {row.name: row for row in ReaderCursor.objects.all()}
    found = []
    for name in sorted(registry):
        row = rows.get(name) or ReaderCursor(name=name)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM (SELECT 1 FROM ledger_event WHERE (xid, id) > (%s, %s) LIMIT %s) e",
                [row.xid, row.event, BEHIND_COUNTED],
            )
            (behind,) = cursor.fetchone() or (0,)
        resettable = registry[name].reset is not None
        found.append(ReaderState(name, behind, row.moved_at, row.failures, row.last_error, resettable))
    return found


def rebuild(found: Reader, on_progress: Callable[[int], None] | None = None) -> int:
    """Clears what the reader built and lets it read everything again. Returns the events passed."""
    if found.reset is None:
        raise NotFound("Reader %(name)s sends things outside; it can't be rebuilt.", name=found.name)
    with transaction.atomic():
        ReaderCursor.objects.get_or_create(name=found.name)
        cursor = ReaderCursor.objects.select_for_update().get(name=found.name)
        found.reset()
        cursor.xid = cursor.event = 0
        cursor.save()
    return catch_up(found, on_progress)


def catch_up(found: Reader, on_progress: Callable[[int], None] | None = None) -> int:
    """Runs one reader until nothing new is there. Returns the events passed."""
    total = 0
    while passed := step(found, limit=2000):
        total += passed
        if on_progress:
            on_progress(passed)
    return total


def skip_to_end(name: str) -> None:
    """Puts a reader behind everything committed so far: history that was loaded in bulk sends no messages."""
    with transaction.atomic():
        ReaderCursor.objects.get_or_create(name=name)
        row = ReaderCursor.objects.select_for_update().get(name=name)
        last = Event.objects.order_by("-xid", "-id").values_list("xid", "id").first()
        row.xid, row.event = last or (0, 0)
        row.save()


def run_forever(stop: threading.Event, *, interval: float = 0.25) -> None:
    """Runs all readers until ``stop``. A reader that fails waits longer each time and does not hold up the others."""
    waiting: dict[str, float] = {}
    elapsed = 0.0
    while not stop.is_set():
        busy = False
        for found in list(registry.values()):
            if waiting.get(found.name, 0.0) > elapsed:
                continue
            try:
                busy = step(found) > 0 or busy
                waiting.pop(found.name, None)
            except Exception as error:  # one broken reader must not stop the rest; it is noted and retried
                logger.exception("reader %s failed", found.name)
                if not connection.is_usable():
                    connection.close()
                    stop.wait(1)
                else:
                    _note_failure(found.name, error)
                failures = ReaderCursor.objects.filter(name=found.name).values_list("failures", flat=True).first() or 1
                waiting[found.name] = elapsed + min(60.0, 0.5 * 2 ** min(failures, 7))
        if not busy:
            stop.wait(interval)
        elapsed += interval
