"""One row per event, with what is known of its case beside it: CSV for everybody, Parquet for those who reckon."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO

from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Refused
from motcua.services.dossiers.exporting.events import Case, Counts

OF_CASE: Final = {
    "procedure": str,
    "channel": str,
    "delivery": str,
    "received_at": str,
    "competent": str,
    "status": str,
    "status_national": int,
    "allowance": str,
    "submitted": datetime,
    "accepted": datetime,
    "due": datetime,
    "finished": datetime,
    "returned": datetime,
    "late": bool,
    "applicant": str,
}
OF_EVENT: Final = {
    "case:concept:name": str,
    "concept:name": str,
    "time:timestamp": datetime,
    "lifecycle:transition": str,
    "org:resource": str,
    "org:group": str,
    "kind": str,
    "seq": int,
    "event_status": int,
}
COLUMNS: Final = OF_EVENT | {f"case:{name}": kind for name, kind in OF_CASE.items()}
GROUP: Final = 20_000
"""Rows of one row group of Parquet."""


def _rows(found: Iterable[Case], counts: Counts, watch: Callable[[], None]) -> Iterator[dict[str, Any]]:
    for case in found:
        counts.cases += 1
        counts.events += len(case.steps)
        of_case = {f"case:{name}": case.attributes.get(name) for name in OF_CASE}
        for step in case.steps:
            yield {
                "case:concept:name": case.key,
                "concept:name": step.activity,
                "time:timestamp": step.at,
                "lifecycle:transition": step.transition,
                "org:resource": step.resource,
                "org:group": step.group,
                "kind": step.kind,
                "seq": step.seq,
                "event_status": step.status,
                **of_case,
            }
        watch()


def write_csv(found: Iterable[Case], out: TextIO, watch: Callable[[], None] = lambda: None) -> Counts:
    """UTF-8 with a head line; moments as ISO 8601 in Vietnamese time. Returns how much was written."""
    counts = Counts()
    writer = csv.DictWriter(out, list(COLUMNS))
    writer.writeheader()
    for row in _rows(found, counts, watch):
        writer.writerow({name: _text(value) for name, value in row.items()})
    return counts


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(VIETNAM).isoformat()
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value


def write_parquet(found: Iterable[Case], path: Path, watch: Callable[[], None] = lambda: None) -> Counts:
    """A row group at a time. Raises ``Refused`` where pyarrow is not installed (``pip install motcua[parquet]``)."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise Refused("Parquet needs one more library: pip install motcua[parquet].") from error
    kinds = {
        str: pyarrow.string(),
        int: pyarrow.int32(),
        bool: pyarrow.bool_(),
        datetime: pyarrow.timestamp("us", tz=str(VIETNAM)),
    }
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
    counts = Counts()
    group: list[dict[str, Any]] = []
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for row in _rows(found, counts, watch):
            group.append(row)
            if len(group) >= GROUP:
                writer.write_table(pyarrow.Table.from_pylist(group, schema))
                group.clear()
        if group:
            writer.write_table(pyarrow.Table.from_pylist(group, schema))
    return counts
