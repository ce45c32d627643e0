"""How well the counters answer what comes in online (ND118 Đ17.2): in time and late, by counter, for the head."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from motcua.foundation import clock
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.frame import desk_page
from motcua.services.dossiers import policies
from motcua.services.dossiers.online import answer_figures

SPANS = {"7": 7, "30": 30, "90": 90}


@holding("dossier.assign", "dossier.receive")
@require_safe
def answering(request: HttpRequest) -> HttpResponse:
    """Counters with their figures over the last days, the worst first."""
    span = request.GET.get("days", "30")
    days = SPANS.get(span, 30)
    today: date = clock.today()
    figures = answer_figures(actor_of(request), today - timedelta(days=days - 1), today)
    context = {
        "figures": figures,
        "days": days,
        "spans": list(SPANS.values()),
        "alert_hours": policies.number("alert_hours"),
        "answer_hours": policies.number("intake_hours"),
    }
    return desk_page(request, "desk/answering.html", context, place="answering")
