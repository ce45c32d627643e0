"""“Why do you need it?”: asked once a day of an officer who has no task in the dossier they open."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from motcua.engines.ledger.actor import Actor
from motcua.foundation.errors import Invalid
from motcua.interfaces.desk.access import actor_of, officer
from motcua.interfaces.desk.frame import desk_page
from motcua.services.dossiers import access, queries
from motcua.services.dossiers.models import Dossier
from motcua.services.procedures.queries import version


def ask_why(
    request: HttpRequest, actor: Actor, found: Dossier, problems: dict[str, list[str]] | None = None
) -> HttpResponse:
    """The question in place of the dossier. It shows what a list shows, and nothing of what was submitted."""
    said = {name: [_(line) for line in lines] for name, lines in (problems or {}).items()}
    reasons = access.reasons_for(actor)
    first = {"reason": f"id_reason_{reasons[0].code}"}
    context = {
        "dossier": found,
        "procedure": version(found.procedure_version_id),
        "reasons": reasons,
        "chosen": request.POST.get("reason", ""),
        "note": request.POST.get("note", ""),
        "problems": said,
        "pairs": [(first.get(name, f"id_{name}"), line) for name, lines in said.items() for line in lines],
        "desk_views": [],
    }
    return desk_page(request, "desk/why.html", context, place="worklist", status=422 if problems else 200)


@officer
@require_POST
def give(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Takes the reason and opens the dossier."""
    actor = actor_of(request)
    found = queries.get(actor, dossier_id)
    try:
        access.give_reason(actor, found, reason=request.POST.get("reason", ""), note=request.POST.get("note", ""))
    except Invalid as error:
        return ask_why(request, actor, found, error.fields)
    return HttpResponseRedirect(reverse("desk:dossier", args=[dossier_id]))
