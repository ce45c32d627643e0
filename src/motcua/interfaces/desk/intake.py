"""Receiving at the counter: the steps, their forms, and the submission that they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.engines.accounts.models import Party, PartyKind
from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation.errors import Conflict, Invalid, MotcuaError, NotAllowed
from motcua.foundation.identifiers import parse_identity, parse_identity_qr, parse_phone
from motcua.foundation.text import clean_line
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers import actions, door
from motcua.services.dossiers.models import Channel, Delivery, Dossier
from motcua.services.procedures.content import Paper, ProcedureData
from motcua.services.procedures.queries import version

STEPS: tuple[tuple[str, Promise], ...] = (
    ("person", gettext_lazy("Person")),
    ("procedure", gettext_lazy("Procedure")),
    ("papers", gettext_lazy("Papers")),
    ("check", gettext_lazy("Check")),
)
NUMBER_MOST = 99


class PersonForm(forms.Form):
    """Who stands at the counter. The code of the card fills in what is still empty."""

    card = forms.CharField(
        label=gettext_lazy("QR code of the identity card"),
        required=False,
        max_length=600,
        help_text=gettext_lazy("Put the cursor here and scan; the rest fills itself in."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=PartyKind.choices, initial=PartyKind.CITIZEN)
    identity_number = forms.CharField(
        label=gettext_lazy("Identity number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Full name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), required=False, max_length=20)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    address = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=200)

    def clean_identity_number(self) -> str:
        """Citizens' numbers are checked; organisations have registration numbers of many forms."""
        text: str = self.cleaned_data["identity_number"].strip()
        if text and self.data.get("kind", PartyKind.CITIZEN) == PartyKind.CITIZEN:
            parsed = parse_identity(text)
            if not parsed.ok:
                raise forms.ValidationError(str(parsed.reason.render(_)) if parsed.reason else _("Check the number."))
            return parsed.value
        return text

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        text: str = self.cleaned_data["phone"].strip()
        if not text:
            return ""
        parsed = parse_phone(text)
        if not parsed.ok:
            raise forms.ValidationError(str(parsed.reason.render(_)) if parsed.reason else _("Check the number."))
        return str(parsed.parts.get("national") or parsed.value)


def from_card(text: str) -> dict[str, str]:
    """What the code of a card says, for the person's form. Raises ``Invalid`` beside the field when it is none."""
    parsed = parse_identity_qr(text)
    if not parsed.ok:
        said = parsed.reason.render(_) if parsed.reason else _("This is not the code of an identity card.")
        raise Invalid(fields={"card": [said]})
    known = Party.objects.filter(identity_number=parsed.value).first()
    return {
        "kind": str(PartyKind.CITIZEN),
        "identity_number": parsed.value,
        "name": str(parsed.parts["name"]),
        "address": str(parsed.parts["address"])[:200],
        "phone": known.phone if known else "",
        "email": known.email if known else "",
    }


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper as it is being received."""

    paper: Paper
    originals: int
    copies: int
    files: list[dict[str, str]]


def counters_of(actor: Actor) -> list[UnitInfo]:
    """The counters at which the officer may receive: one-stops first, else the units of the permission."""
    units = [unit for unit in directory().under(*actor.reach("dossier.receive")) if unit.current]
    return [unit for unit in units if unit.one_stop] or units


def procedure_of(intake: Intake) -> ProcedureData | None:
    """The chosen procedure, as it was when it was chosen."""
    key = intake.data.get("procedure")
    return version(UUID(key)) if key else None


def papers_of(intake: Intake, procedure: ProcedureData) -> list[PaperLine]:
    """The papers of the chosen case with what was counted and scanned so far."""
    given: dict[str, Any] = intake.data.get("papers", {})
    cases = [case for case in procedure.cases if any(not paper.is_prose for paper in case.papers)]
    chosen = int(intake.data.get("case", 0) or 0)
    papers = cases[chosen if chosen < len(cases) else 0].papers if cases else ()
    lines = []
    for paper in papers:
        if paper.is_prose:
            continue
        said = given.get(paper.key, {})
        lines.append(
            PaperLine(paper, int(said.get("originals", 0)), int(said.get("copies", 0)), list(said.get("files", [])))
        )
    return lines


def case_labels(procedure: ProcedureData) -> list[str]:
    """The cases of the procedure to choose from; one or none needs no choice."""
    cases = [case for case in procedure.cases if any(not paper.is_prose for paper in case.papers)]
    return [case.label or _("Case %(number)s") % {"number": number} for number, case in enumerate(cases, 1)]


def ward_units() -> list[UnitInfo]:
    """The communes of the province, for procedures that a commune handles."""
    return [unit for unit in directory().all if unit.current and unit.kind == "commune"]


def default_competent(intake: Intake, procedure: ProcedureData) -> UnitInfo | None:
    """The competent unit: as chosen; else the commune of the counter, else what the catalogue says; None: choose."""
    units = directory()
    key = intake.data.get("competent")
    if key and UUID(key) in units.by_id:
        return units.unit(UUID(key))
    counter = units.unit(intake.unit_id)
    parent = units.by_id.get(counter.parent_id) if counter.parent_id else None
    ward = next((unit.ward_code for unit in (counter, parent) if unit and unit.kind == "commune"), None)
    try:
        return door.unit_for(procedure, ward_code=ward or "")
    except MotcuaError:
        return None


def finish(actor: Actor, intake: Intake) -> Dossier:
    """Submits and accepts; repeated, it gives the same dossier. Raises ``Invalid`` where a step is not done."""
    person = intake.data.get("person", {})
    procedure = procedure_of(intake)
    if not person.get("name"):
        raise Invalid(fields={"person": [_("Say who the person is.")]})
    if procedure is None:
        raise Invalid(fields={"procedure": [_("Choose the procedure.")]})
    competent = default_competent(intake, procedure)
    if competent is None:
        raise Invalid(fields={"procedure": [_("Choose the ward or commune that handles it.")]})
    if actor.id is None:
        raise NotAllowed("Sign in first.")
    lines = papers_of(intake, procedure)
    keys = [UUID(file["upload"]) for line in lines for file in line.files]
    files = door.files_from(actor, keys) if intake.dossier_id is None else {}
    party_id = door.party_for(
        kind=person.get("kind", ""),
        name=person["name"],
        identity_number=person.get("identity_number", ""),
        phone=person.get("phone", ""),
        email=person.get("email", ""),
        address=person.get("address", ""),
    )
    labels = case_labels(procedure)
    method = procedure.method(Channel.DIRECT)
    submission = actions.Submission(
        procedure=procedure,
        channel=Channel.DIRECT,
        competent_id=competent.id,
        received_at_id=intake.unit_id,
        applicant_id=party_id,
        applicant_name=person["name"],
        submitted_by=actor.id,
        key=f"intake-{intake.pk}",
        contact={name: person.get(name, "") for name in ("phone", "email", "address")},
        component_case=labels[int(intake.data.get("case", 0) or 0)][:300] if len(labels) > 1 else "",
        components=[
            actions.ComponentIn(
                line.paper.key,
                line.paper.name,
                originals=line.originals,
                copies=line.copies,
                files=tuple(files[UUID(file["upload"])] for file in line.files if UUID(file["upload"]) in files),
            )
            for line in lines
            if line.originals or line.copies or line.files
        ],
        delivery=intake.data.get("delivery") or Delivery.COUNTER,
        fee=door.fee_of(method),
    )
    dossier, _new = actions.submit_once(actor, submission)
    try:
        actions.accept.run(actor, dossier.pk, note=str(intake.data.get("note", "")))
    except Conflict:
        dossier.refresh_from_db()
        if dossier.accepted_at is None:
            raise
        # pressed twice: the first press has accepted it
    return dossier
