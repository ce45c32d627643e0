"""Editing a draft: order, pages, questions with their conditions, settings and rules of the whole form."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from motcua.engines.forms import actions, designing
from motcua.engines.forms.building import candidates
from motcua.engines.forms.designing import Data, Place, read_place, write_place
from motcua.engines.forms.models import FormVersion
from motcua.engines.ledger.work import begin
from motcua.foundation.errors import Conflict, Invalid, MotcuaError, NotFound
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.administration.blocks import Own, show
from motcua.interfaces.desk.administration.designer.field_form import FieldForm, words_field
from motcua.interfaces.desk.administration.designer.found import (
    advice_rows,
    all_advice,
    labels_of,
    papers_of,
    shown_name,
    version_of,
)
from motcua.interfaces.desk.administration.designer.lines import Editor
from motcua.interfaces.desk.administration.designer.pages import crumbs
from motcua.interfaces.desk.administration.designer.vocabulary import SETTINGS, TYPES
from motcua.interfaces.templatetags._words import moment_words

editor = holding("catalogue.edit")
Make = Callable[[Data], tuple[Data, Place | None]]


def keep(request: HttpRequest, version: FormVersion, data: Mapping[str, Any]) -> FormVersion:
    """The draft as ``data`` says it, with the revision that the page was made from. Raises what the action raises."""
    given = request.POST.get("revision", "")
    revision = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
    with begin(actor_of(request)) as work:
        return actions.edit_draft(work, version.pk, data, revision=revision)


def at(version: FormVersion, place: Place | None = None) -> HttpResponseRedirect:
    """The page of the version, at a place."""
    where = f"#part-{write_place(place)}" if place else ""
    return HttpResponseRedirect(reverse("desk:form", args=[version.pk]) + where)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script keeps the page while it is being filled in."""
    return "application/json" in request.headers.get("Accept", "")


@editor
@require_POST
def form_change(request: HttpRequest, key: UUID) -> HttpResponse:
    """One change of order or one new part: ``up``, ``down``, ``move`` with ``to``, ``page``, ``question`` below it."""
    version = version_of(key)
    post = request.POST
    place: Place | None = None
    try:
        data, place = _change(version.schema, {name: post.get(name, "") for name in post})
        keep(request, version, data)
    except MotcuaError as error:
        if wants_json(request):
            return JsonResponse({"error": error.text(_)}, status=error.status)
        if isinstance(error, NotFound):
            raise
        said = [*(_(line) for lines in getattr(error, "fields", {}).values() for line in lines)] or [error.text(_)]
        messages.error(request, " ".join(said))
        return at(version)
    if wants_json(request):
        return JsonResponse({"place": write_place(place) if place else ""})
    if place and "question" in post:
        return HttpResponseRedirect(reverse("desk:form_part", args=[key, write_place(place)]))
    return at(version, place)


def _change(data: Mapping[str, Any], post: Mapping[str, str]) -> tuple[Data, Place | None]:
    for name, step in (("up", -1), ("down", 1)):
        if post.get(name):
            return designing.shift(data, read_place(post[name]), step)
    if post.get("move"):
        return designing.move(data, read_place(post["move"]), read_place(post.get("to", "")))
    label = " ".join(post.get("label", "").split())[:300]
    if not label:
        raise Invalid(fields={"label": ["Write the label in Vietnamese first."]})
    words = {"vi": label, "en": label}
    if "question" in post:
        return designing.add_field(data, read_place(post["question"]), post.get("type", ""), words)
    return designing.add_group(data, words)


class GroupForm(forms.Form):
    """A page of the form."""

    title_vi = words_field(SETTINGS["title.vi"])
    title_en = words_field(SETTINGS["title.en"])
    hint_vi = words_field(SETTINGS["hint.vi"], long=True)
    hint_en = words_field(SETTINGS["hint.en"], long=True)
    key = forms.RegexField(r"^[a-z][a-z0-9_]{0,59}\Z", label=SETTINGS["key"])

    def __init__(self, data: Any, *, node: Mapping[str, Any], taken: set[str]) -> None:
        first = {"key": node.get("key", "")}
        for name in ("title", "hint"):
            words = node.get(name) or {}
            first |= {f"{name}_vi": words.get("vi", ""), f"{name}_en": words.get("en", "")}
        self.node, self.taken = node, taken
        super().__init__(data, initial=first)

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key in self.taken:
            raise forms.ValidationError(_("Another one has the same key “%(key)s”. Give each its own.") % {"key": key})
        return key

    @property
    def words(self) -> list[forms.BoundField]:
        return [self[name] for name in ("title_vi", "title_en", "hint_vi", "hint_en", "key")]

    def changed_node(self) -> Data:
        said = self.cleaned_data
        made = copy.deepcopy(dict(self.node)) | {"key": said["key"]}
        made["title"] = {"vi": said["title_vi"].strip(), "en": said["title_en"].strip() or said["title_vi"].strip()}
        made.pop("hint", None)
        if said["hint_vi"].strip() or said["hint_en"].strip():
            made["hint"] = {"vi": said["hint_vi"].strip(), "en": said["hint_en"].strip() or said["hint_vi"].strip()}
        return made


def draft_of(key: UUID) -> FormVersion:
    """Raises ``NotFound``, ``Conflict`` for what is no draft."""
    version = version_of(key)
    if version.state != FormVersion.State.DRAFT:
        raise Conflict("This version of the form is published already.")
    return version


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def form_part(request: HttpRequest, key: UUID, place: str) -> HttpResponse:
    """A page or a question: its words, settings and conditions; kept as it is typed where scripts run."""
    version, at_place = draft_of(key), read_place(place)
    data = version.schema
    node = designing.node_at(data, at_place)
    found = candidates(data, at_place)
    labels = labels_of(data, at_place, found)
    posted = request.POST if request.method == "POST" else None
    form = _form_for(posted, data, at_place, node)
    editors = _editors(request, node, found, labels, group=len(at_place) == 1)
    only_shown = posted is not None and ("_more" in posted)
    if posted is not None and not only_shown:
        answer = _keep_part(request, version, at_place, form, editors)
        if answer is not None:
            return answer
    status = 422 if posted is not None and not only_shown else 200
    context = {
        "version": version,
        "place": place,
        "form": form,
        "group": len(at_place) == 1,
        "editors": editors,
        "wrong": [pair for one in editors for pair in one["lines"].wrong] if not only_shown else [],
        "show_errors": not only_shown,
        "revision": request.POST.get("revision", version.revision) if posted is not None else version.revision,
        "kind": str(TYPES.get(str(node.get("type")), "")),
        "advice": [row for row in advice_rows(version, all_advice(version)) if row["url"].endswith(f"/{place}/")],
        "needers": _needers(data, at_place, node),
        "page": _page_key(data, at_place),
    }
    way = [*crumbs(), (version.definition.name, reverse("desk:form", args=[key]))]
    block = Own("desk/administration/designer/_part.html", context)
    return show(request, shown_name(node), [block], crumbs=way, status=status, wide=True)


def _form_for(posted: Any, data: Data, place: Place, node: Data) -> Any:
    siblings = designing.siblings_at(data, place)
    others = {str(row.get("key")) for index, row in enumerate(siblings) if index != place[-1]}
    if len(place) == 1:
        return GroupForm(posted, node=node, taken=others)
    if len(place) == 2:
        others |= {str(one.get("key")) for at_, one in designing.walk(data) if len(at_) == 2 and at_ != place}
    return FieldForm(posted, node=node, taken=others, papers=papers_of(data), nested=len(place) == 3)


def _editors(
    request: HttpRequest, node: Data, found: Any, labels: Mapping[str, str], *, group: bool
) -> list[dict[str, Any]]:
    wanted = [("show", "visible_when", gettext_lazy("Shown when"))]
    if not group and node.get("type") != "statement":
        wanted.append(("need", "required_when", gettext_lazy("Must be answered when")))
    made = []
    for prefix, name, title in wanted:
        held = node.get(name)
        lines = (
            Editor.posted(prefix, request.POST, held, found, labels, with_new=not wants_json(request))
            if request.method == "POST"
            else Editor.of(prefix, held, found, labels)
        )
        made.append({"name": name, "title": title, "lines": lines, "held": held})
    return made


def _keep_part(
    request: HttpRequest, version: FormVersion, place: Place, form: Any, editors: list[dict[str, Any]]
) -> HttpResponse | None:
    """None: something is wrong in what was typed; the page says what."""
    conditions = {each["name"]: each["lines"].condition() for each in editors}
    unfinished = [each for each in editors if each["lines"].wrong]
    if wants_json(request):
        # a line that is being built is kept once it is whole
        conditions |= {each["name"]: each["held"] for each in unfinished}
        if not form.is_valid():
            return JsonResponse({"error": _("Not saved: please check the marked answers.")}, status=422)
    elif unfinished or not form.is_valid():
        return None
    node = form.changed_node()
    if form.cleaned_data.get("needed", "when") != "when":
        conditions["required_when"] = None
    for name, condition in conditions.items():
        node.pop(name, None)
        if condition is not None:
            node[name] = condition
    if conditions.get("required_when") is None and form.cleaned_data.get("needed") == "when":
        node["required"] = False
    try:
        kept = keep(request, version, designing.replace(version.schema, place, node))
    except MotcuaError as error:
        if wants_json(request):
            return JsonResponse({"error": error.text(_)}, status=error.status)
        form.add_error(None, error.text(_))
        return None
    if wants_json(request):
        moment = kept.changed_at or kept.created_at
        return JsonResponse({"saved_at": moment_words(moment, "time"), "revision": kept.revision})
    if "_stay" in request.POST:
        return HttpResponseRedirect(reverse("desk:form_part", args=[version.pk, write_place(place)]))
    messages.success(request, _("Kept."))
    return at(version, place)


def _needers(data: Data, place: Place, node: Data) -> list[str]:
    """Which other parts have conditions that speak of this question."""
    key = str(node.get("key"))
    found = []
    for other, one in designing.walk(data):
        if other == place:
            continue
        names = {name.split(".")[0] for name in _spoken_of(one)}
        if key in names and len(place) > 1:
            found.append(shown_name(one))
    return found


def _spoken_of(node: Data) -> list[str]:
    found: list[str] = []

    def gather(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                gather(one)
        elif isinstance(part, dict):
            if isinstance(part.get("field"), str):
                found.append(part["field"])
            for name in ("all", "any", "not"):
                gather(part.get(name))

    for name in ("visible_when", "required_when"):
        gather(node.get(name))
    return found


def _page_key(data: Data, place: Place) -> str:
    return str(designing.node_at(data, place[:1]).get("key", ""))


@editor
@require_POST
def form_remove(request: HttpRequest, key: UUID, place: str) -> HttpResponse:
    """Takes a page or a question out of the draft."""
    version, where = draft_of(key), read_place(place)
    try:
        keep(request, version, designing.remove(version.schema, where))
    except Conflict as error:
        messages.error(request, error.text(_))
        return HttpResponseRedirect(reverse("desk:form_part", args=[key, place]))
    messages.success(request, _("Removed."))
    return at(version)
