"""``motcua setup-check``: is this machine, is this configuration fit to run?"""

from __future__ import annotations

import shutil
import sys
from dataclasses import asdict, dataclass

import click

from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli import database, output

LEAST_SPACE = 2 * 1024**3  # bytes


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``ok`` False is a fault, ``warning`` True one that can wait."""

    what: str
    ok: bool
    text: str
    warning: bool = False


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(as_json: bool) -> None:
    """Say whether this machine and this configuration are fit to run.

    Status 1 when something must be put right first.
    """
    findings = [*_machine(), *_database(), *_configuration()]
    ok = all(finding.ok or finding.warning for finding in findings)
    if as_json:
        output.emit({"ok": ok, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            mark = "ok     " if finding.ok else "warning" if finding.warning else "FAULT  "
            click.echo(f"{mark}  {finding.what}: {finding.text}")
    if not ok:
        raise MotcuaError("This is not ready to run; see the faults above.")


def _machine() -> list[Finding]:
    from motcua.config.home import home
    from motcua.config.settings import BASE_DIR

    home().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home()).free
    built = (BASE_DIR / "static" / "build" / "portal.css").exists()
    translated = (BASE_DIR / "locale" / "vi" / "LC_MESSAGES" / "django.mo").exists()
    return [
        Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0]),
        Finding("Space", free >= LEAST_SPACE, f"{free / 1024**3:.1f} GB free in {home()}", warning=True),
        Finding("Front end", built, "built" if built else "not built: make setup"),
        Finding("Translations", translated, "compiled" if translated else "not compiled: make setup"),
        _text_recognition(),
    ]


def _text_recognition() -> Finding:
    found = shutil.which("tesseract")
    return Finding("Text recognition", bool(found), found or "tesseract is not installed (optional)", warning=True)


def _database() -> list[Finding]:
    try:
        reached = database.ensure()
    except MotcuaError as error:
        return [Finding("Database", False, str(error))]
    with database.connect(reached.url) as connection:
        version = connection.info.parameter_status("server_version") or "?"
        rows = connection.execute(
            "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')"
        ).fetchall()
    settings = {str(name): str(value) for name, value in rows}
    unsafe = sorted(name for name, value in settings.items() if value == "off")
    where = "embedded" if reached.embedded else "given"
    return [
        Finding("Database", True, f"PostgreSQL {version}, {where}"),
        Finding(
            "Durability", not unsafe, f"off: {', '.join(unsafe)}; acknowledged work can be lost" if unsafe else "on"
        ),
        _ledger(),
    ]


def _ledger() -> Finding:
    """Whether the role that the application acts as can change the ledger."""
    from django.db import connection

    from motcua.interfaces.cli.rights import APPEND_ONLY

    with connection.cursor() as cursor:
        cursor.execute(
            "select has_table_privilege(%s, 'UPDATE') or has_table_privilege(%s, 'DELETE')", [APPEND_ONLY[0]] * 2
        )
        row = cursor.fetchone()
    open_ = bool(row and row[0])
    text = "the database's role may change it: motcua migrate says how to close this" if open_ else "append-only"
    return Finding("Ledger", not open_, text, warning=True)


def _configuration() -> list[Finding]:
    from django.conf import settings

    public = not settings.PUBLIC_URL.startswith(("http://localhost", "http://127.0.0.1"))
    findings = [Finding("Demo mode", True, "on: this machine only" if settings.DEMO else "off")]
    if public:
        secure = settings.PUBLIC_URL.startswith("https://")
        findings.append(Finding("Address", secure, settings.PUBLIC_URL + ("" if secure else " is not encrypted")))
        findings.append(Finding("Debugging", not settings.DEBUG, "on" if settings.DEBUG else "off"))
    return findings
