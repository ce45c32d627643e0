"""Reminding a colleague and proposing to the leader: forms of the dossier page."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.interfaces.desk.acts import Act
from motcua.services.dossiers.actions.proposing import decline, propose
from motcua.services.dossiers.actions.reminding import remind
from motcua.services.dossiers.models import Turn
from motcua.services.dossiers.office.proposals import of_dossier


class Remind(Act):
    verb, label, icon, key = "remind", _("Remind"), "bell", "e"
    said, plain = _("They are reminded, in their inbox and by e-mail."), True

    def run(self) -> object:
        return remind.run(self.actor, self.dossier.pk, task_id=self.task_id)


class Propose(Act):
    verb, label, icon = "propose", _("Propose to the leader"), "flag"
    button, said = _("Propose"), _("Proposed. It stands on the leader’s screen.")
    turn = forms.ChoiceField(label=_("What you propose"), choices=[("", _("Choose")), *Turn.choices])
    reason = forms.CharField(label=_("Reasons"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def run(self) -> object:
        data = self.cleaned_data
        return propose.run(self.actor, self.dossier.pk, turn=data["turn"], reason=data["reason"])


class Decline(Act):
    verb, label, icon = "decline", _("Decline a proposal"), "cross-circle"
    button, said = _("Decline"), _("Declined. Who proposed it is told why.")
    proposal = forms.ChoiceField(label=_("Proposal"))
    answer = forms.CharField(label=_("Why not"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def prepare(self) -> None:
        self.fields["proposal"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), f"{row.get_turn_display()}: {row.reason[:80]} ({row.proposed_by.full_name})")
            for row in of_dossier(self.dossier)
        ]

    def run(self) -> object:
        data = self.cleaned_data
        key = UUID(data["proposal"])
        return decline.run(self.actor, self.dossier.pk, proposal_id=key, answer=data["answer"])


WORK_ACTS: dict[str, type[Act]] = {act.verb: act for act in (Remind, Propose, Decline)}
