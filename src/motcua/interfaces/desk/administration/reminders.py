"""Rules of reminders: when whom is reminded of a step, as dated data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from motcua.engines.cases.models import Recipient, ReminderRule, Stage
from motcua.engines.cases.reminding import MOST_HOURS, define_rule, end_rule
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Conflict
from motcua.interfaces.desk.access import actor_of, holding
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

WHEN = [
    ("before", gettext_lazy("Before it is due")),
    ("at", gettext_lazy("When it is due")),
    ("after", gettext_lazy("When it is late")),
]


class RuleForm(forms.Form):
    """A new rule."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    when = forms.ChoiceField(label=gettext_lazy("When"), choices=WHEN)
    hours = forms.IntegerField(
        label=gettext_lazy("Working hours before or after"), min_value=0, max_value=MOST_HOURS, initial=0
    )
    recipient = forms.ChoiceField(label=gettext_lazy("Whom"), choices=Recipient.choices)
    stage = forms.ChoiceField(label=gettext_lazy("Kind of step"), required=False)
    valid_from = day_field(gettext_lazy("First day"))
    valid_to = day_field(gettext_lazy("Last day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [("", _("Every step")), *Stage.choices]  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = clock.today()

    def signed_hours(self) -> int:
        """Working hours from the due moment, negative before it."""
        hours = int(self.cleaned_data["hours"])
        return {"before": -hours, "at": 0, "after": hours}[self.cleaned_data["when"]]


@holding("organisations.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """The rules that hold or are to come, and making one."""
    form = RuleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        made = perform(
            request,
            form,
            lambda work: define_rule(
                work,
                name=form.cleaned_data["name"],
                hours=form.signed_hours(),
                recipient=form.cleaned_data["recipient"],
                stage=form.cleaned_data["stage"],
                valid_from=form.cleaned_data["valid_from"],
                valid_to=form.cleaned_data["valid_to"],
            ),
            _("The rule is made."),
        )
        if made is not None:
            return go("reminders")
    today = clock.today()
    rules = ReminderRule.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today)).order_by("hours", "name")
    table = Table(
        [_("Rule"), _("When"), _("Whom"), _("Kind of step"), _("From"), _("To"), ""],
        [
            [
                Cell(rule.name),
                Cell(_when(rule.hours)),
                Cell(rule.get_recipient_display()),
                Cell(rule.get_stage_display() if rule.stage else _("Every step")),
                Cell(f"{rule.valid_from:%d/%m/%Y}", number=True),
                Cell(f"{rule.valid_to:%d/%m/%Y}" if rule.valid_to else "–", number=True),
                Cell(_("End today"), post=reverse("desk:reminder_end", args=[rule.pk])),
            ]
            for rule in rules
        ],
        empty=_("Nobody is reminded of anything."),
    )
    blocks: list[Block] = [table, FormBlock(form, _("New rule"), _("Make the rule"), folded=not form.errors)]
    return show(
        request,
        _("Reminders"),
        blocks,
        intro=_(
            "Each rule reminds once of each step, by day, in the inbox and by e-mail. Rules are not changed: end one, "
            "make another."
        ),
        status=failed(form),
    )


def _when(hours: int) -> str:
    if hours == 0:
        return _("when it is due")
    if hours < 0:
        return ngettext("%(n)d working hour before", "%(n)d working hours before", -hours) % {"n": -hours}
    return ngettext("%(n)d working hour late", "%(n)d working hours late", hours) % {"n": hours}


@holding("organisations.edit")
@require_POST
def reminder_end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ends a rule after today."""
    try:
        with begin(actor_of(request)) as work:
            end_rule(work, key, last_day=clock.today())
        messages.success(request, _("The rule ends today."))
    except Conflict as error:
        messages.error(request, error.text(_))
    return go("reminders")
