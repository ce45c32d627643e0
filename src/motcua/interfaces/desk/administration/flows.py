"""Flows as tables: steps, who does them, how long, what follows; checked in plain words, drawn while one writes,
published from a day, compared, taken back before that day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.engines.flows import actions, queries
from motcua.engines.flows.bpmn import to_bpmn
from motcua.engines.flows.models import Flow, FlowRule, FlowVersion
from motcua.engines.flows.picture import PictureWords, to_svg
from motcua.engines.flows.rules import STANDARD, Definition, parse
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, MotcuaError, NotFound
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.administration.blocks import (
    Block,
    Cell,
    Own,
    Table,
    failed,
    go,
    perform,
    show,
)
from motcua.interfaces.desk.administration.flow_form import FlowForm, rules_as_text
from motcua.interfaces.desk.administration.flow_versions import (
    cell_words,
    history_block,
    property_words,
    state_words,
    versions_table,
)
from motcua.interfaces.desk.administration.flow_words import UnitWords, hour_words, level_words, role_names, unit_words
from motcua.services.dossiers.flow_checks import advice_on

editor = holding("catalogue.edit")
SHOWN = 500
"""Flows in the list; with thousands one searches."""


@editor
@require_safe
def flows(request: HttpRequest) -> HttpResponse:
    """All flows and what takes them; found by name, key or procedure."""
    asked = request.GET.get("q", "").strip()[:80]
    found = Flow.objects.order_by("name")
    if asked:
        found = (found.filter(name__icontains=asked) | found.filter(key__icontains=asked) | found.filter(
            pk__in=FlowRule.objects.filter(procedure_code__startswith=asked).values("flow_id")
        )).distinct()  # fmt: skip
    listed = list(found[: SHOWN + 1])
    subjects: dict[Any, list[str]] = {}
    for rule in FlowRule.objects.filter(flow__in=listed).order_by("id"):
        words = (
            rule.procedure_code
            or " · ".join(part for part in (rule.field, level_words(rule.level)) if part)
            or _("everything else")
        )
        subjects.setdefault(rule.flow_id, []).append(words)
    newest = {
        version.flow_id: version
        for version in FlowVersion.objects.filter(flow__in=listed)
        .order_by("flow_id", "-number")
        .distinct("flow_id")
        .defer("steps")
    }
    rows = [_listed(flow, newest.get(flow.pk), subjects.get(flow.pk, [])) for flow in listed[:SHOWN]]
    table = Table(
        [_("Flow"), _("Version"), _("State"), _("Taken by")],
        rows,
        empty=_("No flow is called that.") if asked else _("None drawn: every dossier takes the standard flow."),
    )
    links = [
        (_("New flow"), reverse("desk:flow_new")),
        (_("Import"), reverse("desk:flow_import")),
        (_("Download as a spreadsheet"), reverse("desk:flow_export")),
    ]
    search = Own("desk/administration/_flow_search.html", {"asked": asked, "more": len(listed) > SHOWN})
    return show(request, _("Flows"), [search, table], links=links)


def _listed(flow: Flow, version: FlowVersion | None, takes: list[str]) -> list[Cell]:
    return [
        Cell(flow.name, url=reverse("desk:flow", args=[flow.key])),
        Cell(version.number if version else "–", number=True),
        Cell(state_words(version)),
        Cell("; ".join(takes[:6]) + (" …" if len(takes) > 6 else "") or "–"),
    ]


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def flow_new(request: HttpRequest) -> HttpResponse:
    """A new flow; the standard one is its beginning."""
    return _edit(request, None, [dict(step) for step in STANDARD])


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def flow(request: HttpRequest, key: str) -> HttpResponse:
    """The newest steps as a table to edit: kept as a draft, checked, published as a version beside the old."""
    found = _found(key)
    newest = found.versions.order_by("-number").first()
    return _edit(request, found, list(newest.steps) if newest else [dict(step) for step in STANDARD], newest)


def _found(key: str) -> Flow:
    found = Flow.objects.filter(key=key).first()
    if found is None:
        raise NotFound("There is no such flow.")
    return found


def _edit(
    request: HttpRequest, found: Flow | None, steps: list[dict[str, Any]], newest: FlowVersion | None = None
) -> HttpResponse:
    first: dict[str, Any] = {"effective_from": clock.today() + timedelta(days=1)}
    if found is not None:
        first |= {"name": found.name, "key": found.key, "revision": queries.revision_of(found)}
        first |= rules_as_text(queries.rules_of(found))
    posted = request.POST if request.method == "POST" else None
    form = FlowForm(posted, steps=steps, known=found is not None, initial=first)
    do = request.POST.get("do", "") if posted is not None else ""
    status = 200
    if posted is not None and not form.moved and do != "check":
        if do == "publish":
            said = _("Published. Running dossiers keep their version.")
            made = perform(request, form, lambda work: _publish(work, form), said)
        else:
            made = perform(request, form, lambda work: _draft(work, form), _("The draft is kept."))
        if made is not None:
            return go("flow", form.cleaned_data["key"])
        status = failed(form)
    elif posted is not None:
        form.is_valid()
    data = {
        "form": form,
        "errors": posted is not None and not form.moved,
        "selectors": list(form.units.choices.values()),
        "picture": _picture(form, steps, found.name if found else ""),
        "moves": (
            ("up", "↑", _("Move up row")),
            ("down", "↓", _("Move down row")),
            ("add", "+", _("Add a row below row")),
            ("remove", "✕", _("Remove row")),
        ),
        "draft": newest is not None and newest.published_at is None,
    }
    blocks: list[Block] = [Own("desk/administration/_flow_form.html", data)]
    if found is not None:
        blocks += [versions_table(found), history_block(found)]
    links = []
    if found is not None:
        links = [
            (_("Diagram"), reverse("desk:flow_diagram", args=[found.key])),
            (_("What if"), reverse("desk:flow_what_if", args=[found.key])),
            (_("Download as BPMN"), reverse("desk:flow_bpmn", args=[found.key])),
        ]
    title = found.name if found else _("New flow")
    crumbs = [(_("Flows"), reverse("desk:flows"))]
    return show(request, title, blocks, crumbs=crumbs, links=links, status=status)


def _publish(work: Any, form: FlowForm) -> FlowVersion:
    data = form.cleaned_data
    return actions.publish(
        work,
        data["key"],
        data["name"],
        form.steps(),
        effective_from=data["effective_from"],
        rules=form.rules(),
        exactly=True,
        revision=form.began,
    )


def _draft(work: Any, form: FlowForm) -> FlowVersion:
    data = form.cleaned_data
    return actions.save_draft(work, data["key"], data["name"], form.steps(), rules=form.rules(), revision=form.began)


@editor
@require_POST
def flow_picture(request: HttpRequest) -> HttpResponse:
    """The picture and the findings of what is in the table, as one types."""
    form = FlowForm(request.POST, steps=[], known=False)
    form.is_valid()
    context = {"picture": _picture(form, [], request.POST.get("name", "")[:200])}
    return render(request, "desk/administration/_flow_picture.html", context)


def _picture(form: FlowForm, steps: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """What the table says as a picture with its findings; what is stored where nothing was posted."""
    if form.is_bound:
        steps, rules = form.steps(), form.rules()
    else:
        known = Flow.objects.filter(key=form.initial.get("key", "")).first()
        rules = queries.rules_of(known) if known else []
    try:
        read = parse(steps)
    except MotcuaError as error:
        return {"problems": [("", error.text(_))], "advice": [], "svg": ""}
    problems = [(key, _(message)) for key, message in read.problems()]
    day = (form.cleaned_data.get("effective_from") if form.is_bound else None) or form.initial.get("effective_from")
    advice = []
    if not problems:
        advice = [(one.step, one.text.render(_)) for one in advice_on(read, rules, day or clock.today())]
    marks = {key: "doubtful" for key, _said in advice if key} | {key: "wrong" for key, _said in problems if key}
    names = {step.key: step.title(get_language() or "vi") for step in read.steps}
    return {
        "problems": [(names.get(key, key), said) for key, said in problems],
        "advice": [(names.get(key, key), said) for key, said in advice],
        "svg": picture_of(read, name, marks),
    }


def picture_of(read: Definition, name: str, marks: Mapping[str, str] | None = None, key: str = "flow") -> SafeString:
    """The picture of a flow in the reader's language; every word in it is escaped by ``to_svg``."""
    language = get_language() or "vi"
    units, roles = UnitWords().words, role_names()
    count = len(read.steps)
    said = ngettext("%(count)s step: %(steps)s", "%(count)s steps: %(steps)s", count) % {
        "count": count,
        "steps": "; ".join(f"{step.title(language)} ({units(step.unit)})" for step in read.steps),
    }
    title = name or _("Flow")
    words = PictureWords(units, lambda code: roles.get(code, code), hour_words)
    svg = to_svg(read, title=title, description=said, words=words, language=language, marks=marks, key=key)
    return SafeString(svg)


@editor
@require_safe
def flow_bpmn(request: HttpRequest, key: str) -> HttpResponse:
    """The newest version as a BPMN 2.0 file."""
    newest = FlowVersion.objects.select_related("flow").filter(flow__key=key).order_by("-number").first()
    if newest is None or not newest.steps:
        raise NotFound("There is no such flow.")
    text = to_bpmn(parse(newest.steps), newest.flow.name, get_language() or "vi", unit_words)
    response = HttpResponse(text, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{key}-{newest.number}.bpmn"'
    return response


@editor
@require_safe
def flow_diagram(request: HttpRequest, key: str) -> HttpResponse:
    """The exported file as a BPMN viewer shows it, to be moved and enlarged; below it our own picture."""
    found = _found(key)
    newest = found.versions.order_by("-number").first()
    if newest is None:
        raise NotFound("There is no such flow.")
    data = {"address": reverse("desk:flow_bpmn", args=[key]), "svg": picture_of(parse(newest.steps), found.name)}
    crumbs = [(_("Flows"), reverse("desk:flows")), (found.name, reverse("desk:flow", args=[key]))]
    links = [(_("Download as BPMN"), reverse("desk:flow_bpmn", args=[key]))]
    return show(
        request, _("Diagram"), [Own("desk/administration/_flow_diagram.html", data)], crumbs=crumbs, links=links
    )


@editor
@require_POST
def flow_undo(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a publication back before its day, or throws a draft away."""
    try:
        with begin(actor_of(request)) as work:
            if request.POST.get("what") == "draft":
                first = FlowVersion.objects.filter(flow__key=key).count() == 1
                actions.discard_draft(work, key)
            else:
                first = False
                actions.undo(work, key)
    except Conflict as error:
        messages.error(request, error.text(_))
        return go("flow", key)
    messages.success(request, _("Taken back."))
    return go("flows") if first else go("flow", key)


@editor
@require_safe
def flow_compare(request: HttpRequest, key: str) -> HttpResponse:
    """What differs between two versions, step by step; both as pictures."""
    found = _found(key)
    versions = {version.number: version for version in found.versions.order_by("number")}
    numbers = list(versions) or [0]
    try:
        asked = {"a": str(numbers[-2:][0]), "b": str(numbers[-1]), **request.GET.dict()}
        before, after = versions[int(asked["a"])], versions[int(asked["b"])]
    except (KeyError, ValueError):
        raise NotFound("There is no such version.") from None
    old, new = parse(before.steps), parse(after.steps)
    rows, marks = [], {}
    steps = {step.key: step.title(get_language() or "vi") for step in (*old.steps, *new.steps)}
    for one in queries.compared(old, new):
        marks[one.key] = {"added": "new", "removed": "wrong", "changed": "doubtful"}[one.kind]
        if one.kind != "changed":
            kind = _("added") if one.kind == "added" else _("removed")
            rows.append([Cell(one.name), Cell(kind), Cell("–"), Cell("–")])
        for name, was, now in one.cells:
            cells = (Cell(cell_words(name, was, steps)), Cell(cell_words(name, now, steps)))
            rows.append([Cell(one.name), Cell(property_words(name)), *cells])
    table = Table([_("Step"), _("What"), _("Before"), _("After")], rows, empty=_("The two versions are the same."))
    pictures = {
        "before": picture_of(old, found.name, marks, "before"),
        "after": picture_of(new, found.name, marks, "after"),
        "a": before.number,
        "b": after.number,
    }
    crumbs = [(_("Flows"), reverse("desk:flows")), (found.name, reverse("desk:flow", args=[key]))]
    title = _("Versions %(a)s and %(b)s") % {"a": before.number, "b": after.number}
    return show(request, title, [table, Own("desk/administration/_flow_compare.html", pictures)], crumbs=crumbs)
