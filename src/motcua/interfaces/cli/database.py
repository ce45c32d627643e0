"""The one way for a command to its database: ``ensure()``.

``DATABASE_URL`` names a server of the person's own (PostgreSQL 15 or newer); without it the embedded one under
``MOTCUA_HOME`` is started or joined. A database that lags behind the code is migrated first.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from motcua.config.home import home
from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli.embedded.client import Membership
from motcua.interfaces.cli.embedded.place import APPLICATION, OWNER

OLDEST_SERVER = 150000
# A server that was killed replays its log before it admits anybody: so long we wait for it, in seconds.
PATIENCE = 60.0
# PostgreSQL's words while it starts, recovers or has just lost a process; a server that is not there says others.
COMING_BACK = ("starting up", "recovery", "shutting down", "server closed the connection", "terminat")

_membership: Membership | None = None
_ready = False


@dataclass(frozen=True)
class Database:
    """How to reach it: ``url`` for the application, ``owner_url`` for migrations."""

    url: str
    owner_url: str
    embedded: bool


def reach() -> Database:
    """The database of this process; starts or joins the embedded server when no other is given."""
    global _membership
    if url := os.environ.get("DATABASE_URL"):
        return Database(url, os.environ.get("MOTCUA_OWNER_DATABASE_URL") or url, embedded=False)
    if _membership is None:
        _membership = Membership(home())
    place = _membership.place
    return Database(place.url(APPLICATION), place.url(OWNER), embedded=True)


def heal() -> None:
    """Starts the embedded server again when somebody has killed its supervisor."""
    if _membership is not None:
        _membership.heal()


def leave(wait: float = 0.0) -> None:
    """Gives the embedded server back; with ``wait`` (seconds) returns when it is down, unless others use it."""
    global _membership
    if _membership is not None:
        _membership.leave(wait)
        _membership = None


def ensure(*, migrate: bool = True) -> Database:
    """Makes the database reachable and up to date, and Django ready. Cheap when called again.

    Raises MotcuaError when the server is too old, does not answer, or cannot be migrated.
    """
    global _ready
    database = reach()
    if _ready:
        return database
    prepare_environment(database)
    import django

    django.setup()
    if migrate and missing_migrations(database):
        run_migrate()
    _take_role(database)
    _ready = True
    return database


def prepare_environment(database: Database | None) -> None:
    """What the settings and every process started from here read. None: a command that asks no database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
    ensure_secret_key()
    if database and database.embedded:
        os.environ["MOTCUA_EMBEDDED_URL"] = database.url


def ensure_secret_key() -> None:
    """Makes the installation's secret once; the settings read it from there."""
    path = home() / "secret-key"
    if os.environ.get("MOTCUA_SECRET_KEY") or path.exists():
        return
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    # Written aside and linked into place: of two commands that start together one wins, and nobody reads half a key.
    new = path.with_name(f"secret-key.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
    try:
        os.link(new, path)
    except FileExistsError:
        return
    finally:
        new.unlink()


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """A plain connection, for what happens before Django knows the database.

    Waits while the server is coming back; the embedded one also while its supervisor starts it again.
    """
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
            break
        except psycopg.OperationalError as error:
            comes = _membership is not None or any(words in str(error) for words in COMING_BACK)
            if not comes or time.monotonic() > limit:
                reason = " ".join(str(error).split())
                raise MotcuaError("The database does not answer: %(reason)s", reason=reason) from error
        heal()
        time.sleep(0.1)
    if connection.info.server_version < OLDEST_SERVER:
        version = connection.info.server_version // 10000
        connection.close()
        raise MotcuaError("PostgreSQL 15 or newer is needed; this server is %(version)s.", version=version)
    return connection


def missing_migrations(database: Database) -> set[tuple[str, str]]:
    """Migrations on disk that the database has not seen. File names only: far cheaper than loading them."""
    from django.apps import apps

    known = {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("*.py")
        if not file.stem.startswith("_")
    }
    with connect(database.url) as connection:
        if not _exists(connection, "django_migrations"):
            return known
        done = connection.execute("select app, name from django_migrations").fetchall()
    return known - {(str(app), str(name)) for app, name in done}


def run_migrate() -> None:
    """Migrates in a process of its own, since this one is connected as the application, which may not."""
    status = subprocess.run(
        [sys.executable, "-P", "-m", "motcua.interfaces.cli", "migrate", "--quiet"], check=False, stdout=sys.stderr
    ).returncode
    if status:
        raise MotcuaError("The database could not be migrated.")


def _exists(connection: psycopg.Connection[tuple[object, ...]], table: str) -> bool:
    row = connection.execute("select to_regclass(%s) is not null", [table]).fetchone()
    return bool(row and row[0])


def _take_role(database: Database) -> None:
    """On a given server the application acts as ``motcua_app`` where that role is ours to take."""
    if database.embedded or os.environ.get("MOTCUA_OWNER_DATABASE_URL") or "MOTCUA_DB_ROLE" in os.environ:
        return
    from motcua.interfaces.cli.rights import may_act

    with connect(database.url) as connection:
        apart = may_act(connection)
    if apart:
        os.environ["MOTCUA_DB_ROLE"] = APPLICATION
        from django.conf import settings
        from django.db import connections

        connections["default"].settings_dict["OPTIONS"]["options"] = settings.ROLE_OPTION % APPLICATION
