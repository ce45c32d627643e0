"""Receiving at the counter, step by step; what was typed is kept after every step and by itself.

Helpers of a service point go the same way, with the citizen's consent as a step of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, NotFound
from motcua.interfaces.desk import intake as steps
from motcua.interfaces.desk import intake_form
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.frame import desk_page
from motcua.interfaces.desk.intake import ASSIST, is_assisted, steps_of
from motcua.interfaces.desk.intake_pages import go, keep, mine, saved, show
from motcua.interfaces.desk.intake_papers import papers_context, take_papers
from motcua.interfaces.desk.models import Intake
from motcua.interfaces.desk.views.intake_end import check, consent
from motcua.services.dossiers.models import Channel
from motcua.services.dossiers.together import groups
from motcua.services.procedures.queries import version
from motcua.services.procedures.search import search

MOST_OPEN = 50


@holding("dossier.receive")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What one has begun and not finished, and a new one."""
    actor = actor_of(request)
    context = {"rows": begun_by(actor.id), "counters": steps.counters_of(actor)}
    return desk_page(request, "desk/intake/home.html", context, place="intake")


def begun_by(owner_id: UUID | None) -> list[dict[str, Any]]:
    """What a person has begun and not finished, last saved first."""
    begun = Intake.objects.filter(owner_id=owner_id, dossier__isnull=True).order_by("-saved_at")[:MOST_OPEN]
    return [
        {
            "intake": each,
            "person": each.data.get("person", {}).get("name", ""),
            "procedure": each.data.get("procedure_name", ""),
        }
        for each in begun
    ]


@holding("dossier.receive", "dossier.assist")
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A new person at the counter, or at the service point."""
    actor = actor_of(request)
    assisting = request.POST.get("mode") == ASSIST or not actor.may("dossier.receive")
    counters = steps.counters_of(actor, "dossier.assist" if assisting else "dossier.receive")
    wanted = request.POST.get("unit", "")
    unit = next((each for each in counters if str(each.id) == wanted), counters[0] if counters else None)
    if unit is None or actor.id is None:
        raise NotFound("There is no counter in your units.")
    now = clock.now()
    data = {"mode": ASSIST} if assisting else {}
    if not assisting and request.POST.get("channel") == Channel.POSTAL:
        data["channel"] = str(Channel.POSTAL)
    made = Intake.objects.create(owner_id=actor.id, unit_id=unit.id, data=data, started_at=now, saved_at=now)
    return go(made, "person")


@holding("dossier.receive", "dossier.assist")
@require_POST
def discard(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Throws an unfinished one away."""
    found = mine(request, intake_id)
    back = reverse("desk:assist" if is_assisted(found) else "desk:intake")
    found.delete()
    messages.success(request, _("Thrown away."))
    return HttpResponseRedirect(back)


@holding("dossier.receive", "dossier.assist")
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, intake_id: UUID, name: str) -> HttpResponse:
    """One step. Saved as typed even where it is not yet right; goes on only when it is."""
    found = mine(request, intake_id)
    if found.dossier_id:
        return HttpResponseRedirect(reverse("desk:intake_receipt", args=[found.pk]))
    view = _VIEWS.get(name)
    if view is None or name not in dict(steps_of(found)):
        raise NotFound("There is no such step.")
    return view(request, found)


def _typed(request: HttpRequest, names: list[str], prefix: str = "") -> dict[str, str]:
    return {name: request.POST.get(f"{prefix}{name}", "").replace("\0", "")[:300] for name in names if name != "card"}


def _person(request: HttpRequest, found: Intake) -> HttpResponse:
    agent_names = list(steps.AgentForm.base_fields)
    if request.method == "GET":
        context = {
            "form": steps.PersonForm(initial=found.data.get("person", {})),
            "agent_form": steps.AgentForm(initial=found.data.get("agent", {})),
        }
        return show(request, found, "person", context)
    typed = _typed(request, list(steps.PersonForm.base_fields))
    agent = _typed(request, agent_names, "agent-")
    keep(found, person=typed, agent=agent)
    if "autosave" in request.GET:
        return saved(found)
    form, agent_form = steps.PersonForm(request.POST), steps.AgentForm(request.POST)
    scanned = _scanned(request)
    if isinstance(scanned, str) and scanned:
        form.is_valid()
        form.add_error("card", scanned)
        return show(request, found, "person", {"form": form, "agent_form": agent_form}, 422)
    if isinstance(scanned, steps.Card):
        typed |= {key: value for key, value in scanned.person.items() if value}
        keep(found, person=typed, card=scanned.more)
        form = steps.PersonForm(typed)
    agent_card = request.POST.get("agent-card", "").strip()
    if agent_card:
        try:
            read = steps.from_card(agent_card).person
        except Invalid as error:
            agent_form.is_valid()
            agent_form.add_error("card", error.fields["card"])
            return show(request, found, "person", {"form": form, "agent_form": agent_form}, 422)
        keep(found, agent={**agent, **{name: read[name] for name in ("name", "identity_number")}})
        return go(found, "person")
    if not (form.is_valid() and agent_form.is_valid()):
        return show(request, found, "person", {"form": form, "agent_form": agent_form}, 422)
    person = {key: value for key, value in form.cleaned_data.items() if key != "card"}
    told = {
        key: value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in agent_form.cleaned_data.items()
        if key != "card"
    }
    keep(found, person=person, agent=told if told.get("name") else {})
    return go(found, "procedure")


def _scanned(request: HttpRequest) -> steps.Card | str | None:
    """The card from the scanner's text or from a photograph; a text says what is wrong with it."""
    text = request.POST.get("card", "").strip()
    photo = request.FILES.get("photo")
    if not text and photo is not None:
        from motcua.interfaces.desk.photographs import code_in

        text = code_in(photo)
        if not text:
            return _("No QR code was found in the picture. Take it closer and without glare.")
    if not text:
        return None
    try:
        return steps.from_card(text)
    except Invalid as error:
        return error.fields["card"][0]


def _procedure(request: HttpRequest, found: Intake) -> HttpResponse:
    if request.method == "POST":
        try:
            chosen = version(UUID(request.POST.get("version", "")))
        except (ValueError, NotFound):
            messages.error(request, _("Choose a procedure from the list."))
            return go(found, "procedure")
        if chosen.methods and chosen.method(steps.channel_of(found)) is None:
            # said here already, not only when everything is filled in
            messages.error(
                request, _("This procedure can't be submitted this way. Please choose another way to submit.")
            )
            return go(found, "procedure")
        keep(
            found,
            procedure=str(chosen.id),
            procedure_name=chosen.name,
            case=0,
            competent="",
            papers={},
            answers={},
            paper_form=False,
            linked={},
        )
        return go(found, "form")
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    context = {
        "sought": text,
        "hits": search(text, limit=12) if text else [],
        "favourites": steps.favourites_of(found.unit_id) if not text else [],
        "procedure": steps.procedure_of(found),
        "linked": [] if steps.is_assisted(found) else groups.offers_for(text) if text else groups.offers(),
    }
    return show(request, found, "procedure", context)


def _form(request: HttpRequest, found: Intake) -> HttpResponse:
    procedure = steps.procedure_of(found)
    if procedure is None:
        return go(found, "procedure")
    form = intake_form.counter_form(found, procedure)
    if request.method == "GET":
        return _show_form(request, found, form, form.bound(), procedure.name)
    if "paper_form" in request.POST:
        keep(found, paper_form=True)
        return go(found, "papers")
    form, editing = intake_form.taken(form, request.POST)
    if "as_last_time" in request.POST:
        form = intake_form.as_last_time(form, directory().unit(found.unit_id), procedure)
    keep(found, answers=form.answers, paper_form=False)
    if "autosave" in request.GET:
        return saved(found)
    if "as_last_time" in request.POST or intake_form.page_action(request.POST) is not None:
        return _show_form(request, found, form, form.bound(editing=editing), procedure.name)
    result = form.checked()
    if not result.ok:
        return _show_form(request, found, form, form.bound(result.errors, editing), procedure.name, 422)
    return go(found, "papers")


def _show_form(
    request: HttpRequest, found: Intake, form: intake_form.CounterForm, bound: Any, name: str, status: int = 200
) -> HttpResponse:
    context = intake_form.page_of(bound) | {
        "name": name,
        "on_paper": bool(found.data.get("paper_form")),
        "here": reverse("desk:intake_step", args=[found.pk, "form"]),
    }
    return show(request, found, "form", context, status)


def _papers(request: HttpRequest, found: Intake) -> HttpResponse:
    procedure = steps.procedure_of(found)
    if procedure is None:
        return go(found, "procedure")
    if request.method == "POST":
        data, trouble = take_papers(request, found, procedure)
        keep(found, **data)
        if "autosave" in request.GET:
            return saved(found)
        if trouble:
            return show(request, found, "papers", papers_context(found, procedure) | {"trouble": trouble}, 422)
        if "stay" in request.POST:
            return go(found, "papers")
        return go(found, "consent" if is_assisted(found) else "check")
    return show(request, found, "papers", papers_context(found, procedure))


_VIEWS: dict[str, Callable[[HttpRequest, Intake], HttpResponse]] = {
    "person": _person,
    "procedure": _procedure,
    "form": _form,
    "papers": _papers,
    "consent": consent,
    "check": check,
}
