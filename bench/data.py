"""A database of N dossiers for the benchmarks: the demo province with a history that grows to N.

    python -m bench.data --dossiers 1000000 [--processes 2] [--seed 57] [--json]

Works on ``DATABASE_URL``, else on the embedded server. Broken off, it goes on where it stopped; with a larger N it adds
what is missing. The same N from the same seed in one go gives the same rows.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

STREAM = uuid5(NAMESPACE_URL, "motcua:bench")
"""The ledger stream that says what was added to the demo province."""


def ensure(dossiers: int, *, seed: int = 57, processes: int | None = None) -> dict[str, Any]:
    """Makes sure that the database holds at least so many dossiers. Returns what was written and how long it took.

    Raises ``Refused`` where the database holds anything but the demo province.
    """
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.ledger.work import begin
    from motcua.interfaces.cli import output
    from motcua.interfaces.cli.demo import build, histories
    from motcua.interfaces.cli.demo.samples import store_samples
    from motcua.services.dossiers.models import Dossier

    begun = time.perf_counter()
    with output.progress("Dossiers", dossiers) as bar:
        if not build.is_finished():
            build.build(dossiers=dossiers, seed=seed, processes=processes, bar=bar)
        for plan in _plans(dossiers, seed):
            with begin(SYSTEM) as work:
                samples = store_samples(work, build.owner())
            histories.load(
                histories.plan(
                    total=plan["total"],
                    seed=plan["seed"],
                    until=datetime.fromisoformat(plan["until"]),
                    samples=samples,
                    serial=plan["serial"],
                ),
                processes=processes,
                advance=bar.advance,
            )
            build.settle_readers()
            with begin(SYSTEM) as work:
                work.record(STREAM, "bench.finished", plan)
    seconds = time.perf_counter() - begun
    now = Dossier.objects.count()
    return {"dossiers": now, "seconds": round(seconds, 1), "asked": dossiers}


def _plans(dossiers: int, seed: int) -> Iterator[dict[str, Any]]:
    """What was begun and not finished, then what is missing. A plan is in the ledger before its first dossier."""
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.ledger.models import Event
    from motcua.engines.ledger.work import begin
    from motcua.foundation import clock
    from motcua.services.dossiers.models import Dossier

    last = Event.objects.filter(stream=STREAM).order_by("-seq").first()
    if last is not None and last.kind == "bench.begun":
        yield last.data
    there = Dossier.objects.count()
    if there < dossiers:
        plan = {
            "total": dossiers - there,
            "seed": seed + there,
            "serial": there,
            "until": clock.now().isoformat(),
        }
        with begin(SYSTEM) as work:
            work.record(STREAM, "bench.begun", plan)
        yield plan


def main(arguments: list[str] | None = None) -> int:
    """Prints how many there are now and how long it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dossiers", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=None)
    parser.add_argument("--seed", type=int, default=57)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)

    from motcua.interfaces.cli import database

    database.ensure()
    found = ensure(given.dossiers, seed=given.seed, processes=given.processes)
    print(json.dumps(found) if given.json else f"{found['dossiers']} dossiers are there ({found['seconds']} s).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
