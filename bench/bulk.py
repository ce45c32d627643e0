"""Bulk load of historic dossiers against raw COPY of the same bytes, in one run on one database.

    python -m bench.bulk [--dossiers 4000] [--seed 7] [--json]

In one transaction that is rolled back: the tables of dossiers are emptied, histories go in through the real actions
(``BulkWork``), every row they made is read out as COPY text, the tables are emptied again, and the text is copied back
raw, with the same indexes and constraints. The ratio is raw time over the actions' time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motcua.interfaces.cli.demo.histories import Portion

TARGET = 0.10
EMPTIED = (
    "cases_case",
    "cases_stop",
    "cases_task",
    "cases_link",
    "cases_remark",
    "dossiers_dossier",
    "dossiers_dossiercomponent",
    "dossiers_dossierfile",
    "dossiers_supplementrequest",
    "dossiers_result",
    "ledger_event",
)
PARTIES = "accounts_party"
SERIAL = 3_900_000
"""The first person: with identity numbers that nobody in the database has."""


def measure(dossiers: int, seed: int) -> dict[str, Any]:
    """Loads ``dossiers`` once by the actions and once raw. Nothing of it stays."""
    from django.db import connection, transaction

    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.ledger.work import begin
    from motcua.foundation import clock
    from motcua.interfaces.cli.demo import build, histories
    from motcua.interfaces.cli.demo.samples import store_samples

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")  # the application may not empty the ledger
        with begin(SYSTEM) as work:
            samples = store_samples(work, build.owner())
        planned = histories.plan(
            total=dossiers + histories.PORTION, seed=seed, until=clock.now(), samples=samples, serial=SERIAL
        )
        warm, *portions = planned
        histories.fill(warm)  # forms, procedures and calendars are read once per process
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("CREATE TEMP TABLE known (id uuid) ON COMMIT DROP")
        rounds = [_round(cursor, [portion]) for portion in portions]
        transaction.set_rollback(True)
    # The best of each: whatever else the machine does falls on either side by chance.
    by_actions = min(each.by_actions / each.rows for each in rounds)
    raw = min(each.raw / each.rows for each in rounds)
    rows, written = sum(each.rows for each in rounds), sum(each.dossiers for each in rounds)
    return {
        "dossiers": written,
        "rounds": len(rounds),
        "rows": rows,
        "bytes": sum(each.size for each in rounds),
        "by_actions_microseconds_a_row": round(1e6 * by_actions, 1),
        "raw_copy_microseconds_a_row": round(1e6 * raw, 1),
        "dossiers_per_second": round(written / (by_actions * rows)),
        "ratio": round(raw / by_actions, 3),
        "target": TARGET,
    }


@dataclass(frozen=True, slots=True)
class Round:
    """One portion of days, loaded both ways. Times in seconds."""

    dossiers: int
    rows: int
    size: int
    by_actions: float
    raw: float


def _round(cursor: Any, portions: list[Portion]) -> Round:
    from motcua.interfaces.cli.demo import histories

    cursor.execute("TRUNCATE known")
    cursor.execute(f"INSERT INTO known SELECT id FROM {PARTIES}")
    cursor.execute(f"TRUNCATE {', '.join(EMPTIED)} CASCADE")
    by_actions, written = _timed(cursor, lambda: sum(histories.fill(portion) for portion in portions))
    texts = _copied_out(cursor)
    cursor.execute(f"TRUNCATE {', '.join(EMPTIED)} CASCADE")
    cursor.execute(f"DELETE FROM {PARTIES} p WHERE NOT EXISTS (SELECT FROM known k WHERE k.id = p.id)")
    raw, _ = _timed(cursor, lambda: _copied_in(cursor, texts))
    rows = sum(text.count(b"\n") for _, _, text in texts)
    return Round(written, rows, sum(len(text) for _, _, text in texts), by_actions, raw)


def _timed(cursor: Any, load: Callable[[], int]) -> tuple[float, int]:
    """Seconds of a load with its foreign keys checked, as a commit would."""
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    begun = time.perf_counter()
    result = load()
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return time.perf_counter() - begun, result


def _copied_out(cursor: Any) -> list[tuple[str, str, bytes]]:
    """(table, columns, COPY text) of what the actions wrote, parents first."""
    found = []
    for table in (PARTIES, *EMPTIED):
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        columns = cursor.fetchone()[0]
        new = "WHERE NOT EXISTS (SELECT FROM known k WHERE k.id = t.id)" if table == PARTIES else ""
        with cursor.copy(f"COPY (SELECT {columns} FROM {table} t {new}) TO STDOUT") as copy:
            text = b"".join(bytes(piece) for piece in copy)
        if text:
            found.append((table, columns, text))
    return found


def _copied_in(cursor: Any, texts: list[tuple[str, str, bytes]]) -> int:
    for table, columns, text in texts:
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            copy.write(text)
    return len(texts)


def main(arguments: list[str] | None = None) -> int:
    """Prints the figures; 1 when the ratio is below the target."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dossiers", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)

    from motcua.interfaces.cli import database

    # As the owner: the application's role may not empty the ledger, not even in a transaction that is rolled back.
    os.environ["MOTCUA_OWNER_SESSION"] = database.reach().owner_url
    database.ensure()

    from motcua.interfaces.cli.demo import build

    if not build.is_demo():
        build.build(dossiers=0, seed=given.seed, processes=1)
    found = measure(given.dossiers, given.seed + 1)
    if given.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:>24}  {value}")
    return 0 if found["ratio"] >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
