"""How Django forms look: one renderer, so that every form of the house and of allauth has the same fields."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class FormRenderer(DjangoTemplates):
    """Renders ``{{ form }}`` and ``{{ form.name.as_field_group }}`` with the components of the house."""

    form_template_name = "components/form.html"
    field_template_name = "components/form_field.html"
