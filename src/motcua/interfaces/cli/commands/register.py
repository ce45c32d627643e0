"""``motcua register``: form 07 of a unit and a period, as a spreadsheet or on paper."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from motcua.interfaces.cli import database, output


@click.command("register", help="The register of dossiers (form 07) of a unit and a period, as xlsx or pdf.")
@click.option("--unit", required=True, help="Identifier of the unit, such as H57.100; all below it belongs to it.")
@click.option("--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day of submission.")
@click.option("--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day of submission.")
@click.option("--field", "field_name", default="", help="Only this field of procedures, by name.")
@click.option("--procedure", "procedure_code", default="", help="Only this procedure, by code.")
@click.option("--format", "kind", type=click.Choice(["xlsx", "pdf"]), default="xlsx", show_default=True)
@click.option("--output", "target", type=click.Path(dir_okay=False, path_type=Path), help="File; named after the unit.")
def command(
    unit: str,
    first: datetime,
    last: datetime,
    field_name: str,
    procedure_code: str,
    kind: str,
    target: Path | None,
) -> None:
    """Writes FILE; more rows than a volume holds make FILE-2.pdf and so on. Every row counts as a look."""
    database.ensure()
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.organisations.queries import directory
    from motcua.foundation.errors import NotFound
    from motcua.services.dossiers import register
    from motcua.services.procedures.queries import field_named

    found = field_named(field_name) if field_name else None
    if field_name and found is None:
        raise NotFound("There is no field of procedures called %(name)s.", name=field_name)
    wanted = register.Wanted(
        unit_id=directory().coded(unit).id,
        first=first.date(),
        last=last.date(),
        field_id=found.pk if found else None,
        procedure_code=procedure_code,
    ).checked()
    path = target or Path(f"so-theo-doi-{unit}-{first:%y%m%d}-{last:%y%m%d}.{kind}")
    with output.progress("register") as bar:
        if kind == "xlsx":
            with path.open("wb") as file:
                for piece in register.as_xlsx(SYSTEM, wanted, bar.advance):
                    file.write(piece)
            click.echo(str(path))
            return
        for number, pdf in enumerate(register.Volumes(SYSTEM, wanted, bar.advance), 1):
            volume = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
            volume.write_bytes(pdf)
            click.echo(str(volume))
