"""Flows as tables: steps, who does them, how long, what follows; checked in plain words, published from a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.engines.flows import actions
from motcua.engines.flows.bpmn import to_bpmn
from motcua.engines.flows.models import Flow, FlowRule, FlowVersion
from motcua.engines.flows.rules import STANDARD, parse
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import MotcuaError, NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import Block, Cell, Own, Table, day_field, failed, go, perform, show

editor = holding("catalogue.edit")
MORE = 3
STAGES = (("process", gettext_lazy("Process")), ("sign", gettext_lazy("Sign")), ("return", gettext_lazy("Return")))
UNITS = {
    "competent": gettext_lazy("the competent unit"),
    "received_at": gettext_lazy("the counter"),
    "lead": gettext_lazy("the leading unit"),
}


@editor
@require_safe
def flows(request: HttpRequest) -> HttpResponse:
    """All flows and what takes them."""
    subjects: dict[Any, list[str]] = {}
    for rule in FlowRule.objects.all():
        words = (
            rule.procedure_code or " ".join(part for part in (rule.field, rule.level) if part) or _("everything else")
        )
        subjects.setdefault(rule.flow_id, []).append(words)
    rows = []
    for flow in Flow.objects.order_by("name").prefetch_related("versions"):
        numbers = [version.number for version in flow.versions.all()]
        rows.append(
            [
                Cell(flow.name, url=reverse("desk:flow", args=[flow.key]), note=flow.key),
                Cell(max(numbers, default="–"), number=True),
                Cell("; ".join(subjects.get(flow.pk, [])[:6]) or "–"),
            ]
        )
    table = Table(
        [_("Flow"), _("Versions"), _("Taken by")], rows, empty=_("None drawn: every dossier takes the standard flow.")
    )
    return show(request, _("Flows"), [table], links=[(_("New flow"), reverse("desk:flow_new"))])


class FlowForm(forms.Form):
    """The steps as rows; a row without a key is left out. ``next`` holds keys divided by commas."""

    name = forms.CharField(label=gettext_lazy("Name of the flow"), max_length=200)
    key = forms.SlugField(
        label=gettext_lazy("Key"),
        max_length=80,
        help_text=gettext_lazy("Lower-case letters and dashes; stays the same for ever."),
    )
    effective_from = day_field(gettext_lazy("In force from"))
    procedure_code = forms.CharField(
        label=gettext_lazy("Taken by the procedure with the code"), max_length=40, required=False
    )
    field = forms.CharField(label=gettext_lazy("Taken by the field"), max_length=200, required=False)

    def __init__(self, data: Any, *, steps: list[dict[str, Any]], known: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if known:
            self.fields["key"].disabled = True
        self.count = len(steps) + MORE
        if data is not None:
            asked = str(data.get("rows", ""))
            if asked.isascii() and asked.isdigit() and len(asked) < 4:
                self.count = max(1, min(int(asked), 60))
        for at in range(self.count):
            step = steps[at] if at < len(steps) else {}
            for name, field in self._cells(step):
                field.required = False
                self.fields[f"s{at}_{name}"] = field

    def _cells(self, step: dict[str, Any]) -> Iterator[tuple[str, forms.Field]]:
        yield "key", forms.CharField(label=_("Key"), max_length=40, initial=step.get("key", ""))
        yield "name", forms.CharField(label=_("Step"), max_length=200, initial=step.get("name", ""))
        yield "name_en", forms.CharField(label=_("In English"), max_length=200, initial=step.get("name_en", ""))
        yield "stage", forms.ChoiceField(label=_("Kind of work"), choices=STAGES, initial=step.get("stage", "process"))
        yield (
            "unit",
            forms.CharField(
                label=_("Who"),
                max_length=60,
                initial=step.get("unit", "competent"),
                widget=forms.TextInput(attrs={"list": "selectors"}),
            ),
        )
        yield (
            "hours",
            forms.CharField(
                label=_("Working hours"),
                max_length=6,
                initial=step.get("hours", ""),
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            ),
        )
        yield "next", forms.CharField(label=_("Then"), max_length=200, initial=", ".join(step.get("next", [])))
        yield "choice", forms.BooleanField(label=_("One of them is chosen"), initial=step.get("choice", False))
        yield "join", forms.BooleanField(label=_("Waits for all before it"), initial=step.get("join", False))

    def rows(self) -> Iterator[list[Any]]:
        """The rows as the template shows them."""
        for at in range(self.count):
            yield [
                self[f"s{at}_{name}"]
                for name in ("key", "name", "name_en", "stage", "unit", "hours", "next", "choice", "join")
            ]

    def steps(self) -> list[dict[str, Any]]:
        """The steps as ``flows.rules.parse`` reads them."""
        found = []
        for at in range(self.count):
            said = {
                name: self.cleaned_data.get(f"s{at}_{name}")
                for name in ("key", "name", "name_en", "stage", "unit", "hours", "next", "choice", "join")
            }
            key = slugify(str(said["key"] or ""))
            if not key:
                continue
            step: dict[str, Any] = {
                "key": key,
                "name": said["name"] or key,
                "name_en": said["name_en"] or "",
                "stage": said["stage"] or "process",
                "unit": (said["unit"] or "competent").strip(),
                "next": [slugify(part) for part in re.split(r"[,;\s]+", said["next"] or "") if slugify(part)],
            }
            if str(said["hours"] or "").strip():
                step["hours"] = str(said["hours"]).strip()
            for name in ("choice", "join"):
                if said[name]:
                    step[name] = True
            found.append(step)
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            steps = self.steps()
            for key, message in parse(steps).problems():
                self.add_error(None, f"{key}: {_(message)}" if key else _(message))
            for step in steps:
                code = step["unit"].removeprefix("code:")
                if step["unit"].startswith("code:") and code not in directory().by_code:
                    self.add_error(None, _("%(key)s: there is no unit %(code)s.") % {"key": step["key"], "code": code})
        except MotcuaError as error:
            self.add_error(None, error.text(_))
        return cleaned


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def flow_new(request: HttpRequest) -> HttpResponse:
    """A new flow; the standard one is its beginning."""
    return _edit(request, None, list(STANDARD))


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def flow(request: HttpRequest, key: str) -> HttpResponse:
    """The steps in force as a table to edit; publishing makes a new version beside the old."""
    found = Flow.objects.filter(key=key).first()
    if found is None:
        raise NotFound("There is no such flow.")
    newest = found.versions.order_by("-number").first()
    return _edit(request, found, list(newest.steps) if newest else list(STANDARD))


def _edit(request: HttpRequest, found: Flow | None, steps: list[dict[str, Any]]) -> HttpResponse:
    first: dict[str, Any] = {"effective_from": clock.today() + timedelta(days=1)}
    if found is not None:
        first |= {"name": found.name, "key": found.key}
    form = FlowForm(
        request.POST if request.method == "POST" else None, steps=steps, known=found is not None, initial=first
    )
    checked = False
    if request.method == "POST":
        if "check" in request.POST:
            checked = form.is_valid()
        else:
            made = perform(
                request, form, lambda work: _publish(work, form), _("Published. Running dossiers keep their version.")
            )
            if made is not None:
                return go("flow", form.cleaned_data["key"])
    data = {
        "form": form,
        "checked": checked,
        "selectors": UNITS.items(),
        "diagram": _diagram(form, steps, found.name if found else ""),
    }
    blocks: list[Block] = [Own("desk/administration/_flow_form.html", data)]
    if found is not None:
        blocks.append(_versions(found))
    crumbs = [(_("Flows"), reverse("desk:flows"))]
    links = [(_("Download as BPMN"), reverse("desk:flow_bpmn", args=[found.key]))] if found else []
    title = found.name if found else _("New flow")
    return show(request, title, blocks, crumbs=crumbs, links=links, status=failed(form))


def _diagram(form: FlowForm, steps: list[dict[str, Any]], name: str) -> str:
    """The picture of what is in the table, as far as it makes a flow; of what is stored otherwise."""
    if form.is_bound and not form.errors:
        steps = form.steps()
    flow = parse(steps)
    return "" if flow.problems() else to_bpmn(flow, name, get_language() or "vi")


@editor
@require_safe
def flow_bpmn(request: HttpRequest, key: str) -> HttpResponse:
    """The newest version as a BPMN 2.0 file."""
    newest = FlowVersion.objects.select_related("flow").filter(flow__key=key).order_by("-number").first()
    if newest is None:
        raise NotFound("There is no such flow.")
    text = to_bpmn(parse(newest.steps), newest.flow.name, get_language() or "vi")
    response = HttpResponse(text, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{key}-{newest.number}.bpmn"'
    return response


def _publish(work: Any, form: FlowForm) -> FlowVersion:
    data = form.cleaned_data
    rules = []
    if data["procedure_code"]:
        rules.append({"procedure_code": data["procedure_code"].strip()})
    if data["field"]:
        rules.append({"field": data["field"].strip()})
    return actions.publish(
        work, data["key"], data["name"], form.steps(), effective_from=data["effective_from"], rules=rules
    )


def _versions(found: Flow) -> Table:
    rows = []
    for version in found.versions.order_by("-number"):
        names = " → ".join(str(step.get("name", step.get("key", ""))) for step in version.steps)
        rows.append(
            [
                Cell(version.number, number=True),
                Cell(f"{version.effective_from:%d/%m/%Y}" if version.effective_from else "–"),
                Cell(names),
            ]
        )
    return Table([_("Version"), _("From"), _("Steps")], rows, title=_("Versions"))
