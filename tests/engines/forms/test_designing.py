"""Designing: changes of a form's data, advice in plain words, conditions as lines, what differs. Pure functions."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.forms import check, parse_form
from motcua.engines.forms.advice import advice, unfillable
from motcua.engines.forms.building import (
    COMPARISONS,
    Line,
    Lines,
    as_condition,
    candidates,
    comparisons_for,
    lines_of,
    value_of,
)
from motcua.engines.forms.designing import (
    add_field,
    add_group,
    fitting,
    free_key,
    move,
    node_at,
    read_place,
    remove,
    replace,
    shift,
    walk,
    write_place,
)
from motcua.engines.forms.difference import differences
from motcua.engines.forms.schema import FIELD_TYPES
from motcua.foundation.errors import Invalid, NotFound
from tests.engines.forms.support import EVERYTHING, say

PLACES = [place for place, _node in walk(EVERYTHING)]


def small() -> dict[str, Any]:
    """Two pages: a and b on the first, c shown by b on the second."""
    data: dict[str, Any] = {"key": "small", "title": say("small"), "groups": []}
    data, _first = add_group(data, say("One"))
    data, _second = add_group(data, say("Two"))
    data, _a = add_field(data, (0,), "text", say("a"))
    data, _b = add_field(data, (0,), "yes_no", say("b"))
    data, c = add_field(data, (1,), "number", say("c"))
    return replace(data, c, node_at(data, c) | {"visible_when": {"field": "b", "is": True}})


def keys(data: dict[str, Any]) -> list[list[str]]:
    return [[field["key"] for field in group["fields"]] for group in data["groups"]]


def said(data: dict[str, Any]) -> list[str]:
    return [one.text() for one in advice(data) if one.blocking]


def test_nothing_changes_what_it_was_given() -> None:
    before = copy.deepcopy(EVERYTHING)
    for place in PLACES:
        shift(EVERYTHING, place, 1)
        remove(EVERYTHING, place)
        replace(EVERYTHING, place, node_at(EVERYTHING, place) | {"key": "another"})
    add_field(EVERYTHING, (0,), "text", say("x"))
    assert before == EVERYTHING


@given(st.data())
def test_moving_loses_and_doubles_nothing(data: st.DataObject) -> None:
    form: dict[str, Any] = copy.deepcopy(EVERYTHING)
    for _step in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.sampled_from([place for place, _node in walk(form)]))
        form, _where = shift(form, place, data.draw(st.sampled_from((-1, 1))))
    names = lambda of: sorted(str(node.get("key")) for _place, node in walk(of))  # noqa: E731
    assert names(form) == names(EVERYTHING)


def test_up_and_down_go_over_the_edge_of_a_page() -> None:
    data = small()
    assert keys(shift(data, (0, 1), 1)[0]) == [["a"], ["b", "c"]]
    assert keys(shift(data, (1, 0), -1)[0]) == [["a", "b", "c"], []]
    assert keys(shift(data, (0, 0), -1)[0]) == keys(data)
    assert keys(shift(data, (0, 0), 1)[0]) == [["b", "a"], ["c"]]
    assert keys(move(data, (0, 0), (1, 0))[0]) == [["b"], ["a", "c"]]
    with pytest.raises(Invalid):
        move(data, (0, 0), (1,))


def test_a_new_key_is_followed_by_conditions_and_rules() -> None:
    data = small() | {"rules": [{"kind": "different", "field": "a", "than": "c", "message": say("no")}]}
    renamed = replace(data, (0, 1), node_at(data, (0, 1)) | {"key": "pets"})
    assert node_at(renamed, (1, 0))["visible_when"] == {"field": "pets", "is": True}
    again = replace(renamed, (0, 0), node_at(renamed, (0, 0)) | {"key": "first"})
    assert again["rules"][0]["field"] == "first"
    assert check(again) == []


@pytest.mark.parametrize("kind", FIELD_TYPES)
def test_a_new_question_of_any_type_is_kept_fitting(kind: str) -> None:
    data, place = add_field(small(), (0,), kind, say("Câu hỏi"))
    node = node_at(data, place)
    assert fitting(node) == node
    for other in FIELD_TYPES:
        assert fitting(node | {"type": other})["type"] == other


def test_places_and_keys() -> None:
    assert read_place(write_place((1, 0, 2))) == (1, 0, 2)
    for text in ("", "x", "1.", "1.2.3.4", "-1", "9999"):
        with pytest.raises(NotFound):
            read_place(text)
    assert free_key("Họ và tên", {"ho_va_ten"}, "question") == "ho_va_ten_2"
    assert free_key("123", set(), "question") == "question_123"


# -- advice ---------------------------------------------------------------------------------------------------------


def test_advice_is_in_plain_words() -> None:
    data = small()
    assert said(data) == []
    late = shift(data, (0, 1), 1)[0]
    late = move(late, (1, 0), (1, 2))[0]
    assert said(late) == ["The condition speaks of “b”, which is asked only later. Move one of them."]
    gone = remove(data, (0, 1))
    assert said(gone) == ["The condition speaks of “b”, which this form does not ask."]
    own = replace(data, (1, 0), node_at(data, (1, 0)) | {"visible_when": {"field": "c", "filled": True}})
    assert said(own) == ["The condition depends on the answer to this very question."]
    circle = replace(data, (0, 1), node_at(data, (0, 1)) | {"visible_when": {"field": "c", "filled": True}})
    assert said(circle) == ["The conditions go in a circle: this depends on “c”, and that depends on this."]
    twice = replace(data, (0, 1), node_at(data, (0, 1)) | {"key": "a"})
    assert "Another one has the same key “a”. Give each its own." in said(twice)
    silent = replace(data, (0, 0), node_at(data, (0, 0)) | {"label": {"vi": "", "en": "a"}})
    assert said(silent) == ["There is no label in Vietnamese."]
    empty, place = add_field(data, (0,), "choice", say("d"))
    assert said(empty) == ["There is nothing to choose from yet. Add at least one answer."]
    assert [one.place for one in advice(empty) if one.blocking] == [place]


def test_rules_that_nobody_can_satisfy_are_found() -> None:
    rule = {"kind": "must", "field": "b", "that": {"not": {"field": "a", "filled": True}}, "message": say("no")}
    data = small() | {"rules": [rule]}
    assert unfillable(data)
    assert said(data) == ["No answers satisfy all rules and conditions: nobody could submit this form."]


# -- conditions as lines --------------------------------------------------------------------------------------------

lines = st.builds(
    lambda field, key, number: Line(
        field,
        key,
        {"none": None, "one": "x", "several": ("x", "y"), "number": number}[COMPARISONS[key].value],
    ),
    st.sampled_from(("a", "applicant.kind")),
    st.sampled_from(sorted(COMPARISONS)),
    st.integers(0, 99),
)


@given(st.booleans(), st.lists(lines, max_size=6))
def test_lines_and_conditions_say_the_same(every: bool, chosen: list[Line]) -> None:
    every = every or len(chosen) < 2
    wanted = Lines(every, tuple(chosen))
    assert lines_of(as_condition(wanted)) == wanted


def test_what_lines_cannot_show_is_left_alone() -> None:
    deep = {"any": [{"all": [{"field": "a", "is": "x"}, {"field": "b", "is": True}]}, {"field": "c", "filled": True}]}
    assert lines_of(deep) is None
    assert lines_of({"nonsense": 1}) is None


@pytest.mark.parametrize("kind", FIELD_TYPES)
def test_every_type_has_comparisons(kind: str) -> None:
    assert set(comparisons_for(kind)) <= set(COMPARISONS)


def test_a_condition_speaks_of_what_stands_before_and_inside() -> None:
    form = parse_form(EVERYTHING)
    for place, _node in walk(EVERYTHING):
        found = candidates(EVERYTHING, place)
        later = [str(node["key"]) for at, node in walk(EVERYTHING) if len(at) == 2 and at >= place]
        if len(place) < 3:
            assert not {name.split(".")[0] for name in found} & set(later)
    assert set(form.fields) >= {name.split(".")[0] for name in candidates(EVERYTHING, (len(form.groups) - 1,))}


def test_values_are_read_as_the_question_answers() -> None:
    found = candidates(small(), (1, 0))
    assert value_of(found["b"], "is", ["yes"]) is True
    assert value_of(found["a"], "is", [" x "]) == "x"
    assert value_of(found["a"], "at_least", ["2,5"]) == 2.5
    for comparison, given_ in (("is", [""]), ("in", []), ("at_least", ["nan"]), ("at_least", ["1e99"])):
        with pytest.raises(ValueError):  # noqa: PT011  (the page says what is missing)
            value_of(found["a"], comparison, given_)


# -- differences ----------------------------------------------------------------------------------------------------


def test_differences_name_place_setting_before_and_after() -> None:
    data = small()
    assert differences(data, data) == []
    other = replace(data, (0, 0), node_at(data, (0, 0)) | {"label": say("A"), "max_length": 10})
    found = {one.setting: (one.where, one.before, one.after) for one in differences(data, other)}
    assert found["max_length"] == ("/a", None, 10)
    assert found["label.vi"] == ("/a", "a", "A")
    added = add_field(data, (0,), "date", say("d"))[0]
    assert [(one.name, one.before, one.after) for one in differences(data, added)] == [("d", None, "d (date)")]
    assert [(one.name, one.before, one.after) for one in differences(added, data)] == [("d", "d (date)", None)]
    moved = shift(data, (0, 1), 1)[0]
    assert ("page", "One", "Two") in [(one.setting, one.before, one.after) for one in differences(data, moved)]
    turned = shift(data, (0, 0), 1)[0]
    assert [(one.setting, one.before, one.after) for one in differences(data, turned)] == [
        ("order", ["a", "b"], ["b", "a"])
    ]
