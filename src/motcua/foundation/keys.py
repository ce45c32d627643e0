"""Keys of rows: UUIDv7, so that they sort by time and can be merged between databases."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A new key whose first bits are the present millisecond."""
    return UUID(int=uuid_utils.uuid7().int)


def id_at(moment: datetime) -> UUID:
    """A new key as if made at ``moment`` (aware): for historic rows, so that keys keep the order of time."""
    return UUID(int=uuid_utils.uuid7(timestamp=int(moment.timestamp()), nanos=moment.microsecond * 1000).int)
