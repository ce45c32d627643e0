"""The mail simulator in a thread of the test, reached over real SMTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from motcua.simulators.mail import Mailbox, listen


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, int, int]]:
    """Runs it. Gives its letters, the port for SMTP and that of the page."""
    box, loop, ports = Mailbox(), asyncio.new_event_loop(), []
    ready = threading.Event()

    async def open_doors() -> None:
        for server in await listen(box, "127.0.0.1", 0, 0):
            ports.append(server.sockets[0].getsockname()[1])
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(open_doors())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    if not ready.wait(10):
        raise TimeoutError("The mail simulator did not start.")
    try:
        yield box, ports[0], ports[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
