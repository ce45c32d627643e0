"""The application's database role: rows yes, the ledger's past no."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from motcua.interfaces.cli.rights import grant, may_act

INSERT = (
    "insert into ledger_event (stream, seq, at, kind, actor, data, prev_hash, hash)"
    " values (gen_random_uuid(), 1, now(), 'test', '{}', '{}', '', '')"
)


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("application_role")
def test_the_ledger_can_be_read_and_lengthened() -> None:
    execute(INSERT)
    execute("select count(*) from ledger_event")


@pytest.mark.usefixtures("application_role")
@pytest.mark.parametrize(
    "statement",
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
def test_what_the_application_may_not_do(statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        execute(statement)


@pytest.mark.usefixtures("application_role")
def test_other_tables_are_for_use() -> None:
    execute("insert into django_session (session_key, session_data, expire_date) values ('k', '', now())")
    execute("update django_session set session_data = 'x' where session_key = 'k'")
    execute("delete from django_session where session_key = 'k'")
    execute("select nextval('django_content_type_id_seq')")


@pytest.mark.usefixtures("application_role")
def test_tables_of_later_migrations_are_for_use_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("reset role")
        cursor.execute("create table later (n int)")
        cursor.execute("set role motcua_app")
    execute("insert into later values (1)")


@pytest.fixture
def plain_owner() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A session of an owner without any privilege, on a fresh database of the same server, with a ledger in it."""
    found = connection.get_connection_params()
    reach = {key: found[key] for key in ("host", "port") if found.get(key)}
    name = f"plain_{secrets.token_hex(4)}"
    with psycopg.connect(**reach, user=found["user"], dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("create role {} login").format(sql.Identifier(name)))
        admin.execute(sql.SQL("create database {0} owner {0}").format(sql.Identifier(name)))
        with psycopg.connect(**reach, user=name, dbname=name, autocommit=True) as session:
            session.execute("create table ledger_event (n int)")
            yield session
        admin.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))
        admin.execute(sql.SQL("drop owned by {}").format(sql.Identifier(name)))
        admin.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


@pytest.mark.usefixtures("application_role")  # on this server the role is there
def test_owner_who_may_not_act_as_the_application_is_told(plain_owner: psycopg.Connection[tuple[object, ...]]) -> None:
    warning = grant(plain_owner)
    assert warning is not None
    assert "append-only by its chain alone" in warning
    assert not may_act(plain_owner)


@pytest.mark.usefixtures("application_role")
def test_login_of_its_own_needs_no_membership(plain_owner: psycopg.Connection[tuple[object, ...]]) -> None:
    assert grant(plain_owner, signs_in_itself=True) is None
    rights = "select has_table_privilege('motcua_app', 'ledger_event', %s)"
    found = [plain_owner.execute(rights, [right]).fetchone() for right in ("SELECT", "INSERT", "UPDATE", "DELETE")]
    assert found == [(True,), (True,), (False,), (False,)]
