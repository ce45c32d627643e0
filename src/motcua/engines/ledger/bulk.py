"""The same unit of work over COPY: many actions in memory, written at once.

For the demo province, replays and the loading of old data. The rows of an aggregate that an action changes must
have been added in the same bulk (a bulk builds histories; it does not edit what is already stored).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.chain import GENESIS
from motcua.engines.ledger.models import Event, Series
from motcua.engines.ledger.work import Head, Work, columns_of, stored_number


class BulkWork(Work):
    """Set ``actor`` and ``now`` before each action; call ``flush`` every few thousand cases."""

    retells = True

    def __init__(self, actor: Actor, now: datetime | None = None) -> None:
        super().__init__(actor, now)
        self._rows: dict[type[models.Model], list[models.Model]] = {}
        self._known: set[int] = set()
        self._series: dict[str, dict[date, int]] = {}
        self._numbered: dict[tuple[str, date], int] = {}
        self.jobs_left_out = 0

    def add(self, *rows: models.Model) -> None:
        for row in rows:
            self._rows.setdefault(type(row), []).append(row)
            if not isinstance(row, Event):
                self._known.add(id(row))

    def change(self, row: models.Model, *fields: str) -> None:
        if id(row) not in self._known:
            raise ValueError(f"{row!r} was not added in this bulk")

    def remove(self, row: models.Model) -> None:
        raise ValueError("A bulk builds histories; it removes nothing")

    def defer(self, task: str, **arguments: Any) -> None:
        """History sends no messages: jobs are counted and left out."""
        self.jobs_left_out += 1

    def next_number(self, series: str, day: date, *, shared: bool = False) -> int:
        """Goes on after the number that is stored. Nobody else may number the same series and day meanwhile, but where
        it is ``shared``: that is counted in the database at once."""
        if shared:
            return stored_number(series, day)
        days = self._series.get(series)
        if days is None:
            days = self._series[series] = dict(Series.objects.filter(name=series).values_list("day", "last"))
        number = days.get(day, 0) + 1
        days[day] = number
        self._numbered[series, day] = number
        return number

    def _stored_head(self, stream: UUID) -> Head:
        return (0, GENESIS)

    def flush(self) -> dict[str, int]:
        """Copies everything in one transaction and forgets it. Returns rows per table."""
        written: dict[str, int] = {}
        with transaction.atomic(), connection.cursor() as cursor:
            for model, rows in self._rows.items():
                columns = columns_of(model)
                names = ", ".join(f'"{column.name}"' for column in columns)
                with cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
                    for row in rows:
                        copy.write_row([column.value(row) for column in columns])
                written[model._meta.db_table] = len(rows)
            cursor.executemany(
                f'INSERT INTO "{Series._meta.db_table}" (name, day, last) VALUES (%s, %s, %s) '  # noqa: S608
                "ON CONFLICT (name, day) DO UPDATE SET last = greatest(ledger_series.last, excluded.last)",
                [(name, day, last) for (name, day), last in self._numbered.items()],
            )
        self._rows, self._known, self._heads, self._numbered = {}, set(), {}, {}
        return written
