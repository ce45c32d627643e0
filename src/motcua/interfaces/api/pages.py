"""Lists a page at a time: the token behind which the next page begins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from motcua.foundation.errors import Invalid

Position = tuple[datetime, UUID]


def following(items: Sequence[Mapping[str, Any]], limit: int, moment: str) -> str | None:
    """``next`` of a page: where its last row stands by the member ``moment``; ``None`` when nothing is behind it."""
    if len(items) < limit:
        return None
    last = items[-1]
    return base64.urlsafe_b64encode(f"{last[moment].isoformat()} {last['id']}".encode()).decode()


def position(token: str) -> Position | None:
    """The place that a token names, ``None`` for none. Raises ``Invalid``."""
    if not token:
        return None
    try:
        moment, key = base64.urlsafe_b64decode(token.encode()).decode().split(" ")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError("no time zone")
        return at, UUID(key)
    except (ValueError, binascii.Error, UnicodeError) as error:
        raise Invalid(fields={"after": ["Take the value of “next” as it was given."]}) from error
