"""Reasons that officers and applicants choose from: worded, added, retired, taken back into use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import (
    Block,
    Cell,
    FormBlock,
    Nothing,
    Table,
    failed,
    go,
    perform,
    show,
)
from motcua.interfaces.desk.administration.changes import history_of
from motcua.services.dossiers import reasons as store
from motcua.services.dossiers.models import ReasonKind
from motcua.services.dossiers.reasons import ReasonInfo

editor = holding("catalogue.edit")


class ReasonForm(forms.Form):
    """The words that applicants read, and the article behind them."""

    text = forms.CharField(
        label=gettext_lazy("Words in Vietnamese"), max_length=300, help_text=gettext_lazy("Applicants read them.")
    )
    text_en = forms.CharField(label=gettext_lazy("Words in English"), max_length=300, required=False)
    basis = forms.CharField(label=gettext_lazy("Legal basis"), max_length=120, required=False)
    position = forms.IntegerField(label=gettext_lazy("Place in the list"), min_value=0, max_value=1000, required=False)


class NewReasonForm(ReasonForm):
    """A reason that is not there yet."""

    kind = forms.ChoiceField(label=gettext_lazy("For"), choices=ReasonKind.choices)
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Small letters, digits and -; it stays.")
    )
    field_order = ("kind", "text", "text_en", "basis", "code", "position")


def _state(row: ReasonInfo) -> Cell:
    if not row.active:
        return Cell(_("retired"), tone="quiet")
    return Cell(_("own wording"), tone="info") if row.own else Cell(_("in use"), tone="done")


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def reasons(request: HttpRequest) -> HttpResponse:
    """All reasons by what they are for, and a new one."""
    form = NewReasonForm(request.POST or None, initial={"kind": request.GET.get("kind", "")[:12].replace("\0", "")})
    if request.method == "POST":
        made = perform(
            request,
            form,
            lambda work: store.add(work, **form.cleaned_data),
            _("The reason can be chosen now."),
        )
        if made is not None:
            return go("reason", made.kind, made.code)
    blocks: list[Block] = [
        Table(
            [_("Reason"), _("Legal basis"), _("State")],
            [
                [
                    Cell(row.text, url=reverse("desk:reason", args=[row.kind, row.code]), note=row.text_en),
                    Cell(row.basis or "–"),
                    _state(row),
                ]
                for row in store.all_of(kind)
            ],
            title=label,
        )
        for kind, label in ReasonKind.choices
    ]
    blocks.insert(0, FormBlock(form, _("New reason"), _("Add"), folded=True))
    intro = _("What was decided by a reason stays readable when the reason is changed or retired.")
    return show(request, _("Reasons"), blocks, status=failed(form), intro=intro)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One reason: its words, whether it can be chosen, its history."""
    found = _found(kind, code)
    first = {name: getattr(found, name) for name in ("text", "text_en", "basis", "position")}
    form = ReasonForm(request.POST or None, initial=first)
    if request.method == "POST":
        done = perform(request, form, lambda work: store.change(work, kind=kind, code=code, **_said(form)), _("Kept."))
        if done is not None:
            return go("reason", kind, code)
    way = reverse("desk:reason_use", args=[kind, code])
    blocks: list[Block] = [
        FormBlock(form, button=_("Keep"), main=True),
        FormBlock(
            Nothing(),
            "",
            _("Retire it: nobody can choose it any more") if found.active else _("Take it back into use"),
            way,
            warning=found.active,
        ),
        history_of(store.stream_of(kind, code)),
    ]
    intro = str(ReasonKind(kind).label) + (f" · {code}" if found.active else f" · {code} · {_('retired')}")
    crumbs = [(_("Reasons"), reverse("desk:reasons"))]
    return show(request, found.text, blocks, crumbs=crumbs, intro=intro, status=failed(form))


def _said(form: forms.Form) -> dict[str, Any]:
    said = dict(form.cleaned_data)
    if said["position"] is None:
        del said["position"]
    return said


@editor
@require_POST
def reason_use(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Retires a reason, or takes it back into use."""
    found, form = _found(kind, code), Nothing(request.POST)
    act = store.retire if found.active else store.restore
    perform(
        request,
        form,
        lambda work: act(work, kind=kind, code=code),
        _("The reason is retired.") if found.active else _("The reason can be chosen again."),
    )
    for line in form.non_field_errors():
        messages.error(request, str(line))
    return go("reason", kind, code)


def _found(kind: str, code: str) -> ReasonInfo:
    row = store.find(kind, code)
    if row is None:
        raise NotFound("There is no such reason.")
    return row
