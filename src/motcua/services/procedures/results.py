"""Result types of the national catalogue (KQ.…): which results a procedure gives."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from motcua.engines.ledger.actor import Actor
from motcua.foundation import clock
from motcua.foundation.errors import Invalid
from motcua.foundation.text import clean_line
from motcua.services.procedures import queries, search_index
from motcua.services.procedures.importer import bulk
from motcua.services.procedures.models import Procedure, ProcedureResult, ResultType

# The table of results is one thing, not a stream per procedure: one key for its events.
RESULTS_STREAM = uuid5(NAMESPACE_URL, "motcua:procedures:results")
COLUMNS = ("procedure_code", "result_code", "result_name")


@dataclass
class ResultReport:
    """``elsewhere``: rows of procedures that this catalogue does not hold (central ones); their types are kept."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    elsewhere: int = 0
    refused: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def import_results(path: Path, actor: Actor) -> ResultReport:
    """Imports a table procedure_code, result_code, result_name. A second run changes nothing. Raises ``Invalid``."""
    report = ResultReport()
    with bulk(actor) as work:
        types = {one.code: one for one in ResultType.objects.all()}
        procedures = dict(Procedure.objects.values_list("source_code", "id"))
        known = {(one.procedure_id, one.result_id): one for one in ProcedureResult.objects.all()}
        for number, row in enumerate(_rows(path), start=2):
            report.read += 1
            code, result_code, name = (clean_line(row.get(column) or "") for column in COLUMNS)
            if not code or not result_code.startswith("KQ.") or len(result_code) > 40 or not name:
                report.refused.append({"code": code or f"line {number}", "reason": "incomplete_row"})
                continue
            result = types.get(result_code)
            if result is None:
                result = types[result_code] = ResultType(code=result_code, name=name)
                work.add(result)
            procedure = procedures.get(code)
            if procedure is None:
                report.elsewhere += 1
                continue
            link = known.get((procedure, result.id))
            if link is None:
                link = known[procedure, result.id] = ProcedureResult(procedure_id=procedure, result=result, name=name)
                work.add(link)
                report.created += 1
            elif link.name == name:
                report.unchanged += 1
            else:
                link.name = name
                work.change(link, "name")
                report.updated += 1
        if report.created or report.updated:
            data = {"file": path.name, "created": report.created, "updated": report.updated}
            work.record(RESULTS_STREAM, "procedure_results.imported", data)
            work.flush()
            queries.version.cache_clear()
            search_index.refresh(clock.today())
    return report


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not set(COLUMNS) <= set(reader.fieldnames or ()):
                raise Invalid("%(path)s needs the columns %(columns)s.", path=str(path), columns=", ".join(COLUMNS))
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Invalid("%(path)s cannot be read: %(error)s.", path=str(path), error=str(error)) from error
