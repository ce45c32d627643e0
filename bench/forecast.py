"""How well forecasts before submission are kept: a back-test on the history of the database.

    python -m bench.forecast [--months 3] [--most 20000] [--json]

Works on ``DATABASE_URL``, else on the embedded server (``python -m bench.data`` fills it). Each dossier of the last
months gets the forecast that it would have been told when it was submitted: made anew each week and only from cases
that had their result before that week, with the queue as it stood at that moment. Counted is how many were ready before
the moments that were told; a good forecast keeps 50, 80 and 95 per cent. Floor: no share more than 7 points too low.
"""

from __future__ import annotations

import argparse
import json
import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from motcua.services.dossiers.forecasting import Past

WEEK = timedelta(days=7)
MISS = 0.07
"""By how much a share may fall short of what was told."""


@dataclass(slots=True)
class Queue:
    """The open steps of one agency through time, to be asked for any moment."""

    opened: list[float] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)

    def settle(self) -> None:
        """Sorts what was gathered; sums for averages."""
        self.opened.sort()
        self.closed.sort()
        self._opened_sums = [0.0, *accumulate(self.opened)]
        self._closed_sums = [0.0, *accumulate(self.closed)]

    _opened_sums: list[float] = field(default_factory=list)
    _closed_sums: list[float] = field(default_factory=list)

    def at(self, moment: float) -> int:
        """How many steps were open."""
        return bisect_right(self.opened, moment) - bisect_right(self.closed, moment)

    def usual(self, moment: float) -> float:
        """How many were open on average until then: the area under the queue over its length."""
        if not self.opened or moment <= self.opened[0]:
            return 0.0
        came, gone = bisect_right(self.opened, moment), bisect_right(self.closed, moment)
        area = came * moment - self._opened_sums[came] - (gone * moment - self._closed_sums[gone])
        return area / (moment - self.opened[0])


def queues() -> dict[UUID, Queue]:
    """By agency (the unit below the province to which a step's unit belongs)."""
    from motcua.engines.cases.models import Task
    from motcua.engines.organisations.queries import directory
    from motcua.services.dossiers.forecasting import WORK

    units = directory()
    agency_of: dict[UUID, UUID] = {}
    for unit in units.all:
        above = unit
        while above.parent_id in units.by_id and units.by_id[above.parent_id].kind != "province":
            above = units.by_id[above.parent_id]
        agency_of[unit.id] = above.id
    found: dict[UUID, Queue] = {}
    rows = Task.objects.filter(stage__in=WORK).values_list("unit_id", "opened_at", "closed_at")
    for unit_id, opened_at, closed_at in rows.iterator(chunk_size=20_000):
        queue = found.setdefault(agency_of[unit_id], Queue())
        queue.opened.append(opened_at.timestamp())
        if closed_at is not None:
            queue.closed.append(closed_at.timestamp())
    for queue in found.values():
        queue.settle()
    return found


@dataclass(slots=True)
class Kept:
    """How many forecasts were made, and how many of each share came true."""

    made: int = 0
    kept: list[int] = field(default_factory=lambda: [0, 0, 0])

    def note(self, minutes: int, told: Sequence[float]) -> None:
        self.made += 1
        for at, bound in enumerate(told):
            self.kept[at] += minutes <= bound

    def shares(self) -> list[float]:
        return [round(count / self.made, 4) if self.made else 0.0 for count in self.kept]


def measure(months: int = 3, most: int = 20_000) -> list[dict[str, Any]]:
    """Rows ``name``, ``cases``, ``half``, ``usually``, ``nearly_always`` (shares that came true)."""
    from motcua.services.dossiers.forecasting import YEAR, past_cases
    from motcua.services.dossiers.models import Dossier

    last = Dossier.objects.order_by("-finished_at").values_list("finished_at", flat=True)
    end = last.filter(finished_at__isnull=False).first()
    if end is None:
        return []
    cases = sorted(past_cases(end - 2 * YEAR, end + timedelta(seconds=1)), key=lambda case: case.submitted_at)
    begin = end - timedelta(days=30 * months)
    tried = [case for case in cases if case.submitted_at >= begin]
    tried = tried[:: max(1, len(tried) // most)]
    return _rows(cases, tried, queues())


def _rows(cases: Sequence[Past], tried: Iterable[Past], waiting: dict[UUID, Queue]) -> list[dict[str, Any]]:
    from motcua.services.dossiers.forecasting import YEAR, Book, queue_factor

    results: dict[str, Kept] = {}
    book = Book([])
    known_until: datetime | None = None
    for case in tried:
        if known_until is None or case.submitted_at >= known_until + WEEK:
            known_until = case.submitted_at
            book = Book(one for one in cases if known_until - YEAR <= one.finished_at < known_until)
        key = book.best(case.procedure, case.field, case.unit_id)
        if key is None:
            results.setdefault("no forecast: too few cases", Kept()).note(0, ())
            continue
        told = book.quantiles(key)
        queue = waiting.get(case.unit_id)
        moment = case.submitted_at.timestamp()
        factor = queue_factor(queue.at(moment), queue.usual(moment)) if queue is not None else 1.0
        results.setdefault("all, with the queue", Kept()).note(case.minutes, [bound * factor for bound in told])
        results.setdefault("all, history alone", Kept()).note(case.minutes, told)
        results.setdefault(f"from: {key[0]}", Kept()).note(case.minutes, [bound * factor for bound in told])
    rows = []
    for name, kept in sorted(results.items()):
        half, usually, nearly_always = kept.shares()
        rows.append(
            {"name": name, "cases": kept.made, "half": half, "usually": usually, "nearly_always": nearly_always}
        )
    return rows


def sound(rows: Sequence[dict[str, Any]]) -> bool:
    """Whether what is told to people is kept."""
    told = next((row for row in rows if row["name"] == "all, with the queue"), None)
    if told is None:
        return True
    wanted = {"half": 0.5, "usually": 0.8, "nearly_always": 0.95}
    return all(told[name] >= share - MISS for name, share in wanted.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--months", type=int, default=3)
    parser.add_argument("--most", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    from motcua.interfaces.cli import database

    database.ensure()
    rows = measure(asked.months, asked.most)
    if asked.json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"{'forecast':34} {'cases':>8} {'50 %':>8} {'80 %':>8} {'95 %':>8}\n")
        for row in rows:
            shares = " ".join(f"{100 * row[name]:7.1f}%" for name in ("half", "usually", "nearly_always"))
            sys.stdout.write(f"{row['name']:34} {row['cases']:8d} {shares}\n")
    return 0 if sound(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
