"""What holds for a form as a whole: its title, the procedures it serves, its basis, and rules between answers."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from motcua.engines.forms.designing import Data
from motcua.foundation.errors import MotcuaError, NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import Block, Cell, FormBlock, Table, failed, show
from motcua.interfaces.desk.administration.designer.editing import draft_of, keep
from motcua.interfaces.desk.administration.designer.field_form import words_field
from motcua.interfaces.desk.administration.designer.pages import crumbs
from motcua.interfaces.desk.administration.designer.saying import labels_in, rule_words
from motcua.interfaces.desk.administration.designer.vocabulary import RULES, SETTINGS, in_language
from motcua.services.procedures import queries as procedures

editor = holding("catalogue.edit")
WITH_OTHER = ("later", "different", "at_most", "years_apart", "within_years")
WITH_YEARS = ("years_apart", "within_years")


class SettingsForm(forms.Form):
    title_vi = words_field(SETTINGS["title.vi"], required=True)
    title_en = words_field(SETTINGS["title.en"])
    procedures = forms.CharField(
        label=SETTINGS["procedures"],
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Codes of the procedures that use this form, divided by commas."),
    )
    subject_vi = words_field(SETTINGS["subject.vi"])
    subject_en = words_field(SETTINGS["subject.en"])
    basis = forms.CharField(label=SETTINGS["basis"], required=False, max_length=1000)

    def __init__(self, data: Any, *, schema: Mapping[str, Any]) -> None:
        first: dict[str, Any] = {
            "procedures": ", ".join(map(str, schema.get("procedures") or [])),
            "basis": schema.get("basis", ""),
        }
        for name in ("title", "subject"):
            words = schema.get(name) or {}
            first |= {f"{name}_vi": words.get("vi", ""), f"{name}_en": words.get("en", "")}
        super().__init__(data, initial=first)
        self.fields["subject_vi"].help_text = _(
            "Keys in braces stand for answers: Khai sinh cho {child_name}. Officers see it on their lists."
        )

    def clean_procedures(self) -> list[str]:
        codes = [code.strip() for code in self.cleaned_data["procedures"].split(",") if code.strip()]
        for code in codes:
            try:
                procedures.current(code)
            except NotFound as reason:
                raise forms.ValidationError(_("There is no procedure %(code)s in force.") % {"code": code}) from reason
        return list(dict.fromkeys(codes))

    def changed(self, schema: Mapping[str, Any]) -> Data:
        said, made = self.cleaned_data, copy.deepcopy(dict(schema))
        made["title"] = {"vi": said["title_vi"].strip(), "en": said["title_en"].strip() or said["title_vi"].strip()}
        made["procedures"] = said["procedures"]
        made.pop("subject", None)
        if said["subject_vi"].strip():
            vi = said["subject_vi"].strip()
            made["subject"] = {"vi": vi, "en": said["subject_en"].strip() or vi}
        made["basis"] = said["basis"].strip()
        return made


class RuleForm(forms.Form):
    """One rule between answers; the message stands at the first question."""

    field = forms.ChoiceField(label=gettext_lazy("The answer to"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Must hold"),
        choices=[(key, words) for key, words in RULES.items() if key != "must"],
    )
    than = forms.ChoiceField(label=gettext_lazy("The other answer"), required=False)
    years = forms.IntegerField(label=gettext_lazy("Years"), required=False, min_value=0, max_value=150)
    or_equal = forms.BooleanField(label=gettext_lazy("The same day is allowed too"), required=False)
    message_vi = words_field(gettext_lazy("What people read when it does not hold, in Vietnamese"), required=True)
    message_en = words_field(gettext_lazy("In English"))

    def __init__(self, data: Any, *, labels: Mapping[str, str]) -> None:
        super().__init__(data)
        choices = list(labels.items())
        self.fields["field"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]
        self.fields["than"].choices = [("", "–"), ("today", _("today")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        kind = said.get("kind")
        if kind in (*WITH_OTHER, "at_least_one") and not said.get("than"):
            self.add_error("than", _("Choose the answer to compare with."))
        if said.get("than") == "today" and kind in ("different", "at_most", "at_least_one"):
            self.add_error("than", _("Choose the answer to compare with."))
        if kind in WITH_YEARS and said.get("years") is None:
            self.add_error("years", _("Write the number of years."))
        return said

    def rule(self) -> Data:
        said = self.cleaned_data
        kind = said["kind"]
        vi = said["message_vi"].strip()
        made: Data = {
            "kind": kind,
            "field": said["field"],
            "message": {"vi": vi, "en": said["message_en"].strip() or vi},
        }
        if kind == "at_least_one":
            made["fields"] = [said["field"], said["than"]]
        else:
            made["than"] = said["than"]
        if kind in WITH_YEARS:
            made["years"] = said["years"]
        if kind == "later" and said["or_equal"]:
            made["or_equal"] = True
        return made


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def form_settings(request: HttpRequest, key: UUID) -> HttpResponse:
    """Title, procedures, basis; the rules, each to be removed; a new rule. ``do`` says which form was sent."""
    version = draft_of(key)
    schema = version.schema
    labels = labels_in(schema)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    whole = SettingsForm(request.POST if do == "settings" else None, schema=schema)
    rule = RuleForm(request.POST if do == "rule" else None, labels=labels)
    sent: forms.Form | None = {"settings": whole, "rule": rule}.get(do)
    if sent is not None and sent.is_valid():
        changed = whole.changed(schema) if do == "settings" else _with_rule(schema, rule.rule())
        try:
            keep(request, version, changed)
        except MotcuaError as error:
            sent.add_error(None, error.text(_))
        else:
            messages.success(request, _("Kept."))
            return HttpResponseRedirect(reverse("desk:form_settings", args=[key]))
    for each, name in ((whole, "settings"), (rule, "rule")):
        _hide(each, do=name, revision=version.revision)
    blocks: list[Block] = [
        FormBlock(whole, button=_("Keep"), main=True),
        _rules(version.pk, version.revision, schema, labels),
        FormBlock(rule, _("New rule"), _("Add"), folded=True),
    ]
    way = [*crumbs(), (version.definition.name, reverse("desk:form", args=[key]))]
    return show(request, _("Settings and rules"), blocks, crumbs=way, status=max(failed(whole), failed(rule)))


def _hide(form: forms.Form, **values: Any) -> None:
    """Hidden controls with what the page was made from; a form that was sent keeps what it sent."""
    for name, value in values.items():
        form.fields[name] = forms.CharField(
            widget=forms.HiddenInput(attrs={"id": False}), initial=value, required=False
        )


def _with_rule(schema: Mapping[str, Any], rule: Data) -> Data:
    made = copy.deepcopy(dict(schema))
    made["rules"] = [*(made.get("rules") or []), rule]
    return made


def _rules(key: UUID, revision: int, schema: Mapping[str, Any], labels: Mapping[str, str]) -> Table:
    rows = []
    for number, rule in enumerate(schema.get("rules") or []):
        rows.append(
            [
                Cell(rule_words(rule, labels)),
                Cell(in_language(rule.get("message") or {})),
                Cell(
                    _("Remove"),
                    post=reverse("desk:form_rule_remove", args=[key]),
                    hidden=(("rule", str(number)), ("revision", str(revision))),
                ),
            ]
        )
    return Table([_("Rule"), _("Message"), ""], rows, title=_("Rules between answers"), empty=_("No rules yet."))


@editor
@require_POST
def form_rule_remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Takes a rule out."""
    version = draft_of(key)
    made = copy.deepcopy(version.schema)
    number = request.POST.get("rule", "")
    rules = made.get("rules") or []
    if not number.isascii() or not number.isdigit() or len(number) > 4 or int(number) >= len(rules):
        raise NotFound("There is no such rule.")
    del rules[int(number)]
    try:
        keep(request, version, made)
    except MotcuaError as error:
        messages.error(request, error.text(_))
    else:
        messages.success(request, _("Removed."))
    return HttpResponseRedirect(reverse("desk:form_settings", args=[key]))
