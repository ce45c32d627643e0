"""Linked procedures of one visit as they are taken at the counter: parts, papers, and the forms of the parts.

What the lead's form asks too is asked once; a part of which the form was handed in on paper is taken without answers.
Everything typed is kept with the walk-in, under the group's key, so that nothing is lost on the way through the forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from motcua.engines.files.actions import Incoming, store_many
from motcua.engines.forms import Group
from motcua.engines.forms.summary import by_role
from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Invalid
from motcua.interfaces.desk import intake as steps
from motcua.interfaces.desk.intake import PaperLine
from motcua.interfaces.desk.intake_finish import PAPER, SCREEN, confirmed_on_screen, party_of
from motcua.interfaces.desk.intake_form import CounterForm, commune_in, counter_form, page_of
from motcua.interfaces.desk.intake_pages import keep
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers import actions, door
from motcua.services.dossiers.actions.group_drafts import asked_pages, is_shared, shared_answers, shared_fields
from motcua.services.dossiers.actions.groups import GroupSubmission, submit_group_once
from motcua.services.dossiers.models import Delivery, DossierGroup
from motcua.services.dossiers.together import groups
from motcua.services.dossiers.together.groups import Offer, Part
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.queries import current

MOST_PAPERS = 99


@dataclass(frozen=True, slots=True)
class PartForm:
    """The form of one part with the pages that are asked; ``filled``: it was filled in here, and not on paper."""

    part: Part
    procedure: ProcedureData
    form: CounterForm
    pages: tuple[Group, ...]
    filled: bool


def kept(found: Intake, offer: Offer) -> dict[str, Any]:
    """What was entered for this group so far; empty when another was chosen before."""
    data: dict[str, Any] = found.data.get("linked", {})
    return data if data.get("key") == offer.key else {}


def keep_some(found: Intake, offer: Offer, **data: Any) -> None:
    """Keeps what was entered for this group."""
    keep(found, linked={"key": offer.key, **kept(found, offer), **data}, procedure="")


def chosen_parts(found: Intake, offer: Offer) -> list[Part]:
    """The parts that the person wants: all until they have said otherwise."""
    wanted = kept(found, offer).get("parts")
    return [part for part, _version in offer.parts if not part.optional or wanted is None or part.key in wanted]


def part_forms(found: Intake, offer: Offer) -> list[PartForm]:
    """The forms of the chosen parts in their order, the lead's answers put into the others."""
    state = kept(found, offer)
    answers: dict[str, Any] = state.get("answers", {})
    filled: list[str] = state.get("filled", [])
    told: list[PartForm] = []
    for part in chosen_parts(found, offer):
        procedure = current(part.procedure)
        given = {**answers.get(part.key, {}), **part.preset}
        form = counter_form(found, procedure, given)
        shared: dict[str, str] = {}
        if told and told[0].filled:
            lead = told[0].form
            shared = shared_fields(part, lead.form, form.form)
            own = {one.key for group in form.form.groups if not is_shared(group, shared) for one in group.fields}
            given = {**shared_answers(part, lead.form, lead.answers, form.form), **_only(given, own)}
            form = counter_form(found, procedure, given)
        pages = asked_pages(form.form, form.checked(), shared, show_wrong=True)
        told.append(PartForm(part, procedure, form, pages, part.key in filled))
    return told


def _only(answers: Mapping[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if key in keys}


def next_to_fill(found: Intake, offer: Offer) -> Part | None:
    """The first part of which the form is neither filled in nor handed in on paper."""
    state = kept(found, offer)
    settled = {*state.get("filled", ()), *state.get("on_paper", ())}
    return next((part for part in chosen_parts(found, offer) if part.key not in settled), None)


def pass_over(found: Intake, offer: Offer) -> None:
    """Settles the forms that ask nothing any more, up to the first that does: no page is shown for them."""
    while (part := next_to_fill(found, offer)) is not None:
        one = next(each for each in part_forms(found, offer) if each.part.key == part.key)
        if page_of(one.form.bound(), one.pages)["groups"] or not one.form.checked().ok:
            return
        settle(found, offer, part, one.form.answers)


def settle(found: Intake, offer: Offer, part: Part, answers: dict[str, Any] | None) -> None:
    """The form of a part is whole, or it was handed in on paper (``answers`` None)."""
    state = kept(found, offer)
    rest = {key: [one for one in state.get(key, []) if one != part.key] for key in ("filled", "on_paper")}
    rest["on_paper" if answers is None else "filled"].append(part.key)
    all_answers = {key: value for key, value in state.get("answers", {}).items() if key != part.key}
    keep_some(found, offer, **rest, answers=all_answers | ({} if answers is None else {part.key: answers}))


def take_page(request: HttpRequest, actor: Actor, found: Intake, offer: Offer) -> None:
    """Keeps what the page of the parts has sent: which of them, the ward, counted papers, scans, the way back."""
    state, post = kept(found, offer), request.POST
    counts: dict[str, list[int]] = {}
    for part, _version in offer.parts:
        for line in steps.papers_of(found, current(part.procedure)):
            name = f"{part.key}-{line.paper.key}"
            count = [_count(post.get(f"{kind}-{name}", "")) for kind in ("originals", "copies")]
            if any(count):
                counts[name] = count
    delivery = post.get("delivery", "") or state.get("delivery", "")
    keep_some(
        found,
        offer,
        parts=[part.key for part, _version in offer.parts if part.key in post.getlist("part")],
        ward=post.get("ward", "")[:10],
        counts=counts,
        delivery=delivery if delivery in Delivery.values else str(Delivery.COUNTER),
    )
    # a file that is refused takes nothing else with it
    files: dict[str, list[dict[str, str]]] = dict(state.get("files", {}))
    for part, _version in offer.parts:
        sent = request.FILES.getlist(f"files-{part.key}")
        if sent and actor.id is not None:
            uploads = store_many([Incoming(one, one.name or "") for one in sent], actor.id, actor=actor)
            files[part.key] = files.get(part.key, []) + [{"upload": str(one.pk), "name": one.name} for one in uploads]
    keep_some(found, offer, files=files)


def _count(text: str) -> int:
    return min(int(text), MOST_PAPERS) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def ward_of(found: Intake, offer: Offer) -> str:
    """The ward that was chosen, else that of the counter, else that of the person's address."""
    if chosen := str(kept(found, offer).get("ward", "")):
        return chosen
    units = directory()
    counter = units.unit(found.unit_id)
    parent = units.by_id.get(counter.parent_id) if counter.parent_id else None
    own = next((unit.ward_code for unit in (counter, parent) if unit and unit.kind == "commune"), "")
    commune = commune_in(str(found.data.get("person", {}).get("address", ""))) if not own else None
    return own or (commune.ward_code if commune else "")


def receive(actor: Actor, found: Intake, offer: Offer) -> DossierGroup:
    """Submits all chosen parts and accepts those that begin now; repeated, it gives the same group.

    Raises ``Invalid``, ``Refused``, ``Conflict``.
    """
    ward, party_id = ward_of(found, offer), party_of(found)
    lead = groups.unit_of(offer.parts[0][0], None, ward or None)
    submissions = {}
    for one in part_forms(found, offer):
        unit = groups.unit_of(one.part, lead, ward or None)
        submissions[one.part.key] = _submission(actor, found, offer, one, unit.id, party_id)
    given = GroupSubmission(
        offer=offer,
        channel=steps.channel_of(found),
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


def delivery_in(one: PartForm) -> str:
    """How the result of a part comes, where its form was filled in and says so."""
    said = one.form.delivery if one.filled else ""
    return said if said in Delivery.values else ""


def _submission(
    actor: Actor, found: Intake, offer: Offer, one: PartForm, unit_id: UUID, party_id: UUID
) -> actions.Submission:
    procedure, state, person = one.procedure, kept(found, offer), found.data["person"]
    channel = groups.channel_of(procedure, steps.channel_of(found))
    values: dict[str, Any] = {}
    if one.filled:
        result = one.form.checked(declared=True)
        if not result.ok:
            raise Invalid(fields={one.part.key: ["Something is still missing in this part."]})
        values = result.values
    sent = [UUID(file["upload"]) for file in state.get("files", {}).get(one.part.key, [])]
    files = door.files_from(actor, sent) if found.dossier_id is None else {}
    return actions.Submission(
        procedure=procedure,
        channel=channel,
        competent_id=unit_id,
        received_at_id=found.unit_id,
        applicant_id=party_id,
        applicant_name=person["name"],
        submitted_by=actor.id or party_id,
        key=f"intake-{found.pk}-{one.part.key}",
        answers=values,
        form_version_id=one.form.version_id if values else None,
        contact={name: person.get(name, "") for name in ("phone", "email", "address")},
        component_case=str(by_role(one.form.form, values, "case") or "")[:300],
        components=[
            actions.ComponentIn(line.paper.key, line.paper.name[:1000], line.originals, line.copies)
            for line in counted(found, offer, one)
        ],
        loose_files=[files[key] for key in sent if key in files],
        delivery=delivery_of(found, offer, one),
        fee=door.fee_of(procedure.method(channel)),
        extra={"confirmed": SCREEN if confirmed_on_screen(found) else PAPER},
    )


def counted(found: Intake, offer: Offer, one: PartForm) -> list[PaperLine]:
    """The papers of a part that were counted."""
    counts: dict[str, list[int]] = kept(found, offer).get("counts", {})
    lines = []
    for line in steps.papers_of(found, one.procedure):
        originals, copies = counts.get(f"{one.part.key}-{line.paper.key}", (0, 0))
        if originals or copies:
            lines.append(replace(line, originals=originals, copies=copies))
    return lines


def delivery_of(found: Intake, offer: Offer, one: PartForm) -> str:
    """How the result of a part comes: as its form says, else as another part's does, else as chosen with the papers."""
    said = (delivery_in(each) for each in (one, *part_forms(found, offer)))
    return next((each for each in said if each), "") or kept(found, offer).get("delivery") or str(Delivery.COUNTER)
