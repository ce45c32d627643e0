"""Lists that go on behind a row: the place of the row, as it stands in an address."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID


def position(text: str) -> tuple[datetime, UUID] | None:
    """The place (moment and key of a row) that an address names; ``None`` for the beginning, and for nonsense."""
    moment, _sep, key = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at, UUID(key)) if at.tzinfo else None
    except ValueError:
        return None
