"""Changing the data of a form as its designer does: add, replace, move and remove pages and questions.

A place is a tuple of indices: ``(1,)`` the second page, ``(1, 0)`` its first question, ``(1, 0, 2)`` the third
question of that table's rows. Pure functions: they answer with new data and leave the old as it was. The data may have
problems (that is what a draft is for), so nothing more of it is taken for granted than lists of objects.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from motcua.engines.forms.reading import settings_of
from motcua.engines.forms.schema import FIELD_TYPES
from motcua.foundation.errors import Invalid, NotFound
from motcua.foundation.text import fold

Data: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[int, ...]
MOST_GROUPS = 12
MOST_FIELDS = 200
_PLACE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}")
_BODIED = ("statement", "declaration")


def read_place(text: str) -> Place:
    """``"1.0"`` → ``(1, 0)``. Raises ``NotFound`` for anything else."""
    if not _PLACE.fullmatch(text):
        raise NotFound("There is no such place in the form.")
    return tuple(int(part) for part in text.split("."))


def write_place(place: Place) -> str:
    """The inverse of ``read_place``."""
    return ".".join(map(str, place))


def node_at(data: Mapping[str, Any], place: Place) -> Data:
    """The page or question at a place. Raises ``NotFound``."""
    siblings = siblings_at(data, place)
    if place[-1] >= len(siblings):
        raise NotFound("There is no such place in the form.")
    return siblings[place[-1]]


def siblings_at(data: Mapping[str, Any], place: Place) -> list[Data]:
    """The list in which a place stands: the pages, a page's questions, a table's questions. Raises ``NotFound``."""
    rows: Any = data.get("groups", [])
    for index in place[:-1]:
        if not isinstance(rows, list) or index >= len(rows):
            raise NotFound("There is no such place in the form.")
        rows = rows[index].get("fields") if isinstance(rows[index], dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NotFound("There is no such place in the form.")
    return rows


def walk(data: Mapping[str, Any]) -> Iterator[tuple[Place, Data]]:
    """Every page and question with its place, in the order in which people meet them."""
    yield from _walk(data.get("groups"), ())


def _walk(rows: Any, above: Place) -> Iterator[tuple[Place, Data]]:
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield (*above, index), row
            if len(above) < 2:
                yield from _walk(row.get("fields"), (*above, index))


def add_group(data: Mapping[str, Any], title: Mapping[str, str]) -> tuple[Data, Place]:
    """A new page at the end."""
    made = copy.deepcopy(dict(data))
    groups = made.setdefault("groups", [])
    if len(groups) >= MOST_GROUPS:
        raise Invalid("A form has at most 12 pages.")
    taken = {row.get("key") for row in groups if isinstance(row, dict)}
    groups.append({"key": free_key(title["vi"], taken, "page"), "title": dict(title), "fields": []})
    return made, (len(groups) - 1,)


def add_field(data: Mapping[str, Any], above: Place, kind: str, label: Mapping[str, str]) -> tuple[Data, Place]:
    """A new question at the end of the page or table ``above``, with a key made from its label."""
    if kind not in FIELD_TYPES:
        raise Invalid(fields={"type": ["Choose one of the listed values."]})
    if len(above) == 2 and kind in ("table", "party"):
        raise Invalid(fields={"type": ["A row of a table cannot hold a table or a person's details."]})
    made = copy.deepcopy(dict(data))
    holder = node_at(made, above)
    if len(above) > 2 or (len(above) == 2 and holder.get("type") != "table"):
        raise NotFound("There is no such place in the form.")
    holder.setdefault("fields", [])
    rows = siblings_at(made, (*above, 0))
    if len(rows) >= MOST_FIELDS:
        raise Invalid("A page has at most 200 questions.")
    taken = {row.get("key") for row in rows} if len(above) == 2 else keys_of(made)
    rows.append(new_field(kind, free_key(label["vi"], taken, "question"), label))
    return made, (*above, len(rows) - 1)


def new_field(kind: str, key: str, label: Mapping[str, str]) -> Data:
    """A question as it begins: what its type cannot do without is there, for the designer to fill."""
    field: Data = {"key": key, "type": kind, "label": dict(label)}
    if kind in ("choice", "select", "multi_choice"):
        field["options"] = []
    elif kind == "table":
        field["fields"] = []
    elif kind == "party":
        field |= {"kinds": ["person"], "parts": ["name", "identity_number"]}
    elif kind in _BODIED:
        field["body"] = dict(label)
    return field


def keys_of(data: Mapping[str, Any]) -> set[str]:
    """The keys of all questions that stand on pages (those of rows are the table's own)."""
    return {str(node.get("key")) for place, node in walk(data) if len(place) == 2}


def replace(data: Mapping[str, Any], place: Place, node: Mapping[str, Any]) -> Data:
    """Another page or question in the place of the old; where its key changed, conditions and rules follow."""
    made = copy.deepcopy(dict(data))
    siblings = siblings_at(made, place)
    old = node_at(made, place)
    siblings[place[-1]] = copy.deepcopy(dict(node))
    before, after = old.get("key"), node.get("key")
    if len(place) > 1 and isinstance(before, str) and isinstance(after, str) and before != after:
        if len(place) == 3:
            table = node_at(made, place[:2])
            for row in table.get("fields", []):
                _rename(row, before, after)
            _rename_rules(table, before, after)
        elif sum(key == before for key in _top_keys(data)) == 1:
            for group in made.get("groups", []):
                _rename(group, before, after)
            _rename_rules(made, before, after)
    return made


def _top_keys(data: Mapping[str, Any]) -> list[str]:
    return [str(node.get("key")) for place, node in walk(data) if len(place) == 2]


def _rename(node: Any, before: str, after: str) -> None:
    """Follows a new key in the conditions of a page or question and of what stands in it."""
    if not isinstance(node, dict):
        return
    for name in ("visible_when", "required_when"):
        _rename_condition(node.get(name), before, after)
    held = node.get("fields")
    rows: list[Any] = held if isinstance(held, list) else []
    # a question in a row that has this very key hides the outer one from its siblings
    if node.get("type") == "table" and any(isinstance(one, dict) and one.get("key") == before for one in rows):
        return
    for row in rows:
        _rename(row, before, after)


def _rename_condition(condition: Any, before: str, after: str) -> None:
    if isinstance(condition, list):
        for part in condition:
            _rename_condition(part, before, after)
    if not isinstance(condition, dict):
        return
    if isinstance(condition.get("field"), str):
        condition["field"] = _renamed(condition["field"], before, after)
    for name in ("all", "any", "not"):
        _rename_condition(condition.get(name), before, after)


def _rename_rules(holder: Data, before: str, after: str) -> None:
    rules = holder.get("rules")
    for rule in rules if isinstance(rules, list) else ():
        if not isinstance(rule, dict):
            continue
        for name in ("field", "than"):
            if isinstance(rule.get(name), str):
                rule[name] = _renamed(rule[name], before, after)
        if isinstance(rule.get("fields"), list):
            rule["fields"] = [_renamed(one, before, after) if isinstance(one, str) else one for one in rule["fields"]]
        for name in ("that", "when"):
            _rename_condition(rule.get(name), before, after)


def _renamed(name: str, before: str, after: str) -> str:
    first, dot, rest = name.partition(".")
    return f"{after}{dot}{rest}" if first == before else name


def remove(data: Mapping[str, Any], place: Place) -> Data:
    """Without that page or question."""
    made = copy.deepcopy(dict(data))
    node_at(made, place)
    del siblings_at(made, place)[place[-1]]
    return made


def move(data: Mapping[str, Any], place: Place, to: Place) -> tuple[Data, Place]:
    """The page or question put before what stands at ``to`` (counted before the move), within its own kind.

    A question may go to another page; one of a table's rows stays in its table. Answers with where it came to stand.
    """
    if len(place) != len(to) or (len(place) == 3 and place[:2] != to[:2]):
        raise Invalid("This cannot be moved there.")
    made = copy.deepcopy(dict(data))
    node = node_at(made, place)
    source, target = siblings_at(made, place), siblings_at(made, to)
    index = min(to[-1], len(target))
    del source[place[-1]]
    if source is target and place[-1] < index:
        index -= 1
    target.insert(index, node)
    return made, (*to[:-1], index)


def shift(data: Mapping[str, Any], place: Place, step: int) -> tuple[Data, Place]:
    """One up (-1) or down (+1) among its siblings; a question at the edge of a page goes on to the next page."""
    node_at(data, place)
    count = len(siblings_at(data, place))
    index = place[-1] + step
    if 0 <= index < count:
        return move(data, place, (*place[:-1], index + 1 if step > 0 else index))
    neighbour = place[0] + step
    if len(place) == 2 and 0 <= neighbour < len(data["groups"]):
        there = siblings_at(data, (neighbour, 0))
        return move(data, place, (neighbour, len(there) if step < 0 else 0))
    return copy.deepcopy(dict(data)), place


def fitting(node: Mapping[str, Any]) -> Data:
    """A question without the settings that its type does not know (after its type was changed)."""
    known = settings_of(str(node.get("type")))
    made = {name: copy.deepcopy(value) for name, value in node.items() if name in known}
    fresh = new_field(str(node.get("type")), str(node.get("key")), node.get("label") or {"vi": "", "en": ""})
    if "options_from" in made:
        fresh.pop("options", None)
    return fresh | made


def free_key(words: str, taken: set[Any], otherwise: str) -> str:
    """A key out of words that nothing else has: "Họ và tên" → ``ho_va_ten``."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(words)).strip("_")[:40].strip("_")
    if not plain or not plain[0].isalpha():
        plain = f"{otherwise}_{plain}".strip("_")
    key, number = plain, 2
    while key in taken:
        key, number = f"{plain}_{number}", number + 1
    return key
