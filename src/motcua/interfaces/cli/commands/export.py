"""``motcua export``: process data for others to read. Without personal data unless asked for, and then on record."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from motcua.interfaces.cli import database, output

if TYPE_CHECKING:
    from motcua.services.dossiers.exporting import Counts, Wanted

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("export", help="Write process data out: XES (IEEE 1849), CSV or Parquet.")
def command() -> None:
    """Every dossier is a case, every entry of its ledger an event."""


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for decorate in reversed(
        (
            click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path)),
            click.option("--unit", default="", help="Identifier of a unit; all below it belongs to it."),
            click.option("--procedure", "procedure_code", default="", help="Only this procedure, by code."),
            click.option("--from", "first", type=DAY, help="First day of submission."),
            click.option("--to", "last", type=DAY, help="Last day of submission."),
            click.option(
                "--with-personal-data",
                "personal",
                is_flag=True,
                help="Dossier codes, names of applicants and officers as well. Goes on record for each dossier.",
            ),
        )
    ):
        function = decorate(function)
    return function


def _wanted(unit: str, procedure_code: str, first: datetime | None, last: datetime | None, personal: bool) -> Wanted:
    from motcua.engines.organisations.queries import directory
    from motcua.services.dossiers.exporting import Wanted

    return Wanted(
        unit_id=directory().coded(unit).id if unit else None,
        procedure_code=procedure_code,
        first=first.date() if first else None,
        last=last.date() if last else None,
        personal=personal,
    ).checked()


def _write(form: str, target: Path, wanted: Wanted, write: Callable[[Any, Callable[[], None]], Counts]) -> None:
    from motcua.services.dossiers.exporting import cases, record_export

    with output.progress("cases") as bar:
        counts = write(cases(wanted), partial(bar.advance, 1))
    if wanted.personal:
        record_export(form, wanted, counts, getpass.getuser())
    click.echo(f"{target}: {counts.cases} cases, {counts.events} events")


@command.command("xes", help="IEEE 1849 XES with the extensions concept, time, lifecycle and organizational.")
@_options
def xes(target: Path, **asked: Any) -> None:
    """FILE: where to write."""
    database.ensure()
    from motcua.services.dossiers.exporting import write_xes

    with target.open("w", encoding="utf-8") as file:
        _write("xes", target, _wanted(**asked), lambda found, watch: write_xes(found, file, watch))


@command.command("csv", help="One line per event, with what is known of its case.")
@_options
def csv(target: Path, **asked: Any) -> None:
    """FILE: where to write."""
    database.ensure()
    from motcua.services.dossiers.exporting import write_csv

    with target.open("w", encoding="utf-8", newline="") as file:
        _write("csv", target, _wanted(**asked), lambda found, watch: write_csv(found, file, watch))


@command.command("parquet", help="The same as columns; needs pip install motcua[parquet].")
@_options
def parquet(target: Path, **asked: Any) -> None:
    """FILE: where to write."""
    database.ensure()
    from motcua.services.dossiers.exporting import write_parquet

    _write("parquet", target, _wanted(**asked), lambda found, watch: write_parquet(found, target, watch))
