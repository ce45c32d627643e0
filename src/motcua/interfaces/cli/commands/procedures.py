"""``motcua procedures``: import and show the catalogue, see what an import could not decide."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli import database, output

TWO_LEVELS = date(2025, 7, 1)  # since when the catalogue that comes with the house holds: no districts any more
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
day = click.DateTime(formats=["%Y-%m-%d"])
file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.group()
def command() -> None:
    """Import and show procedures."""


@command.command("import")
@file_argument
@click.option("--effective", type=day, help="Day from which new and changed procedures hold; today by default.")
@as_json_option
def import_(file: Path, effective: Any, as_json: bool) -> None:
    """Import a catalogue (docs/administrators/catalogue-format.md); a second run changes nothing."""
    if not file.is_file():
        raise MotcuaError("There is no file %(path)s.", path=str(file))
    database.ensure()
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.services.procedures.importer import import_file

    with output.progress("Importing") as bar:
        report = import_file(file, SYSTEM, _day(effective), lambda count: bar.advance())
    _load_linked_groups()
    if as_json:
        output.emit(report.as_json())
        return
    click.echo(
        f"{report.read} read: {report.created} created, {report.updated} updated, "
        f"{report.unchanged} unchanged, {len(report.refused)} refused, {len(report.review)} to review"
    )
    for one in report.refused:
        click.echo(f"  refused {one['code']}: {one['reason']}")


@command.command("import-results")
@file_argument
@as_json_option
def import_results(file: Path, as_json: bool) -> None:
    """Import result types (columns procedure_code, result_code, result_name)."""
    database.ensure()
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.services.procedures import results

    report = results.import_results(file, SYSTEM)
    if as_json:
        output.emit(report.as_json())
        return
    click.echo(
        f"{report.read} read: {report.created} created, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.elsewhere} of procedures that are not here, {len(report.refused)} refused"
    )


@command.command()
@click.argument("code")
@click.option("--on", type=day, help="The version in force on this day; today by default.")
@click.option("--unit", default="", help="The forecast for the agency with this identifier.")
@as_json_option
def show(code: str, on: Any, unit: str, as_json: bool) -> None:
    """Show a procedure: channels with times and fees, components, legal basis, and when it is usually ready."""
    ensure_catalogue()
    from motcua.engines.organisations.queries import directory
    from motcua.foundation import clock
    from motcua.services.dossiers.forecasting import forecast
    from motcua.services.procedures import queries

    procedure = queries.by_code(code, _day(on))
    told = forecast(procedure, directory().coded(unit).id if unit else None, clock.now())
    if as_json:
        output.emit({**queries.as_json(procedure), "forecast": told.as_json() if told else None})
        return
    click.echo(f"{procedure.code}  {procedure.name}")
    click.echo(f"  {procedure.field}, {', '.join(procedure.levels)}, version {procedure.number}")
    for method in procedure.methods:
        fees = ", ".join(f"{fee.amount} {fee.currency}" if fee.certain else "?" for fee in method.fees)
        click.echo(f"  {method.channel}: {method.allowance or method.raw or '?'}; {fees or '-'}")
    for paper in procedure.papers:
        click.echo(f"  - {paper.label} ({paper.originals}/{paper.copies})")
    if told:
        said = told.as_json()
        click.echo(
            f"  usually ready before {said['usually_before']} (half {said['half_before']}, "
            f"nearly all {said['nearly_always_before']}; {told.cases} cases, {told.scope}, queue {said['queue']})"
        )


@command.command()
@click.option("--reason", default="", help="Only doubts of this kind.")
@click.option("--code", default="", help="Only of this procedure.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
@as_json_option
def review(reason: str, code: str, limit: int, as_json: bool) -> None:
    """List what an import could not decide; administrators work through it on screen."""
    database.ensure()
    from motcua.services.procedures import queries

    rows = [
        {
            "code": item.procedure.code,
            "field": item.path,
            "reason": item.reason,
            "raw": item.raw,
            "suggestion": item.suggestion,
        }
        for item in queries.review_items(reason=reason, code=code, limit=limit)
    ]
    counts = queries.review_counts()
    if as_json:
        output.emit({"open": counts, "items": rows})
        return
    for row in rows:
        raw = " ".join(row["raw"].split())[:80]
        click.echo(f"{row['code']}  {row['reason']}  {row['field']}  {raw}  {row['suggestion']}".rstrip())
    for name, count in counts.items():
        click.echo(f"{count:6d} {name}")


def _load_linked_groups() -> None:
    """The groups of linked procedures that come with the house; those that offices have are left alone."""
    from motcua.services.dossiers.together.groups import load_shipped

    load_shipped()


def _day(value: Any) -> date | None:
    return value.date() if value else None


def ensure_catalogue() -> None:
    """The database; an embedded one that holds no procedure yet gets the catalogue that comes with the house."""
    database.ensure()
    from motcua.services.procedures.models import Procedure

    if not database.reach().embedded or Procedure.objects.exists():
        return
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.services.procedures.importer import DEMO_CATALOGUE, import_file

    output.note("No procedures yet: importing the catalogue that comes with Motcua.")
    import_file(DEMO_CATALOGUE, SYSTEM, TWO_LEVELS)
    _load_linked_groups()
