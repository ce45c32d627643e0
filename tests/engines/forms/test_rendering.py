"""The page as HTML: names that the parser reads, labels, errors and hints tied to their inputs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation

from motcua.engines.forms import validate
from motcua.engines.forms.posting import from_post
from motcua.engines.forms.prefill import ACCOUNT, Known
from motcua.engines.forms.rendering import BoundForm
from tests.engines.forms.support import ANSWERS, TODAY, everything

PAGE = Template("{% load motcua_forms %}{% render_group form group %}")


class Page(HTMLParser):
    """What a browser without JavaScript would know of a page: ids, labels, and what a submit sends."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.described: list[str] = []
        self.sent = QueryDict(mutable=True)
        self.show_when: dict[str, str] = {}
        self.inline: list[str] = []
        self._select = ""
        self._area = ""
        self._template = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if tag == "template":
            self._template += 1
        if self._template:
            return
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label":
            self.labels.append(given["for"])
        self.described += given.get("aria-describedby", "").split()
        if "data-show-when" in given:
            self.show_when[given.get("data-field", "")] = given["data-show-when"]
        ticked = given.get("type") not in ("radio", "checkbox") or "checked" in given
        if tag == "input" and given.get("type") not in ("file", "submit") and ticked:
            self.sent.appendlist(given["name"], given["value"])
        if tag == "select":
            self._select = given["name"]
        if tag == "option" and "selected" in given:
            self.sent.appendlist(self._select, given["value"])
        if tag == "textarea":
            self._area = given["name"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._template -= 1
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent.appendlist(self._area, data.lstrip("\n"))


def html_of(group: str, raw: Any = ANSWERS, **more: Any) -> str:
    bound = BoundForm(everything(), raw, today=TODAY, **more)
    return PAGE.render(Context({"form": bound, "group": group}))


@pytest.mark.parametrize("group", ["who", "details", "extra", "end"])
def test_a_page_sends_back_what_it_shows(group: str) -> None:
    page = Page(html_of(group))
    again = from_post(everything(), group, page.sent)
    values = validate(everything(), ANSWERS, today=TODAY).values
    other = {key: value for key, value in values.items() if everything().group_keys[key] != group}
    assert validate(everything(), other | again, today=TODAY).values == values


@pytest.mark.parametrize("raw", [ANSWERS, {}])
@pytest.mark.parametrize("group", ["who", "details", "extra", "end"])
def test_labels_hints_and_errors_are_tied_to_inputs(group: str, raw: Any) -> None:
    result = validate(everything(), raw, today=TODAY)
    bound = BoundForm(everything(), raw, result.in_group(group), today=TODAY)
    page = Page(PAGE.render(Context({"form": bound, "group": group})))
    assert len(page.ids) == len(set(page.ids))
    assert set(page.labels) <= set(page.ids)
    assert set(page.described) <= set(page.ids)
    assert {target for target, _ in bound.pairs} <= set(page.ids)
    assert page.inline == []


def test_what_earlier_pages_rule_out_is_left_out_and_what_this_page_decides_stays() -> None:
    page = Page(html_of("details", {"married": False}))
    assert page.show_when["since"] == "married=yes"
    assert page.show_when["people-0-work"] == "people-0-grown=yes"
    assert page.show_when["people-0-spouse"] == "married=yes"
    assert "seal" not in "".join(group.key for group in BoundForm(everything(), ANSWERS).visible_groups())


def test_conditions_are_said_for_browsers_that_can_not_hide() -> None:
    assert "<noscript>" in html_of("details")
    assert "“married”: Có" in html_of("details")


def test_prefilled_answers_are_text_with_their_source() -> None:
    known = {"who.name": Known("Trần Thị Bích", ACCOUNT)}
    html = html_of("who", known=known)
    assert "Tài khoản của bạn" in html
    assert 'name="_edit" value="who-name"' in html
    assert re.search(r'type="hidden" name="who-name" value="Trần Thị Bích"', html)
    editing = html_of("who", known=known, editing=frozenset({"who.name"}))
    assert 'name="_editing" value="who-name"' in editing
    assert 'name="_edit" value="who-name"' not in editing
    changed = html_of("who", ANSWERS | {"who": {"name": "Tên khác"}}, known=known)
    assert 'name="_edit"' not in changed


def test_what_was_typed_comes_back_escaped() -> None:
    html = html_of("details", {"why_b": "</textarea><script>alert(1)</script>", "price": '"><b>'})
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "&quot;&gt;&lt;b&gt;" in html


def test_errors_stand_beside_the_field_in_the_reader_s_language() -> None:
    result = validate(everything(), {}, today=TODAY)
    with translation.override("en"):
        html = html_of("details", {}, errors=result.in_group("details"), language="en")
    assert 'id="f-colour-error"' in html
    assert "Choose an answer: COLOUR" in html


def test_the_summary_names_the_fields() -> None:
    raw = ANSWERS | {"since": "2027-01-01", "people": [{"name": "An", "grown": "perhaps"}], "colour": None}
    bound = BoundForm(everything(), raw, validate(everything(), raw, today=TODAY).errors, today=TODAY, language="en")
    assert bound.pairs == [
        ("f-since", "SINCE: This date can not be in the future."),
        ("f-colour", "Choose an answer: COLOUR"),
        ("f-people-0-grown", "PEOPLE 1, GROWN: Answer yes or no."),
    ]


def test_a_table_has_a_row_to_copy_and_buttons_that_work_without_javascript() -> None:
    html = html_of("details")
    assert "data-repeat-template" in html
    assert 'name="people-__index__-name"' in html
    assert 'name="_remove" value="people-0"' in html
    assert 'name="_add" value="people"' in html
    assert html.index('type="submit"') < html.index('name="_remove"')


def test_summary_tag() -> None:
    from motcua.engines.forms.summary import answers_summary

    groups = answers_summary(everything(), validate(everything(), ANSWERS, today=TODAY).values)
    tag = Template("{% load motcua_forms %}{% answers groups '/draft/1/__group__/' %}")
    html = tag.render(Context({"groups": groups}))
    assert 'href="/draft/1/details/#f-people-0-name"' in html
    assert "Trần Thị Bích" in html
