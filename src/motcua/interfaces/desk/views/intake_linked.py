"""Linked procedures at the counter: one visit, a dossier for each agency (ND118 Đ20, Đ28).

One page for parts and papers, one for each form that asks something still, and back to the first to receive; or, with
the forms handed in on paper, the first page alone.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Conflict, Invalid, MotcuaError, NotFound, Refused
from motcua.interfaces.desk import intake as steps
from motcua.interfaces.desk import intake_form, intake_group
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.finishing import return_here
from motcua.interfaces.desk.intake_finish import confirmed_on_screen
from motcua.interfaces.desk.intake_group import PartForm
from motcua.interfaces.desk.intake_pages import go, line_of, mine, saved, show
from motcua.interfaces.desk.models import Intake
from motcua.interfaces.desk.views.intake_end import screen_url
from motcua.services.dossiers.models import Delivery
from motcua.services.dossiers.together import groups
from motcua.services.dossiers.together.groups import Offer
from motcua.services.procedures.queries import current


def _elsewhere(found: Intake) -> HttpResponse | None:
    """Where a walk-in leads that is received already, or of which nobody knows yet who stands there."""
    if found.dossier_id:
        return HttpResponseRedirect(reverse("desk:dossier", args=[found.dossier_id]))
    if steps.is_assisted(found):
        raise NotFound("There is no such step.")
    return None if found.data.get("person", {}).get("name") else go(found, "person")


@holding("dossier.receive")
@require_http_methods(["GET", "HEAD", "POST"])
def linked(request: HttpRequest, intake_id: UUID, key: str) -> HttpResponse:
    """All parts on one page: which of them, which papers, how the result comes; on to the forms, or received."""
    found = mine(request, intake_id)
    if (answer := _elsewhere(found)) is not None:
        return answer
    offer, actor = groups.offer(key), actor_of(request)
    if request.method != "POST":
        return _page(request, found, offer)
    try:
        intake_group.take_page(request, actor, found, offer)
        if "autosave" in request.GET:
            return saved(found)
        if wanted := request.POST.get("fill", ""):
            return _to_form(found, offer, wanted)
        group = intake_group.receive(actor, found, offer)
    except (Invalid, Refused, Conflict) as error:
        return _page(request, found, offer, error)
    said = _("Received together under the code %(code)s.") % {"code": group.code}
    following = format_html('<a href="{}" data-key="i">{}</a>', reverse("desk:intake"), _("Next person"))
    messages.success(request, format_html("{} {}", said, following))
    return_here(request, reverse("desk:intake"))
    return HttpResponseRedirect(reverse("desk:dossier", args=[found.dossier_id]))


def _to_form(found: Intake, offer: Offer, wanted: str) -> HttpResponse:
    """To the form of a part; ``next``: to the first that is not settled, back to the parts when all are."""
    part = wanted
    if wanted == "next":
        intake_group.pass_over(found, offer)
        rest = intake_group.next_to_fill(found, offer)
        part = rest.key if rest is not None else ""
    if not part:
        return HttpResponseRedirect(reverse("desk:intake_linked", args=[found.pk, offer.key]) + "#receive")
    return HttpResponseRedirect(reverse("desk:intake_linked_form", args=[found.pk, offer.key, part]))


def _page(request: HttpRequest, found: Intake, offer: Offer, error: MotcuaError | None = None) -> HttpResponse:
    language = get_language() or "vi"
    state = intake_group.kept(found, offer)
    ward = intake_group.ward_of(found, offer)
    forms = {one.part.key: one for one in intake_group.part_forms(found, offer)}
    counts: dict[str, list[int]] = state.get("counts", {})
    parts = []
    for (part, _version), unit in zip(offer.parts, groups.agencies(offer, ward or None), strict=True):
        procedure, one = current(part.procedure), forms.get(part.key)
        lines = ((f"{part.key}-{line.paper.key}", line) for line in steps.papers_of(found, procedure))
        parts.append(
            {
                "part": part,
                "title": part.name(language) or procedure.name,
                "unit": unit,
                "papers": [(name, line, *(count or "" for count in counts.get(name, (0, 0)))) for name, line in lines],
                "files": state.get("files", {}).get(part.key, []),
                "chosen": one is not None,
                "filled": one is not None and one.filled,
                "on_paper": part.key in state.get("on_paper", ()),
                "answers": one.form.summary(language[:2]) if one is not None and one.filled else [],
                "declares": one.form.declarations(language[:2]) if one is not None and one.filled else [],
            }
        )
    said = _said(error) if error else ""
    context: dict[str, Any] = {
        "offer": offer,
        "title": offer.title(language),
        "parts": parts,
        "begun": bool(state.get("filled") or state.get("on_paper")),
        "rest": intake_group.next_to_fill(found, offer) is not None,
        "shows": any(one.filled for one in forms.values()),
        "screen_url": screen_url(request, found),
        "confirmed": confirmed_on_screen(found),
        "by_post": steps.by_post(found),
        "asks_delivery": not any(intake_group.delivery_in(one) for one in forms.values()),
        "wards": steps.ward_units() if groups.needs_ward(offer) else [],
        "ward": ward,
        "deliveries": Delivery.choices,
        "delivery": state.get("delivery") or str(Delivery.COUNTER),
        "problem": [("", said)] if said else [],
    }
    status = error.status if error else 200
    return show(request, found, "procedure", context | {"linked_page": True}, status, _line(found, offer, "papers"))


def _line(found: Intake, offer: Offer, current: str) -> list[dict[str, Any]]:
    """The steps of linked procedures: papers of all parts on one page, then the forms."""
    labels = dict(steps.AT_COUNTER)
    part = intake_group.next_to_fill(found, offer) or offer.parts[0][0]
    return line_of(
        [
            *((key, labels[key], reverse("desk:intake_step", args=[found.pk, key])) for key in ("person", "procedure")),
            ("papers", labels["papers"], reverse("desk:intake_linked", args=[found.pk, offer.key])),
            ("form", labels["form"], reverse("desk:intake_linked_form", args=[found.pk, offer.key, part.key])),
        ],
        current,
    )


def _said(error: MotcuaError) -> str:
    if isinstance(error, Invalid) and error.fields:
        return _(next(iter(error.fields.values()))[0])
    return error.text(_)


@holding("dossier.receive")
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest, intake_id: UUID, key: str, part: str) -> HttpResponse:
    """The form of one part, filled in with the person who stands there; what the lead's form has said is not asked."""
    found = mine(request, intake_id)
    if (answer := _elsewhere(found)) is not None:
        return answer
    offer = groups.offer(key)
    one = next((each for each in intake_group.part_forms(found, offer) if each.part.key == part), None)
    if one is None:
        raise NotFound("There is no such step.")
    if request.method != "POST":
        return _form(request, found, offer, one, one.form.bound())
    if "paper_form" in request.POST:
        intake_group.settle(found, offer, one.part, None)
        return _to_form(found, offer, "next")
    form, editing = intake_form.taken(one.form, request.POST, one.pages)
    if "as_last_time" in request.POST:
        form = intake_form.as_last_time(form, directory().unit(found.unit_id), one.procedure)
    answers = intake_group.kept(found, offer).get("answers", {})
    intake_group.keep_some(found, offer, answers={**answers, part: form.answers})
    if "autosave" in request.GET:
        return saved(found)
    if "as_last_time" in request.POST or intake_form.page_action(request.POST) is not None:
        return _form(request, found, offer, one, form.bound(editing=editing))
    result = form.checked()
    if not result.ok:
        return _form(request, found, offer, one, form.bound(result.errors, editing), 422)
    intake_group.settle(found, offer, one.part, form.answers)
    return _to_form(found, offer, "next")


def _form(
    request: HttpRequest, found: Intake, offer: Offer, one: PartForm, bound: Any, status: int = 200
) -> HttpResponse:
    parts = intake_group.chosen_parts(found, offer)
    place = {"number": parts.index(one.part) + 1, "total": len(parts), "name": one.part.name(get_language() or "vi")}
    context = intake_form.page_of(bound, one.pages) | {
        "name": _("Part %(number)s of %(total)s: %(name)s") % place,
        "on_paper": one.part.key in intake_group.kept(found, offer).get("on_paper", ()),
        "here": reverse("desk:intake_linked_form", args=[found.pk, offer.key, one.part.key]),
    }
    return show(request, found, "form", context, status, _line(found, offer, "form"))
