"""Prepared statements for the few hottest reads, where the ORM's own work would cost more than the database's."""

from __future__ import annotations

import json
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


def execute(statement: LiteralString, values: Sequence[Any]) -> int:
    """Runs a constant statement that gives no rows, planned once per connection. Returns how many rows it touched."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        touched = cursor.execute(statement, values, prepare=True).rowcount
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": "0"})
    return touched


def load(model: type[M], rest: LiteralString, values: Sequence[Any]) -> list[M]:
    """Rows of a model as instances; ``rest`` is what follows SELECT … FROM (WHERE, ORDER BY, FOR UPDATE)."""
    names, select, documents = _selection(model)
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection, row_factory=tuple_row) as cursor,
    ):
        found = cursor.execute(f"{select} {rest}".encode(), values, prepare=True).fetchall()
    if connection.queries_logged:
        connection.queries_log.append({"sql": f"{select} {rest}", "time": "0"})
    return [model.from_db(connection.alias, names, _with_documents(row, documents)) for row in found]


def _with_documents(row: tuple[Any, ...], places: Sequence[int]) -> Sequence[Any]:
    """Django has the driver leave JSON as text, to decode it in its fields, which are passed by here."""
    if not places:
        return row
    values = list(row)
    for place in places:
        if isinstance(values[place], str):
            values[place] = json.loads(values[place])
    return values


@cache
def _selection(model: type[models.Model]) -> tuple[list[str], str, tuple[int, ...]]:
    """Names of the attributes, the beginning of the statement, and the places of columns that hold JSON."""
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    documents = tuple(place for place, field in enumerate(fields) if isinstance(field, models.JSONField))
    return [field.attname for field in fields], f'SELECT {columns} FROM "{model._meta.db_table}"', documents  # noqa: S608
