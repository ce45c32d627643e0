"""Conditions as lines that people choose: a question, a comparison, a value, joined by "all" or "any".

The data of a form can nest conditions deeper than lines can show; such a one is shown in words and kept as it is until
the designer replaces it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from motcua.engines.forms import conditions
from motcua.engines.forms.conditions import AllOf, AnyOf, Condition, Not, Term
from motcua.engines.forms.designing import Data, Place
from motcua.engines.forms.parsing import FormReader
from motcua.engines.forms.reading import Scope
from motcua.engines.forms.schema import Field

MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way to compare: the operation of the engine, turned round or not, and what its value is."""

    key: str
    op: str
    negated: bool
    value: str  # none, one, several, number


COMPARISONS: Mapping[str, Comparison] = {
    one.key: one
    for one in (
        Comparison("is", "is", False, "one"),
        Comparison("is_not", "is", True, "one"),
        Comparison("in", "in", False, "several"),
        Comparison("not_in", "in", True, "several"),
        Comparison("has", "has", False, "one"),
        Comparison("has_not", "has", True, "one"),
        Comparison("filled", "filled", False, "none"),
        Comparison("empty", "filled", True, "none"),
        Comparison("at_least", "at_least", False, "number"),
        Comparison("below", "at_least", True, "number"),
        Comparison("younger_than", "younger_than", False, "number"),
        Comparison("not_younger_than", "younger_than", True, "number"),
    )
}
_BY_OP = {(one.op, one.negated): one for one in COMPARISONS.values()}
_ALWAYS = ("filled", "empty")


@dataclass(frozen=True, slots=True)
class Line:
    """One chosen comparison. ``value``: text, number, truth value, or a tuple of texts; None without one."""

    field: str
    comparison: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Lines:
    """What a condition says as lines. ``every``: all must hold; else one is enough."""

    every: bool
    lines: tuple[Line, ...]


def comparisons_for(kind: str) -> tuple[str, ...]:
    """The comparisons that make sense for a type of question, the most common first."""
    match kind:
        case "choice" | "select":
            return ("is", "is_not", "in", "not_in", *_ALWAYS)
        case "multi_choice":
            return ("has", "has_not", *_ALWAYS)
        case "yes_no" | "declaration":
            return ("is",)
        case "number" | "money":
            return ("at_least", "below", "is", "is_not", *_ALWAYS)
        case "date":
            return ("younger_than", "not_younger_than", *_ALWAYS)
        case "party" | "table" | "file" | "address":
            return _ALWAYS
    return ("is", "is_not", *_ALWAYS)


def lines_of(data: Any) -> Lines | None:
    """The lines of a condition's data; None when it says more than lines can. No condition is no lines."""
    if data is None:
        return Lines(True, ())
    try:
        condition = conditions.read(data)
    except conditions.Unreadable:
        return None
    parts: tuple[Condition, ...] = condition.parts if isinstance(condition, AllOf | AnyOf) else (condition,)
    made = [_line(part) for part in parts]
    if any(line is None for line in made):
        return None
    return Lines(not isinstance(condition, AnyOf), tuple(line for line in made if line is not None))


def _line(part: Condition) -> Line | None:
    negated = isinstance(part, Not)
    inner = part.part if isinstance(part, Not) else part
    if not isinstance(inner, Term):
        return None
    comparison = _BY_OP[inner.op, negated]
    return Line(inner.field, comparison.key, None if comparison.value == "none" else inner.value)


def as_condition(chosen: Lines) -> Data | None:
    """The data of what was chosen; None without lines. The inverse of ``lines_of``."""
    parts = [_part(line) for line in chosen.lines]
    if len(parts) > 1:
        return {"all" if chosen.every else "any": parts}
    return parts[0] if parts else None


def _part(line: Line) -> Data:
    comparison = COMPARISONS[line.comparison]
    value = True if comparison.value == "none" else line.value
    test: Data = {"field": line.field, comparison.op: list(value) if isinstance(value, tuple) else value}
    return {"not": test} if comparison.negated else test


def value_of(field: Field, comparison: str, given: Sequence[str]) -> Any:
    """The value that a control sent, as the engine compares it. Raises ``ValueError`` when it is none."""
    kind = COMPARISONS[comparison].value
    first = given[0].strip() if given else ""
    if kind == "none":
        return None
    if kind == "several":
        chosen = tuple(one for one in given if one)
        if not chosen:
            raise ValueError(first)
        return chosen
    if field.type in ("yes_no", "declaration"):
        if first not in ("yes", "no"):
            raise ValueError(first)
        return first == "yes"
    if kind == "number" or field.type in ("number", "money"):
        number = float(first.replace(",", "."))
        if not abs(number) < 1e15:
            raise ValueError(first)
        return int(number) if number == int(number) else number
    if not first:
        raise ValueError(first)
    return first


def candidates(data: Mapping[str, Any], place: Place) -> dict[str, Field]:
    """The questions that a condition at a place may speak of, by the name it uses: those before it, near ones first."""
    found: dict[str, Field] = {}
    for scope in reversed(list(_scopes(data, place))):
        for key, one in scope.known.items():
            if key not in found:
                found |= _with_parts(key, one)
    return found


def _with_parts(key: str, one: Field) -> dict[str, Field]:
    """A question, and the parts of a person's details that a condition can reach into."""
    if one.type == "statement":
        return {}
    if one.type == "party":
        return {f"{key}.{part.key}": part for part in one.fields}
    return {key: one}


def _scopes(data: Mapping[str, Any], place: Place) -> Iterator[Scope]:
    """From the outermost: what stands on pages before, then (for a row) the row's own questions before."""
    reader, scope = FormReader(), Scope()
    groups = data.get("groups", [])
    for number, group in enumerate(groups[: place[0] + 1]):
        rows = group.get("fields") if isinstance(group, dict) else None
        if number == place[0]:
            rows = rows[: place[1]] if len(place) > 1 and isinstance(rows, list) else []
        reader.fields(rows if isinstance(rows, list) else [], "", scope)
    yield scope
    if len(place) == 3:
        inner = Scope(outer=scope)
        rows = groups[place[0]]["fields"][place[1]].get("fields", [])
        reader.fields(rows[: place[2]], "", inner, nested=True)
        yield inner
