"""Rules between fields of one form (or one row)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from motcua.engines.forms import conditions
from motcua.engines.forms.schema import Rule
from motcua.engines.forms.text import Message


def broken_rules(
    rules: Iterable[Rule], lookup: Callable[[str], Any], today: date, wrong: Callable[[str], bool]
) -> Iterator[tuple[str, Message]]:
    """(path of the field, what is said) for each rule that the answers break.

    Silent where an answer is missing, or where one that the rule speaks of is ``wrong`` already.
    """
    for rule in rules:
        names = {rule.field, rule.than, *rule.fields, *(conditions.fields_of(rule.that) if rule.that else ())}
        if any(map(wrong, names)):
            continue
        if conditions.holds(rule.when, lookup, today) and _broken(rule, lookup, today):
            yield rule.field, Message("", words=rule.message)


def _broken(rule: Rule, lookup: Callable[[str], Any], today: date) -> bool:
    match rule.kind:
        case "at_least_one":
            return not any(conditions.is_filled(lookup(name)) for name in rule.fields)
        case "must":
            return not conditions.holds(rule.that, lookup, today)
    value = lookup(rule.field)
    other = today.isoformat() if rule.than == "today" else lookup(rule.than)
    if not conditions.is_filled(value) or not conditions.is_filled(other):
        return False
    match rule.kind:
        case "later":
            return _not_later(str(value), str(other), or_equal=rule.or_equal)
        case "different":
            return bool(value == other)
        case "at_most":
            return isinstance(value, int | float) and isinstance(other, int | float) and value > other
    return _apart(rule, *sorted((str(value), str(other))))


def _apart(rule: Rule, earlier: str, later: str) -> bool:
    """``years_apart``: fewer full years than asked; ``within_years``: later than so many years after the earlier."""
    if rule.kind == "years_apart":
        years = conditions.years_between(earlier, _day(later))
        return years is not None and years < rule.years
    return len(earlier) == len(later) == 10 and later > f"{int(earlier[:4]) + rule.years:04d}{earlier[4:]}"


def _not_later(value: str, other: str, *, or_equal: bool) -> bool:
    """Dates that are not whole ("1950") are compared as far as both are known; a draw is then allowed."""
    length = min(len(value), len(other))
    left, right = value[:length], other[:length]
    if left == right:
        return not or_equal and length == 10
    return left < right


def _day(value: str) -> date:
    """The last day that an ISO date, perhaps only a year or month, can mean: doubt is for the citizen."""
    if len(value) == 10:
        return date.fromisoformat(value)
    year, month = int(value[:4]), int(value[5:7] or 12)
    return date(year, month, 28)
