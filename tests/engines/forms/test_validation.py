from __future__ import annotations

import copy
from typing import Any

import pytest

from motcua.engines.forms import validate
from motcua.engines.forms.drafts import draft, progress
from motcua.foundation.errors import Invalid
from tests.engines.forms.support import ANSWERS, TODAY, everything, field, form_with, say


def answers(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(ANSWERS) | changes


def errors(raw: Any, **more: Any) -> dict[str, list[str]]:
    return validate(everything(), raw, today=TODAY, **more).fields()


def test_right_answers_are_kept_typed() -> None:
    result = validate(everything(), answers(unknown="x"), today=TODAY)
    assert result.errors == {}
    assert result.ok
    assert result.values["price"] == 1_250_000
    assert result.values["home"]["text"] == "12 Lê Lợi, Phường Thuận Hóa, Thành phố Huế"
    assert "unknown" not in result.values
    assert result.hidden == {"group:extra", "seal"}


def test_values_are_a_fixed_point() -> None:
    once = validate(everything(), answers(), today=TODAY).values
    assert validate(everything(), once, today=TODAY).values == once


def test_what_is_invisible_is_dropped_and_not_required() -> None:
    result = validate(everything(), answers(married=False), today=TODAY)
    assert result.ok
    assert "since" not in result.values
    assert "since" in result.hidden


def test_a_group_appears_with_its_condition() -> None:
    who = {"kind": "organisation", "name": "Công ty A", "tax_code": "0100109106"}
    assert errors(answers(who=who)) == {"seal": ["Attach: SEAL"]}
    assert errors(answers(who=who, seal=["0193aaaa-bbbb"])) == {}


def test_required_when() -> None:
    assert list(errors(answers(why_b=""))) == ["why_b"]
    assert errors(answers(why_b="", papers=["a"])) == {}


def test_conditions_in_rows_see_siblings_first_then_the_form_around() -> None:
    people = [{"name": "An", "grown": True}, {"name": "Bé", "grown": False, "work": "dropped", "spouse": "kept"}]
    result = validate(everything(), answers(people=people), today=TODAY)
    assert list(result.errors) == ["people.0.work"]
    assert result.values["people"][1] == {"name": "Bé", "grown": False, "spouse": "kept"}


def test_empty_rows_are_left_out_and_errors_keep_their_row() -> None:
    people = [{}, {"name": "", "grown": ""}, {"name": "x" * 41, "grown": "no"}]
    assert list(errors(answers(people=people))) == ["people.2.name"]
    assert errors(answers(people=[{}]))["people"][0].startswith("Add at least 1:")
    assert "At most 3 rows." in errors(answers(people=[{"name": "a", "grown": False}] * 4))["people"]


def test_rules_between_fields() -> None:
    assert errors(answers(ends="2025-12-31")) == {"ends": ["ENDS BEFORE IT BEGINS"]}
    assert validate(everything(), answers(ends="2025-12-31"), today=TODAY).fields(language="vi") == {
        "ends": ["ends before it begins"]
    }
    assert errors(answers(ends=None)) == {}


@pytest.mark.parametrize(
    ("rule", "raw", "broken"),
    [
        ({"kind": "later", "than": "a"}, {"a": "2020", "b": "2020-01-01"}, False),
        ({"kind": "later", "than": "a"}, {"a": "2021", "b": "2020-01-01"}, True),
        ({"kind": "later", "than": "a"}, {"a": "2020-01-01", "b": "2020-01-01"}, True),
        ({"kind": "later", "than": "a", "or_equal": True}, {"a": "2020-01-01", "b": "2020-01-01"}, False),
        ({"kind": "later", "than": "today"}, {"b": "2026-11-21"}, True),
        ({"kind": "different", "than": "a"}, {"a": "2020", "b": "2020"}, True),
        ({"kind": "years_apart", "than": "a", "years": 10}, {"a": "1990-05-05", "b": "2000-05-04"}, True),
        ({"kind": "years_apart", "than": "a", "years": 10}, {"a": "1990-05-05", "b": "2000-05-05"}, False),
        ({"kind": "years_apart", "than": "a", "years": 10}, {"a": "2000-05-05", "b": "1990"}, False),
        ({"kind": "years_apart", "than": "today", "years": 18}, {"b": "2008-11-23"}, True),
        ({"kind": "within_years", "than": "a", "years": 2}, {"a": "2024-02-29", "b": "2026-02-28"}, False),
        ({"kind": "within_years", "than": "a", "years": 2}, {"a": "2024-02-28", "b": "2026-03-01"}, True),
        ({"kind": "at_least_one", "fields": ["a", "b"]}, {}, True),
        ({"kind": "at_least_one", "fields": ["a", "b"]}, {"b": "2020"}, False),
        ({"kind": "must", "that": {"field": "b", "filled": True}}, {}, True),
        ({"kind": "must", "that": {"field": "b", "filled": True}, "when": {"field": "a", "filled": True}}, {}, False),
    ],
)
def test_every_kind_of_rule(rule: dict[str, Any], raw: dict[str, Any], broken: bool) -> None:
    dates = [field(key, "date", partial=True, required=False) for key in ("a", "b")]
    form = form_with(*dates, rules=[{"field": "b", "message": say("no"), **rule}])
    assert bool(validate(form, raw, today=TODAY).errors) is broken


def test_numbers_of_one_person_must_agree() -> None:
    who = ANSWERS["who"] | {"identity_number": "046190012345"}
    assert errors(answers(who=who)) == {}
    assert "year of birth" in errors(answers(who=who | {"birth_date": "1991"}))["who.identity_number"][0]
    assert "sex" in errors(answers(who=who | {"sex": "male"}))["who.identity_number"][0]


def test_a_page_is_judged_alone() -> None:
    assert set(errors({})) >= {"who.name", "home", "married", "sure"}
    assert set(errors({}, groups=["end"])) == {"sure"}
    assert errors({"sure": True}, groups=["end"]) == {}


def test_errors_come_in_the_order_of_the_form() -> None:
    found = [path.split(".")[0] for path in errors({})]
    order = list(everything().fields)
    assert found == sorted(found, key=order.index)


def test_raising_carries_the_errors() -> None:
    with pytest.raises(Invalid) as raised:
        validate(everything(), answers(colour="black"), today=TODAY).raise_if_wrong()
    assert raised.value.fields == {"colour": ["Choose one of the answers offered."]}
    validate(everything(), answers(), today=TODAY).raise_if_wrong()


@pytest.mark.parametrize("raw", [None, [], "text", 5, True])
def test_answers_that_are_no_object(raw: Any) -> None:
    assert errors(raw) == {"": ["The answers must be one object."]}


def test_progress_of_the_pages() -> None:
    states = progress(everything(), {"home": {"province": "46"}, "colour": "red"}, today=TODAY)
    assert [(one.group.key, one.state, one.visible) for one in states] == [
        ("who", "not_started", True),
        ("details", "incomplete", True),
        ("extra", "not_started", False),
        ("end", "not_started", True),
    ]
    assert [one.state for one in progress(everything(), answers(), today=TODAY)][1] == "done"


def test_drafts_keep_what_has_the_right_shape() -> None:
    raw = answers(price="chưa biết", unknown=1, people=[{"name": "An", "zzz": 1}, "rubbish"], note="x", mail="a\x00b")
    kept = draft(everything(), raw)
    assert kept["price"] == "chưa biết"
    assert kept["people"] == [{"name": "An"}]
    assert not {"unknown", "note", "mail"} & set(kept)
    assert draft(everything(), [1]) == {}
