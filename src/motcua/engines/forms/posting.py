"""Between an HTML form and raw answers, without JavaScript: names of inputs, rows, dates in three inputs.

An input's name is the path with hyphens: ``members-0-birth_date-day``. A button ``_add=members`` adds a row,
``_remove=members-2`` takes one away, ``_drop=papers-<file key>`` a file, ``_edit=applicant-name`` opens a
prefilled answer; each posts the whole page, so nothing typed is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from motcua.engines.forms.schema import ADDRESS_PARTS, Field, Form, Group

DATE_PARTS = ("day", "month", "year")
ROW_MARK = "_row"
ACTIONS = ("_add", "_remove", "_drop", "_edit")


class Post(Protocol):
    """What we need of Django's ``QueryDict``."""

    def get(self, key: str, default: Any = None, /) -> Any: ...
    def getlist(self, key: str, /) -> list[Any]: ...
    def __iter__(self) -> Any: ...


def input_name(path: str) -> str:
    """Name of the input for a path."""
    return path.replace(".", "-")


def input_id(path: str) -> str:
    """Element id of the first input of an answer: errors in the summary link to it."""
    return "f-" + input_name(path)


def page_action(post: Post) -> tuple[str, str] | None:
    """The button that only changes the page, as (action, argument): ("_add", "members"); None when it was a submit."""
    for action in ACTIONS:
        value = post.get(action)
        if isinstance(value, str) and value:
            return action, value
    return None


def edited(post: Post) -> frozenset[str]:
    """Paths of prefilled answers that the person chose to edit, on this or an earlier post of the page."""
    names = [*post.getlist("_editing"), *post.getlist("_edit")]
    return frozenset(name.replace("-", ".") for name in names if isinstance(name, str) and len(name) <= 200)


def from_post(form: Form, group: Group | str, post: Post) -> dict[str, Any]:
    """Raw answers of one group as the browser sent them, with the page's row buttons already carried out.

    Every field of the group is present in the outcome (None when nothing was sent), so that a draft forgets what
    was unticked. Nothing is checked here; see ``validation.validate``.
    """
    if isinstance(group, str):
        group = form.group(group)
    raw = {one.key: _read(one, one.key, post) for one in group.fields if one.has_value}
    action = page_action(post)
    if action is not None:
        _carry_out(group, raw, *action)
    return raw


def _read(one: Field, name: str, post: Post) -> Any:
    match one.type:
        case "date":
            whole = post.get(name)
            parts = {part: post.get(f"{name}-{part}", "") for part in DATE_PARTS}
            return whole if whole and not any(parts.values()) else parts
        case "address":
            return {part: post.get(f"{name}-{part}", "") for part in ADDRESS_PARTS}
        case "party":
            return _read_parts(one, name, post)
        case "table":
            return [
                {
                    child.key: _read(child, f"{name}-{number}-{child.key}", post)
                    for child in one.fields
                    if child.has_value
                }
                for number in _row_numbers(one, name, post)
            ]
        case "multi_choice" | "file":
            return post.getlist(name)
    return post.get(name)


def _read_parts(one: Field, name: str, post: Post) -> dict[str, Any]:
    return {child.key: _read(child, f"{name}-{child.key}", post) for child in one.fields if child.has_value}


def _row_numbers(one: Field, name: str, post: Post) -> list[int]:
    pattern = re.compile(re.escape(name) + r"-([0-9]{1,4})-")
    found = {int(match[1]) for key in post if isinstance(key, str) and (match := pattern.match(key))}
    # one row more than allowed is kept, so that validation can say that there are too many
    return sorted(found)[: one.max_rows + 1]


def _carry_out(group: Group, raw: dict[str, Any], action: str, argument: str) -> None:
    key, _, rest = argument.partition("-")
    one = next((field for field in group.fields if field.key == key), None)
    if one is None or not isinstance(raw.get(key), list):
        return
    if one.type == "table" and action == "_add" and len(raw[key]) < one.max_rows:
        raw[key].append({})
    elif one.type == "table" and action == "_remove" and rest.isdigit() and int(rest) < len(raw[key]):
        del raw[key][int(rest)]
    elif one.type == "file" and action == "_drop":
        raw[key] = [file for file in raw[key] if file != rest]


def to_post(form: Form, answers: Mapping[str, Any], groups: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """What a browser would send for these answers: the inverse of ``from_post`` for values that are valid."""
    wanted = set(groups) if groups is not None else None
    return [
        pair
        for group in form.groups
        if wanted is None or group.key in wanted
        for one in group.fields
        if one.has_value and answers.get(one.key) is not None
        for pair in write_field(one, one.key, answers[one.key])
    ]


def write_field(one: Field, name: str, value: Any) -> list[tuple[str, str]]:
    match one.type:
        case "date":
            parts = date_parts(value)
            return [(f"{name}-{part}", parts[part]) for part in DATE_PARTS]
        case "address":
            return [(f"{name}-{part}", str(value.get(part, ""))) for part in ADDRESS_PARTS]
        case "party":
            return _write_all(one.fields, name, value)
        case "table":
            return [
                pair
                for number, row in enumerate(value)
                for pair in [(f"{name}-{number}-{ROW_MARK}", "1"), *_write_all(one.fields, f"{name}-{number}", row)]
            ]
        case "multi_choice" | "file":
            return [(name, str(item)) for item in value]
        case "yes_no" | "declaration":
            return [(name, "yes" if value else "no")]
    return [(name, str(value))]


def _write_all(fields: Iterable[Field], name: str, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        pair
        for child in fields
        if child.has_value and values.get(child.key) is not None
        for pair in write_field(child, f"{name}-{child.key}", values[child.key])
    ]


def date_parts(value: Any) -> dict[str, str]:
    """Day, month and year as they stand in the three inputs, from a value or from raw answers."""
    if isinstance(value, Mapping):
        return {part: value[part] if isinstance(value.get(part), str) else "" for part in DATE_PARTS}
    numbers = value.split("-") if isinstance(value, str) else []
    if not 1 <= len(numbers) <= 3 or not all(number.isdigit() for number in numbers):
        return dict.fromkeys(DATE_PARTS, "")
    year, month, day = [*numbers, "", ""][:3]
    return {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year}
