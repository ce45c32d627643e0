"""Procedures over the API: open to everybody, no token."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from motcua.engines.forms.publication import json_schema
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.interfaces.api import schemas
from motcua.interfaces.api.hot import public_status
from motcua.services.dossiers import forecasting
from motcua.services.procedures import queries
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.forms import form_for

router = Router(tags=["procedures"], auth=None)


@router.get("/procedures", response=list[schemas.HitOut], summary="Search procedures")
def search(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=300, description="Words, a code or a whole question")],
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> list[dict[str, Any]]:
    """Procedures that fit, best first, with the reason. Accents may be left out."""
    hits = queries.search(q, limit=limit)
    return [{"code": hit.code, "name": hit.name, "score": round(hit.score, 4), "why": str(hit.why)} for hit in hits]


@router.get("/procedures/{code}", response=schemas.ProcedureOut, summary="One procedure")
def one(request: HttpRequest, code: schemas.Code) -> dict[str, Any]:
    """The version in force today: channels with times and fees, components, level and field."""
    procedure = queries.current(code)
    return {
        "code": procedure.code,
        "name": procedure.name,
        "version": procedure.number,
        "field": procedure.field,
        "levels": list(procedure.levels),
        "effective_from": procedure.effective_from,
        "channels": [
            {
                "channel": method.channel,
                "allowance": str(method.allowance) if method.allowance else None,
                "fees": [
                    {"amount": fee.amount if fee.certain else None, "currency": fee.currency, "label": fee.label}
                    for fee in method.fees
                ],
            }
            for method in procedure.methods
        ],
        "components": components_of(procedure),
    }


def components_of(procedure: ProcedureData) -> list[dict[str, Any]]:
    """The papers, explanations left out."""
    return [
        {"key": paper.key, "name": paper.name, "originals": paper.originals, "copies": paper.copies}
        for paper in procedure.papers
    ]


@router.get("/procedures/{code}/forecast", response={200: dict[str, Any]}, summary="When it is usually ready")
def forecast(
    request: HttpRequest,
    code: schemas.Code,
    unit: Annotated[str, Query(max_length=40, description="Identifier of the agency; empty: any")] = "",
) -> dict[str, Any]:
    """From past cases and today's queue: moments before which half, four fifths and 19 of 20 such dossiers submitted
    now were ready. Never a promise; ``forecast`` is null where too few cases are known."""
    procedure = queries.current(code)
    unit_id = directory().coded(unit).id if unit else None
    told = forecasting.forecast(procedure, unit_id, clock.now())
    return {"code": procedure.code, "unit": unit or None, "forecast": told.as_json() if told else None}


@router.get("/procedures/{code}/form", response={200: dict[str, Any]}, summary="The form as JSON Schema")
def form(request: HttpRequest, code: schemas.Code) -> dict[str, Any]:
    """JSON Schema (2020-12) of the answers that a submission takes."""
    return json_schema(form_for(queries.current(code)))


@router.get("/status/{code}", response=schemas.StatusOut, summary="Public status by code")
def status(request: HttpRequest, code: str) -> dict[str, Any]:
    """Status and level of completion only; the same answer that ``interfaces.api.hot`` gives without Django."""
    return public_status(code)
