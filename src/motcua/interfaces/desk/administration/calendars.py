"""Calendars: working hours of the week, and the days that differ by decision."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from motcua.engines.organisations import actions
from motcua.engines.organisations.models import CalendarDay, Unit, WorkCalendar
from motcua.foundation.errors import NotFound
from motcua.foundation.working_time import DEFAULT_CALENDAR, Calendar, DueMoment
from motcua.foundation.working_time.calendar import WEEKDAYS
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import (
    Block,
    Cell,
    FormBlock,
    Table,
    day_field,
    failed,
    go,
    perform,
    show,
)
from motcua.interfaces.desk.administration.changes import history_of
from motcua.interfaces.desk.administration.event_words import DAY_NAMES

keeper = holding("organisations.edit")


class DayForm(forms.Form):
    day = day_field(gettext_lazy("Day"))
    worked = forms.ChoiceField(
        label=gettext_lazy("That day is"),
        choices=[("", gettext_lazy("off")), ("1", gettext_lazy("worked"))],
        required=False,
    )
    basis = forms.CharField(label=gettext_lazy("Decision that says so"), max_length=200)


RECEIVING = ("sat", "sun")
"""Days off on which a counter may receive all the same."""


class CalendarForm(forms.Form):
    """The week as people write it: shifts such as 07:00-11:30, 13:30-17:00; empty: off."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    public_holidays = forms.BooleanField(label=gettext_lazy("Off on public holidays"), required=False, initial=True)
    due_moment = forms.ChoiceField(
        label=gettext_lazy("Days end"),
        choices=[
            (DueMoment.CLOSING, gettext_lazy("at closing time")),
            *((each, each.value) for each in DueMoment if each is not DueMoment.CLOSING),
        ],
    )
    hours_basis = forms.CharField(label=gettext_lazy("Decision on the hours"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in WEEKDAYS:
            self.fields[f"week_{day}"] = forms.CharField(
                label=DAY_NAMES[day],
                required=False,
                max_length=100,
                help_text=_("Shifts, such as 07:00-11:30, 13:30-17:00. Empty: off.") if day == "mon" else "",
            )
        for day in RECEIVING:
            self.fields[f"reception_{day}"] = forms.CharField(
                label=_("%(day)s, receiving only") % {"day": DAY_NAMES[day]},
                required=False,
                max_length=100,
                help_text=_("Dossiers are received in these shifts; they do not count as working time."),
            )

    def as_data(self) -> dict[str, Any]:
        """What ``Calendar.from_data`` reads."""
        data = self.cleaned_data
        week = {
            day: [shift.strip() for shift in data[f"week_{day}"].split(",") if shift.strip()]
            for day in WEEKDAYS
            if data[f"week_{day}"].strip()
        }
        return {
            "week": week,
            "reception": {
                day: [shift.strip() for shift in data[f"reception_{day}"].split(",") if shift.strip()]
                for day in RECEIVING
            },
            "public_holidays": data["public_holidays"],
            "due_moment": data["due_moment"],
            "hours_basis": data["hours_basis"].strip(),
        }


def _first(calendar: Calendar, name: str) -> dict[str, Any]:
    data = calendar.as_data()
    first = {f"week_{day}": ", ".join(data["week"].get(day, [])) for day in WEEKDAYS}
    first |= {f"reception_{day}": ", ".join(data["reception"].get(day, [])) for day in RECEIVING}
    return first | {
        "name": name,
        "public_holidays": data["public_holidays"],
        "due_moment": data["due_moment"],
        "hours_basis": data["hours_basis"],
    }


def _together(before: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What the form says, and what stands in the calendar beside it."""
    reception = {**(before.get("reception") or {}), **said["reception"]}
    return {**before, **said, "reception": {day: shifts for day, shifts in reception.items() if shifts}}


def _days(calendar: WorkCalendar | None) -> Table:
    rows = CalendarDay.objects.filter(calendar=calendar).order_by("-day")[:200]
    target = reverse("desk:day_remove", args=[calendar.pk]) if calendar else reverse("desk:common_day_remove")
    return Table(
        [_("Day"), _("Is"), _("Decision"), ""],
        [
            [
                Cell(f"{row.day:%d/%m/%Y}", number=True),
                Cell(_("worked"), tone="wait") if row.worked else Cell(_("off"), tone="info"),
                Cell(row.basis),
                Cell(_("Take back"), post=target, hidden=(("day", row.day.isoformat()),)),
            ]
            for row in rows
        ],
        title=_("Days that differ") if calendar else _("Days that differ everywhere"),
        empty=_("None entered. Public holidays are known by themselves."),
    )


def _set_day(request: HttpRequest, form: DayForm, calendar: WorkCalendar | None) -> bool:
    done = perform(
        request,
        form,
        lambda work: actions.set_day(
            work,
            calendar,
            day=form.cleaned_data["day"],
            worked=bool(form.cleaned_data["worked"]),
            basis=form.cleaned_data["basis"],
        ),
        _("The day is set. Due dates computed from now on follow it."),
    )
    return done is not None


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def calendars(request: HttpRequest) -> HttpResponse:
    """All calendars, and the days that hold for all."""
    form = DayForm(request.POST or None)
    if request.method == "POST" and _set_day(request, form, None):
        return go("calendars")
    used: dict[UUID, list[str]] = {}
    for key, name in Unit.objects.filter(calendar__isnull=False).values_list("calendar_id", "name"):
        if key:
            used.setdefault(key, []).append(name)
    rows = [
        [Cell(row.name, url=reverse("desk:calendar", args=[row.pk])), Cell(", ".join(used.get(row.pk, [])[:5]) or "–")]
        for row in WorkCalendar.objects.order_by("name")
    ]
    blocks: list[Block] = [
        Table([_("Calendar"), _("Used by")], rows, empty=_("None: every unit works by the national calendar.")),
        _days(None),
        FormBlock(form, _("Set a day for all"), _("Set"), folded=True),
        history_of(actions.COMMON_DAYS),
    ]
    return show(
        request, _("Calendars"), blocks, links=[(_("New calendar"), reverse("desk:calendar_new"))], status=failed(form)
    )


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_new(request: HttpRequest) -> HttpResponse:
    """A calendar beside the national one, which is its beginning."""
    form = CalendarForm(request.POST or None, initial=_first(DEFAULT_CALENDAR, ""))
    if request.method == "POST":
        made = perform(
            request,
            form,
            lambda work: actions.create_calendar(work, name=form.cleaned_data["name"], data=form.as_data()),
            _("The calendar is there. Give it to units on their pages."),
        )
        if made is not None:
            return go("calendar", made.pk)
    crumbs = [(_("Calendars"), reverse("desk:calendars"))]
    return show(
        request, _("New calendar"), [FormBlock(form, button=_("Make"), main=True)], crumbs=crumbs, status=failed(form)
    )


def _calendar(key: UUID) -> WorkCalendar:
    found = WorkCalendar.objects.filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such calendar.")
    return found


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest, key: UUID) -> HttpResponse:
    """One calendar: its week and its days. ``day`` in the post says that a day is set."""
    found = _calendar(key)
    days = request.method == "POST" and "day" in request.POST
    form = CalendarForm(
        request.POST if request.method == "POST" and not days else None,
        initial=_first(Calendar.from_data(found.data), found.name),
    )
    day_form = DayForm(request.POST if days else None)
    if days:
        if _set_day(request, day_form, found):
            return go("calendar", key)
    elif request.method == "POST":
        kept = perform(
            request,
            form,
            lambda work: actions.edit_calendar(
                work, key, name=form.cleaned_data["name"], data=_together(found.data, form.as_data())
            ),
            _("Kept. Due dates computed from now on follow it."),
        )
        if kept is not None:
            return go("calendar", key)
    blocks: list[Block] = [
        FormBlock(form, button=_("Keep"), main=True),
        _days(found),
        FormBlock(day_form, _("Set a day"), _("Set"), folded=True),
        history_of(key),
    ]
    crumbs = [(_("Calendars"), reverse("desk:calendars"))]
    return show(request, found.name, blocks, crumbs=crumbs, status=max(failed(form), failed(day_form)))


class TakeBack(forms.Form):
    day = forms.DateField()


@keeper
@require_POST
def day_remove(request: HttpRequest, key: UUID | None = None) -> HttpResponse:
    """Takes a day back, of one calendar or of all."""
    found = _calendar(key) if key else None
    form = TakeBack(request.POST)
    perform(request, form, lambda work: _remove(work, found, form.cleaned_data["day"]), _("Taken back."))
    for lines in form.errors.values():
        for line in lines:
            messages.error(request, str(line))
    return go("calendar", key) if key else go("calendars")


def _remove(work: Any, calendar: WorkCalendar | None, day: date) -> bool:
    actions.remove_day(work, calendar, day=day)
    return True
