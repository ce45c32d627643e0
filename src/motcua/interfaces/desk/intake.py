"""Receiving at the counter and helping at a service point: who stands there, their forms, and what is chosen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from motcua.engines.accounts.models import Party, PartyKind
from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation.errors import Invalid, MotcuaError
from motcua.foundation.identifiers import parse_identity, parse_identity_qr, parse_phone
from motcua.foundation.text import clean_line
from motcua.interfaces.desk.intake_form import commune_in
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers import door
from motcua.services.dossiers.models import Channel, Dossier
from motcua.services.procedures.content import Paper, ProcedureData
from motcua.services.procedures.queries import version, version_ids

Steps = tuple[tuple[str, Promise], ...]
AT_COUNTER: Final[Steps] = (
    ("person", gettext_lazy("Person")),
    ("procedure", gettext_lazy("Procedure")),
    ("form", pgettext_lazy("step", "Form")),
    ("papers", gettext_lazy("Papers")),
    ("check", gettext_lazy("Check")),
)
ASSISTED: Final[Steps] = (
    *AT_COUNTER[:4],
    ("consent", gettext_lazy("Consent")),
    AT_COUNTER[4],
)
NUMBER_MOST: Final = 99
ASSIST: Final = "assist"
FAVOURITES: Final = 9
LOOKED_BACK: Final = 300


def is_assisted(intake: Intake) -> bool:
    """Whether a helper submits for the citizen, instead of a counter receiving."""
    return bool(intake.data.get("mode") == ASSIST)


def channel_of(intake: Intake) -> str:
    """The way that the dossier came: online where a helper submits, by post where a letter is opened (ND118 Đ15)."""
    if is_assisted(intake):
        return str(Channel.ONLINE)
    return str(Channel.POSTAL if intake.data.get("channel") == Channel.POSTAL else Channel.DIRECT)


def by_post(intake: Intake) -> bool:
    """Whether the papers came in a letter: nobody stands at the counter."""
    return channel_of(intake) == Channel.POSTAL


def steps_of(intake: Intake) -> Steps:
    """The steps in their order."""
    return ASSISTED if is_assisted(intake) else AT_COUNTER


class PersonForm(forms.Form):
    """Who stands at the counter. The code of the card fills in what is still empty."""

    card = forms.CharField(
        label=gettext_lazy("QR code of the identity card"),
        required=False,
        max_length=2000,
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
            return _identity(text)
        return text

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"].strip())


class AgentForm(forms.Form):
    """Who comes with an authorisation for somebody else: recorded as a mandate from its paper."""

    prefix = "agent"
    card = forms.CharField(
        label=gettext_lazy("QR code of the agent's card"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    identity_number = forms.CharField(
        label=gettext_lazy("Agent's identity number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=gettext_lazy("Agent's full name"), required=False, max_length=200)
    phone = forms.CharField(label=gettext_lazy("Agent's phone"), required=False, max_length=20)
    number = forms.CharField(
        label=gettext_lazy("Number of the authorisation, notary or witness"), required=False, max_length=120
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Holds until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: until it is ended."),
    )
    all_procedures = forms.BooleanField(label=gettext_lazy("For all procedures, not this one alone"), required=False)

    def clean_identity_number(self) -> str:
        text: str = self.cleaned_data["identity_number"].strip()
        return _identity(text) if text else ""

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"].strip())

    def clean(self) -> dict[str, Any]:
        """A name needs a number, and both need the paper's number."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("name") or data.get("identity_number"):
            for name in ("name", "identity_number", "number"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("This is needed for who comes with an authorisation."))
        return data


def _identity(text: str) -> str:
    parsed = parse_identity(text)
    if not parsed.ok:
        raise forms.ValidationError(str(parsed.reason.render(_)) if parsed.reason else _("Check the number."))
    return parsed.value


def _phone(text: str) -> str:
    if not text:
        return ""
    parsed = parse_phone(text)
    if not parsed.ok:
        raise forms.ValidationError(str(parsed.reason.render(_)) if parsed.reason else _("Check the number."))
    return str(parsed.parts.get("national") or parsed.value)


@dataclass(frozen=True, slots=True)
class Card:
    """What the code of a card says: for the person's form, and what only the card knows."""

    person: dict[str, str]
    more: dict[str, str]


def from_card(text: str) -> Card:
    """Reads the code of a card. Raises ``Invalid`` beside the field when it is none."""
    parsed = parse_identity_qr(text)
    if not parsed.ok:
        said = parsed.reason.render(_) if parsed.reason else _("This is not the code of an identity card.")
        raise Invalid(fields={"card": [said]})
    known = Party.objects.filter(identity_number=parsed.value).first()
    person = {
        "kind": str(PartyKind.CITIZEN),
        "identity_number": parsed.value,
        "name": str(parsed.parts["name"]),
        "address": str(parsed.parts["address"])[:200],
        "phone": known.phone if known else "",
        "email": known.email if known else "",
    }
    return Card(person, {"birth_date": str(parsed.parts["birth_date"]), "sex": str(parsed.parts["sex"])})


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper as it is being received."""

    paper: Paper
    originals: int
    copies: int
    files: list[dict[str, str]]
    certified: int = 0

    @property
    def handed_in(self) -> bool:
        """Whether anything of it is there: on paper or scanned."""
        return bool(self.originals or self.certified or self.copies or self.files)


def counters_of(actor: Actor, permission: str = "dossier.receive") -> list[UnitInfo]:
    """The counters at which the officer may receive, or help: one-stops first, else the units of the permission."""
    units = [unit for unit in directory().under(*actor.reach(permission)) if unit.current]
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
            PaperLine(
                paper,
                int(said.get("originals", 0)),
                int(said.get("copies", 0)),
                list(said.get("files", [])),
                int(said.get("certified", 0)),
            )
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
    """The competent unit: as chosen; else the commune of the counter, else the one in the person's address, else what
    the catalogue says; None: choose."""
    units = directory()
    key = intake.data.get("competent")
    if key and UUID(key) in units.by_id:
        return units.unit(UUID(key))
    counter = units.unit(intake.unit_id)
    parent = units.by_id.get(counter.parent_id) if counter.parent_id else None
    ward = next((unit.ward_code for unit in (counter, parent) if unit and unit.kind == "commune"), None)
    if ward is None:
        commune = commune_in(str(intake.data.get("person", {}).get("address", "")))
        ward = commune.ward_code if commune else None
    try:
        return door.unit_for(procedure, ward_code=ward or "")
    except MotcuaError:
        return None


@dataclass(frozen=True, slots=True)
class Favourite:
    """A procedure that a counter often receives; ``key``: the digit that chooses it."""

    key: str
    version_id: UUID
    code: str
    name: str


def favourites_of(unit_id: UUID) -> list[Favourite]:
    """What this counter received most often of late, by the index of its dossiers; two queries."""
    recent = (
        Dossier.objects.filter(received_at=unit_id)
        .order_by("-submitted_at", "-case")
        .values_list("procedure_code", "channel")[:LOOKED_BACK]
    )
    often = Counter(code for code, channel in recent if channel == Channel.DIRECT)
    ordered = sorted(often, key=lambda code: (-often[code], code))[:FAVOURITES]
    versions = version_ids(ordered)
    return [
        Favourite(str(number), versions[code], code, version(versions[code]).name)
        for number, code in enumerate([code for code in ordered if code in versions], 1)
    ]


def birth_date_of(intake: Intake) -> date | None:
    """The whole date of birth that the card told, if any."""
    text = str(intake.data.get("card", {}).get("birth_date", ""))
    return date.fromisoformat(text) if len(text) == 10 else None
