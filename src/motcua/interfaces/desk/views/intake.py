"""Receiving at the counter, step by step; what was typed is kept after every step and by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from motcua.engines.files.actions import Incoming, store_many
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid, MotcuaError, NotFound
from motcua.foundation.working_time import due
from motcua.interfaces.desk import intake as steps
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.frame import desk_page
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers import door
from motcua.services.dossiers.models import Channel, Delivery
from motcua.services.procedures.queries import version
from motcua.services.procedures.search import search

MOST_OPEN = 50
KEYS = [key for key, _label in steps.STEPS]


@holding("dossier.receive")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What one has begun and not finished, and a new one."""
    actor = actor_of(request)
    begun = Intake.objects.filter(owner_id=actor.id, dossier__isnull=True).order_by("-saved_at")[:MOST_OPEN]
    rows = [
        {
            "intake": each,
            "person": each.data.get("person", {}).get("name", ""),
            "procedure": each.data.get("procedure_name", ""),
        }
        for each in begun
    ]
    context = {"rows": rows, "counters": steps.counters_of(actor)}
    return desk_page(request, "desk/intake/home.html", context, place="intake")


@holding("dossier.receive")
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A new person at the counter."""
    actor = actor_of(request)
    counters = steps.counters_of(actor)
    wanted = request.POST.get("unit", "")
    unit = next((each for each in counters if str(each.id) == wanted), counters[0] if counters else None)
    if unit is None or actor.id is None:
        raise NotFound("There is no counter in your units.")
    now = clock.now()
    made = Intake.objects.create(owner_id=actor.id, unit_id=unit.id, started_at=now, saved_at=now)
    return _go(made, "person")


@holding("dossier.receive")
@require_POST
def discard(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Throws an unfinished one away."""
    _mine(request, intake_id).delete()
    messages.success(request, _("Thrown away."))
    return HttpResponseRedirect(reverse("desk:intake"))


@holding("dossier.receive")
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, intake_id: UUID, name: str) -> HttpResponse:
    """One step. Saved as typed even where it is not yet right; goes on only when it is."""
    found = _mine(request, intake_id)
    if found.dossier_id:
        return HttpResponseRedirect(reverse("desk:intake_receipt", args=[found.pk]))
    view = _VIEWS.get(name)
    if view is None:
        raise NotFound("There is no such step.")
    return view(request, found)


def _mine(request: HttpRequest, intake_id: UUID) -> Intake:
    found = Intake.objects.filter(pk=intake_id, owner_id=actor_of(request).id).first()
    if found is None:
        raise NotFound("There is nothing begun under this address, or it is a colleague's.")
    return found


def _keep(found: Intake, **data: Any) -> None:
    found.data = {**found.data, **data}
    found.saved_at = clock.now()
    found.save(update_fields=["data", "saved_at"])


def _go(found: Intake, name: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk:intake_step", args=[found.pk, name]))


def _saved(found: Intake) -> HttpResponse:
    return JsonResponse({"saved_at": found.saved_at.astimezone(VIETNAM).strftime("%H:%M")})


def _show(request: HttpRequest, found: Intake, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    place = KEYS.index(name)
    shown = [
        {"key": key, "label": label, "done": index < place, "current": key == name}
        for index, (key, label) in enumerate(steps.STEPS)
    ]
    unit = directory().by_id.get(found.unit_id)
    context |= {"intake": found, "steps": shown, "unit": unit, "person": found.data.get("person", {})}
    return desk_page(request, f"desk/intake/{name}.html", context, place="intake", status=status)


def _person(request: HttpRequest, found: Intake) -> HttpResponse:
    if request.method == "GET":
        return _show(request, found, "person", {"form": steps.PersonForm(initial=found.data.get("person", {}))})
    typed = {
        name: request.POST.get(name, "").replace("\0", "")[:300]
        for name in steps.PersonForm.base_fields
        if name != "card"
    }
    _keep(found, person=typed)
    if "autosave" in request.GET:
        return _saved(found)
    card = request.POST.get("card", "").strip()
    if card:
        try:
            read = steps.from_card(card)
        except Invalid as error:
            form = steps.PersonForm(request.POST)
            form.is_valid()
            form.add_error("card", error.fields["card"])
            return _show(request, found, "person", {"form": form}, 422)
        _keep(found, person={**typed, **{key: value for key, value in read.items() if value}})
        return _go(found, "person")
    form = steps.PersonForm(request.POST)
    if not form.is_valid():
        return _show(request, found, "person", {"form": form}, 422)
    person = {key: value for key, value in form.cleaned_data.items() if key != "card"}
    _keep(found, person=person)
    return _go(found, "procedure")


def _procedure(request: HttpRequest, found: Intake) -> HttpResponse:
    if request.method == "POST":
        try:
            chosen = version(UUID(request.POST.get("version", "")))
        except (ValueError, NotFound):
            messages.error(request, _("Choose a procedure from the list."))
            return _go(found, "procedure")
        _keep(found, procedure=str(chosen.id), procedure_name=chosen.name, case=0, competent="", papers={})
        return _go(found, "papers")
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    recent = _recent(request) if not text else []
    context = {
        "sought": text,
        "hits": search(text, limit=12) if text else [],
        "recent": recent,
        "procedure": steps.procedure_of(found),
    }
    return _show(request, found, "procedure", context)


def _recent(request: HttpRequest) -> list[dict[str, str]]:
    """The procedures that this officer received last: the favourites make themselves."""
    rows = Intake.objects.filter(owner_id=actor_of(request).id, dossier__isnull=False).order_by("-saved_at")[:60]
    names: dict[str, str] = {}
    for row in rows:
        key = row.data.get("procedure")
        if key:
            names.setdefault(key, row.data.get("procedure_name", ""))
    return [{"id": key, "name": name} for key, name in list(names.items())[:8]]


def _papers(request: HttpRequest, found: Intake) -> HttpResponse:
    procedure = steps.procedure_of(found)
    if procedure is None:
        return _go(found, "procedure")
    if request.method == "POST":
        trouble = _take_papers(request, found, procedure)
        if "autosave" in request.GET:
            return _saved(found)
        if trouble:
            return _show(request, found, "papers", _papers_context(found, procedure) | {"trouble": trouble}, 422)
        if "stay" in request.POST:
            return _go(found, "papers")
        return _go(found, "check")
    return _show(request, found, "papers", _papers_context(found, procedure))


def _papers_context(found: Intake, procedure: Any) -> dict[str, Any]:
    labels = steps.case_labels(procedure)
    return {
        "procedure": procedure,
        "lines": steps.papers_of(found, procedure),
        "cases": list(enumerate(labels)) if len(labels) > 1 else [],
        "case": int(found.data.get("case", 0) or 0),
        "competent": steps.default_competent(found, procedure),
        "communes": steps.ward_units() if procedure.handled_level == "COMMUNE" else [],
        "deliveries": Delivery.choices,
        "delivery": found.data.get("delivery") or str(Delivery.COUNTER),
        "note": found.data.get("note", ""),
    }


def _take_papers(request: HttpRequest, found: Intake, procedure: Any) -> list[tuple[str, str]]:
    """Keeps counts and scans. Returns what could not be taken, as (field id, message)."""
    actor = actor_of(request)
    trouble: list[tuple[str, str]] = []
    labels = steps.case_labels(procedure)
    case = request.POST.get("case", "0")
    number = int(case) if case.isascii() and case.isdigit() and len(case) < 4 and int(case) < len(labels) else 0
    if number != int(found.data.get("case", 0) or 0):
        _keep(found, case=number)
    papers: dict[str, Any] = {}
    for line in steps.papers_of(found, procedure):
        key = line.paper.key
        gone = set(request.POST.getlist(f"remove_{key}"))
        files = [file for file in line.files if file["upload"] not in gone]
        given = request.FILES.getlist(f"files_{key}") if "autosave" not in request.GET else []
        if given and actor.id is not None:
            try:
                uploads = store_many([Incoming(file, file.name or "") for file in given], actor.id, actor=actor)
                files += [{"upload": str(upload.pk), "name": upload.name} for upload in uploads]
            except MotcuaError as error:
                trouble.append((f"files_{key}", error.text(_)))
        papers[key] = {
            "originals": _count(request.POST.get(f"originals_{key}", "")),
            "copies": _count(request.POST.get(f"copies_{key}", "")),
            "files": files,
        }
    competent = request.POST.get("competent", "")
    known = {str(unit.id) for unit in steps.ward_units()}
    delivery = request.POST.get("delivery", "")
    _keep(
        found,
        papers=papers,
        competent=competent if competent in known else found.data.get("competent", ""),
        delivery=delivery if delivery in Delivery.values else "",
        note=request.POST.get("note", "").replace("\0", "")[:1000],
    )
    return trouble


def _count(text: str) -> int:
    text = text.strip()
    return min(int(text), steps.NUMBER_MOST) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _check(request: HttpRequest, found: Intake) -> HttpResponse:
    actor = actor_of(request)
    procedure = steps.procedure_of(found)
    if procedure is None:
        return _go(found, "procedure")
    trouble: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            dossier = steps.finish(actor, found)
        except Invalid as error:
            trouble = [("", line) for lines in error.fields.values() for line in lines] or [("", error.text(_))]
        else:
            found.dossier = dossier
            found.saved_at = clock.now()
            found.save(update_fields=["dossier", "saved_at"])
            return HttpResponseRedirect(reverse("desk:intake_receipt", args=[found.pk]))
    method = procedure.method(Channel.DIRECT)
    competent = steps.default_competent(found, procedure)
    allowance = method.allowance if method else None
    context = {
        "procedure": procedure,
        "competent": competent,
        "lines": [line for line in steps.papers_of(found, procedure) if line.originals or line.copies or line.files],
        "missing": [
            line for line in steps.papers_of(found, procedure) if not (line.originals or line.copies or line.files)
        ],
        "due": due(calendar_for(competent.id), clock.now(), allowance) if allowance and competent else None,
        "fee": door.fee_of(method),
        "trouble": trouble,
        "delivery": dict(Delivery.choices).get(found.data.get("delivery") or str(Delivery.COUNTER)),
    }
    return _show(request, found, "check", context, 422 if trouble else 200)


@holding("dossier.receive")
@require_GET
def receipt(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Received: the code, and form 01 to print as soon as it is made (a second or so)."""
    found = _mine(request, intake_id)
    if found.dossier is None:
        return _go(found, "check")
    document = found.dossier.documents.filter(form="01").first()
    context = {"intake": found, "dossier": found.dossier, "document": document, "now": clock.now()}
    return desk_page(request, "desk/intake/receipt.html", context, place="intake")


_VIEWS: dict[str, Callable[[HttpRequest, Intake], HttpResponse]] = {
    "person": _person,
    "procedure": _procedure,
    "papers": _papers,
    "check": _check,
}
