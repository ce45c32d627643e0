"""Rating how one was served (ND118 Đ33): by whoever holds the token, without signing in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Invalid
from motcua.interfaces.portal.frame import portal_page
from motcua.interfaces.portal.views.procedures import plain_name
from motcua.services.dossiers.models import Rating
from motcua.services.dossiers.rating import ratings
from motcua.services.dossiers.rating.scoring import CONTENTS, SCORES
from motcua.services.procedures.queries import version


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """The nine contents, each 1 to 5 or not applicable, and a comment. What was given may be changed for some days.

    ``?via=counter`` is the page for the counter's second screen: nothing on it leads anywhere else.
    """
    via = request.GET.get("via", "link")
    rating = ratings.by_token(token)
    if request.method != "POST":
        return _page(request, rating, via)
    scores = {content: request.POST.get(content, "") for content in CONTENTS}
    comment = request.POST.get("comment", "")
    try:
        ratings.rate(token, scores=scores, comment=comment, via=via)
    except Invalid as error:
        return _page(request, rating, via, scores, comment, error.fields)
    tail = f"&via={via}" if via in ratings.VIAS[1:] else ""
    return HttpResponseRedirect(f"{reverse('portal:rate', args=[token])}?done=1{tail}")


def _page(
    request: HttpRequest,
    rating: Rating,
    via: str,
    scores: dict[str, str] | None = None,
    comment: str = "",
    fields: dict[str, list[str]] | None = None,
) -> HttpResponse:
    problems = {name: [gettext(line) for line in lines] for name, lines in (fields or {}).items()}
    given: dict[str, Any] = scores if scores is not None else {key: str(score) for key, score in rating.scores.items()}
    na = rating.rated_at is not None and scores is None
    contents = [
        (key, text, given.get(key) or ("na" if na else ""), problems.get(key, [])) for key, text in CONTENTS.items()
    ]
    unit, counter = directory().unit(rating.unit_id), directory().unit(rating.counter_id)
    return portal_page(
        request,
        "rate.html",
        {
            "rating": rating,
            "name": plain_name(version(rating.dossier.procedure_version_id)),
            "unit": unit,
            "counter": counter if counter.id != unit.id else None,
            "contents": contents,
            "scores": SCORES,
            "comment": comment if scores is not None else rating.comment,
            "pairs": [(f"{key}-1", line) for key, _text, _given, lines in contents for line in lines],
            "open": ratings.is_open(rating),
            "until": ratings.open_until(rating),
            "done": "done" in request.GET and rating.rated_at is not None and not fields,
            "kiosk": via == "counter",
            "action": ratings.page_path(rating.token, via if via in ratings.VIAS else "link"),
        },
        status=422 if fields else 200,
    )
