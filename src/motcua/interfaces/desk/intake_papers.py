"""The papers of a walk-in: counted, scanned or photographed, one line per component."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from motcua.engines.files.actions import Incoming, store_many
from motcua.foundation.errors import MotcuaError
from motcua.interfaces.desk import intake as steps
from motcua.interfaces.desk.access import actor_of
from motcua.interfaces.desk.intake_finish import delivery_of
from motcua.interfaces.desk.intake_form import counter_form
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers.models import Delivery
from motcua.services.procedures.content import ProcedureData

_LEADING = re.compile(r"\D*(\d{1,2})\D")
Trouble = list[tuple[str, str]]


def papers_context(found: Intake, procedure: ProcedureData) -> dict[str, Any]:
    """What the page of papers shows."""
    labels = steps.case_labels(procedure)
    return {
        "procedure": procedure,
        "lines": steps.papers_of(found, procedure),
        "cases": list(enumerate(labels)) if len(labels) > 1 else [],
        "case": int(found.data.get("case", 0) or 0),
        "competent": steps.default_competent(found, procedure),
        "communes": steps.ward_units() if procedure.handled_level == "COMMUNE" else [],
        "deliveries": Delivery.choices,
        "delivery": delivery_of(found, counter_form(found, procedure)),
        "note": found.data.get("note", ""),
        "sets": int(found.data.get("sets", 1) or 1),
    }


def take_papers(request: HttpRequest, found: Intake, procedure: ProcedureData) -> tuple[dict[str, Any], Trouble]:
    """Counts and scans to be kept, and what could not be taken, as (field id, message)."""
    trouble: Trouble = []
    labels = steps.case_labels(procedure)
    case = request.POST.get("case", "0")
    number = int(case) if case.isascii() and case.isdigit() and len(case) < 4 and int(case) < len(labels) else 0
    found.data["case"] = number
    lines = steps.papers_of(found, procedure)
    by_itself = "autosave" in request.GET
    scans = {} if by_itself else _of_folder(request, lines)
    papers: dict[str, Any] = {}
    for line in lines:
        key = line.paper.key
        gone = set(request.POST.getlist(f"remove_{key}"))
        files = [file for file in line.files if file["upload"] not in gone]
        given = [] if by_itself else [*request.FILES.getlist(f"files_{key}"), *scans.get(key, [])]
        if given:
            added, said = _stored(request, given)
            files += added
            trouble += [(f"files_{key}", each) for each in said]
        originals, certified, copies = (
            _count(request.POST.get(f"{name}_{key}", "")) for name in ("originals", "certified", "copies")
        )
        if "as_listed" in request.POST and not originals and not certified and not copies:
            originals, copies = line.paper.originals, line.paper.copies
            if not originals and not copies:
                originals = 1  # the catalogue names the paper and not how many
        papers[key] = {"originals": originals, "certified": certified, "copies": copies, "files": files}
    competent = request.POST.get("competent", "")
    known = {str(unit.id) for unit in steps.ward_units()}
    delivery = request.POST.get("delivery", "")
    return {
        "case": number,
        "papers": papers,
        "sets": max(1, _count(request.POST.get("sets", ""))),
        "competent": competent if competent in known else found.data.get("competent", ""),
        "delivery": delivery if delivery in Delivery.values else "",
        "note": request.POST.get("note", "").replace("\0", "")[:1000],
    }, trouble


def _stored(request: HttpRequest, given: list[UploadedFile[Any]]) -> tuple[list[dict[str, str]], list[str]]:
    actor = actor_of(request)
    if actor.id is None:
        return [], []
    try:
        uploads = store_many([Incoming(file, file.name or "") for file in given], actor.id, actor=actor)
    except MotcuaError as error:
        return [], [error.text(_)]
    return [{"upload": str(upload.pk), "name": upload.name} for upload in uploads], []


def _of_folder(request: HttpRequest, lines: list[steps.PaperLine]) -> dict[str, list[UploadedFile[Any]]]:
    """A folder of scans by paper: a file whose name begins with a number belongs to the paper in that place, others to
    the first paper."""
    found: dict[str, list[UploadedFile[Any]]] = {}
    if not lines:
        return found
    for file in request.FILES.getlist("folder"):
        match = _LEADING.match(file.name or "")
        place = int(match[1]) - 1 if match else 0
        line = lines[place] if 0 <= place < len(lines) else lines[0]
        found.setdefault(line.paper.key, []).append(file)
    return found


def _count(text: str) -> int:
    text = text.strip()
    return min(int(text), steps.NUMBER_MOST) if text.isascii() and text.isdigit() and len(text) < 5 else 0
