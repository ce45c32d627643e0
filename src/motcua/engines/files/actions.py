"""Taking files in: checked, hashed, on disk for good, and only then in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol, runtime_checkable
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError

from motcua.engines.files.kinds import EVERYTHING, KINDS, NOT_TAKEN, Kind, kind_of
from motcua.engines.files.models import Blob, Scan, Upload
from motcua.engines.files.names import extension_of, safe_name
from motcua.engines.files.previews import PICTURES
from motcua.engines.files.scanning import scanner_configured
from motcua.engines.files.store import CHUNK, Staged, backend
from motcua.engines.ledger.actor import SYSTEM, Actor
from motcua.engines.ledger.work import Work, begin
from motcua.foundation.errors import Invalid, NotFound, TooLarge

UPLOAD_LIVES: Final = timedelta(days=2)
"""How long a file waits to become part of a draft or dossier."""


@runtime_checkable
class Stream(Protocol):
    """Anything that can be read in pieces: an open file, a request's body."""

    def read(self, size: int, /) -> bytes: ...


@runtime_checkable
class Chunked(Protocol):
    """Django's uploaded files."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]: ...


Source = bytes | Stream | Chunked


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file to store, under the name that its sender gave it."""

    source: Source
    name: str
    allowed: Collection[str] = EVERYTHING


def _limited(source: Source) -> Iterator[bytes]:
    """The source in pieces; stops with ``TooLarge`` once it is over the limit, and with ``Invalid`` when empty."""
    pieces: Iterable[bytes]
    if isinstance(source, bytes):
        pieces = (source,)
    elif isinstance(source, Chunked):
        pieces = source.chunks(CHUNK)
    else:
        pieces = iter(lambda: source.read(CHUNK), b"")
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > settings.FILE_MAX_BYTES:
            raise TooLarge(
                "The file is larger than %(limit)s MB. Please scan it smaller or split it.",
                limit=settings.FILE_MAX_BYTES // (1024 * 1024),
            )
        yield piece
    if not size:
        raise Invalid("The file is empty. Please choose it again.", code="file_empty")


def check(staged: Staged, name: str, allowed: Collection[str]) -> Kind:
    """The kind of staged bytes. Raises ``Invalid`` when it is not allowed or the name says something else."""
    with staged.path.open("rb") as file:
        kind = kind_of(file, staged.size)
    if kind.key not in allowed:
        raise Invalid(
            "This kind of file is not accepted here. Accepted: %(kinds)s.",
            code="file_kind",
            kinds=", ".join(KINDS[key].extensions[0].upper() for key in KINDS if key in allowed),
        )
    extension = extension_of(name)
    if not extension:
        raise Invalid(NOT_TAKEN, code="file_kind")
    if extension not in kind.extensions:
        raise Invalid(
            "The file's name ends with “.%(extension)s”, but it is a %(kind)s file. Please give it its right name.",
            code="file_mismatch",
            extension=extension[:10],
            kind=kind.extensions[0].upper(),
        )
    return kind


def store(
    source: Source,
    name: str,
    owner: UUID,
    *,
    allowed: Collection[str] = EVERYTHING,
    actor: Actor = SYSTEM,
    work: Work | None = None,
) -> Upload:
    """Takes one file in. With ``work`` its rows go in with that action, else in a transaction of their own.

    ``allowed`` holds keys of ``kinds.KINDS``. Raises ``TooLarge``, or ``Invalid`` with code ``file_empty``,
    ``file_kind``, ``file_mismatch``, ``file_damaged``, ``file_bomb``, ``file_locked`` or ``file_macros``.
    """
    return store_many([Incoming(source, name, allowed)], owner, actor=actor, work=work)[0]


def store_many(
    incoming: Sequence[Incoming], owner: UUID, *, actor: Actor = SYSTEM, work: Work | None = None
) -> list[Upload]:
    """Takes several files in, all or none; folders are synced once for all. Raises as ``store`` does."""
    place = backend()
    with ExitStack() as stack:
        taken: list[tuple[Staged, str, Kind]] = []
        for each in incoming:
            name = safe_name(each.name)
            staged = stack.enter_context(place.staged(_limited(each.source)))
            taken.append((staged, name, check(staged, name, each.allowed)))
        place.keep(staged for staged, _, _ in taken)
    if work is not None:
        return [_add(work, staged, name, kind, owner) for staged, name, kind in taken]
    for attempt in (1, 2):
        try:
            with begin(actor) as own:
                uploads = [_add(own, staged, name, kind, owner) for staged, name, kind in taken]
        except IntegrityError:
            # The clean-up removed the same bytes' row in this very moment; its next run leaves them alone.
            if attempt == 2:
                raise
        else:
            break
    return uploads


def _add(work: Work, staged: Staged, name: str, kind: Kind, owner: UUID) -> Upload:
    blob = Blob(sha256=staged.sha256, size=staged.size, media_type=kind.media_type, created_at=work.now)
    upload = Upload(blob=blob, name=name, owner=owner, at=work.now, expires_at=work.now + UPLOAD_LIVES)
    work.add(blob, upload)
    if scanner_configured():
        work.defer("files.scan", sha256=staged.sha256)
    if kind.media_type in PICTURES:
        work.defer("files.preview", sha256=staged.sha256)
    return upload


def keep_own(work: Work, data: bytes, media_type: str) -> Blob:
    """Stores bytes that this system made itself (a receipt); the row goes in with ``work``."""
    place = backend()
    with place.staged([data]) as staged:
        place.keep([staged])
    blob = Blob(sha256=staged.sha256, size=staged.size, media_type=media_type, scan=Scan.OWN, created_at=work.now)
    work.add(blob)
    return blob


def upload_of(owner: UUID, upload_id: UUID) -> Upload:
    """A file that this owner handed in before and that still waits. Raises ``NotFound`` for all others."""
    found = Upload.objects.select_related("blob").filter(pk=upload_id, owner=owner).first()
    if found is None:
        raise NotFound("There is no such file. Please attach it again.")
    return found


def uploads_of(owner: UUID, upload_ids: Collection[UUID]) -> list[Upload]:
    """Several of them in one query, in the order asked. Raises ``NotFound`` when one is missing."""
    found = {row.pk: row for row in Upload.objects.select_related("blob").filter(pk__in=upload_ids, owner=owner)}
    if len(found) != len(set(upload_ids)):
        raise NotFound("There is no such file. Please attach it again.")
    return [found[key] for key in upload_ids]
