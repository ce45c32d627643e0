"""What the application's database role may do, granted after each migration.

It reads and writes rows, and makes nothing. The ledger it can only read and lengthen (DESIGN §3: append-only by
privilege); which migrations have run it can only read.
"""

from __future__ import annotations

import contextlib

import psycopg
from psycopg import sql

from motcua.interfaces.cli.embedded.place import APPLICATION

APPEND_ONLY = ("ledger_event",)
READ_ONLY = ("django_migrations",)

Connection = psycopg.Connection[tuple[object, ...]]


def grant(connection: Connection, *, signs_in_itself: bool = False) -> str | None:
    """Grants the rights in the current schema; the same again changes nothing. ``connection`` is the owner's.

    ``signs_in_itself``: the application has a login of its own, instead of acting as its role after signing in as
    the owner. Returns a warning for the person when the server does not let the application be kept apart, else None.
    """
    role_exists, warning = _prepare_role(connection, signs_in_itself)
    if not role_exists:
        return warning
    row = connection.execute("select current_schema()").fetchone()
    names = {"schema": sql.Identifier(str(row[0]) if row else "public"), "role": sql.Identifier(APPLICATION)}
    statements = [
        "grant usage on schema {schema} to {role}",
        "revoke create on schema {schema} from {role}",
        "grant select, insert, update, delete on all tables in schema {schema} to {role}",
        "grant usage, select, update on all sequences in schema {schema} to {role}",
        "alter default privileges in schema {schema} grant select, insert, update, delete on tables to {role}",
        "alter default privileges in schema {schema} grant usage, select, update on sequences to {role}",
    ]
    with connection.transaction():
        for statement in statements:
            connection.execute(sql.SQL(statement).format(**names))
        for table in APPEND_ONLY:
            _revoke(connection, "update, delete, truncate", table, names)
        for table in READ_ONLY:
            _revoke(connection, "insert, update, delete, truncate", table, names)
    return warning


def may_act(connection: Connection) -> bool:
    """Whether the present role may take the application's by SET ROLE. Since PostgreSQL 16 a member may not always."""
    need = "SET" if connection.info.server_version >= 160000 else "MEMBER"
    row = connection.execute(
        "select rolname <> current_user and pg_has_role(current_user, oid, %s) from pg_roles where rolname = %s",
        [need, APPLICATION],
    ).fetchone()
    return bool(row and row[0])


def _revoke(connection: Connection, rights: str, table: str, names: dict[str, sql.Identifier]) -> None:
    found = connection.execute("select to_regclass(%s) is not null", [table]).fetchone()
    if found and found[0]:
        revoke = sql.SQL("revoke " + rights + " on {schema}.{table} from {role}")
        connection.execute(revoke.format(table=sql.Identifier(table), **names))


def _prepare_role(connection: Connection, signs_in_itself: bool) -> tuple[bool, str | None]:
    """Makes the role, and the owner a member of it, where that is allowed. Whether there is one, and a warning."""
    row = connection.execute(
        "select exists (select from pg_roles where rolname = %s), rolcreaterole or rolsuper, current_user"
        " from pg_roles where rolname = current_user",
        [APPLICATION],
    ).fetchone()
    exists, may_create, me = (bool(row[0]), bool(row[1]), str(row[2])) if row else (False, False, "?")
    if me == APPLICATION:
        return False, f"Migrated as {APPLICATION} itself: the ledger is append-only by its chain alone. Use an owner."
    role = sql.Identifier(APPLICATION)
    if not exists and may_create:
        # Roles belong to the whole server: another database may be making the same one.
        with contextlib.suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            connection.execute(sql.SQL("create role {} nologin").format(role))
        exists = True
    if may_create and not signs_in_itself and not may_act(connection):
        connection.execute(sql.SQL("grant {} to current_user").format(role))
    if exists and (signs_in_itself or may_act(connection)):
        return True, None
    what = f"may not act as {APPLICATION}" if exists else f"may not create the role {APPLICATION}"
    return exists, (
        f"{me} {what}: the application runs with the owner's rights, so that the ledger is append-only by its chain"
        f" alone. Let an administrator create the role and grant it to {me}."
    )
