"""``motcua migrate``: the schema as the owner, then the rights of the application."""

from __future__ import annotations

import os
import sys

import click

from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli import database, output

# One migration at a time per database, whoever starts it ("motcua" in digits of a telephone).
LOCK = 668282


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing when all goes well.")
def command(as_json: bool, quiet: bool) -> None:
    """Bring the database up to the code, and the application's rights with it.

    Uses MOTCUA_OWNER_DATABASE_URL where given, else the owner of the embedded database, else DATABASE_URL.
    """
    reached = database.reach()
    database.prepare_environment(reached)
    # The settings of this process alone are the owner's; what it starts later are not.
    os.environ["MOTCUA_OWNER_SESSION"] = reached.owner_url
    import django

    django.setup()
    from django.core.management import call_command

    from motcua.interfaces.cli.rights import grant

    with database.connect(reached.owner_url) as connection:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        missing = sorted(database.missing_migrations(reached))
        if missing and not quiet:
            output.note(f"Migrating: {len(missing)} steps")
        with output.progress("Migrating the database") as bar:
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
            bar.advance()
        warning = grant(connection, signs_in_itself=reached.url != reached.owner_url)
    if warning:
        output.note(f"motcua: {warning}")
    still = database.missing_migrations(reached)
    if still:
        raise MotcuaError(
            "Some migrations did not run: %(names)s", names=", ".join(f"{a}.{n}" for a, n in sorted(still))
        )
    if as_json:
        output.emit({"applied": [f"{app}.{name}" for app, name in missing], "warning": warning})
    elif not quiet:
        print(f"The database is up to date ({len(missing)} steps).", file=sys.stderr)  # noqa: T201
