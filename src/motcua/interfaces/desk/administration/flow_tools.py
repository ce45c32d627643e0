"""Flows in and out as files, and what a change would have done to last year's dossiers."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from motcua.engines.flows import actions
from motcua.engines.flows.importing import Report, all_written, import_sheets, names_here
from motcua.engines.flows.models import Flow
from motcua.engines.flows.queries import rules_of
from motcua.engines.flows.reading import from_bpmn
from motcua.engines.flows.rules import Definition
from motcua.engines.flows.sheet_files import to_xlsx
from motcua.engines.flows.sheets import Remark
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.models import WorkCalendar
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid, MotcuaError, NotFound
from motcua.foundation.text import slug
from motcua.interfaces.desk.access import actor_of
from motcua.interfaces.desk.administration.blocks import Block, Cell, FormBlock, Own, Pairs, Table, failed, show
from motcua.interfaces.desk.administration.blocks import day_field as day
from motcua.interfaces.desk.administration.flows import editor
from motcua.services.dossiers.flow_checks import procedures_using
from motcua.services.dossiers.whatif import Answer, Change, Figures, answer
from motcua.services.dossiers.whatif.report import newest_draft
from motcua.services.procedures.queries import in_force

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_LINES = 200


class ImportForm(forms.Form):
    """A file, a day, and whether to write at all."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A spreadsheet (.xlsx, .ods) with many flows, or one flow as BPMN 2.0 (.bpmn)."),
    )
    effective_from = day(gettext_lazy("In force from"), hint=gettext_lazy("For spreadsheets; BPMN becomes a draft."))
    write = forms.BooleanField(
        label=gettext_lazy("Write it. Without this the report only says what would happen."), required=False
    )


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def flow_import(request: HttpRequest) -> HttpResponse:
    """Reads a file and reports; writes only when asked to."""
    form = ImportForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"effective_from": clock.today() + timedelta(days=1)},
    )
    blocks: list[Block] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            data = file.read()
            if file.name.lower().endswith((".bpmn", ".xml")):
                blocks = _bpmn(request, data, file.name, write=form.cleaned_data["write"])
            else:
                report = import_sheets(
                    data,
                    actor_of(request),
                    effective_from=form.cleaned_data["effective_from"],
                    dry_run=not form.cleaned_data["write"],
                    known_codes=in_force()[1].keys(),
                )
                blocks = _report(report)
        except MotcuaError as error:
            form.add_error("file", error.text(_))
    main = FormBlock(form, button=_("Read the file"), main=True)
    crumbs = [(_("Flows"), reverse("desk:flows"))]
    intro = _("Columns: procedure code, step, unit, role, hours, action; heads in Vietnamese as offices write them.")
    return show(request, _("Import flows"), [*blocks, main], crumbs=crumbs, intro=intro, status=failed(form))


def _report(report: Report) -> list[Block]:
    rows = [
        (_("Rows read"), report.rows),
        (_("Flows"), report.flows),
        (_("New"), report.created),
        (_("Changed"), report.updated),
        (_("Unchanged"), report.unchanged),
        (_("Left out"), report.refused_flows),
    ]
    title = _("This would happen; nothing was written") if report.dry_run else _("This was written")
    blocks: list[Block] = [Pairs(rows, title=title)]
    for remarks, heading in ((report.refused, _("Rows that cannot be used")), (report.notes, _("Worth knowing"))):
        if remarks:
            blocks.append(_remarks(remarks, heading))
    return blocks


def _remarks(remarks: list[Remark], heading: str) -> Table:
    rows = [[Cell(one.sheet), Cell(one.row, number=True), Cell(one.text.render(_))] for one in remarks[:MOST_LINES]]
    if len(remarks) > MOST_LINES:
        words = _("… and %(count)s more; the command prints all of them.") % {"count": len(remarks) - MOST_LINES}
        rows.append([Cell("…"), Cell(""), Cell(words)])
    return Table([_("Sheet"), _("Row"), _("What it is")], rows, title=heading)


def _bpmn(request: HttpRequest, data: bytes, file_name: str, *, write: bool) -> list[Block]:
    """One flow as a draft, to be looked at in the table before it is published."""
    names = names_here()
    read = from_bpmn(data, lambda words: found if isinstance(found := names.unit(words), str) else None)
    key = slug(file_name.rpartition(".")[0], 60) or slug(read.name, 60) or "bpmn"
    name = read.name or key
    notes = [[Cell(note.render(_))] for note in read.notes]
    problems = [[Cell(f"{step}: {_(said)}" if step else _(said))] for step, said in read.flow.problems()]
    blocks: list[Block] = []
    if write:
        with begin(actor_of(request)) as work:
            actions.save_draft(work, key, name, read.flow.as_data())
        cell = Cell(name, url=reverse("desk:flow", args=[key]))
        blocks.append(Table([_("Draft"), _("Steps")], [[cell, Cell(len(read.flow.steps), number=True)]]))
    else:
        rows = [(_("Name"), name), (_("Key"), key), (_("Steps"), len(read.flow.steps))]
        blocks.append(Pairs(rows, title=_("This would happen; nothing was written")))
    if notes:
        blocks.append(Table([_("What could not be carried over")], notes))
    if problems:
        blocks.append(Table([_("Has to be put right before publishing")], problems))
    return blocks


@editor
@require_safe
def flow_export(request: HttpRequest) -> HttpResponse:
    """All flows as the spreadsheet that the import reads."""
    response = HttpResponse(to_xlsx(all_written()), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="quy-trinh-{clock.today():%Y%m%d}.xlsx"'
    return response


class WhatIfForm(forms.Form):
    """Which procedure, which year, and what is to be different."""

    procedure = forms.CharField(label=gettext_lazy("Procedure code"), max_length=40)
    since = day(gettext_lazy("Accepted from"))
    until = day(gettext_lazy("until before"))
    calendar = forms.ModelChoiceField(
        WorkCalendar.objects.order_by("name"),
        label=gettext_lazy("Working hours"),
        required=False,
        empty_label=gettext_lazy("as they are"),
    )

    def __init__(self, data: Any, *, steps: Definition, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.steps = [step for step in steps.steps if step.stage != "return"]
        for step in self.steps:
            label = _("Persons for “%(step)s” in each unit") % {"step": step.name}
            self.fields[f"p_{step.key}"] = forms.RegexField(
                r"^\s*[+-]?\d{1,3}\s*$",
                label=label,
                required=False,
                help_text=_("Empty: as they are. A number, or +1, -1."),
                error_messages={"invalid": _("Write a number of persons, as 3, +1 or -1.")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and not since < until <= since + timedelta(days=1100):
            self.add_error("until", _("Choose a later day, at most three years after."))
        return cleaned


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def flow_what_if(request: HttpRequest, key: str) -> HttpResponse:
    """The newest steps of a flow, a draft too, against what happened."""
    found = Flow.objects.filter(key=key).first()
    steps = newest_draft(key)
    if found is None or steps is None:
        raise NotFound("There is no such flow.")
    using = procedures_using(rules_of(found), clock.today())
    today = clock.today()
    first = {"procedure": using[0].code if using else "", "since": today - timedelta(days=365), "until": today}
    form = WhatIfForm(request.POST if request.method == "POST" else None, steps=steps, initial=first)
    blocks: list[Block] = []
    if request.method == "POST" and form.is_valid():
        try:
            blocks = _answer(_asked(form, steps))
        except Invalid as error:
            form.add_error(None, error.text(_))
        except MotcuaError as error:
            form.add_error("procedure", error.text(_))
    main = FormBlock(form, button=_("Play it"), main=not blocks)
    crumbs = [(_("Flows"), reverse("desk:flows")), (found.name, reverse("desk:flow", args=[key]))]
    intro = _(
        "Last year's dossiers of a procedure are played through the newest steps of this flow, with the times that "
        "were measured. Nothing is changed by it."
    )
    return show(request, _("What if"), [*blocks, main], crumbs=crumbs, intro=intro, status=failed(form))


def _asked(form: WhatIfForm, steps: Definition) -> Answer:
    data = form.cleaned_data
    persons = {step.key: str(said).strip() for step in form.steps if (said := data.get(f"p_{step.key}"))}
    change = Change(steps, persons, data["calendar"].pk if data["calendar"] else None)
    since, until = (datetime.combine(data[name], time(), VIETNAM) for name in ("since", "until"))
    return answer(data["procedure"].strip(), change, since=since, until=until)


def _answer(found: Answer) -> list[Block]:
    def row(words: str, figures: Figures) -> list[Cell]:
        return [
            Cell(words),
            Cell(figures.count, number=True),
            Cell(f"{number_format(100 * figures.late, 1)} %", number=True),
            Cell(number_format(figures.median_hours, 1), number=True),
            Cell(number_format(figures.ninety_hours, 1), number=True),
        ]

    heads = ["", _("Dossiers"), _("Late"), _("Half are ready within (hours)"), _("Nine of ten within (hours)")]
    rows = [
        row(_("In fact"), found.happened),
        row(_("Played unchanged"), found.unchanged),
        row(_("Played with the change"), found.changed),
    ]
    loads = []
    old = {step.key: step for step in found.steps_unchanged}
    for step in found.steps_changed:
        cells = [Cell(step.name)]
        for name in ("queued", "idle", "served"):
            before = number_format(getattr(old[step.key], name), 1) if step.key in old else "–"
            cells.append(Cell(f"{before} → {number_format(getattr(step, name), 1)}", number=True))
        before = f"{100 * old[step.key].load:.0f} %" if step.key in old else "–"
        loads.append([*cells, Cell(f"{before} → {100 * step.load:.0f} %", number=True)])
    load_heads = [
        _("Step"), _("Waits because all are busy (hours)"), _("Waits otherwise (hours)"), _("Worked on (hours)"),
        _("Load"),
    ]  # fmt: skip
    return [
        Own("desk/administration/_flow_reliable.html", {"reliable": found.reliable}),
        Table(heads, rows, title=_("Lateness")),
        Table(load_heads, loads, title=_("Steps, before → after")),
        Own("desk/administration/_flow_notes.html", {"notes": [note.render(_) for note in found.notes]}),
    ]
