"""Papers of the desk that are made on demand: the register (form 07), the control sheet (form 06)."""

from __future__ import annotations

import tempfile
import zipfile
from datetime import date
from typing import Any
from uuid import UUID

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, NotFound
from motcua.foundation.spreadsheets import MEDIA_TYPE
from motcua.interfaces.desk.access import actor_of, holding, officer
from motcua.interfaces.desk.frame import desk_page
from motcua.interfaces.desk.views.worklist import fields
from motcua.services.dossiers import access, papers, queries, register
from motcua.services.dossiers.models import DoorWay

PDF = "application/pdf"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str, name: str, problems: dict[str, list[str]]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems[name] = ["Choose a day."]
        return None


def _wanted(params: QueryDict) -> tuple[register.Wanted | None, dict[str, list[str]]]:
    """What the address asks for, and what is wrong with it. The address names units and days, never a person."""
    problems: dict[str, list[str]] = {}
    unit = directory().by_id.get(_uuid(params.get("unit", "")) or UUID(int=0))
    if unit is None:
        problems["unit"] = ["Choose a unit."]
    first = _day(params.get("from", ""), "from", problems)
    last = _day(params.get("to", ""), "to", problems)
    if unit is None or first is None or last is None:
        return None, problems
    wanted = register.Wanted(
        unit_id=unit.id,
        first=first,
        last=last,
        field_id=_uuid(params.get("field", "")),
        procedure_code=params.get("procedure", "").strip()[:40],
    )
    try:
        return wanted.checked(), problems
    except Invalid as error:
        return None, error.fields


@holding("dossier.read")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The filter, and both downloads once it is right; what it says stands in the file alone."""
    actor = actor_of(request)
    today = clock.today()
    units = register.units_for(actor)
    params: QueryDict = request.GET
    if not params and units:  # before anything is chosen: this month
        params = QueryDict(mutable=True)
        params.update({"unit": str(units[0].id), "from": today.replace(day=1).isoformat(), "to": today.isoformat()})
    wanted, problems = _wanted(params) if params else (None, {})
    said = {name: [_(line) for line in lines] for name, lines in problems.items()}
    context: dict[str, Any] = {
        "units": units,
        "fields": fields(),
        "given": {
            "unit": request.GET.get("unit", str(units[0].id) if units else ""),
            "from": request.GET.get("from", today.replace(day=1).isoformat()),
            "to": request.GET.get("to", today.isoformat()),
            "field": request.GET.get("field", ""),
            "procedure": request.GET.get("procedure", ""),
        },
        "problems": said,
        "pairs": [(f"f-{name}", line) for name, lines in said.items() for line in lines],
        "ready": wanted is not None,
        "query": params.urlencode(),
        "unit": directory().unit(wanted.unit_id) if wanted else None,
        "wanted": wanted,
        "volume": register.VOLUME,
    }
    return desk_page(request, "desk/register.html", context, place="register", status=422 if problems else 200)


@holding("dossier.read")
@require_safe
def download(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The register as ``xlsx`` (as it is read) or ``pdf`` (several volumes come as one zip)."""
    wanted, _problems = _wanted(request.GET)
    if wanted is None:
        return HttpResponseRedirect(f"{reverse('desk:register')}?{request.GET.urlencode() or 'from='}")
    if kind not in ("xlsx", "pdf"):
        raise NotFound("The register comes as xlsx or pdf.")
    actor = actor_of(request)
    unit = directory().unit(wanted.unit_id)
    name = f"so-theo-doi-{unit.code}-{wanted.first:%y%m%d}-{wanted.last:%y%m%d}"
    if kind == "xlsx":
        return _named(StreamingHttpResponse(register.as_xlsx(actor, wanted), content_type=MEDIA_TYPE), f"{name}.xlsx")
    return _volumes(register.Volumes(actor, wanted), name)


def _volumes(volumes: register.Volumes, name: str) -> HttpResponseBase:
    """One PDF, or a zip of them in a file of its own: volumes are made one after the other."""
    made = iter(volumes)
    first = next(made)
    second = next(made, None)
    if second is None:
        return _named(HttpResponse(first, content_type=PDF), f"{name}.pdf")
    held = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(f"{name}-1.pdf", first)
        archive.writestr(f"{name}-2.pdf", second)
        for number, pdf in enumerate(made, 3):
            archive.writestr(f"{name}-{number}.pdf", pdf)
    held.seek(0)
    return _named(FileResponse(held, content_type="application/zip"), f"{name}.zip")


def _named(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _shown(pdf: bytes, name: str) -> HttpResponse:
    response = HttpResponse(pdf, content_type=PDF)
    response.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@officer
@require_safe
def control_sheet(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Form 06 as things stand now."""
    actor = actor_of(request)
    found = queries.get(actor, dossier_id, "result")
    if not access.look(actor, found, DoorWay.PAPER):
        return HttpResponseRedirect(reverse("desk:dossier", args=[dossier_id]))
    return _shown(papers.control_sheet(found), f"{found.code}-06.pdf")
