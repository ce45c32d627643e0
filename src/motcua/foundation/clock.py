"""The one clock of the house. Nothing else asks the operating system for the time.

Replays, the demo province and tests run on simulated time by ``clock.at(...)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_simulated: ContextVar[datetime | None] = ContextVar("motcua_simulated_time", default=None)


def now() -> datetime:
    """The present moment, aware, in Vietnamese time."""
    return _simulated.get() or datetime.now(VIETNAM)


def today() -> date:
    """The present day in Viet Nam."""
    return now().astimezone(VIETNAM).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block the clock stands at ``moment`` (aware)."""
    if moment.tzinfo is None:
        raise ValueError("The simulated moment needs a time zone.")
    token = _simulated.set(moment.astimezone(VIETNAM))
    try:
        yield
    finally:
        _simulated.reset(token)
