"""Moments that pages and addresses name."""

from __future__ import annotations

from datetime import datetime

from motcua.foundation.clock import VIETNAM


def moment_of(text: str) -> datetime | None:
    """A moment as a date-time field gives it (``2026-11-22T09:30``, in Vietnamese time unless it says otherwise);
    ``None`` for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
