"""What the application's database role may do, granted after each migration.

It reads and writes rows, and makes nothing. The ledger it can only read and lengthen (DESIGN §3: append-only by
privilege); which migrations have run it can only read.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from motcua.interfaces.cli.embedded.place import APPLICATION

APPEND_ONLY = ("ledger_event",)
READ_ONLY = ("django_migrations",)


def grant(connection: psycopg.Connection[tuple[object, ...]]) -> str | None:
    """Grants the rights in the current schema; the same again changes nothing.

    Returns a warning for the person when the server does not let us have such a role, else None.
    """
    role = sql.Identifier(APPLICATION)
    if warning := _ensure_role(connection):
        return warning
    row = connection.execute("select current_schema()").fetchone()
    schema = sql.Identifier(str(row[0]) if row else "public")
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
            connection.execute(sql.SQL(statement).format(schema=schema, role=role))
        for tables, rights in ((APPEND_ONLY, "update, delete, truncate"), (READ_ONLY, "insert, update, delete")):
            for table in tables:
                found = connection.execute("select to_regclass(%s) is not null", [table]).fetchone()
                if found and found[0]:
                    revoke = sql.SQL("revoke " + rights + " on {schema}.{table} from {role}")
                    connection.execute(revoke.format(schema=schema, table=sql.Identifier(table), role=role))
    return None


def _ensure_role(connection: psycopg.Connection[tuple[object, ...]]) -> str | None:
    row = connection.execute(
        "select exists (select from pg_roles where rolname = %s), rolcreaterole or rolsuper, current_user"
        " from pg_roles where rolname = current_user",
        [APPLICATION],
    ).fetchone()
    exists, may_create, me = row if row else (False, False, "")
    if me == APPLICATION:
        return f"Migrated as {APPLICATION} itself: the ledger is append-only by its chain alone. Use an owner's role."
    if not exists and not may_create:
        return (
            f"There is no role {APPLICATION}, and {me} may not create it: the application runs with the owner's"
            " rights, so that the ledger is append-only by its chain alone. Let an administrator create the role"
            " and grant it."
        )
    role = sql.Identifier(APPLICATION)
    try:
        if not exists:
            # Roles belong to the whole server: another database may be making the same one.
            connection.execute(sql.SQL("create role {} nologin").format(role))
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        pass
    if may_create:
        _grant_membership(connection, role)
    return None


def _grant_membership(connection: psycopg.Connection[tuple[object, ...]], role: sql.Identifier) -> None:
    """Lets the present role act as the application's; a superuser may in any case."""
    member = connection.execute("select pg_has_role(current_user, %s, 'MEMBER')", [APPLICATION]).fetchone()
    if not (member and member[0]):
        connection.execute(sql.SQL("grant {} to current_user").format(role))
