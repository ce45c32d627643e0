"""Due dates a second on one core. The floor is 100,000 for the plain way.

python -m bench.due_dates [--json] [--seconds 1.0]
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from motcua.foundation.clock import VIETNAM
from motcua.foundation.working_time import (
    DEFAULT_CALENDAR,
    Allowance,
    Calendar,
    Effect,
    Stop,
    Unit,
    add_working_seconds,
    due,
    explain,
    reckon,
    working_seconds_between,
)

FLOOR = 100_000
START = datetime(2024, 1, 2, tzinfo=VIETNAM)


def moments(count: int = 2_000) -> list[datetime]:
    """Moments of receipt at any hour over three years, the same in each run."""
    chance = random.Random(766)
    return [START + timedelta(minutes=chance.randrange(3 * 365 * 1440)) for _ in range(count)]


def rate(work: Callable[[datetime], object], seconds: float) -> float:
    """Calls a second of ``work`` over the moments; the best of five rounds, so that a busy neighbour does not count."""
    received = moments()
    best = 0.0
    for _ in range(5):
        done = 0
        began = time.perf_counter()
        while (passed := time.perf_counter() - began) < seconds / 5:
            for moment in received:
                work(moment)
            done += len(received)
        best = max(best, done / passed)
    return best


def measure(seconds: float = 1.0) -> list[dict[str, object]]:
    """One row a kind of reckoning: ``name``, ``per_second``, ``floor`` (0: none)."""
    calendar = DEFAULT_CALENDAR
    five, thirty = Allowance(5, Unit.WORKING_DAY), Allowance(30, Unit.DAY)
    hours, long, months = Allowance(20, Unit.HOUR), Allowance(250, Unit.WORKING_DAY), Allowance(2, Unit.MONTH)

    def with_stop(at: datetime) -> object:
        stop = Stop(at + timedelta(days=1), at + timedelta(days=6), Effect.RESTART)
        return reckon(calendar, at, five, [stop], explained=False).due

    kinds: list[tuple[str, Callable[[datetime], object], int]] = [
        ("5 working days", lambda at: due(calendar, at, five), FLOOR),
        ("250 working days", lambda at: due(calendar, at, long), FLOOR),
        ("30 days", lambda at: due(calendar, at, thirty), FLOOR),
        ("2 months", lambda at: due(calendar, at, months), FLOOR),
        ("20 working hours", lambda at: due(calendar, at, hours), FLOOR),
        ("working time between", lambda at: working_seconds_between(calendar, START, at), FLOOR),
        ("working time added", lambda at: add_working_seconds(calendar, at, 30_000), FLOOR),
        ("5 working days, one supplement", with_stop, 0),
        ("5 working days, explained", lambda at: explain(calendar, at, five), 0),
        ("a calendar from data, 5 working days", lambda at: due(Calendar.from_data({}), at, five), 0),
    ]
    return [{"name": name, "per_second": round(rate(work, seconds)), "floor": floor} for name, work, floor in kinds]


def main() -> int:
    """Prints the table, or one JSON document; status 1 when a floor is not held."""
    arguments = sys.argv[1:]
    seconds = float(arguments[arguments.index("--seconds") + 1]) if "--seconds" in arguments else 1.0
    rows = measure(seconds)
    if "--json" in arguments:
        print(json.dumps(rows))
    else:
        print(f"{'due dates':<40}{'a second':>12}{'floor':>12}")
        for row in rows:
            print(f"{row['name']:<40}{row['per_second']:>12,}{row['floor'] or '':>12}")
    return int(any(row["per_second"] < row["floor"] for row in rows))  # type: ignore[operator]


if __name__ == "__main__":
    sys.exit(main())
