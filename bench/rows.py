"""The rows that one submission writes, as a pgbench script: taken from a real one, so that both write the same."""

from __future__ import annotations

import json
import re
import secrets
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.bulk import BulkWork
from motcua.engines.ledger.work import columns_of
from motcua.services.dossiers.actions import Submission, submit
from motcua.services.dossiers.models import Dossier


class _Recorded(BulkWork):
    """Keeps the rows of one action instead of writing them."""

    def rows(self) -> dict[type[models.Model], list[models.Model]]:
        return self._rows


def submission_script(actor: Actor, submission: Submission) -> tuple[str, dict[str, int]]:
    """The script, and how many rows it writes into each table."""
    work = _Recorded(actor)
    submit(work, submission)
    made = work.rows()
    own = {row.pk for rows in made.values() for row in rows if isinstance(row.pk, UUID)}
    places = {key: number for number, key in enumerate(sorted(own))}
    nonce = secrets.token_hex(3)
    lines = [
        r"\set n :n + 1",
        "BEGIN;",
        "INSERT INTO ledger_series (name, day, last) VALUES "
        "('raw ' || :client_id::int % 8, '2026-11-22', 1) "
        "ON CONFLICT (name, day) DO UPDATE SET last = ledger_series.last + 1 RETURNING last;",
    ]
    counts: dict[str, int] = {"ledger_series": 1}
    for model, rows in made.items():
        table = model._meta.db_table
        columns = columns_of(model)
        names = ", ".join(f'"{column.name}"' for column in columns)
        values = []
        for row in rows:
            cells = []
            for column in columns:
                value = getattr(row, column.attname)
                if isinstance(row, Dossier) and column.attname in ("code", "submission_key"):
                    cells.append(f"'R{nonce}-' || :client_id || '-' || :n")
                else:
                    cells.append(_literal(value, places, nonce))
            values.append(f"({', '.join(cells)})")
        lines.append(f"INSERT INTO {table} ({names}) VALUES {', '.join(values)};")
        counts[table] = len(rows)
    lines.append("COMMIT;")
    return "\n".join(lines) + "\n", counts


def _literal(value: Any, places: dict[UUID, int], nonce: str) -> str:
    """A value as SQL. Keys of the submission's own rows are made anew each time, ascending as ours are."""
    if value is None:
        return "NULL"
    if isinstance(value, UUID):
        if value in places:
            tail = f"{places[value]:04x}{nonce}"
            head = (
                "lpad(to_hex(1800000000000 + :n::bigint), 12, '0') || '70008' || lpad(to_hex(:client_id::int), 5, '0')"
            )
            return f"({head} || '{tail}')::uuid"
        return f"'{value}'::uuid"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'::bytea"
    if isinstance(value, dict | list):
        return f"{_text(json.dumps(value, ensure_ascii=False))}::jsonb"
    return _text(value.isoformat() if isinstance(value, datetime | date) else str(value))


def _text(value: str) -> str:
    """A text literal in which pgbench sees no variable: it takes every colon before a word for one."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return "E'" + re.sub(r":(?=\w)", r"\\u003a", escaped) + "'"
