"""Keys of rows: UUIDv7 (RFC 9562), so that they sort by time and can be merged between databases."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

import uuid_utils

_source: ContextVar[Callable[[], UUID] | None] = ContextVar("motcua_key_source", default=None)


def new_id() -> UUID:
    """A new key whose first bits are the present millisecond (or one from ``made_by``)."""
    source = _source.get()
    return source() if source is not None else UUID(int=uuid_utils.uuid7().int)


@contextmanager
def made_by(source: Callable[[], UUID]) -> Iterator[None]:
    """Within the block ``new_id`` asks ``source``: a data set built from a seed has the same keys each time."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


def id_at(moment: datetime, randomness: int | None = None) -> UUID:
    """A new key as if made at ``moment`` (aware): historic rows keep the order of time.

    ``randomness`` (74 bits) makes the key repeatable, for data sets that are built from a seed.
    """
    bits = secrets.randbits(74) if randomness is None else randomness & ((1 << 74) - 1)
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & ((1 << 62) - 1))
