"""Ratings as figures: the nine contents of ND118 Đ33, averages, and the points of TT 01/2018. Pure.

TT 01/2018 gives each of nine indicators 0, 1 or 2 points; the mean of each is rounded to one decimal and an agency's
sum of at most 18 is graded. What score earns how many points, and from how many points a grade holds, is dated data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCORES: Final = (1, 2, 3, 4, 5)
MOST: Final = 5

CONTENTS: Final[dict[str, Promise]] = {
    "time": _("The time it took, against what was promised"),
    "agencies": _("How many agencies you had to deal with"),
    "contacts": _("How often you had to come or call"),
    "information": _("Whether the published information was right"),
    "attitude": _("The attitude of the officers"),
    "lawfulness": _("Whether only lawful papers and costs were asked for"),
    "explanation": _("How well you were guided and answered"),
    "online": _("The online service"),
    "other": _("Everything else"),
}
"""The nine contents a to i of ND118 Đ33 in their order."""

LETTERS: Final = dict(zip(CONTENTS, ("a", "b", "c", "d", "đ", "e", "g", "h", "i"), strict=True))

OFFICIALS: Final = ("time", "agencies", "contacts", "information", "explanation")
"""Indicators 1, 2, 3, 4 and 7, which TT 01/2018 Đ14 counts per dossier."""

GRADES: Final[dict[str, Promise]] = {
    "excellent": _("Excellent"),
    "good": _("Good"),
    "fair": _("Fair"),
    "average": _("Average"),
    "weak": _("Weak"),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores become points and points a grade. ``grades``: from how many points each holds, best first."""

    one_point: int = 3
    two_points: int = 4
    grades: tuple[tuple[str, int], ...] = (("excellent", 15), ("good", 12), ("fair", 9), ("average", 6))

    def points(self, score: int) -> int:
        """0, 1 or 2 points for a score of 1 to 5."""
        return 2 if score >= self.two_points else 1 if score >= self.one_point else 0

    def grade(self, total: Decimal) -> str:
        """The grade of a sum of points (TT 01/2018 Đ15)."""
        return next((grade for grade, least in self.grades if total >= least), "weak")


@dataclass(slots=True)
class Spread:
    """How often each score was given to one content."""

    content: str
    counts: dict[int, int] = field(default_factory=lambda: dict.fromkeys(SCORES, 0))

    @property
    def answers(self) -> int:
        return sum(self.counts.values())

    @property
    def mean(self) -> Decimal | None:
        """The average score, one decimal; None without answers."""
        if not self.answers:
            return None
        return rounded(Decimal(sum(score * count for score, count in self.counts.items())) / self.answers)

    def mean_points(self, scale: Scale) -> Decimal | None:
        """The mean of the points, one decimal (TT 01/2018 Đ13)."""
        if not self.answers:
            return None
        return rounded(Decimal(sum(scale.points(score) * count for score, count in self.counts.items())) / self.answers)


def rounded(value: Decimal) -> Decimal:
    """One decimal, halves up, as the circular's tables do."""
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def total_points(spreads: Mapping[str, Spread], scale: Scale) -> Decimal | None:
    """The sum of the nine indicators, of at most 18; one without answers is taken as the mean of the others.

    None where nothing was answered.
    """
    means = [mean for spread in spreads.values() if (mean := spread.mean_points(scale)) is not None]
    if not means:
        return None
    return rounded(sum(means, Decimal(0)) * len(CONTENTS) / len(means))


def overall_of(scores: Mapping[str, int]) -> int | None:
    """One figure for a whole rating: the mean of what was answered, halves up."""
    if not scores:
        return None
    return int((Decimal(sum(scores.values())) / len(scores)).quantize(Decimal(1), ROUND_HALF_UP))


def worst_first(spreads: Mapping[str, Spread]) -> list[Spread]:
    """Contents by their average, the worst first; those without answers last."""
    order = list(CONTENTS)
    return sorted(
        spreads.values(),
        key=lambda spread: (spread.mean is None, spread.mean or Decimal(0), order.index(spread.content)),
    )
