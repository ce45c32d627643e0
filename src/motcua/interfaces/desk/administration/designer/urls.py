"""Addresses of the forms designer, below ``administration/forms/``."""

from __future__ import annotations

from django.urls import path

from motcua.interfaces.desk.administration.designer import beginning, editing, pages, settings, trying

urlpatterns = [
    path("", pages.designed_forms, name="forms"),
    path("new/", beginning.form_new, name="form_new"),
    path("<uuid:key>/", pages.form, name="form"),
    path("<uuid:key>/change/", editing.form_change, name="form_change"),
    path("<uuid:key>/parts/<str:place>/", editing.form_part, name="form_part"),
    path("<uuid:key>/parts/<str:place>/remove/", editing.form_remove, name="form_remove"),
    path("<uuid:key>/settings/", settings.form_settings, name="form_settings"),
    path("<uuid:key>/settings/rules/remove/", settings.form_rule_remove, name="form_rule_remove"),
    path("<uuid:key>/try/", trying.form_try, name="form_try"),
    path("<uuid:key>/version/", pages.form_version, name="form_version"),
    path("<uuid:key>/publish/", pages.form_publish, name="form_publish"),
    path("<uuid:key>/withdraw/", pages.form_withdraw, name="form_withdraw"),
    path("<uuid:key>/discard/", pages.form_discard, name="form_discard"),
    path("<uuid:key>/compare/<uuid:other>/", pages.form_compare, name="form_compare"),
    path("<uuid:key>/form.json", pages.form_export, name="form_export"),
    path("<uuid:key>/schema.json", pages.form_schema, name="form_schema"),
]
