"""The worklist, its saved views, its preview and what is done to several rows at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.cache import Remembered
from motcua.foundation.keys import new_id
from motcua.interfaces.desk import lists
from motcua.interfaces.desk.access import actor_of, officer
from motcua.interfaces.desk.finishing import FROM, return_here
from motcua.interfaces.desk.frame import LIST, desk_page, views, works
from motcua.interfaces.desk.models import SavedView
from motcua.interfaces.desk.rows import procedure_names, rows_of
from motcua.interfaces.desk.views.bulk import offers_for
from motcua.interfaces.signing_in.posts import POST, key_of
from motcua.services.dossiers import access, queries
from motcua.services.dossiers.models import DoorWay, Why
from motcua.services.dossiers.office import worklists
from motcua.services.dossiers.office.people import people_of
from motcua.services.dossiers.searching import SHORTEST_NAME, search
from motcua.services.procedures.models import Field

fields = Remembered(
    lambda: [(str(key), name) for key, name in Field.objects.order_by("folded").values_list("id", "name")]
)
"""The fields of procedures for the filter: few, and slow to change."""

PAGE = 50
SOUGHT = "desk_sought"
AGENCIES = ("department", "commune", "vertical")


@officer
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """Open work, due first. The list that is shown is remembered: the next dossier comes from it."""
    actor = actor_of(request)
    if not works(actor):
        return HttpResponseRedirect(reverse("desk:assist" if actor.may("dossier.assist") else "desk:administration"))
    asked = lists.read(request.GET)
    page = worklists.page(actor, asked.wanted, after=asked.after, before=asked.before, limit=PAGE)
    if request.session.get(LIST) != asked.query:
        request.session[LIST] = asked.query
    request.session.pop(FROM, None)
    context = {
        "asked": asked,
        "rows": rows_of(actor, page.tasks),
        "newer": lists.cursor(page.newer),
        "older": lists.cursor(page.older),
        "now": clock.now(),
        "choices": _choices(actor, asked),
        "bulk": offers_for(actor, asked.wanted.stages) if asked.wanted.state == "open" else [],
        "token": str(new_id()),
        "principals": actor.principals,
    }
    return desk_page(request, "desk/worklist.html", context, place="worklist")


def _choices(actor: Actor, asked: lists.Asked) -> dict[str, Any]:
    """What the filters offer."""
    led = worklists.led_units(actor)
    leading = asked.wanted.scope != "own"
    units = set(led) if leading else {unit for _, unit in queries.stage_units(actor)}
    stages = [view for view in lists.STAGE_VIEWS if leading or actor.may(view.needs)]
    reached = [unit for unit in directory().all if unit.id in units]
    agencies = [unit for unit in reached if unit.kind in AGENCIES]
    return {
        "stages": stages if len(asked.view.wanted.stages) > 1 and len(stages) > 1 else [],
        "agencies": agencies if 1 < len(agencies) < len(reached) else [],
        "units": reached if len(units) > 1 else [],
        "people": people_of(led) if led else [],
        "nobody": lists.NOBODY,
        "person": lists.NOBODY if asked.wanted.nobody else str(asked.wanted.person_id or ""),
        "waiting": asked.view.wanted.state == "open" and asked.wanted.scope != "elsewhere",
        "fields": fields(),
        "due": lists.DUE if not asked.view.wanted.due and asked.view.wanted.state == "open" else (),
        "stage": asked.wanted.stages[0] if len(asked.wanted.stages) == 1 else "",
    }


@officer
@require_safe
def preview(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The dossier in short, for the pane beside the list."""
    actor = actor_of(request)
    dossier = queries.get(actor, dossier_id)
    if not access.in_hand(actor, dossier):
        access.note_many(actor, [dossier.pk], DoorWay.DESK, Why.PREVIEW, post=access.post_of(actor, dossier))
        return render(request, "desk/_preview_brief.html", {"dossier": dossier, "now": clock.now()})
    access.look(actor, dossier, DoorWay.DESK)
    return render(
        request,
        "desk/_preview.html",
        {
            "dossier": dossier,
            "procedure": procedure_names([dossier]).get(dossier.procedure_version_id, ""),
            "components": dossier.components.order_by("position"),
            "files": dossier.files.count(),
            "tasks": [(task, directory().by_id.get(task.unit_id)) for task in dossier.case.open_tasks],
            "remarks": dossier.case.remarks.select_related("author").order_by("-at")[:3],
            "now": clock.now(),
        },
    )


@officer
@require_safe
def rail(request: HttpRequest) -> HttpResponse:
    """The views with their present numbers; a page asks for it by itself every minute."""
    context = {"desk_views": views(actor_of(request), lists.read(request.GET))}
    return render(request, "components/desk_rail.html", context)


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Search within one's scope; a code that is there opens at once.

    What is looked for is sent by POST and kept in the session: names and numbers of people stand in no address.
    """
    actor = actor_of(request)
    if request.method == "POST":
        request.session[SOUGHT] = request.POST.get("q", "").replace("\0", "").strip()[:100]
        return HttpResponseRedirect(reverse("desk:search"))
    text = str(request.session.get(SOUGHT, ""))
    found = search(actor, text) if text else []
    access.note_many(actor, [each.pk for each in found], DoorWay.DESK, Why.PREVIEW, post=next(iter(actor.grants), None))
    return_here(request, reverse("desk:search"))  # who looks for one dossier is not working through a list
    if len(found) == 1 and found[0].code == text.upper():
        request.session.pop(SOUGHT)
        return HttpResponseRedirect(reverse("desk:dossier", args=[found[0].pk]))
    names = procedure_names(found)
    units = directory().by_id
    rows = [
        {
            "dossier": dossier,
            "procedure": names.get(dossier.procedure_version_id, ""),
            "holder": units[dossier.case.holder_id].label if dossier.case.holder_id in units else "",
        }
        for dossier in found
    ]
    context = {"q": text, "rows": rows, "shortest": SHORTEST_NAME, "now": clock.now(), "full": len(found) >= PAGE}
    return desk_page(request, "desk/search.html", context)


@officer
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the list with its filters under a name; the same name again replaces it."""
    actor = actor_of(request)
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:60]
    asked = lists.read(QueryDict(request.POST.get("query", "")[:500]))
    if not name:
        messages.error(request, _("Give the view a name."))
    elif not asked.query:
        messages.error(request, _("Choose filters first; the list of all work is there already."))
    else:
        SavedView.objects.update_or_create(
            owner_id=actor.id, name=name, defaults={"query": asked.query, "created_at": clock.now()}
        )
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": name})
    return HttpResponseRedirect(f"{reverse('desk:worklist')}?{asked.query}")


@officer
@require_POST
def remove_view(request: HttpRequest) -> HttpResponse:
    """Forgets one's own saved view."""
    actor = actor_of(request)
    SavedView.objects.filter(owner_id=actor.id, query=request.POST.get("query", "")[:500]).delete()
    messages.success(request, _("The view is removed."))
    return HttpResponseRedirect(reverse("desk:worklist"))


@officer
@require_POST
def switch_post(request: HttpRequest) -> HttpResponse:
    """Acts in one of one's posts, or in all of them; kept for the session."""
    from motcua.engines.accounts.queries import actor_of as whole_actor

    wanted = request.POST.get("post", "")
    held = {key_of(grant) for grant in whole_actor(request.user).grants}
    if wanted in held:
        request.session[POST] = wanted
    else:
        request.session.pop(POST, None)
    return HttpResponseRedirect(reverse("desk:worklist"))
