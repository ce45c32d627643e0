"""Whatever is sent, validation answers; it never raises and what it keeps can be stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.engines.forms import validate
from motcua.engines.forms.drafts import draft, progress
from motcua.engines.forms.posting import from_post
from motcua.engines.forms.rendering import BoundForm
from motcua.engines.forms.summary import answers_summary, applicant_of, subject_of
from tests.engines.forms.support import ANSWERS, TODAY, everything

NASTY = st.sampled_from(
    [
        "\x00",
        "\ud800",
        "x" * 25_000,
        "-0",
        "1e999",
        "NaN",
        "١٢٣",
        "9" * 400,
        "2026-13-45",
        "__proto__",
        "%s%n",
        "{}",
        "\u202e",
    ]
)
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | NASTY | st.binary(max_size=4)
NESTED = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10) | st.integers(), inner, max_size=5)
    ),
    max_leaves=8,
)
PARTS = (
    "name",
    "kind",
    "birth_date",
    "tax_code",
    "phone",
    "grown",
    "work",
    "province",
    "ward",
    "line",
    "day",
    "year",
    "0",
)
INNER = st.dictionaries(st.sampled_from(PARTS), NESTED, max_size=8)
RAW = st.fixed_dictionaries(
    {}, optional={key: NESTED | INNER | st.lists(INNER, max_size=5) for key in everything().fields}
)


@given(RAW)
@settings(max_examples=60, deadline=None)
def test_any_answers_are_judged(raw: dict[str, Any]) -> None:
    form = everything()
    result = validate(form, raw, today=TODAY)
    stored = json.dumps(result.values, allow_nan=False).encode()
    assert b"\\u0000" not in stored
    assert not result.ok
    assert all(path == "" or form.field_at(path) is not None for path in result.errors)
    result.fields()
    answers_summary(form, result.values)
    applicant_of(form, result.values)
    subject_of(form, result.values)


@given(RAW)
@settings(max_examples=40, deadline=None)
def test_any_draft_can_be_stored_and_shown(raw: dict[str, Any]) -> None:
    form = everything()
    kept = draft(form, raw)
    assert "\x00" not in json.dumps(kept, allow_nan=False).encode().decode("unicode_escape", "ignore")
    progress(form, kept, today=TODAY)
    assert draft(form, kept) == kept


@given(RAW)
@settings(max_examples=30, deadline=None)
def test_any_answers_can_be_shown_again(raw: dict[str, Any]) -> None:
    bound = BoundForm(everything(), raw, validate(everything(), raw, today=TODAY).errors, today=TODAY)
    for group in bound.visible_groups():
        for one in bound.group(group).fields:
            _touch(one)


def _touch(one: Any) -> None:
    shown = [one.value, one.template, one.show_when, one.only_if, one.described_by, str(one.date), str(one.choices)]
    "".join(shown).encode()
    if one.type == "address":
        assert one.address.provinces
        "".join((one.address.province, one.address.ward, one.address.ward_name, one.address.line)).encode()
    for child in one.children if one.type == "party" else []:
        _touch(child)
    for row in one.rows if one.type == "table" else []:
        for child in row.fields:
            _touch(child)


KEYS = (
    "who-name",
    "who-kind",
    "home-province",
    "people-0-name",
    "people-99999-name",
    "people--1-name",
    "_add",
    "_remove",
)


@given(st.lists(st.tuples(st.sampled_from(KEYS) | st.text(max_size=12), st.text(max_size=12)), max_size=20))
@settings(max_examples=40, deadline=None)
def test_any_post_is_read(pairs: list[tuple[str, str]]) -> None:
    sent = QueryDict(mutable=True)
    for name, value in pairs:
        sent.appendlist(name, value)
    for group in everything().groups:
        validate(everything(), from_post(everything(), group, sent), today=TODAY)


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"name": inner}, lambda inner: {"": inner}])
def test_depth_does_not_matter(wrap: Any) -> None:
    deep: Any = ""
    for _ in range(5000):
        deep = wrap(deep)
    for key in everything().fields:
        validate(everything(), ANSWERS | {key: deep}, today=TODAY)
        draft(everything(), ANSWERS | {key: deep})
