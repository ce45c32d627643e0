"""What several pages of the portal take out of an address or offer to choose from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation.text import fold


def position(text: str) -> tuple[datetime, UUID] | None:
    """The place in a list that an address names (moment and key); ``None`` for the beginning, and for nonsense."""
    moment, _dot, key = text.partition("_")
    try:
        return datetime.fromisoformat(moment), UUID(key)
    except ValueError:
        return None


def wards_by_name() -> list[UnitInfo]:
    """The wards and communes of today, in the order in which people look for them."""
    return sorted((unit for unit in directory().by_ward.values() if unit.current), key=lambda unit: fold(unit.name))
