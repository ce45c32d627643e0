"""An installation that has work already is brought up to date: nothing in the way, nothing lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from motcua.engines.ledger.chain import event_hash

BEFORE = [("cases", "0002_whole_life"), ("desk", "0002_readings"), ("dossiers", "0004_whole_life")]
"""The state that the first people worked with."""

KEY = UUID(int=7)
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    "uuid": KEY, "boolean": False, "jsonb": "{}", "date": NOW.date(), "timestamp with time zone": NOW,
    "character varying": "x", "text": "x", "ARRAY": "{}", "inet": "127.0.0.1",
}  # fmt: skip


@pytest.fixture
def old(django_db_setup: None, django_db_blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """A database of its own, as it was before."""
    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_upgrade"
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        connections.databases["upgrade"] = {**connection.settings_dict, "NAME": name}
        database = connections["upgrade"]
        try:
            MigrationExecutor(database).migrate(BEFORE)
            yield database
        finally:
            database.close()
            del connections["upgrade"], connections.databases["upgrade"]
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def put(cursor: Any, table: str, **values: Any) -> None:
    """A row of whose columns only some matter: the others that must be there hold something plain."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s "
        "AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
        [table],
    )
    row = {name: PLAIN.get(kind, 1) for name, kind in cursor.fetchall()} | values
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    marks = sql.SQL(", ").join([sql.Placeholder()] * len(row))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), columns, marks)
    cursor.execute(statement, list(row.values()))


def test_work_and_what_was_looked_at_are_kept(old: BaseDatabaseWrapper) -> None:
    with old.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no row here needs all the others it stands on
        put(cursor, "organisations_unit")
        put(cursor, "accounts_party")
        put(cursor, "accounts_user")
        steps = json.dumps([{"key": "look", "role": "head"}, {"key": "x"}])
        put(cursor, "flows_flow")
        put(cursor, "flows_flowversion", flow_id=KEY, steps=steps)
        put(cursor, "cases_case", flow_version_id=KEY)
        put(cursor, "cases_task", step="look", unit_id=KEY, stage="process", state="open", due_at=NOW, assignee_id=None)
        put(cursor, "cases_task", id=UUID(int=8), step="x", unit_id=KEY, stage="process", state="open", due_at=NOW,
            assignee_id=None)  # fmt: skip
        put(cursor, "dossiers_dossier", case_id=KEY, applicant_id=KEY)
        put(cursor, "desk_reading", dossier_id=KEY, reader_id=KEY, day=NOW.date(), first_at=NOW)
        cursor.execute("SET session_replication_role = origin")
    executor = MigrationExecutor(old)
    executor.migrate(executor.loader.graph.leaf_nodes())
    with old.cursor() as cursor:
        cursor.execute("SELECT step, role FROM cases_task ORDER BY step")
        assert cursor.fetchall() == [("look", "head"), ("x", "")], "each step asks for what its flow says"
        cursor.execute("SELECT unit_id, stage, role, tasks FROM cases_workcount")
        counted = Counter({(str(unit), stage, role): tasks for unit, stage, role, tasks in cursor.fetchall()})
        assert counted.total() == 2
        cursor.execute("SELECT stream, seq, at, kind, actor, data, prev_hash, hash FROM ledger_event")
        for stream, seq, at, kind, actor, data, head, written in cursor.fetchall():
            actor, data = json.loads(actor), json.loads(data)
            assert event_hash(bytes(head), stream, seq, at, kind, actor, data) == bytes(written)
            for unit, stage, _state, _due_on, by, _person, _answerable, *role in data["work"]:
                counted[unit, stage, (*role, "")[0]] += by
        assert +counted == Counter({(str(KEY), "process", "head"): 1, (str(KEY), "process", ""): 1}), "by the reader"
        cursor.execute("SELECT dossier_id, officer_id, day, way FROM dossiers_access")
        assert cursor.fetchall() == [(KEY, KEY, NOW.date(), "desk")]
        cursor.execute("SELECT count(*) FROM cases_reminderrule")
        assert (cursor.fetchone() or (0,))[0] > 0
