"""Import of 5,508 flows from a spreadsheet, against raw COPY of the same bytes, in one run on one database.

    python -m bench.flows [--flows 5508] [--json]

In one transaction that is rolled back: flows are emptied, the file (``bench.flow_file``) is read and written through
the import that the command uses, read a second time (nothing may change), the rows it made are read out as COPY text,
emptied again and copied back raw, with the same indexes and constraints.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any

MOST_SECONDS = 60.0
"""An administrator waits for it on the page; most hosts cut off after a minute."""

TABLES = ("flows_flow", "flows_flowversion", "flows_flowrule")


def measure(flows: int) -> dict[str, Any]:
    """Reads, writes, reads again and copies raw. Nothing of it stays."""
    from django.db import connection, transaction

    from bench.flow_file import default_catalogue, facts, write
    from motcua.engines.flows.importing import import_sheets
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.foundation import clock

    data = write(facts(default_catalogue()), flows)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")  # the application may not empty the ledger
        cursor.execute("UPDATE cases_case SET flow_version_id = NULL WHERE flow_version_id IS NOT NULL")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in reversed(TABLES):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_event")
        (last,) = cursor.fetchone()
        began = time.perf_counter()
        dry = import_sheets(data, SYSTEM, effective_from=clock.today(), dry_run=True)
        dry_seconds = time.perf_counter() - began
        began = time.perf_counter()
        first = import_sheets(data, SYSTEM, effective_from=clock.today())
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        again = import_sheets(data, SYSTEM, effective_from=clock.today())
        again_seconds = time.perf_counter() - began
        texts = [_out(cursor, table, "") for table in TABLES]
        texts.append(_out(cursor, "ledger_event", f"WHERE id > {int(last)}"))
        for table in reversed(TABLES):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("DELETE FROM ledger_event WHERE id > %s", [last])
        began = time.perf_counter()
        for table, columns, text in texts:
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                copy.write(text)
        raw = time.perf_counter() - began
        transaction.set_rollback(True)
    return {
        "file_bytes": len(data),
        "rows_of_sheet": first.rows,
        "flows": first.flows,
        "created": first.created,
        "refused": first.refused_flows,
        "second_run_unchanged": again.unchanged,
        "dry_run_would_create": dry.created,
        "bytes": sum(len(text) for _, _, text in texts),
        "dry_run_seconds": round(dry_seconds, 2),
        "seconds": round(seconds, 2),
        "second_run_seconds": round(again_seconds, 2),
        "raw_copy_seconds": round(raw, 2),
        "ratio": round(raw / seconds, 3),
        "most_seconds": MOST_SECONDS,
    }


def _out(cursor: Any, table: str, where: str) -> tuple[str, str, bytes]:
    cursor.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    )
    columns = cursor.fetchone()[0]
    with cursor.copy(f"COPY (SELECT {columns} FROM {table} {where}) TO STDOUT") as copy:
        return table, columns, b"".join(bytes(piece) for piece in copy)


def main(arguments: list[str] | None = None) -> int:
    """Prints the figures; 1 when it takes too long, or anything is refused or changed by a second run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--flows", type=int, default=5508)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)

    from motcua.interfaces.cli import database

    # As the owner: the application's role may not empty the ledger, not even in a transaction that is rolled back.
    os.environ["MOTCUA_OWNER_SESSION"] = database.reach().owner_url
    database.ensure()
    found = measure(given.flows)
    if given.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:>24}  {value}")
    kept = found["created"] == found["second_run_unchanged"] == given.flows and found["seconds"] <= MOST_SECONDS
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
