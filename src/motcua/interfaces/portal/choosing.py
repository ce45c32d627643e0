"""What several pages of the portal offer to choose from."""

from __future__ import annotations

from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation.text import fold


def wards_by_name() -> list[UnitInfo]:
    """The wards and communes of today, in the order in which people look for them."""
    return sorted((unit for unit in directory().by_ward.values() if unit.current), key=lambda unit: fold(unit.name))
