"""Joining the embedded server, starting it first when nobody has."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli.embedded.place import Place

TIMEOUT = 120.0  # seconds, for making a new cluster on a slow disk


class Membership:
    """A share in the server: it runs at least as long as this object is open (or this process lives)."""

    def __init__(self, home: Path) -> None:
        self.place = Place(home)
        self.place.prepare()
        if not sys.platform.startswith("linux"):
            raise MotcuaError("The embedded PostgreSQL runs on Linux only. Set DATABASE_URL to a server of yours.")
        self._lock: int | None = os.open(self.place.clients, os.O_RDWR | os.O_CREAT, 0o600)
        # Waits here while a supervisor is stopping the server: it holds the lock alone until all is down.
        fcntl.flock(self._lock, fcntl.LOCK_SH)
        try:
            self._join()
        except BaseException:
            self.leave()
            raise

    def leave(self, wait: float = 0.0) -> None:
        """Gives the share back. With ``wait`` (seconds) returns when the server is down, if nobody else uses it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        limit = time.monotonic() + wait
        while time.monotonic() < limit and self._supervised() and not self._used_by_others():
            time.sleep(0.05)

    def heal(self) -> None:
        """Starts a supervisor again when somebody has killed it. Its server goes with it; committed work stays."""
        if self._lock is not None and not self._supervised():
            self._join()

    def _join(self) -> None:
        limit = time.monotonic() + TIMEOUT
        starter: subprocess.Popen[str] | None = None
        while True:
            supervised = self._supervised()
            if supervised and self.place.ready.exists():
                return
            if starter is not None and (status := starter.poll()) is not None:
                if status:
                    last = starter.communicate()[1].strip().rsplit("\n", 1)[-1]
                    raise MotcuaError("%(reason)s", reason=last or "The embedded database failed.")
                starter = None  # somebody else was faster
            if not supervised and starter is None:
                self.place.ready.unlink(missing_ok=True)  # left by a supervisor that was killed
                starter = self._start()
            if time.monotonic() > limit:
                raise MotcuaError("The embedded database did not become ready; see %(log)s.", log=self.place.log)
            time.sleep(0.01)

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 -- our own program, no shell
            [sys.executable, "-P", "-m", "motcua.interfaces.cli.embedded.supervisor", str(self.place.home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _supervised(self) -> bool:
        return _held(self.place.supervisor)

    def _used_by_others(self) -> bool:
        """Whether somebody shares the lock. The supervisor's own brief look counts as nobody."""
        lock = os.open(self.place.clients, os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False  # held alone: the supervisor is closing the door
        else:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False
        finally:
            os.close(lock)


def _held(path: Path) -> bool:
    """Whether some process holds the lock on ``path`` alone."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
