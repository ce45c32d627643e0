"""Results that wait at the counter and nobody has come for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from motcua.foundation import clock
from motcua.foundation.errors import MotcuaError
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.finishing import return_here
from motcua.interfaces.desk.frame import desk_page
from motcua.interfaces.desk.rows import procedure_names
from motcua.services.dossiers import actions, policies
from motcua.services.dossiers.office.uncollected import PAGE, Place, uncollected

MOST_REMINDED = 100


@holding("dossier.return")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list, the longest waiting first, a page at a time."""
    found = uncollected(actor_of(request), after=_place(request.GET.get("after", "")), limit=PAGE + 1)
    more, found = found[PAGE:], found[:PAGE]
    names = procedure_names(task.case.dossier for task in found)
    now = clock.now()
    rows = [
        {
            "task": task,
            "dossier": task.case.dossier,
            "result": task.case.dossier.result,
            "procedure": names.get(task.case.dossier.procedure_version_id, ""),
            "days": (now - task.opened_at).days,
        }
        for task in found
    ]
    return_here(request, request.get_full_path())
    last = found[-1] if more else None
    context = {
        "rows": rows,
        "days": policies.number("uncollected_days"),
        "older": f"{last.opened_at.isoformat()}_{last.pk}" if last else "",
    }
    return desk_page(request, "desk/uncollected.html", context, place="uncollected")


@holding("dossier.return")
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Reminds the people of the marked rows, each by its own action."""
    actor, reminded, trouble = actor_of(request), 0, ""
    for text in request.POST.getlist("dossier")[:MOST_REMINDED]:
        try:
            actions.remind_to_collect.run(actor, UUID(text))
        except ValueError:
            continue
        except MotcuaError as error:
            trouble = error.text(_)
        else:
            reminded += 1
    if reminded:
        said = ngettext("%(count)s person is reminded.", "%(count)s people are reminded.", reminded)
        messages.success(request, said % {"count": reminded})
    if trouble:
        messages.warning(request, trouble)
    return HttpResponseRedirect(reverse("desk:uncollected"))


def _place(text: str) -> Place | None:
    moment, _dot, key = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at, UUID(key)) if at.tzinfo else None
    except ValueError:
        return None
