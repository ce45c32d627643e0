"""The search for malware by clamd, where the installation has one. Without one nothing is ever called clean."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.conf import settings

from motcua.engines.files.models import Blob, Scan

TIMEOUT: Final = 60.0
CHUNK: Final = 64 * 1024


class ScannerAwayError(Exception):
    """The scanner does not answer or cannot say; the job tries again later."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``name``: what was found; empty when nothing was."""

    name: str = ""

    @property
    def harmful(self) -> bool:
        return bool(self.name)


def scanner_configured() -> bool:
    """Whether ``MOTCUA_CLAMD`` names a scanner."""
    return bool(settings.CLAMD)


@contextmanager
def _connected() -> Iterator[socket.socket]:
    """A connection to ``host:port`` or to a socket in the file system."""
    address: str = settings.CLAMD
    try:
        if address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(TIMEOUT)
            connection.connect(address)
        else:
            host, _, port = address.rpartition(":")
            connection = socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT)
    except (OSError, ValueError) as error:
        raise ScannerAwayError(f"clamd at {address}: {error}") from error
    try:
        with connection:
            yield connection
    except OSError as error:
        raise ScannerAwayError(f"clamd at {address}: {error}") from error


def _answer(connection: socket.socket) -> str:
    raw = b""
    while not raw.endswith(b"\0") and len(raw) < 4096:
        piece = connection.recv(4096)
        if not piece:
            break
        raw += piece
    return raw.rstrip(b"\0\n").decode("utf-8", "replace")


def search(file: BinaryIO) -> Finding:
    """Sends the bytes to clamd (INSTREAM). Raises ``ScannerAwayError`` when there is no clear answer."""
    with _connected() as connection:
        connection.sendall(b"zINSTREAM\0")
        while piece := file.read(CHUNK):
            connection.sendall(len(piece).to_bytes(4, "big") + piece)
        connection.sendall(b"\0\0\0\0")
        answer = _answer(connection)
    if answer.endswith(" FOUND"):
        return Finding(answer.removesuffix(" FOUND").partition(": ")[2] or "unknown")
    if answer.endswith(": OK") or answer == "OK":
        return Finding()
    raise ScannerAwayError(f"clamd answered: {answer[:200] or 'nothing'}")


@dataclass(frozen=True, slots=True)
class ScannerState:
    """For the status page. ``error``: why a configured scanner does not answer; ``waiting``: files not yet scanned."""

    configured: bool
    answers: bool
    error: str
    waiting: int


def scanner_state() -> ScannerState:
    """Asks the scanner whether it is there (PING) and counts what waits, at most 1,000."""
    waiting = Blob.objects.filter(scan=Scan.NONE)[:1000].count()
    if not scanner_configured():
        return ScannerState(configured=False, answers=False, error="", waiting=waiting)
    try:
        with _connected() as connection:
            connection.sendall(b"zPING\0")
            answer = _answer(connection)
    except ScannerAwayError as error:
        return ScannerState(configured=True, answers=False, error=str(error), waiting=waiting)
    return ScannerState(
        configured=True, answers=answer == "PONG", error="" if answer == "PONG" else answer, waiting=waiting
    )
