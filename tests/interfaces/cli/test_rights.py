"""The application's database role: rows yes, the ledger's past no."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

pytestmark = pytest.mark.usefixtures("application_role")

INSERT = (
    "insert into ledger_event (stream, seq, at, kind, actor, data, prev_hash, hash)"
    " values (gen_random_uuid(), 1, now(), 'test', '{}', '{}', '', '')"
)


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_ledger_can_be_read_and_lengthened() -> None:
    execute(INSERT)
    execute("select count(*) from ledger_event")


@pytest.mark.parametrize(
    "sql",
    [
        "update ledger_event set kind = 'changed'",
        "delete from ledger_event",
        "truncate ledger_event",
        "alter table ledger_event disable trigger all",
        "drop table ledger_event",
        "create table mine (n int)",
        "insert into django_migrations (app, name, applied) values ('a', 'b', now())",
    ],
)
def test_what_the_application_may_not_do(sql: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        execute(sql)


def test_other_tables_are_for_use() -> None:
    execute("insert into django_session (session_key, session_data, expire_date) values ('k', '', now())")
    execute("update django_session set session_data = 'x' where session_key = 'k'")
    execute("delete from django_session where session_key = 'k'")
    execute("select nextval('django_content_type_id_seq')")


def test_tables_of_later_migrations_are_for_use_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("reset role")
        cursor.execute("create table later (n int)")
        cursor.execute("set role motcua_app")
    execute("insert into later values (1)")
