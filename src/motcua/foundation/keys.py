"""Keys of rows: UUIDv7 (RFC 9562), so that they sort by time and can be merged between databases."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A new key whose first bits are the present millisecond."""
    return UUID(int=uuid_utils.uuid7().int)


def id_at(moment: datetime, randomness: int | None = None) -> UUID:
    """A new key as if made at ``moment`` (aware): historic rows keep the order of time.

    ``randomness`` (74 bits) makes the key repeatable, for data sets that are built from a seed.
    """
    bits = secrets.randbits(74) if randomness is None else randomness & ((1 << 74) - 1)
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & ((1 << 62) - 1))
