"""The actions of the dossier page as forms: what the law asks for each, and the call of the action itself.

No rule stands here: which acts are offered comes from ``dossiers.possible``, and each action checks again by itself.
"""

from __future__ import annotations

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
from motcua.services.dossiers import actions, reasons
from motcua.services.dossiers.actions.flow import unit_for
from motcua.services.dossiers.actions.opinions import open_opinions
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.office.people import people_for
from motcua.services.dossiers.office.possible import chooses, steps_after, steps_before
from motcua.services.procedures.queries import version

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

    def ask_way(self) -> None:
        """Asks which way it goes on (the field ``to``) where the flow leaves a choice."""
        if self.task is not None and chooses(self.dossier, self.task):
            language = get_language() or "vi"
            following = steps_after(self.dossier, self.task)
            self.fields["to"].choices = [(step.key, step.title(language)) for step in following]  # type: ignore[attr-defined]
        else:
            del self.fields["to"]

    @property
    def way(self) -> tuple[str, ...]:
        """The step that was chosen, none where the flow leaves no choice."""
        return (self.cleaned_data["to"],) if "to" in self.cleaned_data else ()

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


def text_field(
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
    note = text_field(_("Note for colleagues"), required=False, rows=2)

    def run(self) -> object:
        return actions.accept.run(self.actor, self.dossier.pk, note=self.cleaned_data["note"])


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
        people = people_for(self.task.stage, self.task.unit_id, self.task.role) if self.task else []
        self.fields["user"].choices = [("", _("Choose a person")), *((str(p.pk), p.full_name) for p in people)]  # type: ignore[attr-defined]
        self.initial.setdefault("user", str(self.task.assignee_id) if self.task and self.task.assignee_id else "")

    def run(self) -> object:
        user_id = UUID(self.cleaned_data["user"])
        return actions.assign.run(self.actor, self.dossier.pk, task_id=self.task_id, user_id=user_id)


class PassOn(Act):
    verb, label, icon, key = "pass_on", _("Pass on"), "arrow-right", "f"
    button, said = _("Finish the step and pass on"), _("Passed on.")
    opinion = text_field(_("Opinion"), required=False, hint=_("What you checked and what you propose."))
    to = forms.ChoiceField(label=_("Which way"), widget=forms.RadioSelect)
    assignee = forms.ChoiceField(label=_("To whom"), required=False)

    def prepare(self) -> None:
        following = steps_after(self.dossier, self.task) if self.task else ()
        self.ask_way()
        if len(following) != 1:
            del self.fields["assignee"]
            return
        people = people_for(following[0].stage, unit_for(self.dossier, following[0]), following[0].role)
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
            to=self.way,
        )


class SendBack(Act):
    verb, label, icon, key = "send_back", _("Send back"), "undo", "t"
    button, said = _("Send back"), _("Sent back.")
    to_step = forms.ChoiceField(label=_("To which step"))
    reason = text_field(_("Why it goes back"))

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
    reason_code = forms.ChoiceField(label=_("Reason of the rejection"), required=False)
    reason = text_field(_("Why it is rejected"), required=False)
    files = FilesField(label=_("Files of the result"), required=False)  # type: ignore[assignment]  # a field, not the data
    to = forms.ChoiceField(label=_("Which way"), widget=forms.RadioSelect)
    unheard = text_field(
        _("Why you decide without the opinions that are still awaited"),
        hint=_("Other agencies were asked and have not answered; the reason is put on record."),
    )

    def prepare(self) -> None:
        self.ask_way()
        if not open_opinions(self.dossier):
            del self.fields["unheard"]
        procedure = version(self.dossier.procedure_version_id)
        types = procedure.result_types
        language = get_language() or "vi"
        listed = [(row.code, row.said(language)) for row in reasons.of("reject")]
        self.fields["reason_code"].choices = [("", _("Choose a reason")), *listed]  # type: ignore[attr-defined]
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
            reason_code=data["reason_code"] if data["decision"] == "reject" else "",
            files=self.stored(),
            unheard=data.get("unheard", ""),
            to=self.way,
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
    text = text_field(_("Remark"), hint=_("Colleagues who may see the dossier read it; the applicant never does."))

    def run(self) -> object:
        return actions.remark.run(self.actor, self.dossier.pk, text=self.cleaned_data["text"])


ACTS: dict[str, type[Act]] = {
    act.verb: act
    for act in (
        Accept, Claim, Release, Assign, PassOn, SendBack, Complete, Attach, Remark,
    )
}  # fmt: skip
