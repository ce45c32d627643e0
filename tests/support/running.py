"""The whole platform as a person starts it: processes, ports, sockets, and an end to all of it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from motcua.interfaces.cli.embedded.place import SUPERUSER, Place

START_TIMEOUT = 300.0
DEMO_DOSSIERS = 200


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(home: Path) -> dict[str, str]:
    """An environment as in a fresh shell: nothing of the test run leaks into the platform under test."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MOTCUA_", "DJANGO_")) and k != "DATABASE_URL"}
    for name in ("MOTCUA_SHARED_DATA", "MOTCUA_POSTGRES_BIN"):
        if name in os.environ:
            kept[name] = os.environ[name]
    return kept | {"MOTCUA_HOME": str(home), "CI": "1"}


@dataclass
class Platform:
    """A platform that runs: ``motcua start --demo`` in a home of its own."""

    home: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes]
    arguments: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://localhost:{self.port}"

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """A look into its database, as superuser."""
        return psycopg.connect(Place(self.home).url(SUPERUSER), autocommit=True)

    def processes(self) -> list[int]:
        """Every process that belongs to it, by the home in its environment or its command line."""
        return processes_of(self.home)

    def wait_until_ready(self, limit: float = START_TIMEOUT) -> None:
        """Returns when it says that it is ready; fails with its log when it ends or takes too long."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if self.process.poll() is not None:
                pytest.fail(f"Ended with status {self.process.returncode}:\n{self.log.read_text()[-4000:]}")
            if "Motcua is ready" in self.log.read_text():
                return
            time.sleep(0.1)
        pytest.fail(f"The platform was not ready after {limit:.0f} s:\n{self.log.read_text()[-4000:]}")

    def answers(self) -> bool:
        """Whether the first page is answered."""
        try:
            with urllib.request.urlopen(self.url + "/", timeout=5):  # noqa: S310 -- our own address
                return True
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False

    def stop(self, number: signal.Signals = signal.SIGTERM, limit: float = 60.0) -> int:
        """Asks it to stop and returns its status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(limit)


def processes_of(home: Path) -> list[int]:
    """Processes whose environment or working folder names ``home``."""
    mark = f"MOTCUA_HOME={home}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if mark in environment or str(home).encode() in command:
            found.append(int(entry.name))
    return found


def start_platform(home: Path, *arguments: str, wait: bool = True, **environment: str) -> Platform:
    """Starts ``motcua start`` in ``home`` with further arguments."""
    port = free_port()
    log = home / f"start-{port}.log"
    command = [sys.executable, "-P", "-m", "motcua.interfaces.cli", "start", f"--port={port}", *arguments]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=clean_environment(home) | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    platform = Platform(home, port, log, process, list(arguments))
    if wait:
        platform.wait_until_ready()
    return platform


def make_home(name: str) -> Path:
    """A fresh home that the database's account can reach."""
    home = Path(tempfile.mkdtemp(prefix=f"motcua-{name}-"))
    home.chmod(0o711)
    return home


def end_platform(platform: Platform) -> None:
    """Stops it, whatever state it is in, and removes its home."""
    try:
        platform.stop()
    finally:
        for pid in platform.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        shutil.rmtree(platform.home, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[Platform]:
    """The whole platform in demo mode: web (granian), worker, embedded database, a small demo province."""
    platform = start_platform(make_home("live"), "--demo", f"--demo-dossiers={DEMO_DOSSIERS}")
    yield platform
    end_platform(platform)
