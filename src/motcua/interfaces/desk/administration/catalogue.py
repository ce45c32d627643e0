"""The catalogue of procedures: list, versions, the draft of the next one, publication by date."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.engines.forms.queries import version_for
from motcua.foundation import clock
from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import (
    Block,
    Cell,
    FormBlock,
    Nothing,
    Own,
    Table,
    day_field,
    failed,
    go,
    perform,
    show,
)
from motcua.interfaces.desk.administration.changes import history_of
from motcua.interfaces.desk.administration.content_form import ContentForm
from motcua.interfaces.desk.administration.places import choice_words, place_words
from motcua.services.procedures import actions, queries, versions
from motcua.services.procedures.content import Content
from motcua.services.procedures.models import Procedure, ProcedureVersion

editor = holding("catalogue.edit")
PAGE = 50


@editor
@require_safe
def procedures(request: HttpRequest) -> HttpResponse:
    """The catalogue: common ones first, or what a search finds."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    older = ""
    if text:
        found = [(hit.procedure_id, hit.code, hit.name, hit.summary) for hit in queries.search(text, limit=PAGE)]
    else:
        rows = queries.browse(after=_after(request.GET.get("after", "")), limit=PAGE)
        found = [(row.procedure_id, row.code, row.name, row.summary) for row in rows]
        older = f"after={rows[-1].popularity}_{rows[-1].code}" if len(rows) == PAGE else ""
    table = Table(
        [_("Code"), _("Name")],
        [
            [Cell(code, url=reverse("desk:procedure", args=[key]), number=True), Cell(name)]
            for key, code, name, _summary in found
        ],
        empty=_("No procedure found. Import the national catalogue with “motcua procedures import”."),
        older=older,
    )
    search = FormBlock(_SearchForm(initial={"q": text}), button=_("Find"), get=True)
    links = [(_("New procedure"), reverse("desk:procedure_new")), (_("Review list"), reverse("desk:review"))]
    return show(request, _("Procedures"), [search, table], links=links)


class _SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or code"), required=False, max_length=200)


def _after(text: str) -> tuple[int, str] | None:
    number, _sep, code = text.partition("_")
    return (int(number), code[:64]) if number.isascii() and number.isdigit() and len(number) < 6 and code else None


class PublishForm(forms.Form):
    effective_from = day_field(
        gettext_lazy("In force from"), hint=gettext_lazy("Running dossiers keep the version they began with.")
    )


class StatusForm(forms.Form):
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=Procedure.Status.choices)
    reason = forms.CharField(label=gettext_lazy("Decision that says so"), max_length=300)


class NewForm(forms.Form):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=64)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=1000)


def _procedure(key: UUID) -> Procedure:
    found = Procedure.objects.filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such procedure.")
    return found


def _newest(procedure: Procedure) -> ProcedureVersion | None:
    return procedure.versions.order_by("-number").first()


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def procedure_new(request: HttpRequest) -> HttpResponse:
    """A procedure that no national catalogue brings."""
    form = NewForm(request.POST or None)
    if request.method == "POST":
        draft = perform(
            request,
            form,
            lambda work: actions.create(work, form.cleaned_data["code"], Content(name=form.cleaned_data["name"])),
            _("Begun. Say now how it is submitted."),
        )
        if draft is not None:
            return go("procedure_edit", draft.procedure_id)
    block = FormBlock(form, button=_("Begin"), main=True)
    crumbs = [(_("Procedures"), reverse("desk:procedures"))]
    return show(request, _("New procedure"), [block], crumbs=crumbs, status=failed(form))


@editor
@require_safe
def procedure(request: HttpRequest, key: UUID) -> HttpResponse:
    """One procedure through time: what is in force, what is being edited, all versions."""
    found = _procedure(key)
    return _procedure_page(request, found)


def _procedure_page(
    request: HttpRequest,
    found: Procedure,
    *,
    publishing: forms.Form | None = None,
    status_form: forms.Form | None = None,
) -> HttpResponse:
    rows = list(found.versions.order_by("-number"))
    draft = queries.open_draft(found)
    blocks: list[Block] = []
    status = 200
    if draft is not None:
        base = versions.content_of(queries.version(draft.base_id)) if draft.base_id else None
        changes = queries.difference(base, queries.draft_content(draft)) if base else []
        form = publishing or PublishForm(initial={"effective_from": clock.today() + timedelta(days=1)})
        status = max(status, failed(form))
        blocks.append(
            Table(
                [_("Place"), _("Now"), _("Next")],
                [
                    [
                        Cell(place_words(one.path)),
                        *(Cell(_short(choice_words(one.path, value))) for value in (one.before, one.after)),
                    ]
                    for one in changes[:100]
                ],
                title=_("Draft by %(who)s") % {"who": draft.changed_by or "–"},
                empty=_("The draft says what is in force already, or the procedure is new."),
            )
        )
        blocks.append(
            FormBlock(
                form,
                _("Publish the draft"),
                _("Publish"),
                reverse("desk:procedure_publish", args=[found.pk]),
                main=True,
            )
        )
        blocks.append(
            FormBlock(Nothing(), "", _("Discard the draft"), reverse("desk:procedure_discard", args=[found.pk]))
        )
    in_force = queries.version(found.current_id) if found.current_id else None
    if in_force is not None:
        blocks.append(Own("desk/administration/_content.html", {"content": in_force}))
    blocks.append(
        Table(
            [_("Version"), _("In force"), _("From"), _("Until"), _("Source"), ""],
            [_version_row(row, found) for row in rows],
            title=_("Versions"),
        )
    )
    form = status_form or StatusForm(initial={"status": found.status})
    status = max(status, failed(form))
    blocks.append(
        FormBlock(
            form,
            _("Suspend, abolish or restore"),
            _("Set"),
            reverse("desk:procedure_status", args=[found.pk]),
            folded=True,
            warning=True,
        )
    )
    blocks.append(history_of(found.pk))
    name = in_force.name if in_force else (queries.draft_content(draft).name if draft else found.code)
    edit = _("Edit the draft") if draft else _("Edit as a new version")
    return show(
        request,
        f"{found.code} · {name[:120]}",
        blocks,
        crumbs=[(_("Procedures"), reverse("desk:procedures"))],
        links=[(edit, reverse("desk:procedure_edit", args=[found.pk])), _its_form(found.code)],
        intro="" if found.status == Procedure.Status.ACTIVE else found.get_status_display(),
        status=status,
    )


def _its_form(code: str) -> tuple[str, str]:
    """The way to the designed form that serves the procedure, or to designing one."""
    key = version_for(code)
    if key is not None:
        return _("Its form"), reverse("desk:form", args=[key])
    return _("Design its form"), f"{reverse('desk:form_new')}?{urlencode({'procedure': code})}"


def _version_row(row: ProcedureVersion, found: Procedure) -> list[Cell]:
    current = row.pk == found.current_id
    later = row.state == ProcedureVersion.State.PUBLISHED and row.effective_from and row.effective_from > clock.today()
    return [
        Cell(row.number, url=reverse("desk:procedure_version", args=[row.pk]), number=True),
        Cell(_("in force"), tone="done") if current else Cell(row.get_state_display()),
        Cell(_day(row.effective_from)),
        Cell(_day(row.effective_to)),
        Cell(row.get_source_display()),
        Cell(_("Withdraw"), post=reverse("desk:procedure_withdraw", args=[row.pk])) if later else Cell(),
    ]


def _day(day: Any) -> str:
    return f"{day:%d/%m/%Y}" if day else "–"


def _difference(one: Any) -> list[Cell]:
    """A place of a procedure, what stood there and what stands there, in words."""
    values = [_short(choice_words(one.path, value)) for value in (one.before, one.after)]
    return [Cell(place_words(one.path)), *map(Cell, values)]


def _short(value: Any) -> str:
    text = str(value) or "–"
    return text if len(text) < 160 else text[:159] + "…"


@editor
@require_safe
def procedure_version(request: HttpRequest, key: UUID) -> HttpResponse:
    """One version as it stands, and what it changed against the one before."""
    data = queries.version(key)
    before = (
        ProcedureVersion.objects.filter(procedure_id=data.procedure_id, number__lt=data.number)
        .order_by("-number")
        .first()
    )
    blocks: list[Block] = [Own("desk/administration/_content.html", {"content": data})]
    if before is not None:
        changes = queries.difference(versions.content_of(queries.version(before.pk)), versions.content_of(data))
        blocks.append(
            Table(
                [_("Place"), _("Before"), _("After")],
                [
                    [
                        Cell(place_words(one.path)),
                        *(Cell(_short(choice_words(one.path, value))) for value in (one.before, one.after)),
                    ]
                    for one in changes[:200]
                ],
                title=_("Changes against version %(number)s") % {"number": before.number},
            )
        )
    crumbs = [
        (_("Procedures"), reverse("desk:procedures")),
        (data.code, reverse("desk:procedure", args=[data.procedure_id])),
    ]
    return show(request, _("Version %(number)s") % {"number": data.number}, blocks, crumbs=crumbs)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def procedure_edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """What the next version shall say: names, channels with times and fees, papers."""
    found = _procedure(key)
    draft = queries.open_draft(found)
    newest = found.current_id or getattr(_newest(found), "pk", None)
    if draft is not None:
        content = queries.draft_content(draft)
    elif newest:
        content = versions.content_of(queries.version(newest))
    else:
        content = Content(name=found.code)
    form = ContentForm(
        request.POST if request.method == "POST" else None, content=content, revision=draft.revision if draft else 0
    )
    if request.method == "POST":
        kept = perform(
            request,
            form,
            lambda work: actions.edit(work, found, form.content(), revision=form.cleaned_data["revision"] or None),
            _("The draft is kept. Publish it with a date when it is right."),
        )
        if kept is not None:
            return go("procedure_edit", found.pk) if "more" in request.POST else go("procedure", found.pk)
    crumbs = [(_("Procedures"), reverse("desk:procedures")), (found.code, reverse("desk:procedure", args=[found.pk]))]
    block = Own("desk/administration/_content_form.html", {"form": form})
    return show(request, _("Edit %(code)s") % {"code": found.code}, [block], crumbs=crumbs, status=failed(form))


@editor
@require_POST
def procedure_publish(request: HttpRequest, key: UUID) -> HttpResponse:
    """The draft becomes the next version from a day."""
    found, form = _procedure(key), PublishForm(request.POST)
    done = perform(
        request, form, lambda work: actions.publish(work, found, form.cleaned_data["effective_from"]), _("Published.")
    )
    return go("procedure", key) if done is not None else _procedure_page(request, found, publishing=form)


@editor
@require_POST
def procedure_discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Gives the draft up."""
    found, form = _procedure(key), Nothing(request.POST)
    perform(request, form, lambda work: actions.discard(work, found), _("The draft is discarded."))
    return go("procedure", key)


@editor
@require_POST
def procedure_status(request: HttpRequest, key: UUID) -> HttpResponse:
    """Suspends, abolishes, restores."""
    found, form = _procedure(key), StatusForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        perform(
            request,
            form,
            lambda work: actions.set_status(work, found, data["status"], data["reason"]),
            _("The status is set."),
        )
    return _procedure_page(request, _procedure(key), status_form=form) if form.errors else go("procedure", key)


@editor
@require_POST
def procedure_withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Takes back a version that has not taken effect."""
    version = ProcedureVersion.objects.filter(pk=key).first()
    if version is None:
        raise NotFound("There is no such version.")
    form = Nothing(request.POST)
    perform(request, form, lambda work: actions.withdraw(work, version), _("Withdrawn."))
    for line in form.non_field_errors():
        messages.error(request, str(line))
    return go("procedure", version.procedure_id)
