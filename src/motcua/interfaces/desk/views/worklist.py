"""The worklist, its saved views, its preview and what is done to several rows at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.cache import Remembered
from motcua.foundation.errors import MotcuaError, NotFound
from motcua.interfaces.desk import lists
from motcua.interfaces.desk.access import actor_of, officer
from motcua.interfaces.desk.frame import LIST, desk_page, views, works
from motcua.interfaces.desk.models import SavedView
from motcua.interfaces.desk.rows import procedure_names, rows_of
from motcua.interfaces.signing_in.posts import POST, key_of
from motcua.services.dossiers import access, actions, queries, worklists
from motcua.services.dossiers.models import DoorWay, Why
from motcua.services.dossiers.searching import SHORTEST_NAME, search
from motcua.services.procedures.models import Field

fields = Remembered(
    lambda: [(str(key), name) for key, name in Field.objects.order_by("folded").values_list("id", "name")]
)
"""The fields of procedures for the filter: few, and slow to change."""

PAGE = 50
SOUGHT = "desk_sought"
MOST_AT_ONCE = 50


@officer
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """Open work, due first. The list that is shown is remembered: the next dossier comes from it."""
    actor = actor_of(request)
    if not works(actor):
        return HttpResponseRedirect(reverse("desk:administration"))
    asked = lists.read(request.GET)
    page = worklists.page(actor, asked.wanted, after=asked.after, before=asked.before, limit=PAGE)
    if request.session.get(LIST) != asked.query:
        request.session[LIST] = asked.query
    context = {
        "asked": asked,
        "rows": rows_of(actor, page.tasks),
        "newer": lists.cursor(page.newer),
        "older": lists.cursor(page.older),
        "now": clock.now(),
        "choices": _choices(actor, asked),
        "bulk": _bulk(actor, asked),
    }
    return desk_page(request, "desk/worklist.html", context, place="worklist")


def _choices(actor: Actor, asked: lists.Asked) -> dict[str, Any]:
    """What the filters offer."""
    units = {unit for _, unit in queries.stage_units(actor)}
    stages = [view for view in lists.VIEWS if view.needs and actor.may(view.needs)]
    return {
        "stages": stages if len(asked.view.wanted.stages) > 1 and len(stages) > 1 else [],
        "units": [unit for unit in directory().all if unit.id in units] if len(units) > 1 else [],
        "fields": fields(),
        "due": lists.DUE if not asked.view.wanted.due and asked.view.wanted.state == "open" else (),
        "stage": asked.wanted.stages[0] if len(asked.wanted.stages) == 1 else "",
    }


def _bulk(actor: Actor, asked: lists.Asked) -> list[tuple[str, str]]:
    """What may be done to several rows of this list at once."""
    if asked.wanted.state != "open":
        return []
    offers = [("claim", _("Take in hand"))]
    if asked.wanted.stages == ("intake",) and actor.may("dossier.receive"):
        offers.insert(0, ("accept", _("Accept")))
    return offers


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
def bulk(request: HttpRequest) -> HttpResponse:
    """Takes several rows in hand, or accepts them: each in its own transaction, each with its own result."""
    actor = actor_of(request)
    verb = request.POST.get("verb", "")
    chosen = _chosen(request)
    results: list[tuple[str, str]] = []
    done = 0
    for dossier_id in chosen:
        try:
            code = _one(actor, verb, dossier_id)
            results.append((code, ""))
            done += 1
        except MotcuaError as error:
            results.append((_code_of(actor, dossier_id), error.text(_)))
    if not chosen:
        messages.warning(request, _("Mark the rows first."))
    elif done:
        text = ngettext("%(count)d dossier done.", "%(count)d dossiers done.", done) % {"count": done}
        messages.success(request, text)
    for code, trouble in results:
        if trouble:
            messages.error(request, f"{code}: {trouble}")
    return HttpResponseRedirect(_back(request))


def _chosen(request: HttpRequest) -> list[UUID]:
    keys = []
    for text in request.POST.getlist("dossier")[:MOST_AT_ONCE]:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(keys))


def _one(actor: Actor, verb: str, dossier_id: UUID) -> str:
    if verb == "accept":
        return actions.accept.run(actor, dossier_id).code
    if verb != "claim":
        raise NotFound("There is no such action.")
    dossier = queries.get(actor, dossier_id)
    stages = {(stage, unit) for stage, unit in queries.stage_units(actor)}
    mine = [task for task in dossier.case.open_tasks if (task.stage, task.unit_id) in stages]
    task_id = mine[0].id if mine else dossier_id  # an unknown step is refused by the action in its own words
    actions.claim.run(actor, dossier_id, task_id=task_id)
    return dossier.code


def _code_of(actor: Actor, dossier_id: UUID) -> str:
    try:
        return queries.get(actor, dossier_id).code
    except NotFound:
        return str(dossier_id)[:8]


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return reverse("desk:worklist")


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
