"""``motcua start``: database, web and worker together, until Ctrl-C."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

import click

from motcua.config.demo import demo_mode
from motcua.config.home import home
from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli import database, output, statics
from motcua.interfaces.cli.embedded.identity import Account, becoming

PORTS_TO_TRY = 50
STOP_TIMEOUT = 25.0  # seconds; jobs get 20 to finish
READY_TIMEOUT = 60.0
# So many deaths of one process within a minute mean that it cannot live, as long as it never has.
DEATHS = 5
LONGEST_PAUSE = 5.0  # seconds, before one that has lived and dies again and again is started once more


@dataclass
class Service:
    """A child process that is started again when it dies."""

    name: str
    arguments: list[str]
    module: str = "motcua.interfaces.cli"
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    proven: bool = False
    again_at: float | None = None

    def start(self) -> None:
        """Starts it in a session of its own (Ctrl-C reaches us alone) and ties its life to ours."""
        self.process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-P", "-m", self.module, *self.arguments],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=becoming(Account(os.geteuid(), os.getegid()), signal.SIGTERM),
        )

    def keep_alive(self) -> None:
        """Starts it again if it has died, each time a little later.

        MotcuaError when it dies again and again before it has ever worked: then its settings are wrong. One that has
        worked is never given up, since whatever kills it now may stop doing so.
        """
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        if self.again_at is None:
            self.deaths = [moment for moment in self.deaths if moment > now - 60] + [now]
            if len(self.deaths) >= DEATHS and not self.proven:
                raise MotcuaError("The %(name)s process keeps dying; its own messages are above.", name=self.name)
            output.note(f"The {self.name} process ended with status {self.process.returncode}; starting it again.")
            self.again_at = now + min(LONGEST_PAUSE, 0.1 * 2 ** (len(self.deaths) - 1) - 0.1)
        if now >= self.again_at:
            self.again_at = None
            self.start()

    def ask_to_stop(self) -> None:
        """SIGTERM: finish and end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, limit: float) -> None:
        """Waits until ``limit`` (monotonic), then does not ask any more."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class _Stop(Exception):
    """Somebody asked us to stop."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stop


@click.command()
@click.option("--demo", is_flag=True, help="Demo mode: the demo province, personas by one click.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, envvar="MOTCUA_PORT", help="First port to try.")
@click.option("--workers", default=2, show_default=True, envvar="MOTCUA_WEB_WORKERS", help="Web processes.")
@click.option("--demo-dossiers", type=int, help="Dossiers of the demo province, when it is loaded now.")
@click.option("--no-worker", is_flag=True, help="Without the worker (no readers, no jobs).")
def command(demo: bool, host: str, port: int, workers: int, demo_dossiers: int | None, no_worker: bool) -> None:
    """Start everything: database, web, worker. Ctrl-C stops it all."""
    began = time.monotonic()
    if demo:
        os.environ["MOTCUA_DEMO"] = "1"
        # Before anything is made or started.
        demo_mode(os.environ.get("MOTCUA_PUBLIC_URL", "http://localhost"), [])
    services: list[Service] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        database.ensure()
        if demo:
            _load_demo(demo_dossiers, services)
        with output.progress("Starting web and worker", total=3) as bar:
            statics.collect()
            bar.advance()
            port = _free_port(host, port)
            os.environ.setdefault("MOTCUA_PUBLIC_URL", f"http://localhost:{port}")
            letters = _simulate_mail(host, services) if demo else None
            services.append(Service("web", ["web", f"--host={host}", f"--port={port}", f"--workers={workers}"]))
            if not no_worker:
                services.append(Service("worker", ["worker"]))
            for service in services:
                service.start()
            bar.advance()
            _wait_until_answering(host, port, services)
            for service in services:
                service.proven = True
            bar.advance()
        address = f"http://localhost:{port}/"
        output.note(f"Motcua is ready after {time.monotonic() - began:.1f} s: {address}  (Ctrl-C stops it)")
        if letters:
            output.note(f"Letters of the demo: {letters}")
        while True:
            time.sleep(0.3)
            database.heal()
            for service in services:
                service.keep_alive()
    except _Stop:
        output.note("Stopping.")
    finally:
        _stop_all(services)


def _stop_all(services: list[Service]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # already doing it
    for service in services:
        service.ask_to_stop()
    limit = time.monotonic() + STOP_TIMEOUT
    for service in services:
        service.end(limit)
    from django.db import connections

    connections.close_all()
    database.leave(wait=30)


def _load_demo(dossiers: int | None, services: list[Service]) -> None:
    """Loads the demo province, or goes on where loading was broken off; it refuses a database of real data.

    While it runs it is one of ``services``, so that it is stopped like them.
    """
    from motcua.engines.ledger.models import Event
    from motcua.interfaces.cli.demo.build import STREAM

    if Event.objects.filter(stream=STREAM, kind="demo.finished").exists():
        return
    loading = Service("demo", ["demo", *([] if dossiers is None else [f"--dossiers={dossiers}"])])
    services.append(loading)
    loading.start()
    if loading.process is None or loading.process.wait():
        raise MotcuaError("The demo province could not be loaded.")
    services.remove(loading)


def _simulate_mail(host: str, services: list[Service]) -> str | None:
    """The demo's outside world: a mail server that delivers nothing. Returns where its letters are read."""
    if "MOTCUA_EMAIL_HOST" in os.environ or "MOTCUA_EMAIL_BACKEND" in os.environ:
        return None
    smtp, page = _free_port(host, 2525, aloud=False), _free_port(host, 8025, aloud=False)
    os.environ["MOTCUA_EMAIL_BACKEND"] = "django.core.mail.backends.smtp.EmailBackend"
    os.environ["MOTCUA_EMAIL_HOST"], os.environ["MOTCUA_EMAIL_PORT"] = host, str(smtp)
    folder = home() / "mail"
    arguments = [f"--host={host}", f"--smtp={smtp}", f"--page={page}", f"--folder={folder}"]
    services.append(Service("mail simulator", arguments, module="motcua.simulators.mail"))
    return f"http://localhost:{page}/"


def _free_port(host: str, wanted: int, *, aloud: bool = True) -> int:
    """The first free port from ``wanted`` on; says so when it is another one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(wanted, min(wanted + PORTS_TO_TRY, 65536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                if port != wanted and aloud:
                    output.note(f"Port {wanted} is taken; using {port}.")
                return port
    raise MotcuaError("No port from %(first)s on is free; set MOTCUA_PORT.", first=wanted)


def _wait_until_answering(host: str, port: int, services: list[Service]) -> None:
    """Returns when the first page has been answered."""
    limit = time.monotonic() + READY_TIMEOUT
    while time.monotonic() < limit:
        for service in services:
            service.keep_alive()
        connection = http.client.HTTPConnection(host, port, timeout=10)
        try:
            connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
            status = connection.getresponse().status
        except OSError:
            time.sleep(0.05)
            continue
        finally:
            connection.close()
        if status >= 500:
            output.note(f"The first page answers with status {status}; the messages above say why.")
        return
    raise MotcuaError("The web server did not answer in time.")
