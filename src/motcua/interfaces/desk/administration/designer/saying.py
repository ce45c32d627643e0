"""Settings of a form in the words of the designer: kinds of answers, conditions as sentences, rules, lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from motcua.engines.forms.building import candidates
from motcua.interfaces.desk.administration.designer import vocabulary
from motcua.interfaces.desk.administration.designer.field_form import BROWSER, part_label
from motcua.interfaces.desk.administration.designer.found import in_words, labels_of
from motcua.interfaces.desk.administration.event_values import value_words

EVERYWHERE: Final = (10_000,)
"""A place behind all questions: what stands there may speak of any of them."""
_VALUES: Final[Mapping[str, Mapping[str, Any]]] = {
    "type": vocabulary.TYPES,
    "personal": vocabulary.PERSONAL,
    "role": vocabulary.ROLES,
    "pattern": vocabulary.PATTERNS,
    "options_from": vocabulary.LISTS,
    "kinds": vocabulary.KINDS,
    "prefill": {key: words for key, (words, _types) in vocabulary.SOURCES.items()},
    "autocomplete": BROWSER,
}
_WHOLE: Final = re.compile(r"(.*) \(([a-z_]+)\)", re.DOTALL)
"""A question that was added or removed: its name and its kind."""


def setting_value(setting: str, value: Any, form: Mapping[str, Any] | None = None) -> str:
    """What a setting says. ``form``: the edition whose questions conditions and rules speak of, for their names."""
    data = form or {}
    if value in (None, "", [], {}):
        return "–"
    if setting in ("visible_when", "required_when"):
        return in_words(value, data, EVERYWHERE)
    if setting.startswith("rule ") and isinstance(value, Mapping):
        return rule_words(value, labels_in(data))
    if setting == "options" and isinstance(value, list):
        return "; ".join(_option(one) for one in value)
    if setting == "parts":
        return ", ".join(_part(str(one).rstrip("!?")) for one in value)
    if setting == "" and isinstance(value, str) and (whole := _WHOLE.fullmatch(value)):
        return f"{whole[1]} ({vocabulary.TYPES.get(whole[2], whole[2])})"
    known = _VALUES.get(setting, {})
    if isinstance(value, list):
        return ", ".join(str(known[one]) if one in known else value_words(one) for one in value)
    return str(known[value]) if isinstance(value, str) and value in known else value_words(value)


def labels_in(form: Mapping[str, Any]) -> dict[str, str]:
    """What all questions of a form are called."""
    return labels_of(form, EVERYWHERE, candidates(form, EVERYWHERE)) if form else {}


def rule_words(rule: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """A rule between answers as a sentence."""
    others = [rule.get("than", ""), *(rule.get("fields") or [])]
    named = [_("today") if one == "today" else labels.get(one, one) for one in others if one != rule.get("field")]
    kind = rule.get("kind")
    said = f"“{labels.get(str(rule.get('field')), rule.get('field'))}” {vocabulary.RULES.get(str(kind), kind)}"
    years = f" ({rule['years']})" if rule.get("years") else ""
    return f"{said} {', '.join(f'“{one}”' for one in named if one)}{years}"


def _option(one: Any) -> str:
    if not isinstance(one, Mapping):
        return value_words(one)
    label = one.get("label")
    return vocabulary.in_language(label) if isinstance(label, Mapping) else str(one.get("value", ""))


def _part(name: str) -> str:
    try:
        return part_label(name)
    except KeyError:
        return name
