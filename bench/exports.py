"""Process data and the register of 100,000 dossiers: how long, how much memory, and does it grow with their number?

    python -m bench.exports [--dossiers 100000] [--parts xes,csv,parquet,xlsx,pdf] [--json]

Works on ``DATABASE_URL``, else on the embedded server; fill it with ``make bench-data N=100000``. Each part writes to a
temporary file in a process of its own, once for a tenth of the dossiers and once for all; days of submission choose
them. Memory is the most that the process, or one that it started, held resident (``ru_maxrss``). Promised: with ten
times the dossiers at most ``GROWTH`` times the memory. The register counts each row as a look, so it writes to the
database.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

GROWTH = 1.3
PARTS = ("xes", "csv", "parquet", "xlsx", "pdf")


def days_of(dossiers: int) -> tuple[date, date, int]:
    """The last day of submission, the first day from which on there are at most so many, and how many there are.

    Within the year that a register may cover.
    """
    from django.db.models import Count
    from django.db.models.functions import TruncDate

    from motcua.foundation.clock import VIETNAM
    from motcua.services.dossiers.models import Dossier
    from motcua.services.dossiers.register import MOST_DAYS

    counted = dict(
        Dossier.objects.values_list(TruncDate("submitted_at", tzinfo=VIETNAM)).annotate(n=Count("pk")).order_by()
    )
    last = max(counted)
    first, there = last + timedelta(days=1), 0
    while (last - first).days < MOST_DAYS - 2 and there + counted.get(first - timedelta(days=1), 0) <= dossiers:
        first -= timedelta(days=1)
        there += counted.get(first, 0)
    return first, last, there


def write(part: str, first: date, last: date, folder: Path) -> dict[str, Any]:
    """One part in this process: rows, seconds (by the clock; its own work alone), bytes, peak of memory in MB."""
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.organisations.models import Unit
    from motcua.services.dossiers import exporting, register

    path = folder / f"export.{part}"
    wanted = exporting.Wanted(first=first, last=last)
    rows = 0

    def count() -> None:
        nonlocal rows
        rows += 1

    def by_text(writer: Callable[..., exporting.Counts]) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer(exporting.cases(wanted), file, count)

    root = Unit.objects.get(kind="province").pk
    asked = register.Wanted(unit_id=root, first=first, last=last)
    begun, worked = time.perf_counter(), time.process_time()
    size = 0
    if part == "xes":
        by_text(exporting.write_xes)
    elif part == "csv":
        by_text(exporting.write_csv)
    elif part == "parquet":
        exporting.write_parquet(exporting.cases(wanted), path, count)
    elif part == "xlsx":
        with path.open("wb") as file:
            for piece in register.as_xlsx(SYSTEM, asked, count):
                file.write(piece)
    else:
        for volume in register.Volumes(SYSTEM, asked, count):
            path.write_bytes(volume)
            size += len(volume)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    held = most / (1024 if sys.platform != "darwin" else 1024 * 1024)
    size = size or path.stat().st_size
    return {"rows": rows, "seconds": round(seconds, 1), "cpu": round(cpu, 1), "bytes": size, "megabytes": round(held)}


def measured(part: str, first: date, last: date) -> dict[str, Any]:
    """The same in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "bench.exports", "--one", part, str(first), str(last), folder],
            check=True,
            stdout=subprocess.PIPE,
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Prints the figures; 1 where memory grew with the number of dossiers."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dossiers", type=int, default=100_000)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", nargs=4, metavar=("PART", "FIRST", "LAST", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)

    from motcua.interfaces.cli import database

    reached = database.ensure()
    if given.one:
        part, first, last, folder = given.one
        print(json.dumps(write(part, date.fromisoformat(first), date.fromisoformat(last), Path(folder))))
        return 0
    if reached.embedded:
        os.environ["MOTCUA_EMBEDDED_URL"] = reached.url
    found: dict[str, Any] = {}
    missed = False
    periods = [days_of(given.dossiers // 10), days_of(given.dossiers)]
    for part in given.parts.split(","):
        few, many = (measured(part, first, last) for first, last, _ in periods)
        growth = round(many["megabytes"] / few["megabytes"], 2)
        missed = missed or growth > GROWTH
        found[part] = {"few": few, "many": many, "growth": growth}
        if not given.json:
            for one in (few, many):
                speed = round(one["rows"] / max(one["seconds"], 0.1))
                print(
                    f"{part:>8}  {one['rows']:>7} dossiers  {one['seconds']:>7.1f} s, own work {one['cpu']:>6.1f} s  "
                    f"{speed:>6} a second  {one['bytes'] / 1e6:>7.1f} MB  memory {one['megabytes']} MB",
                    flush=True,
                )
            print(f"{'':>8}  memory × {growth} (at most {GROWTH})", flush=True)
    if given.json:
        print(json.dumps(found))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
