"""Posts: appointing an official to a role in a unit, from a day and to a day, perhaps acting for another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from motcua.engines.accounts.models import User
from motcua.engines.ledger.work import Work
from motcua.engines.organisations import actions
from motcua.engines.organisations.models import Appointment, Role, Unit
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import (
    Block,
    Cell,
    FormBlock,
    Pairs,
    Table,
    day_field,
    failed,
    go,
    perform,
    show,
)
from motcua.interfaces.desk.administration.changes import history_of
from motcua.interfaces.desk.administration.units import unit_choices


class AppointForm(forms.Form):
    """A post for a person. Acting for: the holder by user name, whose post in the unit it is."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, required=False)
    valid_from = day_field(gettext_lazy("First day"))
    valid_to = day_field(gettext_lazy("Last day"), required=False, hint=gettext_lazy("Empty: until it is ended."))
    acting_for = forms.CharField(
        label=gettext_lazy("Acting for"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("User name of the one who holds this role in the unit. Give a last day too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", _("Choose")), *unit_choices()]  # type: ignore[attr-defined]
        roles = [(role.code, role.name) for role in Role.objects.order_by("name")]
        self.fields["role"].choices = [("", _("Choose")), *roles]  # type: ignore[attr-defined]


def appoint(work: Work, user: User, data: dict[str, Any]) -> Appointment:
    """What the form says, as an action. Raises ``Invalid`` where nobody of that name holds the post."""
    unit, role = Unit.objects.get(pk=data["unit"]), Role.objects.get(pk=data["role"])
    held: Appointment | None = None
    if data["acting_for"]:
        day = data["valid_from"]
        held = (
            Appointment.objects.filter(
                Q(valid_to__isnull=True) | Q(valid_to__gte=day),
                user__username=data["acting_for"].strip(),
                unit=unit,
                role=role,
                valid_from__lte=day,
            )
            .exclude(user=user)
            .first()
        )
        if held is None:
            raise Invalid(fields={"acting_for": ["Nobody of that name holds this role in the unit on the first day."]})
        if data["valid_to"] is None:
            raise Invalid(fields={"valid_to": ["Who acts for another does so until a day."]})
    return actions.appoint(
        work,
        user=user,
        unit=unit,
        role=role,
        title=data["title"],
        valid_from=data["valid_from"],
        valid_to=data["valid_to"],
        acting_for=held,
    )


def posts_of(user: User) -> Table:
    """Every post a person has, had and will have; what is over stays readable."""
    today = clock.today()
    units = directory().by_id
    rows = []
    query = user.appointments.select_related("role", "acting_for__user").order_by("-valid_from", "pk")
    for row in query:
        unit = units.get(row.unit_id)
        over = row.valid_to is not None and row.valid_to < today
        state = (
            Cell(_("ended"), tone="quiet")
            if over
            else Cell(_("to come"), tone="info")
            if row.valid_from > today
            else Cell(_("in force"), tone="done")
        )
        rows.append(
            [
                Cell(row.role.name, url=reverse("desk:appointment_end", args=[row.pk]), note=row.title),
                Cell(unit.name if unit else "", note=unit.code if unit else ""),
                Cell(f"{row.valid_from:%d/%m/%Y}", number=True),
                Cell(f"{row.valid_to:%d/%m/%Y}" if row.valid_to else "–", number=True),
                Cell(row.acting_for.user.full_name if row.acting_for else "–"),
                state,
            ]
        )
    heads = [_("Role"), _("Unit"), _("From"), _("Until"), _("Acting for"), _("State")]
    return Table(heads, rows, title=_("Posts"), empty=_("No post yet."))


class EndForm(forms.Form):
    last_day = day_field(gettext_lazy("Last day"), required=False, hint=gettext_lazy("Empty: today."))


@holding("organisations.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def appointment_end(request: HttpRequest, key: UUID) -> HttpResponse:
    """One post: its days, who acts in it, its history; ends it after a day."""
    row = Appointment.objects.select_related("user", "role", "unit", "acting_for__user").filter(pk=key).first()
    if row is None:
        raise NotFound("There is no such post.")
    form = EndForm(request.POST if request.method == "POST" else None, initial={"last_day": clock.today()})
    if request.method == "POST":
        done = perform(
            request,
            form,
            lambda work: actions.end_appointment(work, key, last_day=form.cleaned_data["last_day"] or clock.today()),
            _("The post ends."),
        )
        if done is not None:
            return go("person", row.user_id)
    deputies = Appointment.objects.filter(acting_for=row).select_related("user").order_by("-valid_from")[:50]
    facts: list[tuple[Any, object]] = [
        (_("Holder"), f"{row.user.full_name} ({row.user.username})"),
        (_("Unit"), f"{row.unit.name} ({row.unit.code})"),
        (_("Role"), row.role.name),
        (_("Title"), row.title or "–"),
        (_("From"), f"{row.valid_from:%d/%m/%Y}"),
        (_("Until"), f"{row.valid_to:%d/%m/%Y}" if row.valid_to else _("until it is ended")),
        (_("Acting for"), row.acting_for.user.full_name if row.acting_for else "–"),
    ]
    blocks: list[Block] = [Pairs(facts)]
    if row.valid_to is None or row.valid_to > clock.today():
        blocks.append(FormBlock(form, _("End this post"), _("End"), warning=True))
    if deputies:
        rows = [
            [
                Cell(one.user.full_name, url=reverse("desk:person", args=[one.user_id])),
                Cell(f"{one.valid_from:%d/%m/%Y}", number=True),
                Cell(f"{one.valid_to:%d/%m/%Y}" if one.valid_to else "–", number=True),
            ]
            for one in deputies
        ]
        blocks.append(Table([_("Holder"), _("From"), _("Until")], rows, title=_("Act in this post")))
    blocks.append(history_of(row.pk))
    crumbs = [
        (_("People"), reverse("desk:people")),
        (row.user.full_name, reverse("desk:person", args=[row.user_id])),
    ]
    return show(request, f"{row.role.name} · {row.unit.name}", blocks, crumbs=crumbs, status=failed(form))
