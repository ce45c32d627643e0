"""Figures of the law as dated data: what holds, by which decision, from when, and who set it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.engines.ledger.models import Event
from motcua.foundation import clock
from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import (
    Block,
    Cell,
    FormBlock,
    Nothing,
    Pairs,
    Table,
    day_field,
    failed,
    go,
    perform,
    show,
)
from motcua.interfaces.desk.administration.changes import history_of
from motcua.interfaces.desk.history import who
from motcua.services.dossiers import policies as store
from motcua.services.dossiers.models import Policy
from motcua.services.dossiers.policies import FIGURES, Figure

editor = holding("catalogue.edit")


def said(figure: Figure, value: object) -> str:
    """A value with its unit or in the words of its choice."""
    if figure.choices is not None:
        return str(figure.choices.get(str(value), value))
    return f"{value} {figure.unit}" if figure.unit else str(value)


class FigureForm(forms.Form):
    """Another value from a day on, by a decision."""

    def __init__(self, data: Any, *, figure: Figure) -> None:
        super().__init__(data)
        self.fields["value"] = _control(figure)
        self.fields["valid_from"] = day_field(_("Holds from"), initial=clock.today())
        self.fields["basis"] = forms.CharField(label=_("Decision that says so"), max_length=200)


def _control(figure: Figure) -> forms.Field:
    if figure.choices is not None:
        return forms.ChoiceField(label=_("Value"), choices=list(figure.choices.items()))
    if figure.kind == "time":
        return forms.CharField(label=_("Value"), max_length=5, help_text=_("A time of day, such as 15:00"))
    limits = _("From %(least)s to %(most)s %(unit)s") % {
        "least": figure.least,
        "most": figure.most,
        "unit": figure.unit,
    }
    return forms.IntegerField(label=_("Value"), help_text=limits, min_value=figure.least, max_value=figure.most)


@editor
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """Every figure: what holds today, the law's default, what is to come."""
    today = clock.today()
    decided: dict[str, list[Policy]] = {}
    for row in Policy.objects.order_by("key", "valid_from"):
        decided.setdefault(row.key, []).append(row)
    rows = []
    for key, figure in FIGURES.items():
        later = [row for row in decided.get(key, ()) if row.valid_from > today]
        now = store.value(key, today)
        rows.append(
            [
                Cell(figure.name, url=reverse("desk:policy", args=[key])),
                Cell(said(figure, now), note="" if now == figure.default else _("own value")),
                Cell(said(figure, figure.default), note=figure.basis),
                Cell(said(figure, later[0].value), note=f"{later[0].valid_from:%d/%m/%Y}") if later else Cell("–"),
            ]
        )
    heads = [_("Figure"), _("Holds today"), _("Default of the law"), _("To come")]
    intro = _("A province or a year may set them otherwise, from a day on and by a decision.")
    return show(request, _("Periods and limits"), [Table(heads, rows)], intro=intro)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest, key: str) -> HttpResponse:
    """One figure: its values by day with their decisions and who set them; another value."""
    figure = FIGURES.get(key)
    if figure is None:
        raise NotFound("There is no such figure.")
    form = FigureForm(request.POST if request.method == "POST" else None, figure=figure)
    if request.method == "POST":
        done = perform(
            request,
            form,
            lambda work: store.set_figure(work, key=key, **form.cleaned_data),
            _("The value holds from that day on."),
        )
        if done is not None:
            return go("policy", key)
    today = clock.today()
    facts: list[tuple[Any, object]] = [
        (_("Holds today"), said(figure, store.value(key, today))),
        (_("Default of the law"), said(figure, figure.default)),
        (_("Legal basis of the default"), figure.basis or "–"),
    ]
    blocks: list[Block] = [
        Pairs(facts),
        _values(key, figure),
        FormBlock(form, _("Another value"), _("Set"), main=True),
        history_of(store.stream_of(key)),
    ]
    crumbs = [(_("Periods and limits"), reverse("desk:policies"))]
    return show(request, str(figure.name), blocks, crumbs=crumbs, status=failed(form))


def _values(key: str, figure: Figure) -> Table:
    setters = {
        str((event.data.get("after") or {}).get("valid_from")): who(event.actor)
        for event in Event.objects.filter(stream=store.stream_of(key), kind="policy.set").order_by("seq")
    }
    today = clock.today()
    rows = [
        [
            Cell(f"{row.valid_from:%d/%m/%Y}", number=True),
            Cell(said(figure, row.value)),
            Cell(row.basis),
            Cell(setters.get(row.valid_from.isoformat(), "–")),
            Cell(_("Take back"), post=reverse("desk:policy_take_back", args=[row.pk]))
            if row.valid_from > today
            else Cell(),
        ]
        for row in store.history(key)
    ]
    heads = [_("From"), _("Value"), _("Decision"), _("Set by"), ""]
    return Table(heads, rows, title=_("Values by day"), empty=_("None: the default of the law holds."))


@editor
@require_POST
def policy_take_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Takes back a value that does not hold yet."""
    row = Policy.objects.filter(pk=key).first()
    if row is None:
        raise NotFound("There is no such decision.")
    form = Nothing(request.POST)
    perform(request, form, lambda work: store.take_back(work, key), _("Taken back."))
    for line in form.non_field_errors():
        messages.error(request, str(line))
    return go("policy", row.key)
