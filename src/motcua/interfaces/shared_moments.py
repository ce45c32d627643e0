"""Moments that pages and addresses name."""

from __future__ import annotations

from datetime import datetime

from motcua.foundation.clock import VIETNAM

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Beyond these a moment of one time zone may have no name in another."""


def moment_of(text: str) -> datetime | None:
    """A moment as a date-time field gives it (``2026-11-22T09:30``, in Vietnamese time unless it says otherwise);
    ``None`` for anything else, and for moments that no dossier ever saw."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
