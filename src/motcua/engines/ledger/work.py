"""The unit of work: everything one action changes, written together or not at all.

An action is called with a ``Work`` and says what it adds, changes and records. ``begin(actor)`` gives a
``DatabaseWork``: one transaction whose rows go out as one statement. ``motcua.engines.ledger.bulk`` gives the
same face over COPY, so that the demo province, replays and migrations of old data run the very same actions.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache, lru_cache, partial
from itertools import count
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from django.db import connection, models, transaction
from django.db.models.base import ModelState
from psycopg.types.json import Jsonb

from motcua.engines.ledger import queue
from motcua.engines.ledger.actor import Actor, ActorKind, Principal
from motcua.engines.ledger.chain import GENESIS, Written, event_hash, without_floats
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.prepared import fetch
from motcua.foundation import clock

Head = tuple[int, bytes]
_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def _as_text(value: Any) -> str | bytes:
    return value.text if type(value) is Written else _dumps(value)


_as_jsonb = partial(Jsonb, dumps=_as_text)


@lru_cache(maxsize=4096)
def _as_recorded(kind: ActorKind, key: UUID | None, name: str, principal: Principal | None) -> Written:
    """What the ledger keeps of an actor, written once for all their events."""
    relied_on = [principal] if principal else []
    return Written(Actor(kind=kind, id=key, name=name, relied_on=relied_on).as_recorded())


class Work(ABC):
    """What an action may do to the world. ``retells``: what is written has happened long ago, so that rules which only
    hold people back mark what was done against them instead."""

    actor: Actor
    now: datetime
    retells: ClassVar[bool] = False

    def __init__(self, actor: Actor, now: datetime | None = None) -> None:
        self.actor = actor.afresh()
        self.now = now or clock.now()
        self._heads: dict[UUID, Head] = {}

    @abstractmethod
    def add(self, *rows: models.Model) -> None:
        """Rows to insert, keys already set."""

    @abstractmethod
    def change(self, row: models.Model, *fields: str) -> None:
        """Fields of a row (locked before, or added in this work) to write."""

    @abstractmethod
    def remove(self, row: models.Model) -> None:
        """A stored row to delete; only for what the law does not keep (a day of a calendar entered by mistake)."""

    @abstractmethod
    def defer(self, task: str, **arguments: Any) -> None:
        """A job to run once this work is committed; it goes in with the same transaction."""

    @abstractmethod
    def next_number(self, series: str, day: date, *, shared: bool = False) -> int:
        """The next number of a series on a day, from 1; unique under concurrency, locking that series alone.

        ``shared``: also of histories that several processes write, more than one numbers this series on this day.
        """

    @abstractmethod
    def _stored_head(self, stream: UUID) -> Head: ...

    def record(self, stream: UUID, kind: str, data: dict[str, Any] | None = None, *, first: bool = False) -> Event:
        """Appends one event to a stream. ``first`` says that the stream is new and saves looking for its end.

        ``data`` holds text, whole numbers, truth values, lists and maps; no personal data.
        """
        data = data or {}
        without_floats(data)
        if stream in self._heads:
            seq, head = self._heads[stream]
        else:
            seq, head = (0, GENESIS) if first else self._stored_head(stream)
        actor = _as_recorded(self.actor.kind, self.actor.id, self.actor.name, self.actor.acting_for)
        said = Written(data)
        seq += 1
        made = event_hash(head, stream, seq, self.now, kind, actor, said)
        # Past the model's own constructor, which takes ten times as long: an event has no defaults to fill in.
        event = Event.__new__(Event)
        event._state = ModelState()
        event.__dict__.update(
            id=None, stream=stream, seq=seq, at=self.now, kind=kind, actor=actor, data=said, prev_hash=head, hash=made
        )
        self._heads[stream] = (seq, made)
        self.add(event)
        return event


class Column:
    """How one field of a model goes to the driver."""

    __slots__ = ("attname", "name", "prepare")

    def __init__(self, field: models.Field[Any, Any]) -> None:
        self.attname = field.attname
        self.name = field.column
        self.prepare: Callable[[Any], Any] | None = _as_jsonb if isinstance(field, models.JSONField) else None

    def value(self, row: models.Model) -> Any:
        value = getattr(row, self.attname)
        return self.prepare(value) if self.prepare and value is not None else value


@cache
def columns_of(model: type[models.Model]) -> tuple[Column, ...]:
    """The columns that we write: all but serial keys and those the database fills."""
    return tuple(
        Column(field)
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField) and not field.has_db_default()
    )


@cache
def _column(model: type[models.Model], name: str) -> Column:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{model.__name__}.{name} is no column")
    return Column(field)


Part = tuple[type[models.Model], tuple[str, ...], int]
"""One part of a statement: the model, the fields to update (none: insert) and how many rows."""


@lru_cache(maxsize=1024)
def _statement(parts: tuple[Part, ...]) -> bytes:
    """One statement that writes everything, with numbered parameters. A shape is built once per process."""
    place = count(1)
    texts = []
    for model, fields, rows in parts:
        if fields:
            sets = ", ".join(f'"{_column(model, name).name}" = ${next(place)}' for name in fields)
            key = _column(model, "pk").name
            texts.append(f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "{key}" = ${next(place)}')  # noqa: S608
        else:
            columns = columns_of(model)
            names = ", ".join(f'"{column.name}"' for column in columns)
            values = ", ".join("(" + ", ".join(f"${next(place)}" for _ in columns) + ")" for _ in range(rows))
            # Content-addressed rows say the same whoever writes them: the first to come stays.
            absent = " ON CONFLICT DO NOTHING" if getattr(model, "insert_if_absent", False) else ""
            texts.append(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {values}{absent}')  # noqa: S608
    withs = ", ".join(f"w{number} AS ({text})" for number, text in enumerate(texts[:-1]))
    return (f"WITH {withs} {texts[-1]}" if withs else texts[-1]).encode()


class DatabaseWork(Work):
    """Collects one action's rows and writes them as one statement at the end of its transaction."""

    def __init__(self, actor: Actor, now: datetime | None = None) -> None:
        super().__init__(actor, now)
        self._added: dict[type[models.Model], list[models.Model]] = {}
        self._changed: dict[tuple[type[models.Model], Any], tuple[models.Model, dict[str, None]]] = {}
        self._removed: list[models.Model] = []
        self._jobs: list[tuple[str, dict[str, Any]]] = []

    def add(self, *rows: models.Model) -> None:
        for row in rows:
            self._added.setdefault(type(row), []).append(row)

    def change(self, row: models.Model, *fields: str) -> None:
        if any(row is added for added in self._added.get(type(row), ())):
            return
        _, names = self._changed.setdefault((type(row), row.pk), (row, {}))
        names.update(dict.fromkeys(fields))

    def remove(self, row: models.Model) -> None:
        self._removed.append(row)

    def defer(self, task: str, **arguments: Any) -> None:
        self._jobs.append((task, arguments))

    def next_number(self, series: str, day: date, *, shared: bool = False) -> int:
        return stored_number(series, day)

    def _stored_head(self, stream: UUID) -> Head:
        last = fetch("SELECT seq, hash FROM ledger_event WHERE stream = %s ORDER BY seq DESC LIMIT 1", (stream,))
        return (last[0]["seq"], bytes(last[0]["hash"])) if last else (0, GENESIS)

    def flush(self) -> None:
        """Writes what has been collected so far; called at the end of ``begin`` by itself."""
        parts: list[Part] = []
        values: list[Any] = []
        for (model, key), (row, names) in self._changed.items():
            fields = tuple(names)
            parts.append((model, fields, 1))
            values.extend(_column(model, name).value(row) for name in fields)
            values.append(key)
        for model, rows in self._added.items():
            columns = columns_of(model)
            parts.append((model, (), len(rows)))
            values.extend(column.value(row) for row in rows for column in columns)
        self._added, self._changed = {}, {}
        if parts:
            _execute(_statement(tuple(parts)), values)
        for row in self._removed:
            row.delete()
        self._removed = []
        if self._jobs:
            for task, arguments in self._jobs:
                queue.defer(task, arguments)
            self._jobs = []


def stored_number(series: str, day: date) -> int:
    """Counts a series up in the database and returns its number."""
    (row,) = fetch(
        "INSERT INTO ledger_series (name, day, last) VALUES (%s, %s, 1) "
        "ON CONFLICT (name, day) DO UPDATE SET last = ledger_series.last + 1 RETURNING last",
        (series, day),
    )
    return int(row["last"])


def _execute(statement: bytes, values: list[Any]) -> None:
    """Server-side parameters and a prepared plan: the same few statements run all day."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        raw = connection.connection
        with psycopg.RawCursor(raw) as cursor:
            cursor.execute(statement, values, prepare=True)
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement.decode(), "time": "0"})


@contextmanager
def begin(actor: Actor) -> Iterator[DatabaseWork]:
    """One action, one transaction. Raises what the action raises; then nothing was written."""
    with transaction.atomic():
        work = DatabaseWork(actor)
        yield work
        work.flush()


__all__ = ["DatabaseWork", "Work", "begin", "columns_of"]
