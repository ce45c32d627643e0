"""The turns that the law gives a dossier as forms of its page, each with what the applicant will receive."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from motcua.engines.notices.rules import Wording
from motcua.engines.notices.wording import render
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation import clock
from motcua.foundation.errors import Invalid
from motcua.foundation.working_time import Allowance, Extension, Unit, due, reckon
from motcua.interfaces.desk.acts import Act, FilesField, text_field
from motcua.interfaces.desk.supplement_act import Supplement
from motcua.services.dossiers import actions, policies, reasons
from motcua.services.dossiers.actions.adjusting import unread
from motcua.services.dossiers.actions.common import extensions_of, stops_of
from motcua.services.dossiers.actions.correcting import opened
from motcua.services.dossiers.actions.originals import kept_originals
from motcua.services.dossiers.actions.stopping import demanded
from motcua.services.dossiers.following.turns import message_of
from motcua.services.dossiers.models import Delivery, DossierComponent
from motcua.services.dossiers.rules import CORRECTION_BASIS
from motcua.services.procedures.queries import version

MORE = ((str(Unit.WORKING_DAY), _("working days")), (str(Unit.DAY), _("days")), (str(Unit.HOUR), _("working hours")))


def reason_choices(kind: str) -> list[tuple[str, str]]:
    """The reasons of a kind in the language of the page."""
    language = get_language() or "vi"
    return [("", say("Choose a reason")), *((row.code, row.said(language)) for row in reasons.of(kind))]


class Turn(Act):
    """An act with a reason from the list, words for the applicant, and a preview of the message."""

    template = "desk/acts/turn.html"
    reasons_of: ClassVar[str] = ""
    paper: ClassVar[Promise | str] = ""  # the statutory form that follows
    event: ClassVar[str] = ""

    def prepare(self) -> None:
        if self.reasons_of:
            self.fields["reason"].choices = reason_choices(self.reasons_of)  # type: ignore[attr-defined]

    @property
    def previews(self) -> bool:
        return bool(self.event)

    def said_data(self) -> dict[str, Any]:
        """What the event would say, as far as the message needs it."""
        data = {key: value for key, value in self.cleaned_data.items() if isinstance(value, str | int)}
        if self.reasons_of and data.get("reason"):
            data["reason_text"] = reasons.text(self.reasons_of, str(data["reason"]))
        return data

    def letter(self) -> Wording:
        """The message as the applicant would receive it, in Vietnamese."""
        kind, more = message_of(self.dossier, self.event, self.said_data())
        params = {
            "code": self.dossier.code,
            "procedure": version(self.dossier.procedure_version_id).name,
            **more,
        }
        return render(kind, "inbox", "vi", params, clock.today())


class Reasoned(Turn):
    """A turn for which the law asks a reason from the list and words for the applicant. ``does``: its action."""

    does: ClassVar[actions.Action[..., Any]]
    reason = forms.ChoiceField(label=_("Reason"))
    explanation = text_field(
        _("Explanation for the applicant"), hint=_("In plain words: why, and what they can do instead."), rows=4
    )

    def given(self) -> dict[str, Any]:
        """What the action is told."""
        return {name: self.cleaned_data[name] for name in ("reason", "explanation", "basis") if name in self.fields}

    def run(self) -> object:
        return self.does.run(self.actor, self.dossier.pk, **self.given())


class Ending(Reasoned):
    """A turn that ends the dossier: the article stands in its paper."""

    warning = True
    basis = forms.CharField(
        label=_("Article of law"), required=False, max_length=200, help_text=_("For example: ND118 Đ17.1")
    )


class Refuse(Ending):
    verb, label, icon, key = "refuse", _("Refuse"), "cross-circle", "u"
    button, said = _("Refuse the dossier"), _("Refused. The applicant is told why.")
    reasons_of, event, paper = "refuse", "dossier.refused", _("Notice of refusal (form 03)")
    does = actions.refuse


class Stop(Ending):
    verb, label, icon, key = "stop", _("Stop"), "cross-circle", "d"
    button, said = _("Stop the dossier"), _("Stopped. The applicant is told why.")
    reasons_of, event, paper = "stop", "dossier.stopped", _("Notice of stopping (form 05)")
    does = actions.stop

    def said_data(self) -> dict[str, Any]:
        return {**super().said_data(), "by": "office"}


class Reopen(Reasoned):
    verb, label, icon, key = "reopen", _("Take up again"), "undo", "o"
    button, said = _("Take the dossier up again"), _("Taken up again. The steps that were cut off are open.")
    reasons_of, event = "reopen", "dossier.reopened"
    explanation = text_field(_("Explanation for the applicant"))
    does = actions.reopen


class Extend(Reasoned):
    """Once, at least a day before the due date, with an apology."""

    verb, label, icon, key = "extend", _("Extend with an apology"), "clock", "l"
    button, said = (
        _("Extend the due date"),
        _("Extended. The apology (form 04) is being made and the applicant is told."),
    )
    reasons_of, event, paper = "extend", "dossier.extended", _("Apology and new date (form 04)")
    count = forms.IntegerField(label=_("How much more time"), min_value=1, max_value=365)
    per = forms.ChoiceField(label=_("counted in"), choices=MORE, initial=str(Unit.WORKING_DAY))
    explanation = text_field(_("Apology and explanation for the applicant"), rows=4)
    field_order = ("count", "per", "reason", "explanation")
    does = actions.extend

    @property
    def allowance(self) -> Allowance:
        return Allowance(self.cleaned_data["count"], Unit(self.cleaned_data["per"]))

    def said_data(self) -> dict[str, Any]:
        case = self.dossier.case
        if case.due_at is None or case.clock_start is None:
            raise Invalid("This dossier has no due date that could be extended.")
        more = Extension(at=clock.now(), allowance=self.allowance)
        reckoned = reckon(
            calendar_for(case.clock_unit_id),
            case.clock_start,
            Allowance.parse(case.allowance),
            stops_of(case),
            [*extensions_of(self.dossier), more],
            explained=False,
        )
        new_due = reckoned.due or case.due_at
        return {**super().said_data(), "old_due": case.due_at.isoformat(), "due_at": new_due.isoformat()}

    def given(self) -> dict[str, Any]:
        return {**super().given(), "allowance": str(self.allowance)}


class DemandPayment(Turn):
    verb, label, icon = "demand_payment", _("Demand a payment"), "money"
    button, said = _("Demand and stop the clock"), _("Demanded. The clock stands until it is paid.")
    event = "dossier.payment_demanded"
    name = forms.CharField(label=_("What is to be paid"), max_length=300)
    amount = forms.IntegerField(label=_("Amount in đồng"), min_value=1, max_value=10**14)
    notice_number = forms.CharField(label=_("Number of the notice"), max_length=60, required=False)
    pay_by = forms.DateField(
        label=_("To be paid by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def run(self) -> object:
        data = self.cleaned_data
        return actions.demand_payment.run(
            self.actor,
            self.dossier.pk,
            name=data["name"],
            amount=data["amount"],
            notice_number=data["notice_number"],
            pay_by=data["pay_by"],
        )


class NotePayment(Act):
    verb, label, icon, key = "note_payment", _("Note the payment"), "check", "a"
    button, said = _("It is paid"), _("Noted. The time goes on where it stood.")
    receipt = forms.CharField(label=_("Number of the receipt"), max_length=120)
    amount = forms.IntegerField(label=_("Amount paid in đồng"), min_value=1, max_value=10**14)

    def prepare(self) -> None:
        row = demanded(self.dossier)
        if row is not None:
            self.initial.setdefault("amount", row.amount)

    def run(self) -> object:
        data = self.cleaned_data
        return actions.note_payment.run(self.actor, self.dossier.pk, receipt=data["receipt"], amount=data["amount"])


class DropPayment(Turn):
    verb, label, icon = "drop_payment", _("Take the demand back"), "undo"
    button, said = _("Take back"), _("Taken back. The time goes on where it stood.")
    event = "dossier.payment_dropped"
    explanation = text_field(_("Why it need not be paid"), rows=2)

    def run(self) -> object:
        return actions.drop_payment.run(self.actor, self.dossier.pk, explanation=self.cleaned_data["explanation"])


class AskCorrection(Reasoned):
    verb, label, icon, key = "ask_correction", _("Have the result corrected"), "pen", "w"
    button, said = _("Send to the signer"), _("Sent to who signs.")
    reasons_of, event = "correct", "dossier.correction_asked"
    explanation = text_field(_("What is wrong, and how it should be"), rows=4)
    does = actions.ask_correction

    def said_data(self) -> dict[str, Any]:
        days = policies.number("correction_days")
        until = due(calendar_for(self.dossier.competent_id), clock.now(), Allowance(days, Unit.WORKING_DAY))
        return {**super().said_data(), "correct_by": until.isoformat()}


class CorrectResult(Turn):
    """The signer gives the right result; number and type stay unless others are written."""

    verb, label, icon, key = "correct_result", _("Correct and sign"), "sign", "q"
    button, said = _("Sign the corrected result"), _("Corrected. The result goes to the counter again.")
    event = "dossier.corrected"
    name = forms.CharField(label=_("Name of the result"), max_length=300)
    number = forms.CharField(label=_("Number and symbol"), max_length=60, required=False)
    explanation = text_field(_("What was corrected"), required=False, rows=2)
    files = FilesField(label=_("Files of the corrected result"), required=False)  # type: ignore[assignment]

    def prepare(self) -> None:
        super().prepare()
        result, asked = getattr(self.dossier, "result", None), opened(self.dossier)
        if result is not None:  # an address that was kept may name a dossier without one; the action says so
            self.initial.setdefault("name", result.name)
            self.initial.setdefault("number", result.number)
        if asked is not None:
            basis = reasons.text("correct", asked.reason, get_language() or "vi")
            self.fields["name"].help_text = f"{basis}. {asked.explanation} ({CORRECTION_BASIS})"

    def run(self) -> object:
        data = self.cleaned_data
        return actions.correct_result.run(
            self.actor,
            self.dossier.pk,
            task_id=self.task_id,
            name=data["name"],
            number=data["number"],
            explanation=data["explanation"],
            files=self.stored(),
        )


class DeclineCorrection(Turn):
    verb, label, icon = "decline_correction", _("The result is right"), "check-circle"
    button, said = _("Leave the result as it is"), _("The result stays. The applicant is told.")
    event = "dossier.correction_declined"
    explanation = text_field(_("Explanation for the applicant"), rows=3)

    def run(self) -> object:
        return actions.decline_correction.run(
            self.actor, self.dossier.pk, task_id=self.task_id, explanation=self.cleaned_data["explanation"]
        )


class Return(Act):
    """Identity checked and signed for, or the pickup code; the parcel's number; originals that go back with it."""

    verb, label, icon, key = "return", _("Return the result"), "check-circle", "r"
    button, said = _("The person has the result"), _("Returned. The dossier is closed.")
    template = "desk/acts/return.html"
    received_by = forms.CharField(label=_("Received by"), max_length=200)
    delivery = forms.ChoiceField(label=_("How it was returned"), choices=Delivery.choices, widget=forms.RadioSelect)
    identity_checked = forms.BooleanField(
        label=_("I checked the identity of the person, who signed for it"), required=False, initial=False
    )
    pickup = forms.CharField(
        label=_("Or the pickup code"), max_length=12, required=False, help_text=_("It stands in the applicant's page.")
    )
    tracking = forms.CharField(label=_("Number of the parcel"), max_length=60, required=False)

    def prepare(self) -> None:
        self.initial.setdefault("received_by", self.dossier.applicant_name)
        self.initial.setdefault("delivery", self.dossier.delivery)
        shown: list[DossierComponent] | None = self.dossier.__dict__.get("_shown_components")
        rows = kept_originals(self.dossier) if shown is None else [r for r in shown if r.originals > r.handed_back]
        add_originals(self, rows)

    @property
    def originals(self) -> list[Any]:
        """The fields of originals, as the template shows them."""
        return [self[name] for name in self.fields if name.startswith("original_")]

    def run(self) -> object:
        data = self.cleaned_data
        return actions.return_result.run(
            self.actor,
            self.dossier.pk,
            received_by=data["received_by"],
            delivery=data["delivery"],
            identity_checked=data["identity_checked"],
            pickup=data["pickup"],
            tracking=data["tracking"],
            handed_back=originals_given(self),
        )


class HandBack(Act):
    """Originals that are still here after the end: how many of each go back."""

    verb, label, icon = "hand_back", _("Hand originals back"), "documents"
    button, said = _("Handed back"), _("On record: the originals are with the person.")

    def prepare(self) -> None:
        add_originals(self, kept_originals(self.dossier))

    def run(self) -> object:
        return actions.hand_back.run(self.actor, self.dossier.pk, originals=originals_given(self))


class NoteAdjustments(Act):
    """What the applicant changed, read and confirmed in one."""

    verb, label, icon, key = "note_adjustments", _("Changes by the applicant: I have read them"), "eye", "v"
    said, plain = _("On record: the changes were read."), True

    @property
    def rows(self) -> int:
        return len(unread(self.dossier))

    def run(self) -> object:
        return actions.note_adjustments.run(self.actor, self.dossier.pk)


def add_originals(act: Act, rows: list[DossierComponent]) -> None:
    """A number per component of which originals are still here, all of them to begin with."""
    for row in rows:
        left = row.originals - row.handed_back
        act.fields[f"original_{row.id}"] = forms.IntegerField(
            label=row.name[:200],
            required=False,
            min_value=0,
            max_value=left,
            initial=left,
            help_text=_("Originals handed in and still here: %(count)s") % {"count": left},
        )
    act.__dict__["original_keys"] = {str(row.id): row.key for row in rows}


def originals_given(act: Act) -> dict[str, int]:
    """How many originals go back, by component key."""
    keys: dict[str, str] = act.__dict__.get("original_keys", {})
    return {key: count for row, key in keys.items() if (count := act.cleaned_data.get(f"original_{row}") or 0) > 0}


TURN_ACTS: dict[str, type[Act]] = {
    act.verb: act
    for act in (
        NotePayment, DropPayment, DemandPayment, Extend, Stop, Reopen, AskCorrection, CorrectResult,
        DeclineCorrection, Return, Refuse, HandBack, NoteAdjustments, Supplement,
    )
}  # fmt: skip
