"""Brings the national catalogue in: every record whole or not at all, a second run changing nothing.

An import is an action like any other: it goes through a ``Work`` and each version it makes is an event in the
ledger, on the stream of its procedure.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import models, transaction

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.bulk import BulkWork
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import Head
from motcua.foundation import clock
from motcua.foundation.errors import Invalid
from motcua.services.procedures import records, search_index, versions
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.models import Procedure, ProcedureVersion, ReviewItem
from motcua.services.procedures.reference import ensure_reference_data

DEMO_CATALOGUE = Path(__file__).parent / "data" / "demo_catalogue.jsonl.gz"
MAX_LINE = 4 * 1024 * 1024
Progress = Callable[[int], None]


@dataclass
class Report:
    """What an import did. ``refused``: unusable records; ``review``: what an administrator should look at."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[dict[str, str]] = field(default_factory=list)
    review: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "review": self.review,
        }


class CatalogueWork(BulkWork):
    """A bulk that may also change rows that are stored already, and goes on at the end of stored streams."""

    def __init__(self, actor: Actor) -> None:
        super().__init__(actor)
        self._changes: dict[tuple[type[models.Model], Any], tuple[models.Model, set[str]]] = {}
        self._ends: dict[UUID, Head] = {}

    def change(self, row: models.Model, *fields: str) -> None:
        if id(row) not in self._known:
            self._changes.setdefault((type(row), row.pk), (row, set()))[1].update(fields)

    def expect(self, streams: Iterable[UUID]) -> None:
        """Looks up the ends of these streams at once, instead of one by one as records turn out to be changed."""
        ends = Event.objects.filter(stream__in=list(streams)).order_by("stream", "-seq").distinct("stream")
        self._ends = {key: (seq, bytes(head)) for key, seq, head in ends.values_list("stream", "seq", "hash")}

    def _stored_head(self, stream: UUID) -> Head:
        if stream in self._ends:
            return self._ends[stream]
        last = Event.objects.filter(stream=stream).order_by("-seq").values_list("seq", "hash").first()
        return (last[0], bytes(last[1])) if last else super()._stored_head(stream)

    def flush(self) -> dict[str, int]:
        with transaction.atomic():
            groups: dict[tuple[type[models.Model], frozenset[str]], list[models.Model]] = {}
            for (model, _), (row, names) in self._changes.items():
                groups.setdefault((model, frozenset(names)), []).append(row)
            for (model, fields), rows in groups.items():
                model._default_manager.bulk_update(rows, sorted(fields), batch_size=500)
            self._changes, self._ends = {}, {}
            return super().flush()


@contextmanager
def bulk(actor: Actor) -> Iterator[CatalogueWork]:
    """One import, one transaction."""
    with transaction.atomic():
        work = CatalogueWork(actor)
        yield work
        work.flush()


def lines(path: Path) -> Iterator[str | bytes]:
    """The lines of a JSON Lines file, plain or gzip. Raises ``Invalid`` where it cannot be read as such."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream = gzip.GzipFile(fileobj=raw) if packed else raw
            reader = io.BufferedReader(stream)
            while line := reader.readline(MAX_LINE + 1):
                if line.strip():
                    yield line
    except (OSError, EOFError) as error:
        raise Invalid("%(path)s cannot be read: %(error)s.", path=str(path), error=str(error)) from error


def import_file(path: Path, actor: Actor, effective: date | None = None, progress: Progress | None = None) -> Report:
    """Imports a catalogue file in one transaction. Raises ``Invalid`` when the file cannot be read."""
    with bulk(actor) as work:
        return import_lines(work, lines(path), effective, progress)


def import_lines(
    work: CatalogueWork,
    source: Iterable[str | bytes],
    effective: date | None = None,
    progress: Progress | None = None,
) -> Report:
    """Imports JSON lines; ``effective`` (default today) is when changed procedures begin to hold."""
    report = Report()
    day = effective or clock.today()
    stored = _Stored.load()
    work.expect(one.id for one in stored.procedures.values())
    ensure_reference_data(work)
    for number, line in enumerate(source, start=1):
        report.read += 1
        _one(work, stored, line, number, day, report)
        if progress:
            progress(report.read)
    if report.created or report.updated:
        _supersede(stored.renewed, work.now)
        work.flush()
        # Past a few hundred, building everything anew is quicker than picking the old rows out.
        search_index.refresh(clock.today(), stored.touched if len(stored.touched) < 300 else None, stored.made)
    return report


def _supersede(procedures: set[UUID], now: datetime) -> None:
    """Doubts about versions that the import has replaced are settled; what is still doubtful it raises anew."""
    open_items = ReviewItem.objects.filter(procedure_id__in=procedures, state=ReviewItem.State.OPEN)
    open_items.update(state=ReviewItem.State.SUPERSEDED, decided_at=now)


@dataclass
class _Stored:
    """What the database holds before the import, by source code; grows as the import goes on."""

    procedures: dict[str, Procedure]
    codes: set[str]
    latest: dict[UUID, ProcedureVersion]
    fields: versions.Fields
    seen: set[str] = field(default_factory=set)
    touched: set[UUID] = field(default_factory=set)
    renewed: set[UUID] = field(default_factory=set)
    made: dict[UUID, ProcedureData] = field(default_factory=dict)

    @classmethod
    def load(cls) -> _Stored:
        versions.alone()
        procedures = {one.source_code: one for one in Procedure.objects.all()}
        slim = ("procedure_id", "number", "state", "source", "effective_from", "effective_to", "content_hash")
        published = ProcedureVersion.objects.filter(state=ProcedureVersion.State.PUBLISHED)
        latest = {one.procedure_id: one for one in published.only(*slim).order_by("effective_from", "number")}
        numbers = dict(ProcedureVersion.objects.values_list("procedure_id").annotate(models.Max("number")).order_by())
        for version in latest.values():
            version.number = numbers[version.procedure_id]
        return cls(procedures, {one.code for one in procedures.values()}, latest, versions.Fields())


def _one(work: CatalogueWork, stored: _Stored, line: str | bytes, number: int, day: date, report: Report) -> None:
    code = ""
    try:
        raw = _decode(line)
        code = str(raw.get("code") or "")[:64] if isinstance(raw, dict) else ""
        record = records.read(raw)
        code = record.code
        if code in stored.seen:
            raise records.UnusableError("duplicate_code")
        stored.seen.add(code)
        _store(work, stored, record, day, report)
    except records.UnusableError as error:
        report.refused.append({"code": code or f"line {number}", "reason": str(error)})


def _decode(line: str | bytes) -> Any:
    if len(line) > MAX_LINE:
        raise records.UnusableError("line_too_long")
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise records.UnusableError("not_json") from None


def _store(work: CatalogueWork, stored: _Stored, record: records.Record, day: date, report: Report) -> None:
    procedure = stored.procedures.get(record.code)
    content = record.content
    doubts = list(record.doubts)
    if procedure is None:
        if record.code in stored.codes:
            raise records.UnusableError("code_taken_by_another")
        procedure = Procedure(
            code=record.code, source_code=record.code, source_hash=record.source_hash, created_at=work.now
        )
        work.add(procedure)
        version = versions.add(work, procedure, content, number=1, source="IMPORT", effective=day, fields=stored.fields)
        procedure.current = version
        work.record(procedure.id, "procedure.created", versions.event_data(procedure, version, content), first=True)
        stored.procedures[record.code] = procedure
        report.created += 1
    elif procedure.source_hash == record.source_hash:
        report.unchanged += 1
        return
    else:
        last = stored.latest.get(procedure.id)
        if last is not None and last.source == ProcedureVersion.Source.EDIT:
            doubts.append(records.Doubt("version", "replaces_edit", f"version {last.number}"))
        version = _renew(work, stored, procedure, record, day, report)
    stored.latest[procedure.id] = version
    if version.number == 1:  # a procedure that is new has no result types yet: this is all that it says
        stored.made[version.id] = versions.data(version, content)
    stored.touched.add(procedure.id)
    for doubt in dict.fromkeys(doubts):
        work.add(
            ReviewItem(
                procedure=procedure,
                version=version,
                path=doubt.path[:100],
                reason=doubt.reason,
                raw=doubt.raw,
                suggestion=doubt.suggestion[:200],
            )
        )
        report.review.append({"code": record.code, "field": doubt.path, "reason": doubt.reason})


def _renew(
    work: CatalogueWork,
    stored: _Stored,
    procedure: Procedure,
    record: records.Record,
    day: date,
    report: Report,
) -> ProcedureVersion:
    """A changed record becomes the next version; the one before it ends on the day it begins."""
    last = stored.latest.get(procedure.id)
    if last is not None and last.effective_from is not None and last.effective_from > day:
        raise records.UnusableError("effective_before_current_version")
    number = 1 + (last.number if last else 0)
    version = versions.add(
        work, procedure, record.content, number=number, source="IMPORT", effective=day, fields=stored.fields
    )
    if last is not None:
        last.effective_to = day
        work.change(last, "effective_to")
    procedure.source_hash = record.source_hash
    work.change(procedure, "source_hash")
    if day <= clock.today():
        procedure.current = version
        work.change(procedure, "current")
    data = versions.event_data(procedure, version, record.content)
    data["replaces"] = last.content_hash if last else ""
    work.record(procedure.id, "procedure.version_published", data)
    stored.renewed.add(procedure.id)
    report.updated += 1
    return version
