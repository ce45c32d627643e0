"""``motcua flows``: many flows in and out as spreadsheets, one as BPMN, and what a change would have done."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli import database, output

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
day = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def command() -> None:
    """Import, export and try flows."""


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--effective", type=day, help="Day from which new and changed flows hold; today by default.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--key", default="", help="Key of the flow that a BPMN file becomes; its name by default.")
@as_json_option
def import_(file: Path, effective: Any, dry_run: bool, key: str, as_json: bool) -> None:
    """Import flows: a spreadsheet (.xlsx, .ods) publishes many, a BPMN 2.0 file (.bpmn, .xml) becomes a draft."""
    if not file.is_file():
        raise MotcuaError("There is no file %(path)s.", path=str(file))
    database.ensure()
    if file.suffix.lower() in (".bpmn", ".xml"):
        _import_bpmn(file, key, dry_run, as_json)
        return
    from motcua.engines.flows.importing import import_sheets
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.services.procedures.queries import in_force

    report = import_sheets(
        file.read_bytes(),
        SYSTEM,
        effective_from=effective.date() if effective else None,
        dry_run=dry_run,
        known_codes=in_force()[1].keys(),
    )
    if as_json:
        output.emit(report.as_json())
        return
    click.echo(
        f"{report.rows} rows read, {report.flows} flows: {report.created} created, {report.updated} updated, "
        f"{report.unchanged} unchanged, {report.refused_flows} refused{' (dry run)' if dry_run else ''}"
    )
    for remark in report.refused:
        click.echo(f"  refused {remark.sheet}, row {remark.row}: {remark.text}")
    for remark in report.notes:
        click.echo(f"  note {remark.sheet}, row {remark.row}: {remark.text}")


def _import_bpmn(file: Path, key: str, dry_run: bool, as_json: bool) -> None:
    from motcua.engines.flows import actions
    from motcua.engines.flows.importing import names_here
    from motcua.engines.flows.reading import from_bpmn
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.ledger.work import begin
    from motcua.foundation.text import slug

    names = names_here()
    read = from_bpmn(file.read_bytes(), lambda words: found if isinstance(found := names.unit(words), str) else None)
    key = slug(key or file.stem, 60) or "bpmn"
    if not dry_run:
        with begin(SYSTEM) as work:
            actions.save_draft(work, key, read.name or key, read.flow.as_data())
    notes = [str(note) for note in read.notes]
    document = {
        "dry_run": dry_run,
        "key": key,
        "name": read.name,
        "steps": read.flow.as_data(),
        "notes": notes,
        "problems": [{"step": step, "problem": message} for step, message in read.flow.problems()],
    }
    if as_json:
        output.emit(document)
        return
    click.echo(f"{key}: {len(read.flow.steps)} steps {'read' if dry_run else 'kept as a draft'}")
    for note in notes:
        click.echo(f"  note: {note}")
    for step, message in read.flow.problems():
        click.echo(f"  problem {step}: {message}")


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--key", default="", help="Only this flow; its newest version.")
def export(file: Path, key: str) -> None:
    """Write all flows to FILE: .xlsx as the import reads it; with --key and .bpmn one flow as BPMN 2.0."""
    database.ensure()
    from motcua.engines.flows.bpmn import to_bpmn
    from motcua.engines.flows.importing import all_written
    from motcua.engines.flows.sheet_files import to_xlsx

    flows = [flow for flow in all_written() if key in ("", flow.key)]
    if key and not flows:
        raise MotcuaError("There is no published flow %(key)s.", key=key)
    if file.suffix.lower() in (".bpmn", ".xml"):
        if not key:
            raise MotcuaError("A BPMN file holds one flow. Name it with --key.")
        file.write_text(to_bpmn(flows[0].definition, flows[0].name), encoding="utf-8")
    else:
        file.write_bytes(to_xlsx(flows))
    click.echo(f"{len(flows)} flows written to {file.name}")


@command.command("what-if")
@click.argument("procedure")
@click.option("--flow", "key", default="", help="Play the newest steps of this flow, a draft too.")
@click.option("--persons", multiple=True, metavar="STEP=N", help="Persons per unit at a step: 3, +1 or -1.")
@click.option("--calendar", "calendar_name", default="", help="Working hours of this calendar for everybody.")
@click.option("--since", type=day, help="Accepted from this day; a year before --until by default.")
@click.option("--until", type=day, help="Accepted before this day; today by default.")
@click.option("--seed", default=1, show_default=True, type=int)
@as_json_option
def what_if(
    procedure: str,
    key: str,
    persons: tuple[str, ...],
    calendar_name: str,
    since: Any,
    until: Any,
    seed: int,
    as_json: bool,
) -> None:
    """Play last year's dossiers of PROCEDURE through another flow or staffing and compare lateness."""
    database.ensure()
    from motcua.engines.organisations.models import WorkCalendar
    from motcua.services.dossiers.whatif import Change, answer
    from motcua.services.dossiers.whatif.report import newest_draft

    steps = newest_draft(key) if key else None
    if key and steps is None:
        raise MotcuaError("There is no flow %(key)s.", key=key)
    calendar = WorkCalendar.objects.filter(name=calendar_name).first() if calendar_name else None
    if calendar_name and calendar is None:
        raise MotcuaError("There is no calendar “%(name)s”.", name=calendar_name)
    asked = {}
    for each in persons:
        step, sign, count = each.partition("=")
        if not sign:
            raise click.UsageError("Write --persons STEP=N.")
        asked[step.strip()] = count.strip()
    last = until.date() if until else clock.today()
    first = since.date() if since else last - timedelta(days=365)
    moments = (datetime.combine(one, time(), VIETNAM) for one in (first, last))
    begin, end = moments
    change = Change(steps, asked, calendar.pk if calendar else None)
    found = answer(procedure, change, since=begin, until=end, seed=seed)
    if as_json:
        output.emit(found.as_json())
        return
    click.echo(f"{'':24s}  dossiers   late   median   90 %  (working hours)")
    for words, figures in (
        ("happened", found.happened),
        ("played unchanged", found.unchanged),
        ("played with the change", found.changed),
    ):
        click.echo(
            f"{words:24s}  {figures.count:8d}  {100 * figures.late:4.1f}%  {figures.median_hours:7.1f}  "
            f"{figures.ninety_hours:6.1f}"
        )
    for one in found.steps_changed:
        click.echo(
            f"  {one.name}: queue {one.queued} h, other waiting {one.idle} h, work {one.served} h, "
            f"load {100 * one.load:.0f} %"
        )
    if not found.reliable:
        click.echo("The unchanged play does not come near enough to what happened: take the change only as a hint.")
    for note in found.notes:
        click.echo(f"  {note}")
