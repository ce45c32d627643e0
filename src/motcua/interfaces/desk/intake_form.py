"""The answers of the procedure's own form as the counter takes them: filled from the card and from what is known.

Papers are counted and scanned in a step of their own, and what a form has people declare is confirmed by the citizen,
on the second screen or on paper: neither is asked of the officer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext

from motcua.engines.accounts.models import Party, PartyKind
from motcua.engines.forms import Form, Group, Message, Result, Text, validate
from motcua.engines.forms.drafts import draft as kept_answers
from motcua.engines.forms.posting import edited, from_post, page_action
from motcua.engines.forms.prefill import Known, Standing, filled_in, known_of_party, prefilled
from motcua.engines.forms.rendering import BoundForm
from motcua.engines.forms.schema import Field
from motcua.engines.forms.summary import AnsweredGroup, answers_summary, by_role
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation.text import fold
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers.models import Dossier
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.forms import chosen_form

CARD = Text("Thẻ căn cước và thông tin đã có", "The card and what is on record")
LEFT_OUT = ("file", "declaration")
"""Kinds of fields that the counter does not fill in: papers, and what the citizen declares."""

REACHED_ANYWAY = ("applicant.phone", "applicant.email", "applicant.address")
"""Roles that may stay empty at the counter: the person is there, and the card's address is kept with the contact."""

PERSONS_OWN = ("address", "date", "email", "file", "identity_number", "party", "phone", "tax_code")


def commune_in(address: str) -> UnitInfo | None:
    """The commune of the province that an address in words names; None for none or for several."""
    words = f" {fold(address).replace(',', ' ').replace('.', ' ')} "
    words = " ".join(words.split())
    found = []
    for unit in directory().by_ward.values():
        short = fold(unit.name)
        for prefix in ("uy ban nhan dan ", "ubnd "):
            short = short.removeprefix(prefix)
        if unit.current and f" {short} " in f" {words} ":
            found.append(unit)
    longest = max((len(fold(unit.name)) for unit in found), default=0)
    named = [unit for unit in found if len(fold(unit.name)) == longest]
    return named[0] if len(named) == 1 else None


def standing(person: Mapping[str, Any], card: Mapping[str, Any]) -> Standing:
    """Who stands there: typed and scanned first, completed by the party with the same number."""
    number = str(person.get("identity_number", ""))
    party = Party.objects.filter(identity_number=number).first() if number else None
    address = str(person.get("address", ""))
    commune = commune_in(address)
    birth = str(card.get("birth_date", ""))
    facts: dict[str, Any] = {
        "kind": person.get("kind") or str(PartyKind.CITIZEN),
        "name": person.get("name", ""),
        "identity_number": number,
        "phone": person.get("phone", ""),
        "email": person.get("email", ""),
        "birth_date": date.fromisoformat(birth) if len(birth) == 10 else None,
        "sex": card.get("sex", ""),
    }
    if party is not None:
        for name in ("birth_date", "sex", "tax_code", "ethnicity", "representative", "identity_level", "nationality"):
            facts[name] = facts.get(name) or getattr(party, name)
    if address and commune is not None:
        facts |= {
            "address_line": address.split(",")[0].strip(),
            "ward_code": commune.ward_code,
            "ward_name": commune.name,
            "province_code": settings.PROVINCE_CODE,
        }
    elif party is not None:
        names = ("address_line", "ward_code", "ward_name", "province_code")
        facts |= {name: getattr(party, name) for name in names}
    return Standing(**facts)


@dataclass(frozen=True)
class CounterForm:
    """The form of a walk-in with its answers so far."""

    form: Form
    version_id: Any
    answers: dict[str, Any]
    known: Mapping[str, Known]

    def bound(self, errors: Mapping[str, list[Message]] | None = None, editing: frozenset[str] = frozenset()) -> Any:
        """For the template."""
        return BoundForm(
            self.form,
            self.answers,
            errors=errors or {},
            language="en" if (get_language() or "vi").startswith("en") else "vi",
            translate=gettext,
            known=self.known,
            editing=editing,
            home_province=settings.PROVINCE_CODE,
        )

    def checked(self, *, declared: bool = False) -> Result:
        """The answers validated as far as the counter asks for them; ``declared``: the citizen has confirmed."""
        answers = dict(self.answers)
        for one in self.form.fields.values():
            if one.type == "declaration":
                answers[one.key] = True
        result = validate(self.form, answers)
        errors = {path: said for path, said in result.errors.items() if not self._not_asked(path)}
        values = {key: value for key, value in result.values.items() if declared or not self._is_declaration(key)}
        return Result(self.form, values, errors, result.hidden)

    def _not_asked(self, path: str) -> bool:
        """Whether the counter can do without: a file, or how to reach somebody who stands there."""
        one = self.form.fields.get(path.split(".")[0])
        if one is None:
            return False
        if one.type == "file":
            return True
        given = self.answers.get(one.key)
        if one.type == "address" and isinstance(given, Mapping):
            given = given.get("line") or given.get("ward")
        return one.role in REACHED_ANYWAY and not given

    def _is_declaration(self, key: str) -> bool:
        return self.form.fields[key].type == "declaration"

    def declarations(self, language: str) -> list[str]:
        """What the citizen confirms, beside all of the answers."""
        return [one.label.in_language(language) for one in self.form.fields.values() if one.type == "declaration"]

    def summary(self, language: str) -> list[AnsweredGroup]:
        """The answers as people read them."""
        return answers_summary(self.form, self.checked().values, language)

    @property
    def delivery(self) -> str:
        """How the result comes, where the form asks for it."""
        return str(by_role(self.form, self.checked().values, "result.delivery") or "")


def counter_form(intake: Intake, procedure: ProcedureData, given: Mapping[str, Any] | None = None) -> CounterForm:
    """The form with what was answered, the rest filled with what is known of the person. ``given``: the answers of
    one procedure of several."""
    form, version_id = chosen_form(procedure)
    person = standing(intake.data.get("person", {}), intake.data.get("card", {}))
    known = {path: replace(one, source=CARD) for path, one in prefilled(form, known_of_party(person)).items()}
    answers = filled_in(intake.data.get("answers", {}) if given is None else given, known)
    return CounterForm(form, version_id, kept_answers(form, answers), known)


def taken(found: CounterForm, post: Any, pages: Iterable[Group] | None = None) -> tuple[CounterForm, frozenset[str]]:
    """The form with what a page has sent: all groups at once, or those of ``pages``; and what the officer chose to
    edit."""
    raw: dict[str, Any] = {}
    for group in found.form.groups if pages is None else pages:
        raw |= from_post(found.form, group, post)
    answers = {**found.answers, **raw}
    return CounterForm(found.form, found.version_id, kept_answers(found.form, answers), found.known), edited(post)


def page_of(bound: BoundForm, pages: Iterable[Group] | None = None) -> dict[str, Any]:
    """What the template shows: the groups that apply (of ``pages`` alone, where given) with what the counter asks."""
    wanted = {group.key for group in (bound.form.groups if pages is None else pages)}
    shown = [
        (group, [one for one in group.fields if one.type not in LEFT_OUT])
        for group in (bound.group(each) for each in bound.visible_groups())
        if group.key in wanted
    ]
    groups = [(group, fields) for group, fields in shown if any(one.type != "statement" for one in fields)]
    return {"form": bound, "groups": groups}


def as_last_time(found: CounterForm, counter: UnitInfo, procedure: ProcedureData) -> CounterForm:
    """Empty answers filled from the last dossier of this procedure at this counter: what names no person alone."""
    last = (
        Dossier.objects.filter(received_at=counter.id, procedure_code=procedure.code, form_version_id=found.version_id)
        .exclude(answers={})
        .order_by("-submitted_at")
        .first()
    )
    if last is None:
        return found
    answers = dict(found.answers)
    for key, one in found.form.fields.items():
        value = _impersonal(one, last.answers.get(key))
        if value not in (None, [], {}) and _is_blank(answers.get(key), one):
            answers[key] = value
    return CounterForm(found.form, found.version_id, kept_answers(found.form, answers), found.known)


def _impersonal(one: Field, value: Any) -> Any:
    """The part of an answer that says nothing of a person."""
    if one.type in PERSONS_OWN or one.type in LEFT_OUT or one.personal != "none" or one.role:
        return None
    if one.type == "table" and isinstance(value, list):
        inner = {child.key: child for child in one.fields}
        rows = [
            {key: kept for key, given in row.items() if key in inner and (kept := _impersonal(inner[key], given))}
            for row in value
            if isinstance(row, Mapping)
        ]
        return [row for row in rows if row]
    return value


def _is_blank(value: Any, one: Field) -> bool:
    if one.type == "table" and isinstance(value, list):
        asked = {child.key for child in one.fields if child.default is None}  # the rest is filled in by the form itself
        return all(given in (None, "") for row in value for key, given in row.items() if key in asked)
    return value in (None, "", [], {}, one.default)


__all__ = [
    "LEFT_OUT",
    "CounterForm",
    "as_last_time",
    "commune_in",
    "counter_form",
    "page_action",
    "page_of",
    "standing",
    "taken",
]
