"""Markup of form fields: label above, hint under the label, error beside the field and in the summary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from motcua.interfaces.templatetags._icons import icon_svg

NO_HTML = mark_safe("")

# Widgets whose options are controls of their own: they need a fieldset and a legend instead of one label.
GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget, forms.SelectDateWidget)


def error_list(errors: Any) -> list[str]:
    """One or many messages, or none, as a list of text."""
    if not errors:
        return []
    if isinstance(errors, str) or not isinstance(errors, Iterable):
        return [str(errors)]
    return [str(message) for message in errors]


def error_pairs(source: Any) -> list[tuple[str, str]]:
    """``(field id, message)`` pairs of a Django form, of pairs already, or of nothing. Form-wide errors have no id."""
    if not source:
        return []
    if isinstance(source, forms.BaseForm):
        pairs: list[tuple[str, str]] = [("", str(message)) for message in source.non_field_errors()]
        for bound in source:
            target = bound.id_for_label or str(bound.auto_id or f"id_{bound.html_name}")
            pairs += [(target, f"{str(bound.label).rstrip('.:')}: {message}") for message in bound.errors]
        return pairs
    return [(str(field_id), str(message)) for field_id, message in source]


def described(field_id: str, hint: bool, error: bool) -> SafeString:
    """Attributes that tie a control to its hint and error."""
    names = [f"{field_id}-hint"] if hint else []
    if error:
        names.append(f"{field_id}-error")
    if not names:
        return NO_HTML
    invalid = mark_safe(' aria-invalid="true"') if error else NO_HTML
    return format_html('aria-describedby="{}"{}', " ".join(names), invalid)


def _errors_html(field_id: str, errors: list[str]) -> SafeString:
    if not errors:
        return NO_HTML
    lines = format_html_join(mark_safe("<br>"), "{}", ((message,) for message in errors))
    return format_html(
        '<p id="{}-error" class="govuk-error-message">{}<span><span class="govuk-visually-hidden">{}</span> {}</span>'
        "</p>",
        field_id,
        icon_svg("alert", 20),
        gettext("Error:"),
        lines,
    )


def wrap(
    control: str,
    *,
    name: str,
    label: str,
    hint: str = "",
    errors: list[str] | None = None,
    optional: bool = False,
    show_when: str = "",
    field_id: str,
    group: bool = False,
) -> SafeString:
    """One field. ``group``: several controls under one legend. ``show_when``: ``field=value`` (see conditional.js)."""
    messages = errors or []
    marker = format_html(' <span class="mc-optional">{}</span>', gettext("(optional)")) if optional else NO_HTML
    hint_html = format_html('<div id="{}-hint" class="govuk-hint">{}</div>', field_id, hint) if hint else NO_HTML
    condition = format_html(' data-show-when="{}"', show_when) if show_when else NO_HTML
    outer = format_html(
        '<div class="govuk-form-group{}" data-field="{}"{}>',
        " govuk-form-group--error" if messages else "",
        name,
        condition,
    )
    if group:
        start = format_html(
            '<fieldset class="govuk-fieldset" id="{}" tabindex="-1" {}>'
            '<legend class="govuk-fieldset__legend">{}{}</legend>',
            field_id,
            described(field_id, bool(hint), bool(messages)),
            label,
            marker,
        )
        end = mark_safe("</fieldset>")
    else:
        start = format_html('<label class="govuk-label" for="{}">{}{}</label>', field_id, label, marker)
        end = NO_HTML
    body = mark_safe(control)  # noqa: S308  (markup rendered by Django or by the calling template)
    return format_html("{}{}{}{}{}{}</div>", outer, start, hint_html, _errors_html(field_id, messages), body, end)


def _choice_items(bound: BoundField, kind: str) -> SafeString:
    """Radios or checkboxes, each a control with its own label."""
    rows = []
    for option in bound.subwidgets:
        control = option.tag()  # the <input> alone
        rows.append(
            format_html(
                '<div class="govuk-{0}__item">{1}'
                '<label class="govuk-label govuk-{0}__label" for="{2}">{3}</label></div>',
                kind,
                mark_safe(_with_class(str(control), f"govuk-{kind}__input")),  # noqa: S308
                option.id_for_label,
                option.choice_label,
            )
        )
    return format_html('<div class="govuk-{}">{}</div>', kind, mark_safe("".join(rows)))  # noqa: S308


def _with_class(control: str, name: str) -> str:
    """The rendered ``<input …>`` with a class added."""
    return control.replace("<input ", f'<input class="{name}" ', 1)


def _control_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.Textarea):
        return "govuk-textarea"
    if isinstance(widget, forms.Select):
        return "govuk-select"
    if isinstance(widget, forms.FileInput):
        return "govuk-file-upload"
    return "govuk-input"


def bound_field(bound: BoundField, show_when: str = "", label: str = "") -> SafeString:
    """A field of a Django form as a field of the house; ``label`` replaces the form's own."""
    widget = bound.field.widget
    if widget.is_hidden:
        return SafeString(str(bound))
    field_id = bound.id_for_label or bound.auto_id or f"id_{bound.html_name}"
    errors = [str(message) for message in bound.errors]
    hint = str(bound.help_text or "")
    optional = not bound.field.required and not getattr(bound.field, "one_of_several", False)
    if isinstance(widget, forms.CheckboxInput):
        return _single_checkbox(bound, field_id, hint, errors, show_when)
    group = isinstance(widget, GROUPS)
    if isinstance(widget, forms.CheckboxSelectMultiple):  # asked first: to Django it is a kind of RadioSelect
        control = _choice_items(bound, "checkboxes")
        field_id = str(bound.auto_id or field_id)
    elif isinstance(widget, forms.RadioSelect):
        control = _choice_items(bound, "radios")
        field_id = str(bound.auto_id or field_id)
    else:
        attributes: dict[str, Any] = {"class": f"{_control_class(widget)} {widget.attrs.get('class', '')}".strip()}
        if "placeholder" in widget.attrs:  # it vanishes when one types; the label and the hint say it
            attributes["placeholder"] = False
        # An invalid field tells so itself; Django adds aria-invalid on its own.
        names = [f"{field_id}-hint"] * bool(hint) + [f"{field_id}-error"] * bool(errors)
        if names and not group:
            attributes["aria-describedby"] = " ".join(names)
        control = SafeString(bound.as_widget(attrs=attributes))
    return wrap(
        control,
        name=bound.html_name,
        label=label or str(bound.label or ""),
        hint=hint,
        errors=errors,
        optional=optional,
        show_when=show_when,
        field_id=field_id,
        group=group,
    )


def _single_checkbox(bound: BoundField, field_id: str, hint: str, errors: list[str], show_when: str) -> SafeString:
    """One checkbox: its label stands beside it, the hint under the label."""
    names = [f"{field_id}-hint"] * bool(hint) + [f"{field_id}-error"] * bool(errors)
    attributes: dict[str, str | bool] = {
        "class": "govuk-checkboxes__input",
        **({"aria-describedby": " ".join(names)} if names else {}),
    }
    return format_html(
        '<div class="govuk-form-group{}" data-field="{}"{}>{}'
        '<div class="govuk-checkboxes"><div class="govuk-checkboxes__item">{}'
        '<label class="govuk-label govuk-checkboxes__label" for="{}">{}</label>{}</div></div></div>',
        " govuk-form-group--error" if errors else "",
        bound.html_name,
        format_html(' data-show-when="{}"', show_when) if show_when else "",
        _errors_html(field_id, errors),
        SafeString(bound.as_widget(attrs=attributes)),
        field_id,
        conditional_escape(bound.label or ""),
        format_html('<div id="{}-hint" class="govuk-hint govuk-checkboxes__hint">{}</div>', field_id, hint)
        if hint
        else "",
    )
