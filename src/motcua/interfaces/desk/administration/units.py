"""Units: the tree, one unit with its details, its people and what was changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from motcua.engines.organisations import actions
from motcua.engines.organisations.models import Appointment, Unit, UnitKind, WorkCalendar
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation import clock
from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration import changes, reorganisation
from motcua.interfaces.desk.administration.blocks import (
    Block,
    Cell,
    FormBlock,
    Own,
    Pairs,
    Table,
    day_field,
    failed,
    go,
    perform,
    show,
)

keeper = holding("organisations.edit")
DETAILS = tuple(name for name in actions.UNIT_DETAILS if name != "former_code")
"""What the page asks of a unit; its former code comes with a reorganisation."""


@keeper
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """The tree of units, from the process's own copy of the directory."""
    children: dict[UUID | None, list[UnitInfo]] = {}
    for unit in directory().all:
        children.setdefault(unit.parent_id, []).append(unit)
    tree = [_branch(unit, children) for unit in children.get(None, [])]
    links = [
        (_("New unit"), reverse("desk:unit_new")),
        (_("Reorganisations"), reverse("desk:reorganisations")),
        (_("Roles"), reverse("desk:roles")),
    ]
    return show(request, _("Units"), [Own("desk/administration/_tree.html", {"tree": tree})], links=links)


def _branch(unit: UnitInfo, children: dict[UUID | None, list[UnitInfo]]) -> dict[str, Any]:
    return {"unit": unit, "below": [_branch(each, children) for each in children.get(unit.id, [])]}


class UnitForm(forms.Form):
    """Details of a unit. Code and place are given when it is made and change by reorganisation only."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=80, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=UnitKind.choices)
    one_stop = forms.BooleanField(label=gettext_lazy("Takes dossiers at a counter"), required=False)
    fields_text = forms.CharField(
        label=gettext_lazy("Fields of procedures it is competent for"),
        required=False,
        help_text=gettext_lazy("One field a line."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    ward_code = forms.CharField(label=gettext_lazy("Code of the ward or commune"), max_length=10, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    calendar_id = forms.ChoiceField(
        label=gettext_lazy("Calendar"), required=False, help_text=gettext_lazy("Empty: that of the unit above.")
    )
    valid_to = day_field(gettext_lazy("Last day"), required=False, hint=gettext_lazy("Empty while the unit goes on."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calendars = [(str(key), name) for key, name in WorkCalendar.objects.order_by("name").values_list("id", "name")]
        self.fields["calendar_id"].choices = [("", _("As above")), *calendars]  # type: ignore[attr-defined]

    def details(self) -> dict[str, Any]:
        """What the actions take."""
        data = dict(self.cleaned_data)
        data["fields"] = [line.strip() for line in data.pop("fields_text").splitlines() if line.strip()]
        data["calendar_id"] = UUID(data["calendar_id"]) if data["calendar_id"] else None
        return {name: data[name] for name in DETAILS}


class NewUnitForm(UnitForm):
    code = forms.CharField(
        label=gettext_lazy("Electronic identifier"), max_length=35, help_text=gettext_lazy("Such as H57.10")
    )
    parent = forms.ChoiceField(label=gettext_lazy("Below"), required=False)
    valid_from = day_field(gettext_lazy("First day"))
    field_order = ("parent", "code", "name", "short_name", "kind", "valid_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", _("Nothing: it is the top")), *unit_choices()]  # type: ignore[attr-defined]


def unit_choices() -> list[tuple[str, str]]:
    """All present units by their place in the tree."""
    return [(str(unit.id), f"{unit.code} {unit.name}") for unit in directory().all if unit.current]


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def unit_new(request: HttpRequest) -> HttpResponse:
    """A new unit below another."""
    form = NewUnitForm(
        request.POST or None, initial={"parent": request.GET.get("parent", ""), "valid_from": clock.today()}
    )
    if request.method == "POST":

        def make(work: Any) -> Unit:
            data = form.cleaned_data
            parent = Unit.objects.get(pk=data["parent"]) if data["parent"] else None
            return actions.create_unit(
                work,
                code=data["code"],
                parent=parent,
                valid_from=data["valid_from"],
                **{key: value for key, value in form.details().items() if key != "valid_to" or value},
            )

        made = perform(request, form, make, _("The unit is there."))
        if made is not None:
            return go("unit", made.pk)
    crumbs = [(_("Units"), reverse("desk:units"))]
    return show(
        request, _("New unit"), [FormBlock(form, button=_("Make"), main=True)], crumbs=crumbs, status=failed(form)
    )


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: HttpRequest, key: UUID) -> HttpResponse:
    """One unit: its details and who holds what in it."""
    found = Unit.objects.filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such unit.")
    first = {name: getattr(found, name) for name in DETAILS if name != "fields"}
    first["calendar_id"] = str(found.calendar_id or "")
    form = UnitForm(request.POST or None, initial=first | {"fields_text": "\n".join(found.fields)})
    if request.method == "POST":
        done = perform(request, form, lambda work: actions.edit_unit(work, key, **form.details()), _("Kept."))
        if done is not None:
            return go("unit", key)
    held = (
        Appointment.objects.filter(unit=found)
        .select_related("user", "role")
        .order_by("role__name", "user__full_name")[:300]
    )
    people = Table(
        [_("Holder"), _("Role"), _("From"), _("Until")],
        [
            [
                Cell(row.user.full_name, url=reverse("desk:person", args=[row.user_id]), note=row.title),
                Cell(row.role.name),
                Cell(f"{row.valid_from:%d/%m/%Y}"),
                Cell(f"{row.valid_to:%d/%m/%Y}" if row.valid_to else "–"),
            ]
            for row in held
        ],
        title=_("People"),
    )
    links = [
        (_("New unit below"), reverse("desk:unit_new") + f"?parent={key}"),
        (_("Move, merge or end it"), reverse("desk:reorganisations")),
    ]
    crumbs = [(_("Units"), reverse("desk:units"))]
    above = directory().by_id.get(found.parent_id) if found.parent_id else None
    place = Pairs(
        [
            (_("Electronic identifier"), found.code),
            (_("Below"), f"{above.name} ({above.code})" if above else _("Nothing: it is the top")),
            (_("First day"), f"{found.valid_from:%d/%m/%Y}"),
        ]
    )
    blocks: list[Block] = [place, FormBlock(form, button=_("Keep"), main=True), people]
    if (before := reorganisation.history_of(key)) is not None:
        blocks.append(before)
    blocks.append(changes.history_of(key))
    return show(request, f"{found.code} · {found.name}", blocks, crumbs=crumbs, links=links, status=failed(form))
