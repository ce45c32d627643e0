"""Handing papers over and taking them in, from the page of one dossier; many at once have a page of their own."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.engines.organisations.queries import directory
from motcua.interfaces.desk.acts import Act
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import Load
from motcua.services.dossiers.together import moving


class HandOver(Act):
    verb, label, icon, key = "hand_over", _("Hand the papers over"), "arrow-right", "h"
    button, said = _("Make the hand-over sheet"), _("The sheet is made. The receiver is to confirm it.")
    note = forms.CharField(label=_("Note for the receiver"), required=False, max_length=1000)

    @property
    def load(self) -> str:
        """What travels: the dossier itself or its result."""
        return str(Load.RESULTS if self.task and self.task.step == moving.SEND_RESULT else Load.DOSSIERS)

    def prepare(self) -> None:
        receiver = directory().unit(moving.receiver_of(self.dossier, self.load))
        self.fields["note"].help_text = _("Goes to: %(unit)s") % {"unit": receiver.name}

    def run(self) -> object:
        return actions.make_sheet(
            self.actor,
            [self.dossier.pk],
            sender_id=self.task.unit_id if self.task else self.dossier.received_at_id,
            receiver_id=moving.receiver_of(self.dossier, self.load),
            load=self.load,
            note=self.cleaned_data["note"],
        )


class TakeIn(Act):
    verb, label, icon, key = "take_in", _("Take the papers in"), "inbox", "h"
    button, said = _("Confirm"), _("Confirmed.")
    whole = forms.ChoiceField(
        label=_("Did everything arrive?"),
        choices=[("yes", _("Everything is there")), ("no", _("Something is missing or damaged"))],
        initial="yes",
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(label=_("What is missing or damaged"), required=False, max_length=300)

    def run(self) -> object:
        data = self.cleaned_data
        actions.take_in_one(self.actor, self.dossier.pk, whole=data["whole"] == "yes", remark=data["remark"])
        return None


MOVING_ACTS: dict[str, type[Act]] = {act.verb: act for act in (HandOver, TakeIn)}
