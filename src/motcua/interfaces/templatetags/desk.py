"""``{% load desk %}``: small helpers of the desk's templates."""

from __future__ import annotations

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from motcua.engines.files.models import Blob
from motcua.engines.files.serving import may_show, warning_of
from motcua.foundation.working_time import Allowance
from motcua.foundation.working_time.explaining import allowance_text
from motcua.interfaces.desk.administration.places import choice_words, place_words

register = template.Library()


@register.filter
def shows(blob: Blob) -> bool:
    """Whether the browser may show the file in place."""
    return may_show(blob)


@register.filter
def warning(blob: Blob) -> str:
    """What to say beside a file that was not scanned or is harmful."""
    return warning_of(blob)


@register.filter
def cell(bound: BoundField) -> SafeString:
    """The control of a field alone, named for screen readers by its label: for tables that are edited."""
    widget = bound.field.widget
    name = "govuk-select" if isinstance(widget, forms.Select) else "govuk-input"
    if isinstance(widget, forms.Textarea):
        name = "govuk-textarea"
    elif isinstance(widget, forms.CheckboxInput):
        name = "mc-cell__check"
    attributes: dict[str, str | bool] = {"class": name, "aria-label": str(bound.label or "")}
    if bound.errors:
        attributes["aria-describedby"] = f"{bound.id_for_label}-error"
    return SafeString(bound.as_widget(attrs=attributes))


@register.filter
def place(path: str) -> str:
    """A place within a procedure, in words."""
    return place_words(path)


@register.filter
def stated(raw: str) -> str:
    """What a source says, without the words of a fee that names no amount; a dash where it says nothing."""
    said = raw.removeprefix("None VND").removeprefix(": ")
    return said if said.strip(" /") else "–"


@register.filter
def example(path: str) -> str:
    """How the right value for a place of a procedure is written; empty where words of one's own stand there."""
    if path == "level":
        return gettext("such as: Commune")
    last = path.rpartition(".")[2]
    return {"time": gettext("such as: 5 working days"), "amount": gettext("such as: 20000")}.get(last, "")


@register.filter
def choice(value: object, name: str) -> str:
    """The label of a value of the enumeration that a setting has."""
    return choice_words(name, value)


@register.filter
def allowed(allowance: Allowance) -> str:
    """A time limit: “3 working days”."""
    return allowance_text(allowance).render(gettext)


@register.filter
def at(mapping: dict[object, object], key: object) -> object:
    """The value at a key that only the template knows."""
    return mapping.get(key, "")
