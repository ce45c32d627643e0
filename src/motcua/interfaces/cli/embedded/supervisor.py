"""The process that keeps the embedded server: ``python -m motcua.interfaces.cli.embedded.supervisor HOME``.

Started by the first client, in a session of its own, so that Ctrl-C in a terminal reaches the clients only.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
from pathlib import Path
from typing import IO

from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli.embedded.place import Place
from motcua.interfaces.cli.embedded.postgres import Server

LINGER = 2.0  # seconds without any client, so that commands typed one after the other find it running
TICK = 0.25
LONGEST_LOG = 5_000_000  # bytes; then it begins anew, the old one is kept beside it
WATCHED = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}


class Supervisor:
    """Starts the server, restarts it when it dies, stops it when no client is left."""

    def __init__(self, place: Place, log: IO[bytes]) -> None:
        self.place = place
        self.log = log
        self.server = Server(place, log)
        self.clients = os.open(place.clients, os.O_RDWR | os.O_CREAT, 0o600)

    def say(self, text: str) -> None:
        """A line in the log."""
        self.log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} supervisor [{os.getpid()}] {text}\n".encode())
        self.log.flush()

    def keep(self) -> None:
        """Runs until the last client is gone or somebody asks to stop."""
        self.say("starting the server")
        try:
            self._start()
            self._watch()
        finally:
            self.place.ready.unlink(missing_ok=True)
            self.server.stop()
            self.say("stopped")

    def _start(self) -> None:
        self.server.start()
        process = self.server.process
        ready = self.place.ready.with_suffix(".new")
        ready.write_text(f"{process.pid if process else 0}\n")
        ready.rename(self.place.ready)

    def _watch(self) -> None:
        alone_since: float | None = None
        deaths: list[float] = []
        while True:
            received = signal.sigtimedwait(WATCHED, TICK)
            if received and received.si_signo != signal.SIGCHLD:
                self.say(f"asked to stop by signal {received.si_signo}")
                return
            if self.server.process is None or self.server.process.poll() is not None:
                deaths = [moment for moment in deaths if moment > time.monotonic() - 60] + [time.monotonic()]
                if len(deaths) > 30:
                    raise MotcuaError("The embedded database keeps dying; %(log)s says why.", log=self.place.log)
                self.say("the server died; starting it again")
                self.place.ready.unlink(missing_ok=True)
                try:
                    self._start()
                except MotcuaError as error:  # it was struck while it started: the next round counts and tries again
                    self.say(str(error))
            if self._moved_away():
                self.say("the home is gone")
                return
            if not self._alone():
                alone_since = None
            elif alone_since is None:
                alone_since = time.monotonic()
            elif time.monotonic() - alone_since >= LINGER and self._close_the_door():
                self.say("the last client is gone")
                return

    def _alone(self) -> bool:
        if not self._close_the_door():
            return False
        fcntl.flock(self.clients, fcntl.LOCK_UN)
        return True

    def _close_the_door(self) -> bool:
        """Takes the clients' lock alone if nobody shares it. Kept until the end, it makes newcomers wait for it."""
        try:
            fcntl.flock(self.clients, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _moved_away(self) -> bool:
        try:
            return self.place.clients.stat().st_ino != os.fstat(self.clients).st_ino
        except OSError:
            return True


def main(home: str) -> int:
    """Becomes the supervisor of ``home``; leaves at once when it has one."""
    place = Place(Path(home))
    lock = os.open(place.supervisor, os.O_RDWR | os.O_CREAT, 0o600)
    if not _take(lock):
        return 0
    if place.log.exists() and place.log.stat().st_size > LONGEST_LOG:
        place.log.replace(place.log.with_suffix(".log.old"))
    # Blocked, and fetched by sigtimedwait: no handler runs in the middle of a start or a stop.
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    with place.log.open("ab", buffering=0) as log:
        try:
            Supervisor(place, log).keep()
        except MotcuaError as error:
            print(error, file=sys.stderr)  # noqa: T201 -- the client that started us reads this
            return 1
    return 0


def _take(lock: int) -> bool:
    """Takes the supervisor's lock. Clients that look whether it is held share it for an instant: try a few times."""
    for _ in range(20):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
        else:
            return True
    return False


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
