"""What the parts of a form's data are called on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from motcua.interfaces.desk.administration.blocks import Words

TYPES: Mapping[str, Words] = {
    "text": _("Short text"),
    "long_text": _("Long text"),
    "number": _("Number"),
    "money": _("Amount of money"),
    "date": _("Date"),
    "identity_number": _("Personal identity number"),
    "tax_code": _("Tax code"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
    "choice": _("One of a few answers"),
    "select": _("One of a long list"),
    "multi_choice": _("Several answers"),
    "yes_no": _("Yes or no"),
    "address": _("Address"),
    "party": _("A person or organisation"),
    "table": _("Repeated rows (table)"),
    "file": _("Files"),
    "statement": _("Text to read"),
    "declaration": _("Declaration to agree to"),
}
PERSONAL: Mapping[str, Words] = {
    "none": _("not personal"),
    "basic": _("basic personal data"),
    "sensitive": _("sensitive personal data"),
}
ROLES: Mapping[str, Words] = {
    "applicant": _("who is asking (person or organisation)"),
    "applicant.name": _("name of who is asking"),
    "applicant.identity_number": _("identity number of who is asking"),
    "applicant.tax_code": _("tax code of who is asking"),
    "applicant.phone": _("telephone of who is asking"),
    "applicant.email": _("e-mail of who is asking"),
    "applicant.address": _("address of who is asking"),
    "result.delivery": _("how the result is handed over"),
    "result.address": _("where the result is sent"),
    "case": _("which case of the papers applies"),
}
SOURCES: Mapping[str, tuple[Words, tuple[str, ...]]] = {
    "party": (_("everything known of the account"), ("party",)),
    "party.name": (_("name"), ("text",)),
    "party.identity_number": (_("identity number"), ("identity_number",)),
    "party.tax_code": (_("tax code"), ("tax_code",)),
    "party.birth_date": (_("date of birth"), ("date",)),
    "party.sex": (_("sex"), ("choice", "select")),
    "party.nationality": (_("nationality"), ("choice", "select")),
    "party.ethnicity": (_("ethnic group"), ("choice", "select")),
    "party.representative": (_("legal representative"), ("text",)),
    "party.address": (_("address"), ("address",)),
    "party.phone": (_("telephone"), ("phone",)),
    "party.email": (_("e-mail"), ("email",)),
    "today": (_("the day of filling in"), ("date",)),
}
"""Where an answer can be taken from, and the types of question that can take it."""

PATTERNS: Mapping[str, Words] = {
    "passport": _("passport number"),
    "licence_plate": _("licence plate"),
    "land_plot": _("number of a plot of land"),
    "person_name": _("name of a person"),
}
LISTS: Mapping[str, Words] = {
    "sexes": _("sexes"),
    "ethnicities": _("ethnic groups"),
    "countries": _("countries"),
    "religions": _("religions"),
    "provinces": _("provinces"),
    "household_relations": _("relations within a household"),
    "result_delivery": _("ways to get the result"),
}
COMPARISONS: Mapping[str, Words] = {
    "is": pgettext_lazy("comparison", "is"),
    "is_not": pgettext_lazy("comparison", "is not"),
    "in": pgettext_lazy("comparison", "is one of"),
    "not_in": pgettext_lazy("comparison", "is none of"),
    "has": pgettext_lazy("comparison", "includes"),
    "has_not": pgettext_lazy("comparison", "does not include"),
    "filled": pgettext_lazy("comparison", "is answered"),
    "empty": pgettext_lazy("comparison", "is not answered"),
    "at_least": pgettext_lazy("comparison", "is at least"),
    "below": pgettext_lazy("comparison", "is below"),
    "younger_than": pgettext_lazy("comparison", "is a date of birth of somebody younger than (years)"),
    "not_younger_than": pgettext_lazy("comparison", "is a date of birth of somebody at least (years)"),
}
RULES: Mapping[str, Words] = {
    "later": _("is a later day than"),
    "different": _("is something else than"),
    "at_most": _("is at most"),
    "years_apart": _("lies at least so many years apart from"),
    "within_years": _("lies at most so many years apart from"),
    "at_least_one": _("or one of these is answered"),
    "must": _("asks for a condition"),
}
KINDS: Mapping[str, Words] = {"person": _("a person"), "organisation": _("an organisation")}
SETTINGS: Mapping[str, Words] = {
    "title.vi": _("Title in Vietnamese"),
    "title.en": _("Title in English"),
    "label.vi": _("Label in Vietnamese"),
    "label.en": _("Label in English"),
    "hint.vi": _("Hint in Vietnamese"),
    "hint.en": _("Hint in English"),
    "body.vi": _("Text to read in Vietnamese"),
    "body.en": _("Text to read in English"),
    "unit.vi": _("Unit in Vietnamese"),
    "unit.en": _("Unit in English"),
    "row_label.vi": _("Name of a row in Vietnamese"),
    "row_label.en": _("Name of a row in English"),
    "subject.vi": _("What the dossier is about, in Vietnamese"),
    "subject.en": _("What the dossier is about, in English"),
    "procedures": _("Procedures"),
    "basis": _("Legal basis"),
    "type": _("Kind of answer"),
    "key": _("Key for programs"),
    "required": _("Must be answered"),
    "required_when": _("Must be answered when"),
    "visible_when": _("Shown when"),
    "options": _("Answers to choose from"),
    "options_from": _("Shared list of answers"),
    "max_length": _("At most so many letters"),
    "min_length": _("At least so many letters"),
    "pattern": _("Written like"),
    "minimum": _("Smallest value"),
    "maximum": _("Largest value"),
    "decimals": _("Digits after the comma"),
    "not_future": _("Not after today"),
    "not_past": _("Not before today"),
    "partial": _("Month or year alone is enough"),
    "in_words": _("Also in words"),
    "autocomplete": _("Filled in by the browser as"),
    "prefill": _("Filled in beforehand with"),
    "personal": _("Personal data"),
    "role": _("What it means to the service"),
    "rules": _("Rules between answers"),
    "min_rows": _("At least so many rows"),
    "max_rows": _("At most so many rows"),
    "accept": _("Kinds of files"),
    "max_files": _("At most so many files"),
    "component": _("Paper of the dossier"),
    "originals": _("Originals"),
    "copies": _("Copies"),
    "abroad": _("Also addresses abroad"),
    "kinds": _("Who is asked for"),
    "parts": _("What is asked of them"),
    "default": _("Chosen beforehand"),
    "page": _("Page"),
    "order": _("Order"),
}
"""Settings of pages and questions, as ``forms.difference`` names them."""


def setting_words(name: str) -> str:
    """A setting by name; ``rule 2`` as well."""
    if name.startswith("rule "):
        return f"{_('Rule')} {name[5:]}"
    return str(SETTINGS.get(name, name))


def in_language(words: Mapping[str, str]) -> str:
    """Words of a form's data in the language of the page."""
    english = (get_language() or "vi").startswith("en")
    return str(words.get("en" if english else "vi") or words.get("vi") or "")
