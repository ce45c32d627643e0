"""What differs between two editions of a form, by question and setting: for comparing versions and for the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from motcua.engines.forms.designing import Place, walk

Settings: TypeAlias = dict[str, Any]
FORM = ""
_HOLDING = ("fields", "groups", "rules", "key")
_TEXTS = ("title", "label", "hint", "body", "unit", "row_label", "subject")


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting of one page or question. ``where``: its keys, such as ``who``, ``who/applicant``; empty: the form.

    ``setting`` is a name of the form's data, ``label.vi`` for words, ``page`` where a question moved, ``order`` of
    what stands in it, ``rule 2`` of the form; empty when the whole was added (no ``before``) or removed.
    """

    where: str
    name: str
    setting: str
    before: Any
    after: Any

    def as_data(self) -> dict[str, Any]:
        """For the ledger."""
        return {
            "where": self.where,
            "name": self.name,
            "setting": self.setting,
            "before": _exact(self.before),
            "after": _exact(self.after),
        }


def _exact(value: Any) -> Any:
    """As the ledger takes it: without fractions of numbers, which it does not hold."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else str(value)
    if isinstance(value, Mapping):
        return {str(name): _exact(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(one) for one in value]
    return value


@dataclass(frozen=True, slots=True)
class _Node:
    name: str
    page: str
    settings: Settings
    order: tuple[str, ...]
    names: Mapping[str, str]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Everything that differs, in the order of the later edition; what it no longer has stands last."""
    old, new = _nodes(before), _nodes(after)
    found = [Difference(FORM, "", name, b, a) for name, b, a in _settings(_of_form(before), _of_form(after))]
    found += list(_order(FORM, "", _form_node(before), _form_node(after)))
    for where, node in new.items():
        was = old.get(where)
        if was is None:
            found.append(Difference(where, node.name, "", None, _said(node)))
            continue
        if was.page != node.page:
            found.append(Difference(where, node.name, "page", was.page, node.page))
        found += [Difference(where, node.name, name, b, a) for name, b, a in _settings(was.settings, node.settings)]
        found += _order(where, node.name, was, node)
    found += [Difference(where, node.name, "", _said(node), None) for where, node in old.items() if where not in new]
    return found


def _said(node: _Node) -> str:
    kind = node.settings.get("type")
    return f"{node.name} ({kind})" if kind else node.name


def _settings(before: Settings, after: Settings) -> Iterator[tuple[str, Any, Any]]:
    for name in [*after, *(name for name in before if name not in after)]:
        if before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)


def _order(where: str, name: str, before: _Node, after: _Node) -> list[Difference]:
    """Where what both have stands in another order."""
    kept = [key for key in before.order if key in after.order]
    now = [key for key in after.order if key in before.order]
    if kept == now:
        return []
    return [
        Difference(where, name, "order", [before.names[key] for key in kept], [after.names[key] for key in now]),
    ]


def _flat(node: Mapping[str, Any]) -> Settings:
    made: Settings = {}
    for name, value in node.items():
        if name in _HOLDING:
            continue
        if name in _TEXTS and isinstance(value, Mapping):
            made |= {f"{name}.{language}": words for language, words in value.items()}
        else:
            made[name] = value
    return made


def _of_form(data: Mapping[str, Any]) -> Settings:
    rules = data.get("rules")
    made = _flat(data)
    made |= {f"rule {number}": rule for number, rule in enumerate(rules if isinstance(rules, list) else [], 1)}
    return made


def name_of(node: Mapping[str, Any]) -> str:
    """What a page or question is called in Vietnamese; its key where it has no words."""
    for setting in ("title", "label", "body"):
        words = node.get(setting)
        if isinstance(words, Mapping) and words.get("vi"):
            return str(words["vi"])[:200]
    return str(node.get("key", ""))


def _form_node(data: Mapping[str, Any]) -> _Node:
    rows = data.get("groups")
    return _Node("", "", {}, *_below(rows))


def _below(rows: Any) -> tuple[tuple[str, ...], dict[str, str]]:
    found = [row for row in (rows if isinstance(rows, list) else []) if isinstance(row, Mapping)]
    names = {str(row.get("key")): name_of(row) for row in found}
    return tuple(names), names


def _nodes(data: Mapping[str, Any]) -> dict[str, _Node]:
    """Pages by ``key``, questions by ``/key``, those of rows by ``/table/key``: a moved question keeps its name."""
    made: dict[str, _Node] = {}
    pages: dict[Place, str] = {}
    keys: dict[Place, str] = {}
    for place, node in walk(data):
        key = str(node.get("key"))
        keys[place] = key
        if len(place) == 1:
            pages[place] = name_of(node)
        where = key if len(place) == 1 else "/" + "/".join(keys[place[:depth]] for depth in range(2, len(place) + 1))
        settings = _flat(node)
        rules = node.get("rules")
        if isinstance(rules, list) and rules:
            settings["rules"] = rules
        page = pages.get(place[:1], "") if len(place) == 2 else ""
        made[where] = _Node(name_of(node), page, settings, *_below(node.get("fields")))
    return made
