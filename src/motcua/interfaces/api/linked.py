"""Linked procedures over the API: what can be submitted together, submitting it, its progress, taking it back."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Header, Router, Status

from motcua.engines.accounts.actions import NATIONAL_PORTAL
from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid
from motcua.interfaces.api import schemas, submitting
from motcua.interfaces.api import together_schemas as wire
from motcua.interfaces.api.auth import actor_with, owner_of
from motcua.interfaces.api.dossiers import shown
from motcua.services.dossiers import access, actions, door, queries
from motcua.services.dossiers.actions.group_drafts import shared_answers
from motcua.services.dossiers.actions.group_ends import drop_part, withdraw_group
from motcua.services.dossiers.actions.groups import GroupSubmission, submit_group_once
from motcua.services.dossiers.models import Channel, DossierGroup
from motcua.services.dossiers.together import groups
from motcua.services.dossiers.together.groups import Offer, Part
from motcua.services.dossiers.together.timelines import Line, timeline
from motcua.services.procedures.forms import form_for
from motcua.services.procedures.queries import current

router = Router(tags=["linked procedures"])


def _language() -> str:
    return get_language() or "vi"


@router.get("/linked-procedures", response=list[wire.OfferOut], auth=None, summary="What can be submitted together")
def offered(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of linked procedures that can be submitted today, each with its parts in their order."""
    return [
        {
            "key": one.key,
            "name": one.title(_language()),
            "basis": one.basis,
            "online": groups.online(one),
            "needs_ward": groups.needs_ward(one),
            "parts": [
                {
                    "key": part.key,
                    "title": part.name(_language()) or current(part.procedure).name,
                    "procedure": part.procedure,
                    "optional": part.optional,
                    "needs": list(part.needs),
                }
                for part, _version in one.parts
            ],
        }
        for one in groups.offers()
    ]


@router.post(
    "/linked-dossiers",
    response={201: wire.GroupCreated, 200: wire.GroupCreated},
    summary="Submit linked procedures at once",
)
def submit(
    request: HttpRequest,
    body: wire.GroupIn,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=80)],
) -> Status[dict[str, Any]]:
    """One dossier per part, with its own agency and due date (ND118 Đ20). The same ``Idempotency-Key`` with the same
    body gives the same group (200)."""
    actor = actor_with(request, "dossier.submit")
    if body.channel == Channel.NATIONAL:
        actor_with(request, NATIONAL_PORTAL)
    group, new = submit_group_once(actor, _given(actor, body, f"{actor.id}:{idempotency_key}"))
    created = {"code": group.code, "submitted_at": group.submitted_at, "replayed": not new}
    return Status(201 if new else 200, created)


def _given(actor: Actor, body: wire.GroupIn, key: str) -> GroupSubmission:
    """Everything validated. Raises ``Invalid``, the part's key before the name of its field; ``Refused``."""
    offer = groups.offer(body.group)
    given = _parts_given(offer, body)
    first = offer.parts[0][0]
    lead = directory().coded(body.unit) if body.unit else groups.unit_of(first, None, body.ward_code or None)
    ward = body.ward_code or lead.ward_code or None
    answers: dict[str, dict[str, Any]] = {}
    components: dict[str, list[actions.ComponentIn]] = {}
    units: dict[str, UnitInfo] = {}
    for part, papers in given:
        units[part.key] = lead if part is first else groups.unit_of(part, lead, ward)
        try:
            components[part.key] = submitting.components_of(actor, papers)
            answers[part.key] = _answers(actor, first, part, papers, answers)
        except Invalid as error:
            fields = {f"{part.key}.{name}": lines for name, lines in error.fields.items()}
            raise Invalid(fields=fields, code=error.code) from error
    counter, party = queries.counter_of(lead), submitting.party_of(body.applicant)
    digest = door.digest_of(body.model_dump(mode="json"))

    def submission(part: Part, papers: wire.PartIn) -> actions.Submission:
        procedure = current(part.procedure)
        channel = groups.channel_of(procedure, body.channel)
        return actions.Submission(
            procedure=procedure,
            channel=channel,
            competent_id=units[part.key].id,
            received_at_id=counter.id,
            applicant_id=party,
            applicant_name=body.applicant.name,
            submitted_by=owner_of(actor),
            key=f"{key}:{part.key}",
            digest=digest,
            answers=answers[part.key],
            contact=submitting.contact_of(body.applicant),
            component_case=papers.component_case,
            components=components[part.key],
            delivery=body.delivery,
            fee=door.fee_of(procedure.method(channel)),
        )

    return GroupSubmission(
        offer=offer,
        channel=body.channel,
        received_at_id=counter.id,
        applicant_id=party,
        key=key,
        submissions={part.key: submission(part, papers) for part, papers in given},
    )


def _parts_given(offer: Offer, body: wire.GroupIn) -> list[tuple[Part, wire.PartIn]]:
    """The chosen parts in their order, with what was sent for each. Raises ``Invalid``."""
    sent = {one.key: one for one in body.parts}
    if len(sent) != len(body.parts) or not set(sent) <= {part.key for part, _version in offer.parts}:
        raise Invalid(fields={"parts": ["Name parts of this group, each once."]})
    if any(part.key not in sent for part, _version in offer.parts if not part.optional):
        raise Invalid(fields={"parts": ["Choose at least two parts, with all that cannot be left out."]})
    return [(part, sent[part.key]) for part, _version in offer.parts if part.key in sent]


def _answers(
    actor: Actor, first: Part, part: Part, papers: wire.PartIn, before: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """A part's answers: as sent, else as the lead's form answers them. None where the client keeps its own form."""
    if not papers.answers and not any(before.values()):
        return {}
    form = form_for(current(part.procedure))
    known = dict(part.preset)
    if part is not first:
        known |= shared_answers(part, form_for(current(first.procedure)), before[first.key], form)
    return submitting.answers_of(actor, form, papers, known)


@router.get("/linked-dossiers/{code}", response=wire.GroupOut, summary="A group with its parts and times")
def one(request: HttpRequest, code: schemas.Code) -> dict[str, Any]:
    """Each part with its agency and dossier, and one line of time per agency: who has it now, how long each was
    allowed and took."""
    actor = actor_with(request, "dossier.read")
    group = groups.get_group(actor, code)
    return _shown(actor, group)


def _shown(actor: Actor, group: DossierGroup) -> dict[str, Any]:
    units, parts = directory(), groups.states_of(group, _language())
    begun = [part.dossier.pk for part in parts if part.dossier is not None]
    access.note_client(actor, begun)
    times = timeline(begun, clock.now(), [part.unit.id for part in parts if part.state == "waiting"])
    definition = group.definition
    return {
        "code": group.code,
        "group": definition.key,
        "name": definition.name,
        "way": group.way,
        "lead": units.unit(group.lead_id).code,
        "received_at": units.unit(group.received_at_id).code,
        "submitted_at": group.submitted_at,
        "closed_at": group.closed_at,
        "parts": [
            {
                "key": part.member.key,
                "title": part.title,
                "unit": part.unit.code,
                "state": part.state,
                "after": part.member.after,
                "needs": part.member.needs,
                "dossier": shown(part.dossier) if part.dossier is not None else None,
            }
            for part in parts
        ],
        "timeline": [_line(line) for line in times.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "unit": line.unit.code,
        "name": line.unit.name,
        "state": line.state,
        "allowed_minutes": line.allowed,
        "taken_minutes": line.taken,
        "begin": line.begin,
        "end": line.end,
        "due_at": line.due_at,
        "late": line.late,
        "steps": list(line.steps),
    }


@router.post("/linked-dossiers/{code}/withdraw", response=wire.GroupOut, summary="Take back all that is not decided")
def withdraw(request: HttpRequest, code: schemas.Code, body: wire.TakeBackIn) -> dict[str, Any]:
    """For the applicant, by the client that submitted it (ND118 Đ21)."""
    actor = actor_with(request, "dossier.submit")
    withdraw_group(actor, groups.get_group(actor, code).pk, reason=body.reason)
    return _shown(actor, groups.get_group(actor, code))


@router.post(
    "/linked-dossiers/{code}/parts/{key}/drop", response=wire.GroupOut, summary="Leave out a part that has not begun"
)
def drop(request: HttpRequest, code: schemas.Code, key: wire.Key) -> dict[str, Any]:
    """For the applicant, by the client that submitted it."""
    actor = actor_with(request, "dossier.submit")
    drop_part(actor, groups.get_group(actor, code).pk, key=key)
    return _shown(actor, groups.get_group(actor, code))
