"""The components as markup: names tied together, nothing inline, text escaped."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from motcua.foundation import clock
from motcua.interfaces.templatetags import _icons, _status

TEMPLATES = Path(_icons.__file__).resolve().parents[1] / "templates"
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=clock.VIETNAM)


def render(source: str, **context: object) -> str:
    with translation.override("en"), clock.at(NOW):
        return Template("{% load motcua %}" + source).render(Context(context))


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(label="Many", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)
    agree = forms.BooleanField(label="I agree.")
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


def test_every_reference_of_a_form_leads_somewhere() -> None:
    html = render("{{ form }}", form=Sample({"kind": "x"}))
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    assert len(ids) == len(re.findall(r'\bid="([^"]+)"', html)), "an id stands twice"
    for target in re.findall(r'href="#([^"]+)"', html) + re.findall(r'\bfor="([^"]+)"', html):
        assert target in ids
    for group in re.findall(r'aria-describedby="([^"]+)"', html):
        assert set(group.split()) <= ids


def test_an_error_is_told_beside_the_field_and_in_the_summary() -> None:
    html = render("{{ form }}", form=Sample({}))
    assert 'href="#id_name">Name: This field is required.' in html
    assert 'id="id_name-error"' in html
    assert 'aria-invalid="true"' in html


def test_choices_of_one_and_of_many_differ() -> None:
    html = render("{% form_field form.kind %}{% form_field form.many %}", form=Sample())
    assert html.count("govuk-radios__input") == 2
    assert html.count("govuk-checkboxes__input") == 1


def test_what_people_write_is_escaped() -> None:
    evil = '"><script>x</script>'
    html = render(
        '{% pill e "info" "check" %}{% copy_button e %}{% disclosure e %}{{ e }}{% enddisclosure %}'
        '{% notice "info" e %}{{ e }}{% endnotice %}{% empty e %}{{ e }}{% endempty %}{% progress 1 2 e %}'
        '{% field "f" e hint=e error=e %}{{ e }}{% endfield %}{% keys e %}{% error_summary pairs %}{% qr_code e e %}',
        e=evil, pairs=[(evil, evil)],
    )  # fmt: skip
    assert "<script>" not in html


@pytest.mark.parametrize("status", range(1, 11))
def test_each_status_has_word_and_icon(status: int) -> None:
    html = str(_status.status_pill(status))
    assert "<svg" in html
    assert re.search(r"<span>\S.*</span></span>$", html)


@pytest.mark.parametrize("status", [0, 11])
def test_a_status_that_does_not_exist_is_not_shown(status: int) -> None:
    with pytest.raises(KeyError):
        _status.status_pill(status)


def test_the_badge_asks_the_clock_of_the_house() -> None:
    html = render("{% due_badge due %}", due=NOW + timedelta(hours=3))
    assert "3 hours left" in html
    assert "mc-due--soon" in html


def test_query_keeps_what_is_not_changed() -> None:
    request = RequestFactory().get("/?q=khai+sinh&after=abc&page=2")
    assert render('{% query after=None sort="due" %}', request=request) == "q=khai+sinh&amp;page=2&amp;sort=due"


def test_sorting_turns_round() -> None:
    request = RequestFactory().get("/?sort=due")
    html = render('{% sort_head "Due" "due" "due" %}', request=request)
    assert 'aria-sort="ascending"' in html
    assert "sort=-due" in html


INLINE = re.compile(r"""\sstyle\s*=\s*["']|\son[a-z]+\s*=\s*["']|<style\b|javascript:""", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b(?![^>]*\b(?:src=|type=\"application/(?:json|xml)\"))", re.IGNORECASE)


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.relative_to(TEMPLATES).as_posix()
)
def test_no_template_holds_an_inline_style_or_script(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not INLINE.search(source)
    assert not SCRIPT.search(source)


def test_every_class_of_ours_that_a_template_uses_has_a_style() -> None:
    styles = Path(__file__).resolve().parents[3] / "frontend" / "src" / "styles"
    source = "\n".join(path.read_text(encoding="utf-8") for path in styles.glob("*.scss"))
    blocks = set(re.findall(r"\.(mc-[a-z]+(?:-[a-z]+)*)", source))
    used: dict[str, str] = {}
    for path in TEMPLATES.rglob("*.html"):
        for attribute in re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8")):
            for name in re.findall(r"\bmc-[a-z]+(?:-[a-z]+)*", attribute):
                used.setdefault(name, path.name)
    unknown = {name: place for name, place in used.items() if name not in blocks}
    assert not unknown
