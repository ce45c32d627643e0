"""The actions of the dossier page as forms: what the law asks for each, and the call of the action itself.

No rule stands here: which acts are offered comes from ``dossiers.possible``, and each action checks again by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from motcua.engines.cases.models import Task
from motcua.engines.files.actions import Incoming, store_many
from motcua.engines.ledger.actor import Actor
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.flow import unit_for
from motcua.services.dossiers.actions.opinions import open_opinions
from motcua.services.dossiers.models import Delivery, Dossier, DossierComponent
from motcua.services.dossiers.people import people_for
from motcua.services.dossiers.possible import chooses, steps_after, steps_before
from motcua.services.procedures.queries import version

REASONS: dict[str, Promise] = {
    "wrong_procedure": _("The papers belong to another procedure"),
    "not_competent": _("Another unit is competent"),
    "not_eligible": _("The conditions of the law are not met"),
    "false_papers": _("Papers are false or were tampered with"),
    "duplicate": _("The same dossier was submitted before"),
    "other": _("Another reason"),
}
MOST_FILES = 20

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; an empty choice gives an empty list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [file for file in given[:MOST_FILES] if file]


class Act(forms.Form):
    """One action with its fields. ``verb`` is its name in addresses, ``said`` what is reported afterwards."""

    verb: ClassVar[str] = ""
    label: ClassVar[Promise | str] = ""
    icon: ClassVar[str] = "arrow-right"
    key: ClassVar[str] = ""
    button: ClassVar[Promise | str] = ""
    said: ClassVar[Promise | str] = ""
    plain: ClassVar[bool] = False  # a button alone, nothing to fill in
    warning: ClassVar[bool] = False
    template: ClassVar[str] = ""
    leads = False  # the page's one main action

    def __init__(self, *args: Any, actor: Actor, dossier: Dossier, task: Task | None, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{self.verb}_%s")
        super().__init__(*args, **kwargs)
        self.actor, self.dossier, self.task = actor, dossier, task
        self.prepare()

    def prepare(self) -> None:
        """Fills in choices and first values."""

    def run(self) -> object:
        """Calls the action with the cleaned values; raises what it raises."""
        raise NotImplementedError

    @property
    def task_id(self) -> UUID:
        """The step that the officer saw. Without one the action is told so by a key that no step has."""
        return self.task.id if self.task else self.dossier.pk

    def stored(self, name: str = "files") -> list[actions.FileIn]:
        """The uploaded files of a field, now in the store."""
        given: list[UploadedFile[Any]] = self.cleaned_data.get(name) or []
        if not given or self.actor.id is None:
            return []
        incoming = [Incoming(file, file.name or "") for file in given]
        return [
            actions.FileIn(upload.blob_id, upload.name)
            for upload in store_many(incoming, self.actor.id, actor=self.actor)
        ]


def _text(
    label: _StrPromise, *, required: bool = True, rows: int = 3, hint: _StrPromise | str = "", limit: int = 4000
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=limit,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class Accept(Act):
    verb, label, icon, key = "accept", _("Accept the dossier"), "check", "a"
    button, said = _("Accept and start the clock"), _("Accepted. The receipt is being made.")
    note = _text(_("Note for colleagues"), required=False, rows=2)

    def run(self) -> object:
        return actions.accept.run(self.actor, self.dossier.pk, note=self.cleaned_data["note"])


class Refuse(Act):
    verb, label, icon, key = "refuse", _("Refuse"), "cross-circle", "u"
    button, said, warning = _("Refuse the dossier"), _("Refused. The applicant is told why."), True
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose a reason")), *REASONS.items()])
    explanation = _text(
        _("Explanation for the applicant"), hint=_("In plain words: why, and what they can do instead."), rows=4
    )
    basis = forms.CharField(
        label=_("Article of law"), required=False, max_length=200, help_text=_("For example: ND118 Đ17.1")
    )

    def run(self) -> object:
        data = self.cleaned_data
        return actions.refuse.run(
            self.actor, self.dossier.pk, reason=data["reason"], explanation=data["explanation"], basis=data["basis"]
        )


class Supplement(Act):
    """Which papers are missing, and why: a line per component, and one for what is not in the list."""

    verb, label, icon, key = "supplement", _("Ask for a supplement"), "documents", "b"
    button = _("Send the request")
    said = _("Asked for. The clock stands until the answer comes.")
    template = "desk/acts/supplement.html"
    note = _text(_("Note for the applicant"), required=False, rows=2)

    def prepare(self) -> None:
        self.components: list[DossierComponent] = self.dossier.__dict__.get("_shown_components") or list(
            self.dossier.components.order_by("position")
        )
        for component in self.components:
            doubtful = component.verdict in ("missing", "invalid")
            self.fields[f"on_{component.id}"] = forms.BooleanField(
                label=component.name, required=False, initial=doubtful
            )
            self._line(str(component.id))
        self.fields["name_other"] = forms.CharField(
            label=_("Something else that is missing"), required=False, max_length=1000
        )
        self._line("other")

    def _line(self, key: str) -> None:
        self.fields[f"reason_{key}"] = forms.CharField(
            label=_("Why it is needed, what is wrong"), required=False, max_length=1000
        )
        self.fields[f"basis_{key}"] = forms.CharField(label=_("Article of law"), required=False, max_length=200)

    def lines(self) -> Iterable[dict[str, Any]]:
        """The lines as the template shows them."""
        for component in self.components:
            key = component.id
            yield {
                "on": self[f"on_{key}"],
                "reason": self[f"reason_{key}"],
                "basis": self[f"basis_{key}"],
                "name": component.name,
                "when": f"on_{key}",
            }

    def items(self) -> list[dict[str, str]]:
        """What the action is given."""
        data = self.cleaned_data
        wanted = [
            {
                "component": component.key,
                "name": component.name,
                "reason": data.get(f"reason_{component.id}", ""),
                "basis": data.get(f"basis_{component.id}", ""),
            }
            for component in self.components
            if data.get(f"on_{component.id}")
        ]
        if data.get("name_other"):
            wanted.append(
                {
                    "component": "",
                    "name": data["name_other"],
                    "reason": data.get("reason_other", ""),
                    "basis": data.get("basis_other", ""),
                }
            )
        return wanted

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for component in self.components:
            if cleaned.get(f"on_{component.id}") and not cleaned.get(f"reason_{component.id}"):
                self.add_error(f"reason_{component.id}", _("Say why, so that the applicant can bring the right paper."))
        if cleaned.get("name_other") and not cleaned.get("reason_other"):
            self.add_error("reason_other", _("Say why, so that the applicant can bring the right paper."))
        return cleaned

    def run(self) -> object:
        return actions.request_supplement.run(
            self.actor, self.dossier.pk, items=self.items(), note=self.cleaned_data["note"]
        )


class Claim(Act):
    verb, label, icon, key = "claim", _("Take in hand"), "user", "c"
    said, plain = _("The step is in your hands."), True

    def run(self) -> object:
        return actions.claim.run(self.actor, self.dossier.pk, task_id=self.task_id)


class Release(Act):
    verb, label, icon = "release", _("Give back to the unit"), "undo"
    said, plain = _("The step is with the unit again."), True

    def run(self) -> object:
        return actions.release.run(self.actor, self.dossier.pk, task_id=self.task_id)


class Assign(Act):
    verb, label, icon, key = "assign", _("Assign"), "users", "p"
    button, said = _("Assign"), _("Assigned.")
    user = forms.ChoiceField(label=_("To whom"))

    def prepare(self) -> None:
        people = people_for(self.task.stage, self.task.unit_id) if self.task else []
        self.fields["user"].choices = [("", _("Choose a person")), *((str(p.pk), p.full_name) for p in people)]  # type: ignore[attr-defined]
        self.initial.setdefault("user", str(self.task.assignee_id) if self.task and self.task.assignee_id else "")

    def run(self) -> object:
        user_id = UUID(self.cleaned_data["user"])
        return actions.assign.run(self.actor, self.dossier.pk, task_id=self.task_id, user_id=user_id)


class PassOn(Act):
    verb, label, icon, key = "pass_on", _("Pass on"), "arrow-right", "f"
    button, said = _("Finish the step and pass on"), _("Passed on.")
    opinion = _text(_("Opinion"), required=False, hint=_("What you checked and what you propose."))
    to = forms.ChoiceField(label=_("Which way"))
    assignee = forms.ChoiceField(label=_("To whom"), required=False)

    def prepare(self) -> None:
        following = steps_after(self.dossier, self.task) if self.task else ()
        if self.task and chooses(self.dossier, self.task):
            language = get_language() or "vi"
            self.fields["to"].choices = [(step.key, step.title(language)) for step in following]  # type: ignore[attr-defined]
        else:
            del self.fields["to"]
        if len(following) != 1:
            del self.fields["assignee"]
            return
        people = people_for(following[0].stage, unit_for(self.dossier, following[0]))
        self.fields["assignee"].choices = [  # type: ignore[attr-defined]
            ("", _("The whole unit")),
            *((str(person.pk), person.full_name) for person in people),
        ]

    def run(self) -> object:
        chosen = self.cleaned_data.get("assignee")
        return actions.pass_on.run(
            self.actor,
            self.dossier.pk,
            task_id=self.task_id,
            opinion=self.cleaned_data["opinion"],
            assignee_id=UUID(chosen) if chosen else None,
            to=[self.cleaned_data["to"]] if "to" in self.cleaned_data else (),
        )


class SendBack(Act):
    verb, label, icon, key = "send_back", _("Send back"), "undo", "t"
    button, said = _("Send back"), _("Sent back.")
    to_step = forms.ChoiceField(label=_("To which step"))
    reason = _text(_("Why it goes back"))

    def prepare(self) -> None:
        before = steps_before(self.dossier, self.task) if self.task else ()
        language = get_language() or "vi"
        self.fields["to_step"].choices = [(step.key, step.title(language)) for step in reversed(before)]  # type: ignore[attr-defined]

    def run(self) -> object:
        data = self.cleaned_data
        return actions.send_back.run(
            self.actor, self.dossier.pk, task_id=self.task_id, to_step=data["to_step"], reason=data["reason"]
        )


class Complete(Act):
    verb, label, icon, key = "complete", _("Decide and sign"), "sign", "q"
    button, said = _("Decide"), _("Decided. The result goes to the counter.")
    template = "desk/acts/complete.html"
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("approve", _("Approve")), ("reject", _("Reject"))],
        initial="approve",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Name of the result"), max_length=300)
    number = forms.CharField(label=_("Number and symbol"), max_length=60, required=False)
    type_code = forms.ChoiceField(label=_("Type of result"), required=False)
    reason = _text(_("Why it is rejected"), required=False)
    files = FilesField(label=_("Files of the result"), required=False)  # type: ignore[assignment]  # a field, not the data
    unheard = _text(
        _("Why you decide without the opinions that are still awaited"),
        hint=_("Other agencies were asked and have not answered; the reason is put on record."),
    )

    def prepare(self) -> None:
        if not open_opinions(self.dossier):
            del self.fields["unheard"]
        procedure = version(self.dossier.procedure_version_id)
        types = procedure.result_types
        if types:
            self.fields["type_code"].choices = [("", _("Not stated")), *((t.code, t.name) for t in types)]  # type: ignore[attr-defined]
        else:
            del self.fields["type_code"]
        first = types[0].name if len(types) == 1 else (procedure.results or procedure.name)
        self.initial.setdefault("name", first.splitlines()[0][:300] if first else "")

    def run(self) -> object:
        data = self.cleaned_data
        return actions.complete.run(
            self.actor,
            self.dossier.pk,
            task_id=self.task_id,
            approved=data["decision"] == "approve",
            name=data["name"],
            number=data["number"],
            type_code=data.get("type_code", ""),
            reason=data["reason"],
            files=self.stored(),
            unheard=data.get("unheard", ""),
        )


class Return(Act):
    verb, label, icon, key = "return", _("Return the result"), "check-circle", "r"
    button, said = _("The person has the result"), _("Returned. The dossier is closed.")
    received_by = forms.CharField(label=_("Received by"), max_length=200)
    delivery = forms.ChoiceField(label=_("How it was returned"), choices=Delivery.choices, widget=forms.RadioSelect)
    identity_checked = forms.BooleanField(
        label=_("I checked the identity of the person"), required=False, initial=False
    )

    def prepare(self) -> None:
        self.initial.setdefault("received_by", self.dossier.applicant_name)
        self.initial.setdefault("delivery", self.dossier.delivery)

    def run(self) -> object:
        data = self.cleaned_data
        return actions.return_result.run(
            self.actor,
            self.dossier.pk,
            received_by=data["received_by"],
            delivery=data["delivery"],
            identity_checked=data["identity_checked"],
        )


class Attach(Act):
    verb, label, icon = "attach", _("Add a working paper"), "upload"
    button, said = _("Add"), _("The file is in the dossier.")
    files = FilesField(  # type: ignore[assignment]  # a field, not the data
        label=_("Files"), help_text=_("The applicant does not see working papers.")
    )

    def run(self) -> object:
        return actions.attach.run(self.actor, self.dossier.pk, files=self.stored())


class Remark(Act):
    verb, label, icon, key = "remark", _("Write a remark"), "chat", "m"
    button, said = _("Keep the remark"), _("The remark is kept.")
    text = _text(_("Remark"), hint=_("Colleagues who may see the dossier read it; the applicant never does."))

    def run(self) -> object:
        return actions.remark.run(self.actor, self.dossier.pk, text=self.cleaned_data["text"])


ACTS: dict[str, type[Act]] = {
    act.verb: act
    for act in (
        Accept, Refuse, Supplement, Claim, Release, Assign, PassOn, SendBack, Complete, Return, Attach, Remark,
    )
}  # fmt: skip
