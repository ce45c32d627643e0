"""Papers between offices at the desk: what waits to be sent, what is on its way here, and one sheet with its lines."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, MotcuaError
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.finishing import return_here
from motcua.interfaces.desk.frame import desk_page
from motcua.interfaces.desk.rows import procedure_names
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.transfer import MOST_ON_A_SHEET, Said
from motcua.services.dossiers.models import HandOver, Load
from motcua.services.dossiers.papers.handing_over import hand_over_sheet
from motcua.services.dossiers.together import moving

RECENT = 10
"""So many sheets that were sent are shown at once, the others unfolded."""


@holding("dossier.receive")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To send, grouped by receiver; awaited here; sent by us."""
    return _home(request)


def _home(request: HttpRequest, trouble: list[tuple[str, str]] | None = None, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    waiting = moving.to_send(actor)
    names = procedure_names(each.dossier for each in waiting)
    groups: dict[tuple[UUID, UUID, str], dict[str, Any]] = {}
    for each in waiting:
        key = (each.task.unit_id, each.receiver.id, each.load)
        group = groups.setdefault(
            key,
            {
                "sender": directory().unit(each.task.unit_id),
                "receiver": each.receiver,
                "load": each.load,
                "label": Load(each.load).label,
                "rows": [],
            },
        )
        group["rows"].append(
            {
                "dossier": each.dossier,
                "due_at": each.task.due_at,
                "procedure": names.get(each.dossier.procedure_version_id, ""),
            }
        )
    sent = moving.sent(actor)
    return_here(request, reverse("desk:handover"))
    context = {
        "groups": list(groups.values()),
        "awaited": moving.awaited(actor),
        "sent": sent[:RECENT],
        "older": sent[RECENT:],
        "now": clock.now(),
        "trouble": trouble or [],
    }
    return desk_page(request, "desk/handover/home.html", context, place="handover", status=status)


@holding("dossier.receive")
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """A sheet of the marked rows, or of the codes that were scanned, for one receiver."""
    actor = actor_of(request)
    wanted = {str(each.dossier.pk): each for each in moving.to_send(actor)}
    by_code = {each.dossier.code: each for each in wanted.values()}
    chosen = [wanted[key] for key in request.POST.getlist("dossier") if key in wanted]
    scanned = request.POST.get("codes", "").replace("\0", "").upper().split()[:MOST_ON_A_SHEET]
    unknown = [code for code in scanned if code not in by_code]
    chosen += [by_code[code] for code in scanned if code in by_code]
    trouble = [("codes", _("%(code)s is not waiting to be sent from here.") % {"code": code[:60]}) for code in unknown]
    if not chosen and not trouble:
        trouble = [("codes", _("Mark the rows first, or scan the codes."))]
    if trouble:
        return _home(request, trouble, 422)
    sheets: list[HandOver] = []
    by_way: dict[tuple[UUID, UUID, str], list[UUID]] = {}
    for each in chosen:
        by_way.setdefault((each.task.unit_id, each.receiver.id, each.load), []).append(each.dossier.pk)
    for (sender, receiver, load), keys in by_way.items():
        try:
            note = request.POST.get("note", "").replace("\0", "")
            sheets.append(actions.make_sheet(actor, keys, sender_id=sender, receiver_id=receiver, load=load, note=note))
        except MotcuaError as error:
            messages.error(request, error.text(_))
    if len(sheets) == 1:
        messages.success(request, _("The sheet is made. The receiver is to confirm it."))
        return HttpResponseRedirect(reverse("desk:handover_sheet", args=[sheets[0].pk]))
    if sheets:
        text = ngettext("%(count)d sheet is made.", "%(count)d sheets are made.", len(sheets))
        messages.success(request, text % {"count": len(sheets)})
    return HttpResponseRedirect(reverse("desk:handover"))


@holding("dossier.receive")
@require_safe
def pdf(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """The sheet as PDF, as it stands now."""
    found = moving.get_sheet(actor_of(request), sheet_id)
    answer = HttpResponse(hand_over_sheet(found), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _say_confirmed(request: HttpRequest, said: dict[UUID, Said]) -> None:
    lacking = sum(1 for each in said.values() if not each.whole)
    messages.success(request, _("Confirmed. What came whole runs from now."))
    if lacking:
        text = ngettext(
            "%(count)d dossier did not come whole and goes back to its sender.",
            "%(count)d dossiers did not come whole and go back to their sender.",
            lacking,
        )
        messages.warning(request, text % {"count": lacking})


@holding("dossier.receive")
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """One sheet. The receiver says of each line whether it came whole; both sides see the answer."""
    actor = actor_of(request)
    found = moving.get_sheet(actor, sheet_id)
    trouble: list[tuple[str, str]] = []
    status = 200
    said: dict[UUID, Said] = {}
    items = moving.items_of(found)
    if request.method == "POST":
        said = {
            item.dossier_id: Said(
                request.POST[f"whole_{item.pk}"] == "yes",
                request.POST.get(f"remark_{item.pk}", "").replace("\0", "")[:300],
            )
            for item in items
            if request.POST.get(f"whole_{item.pk}") in ("yes", "no")
        }
        try:
            actions.confirm_sheet(actor, sheet_id, said)
        except Invalid as error:
            trouble = [("items", _(line)) for lines in error.fields.values() for line in lines]
            status = error.status
        else:
            _say_confirmed(request, said)
            return HttpResponseRedirect(reverse("desk:handover"))
    names = procedure_names(item.dossier for item in items)
    context = {
        "sheet": found,
        "rows": [
            {
                "item": item,
                "procedure": names.get(item.dossier.procedure_version_id, ""),
                "said": said.get(item.dossier_id),
            }
            for item in items
        ],
        "confirms": found.confirmed_at is None
        and actor.may("dossier.receive", directory().unit(found.receiver_id).path),
        "lacking": any(item.arrived is False for item in items),
        "sends": actor.may("dossier.receive", directory().unit(found.sender_id).path),
        "label": Load(found.load).label,
        "trouble": trouble,
        "now": clock.now(),
    }
    return desk_page(request, "desk/handover/sheet.html", context, place="handover", status=status)
