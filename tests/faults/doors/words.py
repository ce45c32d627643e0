"""The words of the tables: roles, and what each gets at a door.

``at`` is the address that is really asked for, with keys of the
prepared world (``tests.faults.world``) in braces; ``data`` is posted. Expected are statuses; ``SIGN_IN`` and
``SECOND_FACTOR`` are redirects to where one proves who one is, which is how visitors and officials without a second
factor are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

SIGN_IN: Final = "to the sign-in page"
SECOND_FACTOR: Final = "to the second factor"
Expected = int | Literal["to the sign-in page", "to the second factor"]

# ``citizen`` owns the dossiers, the draft and the message. Counter, specialist and leader are of the commune that
# handles them, ``elsewhere`` is the counter of another commune, the administrator keeps the platform and handles no
# dossiers, ``unproven`` is an official of the same commune who has not shown a second factor. ``agent`` is a citizen
# who holds the owner's mandate, ``helper`` staffs a service point, ``clerk`` is the commune's, ``agency`` is a
# specialist of a department that has no part in the dossiers.
ROLES: Final = (
    "anonymous", "citizen", "other_citizen", "counter", "specialist",
    "elsewhere", "leader", "administrator", "unproven", "agent", "helper", "clerk", "agency",
)  # fmt: skip
Row = tuple[Expected, ...]


def everybody(status: Expected) -> Row:
    """The same for all, officials without a second factor too."""
    return (status,) * len(ROLES)


def public(status: Expected) -> Row:
    """The same for all who are what they say."""
    return tuple(SECOND_FACTOR if role == "unproven" else status for role in ROLES)


def guests(status: Expected, others: Expected) -> Row:
    """One answer for who is not signed in, another for who is."""
    return tuple(status if role == "anonymous" else others for role in ROLES)


def signed_in(status: Expected) -> Row:
    """Whoever has signed in, even without a second factor: one's own account and how to prove oneself."""
    return guests(SIGN_IN, status)


def proven(status: Expected) -> Row:
    """Whoever has signed in and, where it is due, shown a second factor."""
    return tuple({"anonymous": SIGN_IN, "unproven": SECOND_FACTOR}.get(role, status) for role in ROLES)


def citizens(status: Expected, other: Expected | None = None, *, agent: Expected | None = None) -> Row:
    """Citizens: the owner, and another one where that makes a difference. An agent counts as another one unless said
    otherwise."""
    other = status if other is None else other
    return (SIGN_IN, status, other, *(403,) * 5, SECOND_FACTOR, other if agent is None else agent, *(403,) * 3)


def desk(
    counter: Expected,
    specialist: Expected,
    elsewhere: Expected,
    leader: Expected,
    administrator: Expected,
    *,
    helper: Expected | None = None,
    clerk: Expected | None = None,
    agency: Expected | None = None,
) -> Row:
    """Officers, each with their own answer. Unless said otherwise the clerk gets what the specialist gets, but does
    not what is the specialist's alone; a page that only some roles may open is shut to the helper and to another
    agency's officer, and they are refused as the other commune's counter is."""
    shut = {specialist, leader, administrator} == {403}
    refused = 403 if shut else elsewhere if isinstance(elsewhere, int) and elsewhere >= 400 else None
    return (
        *(SIGN_IN, 403, 403, counter, specialist, elsewhere, leader, administrator, SECOND_FACTOR, 403),
        helper or refused or administrator,
        clerk or (403 if specialist == 302 and counter == 403 else specialist),
        agency or refused or specialist,
    )


def officers(status: Expected) -> Row:
    """All officers alike."""
    return desk(*(status,) * 5)


def administrators(status: Expected) -> Row:
    """Administrators alone."""
    return desk(403, 403, 403, 403, status)


@dataclass(frozen=True)
class Door:
    """One address (its pattern as the resolver writes it) with what each role gets there."""

    pattern: str
    get: Row
    post: Row
    at: str = ""
    data: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return "/" + (self.at or self.pattern)
