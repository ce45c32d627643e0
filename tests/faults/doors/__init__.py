"""Who may pass which door: every address of the platform × every role, for GET and POST.

An address that is in none of these tables fails the tests.
"""

from __future__ import annotations

from typing import Final

from tests.faults.doors import administration, counter, desk, entrance, linked, papers, people_at_work, portal, turns
from tests.faults.doors.counter import AT_KIOSK
from tests.faults.doors.machines import CALLS, MACHINES
from tests.faults.doors.words import ROLES, SECOND_FACTOR, SIGN_IN

DOORS: Final = [
    *entrance.DOORS,
    *desk.DOORS,
    *counter.DOORS,
    *administration.DOORS,
    *papers.DOORS,
    *people_at_work.DOORS,
    *portal.DOORS,
    *linked.DOORS,
    *turns.DOORS,
]

__all__ = ["AT_KIOSK", "CALLS", "DOORS", "MACHINES", "ROLES", "SECOND_FACTOR", "SIGN_IN"]
