"""Two at once: one effect each, never a version twice and never an error of ours."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections

from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.verify import verify
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, NotFound
from motcua.services.procedures import actions, queries, versions
from motcua.services.procedures.importer import import_file
from motcua.services.procedures.models import Procedure, ProcedureVersion, SearchEntry
from tests.services.procedures.samples import record, write

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """Runs each on a connection of its own, all starting together; what they return or raise."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        try:
            start.wait()
            return task()
        except (Conflict, NotFound) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_one_file_imported_twice_at_once(tmp_path: Path) -> None:
    file = write(tmp_path / "c.jsonl.gz", *[record(f"1.{number:06d}") for number in range(120)])
    reports = at_once(*[lambda: import_file(file, SYSTEM) for _ in range(3)])
    assert sorted((one.created, one.unchanged) for one in reports) == [(0, 120), (0, 120), (120, 0)]  # type: ignore[attr-defined]
    assert ProcedureVersion.objects.count() == SearchEntry.objects.count() == 120
    assert verify().ok


def test_one_draft_published_twice_at_once(tmp_path: Path) -> None:
    import_file(write(tmp_path / "c.jsonl", record()), SYSTEM, date(2025, 7, 1))
    procedure = Procedure.objects.get()
    with begin(SYSTEM) as work:
        content = replace(versions.content_of(queries.by_code(procedure.code)), name="Anders")
        actions.edit(work, procedure, content)

    def publish() -> ProcedureVersion:
        with begin(SYSTEM) as work:
            return actions.publish(work, Procedure.objects.get(), clock.today())

    results = at_once(publish, publish)
    assert sorted(type(one).__name__ for one in results) == ["NotFound", "ProcedureVersion"]
    assert ProcedureVersion.objects.count() == 2
    assert SearchEntry.objects.get().name == "Anders"


def test_an_edit_published_while_an_import_runs(tmp_path: Path) -> None:
    import_file(write(tmp_path / "c.jsonl", record()), SYSTEM, date(2025, 7, 1))
    procedure = Procedure.objects.get()
    with begin(SYSTEM) as work:
        content = replace(versions.content_of(queries.by_code(procedure.code)), name="Hier")
        actions.edit(work, procedure, content)
    changed = write(tmp_path / "d.jsonl", record(name="Dort"))

    def publish() -> ProcedureVersion:
        with begin(SYSTEM) as work:
            return actions.publish(work, Procedure.objects.get(), clock.today())

    at_once(publish, lambda: import_file(changed, SYSTEM))
    # Whoever came first, the import's version is there, and versions follow one another without overlap.
    names = list(ProcedureVersion.objects.order_by("number").values_list("name", flat=True))
    assert names in (["Thủ tục đăng ký khai sinh", "Hier", "Dort"], ["Thủ tục đăng ký khai sinh", "Dort"])
    assert queries.by_code(procedure.code).name == "Dort"
    assert verify().ok
