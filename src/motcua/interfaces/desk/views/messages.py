"""What officers are told: work assigned, online dossiers that wait, deadlines that come near."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from motcua.engines.notices import actions, queries
from motcua.foundation.clock import VIETNAM
from motcua.interfaces.desk import lists
from motcua.interfaces.desk.access import actor_of, officer
from motcua.interfaces.desk.frame import desk_page

PAGE = 50


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest messages; a POST marks one (``message``) or all read."""
    actor = actor_of(request)
    if request.method == "POST":
        wanted = request.POST.get("message", "")
        with suppress(ValueError):  # no such message: nothing to mark
            actions.mark_read(actor, [UUID(wanted)] if wanted else None)
        return HttpResponseRedirect(reverse("desk:inbox"))
    position = lists.position(request.GET.get("after", ""))
    after = (position[0], position[1]) if position and position[0] else None
    items = queries.inbox(actor, after=after, limit=PAGE, language=get_language() or "vi")
    last = items[-1] if len(items) == PAGE else None
    context = {
        "items": [(item, item.at.astimezone(VIETNAM)) for item in items],
        "older": lists.cursor((last.at, last.id)) if last else "",
    }
    return desk_page(request, "desk/inbox.html", context, place="inbox")
