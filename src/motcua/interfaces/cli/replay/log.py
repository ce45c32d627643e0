"""Reading the log: cases with their times and events, in the log's own local time.

The log's wall-clock times are kept as wall-clock times here: a deadline of 56 days means the same hour 56 days later,
also across the log's change to summer time.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid

COLUMNS = ("case:concept:name", "case:startdate", "case:deadline", "concept:name", "time:timestamp")
"""Columns that a log must have. Used when there: case:enddate, case:channel, case:responsible, org:resource."""

ACTIVITIES: Mapping[str, str] = {
    "T02": "check",
    "T03": "adjust",
    "T04": "determine",
    "T05": "send",
    "T06": "necessity",
    "T07": "advice",
    "T08": "advice",
    "T09": "advice",
    "T10": "indication",
    "T11": "request",
    "T12": "request_check",
    "T13": "request_adjust",
    "T14": "request_determine",
    "T15": "request_print",
    "T16": "report",
    "T17": "report_check",
    "T18": "report_adjust",
    "T19": "report_determine",
    "T20": "report_print",
}
CONFIRMATION = "Confirmation of receipt"
RECEIPT_STEPS = frozenset({"confirm", "check", "adjust", "determine", "send"})
"""The branch that confirms; all other steps are the branch that may stop the request."""


@dataclass(frozen=True, slots=True)
class LogEvent:
    """Something that was done. ``step``: the step of our flow, empty for an activity that we don't know."""

    at: datetime
    activity: str
    step: str
    resource: str

    @property
    def receipt(self) -> bool:
        return self.step in RECEIPT_STEPS


@dataclass(frozen=True, slots=True)
class LogCase:
    """A case of the log. ``end`` is None while it is open."""

    name: str
    start: datetime
    deadline: datetime
    end: datetime | None
    channel: str
    responsible: str
    events: list[LogEvent] = field(default_factory=list)

    @property
    def late(self) -> bool:
        """Whether the log's end lies after the log's deadline."""
        return self.end is not None and self.end > self.deadline

    @property
    def begin(self) -> datetime:
        """When the case begins: its start, or its first event where the log has that before."""
        return min([self.start, *(event.at for event in self.events[:1])])

    @property
    def days(self) -> int:
        """The time that was given, in whole days."""
        return max(round((self.deadline - self.begin) / timedelta(days=1)), 1)


def read(path: Path) -> list[LogCase]:
    """The cases in the order of their first appearance. Raises ``Invalid`` for a file that is no such log."""
    try:
        raw = path.read_bytes()
        text = gzip.decompress(raw).decode() if raw[:2] == b"\x1f\x8b" else raw.decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise Invalid("%(path)s cannot be read: %(error)s.", path=str(path), error=str(error)) from error
    rows = csv.DictReader(io.StringIO(text))
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise Invalid("%(path)s is no event log: it has no column %(column)s.", path=str(path), column=missing[0])
    return _cases(rows, path)


def _cases(rows: Iterable[Mapping[str, str]], path: Path) -> list[LogCase]:
    cases: dict[str, LogCase] = {}
    for number, row in enumerate(rows, start=2):
        try:
            case = cases.get(row["case:concept:name"]) or _case(row)
            at = _moment(row["time:timestamp"])
        except (ValueError, TypeError) as error:
            raise Invalid("Line %(line)s of %(path)s has no proper time.", line=number, path=str(path)) from error
        cases[case.name] = case
        activity = row["concept:name"]
        resource = row.get("org:resource") or case.responsible
        case.events.append(LogEvent(at, activity, step_of(activity), resource))
    for case in cases.values():
        case.events.sort(key=lambda event: event.at)
    return list(cases.values())


def _case(row: Mapping[str, str]) -> LogCase:
    end = row.get("case:enddate")
    return LogCase(
        name=row["case:concept:name"],
        start=_moment(row["case:startdate"]),
        deadline=_moment(row["case:deadline"]),
        end=_moment(end) if end else None,
        channel=row.get("case:channel") or "",
        responsible=row.get("case:responsible") or "somebody",
    )


def _moment(text: str) -> datetime:
    """The wall-clock time as one of ours."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def step_of(activity: str) -> str:
    """The step of our flow that an activity is; empty for one that we don't know."""
    return "confirm" if activity == CONFIRMATION else ACTIVITIES.get(activity[:3], "")
