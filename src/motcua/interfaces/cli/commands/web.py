"""``motcua web``: the web server. Granian spreads requests over few processes, each with a handful of threads."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import click

from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli import database, statics
from motcua.interfaces.cli.embedded.identity import die_with_parent

LOCAL = {"127.0.0.1", "localhost", "::1"}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, envvar="MOTCUA_PORT", help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, envvar="MOTCUA_WEB_WORKERS", help="Processes.")
@click.option("--threads", default=4, show_default=True, envvar="MOTCUA_WEB_THREADS", help="Threads of each process.")
def command(host: str, port: int, workers: int, threads: int) -> None:
    """Start the web server alone."""
    reached = database.ensure()
    from django.conf import settings

    if settings.DEMO and host not in LOCAL:
        raise MotcuaError("Demo mode serves this machine only; it can't listen on %(host)s.", host=host)
    if not settings.PLAIN_STATIC:
        statics.collect()
    del reached
    serve(host, port, workers, threads)


def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serves until SIGTERM or SIGINT."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "motcua.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        # A thread keeps its database connection; ending idle threads would mean connecting again all the time.
        blocking_threads_idle_timeout=600,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.2,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=_Loader(os.getpid()))


class _Loader:
    """Loads the application in the worker process, and ties the worker's life to that of the server."""

    def __init__(self, parent: int) -> None:
        self.parent = parent

    def __call__(self, target: str) -> Callable[..., Any]:
        # The server's own handlers came along through the fork. They only wake the server's loop, which does not run
        # here: until the worker sets its own, being asked to stop would be ignored.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        # Where the server itself was struck nobody sees to an orderly end. A request to stop that comes while the
        # worker is about to listen is lost, and an orphan would serve on under the same port.
        die_with_parent(signal.SIGKILL, self.parent)
        from motcua.config.wsgi import application

        return application
