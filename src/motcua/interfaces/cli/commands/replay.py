"""``motcua replay FILE``: a real event log through a matching flow, with a simulated clock."""

from __future__ import annotations

from pathlib import Path

import click

from motcua.interfaces.cli import database, output


@click.command("replay", help="Run a real event log through a matching flow with a simulated clock, and compare.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keep", is_flag=True, help="Keep what was made; without it everything is rolled back.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(file: Path, keep: bool, as_json: bool) -> None:
    """FILE: a CSV (or CSV.GZ) event log of the receipt phase, as CoSeLoG publishes it."""
    database.ensure()
    from motcua.interfaces.cli.replay import log, report

    with output.progress("Cases", len(log.read(file))) as bar:
        document = report.replay(file, keep=keep, advance=bar.advance)
    if as_json:
        output.emit(document)
        return
    for name in ("cases", "events", "closed", "late"):
        click.echo(f"{name:>8}  {document[name]:>6}   log {document['log'][name]:>6}")
    click.echo(
        f"Due dates the same to the minute: {document['due']['same']}, to the day: {document['due']['same_day']}"
    )
    click.echo("Differences:")
    for kind, count in document["differences_by_kind"].items():
        click.echo(f"  {count:>5}  {kind}")
    for difference in document["differences"]:
        click.echo(f"  {difference.case}: {difference.kind}: {difference.explanation}")
