"""One dossier on one screen: what was submitted, its files, and the decision with what the law asks for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from motcua.engines.cases.models import Task
from motcua.engines.files.serving import file_response, may_show
from motcua.engines.forms.summary import answers_summary, chosen_words
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.parts import parts
from motcua.engines.notices.models import Message
from motcua.engines.notices.queries import item
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, MotcuaError, NotFound, Refused
from motcua.interfaces.desk import acts as office_acts
from motcua.interfaces.desk import history, lists, together, turning
from motcua.interfaces.desk.access import actor_of, officer
from motcua.interfaces.desk.acts import Act
from motcua.interfaces.desk.finishing import done_before, next_of, onward, place_of, way_back
from motcua.interfaces.desk.frame import LIST, desk_page
from motcua.interfaces.desk.moving_acts import MOVING_ACTS
from motcua.interfaces.desk.opinion_acts import OPINION_ACTS
from motcua.interfaces.desk.rows import step_name
from motcua.interfaces.desk.supplement_act import Supplement
from motcua.interfaces.desk.turn_acts import TURN_ACTS, Turn
from motcua.interfaces.desk.views.why import ask_why
from motcua.interfaces.desk.work_acts import WORK_ACTS
from motcua.interfaces.shared_moments import moment_of
from motcua.services.dossiers import access, actions, helping, online, policies, queries
from motcua.services.dossiers.actions.flow import definition_of
from motcua.services.dossiers.actions.supplement import refuse_what_is_held, wanted_of
from motcua.services.dossiers.explain import explain
from motcua.services.dossiers.models import DoorWay, Dossier, DossierFile
from motcua.services.dossiers.office.possible import Possible, possible
from motcua.services.dossiers.papers.editions import title_of
from motcua.services.dossiers.rating.ratings import rating_path
from motcua.services.dossiers.rules import Status
from motcua.services.dossiers.turns import told_by
from motcua.services.procedures.forms import kept_form
from motcua.services.procedures.queries import version

MOST_EVENTS = 500
MOST_NOTICES = 40
ACTS = office_acts.ACTS | MOVING_ACTS | OPINION_ACTS | WORK_ACTS | TURN_ACTS
ALONG = ("applicant", "agent", "assistance__helper", "result")
LEADING = frozenset({"accept", "pass_on", "complete", "return", "hand_over", "take_in"})
"""What may be the one main action of the page: that which brings the dossier forward."""


@officer
@require_safe
def dossier(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """The page. Behind an act it says what was done, and offers the next dossier of the list one came from."""
    actor = actor_of(request)
    found = queries.get(actor, dossier_id, *ALONG)
    if not access.look(actor, found, DoorWay.DESK):
        return ask_why(request, actor, found)
    return _page(request, actor, found)


def _page(
    request: HttpRequest, actor: Actor, found: Dossier, bound: Act | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of a dossier; ``bound`` is the form of an act that could not be done, with what was typed."""
    if helping.only_helps(actor, found):
        return HttpResponseRedirect(reverse("desk:assisted", args=[found.pk]))
    done = done_before(request)
    components = list(found.components.order_by("position"))
    found.__dict__["_shown_components"] = components
    files = list(found.files.select_related("blob").order_by("added_at", "id"))
    told = list(Event.objects.filter(stream=found.pk).order_by("seq")[:MOST_EVENTS])
    if len(told) < MOST_EVENTS:
        told_by(found, {event.kind for event in told})
    procedure = version(found.procedure_version_id)
    form = kept_form(procedure, found.form_version_id)
    flow = definition_of(found.case)
    language = get_language() or "vi"
    steps = {"intake": _("Receive")} | {step.key: step.title(language) for step in flow.steps}
    units = directory().by_id
    acts = [_act(each, actor, found, bound) for each in possible(actor, found)]
    first = acts[0] if acts else None
    if first is not None and first.verb in LEADING:
        first.leads = True
    as_of = moment_of(request.GET.get("as_of", ""))
    reckoning = explain(found, as_of, told)
    groups = answers_summary(form, found.answers, language)
    shown = [file for file in files if may_show(file.blob)]
    context: dict[str, Any] = {
        "dossier": found,
        "procedure": procedure,
        "party": found.applicant,
        "received_at": units.get(found.received_at_id),
        "competent": units.get(found.competent_id),
        "online": online.clocks(found),
        "holder": units.get(found.case.holder_id),
        "tasks": [_task(task) for task in found.case.open_tasks],
        "reckoning": [(step, step.render(_)) for step in reckoning.steps],
        "explained": reckoning,
        "as_of": as_of,
        "stopped_at": reckoning.stopped_at if as_of is None else None,
        "turning": turning.panel(found, form, language),
        "groups": groups,
        "case_words": chosen_words(form, "case", found.component_case, language),
        "plain_answers": [] if groups else sorted(found.answers.items()),
        "components": [(component, [f for f in files if f.component_id == component.id]) for component in components],
        "loose": [file for file in files if file.component_id is None],
        "first_file": shown[0] if shown else None,
        "can_judge": bool({act.verb for act in acts} - {"remark", "attach", "assign", "claim"}),
        "acts": [act for act in acts if act.verb != "remark"],
        "before": history.proposed_before(told) if first is not None and first.verb == "complete" else None,
        "offered": {act.verb for act in acts},
        "remark": next((act for act in acts if act.verb == "remark"), None),
        "bound": bound,
        "orphan": bound if bound is not None and all(act is not bound for act in acts) else None,
        "remarks": found.case.remarks.select_related("author").order_by("-at"),
        "documents": [(title_of(row.form, row.issued_at), row) for row in found.documents.order_by("issued_at")],
        "notices": history.notices(
            item(row, language) for row in Message.objects.filter(stream=found.pk).order_by("-at")[:MOST_NOTICES]
        ),
        "supplements": parts(found, "supplements"),
        "result": getattr(found, "result", None),
        "rating": rating_path(found) if found.status == Status.RETURNED else "",
        "history": history.told(told, steps, {component.key: component.name for component in components}),
        "together": together.panel(found),
        "now": clock.now(),
        "next": _next(request, actor, found) if done is not None else None,
        "done": done,
        "back": way_back(request),
        "onward": reverse("desk:following", args=[found.pk]) if LIST in request.session and done is None else "",
        "principals": actor.principals,
        "desk_views": [],  # no rail beside a dossier: its width belongs to papers and decision
    }
    return desk_page(request, "desk/dossier.html", context, place="worklist", status=status)


def _task(task: Task) -> dict[str, Any]:
    unit = directory().by_id.get(task.unit_id)
    return {"task": task, "name": step_name(task), "unit": unit.label if unit else "", "assignee": task.assignee}


def _act(each: Possible, actor: Actor, found: Dossier, bound: Act | None) -> Act:
    if bound is not None and bound.verb == each.verb:
        return bound
    return ACTS[each.verb](actor=actor, dossier=found, task=each.task)


def _next(request: HttpRequest, actor: Actor, found: Dossier) -> dict[str, str] | None:
    """What comes next in the list from which one came."""
    task = next_of(request, actor, found.pk, next((place_of(task) for task in found.case.open_tasks), None))
    if task is None:
        return None
    asked = lists.read(QueryDict(str(request.session.get(LIST, ""))))
    return {
        "url": reverse("desk:dossier", args=[task.case_id]),
        "code": task.case.dossier.code,
        "list": str(asked.view.label),
    }


@officer
@require_POST
def act(request: HttpRequest, dossier_id: UUID, verb: str) -> HttpResponse:
    """Does one thing to a dossier. What was typed is kept when it cannot be done; a conflict shows how things stand."""
    kind = ACTS.get(verb)
    if kind is None:
        raise NotFound("There is no such action.")
    actor = actor_of(request)
    found = queries.get(actor, dossier_id)
    task = _named_task(request, found)
    at = place_of(task)
    form = kind(request.POST, request.FILES, actor=actor, dossier=found, task=task)
    if "preview" in request.POST and isinstance(form, Supplement | Turn):
        return _preview(request, form) if isinstance(form, Supplement) else _letter(request, form)
    if not form.is_valid():
        return _page(request, actor, found, form, status=422)
    try:
        form.run()
    except Conflict as conflict:
        return _conflict(request, actor, dossier_id, conflict)
    except Invalid as error:
        _blame(form, error)
        return _page(request, actor, queries.get(actor, dossier_id, *ALONG), form, status=error.status)
    except Refused as error:
        form.add_error(None, error.text(_))
        return _page(request, actor, queries.get(actor, dossier_id, *ALONG), form, status=error.status)
    return onward(request, actor, found, verb, str(kind.said), task=task, at=at)


def _named_task(request: HttpRequest, found: Dossier) -> Task | None:
    """The step that the officer saw. One that is no longer open is kept by its key, for the action to refuse."""
    try:
        wanted = UUID(request.POST.get("task", ""))
    except ValueError:
        return None
    return next((task for task in found.case.open_tasks if task.id == wanted), None)


def _blame(form: Act, error: Invalid) -> None:
    """Puts the action's complaints beside the fields they are about."""
    if not error.fields:
        form.add_error(None, error.text(_))
    for name, lines in error.fields.items():
        for line in lines:
            form.add_error(name if name in form.fields else None, _(line))


def _conflict(request: HttpRequest, actor: Actor, dossier_id: UUID, conflict: Conflict) -> HttpResponse:
    """Somebody was faster: what happened, how things stand now, where to go on."""
    found = queries.get(actor, dossier_id)
    last = Event.objects.filter(stream=dossier_id).order_by("-seq").first()
    steps = {"intake": _("Receive")} | {
        step.key: step.title(get_language() or "vi") for step in definition_of(found.case).steps
    }
    context = {
        "dossier": found,
        "message": conflict.text(_),
        "tasks": [_task(task) for task in found.case.open_tasks],
        "back": way_back(request),
        "last": history.told([last], steps, {})[0] if last else None,
        "now": clock.now(),
    }
    return desk_page(request, "desk/conflict.html", context, place="worklist", status=conflict.status)


def _preview(request: HttpRequest, form: Supplement) -> HttpResponse:
    """What the applicant would receive, within the page or beside the form where there is JavaScript."""
    valid = form.is_valid()
    items = form.items() if valid else []
    context = {
        "form": form,
        "items": items,
        "note": form.cleaned_data.get("note", ""),
        "dossier": form.dossier,
        "days": policies.number("supplement_closes_days"),
        "held": _held(form.dossier, items),
        "procedure": version(form.dossier.procedure_version_id),
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "desk/acts/_supplement_preview.html", context)
    form.__dict__["preview"] = context
    return _page(request, form.actor, form.dossier, form, status=200 if valid else 422)


def _held(found: Dossier, items: list[dict[str, str]]) -> list[str]:
    """What of a request the State already has, in words (ND118 Đ5.1i)."""
    try:
        refuse_what_is_held(found, wanted_of(items) if items else [])
    except (Invalid, Refused) as error:
        return [error.text(_)]
    return []


def _letter(request: HttpRequest, form: Turn) -> HttpResponse:
    """The message that an act would send, before it is done."""
    shown: dict[str, Any] = {"letter": None, "problem": ""}
    valid = form.is_valid()
    if valid:
        try:
            shown["letter"] = form.letter()
        except MotcuaError as error:
            shown["problem"] = error.text(_)
    if request.headers.get("HX-Request") == "true":
        return render(request, "desk/acts/_letter.html", shown | {"paper": form.paper})
    form.__dict__["preview"] = shown
    return _page(request, form.actor, form.dossier, form, status=200 if valid else 422)


@officer
@require_POST
def judge(request: HttpRequest, dossier_id: UUID, component_id: UUID) -> HttpResponse:
    """One component: complete, missing or not valid; the same again takes it back."""
    actor = actor_of(request)
    verdict = request.POST.get("verdict", "")
    actions.judge_component.run(actor, dossier_id, component_id=str(component_id), verdict=verdict)
    if request.headers.get("HX-Request") == "true":
        found = queries.get(actor, dossier_id)
        component = found.components.get(pk=component_id)
        files = list(found.files.filter(component=component).select_related("blob").order_by("added_at"))
        context = {"dossier": found, "component": component, "files": files, "can_judge": True}
        return render(request, "desk/_component.html", context)
    return HttpResponseRedirect(f"{reverse('desk:dossier', args=[dossier_id])}#c-{component_id}")


@officer
@require_safe
def file(request: HttpRequest, dossier_id: UUID, file_id: UUID) -> HttpResponseBase:
    """The bytes of a file, shown in place where that is harmless; ``?download`` saves it."""
    actor = actor_of(request)
    found = queries.get(actor, dossier_id)
    if not access.look(actor, found, DoorWay.FILE):
        return HttpResponseRedirect(reverse("desk:dossier", args=[dossier_id]))
    row = DossierFile.objects.select_related("blob").filter(pk=file_id, dossier=found).first()
    if row is None:
        raise NotFound("There is no such file in this dossier.")
    return file_response(row.blob, row.name, "download" not in request.GET, request=request)


@officer
@require_safe
def document(request: HttpRequest, dossier_id: UUID, document_id: UUID) -> HttpResponseBase:
    """A document that we issued (form 01, 02, 03) as PDF."""
    actor = actor_of(request)
    found = queries.get(actor, dossier_id)
    if not access.look(actor, found, DoorWay.PAPER):
        return HttpResponseRedirect(reverse("desk:dossier", args=[dossier_id]))
    row = found.documents.select_related("blob").filter(pk=document_id).first()
    if row is None:
        raise NotFound("There is no such document in this dossier.")
    name = f"{found.code}-{row.form}-{row.number}.pdf"
    return file_response(row.blob, name, "download" not in request.GET, request=request)
