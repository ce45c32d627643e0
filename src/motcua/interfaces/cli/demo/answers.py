"""Answers to any form as somebody from Huế would give them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from motcua.engines.forms import Form
from motcua.engines.forms.samples import sample_answers
from motcua.interfaces.cli.demo.people import HOME, Person

VARIANTS = 4


class Answers:
    """Answers to one form: a few valid variants, reused with ever other applicants."""

    def __init__(self, form: Form, rng: Random, today: date) -> None:
        self._variants = [_variant(form, rng, today) for _ in range(VARIANTS)]
        self._applicant = [key for key, one in form.fields.items() if one.role == "applicant"]
        self._roles = {one.role: key for key, one in form.fields.items() if one.role}

    def of(self, rng: Random, who: Person) -> dict[str, Any]:
        """A variant in which ``who`` applies."""
        values = dict(rng.choice(self._variants))
        for key in self._applicant:
            if isinstance(values.get(key), Mapping):
                values[key] = {**values[key], **_party(who, values[key])}
        own = {"name": who.called, "identity_number": who.identity_number, "phone": who.phone, "email": who.email}
        for role, value in own.items():
            asked = self._roles.get(f"applicant.{role}", "")
            if asked in values and value:
                values[asked] = value
        where = self._roles.get("applicant.address", "")
        if where in values:
            values[where] = _address(who)
        return values

    def case(self, values: Mapping[str, Any]) -> str:
        """The case of components that the answers choose, if the form asks for one."""
        return str(values.get(self._roles.get("case", ""), ""))


def _variant(form: Form, rng: Random, today: date) -> dict[str, Any]:
    values = sample_answers(form, rng, today=today)
    return {key: value for key, value in values.items() if form.fields[key].type != "file"}


def _address(who: Person) -> dict[str, str]:
    return {
        "province": HOME[0],
        "ward": who.ward_code,
        "ward_name": who.ward_name,
        "line": who.address_line,
        "text": f"{who.address_line}, {who.ward_name}, {HOME[1]}",
    }


def _party(who: Person, before: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a party that the answers hold, as ``who`` would give them."""
    known: dict[str, Any] = {
        "kind": "organisation" if who.firm and before.get("kind") == "organisation" else before.get("kind"),
        "name": who.called if before.get("kind") == "organisation" else who.name,
        "birth_date": who.birth_date.isoformat(),
        "sex": who.sex,
        "identity_number": who.identity_number,
        "phone": who.phone,
        "email": who.email,
        "address": _address(who),
    }
    return {key: value for key, value in known.items() if key in before and value}
