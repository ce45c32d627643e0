"""``motcua demo``: builds the demo province in an empty database."""

from __future__ import annotations

import click

from motcua.interfaces.cli import database, output


@click.command("demo", help="Load the demo province: Huế, its units, officers, flows and a year of dossiers.")
@click.option("--dossiers", type=click.IntRange(0, 5_000_000), default=20_000, show_default=True, metavar="N")
@click.option("--seed", type=int, default=57, show_default=True, help="The same seed gives the same province.")
@click.option("--processes", type=click.IntRange(1, 64), default=None, help="How many work side by side.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def command(dossiers: int, seed: int, processes: int | None, as_json: bool) -> None:
    """A second run changes nothing. A database that holds anything else is refused."""
    database.ensure()
    from motcua.interfaces.cli.demo import build

    with output.progress("Dossiers of the demo province", dossiers) as bar:
        summary = build.build(
            dossiers=dossiers, seed=seed, processes=processes, bar=bar, say=_silent if as_json else output.note
        )
    if as_json:
        output.emit(summary.as_json())
    elif summary.already:
        output.note("The demo province is there already.")
    else:
        share = summary.as_json()["on_time_percent"]
        output.note(f"{summary.dossiers} dossiers, {summary.events} events, {share} % on time.")


def _silent(text: str) -> None:
    """Says nothing: the document is all that is printed."""
