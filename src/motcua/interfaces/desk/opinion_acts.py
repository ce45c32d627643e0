"""Asking other agencies, answering them, taking a question back: the forms of the dossier page (ND118 Đ19)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation.text import fold
from motcua.foundation.working_time import Allowance, Unit
from motcua.interfaces.desk.acts import Act, FilesField
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.opinions import default_allowance, open_opinions

UNITS = [(str(Unit.WORKING_DAY), _("working days")), (str(Unit.HOUR), _("working hours"))]
AGENCIES = ("province", "department", "vertical")


def _units(*kinds: str) -> list[UnitInfo]:
    return [unit for unit in directory().all if unit.current and unit.kind in kinds]


class OneOfSeveral(forms.MultipleChoiceField):
    """Not needed alone, but one of several fields is: its label does not call it optional."""

    one_of_several = True


class AskOpinions(Act):
    verb, label, icon, key = "ask_opinions", _("Ask other agencies"), "chat", "y"
    button = _("Ask")
    said = _("Asked. The answers will stand here; your own step stays open.")
    question = forms.CharField(
        label=_("What do you want to know?"),
        max_length=4000,
        help_text=_("The agencies asked see the whole dossier."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    agencies = OneOfSeveral(
        label=_("Agencies"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several at once if need be."),
    )
    commune = forms.ChoiceField(label=_("Or a commune or ward"), required=False)
    count = forms.IntegerField(label=_("Time to answer"), min_value=1, max_value=480)
    per = forms.ChoiceField(label=_("counted in"), choices=UNITS)

    def prepare(self) -> None:
        own = {self.dossier.competent_id, *(task.unit_id for task in self.dossier.case.open_tasks)}
        agencies = [unit for unit in _units(*AGENCIES) if unit.id not in own]
        communes = sorted((unit for unit in _units("commune") if unit.id not in own), key=lambda unit: fold(unit.name))
        self.fields["agencies"].choices = [(str(unit.id), unit.label) for unit in agencies]  # type: ignore[attr-defined]
        self.fields["commune"].choices = [("", _("None")), *((str(unit.id), unit.label) for unit in communes)]  # type: ignore[attr-defined]
        usual = default_allowance()
        self.initial.setdefault("count", int(usual.value))
        self.initial.setdefault("per", str(usual.unit))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("agencies") and not cleaned.get("commune"):
            self.add_error("agencies", _("Choose at least one agency."))
        return cleaned

    def run(self) -> object:
        data = self.cleaned_data
        chosen = [*data["agencies"], *([data["commune"]] if data["commune"] else [])]
        return actions.ask_opinions.run(
            self.actor,
            self.dossier.pk,
            unit_ids=[UUID(key) for key in chosen],
            question=data["question"],
            allow=Allowance(data["count"], Unit(data["per"])),
        )


class AnswerOpinion(Act):
    verb, label, icon, key = "answer_opinion", _("Give the opinion"), "chat", "y"
    button, said = _("Give the opinion"), _("Your opinion is in the dossier.")
    agrees = forms.ChoiceField(
        label=_("Your agency"),
        choices=[("yes", _("Agrees")), ("no", _("Does not agree"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Opinion"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}), help_text=_("With the reasons.")
    )
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]  # a field, not the data

    def run(self) -> object:
        data = self.cleaned_data
        return actions.answer_opinion.run(
            self.actor,
            self.dossier.pk,
            task_id=self.task_id,
            agrees=data["agrees"] == "yes",
            answer=data["answer"],
            files=self.stored(),
        )


class WithdrawOpinion(Act):
    verb, label, icon = "withdraw_opinion", _("Take a question back"), "undo"
    button, said = _("Take back"), _("The question is taken back.")
    opinion = forms.ChoiceField(label=_("Which question"))
    reason = forms.CharField(label=_("Why the answer is no longer needed"), max_length=1000)

    def prepare(self) -> None:
        units = directory()
        self.fields["opinion"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), f"{units.unit(row.unit_id).label}: {row.question[:60]}")
            for row in open_opinions(self.dossier)
        ]

    def run(self) -> object:
        data = self.cleaned_data
        return actions.withdraw_opinion.run(
            self.actor, self.dossier.pk, opinion_id=UUID(data["opinion"]), reason=data["reason"]
        )


OPINION_ACTS: dict[str, type[Act]] = {act.verb: act for act in (AskOpinions, AnswerOpinion, WithdrawOpinion)}
