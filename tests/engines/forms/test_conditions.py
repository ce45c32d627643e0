from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.forms import conditions
from motcua.engines.forms.conditions import AllOf, Not, Term, Unreadable, holds, read, reduce
from tests.engines.forms.support import TODAY


@pytest.mark.parametrize(
    ("expression", "answers", "expected"),
    [
        ({"field": "x", "is": "y"}, {"x": "y"}, True),
        ({"field": "x", "is": "y"}, {"x": "z"}, False),
        ({"field": "x", "is": True}, {"x": True}, True),
        ({"field": "x", "is": True}, {"x": 1}, False),
        ({"field": "x", "is": False}, {}, False),
        ({"field": "x", "in": ["a", "b"]}, {"x": "b"}, True),
        ({"field": "x", "in": ["a", "b"]}, {"x": ["a"]}, False),
        ({"field": "x", "has": "a"}, {"x": ["b", "a"]}, True),
        ({"field": "x", "has": "a"}, {"x": "a"}, False),
        ({"field": "x", "filled": True}, {"x": False}, True),
        ({"field": "x", "filled": True}, {"x": ""}, False),
        ({"field": "x", "at_least": 3}, {"x": 3}, True),
        ({"field": "x", "at_least": 3}, {"x": "3"}, False),
        ({"field": "x", "younger_than": 18}, {"x": "2008-11-23"}, True),
        ({"field": "x", "younger_than": 18}, {"x": "2008-11-22"}, False),
        ({"field": "x", "younger_than": 18}, {"x": "nonsense"}, False),
        ({"not": {"field": "x", "is": "y"}}, {}, True),
        ({"all": [{"field": "x", "is": "y"}, {"field": "z", "filled": True}]}, {"x": "y"}, False),
        ({"any": [{"field": "x", "is": "y"}, {"field": "z", "filled": True}]}, {"x": "y"}, True),
    ],
)
def test_holds(expression: Any, answers: dict[str, Any], expected: bool) -> None:
    assert holds(read(expression), answers.get, TODAY) is expected


def test_no_condition_always_holds() -> None:
    assert holds(None, {}.get, TODAY)


@pytest.mark.parametrize(
    "expression",
    [
        None,
        "x == y",
        {},
        {"field": "x"},
        {"field": "x", "is": "y", "in": ["z"]},
        {"field": "x", "is": ["list"]},
        {"field": "x", "in": []},
        {"field": "x", "in": "abc"},
        {"field": "x", "filled": False},
        {"field": "x", "at_least": "3"},
        {"field": "x", "matches": ".*"},
        {"all": []},
        {"any": {"field": "x", "is": 1}},
        {"all": [{"field": "x", "is": 1}], "any": []},
    ],
)
def test_anything_else_is_unreadable(expression: Any) -> None:
    with pytest.raises(Unreadable):
        read(expression)


def test_nesting_is_bounded() -> None:
    expression: Any = {"field": "x", "is": 1}
    for _ in range(10):
        expression = {"not": expression}
    with pytest.raises(Unreadable):
        read(expression)


EXPRESSIONS = st.recursive(
    st.sampled_from("abcd").map(lambda name: Term(name, "is", True)),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: conditions.AnyOf(tuple(parts))),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS, st.dictionaries(st.sampled_from("abcd"), st.booleans()), st.sets(st.sampled_from("abcd")))
def test_reducing_what_is_settled_keeps_the_meaning(
    condition: conditions.Condition, answers: dict[str, bool], settled: set[str]
) -> None:
    rest = reduce(condition, settled.__contains__, answers.get, TODAY)
    whole = holds(condition, answers.get, TODAY)
    if isinstance(rest, bool):
        assert rest is whole
    else:
        assert holds(rest, answers.get, TODAY) is whole
        assert not settled & set(conditions.fields_of(rest))


@given(EXPRESSIONS)
def test_expressions_survive_their_data(condition: conditions.Condition) -> None:
    assert read(conditions.as_data(condition), depth=-10) == condition


def test_for_browser_speaks_simply_where_it_can() -> None:
    def sent(name: str, value: Any) -> str:
        return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)

    simple = read({"all": [{"field": "x", "in": ["a", "b"]}, {"not": {"field": "y", "is": True}}]})
    assert conditions.for_browser(simple, lambda name: f"f-{name}", sent) == "f-x=a|b&f-y!=yes"
    hard = read({"any": [{"field": "x", "is": True}, {"field": "y", "at_least": 7}]})
    assert conditions.for_browser(hard, str, sent) == '{"any":[{"field":"x","is":"yes"},{"field":"y","at_least":7}]}'
