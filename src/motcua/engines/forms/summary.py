"""Answers as people read them: for "check your answers", for officers, for printed papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from motcua.engines.forms import conditions
from motcua.engines.forms.places import ABROAD
from motcua.engines.forms.schema import Field, Form, Group
from motcua.engines.forms.text import Text
from motcua.engines.forms.words import date_in_words, money_in_words

YES, NO = Text("Có", "Yes"), Text("Không", "No")
CONFIRMED = Text("Đã xác nhận", "Confirmed")
PERSON, ORGANISATION = Text("Cá nhân", "A person"), Text("Tổ chức, doanh nghiệp", "An organisation or business")
OUTSIDE = Text("Ở nước ngoài", "Outside Viet Nam")


@dataclass(frozen=True, slots=True)
class Answer:
    """One line: what was asked, what was answered (may have line ends), the path for "Sửa" and for marking.

    ``files`` are keys of attached files, ``component`` the paper they are meant for. ``row`` numbers rows from 1.
    """

    label: str
    display: str
    path: str
    type: str
    personal: str = "none"
    files: tuple[str, ...] = ()
    component: str = ""
    row: int = 0

    @property
    def depth(self) -> int:
        return self.path.count(".")


@dataclass(frozen=True, slots=True)
class AnsweredGroup:
    """The answers of one page."""

    key: str
    title: str
    answers: tuple[Answer, ...]


def answers_summary(form: Form, values: Mapping[str, Any], language: str = "vi") -> list[AnsweredGroup]:
    """Groups with their answered fields, in the order of the form; what was not answered or asked is left out.

    ``values`` are those of ``validate``. Groups without an answer are left out. Tables give a line per cell.
    """
    groups = []
    for group in form.groups:
        answers = tuple(_answers(group.fields, values, "", language))
        if answers:
            groups.append(AnsweredGroup(group.key, group.title.in_language(language), answers))
    return groups


def _answers(
    fields: Iterable[Field], values: Mapping[str, Any], prefix: str, language: str, row: int = 0
) -> Iterator[Answer]:
    for one in fields:
        value = values.get(one.key)
        if not one.has_value or not conditions.is_filled(value):
            continue
        path = f"{prefix}{one.key}"
        if one.type == "party" and isinstance(value, Mapping):
            yield from _answers(one.fields, value, f"{path}.", language, row)
        elif one.type == "table" and isinstance(value, list):
            for number, inner in enumerate(value):
                if isinstance(inner, Mapping):
                    yield from _answers(one.fields, inner, f"{path}.{number}.", language, number + 1)
        else:
            yield Answer(
                label=one.label.in_language(language),
                display=display(one, value, language),
                path=path,
                type=one.type,
                personal=one.personal,
                files=tuple(map(str, value)) if one.type == "file" and isinstance(value, list) else (),
                component=one.component,
                row=row,
            )


def display(one: Field, value: Any, language: str = "vi") -> str:
    """A value in words of ``language``; a value that does not fit its field (an old version) as plain text."""
    match one.type:
        case "choice" | "select":
            option = one.option_values.get(value) if isinstance(value, str) else None
            return option.label.in_language(language) if option else str(value)
        case "multi_choice" if isinstance(value, list):
            options = one.option_values
            return "\n".join(options[v].label.in_language(language) if v in options else str(v) for v in value)
        case "yes_no":
            return (YES if value else NO).in_language(language)
        case "declaration":
            return CONFIRMED.in_language(language) if value else ""
        case "date" if isinstance(value, str):
            return _date(one, value, language)
        case "money" if isinstance(value, int):
            shown = f"{number_shown(value, language)} đồng"
            return f"{shown} ({money_in_words(value)})" if one.in_words and language == "vi" else shown
        case "number" if isinstance(value, int | float):
            unit = f" {one.unit.in_language(language)}" if one.unit else ""
            return number_shown(value, language) + unit
        case "address" if isinstance(value, Mapping):
            return address_shown(value, language)
        case "file" if isinstance(value, list):
            return ", ".join(map(str, value))
        case "phone" if isinstance(value, str):
            return phone_shown(value)
    return str(value)


def number_shown(value: float, language: str = "vi") -> str:
    """1234567.5 → "1.234.567,5" in Vietnamese, "1,234,567.5" in English."""
    shown = f"{value:,}"
    if not language.startswith("en"):
        shown = shown.translate(str.maketrans(",.", ".,"))
    return shown


def _date(one: Field, value: str, language: str) -> str:
    numbers = value.split("-")
    shown = "/".join(reversed(numbers))
    if one.in_words and language == "vi" and len(numbers) == 3 and all(number.isdigit() for number in numbers):
        return f"{shown} ({date_in_words(value)})"
    return shown


def address_shown(value: Mapping[str, Any], language: str = "vi") -> str:
    """An address as one line."""
    if value.get("province") == ABROAD:
        return f"{value.get('line', '')} ({OUTSIDE.in_language(language).lower()})"
    return str(value.get("text") or value.get("line") or "")


def phone_shown(value: str) -> str:
    """ "0912345678" → "0912 345 678"."""
    return f"{value[:4]} {value[4:7]} {value[7:]}" if len(value) == 10 and value.isdigit() else value


# -- what the answers mean to the service that receives them ------------------------------------------------


@dataclass(frozen=True, slots=True)
class Applicant:
    """The one in whose name the answers are given (chủ hồ sơ), as far as the form asks."""

    kind: str = "person"
    name: str = ""
    identity_number: str = ""
    tax_code: str = ""
    birth_date: str = ""
    phone: str = ""
    email: str = ""
    address: Mapping[str, str] | None = None


def by_role(form: Form, values: Mapping[str, Any], role: str) -> Any:
    """The answer of the first field with this role, or None."""
    for key, one in form.fields.items():
        if one.role == role and conditions.is_filled(values.get(key)):
            return values[key]
    return None


def chosen_words(form: Form, role: str, value: str, language: str = "vi") -> str:
    """What the option with this value is called in the field with this role; the value itself where there is none."""
    for one in form.fields.values():
        if one.role == role and value in one.option_values:
            return one.option_values[value].label.in_language(language)
    return value


def applicant_of(form: Form, values: Mapping[str, Any]) -> Applicant:
    """Who applies, out of the fields with the roles ``applicant`` and ``applicant.*``."""
    party = by_role(form, values, "applicant")
    found: dict[str, Any] = dict(party) if isinstance(party, Mapping) else {}
    for name in ("name", "identity_number", "tax_code", "phone", "email", "address"):
        value = by_role(form, values, f"applicant.{name}")
        if value is not None:
            found[name] = value
    known = Applicant.__dataclass_fields__
    return Applicant(**{name: value for name, value in found.items() if name in known})


def subject_of(form: Form, values: Mapping[str, Any], language: str = "vi") -> str:
    """The dossier in one line (trích yếu): the form's ``subject`` with {paths} put in; its title without one."""
    if form.subject is None:
        return form.title.in_language(language)
    said = form.subject.in_language(language)
    for path, one in form.walk():
        if f"{{{path}}}" in said:
            value = _at(values, path)
            said = said.replace(f"{{{path}}}", display(one, value, language) if value is not None else "…")
    return said


def _at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def attached(form: Form, values: Mapping[str, Any]) -> list[tuple[str, str, list[str]]]:
    """(path, component, file keys) of every file field that has files."""
    return [
        (answer.path, answer.component, list(answer.files))
        for group in form.groups
        for answer in _answers(group.fields, values, "", "vi")
        if answer.files
    ]


def group_of(form: Form, path: str) -> Group | None:
    """The page on which the answer with this path is given."""
    key = form.group_keys.get(path.split(".")[0])
    return form.group(key) if key else None
