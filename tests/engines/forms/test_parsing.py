from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.forms import FormUnreadable, check, parse_form
from motcua.engines.forms.schema import FIELD_TYPES
from tests.engines.forms.support import EVERYTHING, everything, field, form_with, say


def test_a_form_is_read_whole() -> None:
    form = everything()
    assert [group.key for group in form.groups] == ["who", "details", "extra", "end"]
    assert form.field_at("who.birth_date") is not None
    assert form.field_at("people.0.name") is not None
    assert form.field_at("people.0.nothing") is None
    assert form.field_at("home.ward") is form.fields["home"]
    assert form.group_keys["price"] == "details"
    assert "people.*.work" in dict(form.walk())


def test_equal_data_gives_an_equal_hash_whatever_the_order() -> None:
    turned = dict(reversed(list(copy.deepcopy(EVERYTHING).items())))
    assert parse_form(turned).content_hash == everything().content_hash
    turned["title"] = say("other")
    assert parse_form(turned).content_hash != everything().content_hash


def problems_of(*fields: Any, **more: Any) -> str:
    group = {"key": "page", "title": say("page"), "fields": list(fields)}
    return "\n".join(map(str, check({"key": "t", "title": say("t"), "groups": [group], **more})))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([field("x", "colour")], '"colour" is not a type'),
        ([field("X", "text")], "a key is small letters"),
        ([field("x", "text"), field("x", "text")], "stands twice"),
        ([{"key": "x", "type": "text", "label": "Tên"}], '{"vi": …, "en": …}'),
        ([field("x", "text", wide=True)], '"wide" is not known here'),
        ([field("x", "text", options=[])], '"options" is not known here'),
        ([field("x", "choice")], "options are missing"),
        ([field("x", "choice", options_from="moons")], 'no list "moons"'),
        ([field("x", "choice", options_from=["moons"])], "no list"),
        ([field("x", "choice", options=[{"value": "a b", "label": say("a")}])], "a short text"),
        ([field("x", "text", visible_when={"field": "y", "is": 1})], '"y" is not a field before this one'),
        ([field("x", "text", visible_when={"field": "x", "is": 1})], '"x" is not a field before'),
        ([field("a", "choice", options_from="sexes"), field("x", "text", visible_when={"field": "a", "is": "m"})],
         '"m" is not an option of "a"'),
        ([field("a", "yes_no"), field("x", "text", visible_when={"field": "a", "is": "yes"})], "true or false"),
        ([field("a", "text"), field("x", "text", visible_when={"field": "a", "has": "b"})], '"has" needs'),
        ([field("x", "text", pattern="(a+)+$")], '"pattern" is one of'),
        ([field("x", "text", prefill="secret.name")], '"prefill" begins with'),
        ([field("x", "text", role="king")], '"role" is one of'),
        ([field("x", "text", required="yes")], '"required" is true or false'),
        ([field("x", "text", max_length=-1)], '"max_length" is a count'),
        ([field("x", "number", minimum=3, maximum=2)], "the minimum is above"),
        ([field("x", "table")], "a table needs fields"),
        ([field("x", "table", fields=[field("y", "table", fields=[field("z", "text")])])], "can not stand within"),
        ([field("x", "table", fields=[field("y", "text")], max_rows=999)], "1 to 200"),
        ([field("x", "party", parts=["shoe size"])], "is not a part of a party"),
        ([field("x", "party", kinds=["ghost"])], '"kinds" lists'),
        ([field("x", "file", accept=["exe"])], '"accept" lists'),
        ([field("x", "declaration")], "needs a body"),
        ([field("x", "select", options_from="sexes", default="robot")], "the default is not an option"),
        (["rubbish"], "a field is an object"),
        ([], "a group needs fields"),
    ],
)  # fmt: skip
def test_every_problem_is_named(fields: list[Any], said: str) -> None:
    assert said in problems_of(*fields)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"kind": "magic", "field": "a", "message": say("m")}, '"kind" is one of'),
        ({"kind": "later", "field": "zz", "than": "a", "message": say("m")}, '"zz" is not a field'),
        ({"kind": "later", "field": "a", "message": say("m")}, 'needs "than"'),
        ({"kind": "must", "field": "a", "message": say("m")}, 'needs "that"'),
        ({"kind": "at_least_one", "field": "a", "message": say("m")}, 'needs "fields"'),
        ({"kind": "later", "field": "a", "than": "a"}, '"message" is missing'),
    ],
)
def test_rules_are_checked(rule: dict[str, Any], said: str) -> None:
    assert said in problems_of(field("a", "date"), rules=[rule])


def test_all_problems_come_at_once() -> None:
    with pytest.raises(FormUnreadable) as raised:
        form_with(field("X", "text"), field("y", "nothing"))
    assert len(raised.value.problems) == 2
    assert raised.value.status == 422


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_rubbish_is_problems_never_a_crash(data: Any) -> None:
    assert check(data)


KEYS = (
    *("hint", "required", "required_when", "visible_when", "options", "options_from", "max_length", "pattern"),
    *("minimum", "decimals", "fields", "rules", "min_rows", "parts", "kinds", "accept", "default", "body", "prefill"),
    *("role", "personal"),
)


@given(st.sampled_from(FIELD_TYPES), st.dictionaries(st.sampled_from(KEYS), JSON, max_size=5))
def test_rubbish_within_a_field_is_problems_or_a_form(kind: str, more: dict[str, Any]) -> None:
    data = {
        "key": "t",
        "title": say("t"),
        "groups": [{"key": "g", "title": say("g"), "fields": [field("x", kind) | more]}],
    }
    if not check(data):
        parse_form(data)
