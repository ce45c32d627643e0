"""What the State already knows of the one who asks, put into the form as text with its source and "Sửa" (edit)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from motcua.engines.forms import cleaning
from motcua.engines.forms.cleaning import Context, Wrong
from motcua.engines.forms.schema import Field, Form
from motcua.engines.forms.text import Text
from motcua.foundation import clock

ACCOUNT = Text("Tài khoản của bạn", "Your account")
POPULATION = Text("Cơ sở dữ liệu quốc gia về dân cư, qua VNeID", "National population database, through VNeID")


@dataclass(frozen=True, slots=True)
class Known:
    """A value that is known, and from where."""

    value: Any
    source: Text


@dataclass(frozen=True, slots=True)
class Standing:
    """A person who stands there, with the attributes of a party: what their card says, and what else is known."""

    kind: str = "citizen"
    name: str = ""
    identity_number: str = ""
    tax_code: str = ""
    birth_date: date | None = None
    sex: str = ""
    nationality: str = "VN"
    ethnicity: str = ""
    representative: str = ""
    phone: str = ""
    email: str = ""
    address_line: str = ""
    ward_code: str = ""
    ward_name: str = ""
    province_code: str = ""
    identity_level: int = 0


def known_of_party(party: Any) -> dict[str, Known]:
    """What an ``accounts.Party`` (or anything with its attributes) tells, by name of the source: "party.name", …"""
    person = party.kind == "citizen"
    source = POPULATION if party.identity_level >= 2 and person else ACCOUNT
    facts: dict[str, Any] = {
        "kind": "person" if person else "organisation",
        "name": party.name,
        "identity_number": party.identity_number if person else "",
        "tax_code": party.tax_code or ("" if person else party.identity_number),
        "birth_date": party.birth_date.isoformat() if party.birth_date else "",
        "sex": party.sex,
        "nationality": party.nationality if person else "",
        "ethnicity": party.ethnicity,
        "representative": party.representative,
        "address": _address(party),
    }
    known = {f"party.{name}": Known(value, source) for name, value in facts.items() if value}
    for name in ("phone", "email"):
        if getattr(party, name):
            known[f"party.{name}"] = Known(getattr(party, name), ACCOUNT)
    return known


def _address(party: Any) -> dict[str, str]:
    parts = {
        "province": party.province_code,
        "ward": party.ward_code,
        "ward_name": party.ward_name,
        "line": party.address_line,
    }
    return parts if all((parts["province"], parts["ward"] or parts["ward_name"], parts["line"])) else {}


def prefilled(form: Form, known: Mapping[str, Known], today: date | None = None) -> dict[str, Known]:
    """Path → what can be filled in there. Values that the field itself would refuse are left out."""
    context = Context(today or clock.today())
    known = {"today": Known(context.today.isoformat(), ACCOUNT), **known}
    return {
        path: Known(value, known[one.prefill].source)
        for path, one in _with_source(form)
        if one.prefill in known and (value := _cleaned(one, known[one.prefill].value, context)) is not None
    }


def _with_source(form: Form) -> Iterator[tuple[str, Field]]:
    for path, one in form.walk():
        if one.prefill and "*" not in path and not one.is_composite:
            yield path, one


def _cleaned(one: Field, value: Any, context: Context) -> Any:
    try:
        return cleaning.clean(one, value, context)
    except Wrong:
        return None


def filled_in(raw: Mapping[str, Any], found: Mapping[str, Known]) -> dict[str, Any]:
    """The raw answers with what is known put where nothing was answered yet. ``raw`` is left as it is."""
    made: dict[str, Any] = dict(raw)
    for path, known in found.items():
        first, _, rest = path.partition(".")
        if not rest:
            if cleaning.is_blank(made.get(first)):
                made[first] = known.value
            continue
        inner = dict(made[first]) if isinstance(made.get(first), Mapping) else {}
        if cleaning.is_blank(inner.get(rest)):
            inner[rest] = known.value
        made[first] = inner
    return made
