"""All benchmarks in one run, as one report: ``make bench``.

Each is a module of its own (``python -m bench.web`` …) and exits 1 where a promise is missed; so does this.
"""

from __future__ import annotations

import subprocess
import sys
import time

PARTS = (
    ("bench.due_dates", "Due dates"),
    ("bench.search", "Search"),
    ("bench.web", "Over HTTP, against the raw database"),
    ("bench.form", "The portal's form"),
    ("bench.process", "A web worker"),
    ("bench.transitions", "Claim, pass on, complete, against the same rows written raw"),
    ("bench.bulk_desk", "One act on 500 dossiers"),
    ("bench.bulk", "Bulk load, against COPY"),
    ("bench.flows", "5,508 flows from a spreadsheet, against COPY"),
    ("bench.scale", "Screens as the data grows"),
)


def main() -> None:
    """Runs every part after the other and says which missed a promise."""
    missed = []
    for module, title in PARTS:
        print(f"\n== {title} (python -m {module})", flush=True)
        began = time.perf_counter()
        if subprocess.run([sys.executable, "-m", module], check=False).returncode:
            missed.append(title)
        print(f"   {time.perf_counter() - began:.0f} s", flush=True)
    if missed:
        print(f"\nMissed: {', '.join(missed)}")
        sys.exit(1)
    print("\nAll promises kept.")


if __name__ == "__main__":
    main()
