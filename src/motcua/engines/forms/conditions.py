"""Small safe expressions in the data of a form: when a field is shown, when it is required. Data, not code.

    {"field": "married", "is": true}            {"field": "kind", "in": ["a", "b"]}
    {"field": "papers", "has": "passport"}      {"field": "note", "filled": true}
    {"field": "storeys", "at_least": 3}         {"field": "birth_date", "younger_than": 18}
    {"all": [...]}   {"any": [...]}   {"not": ...}

``field`` names an earlier field; inside a row or a composite its siblings come first, then the fields around it;
``applicant.kind`` reaches into a composite. A field without an answer fulfils nothing, so ``not`` of it holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

MAX_DEPTH = 6
MAX_TERMS = 40


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison of one answer."""

    field: str
    op: str  # is, in, has, filled, at_least, younger_than
    value: Any


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition: TypeAlias = "Term | AllOf | AnyOf | Not"
Lookup: TypeAlias = Callable[[str], Any]

_OPS = ("is", "in", "has", "filled", "at_least", "younger_than")


class Unreadable(ValueError):
    """The expression is not one of ours; ``what`` (a msgid) with ``params`` says why."""

    def __init__(self, what: str, **params: Any) -> None:
        super().__init__(what)
        self.what = what
        self.params = params


def read(data: Any, depth: int = 0) -> Condition:
    """The condition that ``data`` describes. Raises ``Unreadable`` with the reason."""
    if depth > MAX_DEPTH:
        raise Unreadable("conditions are nested deeper than %(most)s", most=MAX_DEPTH)
    if not isinstance(data, Mapping):
        raise Unreadable("a condition is an object")
    if set(data) == {"all"} or set(data) == {"any"}:
        word = next(iter(data))
        parts = data[word]
        if not isinstance(parts, list) or not 1 <= len(parts) <= MAX_TERMS:
            raise Unreadable('"%(word)s" needs a list of 1 to %(most)s conditions', word=word, most=MAX_TERMS)
        made = tuple(read(part, depth + 1) for part in parts)
        return AllOf(made) if word == "all" else AnyOf(made)
    if set(data) == {"not"}:
        return Not(read(data["not"], depth + 1))
    return _read_test(data)


def _read_test(data: Mapping[str, Any]) -> Term:
    ops = [op for op in _OPS if op in data]
    if "field" not in data or len(ops) != 1 or len(data) != 2:
        raise Unreadable("a condition is all, any, not, or field with one of %(choices)s", choices=", ".join(_OPS))
    name, op = data["field"], ops[0]
    value = data[op]
    if not isinstance(name, str) or not name:
        raise Unreadable("field is a name")
    if op in ("is", "has") and not isinstance(value, str | bool | int):
        raise Unreadable('"%(op)s" compares with a text, a number or true/false', op=op)
    if op == "in":
        if not isinstance(value, list) or not value or not all(isinstance(one, str | int) for one in value):
            raise Unreadable('"in" needs a list of texts or numbers')
        value = tuple(value)
    if op == "filled" and value is not True:
        raise Unreadable('"filled" is true; turn it round with "not"')
    if op in ("at_least", "younger_than") and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise Unreadable('"%(op)s" needs a number', op=op)
    return Term(name, op, value)


def as_data(condition: Condition) -> dict[str, Any]:
    """The expression as it stands in a form's data (and in ``data-show-when``)."""
    match condition:
        case AllOf(parts):
            return {"all": [as_data(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [as_data(part) for part in parts]}
        case Not(part):
            return {"not": as_data(part)}
        case Term(name, op, value):
            return {"field": name, op: list(value) if isinstance(value, tuple) else value}


def fields_of(condition: Condition) -> Iterator[str]:
    """Names of the fields that the condition reads."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from fields_of(part)
        case Not(part):
            yield from fields_of(part)
        case Term(name, _, _):
            yield name


def tests_of(condition: Condition) -> Iterator[Term]:
    """Every comparison within the condition."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_of(part)
        case Not(part):
            yield from tests_of(part)
        case Term():
            yield condition


def is_filled(value: Any) -> bool:
    """Whether there is an answer: ``False`` and 0 are answers, empty text and empty lists are none."""
    return value is not None and value != "" and value != [] and value != {}


def years_between(earlier: str, day: date) -> int | None:
    """Full years from an ISO date ("1950", "1950-03", "1950-03-02") to ``day``; None when it is not a date."""
    try:
        numbers = [int(part) for part in earlier.split("-")]
    except ValueError:
        return None
    year, month, dom = [*numbers, 1, 1][:3]
    return day.year - year - ((day.month, day.day) < (month, dom))


def _holds_test(test: Term, value: Any, today: date) -> bool:
    if not is_filled(value):
        return False
    match test.op:
        case "is":
            # JSON true is not 1: an answer "1" to a number field must not fulfil {"is": true}
            return bool(value == test.value) and isinstance(value, bool) == isinstance(test.value, bool)
        case "in":
            return isinstance(value, str | int) and value in test.value
        case "has":
            return isinstance(value, list) and test.value in value
        case "at_least":
            return isinstance(value, int | float) and not isinstance(value, bool) and value >= test.value
        case "younger_than":
            age = years_between(value, today) if isinstance(value, str) else None
            return age is not None and age < test.value
    return True  # filled


def holds(condition: Condition | None, lookup: Lookup, today: date) -> bool:
    """Whether the condition is fulfilled by the answers that ``lookup`` finds. No condition always holds."""
    match condition:
        case None:
            return True
        case AllOf(parts):
            return all(holds(part, lookup, today) for part in parts)
        case AnyOf(parts):
            return any(holds(part, lookup, today) for part in parts)
        case Not(part):
            return not holds(part, lookup, today)
        case Term(name):
            return _holds_test(condition, lookup(name), today)


def reduce(
    condition: Condition | None, settled: Callable[[str], bool], lookup: Lookup, today: date
) -> Condition | bool:
    """What is left to decide on the page: fields that are ``settled`` (earlier pages) are put in as they stand.

    True or False when nothing is open any more, else the rest of the condition for the browser.
    """
    match condition:
        case None:
            return True
        case Term(name):
            return holds(condition, lookup, today) if settled(name) else condition
        case Not(part):
            inner = reduce(part, settled, lookup, today)
            return not inner if isinstance(inner, bool) else Not(inner)
        case AllOf(parts) | AnyOf(parts):
            decisive = isinstance(condition, AnyOf)
            rest: list[Condition] = []
            for part in parts:
                reduced = reduce(part, settled, lookup, today)
                if reduced is decisive:
                    return decisive
                if not isinstance(reduced, bool):
                    rest.append(reduced)
            if not rest:
                return not decisive
            if len(rest) == 1:
                return rest[0]
            return AnyOf(tuple(rest)) if decisive else AllOf(tuple(rest))


def for_browser(condition: Condition, name_of: Callable[[str], str], sent: Callable[[str, Any], str]) -> str:
    """The condition as ``data-show-when``: ``a=x|y&b!=z&c`` where that can say it, else JSON with the same names.

    ``name_of`` gives the input's name of a field, ``sent`` the text that its control sends for a value.
    """
    simple = _simple(condition, name_of, sent)
    if simple is not None:
        return simple
    return json.dumps(_renamed(condition, name_of, sent), ensure_ascii=False, separators=(",", ":"))


def _simple(condition: Condition, name_of: Callable[[str], str], sent: Callable[[str, Any], str]) -> str | None:
    match condition:
        case AllOf(parts):
            said = [_simple(part, name_of, sent) for part in parts]
            return None if None in said else "&".join(part for part in said if part is not None)
        case Not(Term(name, "is", value)):
            return f"{name_of(name)}!={sent(name, value)}"
        case Term(name, "is", value):
            return f"{name_of(name)}={sent(name, value)}"
        case Term(name, "in", value):
            return f"{name_of(name)}={'|'.join(sent(name, one) for one in value)}"
        case Term(name, "has", value):
            return f"{name_of(name)}={sent(name, value)}"
        case Term(name, "filled", _):
            return name_of(name)
    return None


def _renamed(condition: Condition, name_of: Callable[[str], str], sent: Callable[[str, Any], str]) -> dict[str, Any]:
    match condition:
        case AllOf(parts):
            return {"all": [_renamed(part, name_of, sent) for part in parts]}
        case AnyOf(parts):
            return {"any": [_renamed(part, name_of, sent) for part in parts]}
        case Not(part):
            return {"not": _renamed(part, name_of, sent)}
        case Term(name, op, value):
            if op in ("is", "has"):
                value = sent(name, value)
            elif op == "in":
                value = [sent(name, one) for one in value]
            return {"field": name_of(name), op: value}
