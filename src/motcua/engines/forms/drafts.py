"""Answers before they are right: what a draft keeps, and how far each page has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from motcua.engines.forms import cleaning
from motcua.engines.forms.cleaning import FileFact, Wrong
from motcua.engines.forms.posting import DATE_PARTS
from motcua.engines.forms.schema import ADDRESS_PARTS, Field, Form, Group
from motcua.engines.forms.validation import Result, validate

State = Literal["not_started", "incomplete", "done"]


def draft(form: Form, raw: Any) -> dict[str, Any]:
    """The raw answers as a draft may store them: known fields only, of bounded size, fit for JSONB; unvalidated.

    Anything that has not the shape of its field is left out. Never raises.
    """
    if not isinstance(raw, Mapping):
        return {}
    return _kept_all(tuple(form.fields.values()), raw)


def _kept_all(fields: tuple[Field, ...], raw: Mapping[Any, Any]) -> dict[str, Any]:
    made = {}
    for one in fields:
        if one.has_value and one.key in raw:
            kept = _kept(one, raw[one.key])
            if kept is not None:
                made[one.key] = kept
    return made


def _kept(one: Field, raw: Any) -> Any:
    match one.type:
        case "party":
            return _kept_all(one.fields, raw) if isinstance(raw, Mapping) else None
        case "table":
            if not isinstance(raw, list | tuple):
                return None
            return [_kept_all(one.fields, row) for row in raw[: one.max_rows] if isinstance(row, Mapping)]
        case "multi_choice" | "file":
            most = one.max_files if one.type == "file" else len(one.options)
            given = raw if isinstance(raw, list | tuple) else [raw]
            return [kept for item in given[:most] if isinstance(item, str) and (kept := _scalar(item)) is not None]
        case "address" | "date" if isinstance(raw, Mapping):
            names = ADDRESS_PARTS if one.type == "address" else DATE_PARTS
            return {name: kept for name in names if (kept := _scalar(raw.get(name))) is not None}
    return _scalar(raw)


def _scalar(raw: Any) -> Any:
    if raw is None or isinstance(raw, bool):
        return raw
    if isinstance(raw, int):
        return raw if abs(raw) < 10**15 else None
    try:
        return cleaning.text_of(raw, lines=True)
    except Wrong:
        return None


@dataclass(frozen=True, slots=True)
class GroupState:
    """How far a page has come, for the task list of the form."""

    group: Group
    state: State
    visible: bool
    problems: int


def progress(
    form: Form,
    raw: Any,
    *,
    files: Mapping[str, FileFact] | None = None,
    today: date | None = None,
    result: Result | None = None,
) -> list[GroupState]:
    """The state of each page: not started (nothing answered), incomplete (something missing or wrong), done."""
    result = result or validate(form, raw, files=files, today=today)
    raw = raw if isinstance(raw, Mapping) else {}
    states = []
    for group in form.groups:
        problems = len(result.in_group(group.key))
        started = not cleaning.are_unanswered(group.fields, raw)
        state: State = "done" if not problems and started else "incomplete" if started else "not_started"
        states.append(GroupState(group, state, f"group:{group.key}" not in result.hidden, problems))
    return states
