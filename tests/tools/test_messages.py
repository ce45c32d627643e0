"""No text reaches a screen untranslated: what the check sees, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import messages
from tools.message_sources import bare_texts, errors_texts, template_source


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small house of its own: one module, one template, no translation yet."""
    source = tmp_path / "src" / "motcua"
    (source / "locale" / "vi" / "parts").mkdir(parents=True)
    (source / "templates").mkdir()
    (source / "rules.py").write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext\n"
        "class Refused(MotcuaError): pass\n"
        "class TooLate(Refused): pass\n"
        'label = _("Due date")\n'
        "def rule(n, fields):\n"
        '    fields["phone"] = ["Give a phone number."]\n'
        '    ngettext("%(n)d day", "%(n)d days", n)\n'
        '    raise TooLate("Not before %(day)s.", day=n)\n'
    )
    (source / "templates" / "page.html").write_text("{% load i18n %}<p>{% translate 'Welcome' %}</p>\n")
    locale = source / "locale" / "vi"
    for name, value in {
        "ROOT": tmp_path,
        "SOURCE": source,
        "LOCALE": locale,
        "PARTS": locale / "parts",
        "PO": locale / "LC_MESSAGES" / "django.po",
        "MO": locale / "LC_MESSAGES" / "django.mo",
    }.items():
        monkeypatch.setattr(messages, name, value)
    return source


COMPLETE = """
msgid "Due date"
msgstr "Ngày hẹn trả"

msgid "Give a phone number."
msgstr "Vui lòng nhập số điện thoại."

msgid "%(n)d day"
msgid_plural "%(n)d days"
msgstr[0] "%(n)d ngày"

msgid "Not before %(day)s."
msgstr "Không trước %(day)s."

msgid "Welcome"
msgstr "Xin chào"
"""


def translate(house: Path, text: str, name: str = "one") -> None:
    (house / "locale" / "vi" / "parts" / f"{name}.po").write_text(text)


def complaints(capsys: pytest.CaptureFixture[str]) -> str:
    assert messages.check() == 1
    return capsys.readouterr().err


def test_every_kind_of_text_is_found(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = complaints(capsys)
    for text in ("Due date", "Give a phone number.", "%(n)d day", "Not before %(day)s.", "Welcome"):
        assert f"no Vietnamese for {text!r}" in said
    assert "src/motcua/rules.py:8" in said


def test_complete_translation_passes_and_is_compiled(house: Path) -> None:
    import gettext

    translate(house, COMPLETE)
    assert messages.merge() == 0
    with messages.MO.open("rb") as file:
        catalog = gettext.GNUTranslations(file)
    assert catalog.gettext("Due date") == "Ngày hẹn trả"
    assert catalog.ngettext("%(n)d day", "%(n)d days", 5) == "%(n)d ngày"
    before = messages.PO.read_bytes()
    assert messages.merge() == 0
    assert messages.PO.read_bytes() == before, "Merging again changes nothing"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('msgstr "Xin chào"', 'msgstr ""', "no Vietnamese for 'Welcome'"),
        ("Không trước %(day)s.", "Không trước %(ngay)s.", "needs the placeholders"),
        ('msgid "Welcome"', '#, fuzzy\nmsgid "Welcome"', "marked fuzzy"),
        ('msgid_plural "%(n)d days"\nmsgstr[0]', "msgstr", "has a plural"),
    ],
)
def test_what_is_wrong_is_told(house: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, says: str) -> None:
    assert old in COMPLETE
    translate(house, COMPLETE.replace(old, new))
    assert says in complaints(capsys)


def test_two_parts_must_agree(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    translate(house, COMPLETE)
    translate(house, 'msgid "Welcome"\nmsgstr "Chào mừng"\n', "two")
    said = complaints(capsys)
    assert "'Welcome' is 'Chào mừng' here and 'Xin chào' in one.po" in said


def test_catalogue_that_was_not_merged_is_told(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    translate(house, COMPLETE)
    assert "run make messages" in complaints(capsys)


def test_unmarked_words_of_a_template_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '{% load i18n %}\n<p class="govuk-body">{% translate "Marked" %} {{ value }} · QR</p>\n'
        '<a href="/x" title="Spoken">{% blocktranslate %}All {{ n }} marked{% endblocktranslate %}</a>\n'
        "{# a comment #}<p>Forgotten words</p><script>var x;</script>\n"
    )
    assert list(bare_texts(page)) == [(3, "Spoken"), (4, "Forgotten words")]


def test_template_becomes_python_with_its_texts() -> None:
    source = template_source("{% load i18n %}{% translate 'One' %}{{ _('Two') }}")
    assert "gettext(u'One')" in source
    assert "_('Two')" in source


def test_error_texts_come_from_all_descendants(house: Path) -> None:
    found = {text for _line, text in errors_texts(house / "rules.py", house)}
    assert found == {"Give a phone number.", "Not before %(day)s."}
