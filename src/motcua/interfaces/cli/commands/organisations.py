"""``motcua organisations``: reorganise the units of the State, take that back, list what was decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli import database, output

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def command() -> None:
    """Units: merge, split, dissolve, rename and move them on a day, with all their open work."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would move, and change nothing.")
@as_json_option
def reorganise(file: Path, dry_run: bool, as_json: bool) -> None:
    """Carry out FILE (docs/administrators/reorganisation.md), or schedule it when its day is to come.

    The same file again changes nothing; a run that was broken off goes on.
    """
    if not file.is_file():
        raise MotcuaError("There is no file %(path)s.", path=str(file))
    database.ensure()
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.organisations.models import ReorganisationState
    from motcua.engines.organisations.reorganisation import read
    from motcua.foundation import clock
    from motcua.services.dossiers.reorganising import plans as reorganising

    data = read(file.read_bytes(), file.name)
    if dry_run:
        report = reorganising.dry_run(SYSTEM, data)
        if as_json:
            output.emit(report.as_json())
        else:
            _say(report.as_json())
        if not report.possible:
            raise click.exceptions.Exit(1)
        return
    row = _submitted(data, as_json)
    if row.effective <= clock.today():
        with output.progress("Moving") as bar:
            done = 0

            def step(what: str, at: int, of: int) -> None:
                nonlocal done
                bar.total(of)
                bar.advance(at - done if at >= done else at)
                done = at

            row = reorganising.carry_out(row.id, step)
    if as_json:
        output.emit(_row(row))
        return
    if row.state == ReorganisationState.DONE:
        click.echo(f"{row.name}: in effect since {row.effective:%d/%m/%Y}")
        for name, count in row.report.get("counts", {}).items():
            click.echo(f"{count:8d} {name}")
    else:
        click.echo(f"{row.name}: takes effect on {row.effective:%d/%m/%Y}")


def _submitted(data: dict[str, Any], as_json: bool) -> Any:
    """Decided now or before; what stands in the way is printed."""
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.foundation.errors import Refused
    from motcua.services.dossiers.reorganising import plans as reorganising

    try:
        return reorganising.submit(SYSTEM, data)
    except Refused:
        report = reorganising.dry_run(SYSTEM, data).as_json()
        if as_json:
            output.emit(report)
        else:
            _say(report, err=True)
        raise


@command.command()
@click.argument("name")
@as_json_option
def undo(name: str, as_json: bool) -> None:
    """Take the decided reorganisation NAME back before its day."""
    database.ensure()
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.services.dossiers.reorganising import plans as reorganising

    row = reorganising.undo(SYSTEM, reorganising.named(name).id)
    if as_json:
        output.emit(_row(row))
    else:
        click.echo(f"{row.name}: taken back")


@command.command("list")
@as_json_option
def list_(as_json: bool) -> None:
    """List reorganisations, the latest first."""
    database.ensure()
    from motcua.engines.organisations.models import Reorganisation

    rows = [_row(row) for row in Reorganisation.objects.exclude(state="draft")]
    if as_json:
        output.emit(rows)
        return
    for row in rows:
        click.echo(f"{row['effective']}  {row['state']:9s} {row['name']} ({row['basis']})")


def _row(row: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "basis": row.basis,
        "effective": row.effective.isoformat(),
        "state": row.state,
        "decided_at": row.decided_at,
        "finished_at": row.finished_at,
        "counts": row.report.get("counts", row.report.get("planned", {})),
    }


def _say(report: dict[str, Any], *, err: bool = False) -> None:
    """The report as lines."""
    click.echo(f"{report['name']} ({report['basis']}), {report['effective']}", err=err)
    for name, count in report["counts"].items():
        click.echo(f"{count:8d} {name}", err=err)
    for each in report["problems"]:
        click.echo(f"  wrong: {each['place']}: {each['message']}", err=err)
    for each in report["without_owner"]:
        click.echo(f"  nobody for {each['steps']} steps of {each['stage']} in {each['unit']}", err=err)
    click.echo("can be carried out" if report["possible"] else "CANNOT be carried out", err=err)
