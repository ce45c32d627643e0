"""Dossiers over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from ninja import Header, Query, Router, Status

from motcua.engines.accounts.actions import NATIONAL_PORTAL
from motcua.engines.files.models import Blob
from motcua.engines.files.serving import file_response
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.queries import directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import NotFound
from motcua.interfaces.api import pages, schemas, submitting
from motcua.interfaces.api.auth import actor_with, owner_of
from motcua.services.dossiers import access, actions, door, queries, reading
from motcua.services.dossiers.explain import explain
from motcua.services.dossiers.models import Channel, DoorWay, Dossier, DossierFile, Obligation
from motcua.services.dossiers.steps import require_way
from motcua.services.procedures import queries as procedures
from motcua.services.procedures.forms import form_for

router = Router(tags=["dossiers"])
PAGE = 20


def shown(dossier: Dossier) -> dict[str, Any]:
    """A dossier as the API shows it; the case must be loaded."""
    names = ("code", "status", "procedure_code", "procedure_version_id", "channel", "received_at_id", "competent_id")
    more = ("applicant_name", "submitted_at", "accepted_at", "finished_at", "returned_at")
    row = {name: getattr(dossier, name) for name in (*names, *more)}
    return _shown_row({**row, "id": dossier.pk, "due_at": dossier.case.due_at, "holder_id": dossier.case.holder_id})


def _shown_row(row: dict[str, Any]) -> dict[str, Any]:
    units = directory().by_id
    return {
        **row,
        "procedure": row["procedure_code"],
        "procedure_name": procedures.version(row["procedure_version_id"]).name,
        "received_at": units[row["received_at_id"]].code,
        "competent": units[row["competent_id"]].code,
        "holder": units[row["holder_id"]].code,
    }


def _file(row: DossierFile, blob: Blob) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "component": row.component.key if row.component else None,
        "sha256": blob.sha256,
        "size": blob.size,
        "media_type": blob.media_type,
        "added_at": row.added_at,
    }


@router.post(
    "/dossiers", response={201: schemas.DossierCreated, 200: schemas.DossierCreated}, summary="Submit a dossier"
)
def submit(
    request: HttpRequest,
    body: schemas.DossierIn,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=80)],
) -> Status[dict[str, Any]]:
    """Submits a dossier for a party. The same ``Idempotency-Key`` with the same body gives the same dossier (200)."""
    actor = actor_with(request, "dossier.submit")
    if body.channel == Channel.NATIONAL:
        actor_with(request, NATIONAL_PORTAL)
    procedure = procedures.current(body.procedure)
    competent = door.unit_for(procedure, unit_code=body.unit, ward_code=body.ward_code)
    components = submitting.components_of(actor, body)
    answers = submitting.answers_of(actor, form_for(procedure), body) if body.answers else {}
    party = submitting.party_of(body.applicant)
    dossier, new = actions.submit_once(
        actor,
        actions.Submission(
            procedure=procedure,
            channel=body.channel,
            competent_id=competent.id,
            received_at_id=queries.counter_of(competent).id,
            applicant_id=party,
            applicant_name=body.applicant.name,
            submitted_by=owner_of(actor),
            key=f"{actor.id}:{idempotency_key}",
            digest=door.digest_of(body.model_dump(mode="json")),
            answers=answers,
            contact=submitting.contact_of(body.applicant),
            component_case=body.component_case,
            components=components,
            delivery=body.delivery,
            fee=door.fee_of(procedure.method(body.channel)),
        ),
    )
    created = {
        "id": dossier.pk,
        "code": dossier.code,
        "status": dossier.status,
        "submitted_at": dossier.submitted_at,
        "replayed": not new,
    }
    return Status(201 if new else 200, created)


@router.get("/dossiers", response=schemas.Page, summary="Dossiers, newest first")
def newest(
    request: HttpRequest,
    status: Annotated[int | None, Query(ge=1, le=10)] = None,
    unit: Annotated[str, Query(max_length=35, description="Identifier of the competent agency")] = "",
    after: Annotated[str, Query(max_length=120, description="`next` of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = PAGE,
) -> dict[str, Any]:
    """The dossiers that the client may see, newest first, a page at a time."""
    actor = actor_with(request, "dossier.read")
    position = pages.position(after)
    rows = None if unit else reading.newest_of_all(actor, status=status, after=position, limit=limit)
    if rows is None:
        competent_id = directory().coded(unit).id if unit else None
        found = queries.newest(actor, status=status, competent_id=competent_id, after=position, limit=limit)
        items = [shown(each) for each in found]
    else:
        items = [_shown_row(row) for row in rows]
    access.note_client(actor, [item["id"] for item in items])
    return {"items": items, "next": pages.following(items, limit, "submitted_at")}


@router.get("/dossiers/{code}", response=schemas.DossierDetail, summary="One dossier")
def one(request: HttpRequest, code: schemas.Code) -> dict[str, Any]:
    """Everything of one dossier but its answers."""
    actor = actor_with(request, "dossier.read")
    row = reading.one(actor, code)
    access.note_client(actor, [row["id"]])
    return _shown_row(row)


@router.get("/dossiers/{code}/steps", response=schemas.StepsOut, summary="Why it is due then, and who has done what")
def steps(
    request: HttpRequest,
    code: schemas.Code,
    as_of: Annotated[datetime | None, Query(description="Explain the due date as it stood at this moment")] = None,
) -> dict[str, Any]:
    """The reckoning of the due date, each step with its article, now or as of a past moment, and the tasks so far."""
    dossier = queries.get_by_code(actor_with(request, "dossier.read"), code)
    if as_of is not None and as_of.tzinfo is None:
        as_of = as_of.replace(tzinfo=VIETNAM)
    reckoning = explain(dossier, as_of)
    units = directory().by_id
    return {
        "due_at": dossier.case.due_at if as_of is None else reckoning.due,
        "as_of": as_of,
        "recorded_due_at": reckoning.recorded,
        "reckoning": [{"at": step.at, "text": step.render(gettext), "basis": step.basis} for step in reckoning.steps],
        "tasks": [
            {
                "step": task.step,
                "name": task.name,
                "unit": units[task.unit_id].code,
                "state": task.state,
                "opened_at": task.opened_at,
                "due_at": task.due_at,
                "closed_at": task.closed_at,
                "outcome": task.outcome,
            }
            for task in dossier.case.tasks.order_by("opened_at", "id")
        ],
    }


@router.post("/dossiers/{code}/files", response={201: list[schemas.FileOut]}, summary="Add files to a dossier")
def attach(request: HttpRequest, code: schemas.Code, body: schemas.AttachIn) -> Status[list[dict[str, Any]]]:
    """Adds uploads made before to a dossier that is still open."""
    actor = actor_with(request, "dossier.submit")
    dossier = queries.get_by_code(actor, code)
    files = door.files_from(actor, body.uploads)
    rows = actions.attach.run(actor, dossier.pk, files=[files[key] for key in body.uploads], component=body.component)
    blobs = Blob.objects.in_bulk([row.blob_id for row in rows])
    return Status(201, [_file(row, blobs[row.blob_id]) for row in rows])


@router.post("/dossiers/{code}/status", response=schemas.DossierOut, summary="Change the status of a dossier")
def change_status(request: HttpRequest, code: schemas.Code, body: schemas.StatusChangeIn) -> dict[str, Any]:
    """Accept, refuse, ask for a supplement, pass on or return, with the same rules as at the desk."""
    actor = actor_with(request, "dossier.receive")
    key = queries.key_of(code)
    if body.action == "accept":
        dossier = actions.accept.run(actor, key, note=body.note)
    elif body.action == "refuse":
        dossier = actions.refuse.run(actor, key, reason=body.reason, explanation=body.explanation, basis=body.basis)
    elif body.action == "request_supplement":
        dossier = actions.request_supplement.run(actor, key, items=body.items, note=body.note).dossier
    elif body.action == "pass_on":
        dossier = _pass_on(actor, key, body)
    else:
        dossier = actions.return_result.run(actor, key, received_by=body.received_by).dossier
    return shown(dossier)


def _pass_on(actor: Actor, key: UUID, body: schemas.StatusChangeIn) -> Dossier:
    with begin(actor) as work:
        dossier = actions.lock(actor, key)
        require_way(dossier, next(iter(dossier.case.open_tasks), None), body.to)
        actions.pass_on(work, dossier, task_id=None, opinion=body.note, to=body.to)
    return dossier


@router.post(
    "/dossiers/{code}/obligation", response=schemas.ObligationOut, summary="Demand a payment; the clock stands"
)
def demand(request: HttpRequest, code: schemas.Code, body: schemas.ObligationIn) -> dict[str, Any]:
    """A financial obligation that the dossier waits for, as the tax office demands it of a land dossier."""
    actor = actor_with(request, "dossier.process")
    row = actions.demand_payment.run(
        actor,
        queries.key_of(code),
        name=body.name,
        amount=body.amount,
        notice_number=body.notice_number,
        pay_by=body.pay_by,
    )
    return _obligation(row)


@router.post(
    "/dossiers/{code}/obligation/payment", response=schemas.ObligationOut, summary="The obligation is met; it goes on"
)
def paid(request: HttpRequest, code: schemas.Code, body: schemas.PaymentIn) -> dict[str, Any]:
    """Notes the payment; the time goes on where it stood."""
    actor = actor_with(request, "dossier.process")
    return _obligation(actions.note_payment.run(actor, queries.key_of(code), receipt=body.receipt, amount=body.amount))


def _obligation(row: Obligation) -> dict[str, Any]:
    dossier = row.dossier
    return {
        "code": dossier.code,
        "status": dossier.status,
        "due_at": dossier.case.due_at,
        "name": row.name,
        "amount": row.amount,
        "notice_number": row.notice_number,
        "demanded_at": row.demanded_at,
        "paid_at": row.paid_at,
        "receipt": row.receipt,
    }


@router.get("/dossiers/{code}/files/{file_id}", summary="The bytes of a file", response={200: None})
def content(request: HttpRequest, code: schemas.Code, file_id: UUID) -> HttpResponseBase:
    """The file as it was handed in."""
    actor = actor_with(request, "dossier.read")
    dossier = queries.get_by_code(actor, code)
    access.note_client(actor, [dossier.pk], DoorWay.FILE)
    row = dossier.files.select_related("blob").filter(pk=file_id).first()
    if row is None:
        raise NotFound("The dossier has no such file.")
    return file_response(row.blob, row.name, request=request)
