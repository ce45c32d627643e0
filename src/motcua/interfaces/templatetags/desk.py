"""``{% load desk %}``: small helpers of the desk's templates."""

from __future__ import annotations

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

from motcua.engines.files.models import Blob
from motcua.engines.files.serving import may_show, warning_of

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
def at(mapping: dict[object, object], key: object) -> object:
    """The value at a key that only the template knows."""
    return mapping.get(key, "")
