"""The ten designed forms: each is filled in rightly and wrongly."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from django.http import QueryDict
from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.engines.forms import Form, validate
from motcua.engines.forms.posting import from_post, to_post
from motcua.engines.forms.publication import json_schema
from motcua.engines.forms.rendering import BoundForm
from motcua.engines.forms.samples import sample_answers
from motcua.engines.forms.summary import answers_summary, applicant_of, by_role, subject_of
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.work import begin
from motcua.services.procedures.forms.loading import designed, load_designed_forms
from tests.engines.forms.support import TODAY
from tests.services.procedures.forms.answers import CASES, VALID

KEYS = sorted(VALID)


def validated(key: str, changes: dict[str, Any] | None = None) -> Any:
    raw = copy.deepcopy(VALID[key])
    for path, value in (changes or {}).items():
        target = raw
        *steps, last = path.split(".")
        for step in steps:
            target = target[int(step)] if step.isdigit() else target.setdefault(step, {})
        target[int(last) if last.isdigit() else last] = value
    return validate(designed()[key], raw, today=TODAY)


def test_there_are_ten() -> None:
    assert sorted(designed()) == KEYS
    codes = [code for form in designed().values() for code in form.procedures]
    assert len(codes) == len(set(codes)) == 11
    assert {"1.001193", "2.000815"} <= set(codes)


@pytest.mark.parametrize("key", KEYS)
def test_every_form_is_whole(key: str) -> None:
    form = designed()[key]
    assert 3 <= len(form.groups) <= 6
    assert form.subject is not None
    assert form.basis
    roles = {one.role for one in form.fields.values()}
    assert {"applicant", "applicant.phone", "result.delivery"} <= roles
    assert any(one.visible_when for _, one in form.walk())
    assert any(one.prefill for _, one in form.walk())
    for path, one in form.walk():
        if one.type in ("identity_number", "phone", "email", "party") and "business" not in path:
            assert one.personal != "none", path


@pytest.mark.parametrize("key", KEYS)
def test_right_answers_are_taken(key: str) -> None:
    result = validated(key)
    assert result.fields() == {}
    form = designed()[key]
    assert applicant_of(form, result.values).name == VALID[key]["applicant"]["name"]
    assert by_role(form, result.values, "applicant.phone") == "0912345678"
    assert "{" not in subject_of(form, result.values)
    assert "…" not in subject_of(form, result.values, "en")
    assert len(answers_summary(form, result.values)) >= 3


@pytest.mark.parametrize(("key", "changes", "expected"), CASES)
def test_wrong_answers_are_named(key: str, changes: dict[str, Any], expected: set[str]) -> None:
    result = validated(key, changes)
    assert set(result.errors) == expected, result.fields()
    for language in ("vi", "en"):
        assert all(said for texts in result.fields(language=language).values() for said in texts)


def _posted(form: Form, values: dict[str, Any]) -> dict[str, Any]:
    sent = QueryDict(mutable=True)
    for name, value in to_post(form, values):
        sent.appendlist(name, value)
    raw: dict[str, Any] = {}
    for group in form.groups:
        raw |= from_post(form, group, sent)
    return raw


@pytest.mark.parametrize("key", KEYS)
@given(seed=st.integers(0, 10**6), fullness=st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_any_right_answers_round_trip_and_fit_the_published_schema(key: str, seed: int, fullness: float) -> None:
    form = designed()[key]
    values = sample_answers(form, Random(seed), today=TODAY, fullness=fullness)
    again = validate(form, _posted(form, values), today=TODAY)
    assert again.fields() == {}
    assert again.values == values
    assert [error.message for error in SCHEMAS[key].iter_errors(values)] == []


SCHEMAS = {key: jsonschema_rs.validator_for(json_schema(form)) for key, form in designed().items()}


@pytest.mark.parametrize("key", KEYS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_any_answers_are_judged(key: str, data: st.DataObject) -> None:
    form = designed()[key]
    leaf = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats()
    answer = leaf | st.lists(leaf, max_size=3) | st.dictionaries(st.text(max_size=6), leaf, max_size=3)
    changes = data.draw(st.dictionaries(st.sampled_from(list(form.fields)), answer, max_size=10))
    result = validate(form, VALID[key] | changes, today=TODAY)
    answers_summary(form, result.values)
    subject_of(form, result.values)
    assert all(form.field_at(path) is not None for path in result.errors)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("key", KEYS)
def test_every_page_is_shown(key: str, language: str) -> None:
    form = designed()[key]
    result = validate(form, {}, today=TODAY)
    for raw, errors in ((VALID[key], {}), ({}, result.errors)):
        bound = BoundForm(form, raw, errors, language=language, today=TODAY)
        for group in bound.visible_groups():
            html = Template("{% load motcua_forms %}{% render_group form group %}").render(
                Context({"form": bound, "group": group})
            )
            assert html.count("<fieldset") == html.count("</fieldset>")
            assert "data-field" in html


@pytest.mark.django_db
def test_loading_publishes_once() -> None:
    with begin(SYSTEM) as work:
        assert len(load_designed_forms(work)) == 10
    with begin(SYSTEM) as work:
        assert load_designed_forms(work) == []
