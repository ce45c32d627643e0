"""The list of forms, one version with its versions and history, new forms, publication."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from motcua.engines.forms import actions, publication
from motcua.engines.forms.difference import differences
from motcua.engines.forms.models import FormDefinition, FormVersion
from motcua.engines.forms.parsing import check, parse_form
from motcua.engines.forms.queries import in_force
from motcua.engines.ledger.work import Work
from motcua.foundation import clock
from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import (
    Block,
    Cell,
    Nothing,
    Own,
    Table,
    day_field,
    go,
    perform,
    show,
)
from motcua.interfaces.desk.administration.changes import history_of
from motcua.interfaces.desk.administration.designer.found import (
    advice_rows,
    all_advice,
    items_of,
    version_of,
)
from motcua.interfaces.desk.administration.designer.saying import setting_value
from motcua.interfaces.desk.administration.designer.vocabulary import TYPES, setting_words

editor = holding("catalogue.edit")
TONES = {"draft": "wait", "published": "done", "withdrawn": "quiet"}
CRUMB = (gettext_lazy("Forms"), "desk:forms")
SCHEMA_TYPE = "application/schema+json"


def crumbs() -> list[tuple[Any, str]]:
    return [(CRUMB[0], reverse(CRUMB[1]))]


@editor
@require_safe
def designed_forms(request: HttpRequest) -> HttpResponse:
    """Designed forms: what is in force, what is being drafted. A procedure without one has a derived form."""
    current = set(in_force().values())
    rows = []
    for definition in FormDefinition.objects.prefetch_related("versions"):
        versions = list(definition.versions.all())
        if not versions:
            continue
        shown = next((one for one in versions if one.pk in current), versions[0])
        rows.append(
            [
                Cell(definition.name, url=reverse("desk:form", args=[shown.pk]), note=definition.key),
                Cell(", ".join(shown.schema.get("procedures") or []), number=True),
                _in_force(shown) if shown.pk in current else Cell("–"),
                _waiting(versions),
            ]
        )
    table = Table([_("Form"), _("Procedures"), _("In force"), _("Next")], rows, empty=_("No designed form yet."))
    intro = _("A procedure without a designed form gets one derived from what the catalogue says of it.")
    return show(request, _("Forms"), [table], links=[(_("New form"), reverse("desk:form_new"))], intro=intro)


def _in_force(version: FormVersion) -> Cell:
    return Cell(_("Version %(number)s") % {"number": version.number}, note=_since(version))


def _since(version: FormVersion) -> str:
    return _("from %(day)s") % {"day": f"{version.effective_from:%d/%m/%Y}"} if version.effective_from else ""


def _waiting(versions: list[FormVersion]) -> Cell:
    today = clock.today()
    for one in versions:
        if one.state == FormVersion.State.DRAFT:
            return Cell(_("Draft of version %(number)s") % {"number": one.number}, reverse("desk:form", args=[one.pk]))
        if one.state == FormVersion.State.PUBLISHED and one.effective_from and one.effective_from > today:
            said = _("Version %(number)s") % {"number": one.number}
            return Cell(said, reverse("desk:form", args=[one.pk]), note=_since(one))
    return Cell("–")


class FormDate(forms.Form):
    effective_from = day_field(
        gettext_lazy("In force from"), hint=gettext_lazy("Dossiers and drafts keep the version they began with.")
    )


@editor
@require_safe
def form(request: HttpRequest, key: UUID) -> HttpResponse:
    """One version: its pages and questions, what is to be mended, how citizens see it, its other versions."""
    return form_page(request, version_of(key))


def form_page(
    request: HttpRequest, version: FormVersion, *, dated: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    draft = version.state == FormVersion.State.DRAFT
    said = all_advice(version)
    groups = items_of(version.schema, said)
    frame = "desktop" if request.GET.get("frame") == "desktop" else "phone"
    page = request.GET.get("page", "")
    page = page if any(group.key == page for group in groups) else ""
    data = {
        "version": version,
        "draft": draft,
        "groups": groups,
        "advice": advice_rows(version, said),
        "blocking": sum(one.blocking for one in said),
        "types": list(TYPES.items()),
        "inner_types": [(key, words) for key, words in TYPES.items() if key not in ("table", "party")],
        "rules": len(version.schema.get("rules") or []),
        "frame": frame,
        "page": page,
        "dated": dated or FormDate(initial={"effective_from": clock.today()}),
        "withdrawable": _may_be_withdrawn(version),
    }
    blocks: list[Block] = [
        Own("desk/administration/designer/_form.html", data),
        _versions(version),
        history_of(version.definition_id, form=version.schema),
    ]
    links = [
        (_("Settings and rules"), reverse("desk:form_settings", args=[version.pk])),
        (_("Try it out"), reverse("desk:form_try", args=[version.pk])),
    ]
    if not draft:
        links = links[1:]
    links += [
        (_("As a file"), reverse("desk:form_export", args=[version.pk])),
        ("JSON Schema", reverse("desk:form_schema", args=[version.pk])),
    ]
    title = f"{version.definition.name} · {_('Version %(number)s') % {'number': version.number}}"
    return show(request, title, blocks, crumbs=crumbs(), links=links, status=status, wide=True)


def _may_be_withdrawn(version: FormVersion) -> bool:
    since = version.effective_from
    return version.state == FormVersion.State.PUBLISHED and since is not None and since > clock.today()


def _versions(version: FormVersion) -> Table:
    current = set(in_force().values())
    rows = []
    for one in version.definition.versions.order_by("-number"):
        here = one.pk == version.pk
        state = (
            Cell(_("in force"), tone="done")
            if one.pk in current
            else Cell(one.get_state_display(), tone=TONES[one.state])
        )
        compare = reverse("desk:form_compare", args=[version.pk, one.pk])
        rows.append(
            [
                Cell(one.number, url="" if here else reverse("desk:form", args=[one.pk]), number=True),
                state,
                Cell(f"{one.effective_from:%d/%m/%Y}" if one.effective_from else "–", number=True),
                Cell(_("this one")) if here else Cell(_("Compare with this one"), url=compare),
            ]
        )
    return Table([_("Version"), _("State"), _("From"), ""], rows, title=_("Versions"))


@editor
@require_POST
def form_version(request: HttpRequest, key: UUID) -> HttpResponse:
    """A draft of the next version, beginning with this one."""
    version = version_of(key)
    nothing = Nothing(request.POST)
    made = perform(request, nothing, lambda work: actions.begin_draft(work, version.schema), _("The draft is begun."))
    _say_errors(request, nothing)
    return go("form", made.pk if made is not None else key)


@editor
@require_POST
def form_publish(request: HttpRequest, key: UUID) -> HttpResponse:
    """A draft comes into force from a day."""
    version = version_of(key)
    dated = FormDate(request.POST)
    done = perform(
        request,
        dated,
        lambda work: actions.publish(work, version, effective_from=dated.cleaned_data["effective_from"]),
        _("Published."),
    )
    return go("form", key) if done is not None else form_page(request, version_of(key), dated=dated, status=422)


@editor
@require_POST
def form_withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """A published version is taken back before its day."""
    nothing = Nothing(request.POST)
    perform(request, nothing, lambda work: actions.withdraw(work, key), _("Withdrawn."))
    _say_errors(request, nothing)
    return go("form", key)


@editor
@require_POST
def form_discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """The draft is given up."""
    nothing = Nothing(request.POST)

    def discard(work: Work) -> bool:
        actions.discard_draft(work, key)
        return True

    done = perform(request, nothing, discard, _("The draft is discarded."))
    _say_errors(request, nothing)
    return go("forms") if done else go("form", key)


def _say_errors(request: HttpRequest, form: forms.Form) -> None:
    for line in form.non_field_errors():
        messages.error(request, str(line))


@editor
@require_safe
def form_compare(request: HttpRequest, key: UUID, other: UUID) -> HttpResponse:
    """What differs between two versions, the earlier one left."""
    first, second = sorted((version_of(key), version_of(other)), key=lambda one: one.number)
    if first.definition_id != second.definition_id:
        raise NotFound("These are versions of different forms.")
    rows = [
        [
            Cell(one.name or _("The form itself"), note=one.where),
            Cell(setting_words(one.setting) if one.setting else _("added") if one.before is None else _("removed")),
            Cell(setting_value(one.setting, one.before, first.schema)),
            Cell(setting_value(one.setting, one.after, second.schema)),
        ]
        for one in differences(first.schema, second.schema)
    ]
    heads = [
        _("Place"),
        _("What"),
        _("Version %(number)s") % {"number": first.number},
        _("Version %(number)s") % {"number": second.number},
    ]
    table = Table(heads, rows, empty=_("The two versions say the same."))
    way = [*crumbs(), (first.definition.name, reverse("desk:form", args=[key]))]
    title = _("Version %(first)s against version %(second)s") % {"first": first.number, "second": second.number}
    return show(request, title, [table], crumbs=way)


@editor
@require_safe
def form_export(request: HttpRequest, key: UUID) -> HttpResponse:
    """The version as a file that “New form” takes, here or elsewhere."""
    version = version_of(key)
    text = json.dumps(version.schema, ensure_ascii=False, indent=2) + "\n"
    return _file(text, "application/json", f"{version.definition.key}-v{version.number}.json")


@editor
@require_safe
def form_schema(request: HttpRequest, key: UUID) -> HttpResponse:
    """The answers that the version takes, as JSON Schema."""
    version = version_of(key)
    problems = check(version.schema)
    if problems:
        return JsonResponse({"problems": [one.text(_) for one in problems]}, status=422)
    schema = publication.json_schema(parse_form(version.schema))
    text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    return _file(text, SCHEMA_TYPE, f"{version.definition.key}-v{version.number}.schema.json")


def _file(text: str, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        text, content_type=f"{kind}; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
