"""A version of a form as the designer shows it: pages, questions, pills, advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.engines.forms import conditions
from motcua.engines.forms.advice import Advice, advice
from motcua.engines.forms.building import Line, candidates, lines_of
from motcua.engines.forms.designing import Data, Place, walk, write_place
from motcua.engines.forms.difference import name_of
from motcua.engines.forms.models import FormVersion
from motcua.engines.forms.schema import Field
from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.administration.designer import vocabulary
from motcua.services.procedures import queries as procedures


@dataclass
class Item:
    """A page or a question on the designer's list."""

    place: Place
    name: str
    kind: str
    key: str
    needed: str
    condition: str
    blocking: int = 0
    below: list[Item] = field(default_factory=list)

    @property
    def at(self) -> str:
        return write_place(self.place)

    @property
    def holds(self) -> bool:
        """Whether questions stand in it: a page, a table."""
        return len(self.place) == 1 or self.kind == "table"

    @property
    def words(self) -> str:
        return str(vocabulary.TYPES.get(self.kind, self.kind)) if self.kind else ""


def version_of(key: UUID) -> FormVersion:
    """Raises ``NotFound``."""
    found = FormVersion.objects.select_related("definition").filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such form.")
    return found


def items_of(data: Mapping[str, Any], said: list[Advice]) -> list[Item]:
    """Pages with their questions, and how much is to be mended at each."""
    made: dict[Place, Item] = {}
    wrong: dict[Place | None, int] = {}
    for one in said:
        if one.blocking:
            wrong[one.place] = wrong.get(one.place, 0) + 1
    for place, node in walk(data):
        kind = str(node.get("type", "")) if len(place) > 1 else ""
        item = Item(
            place,
            shown_name(node),
            kind,
            str(node.get("key", "")),
            _needed(node) if len(place) > 1 else "",
            in_words(node.get("visible_when"), data, place),
            wrong.get(place, 0),
        )
        made[place] = item
        if len(place) > 1 and place[:-1] in made:
            made[place[:-1]].below.append(item)
    return [item for place, item in made.items() if len(place) == 1]


def shown_name(node: Mapping[str, Any]) -> str:
    """What a page or question is called in the language of the page."""
    for setting in ("title", "label", "body"):
        words = node.get(setting)
        if isinstance(words, Mapping) and (said := vocabulary.in_language(words)):
            return said[:200]
    return name_of(node)


def _needed(node: Mapping[str, Any]) -> str:
    if node.get("type") == "statement":
        return ""
    if node.get("required_when") is not None:
        return _("required on a condition")
    return _("required") if node.get("required", True) is True else ""


def labels_of(data: Mapping[str, Any], place: Place, found: Mapping[str, Field]) -> dict[str, str]:
    """What the questions a condition may speak of are called; a part of a person with whose it is."""
    names = {str(node.get("key")): shown_name(node) for _at, node in walk(data) if len(_at) > 1}
    language = get_language() or "vi"
    made = {}
    for key, one in found.items():
        first, _dot, part = key.partition(".")
        made[key] = f"{names.get(first, first)} › {one.label.in_language(language)}" if part else names.get(key, key)
    return made


def in_words(data: Any, form: Mapping[str, Any], place: Place) -> str:
    """A condition as a sentence; empty without one."""
    if data is None:
        return ""
    found = candidates(form, place)
    labels = labels_of(form, place, found)
    lines = lines_of(data)
    if lines is None:
        return _nested(data, found, labels)
    joint = f" {_('and')} " if lines.every else f" {_('or')} "
    return joint.join(_line(line, found, labels) for line in lines.lines)


def _line(line: Line, found: Mapping[str, Field], labels: Mapping[str, str]) -> str:
    said = f"“{labels.get(line.field, line.field)}” {vocabulary.COMPARISONS[line.comparison]}"
    if line.value is None:
        return said
    values = line.value if isinstance(line.value, tuple) else (line.value,)
    return f"{said} {', '.join(_answer(found.get(line.field), value) for value in values)}"


def _answer(one: Field | None, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    option = one.option_values.get(str(value)) if one is not None else None
    return f"“{option.label.in_language(get_language() or 'vi')}”" if option else str(value)


def _nested(data: Any, found: Mapping[str, Field], labels: Mapping[str, str]) -> str:
    """A condition deeper than lines: its parts in brackets."""
    try:
        conditions.read(data)
    except conditions.Unreadable:
        return _("a condition that cannot be read")
    for word, joint in (("all", _("and")), ("any", _("or"))):
        if word in data:
            return f" {joint} ".join(f"({_part(part, found, labels)})" for part in data[word])
    return _("not (%(what)s)") % {"what": _part(data["not"], found, labels)}


def _part(data: Any, found: Mapping[str, Field], labels: Mapping[str, str]) -> str:
    lines = lines_of(data)
    if lines is not None and len(lines.lines) == 1:
        return _line(lines.lines[0], found, labels)
    return _nested(data, found, labels)


def advice_rows(version: FormVersion, said: list[Advice]) -> list[dict[str, Any]]:
    """The list of what is to be mended, each with the way to its place."""
    return [
        {
            "url": reverse("desk:form_part", args=[version.pk, write_place(one.place)]) if one.place else "",
            "name": one.name,
            "text": one.text(_),
            "blocking": one.blocking,
        }
        for one in said
    ]


def all_advice(version: FormVersion) -> list[Advice]:
    """What there is to say about a draft; nothing about what was published as it stands."""
    return advice(version.schema) if version.state == FormVersion.State.DRAFT else []


def papers_of(data: Data) -> list[tuple[str, str]]:
    """The papers of the form's procedures that a file question can stand for: key and name."""
    codes = data.get("procedures")
    found: dict[str, str] = {}
    for code in codes if isinstance(codes, list) else ():
        try:
            content = procedures.current(str(code))
        except NotFound:
            continue
        for case in content.cases:
            found |= {paper.key: paper.label or paper.name[:150] for paper in case.papers if not paper.is_prose}
    return list(found.items())
