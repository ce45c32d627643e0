"""Linked procedures at the counter: one visit, one page, a dossier for each agency (ND118 Đ20, Đ28)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.engines.files.actions import Incoming, store_many
from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation.errors import Conflict, Invalid, MotcuaError, Refused
from motcua.interfaces.desk import intake as steps
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.intake_finish import party_of
from motcua.interfaces.desk.intake_form import commune_in
from motcua.interfaces.desk.intake_pages import go, keep, mine, show
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers import actions, door
from motcua.services.dossiers.actions.groups import GroupSubmission, submit_group_once
from motcua.services.dossiers.models import Channel, Delivery, DossierGroup
from motcua.services.dossiers.together import groups
from motcua.services.dossiers.together.groups import Offer, Part
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.queries import current

MOST_PAPERS = 99


@holding("dossier.receive")
@require_http_methods(["GET", "HEAD", "POST"])
def linked(request: HttpRequest, intake_id: UUID, key: str) -> HttpResponse:
    """All parts on one page: which of them, which papers, how the result comes; received together."""
    found = mine(request, intake_id)
    if found.dossier_id:
        return HttpResponseRedirect(reverse("desk:dossier", args=[found.dossier_id]))
    if not found.data.get("person", {}).get("name"):
        return go(found, "person")
    offer = groups.offer(key)
    if request.method != "POST":
        return _page(request, found, offer)
    try:
        group = receive(request, actor_of(request), found, offer)
    except (Invalid, Refused, Conflict) as error:
        return _page(request, found, offer, error)
    messages.success(request, _("Received together under the code %(code)s.") % {"code": group.code})
    return HttpResponseRedirect(reverse("desk:dossier", args=[found.dossier_id]))


def _page(request: HttpRequest, found: Intake, offer: Offer, error: MotcuaError | None = None) -> HttpResponse:
    language = get_language() or "vi"
    units = _units(found, offer, request.POST.get("ward", ""))
    parts = []
    for (part, _version), unit in zip(offer.parts, units, strict=True):
        procedure = current(part.procedure)
        papers = [(f"{part.key}-{line.paper.key}", line) for line in steps.papers_of(found, procedure)]
        parts.append(
            {
                "part": part,
                "title": part.name(language) or procedure.name,
                "unit": unit,
                "papers": papers,
                "chosen": request.method != "POST" or part.key in request.POST.getlist("part") or not part.optional,
            }
        )
    said = _said(error) if error else ""
    context: dict[str, Any] = {
        "offer": offer,
        "title": offer.title(language),
        "parts": parts,
        "wards": steps.ward_units() if groups.needs_ward(offer) else [],
        "ward": request.POST.get("ward", "") or _ward(found),
        "deliveries": Delivery.choices,
        "delivery": request.POST.get("delivery", Delivery.COUNTER),
        "problem": [("", said)] if said else [],
    }
    return show(request, found, "procedure", context | {"linked_page": True}, error.status if error else 200)


def _said(error: MotcuaError) -> str:
    if isinstance(error, Invalid) and error.fields:
        return _(next(iter(error.fields.values()))[0])
    return error.text(_)


def _ward(found: Intake) -> str:
    """The ward of the counter, else that of the person's address."""
    units = directory()
    counter = units.unit(found.unit_id)
    parent = units.by_id.get(counter.parent_id) if counter.parent_id else None
    own = next((unit.ward_code for unit in (counter, parent) if unit and unit.kind == "commune"), "")
    commune = commune_in(str(found.data.get("person", {}).get("address", ""))) if not own else None
    return own or (commune.ward_code if commune else "")


def _units(found: Intake, offer: Offer, ward: str) -> list[UnitInfo | None]:
    return groups.agencies(offer, ward or _ward(found) or None)


def receive(request: HttpRequest, actor: Actor, found: Intake, offer: Offer) -> DossierGroup:
    """Submits all chosen parts and accepts those that begin now; repeated, it gives the same group.

    Raises ``Invalid``, ``Refused``, ``Conflict``.
    """
    chosen = request.POST.getlist("part")
    ward = request.POST.get("ward", "")[:10] or _ward(found)
    party_id = party_of(found)
    lead = groups.unit_of(offer.parts[0][0], None, ward or None)
    submissions = {
        part.key: _submission(request, actor, found, part, groups.unit_of(part, lead, ward or None), party_id)
        for part, _version in offer.parts
        if not part.optional or part.key in chosen
    }
    given = GroupSubmission(
        offer=offer,
        channel=Channel.DIRECT,
        received_at_id=found.unit_id,
        applicant_id=party_id,
        key=f"intake-group-{found.pk}",
        submissions=submissions,
    )
    group, _new = submit_group_once(actor, given)
    members = groups.members_of(group.pk)
    for member in members:
        if member.dossier is not None and member.dossier.accepted_at is None:
            actions.accept.run(actor, member.dossier.pk)
    first = members[0].dossier
    keep(found, procedure_name=offer.name)
    found.dossier_id = first.pk if first is not None else None
    found.save(update_fields=["dossier"])
    return group


def _submission(
    request: HttpRequest, actor: Actor, found: Intake, part: Part, unit: UnitInfo, party_id: UUID
) -> actions.Submission:
    procedure = current(part.procedure)
    person = found.data["person"]
    channel = groups.channel_of(procedure, Channel.DIRECT)
    delivery = request.POST.get("delivery", "")
    return actions.Submission(
        procedure=procedure,
        channel=channel,
        competent_id=unit.id,
        received_at_id=found.unit_id,
        applicant_id=party_id,
        applicant_name=person["name"],
        submitted_by=actor.id or party_id,
        key=f"intake-{found.pk}-{part.key}",
        contact={name: person.get(name, "") for name in ("phone", "email", "address")},
        components=_components(request, found, part, procedure),
        loose_files=_scans(request, actor, part),
        delivery=delivery if delivery in Delivery.values else str(Delivery.COUNTER),
        fee=door.fee_of(procedure.method(channel)),
    )


def _components(request: HttpRequest, found: Intake, part: Part, procedure: ProcedureData) -> list[actions.ComponentIn]:
    handed_in = []
    for line in steps.papers_of(found, procedure):
        name = f"{part.key}-{line.paper.key}"
        originals, copies = (_count(request.POST.get(f"{kind}-{name}", "")) for kind in ("originals", "copies"))
        if originals or copies:
            handed_in.append(actions.ComponentIn(line.paper.key, line.paper.name[:1000], originals, copies))
    return handed_in


def _scans(request: HttpRequest, actor: Actor, part: Part) -> list[actions.FileIn]:
    sent = request.FILES.getlist(f"files-{part.key}")
    if not sent or actor.id is None:
        return []
    uploads = store_many([Incoming(one, one.name or "") for one in sent], actor.id, actor=actor)
    return [actions.FileIn(upload.blob_id, upload.name) for upload in uploads]


def _count(text: str) -> int:
    return min(int(text), MOST_PAPERS) if text.isascii() and text.isdigit() and len(text) < 4 else 0
