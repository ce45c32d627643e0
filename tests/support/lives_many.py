"""Lives by the thousand, portion by portion, so that memory stays bounded."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from django.db import connection

from motcua.engines.ledger.actor import SYSTEM
from tests.support.lives import BEGIN, Life, Tally
from tests.support.lives_rows import Rows
from tests.support.lives_town import Town


def live_many(
    town: Town, count: int, seed: int, *, portion: int = 500, progress: Callable[[str], None] | None = None
) -> Tally:
    """So many lives; rows are written each ``portion``, and ``progress`` is told."""
    tally = Tally()
    work = Rows(SYSTEM, BEGIN)
    began = time.monotonic()
    for number in range(count):
        rng = Random(f"{seed}:{number}")
        life = Life(town, work, rng, f"{seed}:{number}", tally)
        life.live(rng.randrange(3, 45))
        if number % portion == portion - 1:
            work.flush()
            if (number + 1) // portion & (number + 1) // portion - 1 == 0:
                _count_rows()
            if progress is not None:
                left = (time.monotonic() - began) / (number + 1) * (count - number - 1)
                progress(f"{number + 1:,} of {count:,} lives, about {left / 60:.0f} min left of them")
    work.flush()
    _count_rows()
    return tally


def _count_rows() -> None:
    """Nobody else can count what this transaction wrote, and without it the database plans blindly.

    Our own tables alone: those of the server are shared, and another process would wait for them until this one ends.
    """
    quoted = (connection.ops.quote_name(name) for name in connection.introspection.django_table_names())
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(quoted)}")
