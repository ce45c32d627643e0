"""Reorganisations of units: upload, look at the dry run, decide, take back before the day."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.engines.organisations.models import Reorganisation, ReorganisationState, UnitSuccession
from motcua.engines.organisations.reorganisation import read
from motcua.foundation.errors import Conflict, Invalid, NotFound, Refused
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.administration.blocks import Block, Cell, FormBlock, Nothing, Pairs, Table, failed, go, show
from motcua.services.dossiers.reorganising import plans as reorganising

keeper = holding("organisations.edit")
State = ReorganisationState
MOST_ROWS: Final = 300
TONES = {State.DRAFT: "wait", State.DECIDED: "now", State.APPLYING: "now", State.DONE: "done", State.UNDONE: ""}
COUNTS = {
    "units_made": gettext_lazy("Units made"),
    "units_ended": gettext_lazy("Units that end"),
    "units_renamed": gettext_lazy("Units renamed"),
    "units_placed": gettext_lazy("Units placed under another"),
    "posts": gettext_lazy("Posts that go to the successor"),
    "posts_moved": gettext_lazy("Posts that went to the successor"),
    "dossiers": gettext_lazy("Open dossiers"),
    "tasks": gettext_lazy("Open steps"),
    "opinions": gettext_lazy("Opinions asked for"),
    "hand_overs": gettext_lazy("Hand-over sheets under way"),
    "groups": gettext_lazy("Linked procedures under way"),
    "drafts": gettext_lazy("Drafts of citizens"),
    "clients": gettext_lazy("Machine clients"),
    "flows": gettext_lazy("Flows that name such a unit"),
    "flows_left_to_authors": gettext_lazy("Flows left to their authors, who have a draft open"),
    "addresses": gettext_lazy("Addresses in wards that change"),
    "addresses_uncertain": gettext_lazy("Of them in wards that were divided"),
}
STAGES = {
    "intake": gettext_lazy("Receive"),
    "process": gettext_lazy("Process"),
    "sign": gettext_lazy("Sign"),
    "return": gettext_lazy("Return"),
    "consult": gettext_lazy("Give an opinion"),
    "transfer": gettext_lazy("Hand over"),
}


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File of the reorganisation"),
        help_text=gettext_lazy("JSON or CSV: name, legal basis, day and changes. Nothing changes before you decide."),
    )


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def reorganisations(request: HttpRequest) -> HttpResponse:
    """All of them, and the upload."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = reorganising.prepare(actor_of(request), read(file.read(), file.name))
        except Invalid as error:
            for place, lines in error.fields.items():
                form.add_error("file", [f"{place}: {_(line)}" for line in lines])
        except Conflict as error:
            form.add_error("file", error.text(_))
        else:
            return go("reorganisation", row.pk)
    rows = [
        [
            Cell(row.name, url=reverse("desk:reorganisation", args=[row.pk]), note=row.basis),
            Cell(f"{row.effective:%d/%m/%Y}"),
            Cell(State(row.state).label, tone=TONES[State(row.state)]),
        ]
        for row in Reorganisation.objects.all()[:MOST_ROWS]
    ]
    blocks: list[Block] = [
        Table([_("Reorganisation"), _("From"), _("State")], rows, empty=_("Nothing has been reorganised here yet.")),
        FormBlock(form, _("Prepare a reorganisation"), _("Look at what would move"), folded=bool(rows)),
    ]
    crumbs = [(_("Units"), reverse("desk:units"))]
    return show(request, _("Reorganisations"), blocks, crumbs=crumbs, status=failed(form))


def _found(key: UUID) -> Reorganisation:
    row = Reorganisation.objects.filter(pk=key).first()
    if row is None:
        raise NotFound("There is no such reorganisation.")
    return row


@keeper
@require_safe
def reorganisation(request: HttpRequest, key: UUID) -> HttpResponse:
    """One: the dry run as long as it is a draft or decided, what was moved afterwards."""
    row = _found(key)
    about = [
        (_("Legal basis"), row.basis),
        (_("In effect from"), f"{row.effective:%d/%m/%Y}"),
        (_("State"), State(row.state).label),
    ]
    blocks: list[Block] = [Pairs(about)]
    if row.state in (State.DRAFT, State.DECIDED):
        blocks += _dry_run(request, row)
    else:
        blocks.append(_counted(row.report.get("counts", {}), _("What was moved")))
        blocks.append(_successions(row))
    crumbs = [(_("Units"), reverse("desk:units")), (_("Reorganisations"), reverse("desk:reorganisations"))]
    return show(request, row.name, blocks, crumbs=crumbs)


def _dry_run(request: HttpRequest, row: Reorganisation) -> list[Block]:
    report = reorganising.dry_run(actor_of(request), row.document)
    blocks: list[Block] = [_counted(report.counts, _("What will be moved"))]
    if report.problems:
        wrong = [[Cell(place), Cell(_(message), tone="late")] for place, message in report.problems[:MOST_ROWS]]
        blocks.append(Table([_("Place in the file"), _("What is wrong")], wrong, title=_("This cannot be carried out")))
    if report.without_owner:
        left = [
            [Cell(each["unit"]), Cell(STAGES.get(each["stage"], each["stage"])), Cell(each["steps"], number=True)]
            for each in report.without_owner[:MOST_ROWS]
        ]
        blocks.append(
            Table([_("Unit"), _("Kind of work"), _("Steps")], left, title=_("Steps that nobody there could do"))
        )
    rows = [
        [
            Cell(each["name"], note=each["code"]),
            Cell(", ".join(f"{to['code']} ({to['steps']})" for to in each["to"])),
        ]
        for each in report.units[:MOST_ROWS]
    ]
    blocks.append(Table([_("Unit"), _("Taken over by (open steps)")], rows, title=_("Unit by unit"), empty=_("None.")))
    decide = reverse("desk:reorganisation_decide", args=[row.pk])
    undo = reverse("desk:reorganisation_undo", args=[row.pk])
    if row.state == State.DRAFT:
        if report.possible:
            blocks.append(FormBlock(Nothing(), _("Decide"), _("Decide this reorganisation"), action=decide, main=True))
        blocks.append(FormBlock(Nothing(), "", _("Discard"), action=undo))
    else:
        blocks.append(FormBlock(Nothing(), _("Before its day"), _("Take it back"), action=undo, warning=True))
    return blocks


def _counted(counts: dict[str, int], title: str) -> Pairs:
    return Pairs([(COUNTS[name], count) for name, count in counts.items() if name in COUNTS], title=title)


def _successions(row: Reorganisation) -> Table:
    found = UnitSuccession.objects.filter(reorganisation=row).select_related("unit", "successor")
    rows = [
        [
            Cell(each.before.get("name") or each.unit.name, note=each.before.get("code", "")),
            Cell(each.get_kind_display()),
            Cell(each.successor.name, url=reverse("desk:unit", args=[each.successor_id]), note=each.successor.code),
        ]
        for each in found.order_by("unit__path", "position")[:MOST_ROWS]
    ]
    return Table([_("Before"), _("What happened"), _("Now")], rows, title=_("Unit by unit"), empty=_("None."))


def history_of(unit_id: UUID) -> Table | None:
    """What a unit was and became, for its own page; None where nothing happened."""
    found = UnitSuccession.objects.filter(unit=unit_id) | UnitSuccession.objects.filter(successor=unit_id)
    rows = [
        [
            Cell(f"{each.on:%d/%m/%Y}"),
            Cell(each.before.get("name") or each.unit.name, note=each.before.get("code", "")),
            Cell(each.get_kind_display(), note=each.basis),
            Cell(each.successor.name, url=reverse("desk:unit", args=[each.successor_id]), note=each.successor.code),
        ]
        for each in found.select_related("unit", "successor").order_by("-on", "position")[:50]
    ]
    heads = [_("Day"), _("Before"), _("What happened"), _("Now")]
    return Table(heads, rows, title=_("Reorganisations")) if rows else None


@keeper
@require_POST
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Decides it: in effect on its day, within minutes when that is here."""
    return _done(request, key, lambda: reorganising.decide(actor_of(request), key), _("Decided."))


@keeper
@require_POST
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    """Takes it back, or discards the draft."""
    return _done(request, key, lambda: reorganising.undo(actor_of(request), key), _("Taken back."))


def _done(request: HttpRequest, key: UUID, act: Any, said: str) -> HttpResponse:
    try:
        act()
    except (Conflict, Refused) as error:
        messages.error(request, error.text(_))
    else:
        messages.success(request, said)
    return go("reorganisation", key)
