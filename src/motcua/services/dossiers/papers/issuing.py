"""Making a paper once and keeping it: which event calls for which, and never two of the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q, QuerySet

from motcua.engines.files.actions import keep_own
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation.errors import Refused
from motcua.services.dossiers.actions.common import lock
from motcua.services.dossiers.models import Document, Dossier
from motcua.services.dossiers.papers import turns
from motcua.services.dossiers.papers.control import control
from motcua.services.dossiers.papers.head import dossier_head
from motcua.services.dossiers.papers.receipt import receipt, result_receipt
from motcua.services.dossiers.papers.rendering import render


@dataclass(frozen=True, slots=True)
class Form:
    """One paper: the events that call for it and what it says beyond the common head.

    ``of_agency``: the competent agency issues it, not the counter.
    """

    code: str
    template: str
    events: tuple[str, ...]
    content: Callable[[Dossier, Event], dict[str, Any]]
    of_agency: bool = False


ENDINGS: Final = (
    "dossier.returned",
    "dossier.refused",
    "dossier.withdrawn",
    "dossier.stopped",
    "dossier.closed_unanswered",
)
"""Events that end a dossier: the control sheet is kept as it stood then."""

DECIDED: Final = "dossier.completed"
"""The agency's decision: where it is a rejection, form 03 says so as at the counter (ND118 Đ19)."""

FORMS: Final[dict[str, Form]] = {
    form.code: form
    for form in (
        Form("01", "form01", ("dossier.accepted",), receipt),
        Form("02", "form02", ("dossier.supplement_requested",), turns.supplement),
        Form("03", "form03", ("dossier.refused", DECIDED), turns.refusal),
        Form("04", "form04", ("dossier.extended",), turns.extension, of_agency=True),
        Form("05", "form05", ("dossier.stopped", "dossier.closed_unanswered"), turns.stop, of_agency=True),
        Form("06", "form06", ENDINGS, control, of_agency=True),
        Form("KQ", "result", ("dossier.returned",), result_receipt),
    )
}
CALLING: Final = tuple(dict.fromkeys(kind for form in FORMS.values() for kind in form.events))
"""The kinds of events after which a paper is made."""

PUBLIC: Final = frozenset({"01", "02", "03", "04", "05", "KQ"})
"""What the applicant gets; the control sheet stays with the office."""


def called_for(event: Event) -> list[tuple[str, int]]:
    """The papers (form, number) that an event calls for. The number counts the papers of this form in the dossier.

    No receipt where nobody asked for one with a result given at once (ND118 Đ17.4).
    """
    found = []
    for form in FORMS.values():
        if event.kind not in form.events or (form.code == "01" and event.data.get("receipt") is False):
            continue
        if event.kind == DECIDED and event.data.get("approved") is not False:
            continue
        number = event.data.get("number") if form.code == "02" else None
        if number is None and (len(form.events) > 1 or form.code == "04"):
            before = _events(form, event.stream).filter(seq__lt=event.seq)
            number = before.count() + 1
        found.append((form.code, int(number or 1)))
    return found


def _events(form: Form, stream: UUID) -> QuerySet[Event]:
    """What calls for the form in a dossier."""
    found = Event.objects.filter(stream=stream, kind__in=form.events)
    return found.filter(~Q(kind=DECIDED) | Q(data__approved=False)) if DECIDED in form.events else found


def content_of(dossier: Dossier, form_code: str, number: int, event: Event) -> dict[str, Any]:
    """Everything that a form says, as plain data."""
    form = FORMS[form_code]
    unit_id = dossier.competent_id if form.of_agency or event.kind == DECIDED else None
    return {**dossier_head(dossier, form_code, number, event, unit_id), **form.content(dossier, event)}


def issue(dossier: Dossier, form_code: str, number: int = 1) -> Document:
    """Makes and keeps a paper, or finds the one made before: never two, however many ask at once.

    ``number`` counts the papers of this form in the dossier. Raises ``Refused`` when nothing calls for it.
    """
    made_before = Document.objects.filter(dossier=dossier, form=form_code, number=number)
    if found := made_before.first():
        return found
    form = FORMS.get(form_code)
    events = _events(form, dossier.pk).order_by("seq") if form else Event.objects.none()
    event = events[number - 1 : number].first() if number >= 1 else None
    if event is None or form is None:
        raise Refused("There is nothing in this dossier that this paper could say.")
    pdf = render(form.template, content_of(dossier, form_code, number, event), event.at)
    try:
        with begin(SYSTEM) as work:
            locked = lock(SYSTEM, dossier.pk)
            if found := made_before.first():
                return found
            blob = keep_own(work, pdf, "application/pdf")
            document = Document(dossier=locked, form=form_code, number=number, blob=blob, issued_at=work.now)
            work.add(document)
            data = {"form": form_code, "number": number, "sha256": blob.sha256}
            work.record(dossier.pk, "dossier.document_issued", data)
    except IntegrityError:
        # Only one paper may be there: somebody else was faster.
        return made_before.get()
    return document
