"""Who does a step, in words: a flow is stored with selectors (``received_at``, ``within:04``), people read and write
what they mean. Whoever types a selector itself is understood too."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from motcua.engines.organisations.models import Role
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.engines.organisations.roles import PERMISSIONS
from motcua.services.procedures.models import Level

UNITS: Final = {
    "competent": gettext_lazy("the competent unit"),
    "received_at": gettext_lazy("the counter"),
    "lead": gettext_lazy("the leading unit"),
    "superior": gettext_lazy("the agency above the competent unit"),
    "province": gettext_lazy("the province's committee"),
}


WHOLES: Final = frozenset({"commune", "department", "vertical", "province"})
"""Kinds of units that are a part of none: their number is no division's."""


class UnitWords:
    """What may do a step here, each choice once: ``choices`` gives words to selectors, ``selector`` goes back.

    Made anew for each page: a pass over the units that this process keeps, no query.
    """

    def __init__(self) -> None:
        current = [unit for unit in directory().all if unit.current]
        self.choices: dict[str, str] = {selector: str(words) for selector, words in UNITS.items()}
        self.choices |= {f"within:{end}": _division(end, name) for end, name in _divisions(current).items()}
        fields = sorted({name for unit in current if unit.kind in ("department", "vertical") for name in unit.fields})
        self.choices |= {f"field:{name}": _field(name) for name in fields}
        labels = [unit.label for unit in current]
        twice = {label for label in labels if labels.count(label) > 1} if len(set(labels)) < len(labels) else set()
        for unit in current:
            self.choices[f"code:{unit.code}"] = f"{unit.name} ({unit.code})" if unit.label in twice else unit.label
        self._back = {words: selector for selector, words in self.choices.items()}

    def words(self, selector: str) -> str:
        """What stands for the selector; itself where this province has no such unit."""
        known = self.choices.get(selector)
        return known if known is not None else _unknown(selector)

    def typed(self, selector: str) -> str:
        """What stands in the box for the selector: words that ``selector`` understands."""
        words = self.words(selector)
        return words if self.selector(words) == selector else selector

    def selector(self, words: str) -> str:
        """The selector that is meant; what nobody knows stays as typed, for the check of the flow to refuse."""
        words = " ".join(words.split())
        if words in self._back:
            return self._back[words]
        for kind, pattern in (("within", _division("\0", "")), ("field", _field("\0"))):
            before, after = pattern.split("\0")
            if words.startswith(before) and words.endswith(after) and len(words) > len(before) + len(after):
                return f"{kind}:{words.removeprefix(before).removesuffix(after)}"
        return words


def unit_words(selector: str) -> str:
    """One selector as the screen says it: “the counter”, “Sở Tư pháp”."""
    if selector in UNITS:
        return str(UNITS[selector])
    return UnitWords().words(selector)


def role_words(code: str) -> str:
    """A role by its name, a permission by what it allows; the code of a role that is no more stays."""
    if code in PERMISSIONS:
        return str(PERMISSIONS[code])
    return Role.objects.filter(code=code).values_list("name", flat=True).first() or code if code else ""


def role_names() -> dict[str, str]:
    """All roles, and what a permission over dossiers allows."""
    allowed = {name: str(label) for name, label in PERMISSIONS.items() if name.startswith("dossier.")}
    return dict(Role.objects.order_by("name").values_list("code", "name")) | allowed


def level_words(code: str) -> str:
    """A level of procedures in words."""
    return str(Level(code).label) if code in Level.values else code


def level_code(said: str) -> str:
    """The level that is meant by its words or its code; what nobody knows stays, for the check to refuse."""
    meant = {str(level.label).casefold(): level.value for level in Level}
    return meant.get(said.casefold(), said.upper())


def hour_words(hours: int) -> str:
    """Working hours, as the picture says them below a step."""
    return ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}


def _division(end: str, name: str) -> str:
    if name:
        return _("%(name)s (division %(end)s)") % {"name": name, "end": end}
    return _("division %(end)s of the competent unit") % {"end": end}


def _field(name: str) -> str:
    return _("the agency of the field %(field)s") % {"field": name}


def _unknown(selector: str) -> str:
    kind, _colon, rest = selector.partition(":")
    if kind == "within":
        return _division(rest, "")
    if kind == "field":
        return _field(rest)
    if kind == "code":
        unit = directory().by_code.get(rest)
        return unit.label if unit else rest
    return selector


def _divisions(current: list[UnitInfo]) -> dict[str, str]:
    """How identifiers of divisions end, and what the divisions of communes so numbered are called alike, if they are:
    “Phòng Văn hóa - Xã hội” of all wards. Departments number theirs without such an order."""
    by_id: Mapping[object, UnitInfo] = {unit.id: unit for unit in current}
    named: dict[str, list[list[str]]] = {}
    for unit in current:
        whole = by_id.get(unit.parent_id)
        if unit.kind in WHOLES or whole is None or not unit.code.startswith(f"{whole.code}."):
            continue
        names = named.setdefault(unit.code.removeprefix(f"{whole.code}."), [])
        if whole.kind == "commune":
            names.append([word.rstrip(",") for word in unit.name.split()])
    return {end: _alike(names) for end, names in sorted(named.items())}


def _alike(names: list[list[str]]) -> str:
    """The words with which all of at least two names begin."""
    if len(names) < 2:
        return ""
    same = takewhile(lambda words: len(set(words)) == 1, zip(*names, strict=False))
    return " ".join(words[0] for words in same)
