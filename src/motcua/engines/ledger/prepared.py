"""Prepared statements for the few hottest reads, where the ORM's own work would cost more than the database's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, LiteralString, TypeVar

import psycopg
from django.db import connection, models
from psycopg.rows import dict_row, tuple_row

M = TypeVar("M", bound=models.Model)


def fetch(statement: LiteralString, values: Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of a constant statement, planned once per connection. Raises Django's database errors."""
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection, row_factory=dict_row) as cursor,
    ):
        found = cursor.execute(statement, values, prepare=True).fetchall()
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": "0"})
    return found


def load(model: type[M], rest: LiteralString, values: Sequence[Any]) -> list[M]:
    """Rows of a model as instances; ``rest`` is what follows SELECT … FROM (WHERE, ORDER BY, FOR UPDATE)."""
    names, select = _selection(model)
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection, row_factory=tuple_row) as cursor,
    ):
        found = cursor.execute(f"{select} {rest}".encode(), values, prepare=True).fetchall()
    if connection.queries_logged:
        connection.queries_log.append({"sql": f"{select} {rest}", "time": "0"})
    return [model.from_db(connection.alias, names, row) for row in found]


@cache
def _selection(model: type[models.Model]) -> tuple[list[str], str]:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return [field.attname for field in fields], f'SELECT {columns} FROM "{model._meta.db_table}"'  # noqa: S608
