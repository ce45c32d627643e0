"""Where the bytes lie: by their SHA-256, on disk, synced before anybody is told that they are there.

The rest of the house knows ``Backend`` alone. The local one is what ships; docs/decisions/files.md says why.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from motcua.foundation.errors import NotFound
from motcua.foundation.keys import new_id

CHUNK = 256 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Staged:
    """Bytes written aside, not yet in the store: their hash, size in bytes and where they wait."""

    sha256: str
    size: int
    path: Path


class Backend(Protocol):
    """What a place for bytes must do. All calls may raise ``OSError``."""

    @contextmanager
    def staged(self, chunks: Iterable[bytes]) -> Iterator[Staged]:
        """Writes the chunks aside; what is not kept within the block is thrown away."""

    def keep(self, staged: Iterable[Staged]) -> None:
        """Takes staged bytes into the store. When it returns they survive a power cut."""

    def open(self, sha256: str) -> BinaryIO:
        """Opens for reading. Raises ``NotFound``."""

    def holds(self, sha256: str) -> bool: ...

    def remove(self, sha256: str, *, unused_for: float, now: float) -> bool:
        """Removes what nobody has stored again within the last ``unused_for`` seconds. Whether it did."""


class LocalStore:
    """A folder with two levels of 256: ``ab/cd/abcd…``; what is being written lies under ``incoming/``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"

    def path_of(self, sha256: str) -> Path:
        """Where these bytes lie. Raises ``NotFound`` for what is no hash, so that no path can be made up."""
        if not _DIGEST.fullmatch(sha256):
            raise NotFound("There is no such file.")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    @contextmanager
    def staged(self, chunks: Iterable[bytes]) -> Iterator[Staged]:
        path = self.incoming / str(new_id())
        digest, size = hashlib.sha256(), 0
        try:
            with self._create(path) as file:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
            yield Staged(digest.hexdigest(), size, path)
        finally:
            path.unlink(missing_ok=True)

    def _create(self, path: Path) -> BinaryIO:
        try:
            return path.open("xb")
        except FileNotFoundError:
            self.incoming.mkdir(parents=True, exist_ok=True)
            return path.open("xb")

    def keep(self, staged: Iterable[Staged]) -> None:
        """File, then name, then folder: each synced, folders once per batch."""
        folders: dict[Path, None] = {}
        for each in staged:
            target = self.path_of(each.sha256)
            folders[target.parent] = None
            try:
                os.utime(target)  # already there; says that somebody needs it (see ``remove``)
            except FileNotFoundError:
                _sync(each.path)
                for made in _make_folders(target.parent, self.root):
                    folders[made.parent] = None
                os.replace(each.path, target)
        for folder in folders:
            _sync(folder)

    def open(self, sha256: str) -> BinaryIO:
        try:
            return self.path_of(sha256).open("rb")
        except FileNotFoundError:
            raise NotFound("There is no such file.") from None

    def holds(self, sha256: str) -> bool:
        return self.path_of(sha256).exists()

    def remove(self, sha256: str, *, unused_for: float, now: float) -> bool:
        """Moves aside first and looks again: whoever stores the same bytes meanwhile either touched them before
        (then they go back) or finds nothing and writes them anew."""
        target = self.path_of(sha256)
        aside = self.incoming / f"removed-{new_id()}"
        self.incoming.mkdir(parents=True, exist_ok=True)
        try:
            if now - target.stat().st_mtime < unused_for:
                return False
            os.replace(target, aside)
        except FileNotFoundError:
            return False
        if now - aside.stat().st_mtime < unused_for:
            os.replace(aside, target)
            return False
        aside.unlink(missing_ok=True)
        return True

    def abandoned(self, older_than: float) -> Iterator[Path]:
        """Files that a process left in ``incoming/`` when it was killed, last written before this time (seconds)."""
        if self.incoming.is_dir():
            yield from (path for path in self.incoming.iterdir() if path.stat().st_mtime < older_than)

    def under(self, prefix: str) -> Iterator[str]:
        """The hashes that lie in the folders beginning with ``prefix`` (one or two hexadecimal digits)."""
        if not self.root.is_dir():
            return
        for first in sorted(self.root.iterdir()):
            if len(first.name) == 2 and first.name.startswith(prefix):
                for second in first.iterdir():
                    yield from (path.name for path in second.iterdir() if _DIGEST.fullmatch(path.name))


def _make_folders(folder: Path, root: Path) -> list[Path]:
    """Makes a folder and those above it. Returns those made, whose names must be synced too."""
    made = []
    while not folder.is_dir():
        made.append(folder)
        if folder == root:
            break
        folder = folder.parent
    for each in reversed(made):
        each.mkdir(parents=True, exist_ok=True)
    return made


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def backend() -> LocalStore:
    """The store of this installation, under ``settings.FILES_DIR``."""
    return LocalStore(Path(settings.FILES_DIR))


def open_blob(sha256: str) -> BinaryIO:
    """Opens stored bytes for reading. Raises ``NotFound``."""
    return backend().open(sha256)


def path_of(sha256: str) -> Path:
    """Where stored bytes lie on this machine. Raises ``NotFound`` for what is no hash."""
    return backend().path_of(sha256)
