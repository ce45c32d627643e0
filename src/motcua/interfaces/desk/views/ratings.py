"""How applicants rate the officer's units (ND118 Đ33): averages, distribution, trend, comments, the worst first."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation import clock
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.frame import desk_page
from motcua.interfaces.keyset import position
from motcua.services.dossiers.rating import ratings
from motcua.services.dossiers.rating.scoring import CONTENTS, GRADES, LETTERS, SCORES, worst_first

COMMENTS = 20
PERIODS = ((3, _("Last 3 months")), (12, _("Last 12 months")), (36, _("Last 3 years")))
SIDES = ((ratings.COMPETENT, _("Handled by the unit")), (ratings.COUNTER, _("Received at the counter")))


@holding("dossier.read")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The unit's ratings. Where fewer answered than the policy asks for, only their number is shown."""
    actor = actor_of(request)
    mine = ratings.scope(actor)
    chosen = _unit(request.GET.get("unit", ""), mine)
    units = ratings.scope(actor, chosen.id) if chosen else mine
    side = request.GET.get("side", "")
    if side not in dict(SIDES):
        side = ratings.COMPETENT
    months = _months(request.GET.get("months", ""))
    last = clock.today().replace(day=1)
    picture = ratings.picture(units, side=side, first=_back(last, months - 1), last=last)
    after = position(request.GET.get("after", ""))
    said = ratings.comments(units, side=side, after=after, limit=COMMENTS + 1) if picture.enough else []
    tail = said[COMMENTS - 1] if len(said) > COMMENTS else None
    context: dict[str, Any] = {
        "picture": picture,
        "grade": GRADES.get(picture.grade, ""),
        "contents": [
            (LETTERS[spread.content], CONTENTS[spread.content], spread, _bars(spread.counts, spread.answers))
            for spread in worst_first(picture.spreads)
        ],
        "units": mine if len(mine) > 1 else [],
        "chosen": chosen,
        "figures": [(one, GRADES.get(one.grade, "")) for one in picture.units] if len(units) > 1 else [],
        "comments": said[:COMMENTS],
        "older": f"{tail.rated_at.isoformat()}_{tail.pk}" if tail and tail.rated_at else "",
        "scores": SCORES,
        "sides": SIDES,
        "side": side,
        "periods": PERIODS,
        "months": months,
        "basis": "TT 01/2018 Đ15",
    }
    return desk_page(request, "desk/ratings.html", context, place="ratings")


def _unit(text: str, mine: list[UnitInfo]) -> UnitInfo | None:
    """A unit of the officer's; anything else means all of them."""
    try:
        found = directory().by_id.get(UUID(text))
    except ValueError:
        return None
    return found if found in mine else None


def _months(text: str) -> int:
    known = [months for months, _label in PERIODS]
    return int(text) if text.isdigit() and int(text) in known else known[1]


def _back(month: date, months: int) -> date:
    whole = month.year * 12 + month.month - 1 - months
    return date(whole // 12, whole % 12 + 1, 1)


def _bars(counts: dict[int, int], answers: int) -> list[tuple[int, int, int]]:
    """(score, count, whole percent) from 1 to 5."""
    return [(score, counts[score], round(100 * counts[score] / answers) if answers else 0) for score in SCORES]
