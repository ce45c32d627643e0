"""``motcua worker``: ledger readers and background jobs in one process."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import click

from motcua.interfaces.cli import database

logger = logging.getLogger("motcua.worker")

# A worker that was killed leaves its jobs marked as running. Its heart beats every 5 s; after 20 s of silence
# somebody else takes them over.
HEARTBEAT = 5.0
SILENCE = 20.0
RESCUE_INTERVAL = 5.0
GRACE = 20.0  # seconds that running jobs get to finish when we are asked to stop


@click.command()
@click.option("--concurrency", default=2, show_default=True, help="Jobs that run at the same time.")
def command(concurrency: int) -> None:
    """Start the worker alone: ledger readers and background jobs."""
    database.ensure()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    readers = threading.Thread(target=_read_ledger, args=(stop,), name="ledger readers")
    readers.start()
    try:
        asyncio.run(_work(stop, concurrency))
    finally:
        stop.set()
        readers.join(GRACE)


def _read_ledger(stop: threading.Event) -> None:
    """Runs the readers, again and again should their loop itself break (the database was away)."""
    from django.db import Error, close_old_connections

    from motcua.engines.ledger.readers import run_forever

    while not stop.is_set():
        try:
            run_forever(stop)
        except Error as error:
            logger.warning("the readers lost the database, trying again: %s", error)
            close_old_connections()
            stop.wait(1)


async def _work(stop: threading.Event, concurrency: int) -> None:
    """Runs the job worker until ``stop``; starts it anew when the database has been away."""
    while not stop.is_set():
        run = asyncio.create_task(_jobs(concurrency))
        asked = asyncio.create_task(_until(stop))
        await asyncio.wait({run, asked}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            run.cancel()  # procrastinate takes a cancel as a wish to finish what runs and then stop
            await asyncio.wait({run}, timeout=GRACE)
            return
        asked.cancel()
        if error := run.exception():
            logger.warning("the job worker lost the database, trying again: %s", error)
        await asyncio.sleep(1)


async def _until(stop: threading.Event) -> None:
    while not stop.is_set():
        await asyncio.sleep(0.1)


async def _jobs(concurrency: int) -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("The job queue is not connected through Django.")
    with app.replace_connector(connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            rescuer = asyncio.create_task(_rescue(worker_app))
            try:
                await worker_app.run_worker_async(
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    delete_jobs="successful",  # what failed stays, to be looked at and replayed
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=SILENCE,
                    shutdown_graceful_timeout=GRACE,
                    fetch_job_polling_interval=1.0,
                    task_middleware=[_fresh_connection],
                )
            finally:
                rescuer.cancel()


def _fresh_connection(call_next: Callable[[], Any], _context: object, _worker: object) -> Any:
    """Around each job: a connection that died with the database since the thread's last job is replaced."""
    from django.db import close_old_connections

    close_old_connections()
    try:
        return call_next()
    finally:
        close_old_connections()


async def _rescue(app: Any) -> None:
    """Puts jobs of workers that no longer live back into the queue."""
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    while True:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
            logger.warning("job %s (%s) was left by a dead worker; it runs again", job.id, job.task_name)
            await app.job_manager.retry_job(job)
        await pause(RESCUE_INTERVAL)
