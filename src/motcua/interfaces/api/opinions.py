"""Opinions of other agencies over the API: asking, answering, taking back, what still waits (ND118 Đ19)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Conflict, Invalid, NotFound
from motcua.foundation.working_time import Allowance, Unit
from motcua.interfaces.api import pages, schemas
from motcua.interfaces.api import together_schemas as wire
from motcua.interfaces.api.auth import actor_with
from motcua.services.dossiers import access, actions, door, queries
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.together import opinions

router = Router(tags=["opinions"])
PAGE = 50


def _shown(asked: opinions.Asked, code: str) -> dict[str, Any]:
    row = asked.opinion
    return {
        "id": row.pk,
        "dossier": code,
        "unit": directory().unit(row.unit_id).code,
        "question": row.question,
        "asked_at": row.asked_at,
        "due_at": row.due_at,
        "state": asked.state,
        "was_late": asked.was_late,
        "answered_at": row.answered_at,
        "agrees": row.agrees,
        "answer": row.answer,
    }


@router.get("/opinions", response=wire.OpinionPage, summary="Questions that the client's units still have to answer")
def waiting(
    request: HttpRequest,
    after: Annotated[str, Query(max_length=120, description="`next` of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = PAGE,
) -> dict[str, Any]:
    """Soonest due first, a page at a time."""
    actor = actor_with(request, "dossier.process")
    found = opinions.waiting_for(actor, after=pages.position(after), limit=limit)
    items = [_shown(one, one.opinion.dossier.code) for one in found]
    access.note_client(actor, dict.fromkeys(one.opinion.dossier_id for one in found))
    return {"items": items, "next": pages.following(items, limit, "due_at")}


@router.get("/dossiers/{code}/opinions", response=list[wire.OpinionOut], summary="What was asked about a dossier")
def of_dossier(request: HttpRequest, code: schemas.Code) -> list[dict[str, Any]]:
    """All questions with their deadlines and answers, newest first."""
    actor = actor_with(request, "dossier.read")
    dossier = queries.get_by_code(actor, code)
    access.note_client(actor, [dossier.pk])
    return _all_of(dossier)


def _all_of(dossier: Dossier) -> list[dict[str, Any]]:
    return [_shown(each, dossier.code) for each in opinions.of_dossier(dossier)]


@router.post("/dossiers/{code}/opinions", response={201: list[wire.OpinionOut]}, summary="Ask other agencies")
def ask(request: HttpRequest, code: schemas.Code, body: wire.QuestionIn) -> Status[list[dict[str, Any]]]:
    """Asks one or several agencies at once; the own step stays open and the clock runs on. An agency that has been
    asked and has not answered is not asked again. The answer: all questions about the dossier, newest first."""
    actor = actor_with(request, "dossier.process")
    units = [directory().coded(one).id for one in body.units]
    actions.ask_opinions.run(
        actor, queries.key_of(code), unit_ids=units, question=body.question, allow=_allowance(body)
    )
    return Status(201, _all_of(queries.get_by_code(actor, code)))


def _allowance(body: wire.QuestionIn) -> Allowance | None:
    if body.working_days is not None and body.working_hours is not None:
        raise Invalid(fields={"working_hours": ["Give the time in working days or in working hours, not in both."]})
    if body.working_days is not None:
        return Allowance(body.working_days, Unit.WORKING_DAY)
    return Allowance(body.working_hours, Unit.HOUR) if body.working_hours is not None else None


@router.post("/dossiers/{code}/opinions/{key}/answer", response=wire.OpinionOut, summary="Give the agency's opinion")
def answer(request: HttpRequest, code: schemas.Code, key: UUID, body: wire.AnswerIn) -> dict[str, Any]:
    """Whether it was late stays on record."""
    actor = actor_with(request, "dossier.process")
    dossier = queries.get_by_code(actor, code)
    opinion = _of(dossier, key).opinion
    if opinion.task_id is None:
        raise Conflict("This question has been answered or taken back meanwhile.")
    files = door.files_from(actor, body.uploads)
    actions.answer_opinion.run(
        actor,
        dossier.pk,
        task_id=opinion.task_id,
        agrees=body.agrees,
        answer=body.answer,
        files=[files[upload] for upload in body.uploads],
    )
    return _after(actor, code, key)


@router.post("/dossiers/{code}/opinions/{key}/withdraw", response=wire.OpinionOut, summary="Take a question back")
def withdraw(request: HttpRequest, code: schemas.Code, key: UUID, body: wire.TakeBackIn) -> dict[str, Any]:
    """The answer is no longer needed; the reason is kept."""
    actor = actor_with(request, "dossier.process")
    dossier = queries.get_by_code(actor, code)
    _of(dossier, key)
    actions.withdraw_opinion.run(actor, dossier.pk, opinion_id=key, reason=body.reason)
    return _after(actor, code, key)


def _of(dossier: Dossier, key: UUID) -> opinions.Asked:
    """The question with this key about this dossier. Raises ``NotFound``."""
    for each in opinions.of_dossier(dossier):
        if each.opinion.pk == key:
            return each
    raise NotFound("The dossier has no such question.")


def _after(actor: Actor, code: str, key: UUID) -> dict[str, Any]:
    return _shown(_of(queries.get_by_code(actor, code), key), code)
