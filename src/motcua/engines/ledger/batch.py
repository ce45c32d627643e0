"""The same unit of work for changing thousands of stored rows in one transaction: set-based, with the same actions.

For a reorganisation of the State, which moves all open work of a province at once. Rows are locked by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.chain import GENESIS
from motcua.engines.ledger.prepared import fetch
from motcua.engines.ledger.queue import defer
from motcua.engines.ledger.work import DatabaseWork, Head, _column, columns_of


class BatchWork(DatabaseWork):
    """Name the streams with ``expect`` before acting on them, so that their ends are read once for all."""

    def expect(self, streams: Iterable[UUID]) -> None:
        """Reads the ends of these streams in one query; those without events begin."""
        wanted = [stream for stream in streams if stream not in self._heads]
        if not wanted:
            return
        found = fetch(
            "SELECT s.stream, e.seq, e.hash FROM unnest(%s::uuid[]) AS s(stream), LATERAL (SELECT seq, hash "
            "FROM ledger_event e WHERE e.stream = s.stream ORDER BY seq DESC LIMIT 1) e",
            (wanted,),
        )
        for row in found:
            self._heads[row["stream"]] = (row["seq"], bytes(row["hash"]))
        for stream in wanted:
            self._heads.setdefault(stream, (0, GENESIS))

    def _stored_head(self, stream: UUID) -> Head:
        self.expect([stream])
        return self._heads[stream]

    def change(self, row: models.Model, *fields: str) -> None:
        # what was added here is known by its key: asking every added row would take the square of them
        if row.pk in self._added_keys(type(row)):
            return
        _, names = self._changed.setdefault((type(row), row.pk), (row, {}))
        names.update(dict.fromkeys(fields))

    def _added_keys(self, model: type[models.Model]) -> set[Any]:
        held: dict[type[models.Model], set[Any]] = self.__dict__.setdefault("_keys", {})
        return held.setdefault(model, set())

    def add(self, *rows: models.Model) -> None:
        super().add(*rows)
        for row in rows:
            if row.pk is not None:
                self._added_keys(type(row)).add(row.pk)

    def flush(self) -> None:
        """Rows that change the same fields in one UPDATE, new rows by COPY."""
        alike: dict[tuple[type[models.Model], tuple[str, ...]], list[models.Model]] = {}
        for (model, _), (row, names) in self._changed.items():
            alike.setdefault((model, tuple(sorted(names))), []).append(row)
        added, self._added, self._changed = self._added, {}, {}
        self.__dict__.pop("_keys", None)
        with connection.cursor() as cursor:
            for model, rows in added.items():
                columns = columns_of(model)
                listed = ", ".join(f'"{column.name}"' for column in columns)
                with cursor.copy(f'COPY "{model._meta.db_table}" ({listed}) FROM STDIN') as copy:
                    for row in rows:
                        copy.write_row([column.value(row) for column in columns])
            for (model, fields), rows in alike.items():
                _update(cursor, model, fields, rows)
        for row in self._removed:
            row.delete()
        self._removed = []
        for task, arguments in self._jobs:
            defer(task, arguments)
        self._jobs = []


def _update(cursor: Any, model: type[models.Model], fields: tuple[str, ...], rows: list[models.Model]) -> None:
    key = _column(model, "pk")
    columns = [_column(model, name) for name in fields]
    kinds = [_kind(model, name) for name in ("pk", *fields)]
    sets = ", ".join(f'"{column.name}" = v.c{place}' for place, column in enumerate(columns))
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    names = ", ".join(f"c{place}" for place in range(len(columns)))
    values = [[column.value(row) for row in rows] for column in (key, *columns)]
    cursor.execute(
        f'UPDATE "{model._meta.db_table}" AS t SET {sets} '  # noqa: S608 -- names of our own columns
        f'FROM unnest({arrays}) AS v(k, {names}) WHERE t."{key.name}" = v.k',
        values,
    )


def _kind(model: type[models.Model], name: str) -> str:
    found = model._meta.pk if name == "pk" else model._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise TypeError(f"{model.__name__}.{name} is no column")
    # a column that points elsewhere has the type of what it points at
    return str(found.rel_db_type(connection) if not found.is_relation else found.db_type(connection))


@contextmanager
def begin_batch(actor: Actor) -> Iterator[BatchWork]:
    """Many actions, one transaction. Raises what an action raises; then nothing was written."""
    with transaction.atomic():
        work = BatchWork(actor)
        yield work
        work.flush()
