"""Taking away what nobody uses: expired uploads, bytes without a row, leftovers of killed processes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, connection, transaction

from motcua.engines.files.models import Blob, Upload
from motcua.engines.files.previews import preview_path
from motcua.engines.files.store import backend
from motcua.foundation import clock

GRACE: Final = timedelta(days=1)
"""How long bytes stay after their last use: no action lasts that long."""

BATCH: Final = 500


def remove_expired_uploads(limit: int = 10_000) -> int:
    """Removes uploads whose time is over, and their bytes where nothing else holds them. Returns how many uploads."""
    removed = 0
    while removed < limit:
        now = clock.now()
        with transaction.atomic():
            rows = list(
                Upload.objects.select_for_update(skip_locked=True)
                .filter(expires_at__lt=now)
                .order_by("expires_at")
                .values_list("pk", "blob_id")[:BATCH]
            )
            Upload.objects.filter(pk__in=[key for key, _ in rows]).delete()
        if not rows:
            break
        removed += len(rows)
        remove_unused({sha256 for _, sha256 in rows})
    return removed


def remove_unused(hashes: Collection[str]) -> int:
    """Removes those of these blobs to which nothing refers any more. Returns how many.

    Who refers to a blob is known to the database alone: it refuses to remove what is in use.
    """
    removed = 0
    for sha256 in sorted(hashes):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(
                    "DELETE FROM files_blob WHERE sha256 = %s AND created_at < %s", [sha256, clock.now() - GRACE]
                )
                gone = cursor.rowcount
        except IntegrityError:
            continue
        if gone:
            removed += 1
            _remove_bytes(sha256)
    return removed


def _remove_bytes(sha256: str) -> bool:
    preview_path(sha256).unlink(missing_ok=True)
    return backend().remove(sha256, unused_for=GRACE.total_seconds(), now=clock.now().timestamp())


def sweep(prefix: str) -> int:
    """Removes bytes that never got a row (the process was killed between disk and database), and what lies in
    ``incoming``. ``prefix``: which folders to walk, one hexadecimal digit a night. Returns how many."""
    place, removed = backend(), 0
    before = (clock.now() - GRACE).timestamp()
    for path in place.abandoned(before):
        path.unlink(missing_ok=True)
        removed += 1
    batch: list[str] = []
    for sha256 in place.under(prefix):
        batch.append(sha256)
        if len(batch) == BATCH:
            removed += _remove_rowless(batch)
            batch = []
    return removed + _remove_rowless(batch)


def _remove_rowless(hashes: list[str]) -> int:
    known = set(Blob.objects.filter(pk__in=hashes).values_list("pk", flat=True))
    return sum(_remove_bytes(sha256) for sha256 in hashes if sha256 not in known)
