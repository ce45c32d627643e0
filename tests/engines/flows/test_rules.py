"""Walking through flows: forks, joins, choices, going back; and flows that cannot be published."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.flows.problems import longest_hours, ways
from motcua.engines.flows.rules import STANDARD, Definition, parse
from motcua.foundation.errors import Invalid, Refused
from tests.engines.flows.strategies import flows

FORKED = parse(
    [
        {"key": "a", "name": "A", "stage": "process", "next": ["b", "c"]},
        {"key": "b", "name": "B", "stage": "process", "choice": True, "next": ["d", "b2"]},
        {"key": "b2", "name": "B2", "stage": "process", "next": ["d"]},
        {"key": "c", "name": "C", "stage": "process", "next": ["d"]},
        {"key": "d", "name": "D", "stage": "sign", "join": True, "next": ["r"]},
        {"key": "r", "name": "R", "stage": "return"},
    ]
)


def keys(steps: Any) -> list[str]:
    return [step.key for step in steps]


def test_a_fork_opens_all_and_a_join_waits_for_all() -> None:
    assert keys(FORKED.following("a", ["a"])) == ["b", "c"]
    assert keys(FORKED.following("c", ["c", "b"])) == []
    assert keys(FORKED.following("c", ["c", "b2"])) == []
    assert keys(FORKED.following("c", ["c"])) == ["d"]


def test_a_choice_opens_one_the_first_when_none_is_named() -> None:
    assert keys(FORKED.following("b", ["b"])) == ["d"]
    assert keys(FORKED.following("b", ["b"], ["b2"])) == ["b2"]
    assert keys(FORKED.following("b", ["b", "c"], ["b2"])) == ["b2"]
    for wrong in (["r"], ["nowhere"], ["d", "b2"]):
        with pytest.raises(Refused):
            FORKED.following("b", ["b"], wrong)
    with pytest.raises(Refused):  # a fork is no choice
        FORKED.following("a", ["a"], ["b"])


def test_one_may_go_back_to_what_leads_here() -> None:
    assert keys(FORKED.before("d")) == ["a", "b", "b2", "c"]
    assert keys(FORKED.before("a")) == []


def test_the_standard_flow_can_be_published() -> None:
    assert parse(STANDARD).problems() == []
    assert FORKED.problems() == []


def step(key: str, *following: str, stage: str = "process", **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key, "stage": stage, "next": list(following), **more}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "no steps"),
        ([step("a", "a2"), step("a", "r")], "same key"),
        ([step("a", "x")], "does not exist"),
        ([step("a", "s"), step("lost", "s"), step("s", "r", stage="sign"), step("r", stage="return")], "leads here"),
        ([step("a", "b"), step("b", "a")], "circle"),
        ([step("a", "s"), step("s", stage="sign")], "without returning"),
        ([step("a", "r"), step("r", stage="return")], "Nobody signs"),
        (
            [step("s", "r", stage="sign"), step("r", "t", stage="return"), step("t", stage="return")],
            "Nothing can follow",
        ),
        ([step("s", "r", stage="sign", choice=True), step("r", stage="return")], "nothing to choose"),
    ],
)
def test_what_is_wrong_with_a_flow_is_said(rows: list[dict[str, Any]], says: str) -> None:
    assert any(says in message for _, message in parse(rows).problems())


@pytest.mark.parametrize(
    "row",
    [
        {"name": "no key", "stage": "process"},
        {"key": "a", "name": "A", "stage": "dance"},
        {"key": "a", "name": "A", "stage": "process", "unit": "somewhere"},
        {"key": "a", "name": "A", "stage": "process", "hours": 0},
        {"key": "a", "name": "A", "stage": "process", "hours": "soon"},
    ],
)
def test_rows_that_cannot_be_read_are_refused(row: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse([row])


@given(st.data())
def test_every_walk_through_a_good_flow_ends_with_the_return(data: st.DataObject) -> None:
    """However the steps are finished: the flow never gets stuck, and what joins opens once."""
    opened = [FORKED.first.key]
    walked: list[str] = []
    while opened:
        key = data.draw(st.sampled_from(opened))
        chosen = data.draw(st.sampled_from(FORKED.step(key).next)) if FORKED.step(key).choice else None
        following = FORKED.following(key, opened, [chosen] if chosen else [])
        opened.remove(key)
        opened += keys(following)
        walked.append(key)
        assert len(set(opened)) == len(opened)
    assert walked[-1] == "r"
    assert walked.count("d") == 1
    assert isinstance(FORKED, Definition)


def _walked(flow: Definition, data: st.DataObject) -> list[str]:
    """One walk, steps finished in whatever order; decisions wait for what is open beside them, as the action does."""
    opened, walked = [flow.first.key], []
    while opened:
        able = [key for key in opened if not flow.decides(key) or len(opened) == 1]
        assert able, "every open step waits for another"
        key = data.draw(st.sampled_from(able))
        step = flow.step(key)
        chosen = [data.draw(st.sampled_from(step.next))] if step.choice else []
        following = flow.following(key, opened, chosen)
        opened = [other for other in opened if other != key] + keys(following)
        walked.append(key)
        assert len(walked) <= len(flow.steps)
    return walked


def _checked(flow: Definition, data: st.DataObject) -> None:
    walked = _walked(flow, data)
    assert len(set(walked)) == len(walked)  # nothing is done twice
    assert [flow.step(key).stage for key in walked].count("return") == 1
    assert flow.step(walked[-1]).stage == "return"
    assert any(flow.step(key).stage == "sign" for key in walked)


@given(flows(), st.data())
def test_no_flow_without_problems_ever_gets_stuck(flow: Definition, data: st.DataObject) -> None:
    _checked(flow, data)


@st.composite
def _anything(draw: Any) -> Definition:
    """Steps with whatever ways forward, most of them wrong."""
    count = draw(st.integers(2, 6))
    rows = []
    for at in range(count):
        later = [f"k{other}" for other in range(at + 1, count)]
        then = draw(st.lists(st.sampled_from(later), unique=True, max_size=3)) if later else []
        stage = draw(st.sampled_from(["process", "sign"])) if later else "return"
        rows.append(step(f"k{at}", *then, stage=stage, choice=draw(st.booleans()), join=draw(st.booleans())))
    return parse(rows)


@given(_anything(), st.data())
def test_whatever_passes_the_checks_gets_to_its_end(flow: Definition, data: st.DataObject) -> None:
    if flow.problems() == []:
        _checked(flow, data)


def test_a_stamp_may_follow_the_decision_and_the_last_signature_decides() -> None:
    flow = parse(
        [
            step("check", "head", stage="process"),
            step("head", "boss", stage="sign"),
            step("boss", "stamp", stage="sign"),
            step("stamp", "r", stage="process"),
            step("r", stage="return"),
        ]
    )
    assert flow.problems() == []
    assert [key for key in ("check", "head", "boss", "stamp") if flow.decides(key)] == ["boss"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([step("a", "b", "c"), step("b", "s"), step("c", "s"), step("s", "r", stage="sign"), step("r", stage="return")],
         "meet here"),
        ([step("a", "s", "p", choice=True), step("s", "r", stage="sign"), step("p", "r"), step("r", stage="return")],
         "nobody signs"),
        ([step("a", "s", "t"), step("s", "r", stage="sign"), step("r", stage="return"), step("t", "u", stage="sign"),
          step("u", stage="return")], "each return"),
        ([step("a", "s", "s"), step("s", "r", stage="sign"), step("r", stage="return")], "named twice"),
    ],
)  # fmt: skip
def test_what_would_go_wrong_on_the_way_is_said(rows: list[dict[str, Any]], says: str) -> None:
    assert any(says in message for _, message in parse(rows).problems())


def test_the_longest_way_counts_the_slower_branch() -> None:
    rows = [dict(row) for row in FORKED.as_data()]
    hours = {"a": 2, "b": 3, "b2": 10, "c": 8, "d": 1}
    flow = parse([row | ({"hours": hours[row["key"]]} if row["key"] in hours else {}) for row in rows])
    assert longest_hours(flow) == 2 + 3 + 10 + 1
    assert sum(1 for _ in ways(flow)) == 2
