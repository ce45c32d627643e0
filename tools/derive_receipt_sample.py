"""Derives the small event log that the tests ship from the full one: facts only (steps and times), sixty cases.

    python -m tools.derive_receipt_sample [SOURCE [TARGET]]

From CoSeLoG, receipt phase (doi:10.4121/uuid:a07386a5-7be3-4367-9535-70bc9e77dbe6). People, groups and departments stay
behind. Every thirtieth case, and the ones whose way through the flow is rare.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT.parent / "shared" / "data" / "event_logs" / "receipt_events.csv.gz"
TARGET = ROOT / "tests" / "interfaces" / "cli" / "data" / "receipt_sample.csv"
COLUMNS = (
    "case:concept:name",
    "case:startdate",
    "case:deadline",
    "case:enddate",
    "case:channel",
    "concept:name",
    "time:timestamp",
)
EVERY = 30
RARE = 12
EARLY = ("case-4024", "case-4677", "case-7917")
"""Ended before their last event, begun before their start, a step left out."""


def chosen(rows: list[dict[str, str]]) -> set[str]:
    """The names of the cases to keep."""
    ways: dict[str, str] = {}
    for row in rows:
        name = row["case:concept:name"]
        ways[name] = f"{ways.get(name, '')}>{row['concept:name']}"
    names = list(ways)
    often = Counter(ways.values())
    rare = sorted((name for name in names if often[ways[name]] == 1), key=lambda name: (-len(ways[name]), name))
    return {*names[::EVERY], *rare[:RARE], *EARLY}


def main(arguments: list[str]) -> int:
    source = Path(arguments[0]) if arguments else SOURCE
    target = Path(arguments[1]) if len(arguments) > 1 else TARGET
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(source.read_bytes()).decode())))
    keep = chosen(rows)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if row["case:concept:name"] in keep)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
