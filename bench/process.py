"""What a web worker holds and how long it takes to start, with the whole application loaded and used.

python -m bench.process [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

MOST_MEGABYTES = 150
MOST_SECONDS = 1.5

_LOAD = "from motcua.config.wsgi import application"


def start_seconds(environment: dict[str, str]) -> float:
    """From the start of the process until every view is loaded: the median of five."""
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", _LOAD], env=environment, check=True, capture_output=True)
        taken.append(time.perf_counter() - began)
    return sorted(taken)[2]


def resident_megabytes(pid: int) -> float:
    """Memory of a process that is its own or shared with nobody else (PSS), in MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"No figure for process {pid}.")


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def measure() -> dict[str, float]:
    """``start_seconds`` and ``megabytes`` of the larger worker after a thousand requests."""
    from motcua.interfaces.cli import database

    database.ensure()
    from bench.web import server

    paths = ["/", "/health", "/api/v1/procedures/1.001193", "/api/v1/procedures?q=khai+sinh"]
    with server() as (host, port):
        for number in range(1000):
            path = paths[number % len(paths)]
            with urllib.request.urlopen(f"http://{host}:{port}{path}", timeout=10) as answer:
                answer.read()
        parents = [child for child in children_of(os.getpid()) if b"web" in Path(f"/proc/{child}/cmdline").read_bytes()]
        workers = [worker for parent in parents for worker in children_of(parent)]
        megabytes = max(resident_megabytes(worker) for worker in workers)
    return {"start_seconds": round(start_seconds(dict(os.environ)), 2), "megabytes": round(megabytes, 1)}


def main() -> None:
    """Prints both figures; exit 1 when one is too high."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure()
    ok = found["start_seconds"] <= MOST_SECONDS and found["megabytes"] <= MOST_MEGABYTES
    if given.json:
        print(json.dumps({**found, "ok": ok}))
    else:
        print(f"web worker: starts in {found['start_seconds']} s (at most {MOST_SECONDS})")
        print(f"web worker: holds {found['megabytes']} MB (at most {MOST_MEGABYTES})")
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
