"""Who takes one matter over from a unit that was divided: by ward, by field of procedures, by share. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides where one matter of a divided unit goes. ``wards``: codes of the applicant's ward, old and new."""

    key: UUID
    wards: frozenset[str] = frozenset()
    field_name: str = ""


@dataclass(frozen=True, slots=True)
class Division:
    """A unit was divided on a day. ``rules``: which part of the work each of ``heirs`` took, place by place."""

    on: date
    heirs: tuple[UUID, ...]
    rules: tuple[Mapping[str, object], ...]

    def heir(self, facts: Facts) -> UUID:
        """Who takes this matter."""
        return self.heirs[choose(self.rules, wards=facts.wards, field_name=facts.field_name, key=facts.key)]


def choose(
    rules: Sequence[Mapping[str, object]], *, wards: Collection[str] = (), field_name: str = "", key: UUID
) -> int:
    """Which successor of a split unit takes one dossier (or person, without wards and field): by ward and field of
    procedure, else by share (the same for the same key, always), else the first."""
    for position, rule in enumerate(rules):
        of_wards, of_fields = names_in(rule.get("wards")), names_in(rule.get("fields"))
        fits = (not of_wards or of_wards & set(wards)) and (not of_fields or field_name in of_fields)
        if (of_wards or of_fields) and fits:
            return position
    shares = [_share(rule) for rule in rules]
    if sum(shares):
        place = (key.int & 0xFFFFFFFFFFFFFFF) % sum(shares)
        for position, share in enumerate(shares):
            if place < share:
                return position
            place -= share
    return 0


def _share(rule: Mapping[str, object]) -> int:
    share = rule.get("share", 0)
    return share if isinstance(share, int) else 0


def names_in(given: object) -> set[str]:
    """The texts of a list in a rule; empty for anything else."""
    return {str(each) for each in given} if isinstance(given, list | tuple) else set()
