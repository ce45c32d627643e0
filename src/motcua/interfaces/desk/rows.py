"""Rows of the worklist, with what a row shows; names of procedures in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from motcua.engines.cases.models import Stage, Task
from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import directory
from motcua.services.dossiers import online
from motcua.services.dossiers.actions.flow import definition_of
from motcua.services.dossiers.models import Channel, Dossier
from motcua.services.dossiers.rules import SAME_DAY, Status
from motcua.services.dossiers.together import moving
from motcua.services.procedures.models import ProcedureVersion

TRANSFER_STEPS: dict[str, Promise] = {
    moving.SEND: gettext_lazy("Hand the papers over"),
    moving.ARRIVE: gettext_lazy("Take the papers in"),
    moving.SEND_RESULT: gettext_lazy("Send the result to where it is collected"),
    moving.ARRIVE_RESULT: gettext_lazy("Take the result in"),
}
"""Steps that belong to no flow: the law adds them where papers travel (ND118 Đ18)."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A small sign with its word."""

    icon: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One task of a list."""

    task: Task
    dossier: Dossier
    procedure: str
    step: str
    unit: str
    holder: str
    url: str
    flags: list[Flag]
    clocks: tuple[online.Clock, online.Clock] | None = None
    """(alert, answer) while an online dossier waits for its first answer (ND118 Đ17.2)."""

    @property
    def due_at(self) -> datetime | None:
        return self.task.due_at

    @property
    def ready_since(self) -> datetime | None:
        """From when on the result can be collected, while a step waits for that and nothing else."""
        return self.task.opened_at if self.task.stage == Stage.RETURN and self.task.due_at is None else None

    @property
    def paused(self) -> bool:
        return self.task.state == "waiting"


def procedure_names(dossiers: Iterable[Dossier]) -> dict[UUID, str]:
    """Names of the versions of procedures that these dossiers began with; one query."""
    keys = {dossier.procedure_version_id for dossier in dossiers}
    return dict(ProcedureVersion.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def rows_of(actor: Actor, tasks: list[Task]) -> list[Row]:
    """Rows of tasks that came with their cases, dossiers and assignees."""
    names = procedure_names(task.case.dossier for task in tasks)
    units = directory().by_id
    rows = []
    for task in tasks:
        dossier = task.case.dossier
        unit = units.get(task.unit_id)
        label = unit.label if unit else ""
        rows.append(
            Row(
                task=task,
                dossier=dossier,
                procedure=names.get(dossier.procedure_version_id, dossier.procedure_code),
                step=step_name(task),
                unit=label,
                holder=task.assignee.full_name if task.assignee else label,
                url=reverse("desk:dossier", args=[dossier.pk]),
                flags=flags_of(actor, task, dossier),
                clocks=online.clocks(dossier) if task.stage == "intake" and dossier.answered_at is None else None,
            )
        )
    return rows


def step_name(task: Task) -> str:
    """The step in the reader's language; the flow of a case is kept per process."""
    language = get_language() or "vi"
    if task.stage == "intake":
        return _("Receive")
    if task.step in TRANSFER_STEPS:
        return str(TRANSFER_STEPS[task.step])
    if language.startswith("vi"):
        return task.name
    for step in definition_of(task.case).steps:
        if step.key == task.step:
            return step.title(language)
    return task.name


def flags_of(actor: Actor, task: Task, dossier: Dossier) -> list[Flag]:
    """What to know of a row at a glance."""
    found = []
    if dossier.channel == Channel.ONLINE:
        found.append(Flag("globe", _("Submitted online")))
    elif dossier.channel == Channel.KIOSK:
        found.append(Flag("globe", _("Submitted at a kiosk")))
    elif dossier.channel == Channel.NATIONAL:
        found.append(Flag("globe", _("Came from the national portal")))
    elif dossier.channel == Channel.POSTAL:
        found.append(Flag("mail", _("Came by post")))
    if task.case.allowance == SAME_DAY:
        found.append(Flag("clock", _("Result at once, today")))
    if task.assignee_id is not None and task.assignee_id == actor.id:
        found.append(Flag("user", _("In my hands")))
    else:
        principal = next((each for each in actor.principals if each.id == task.assignee_id), None)
        if principal is not None:
            found.append(Flag("users", _("Yours to do for %(name)s") % {"name": principal.name}))
    if dossier.status == Status.SUPPLEMENT and task.state == "open":
        found.append(Flag("refresh", _("The supplement has come")))
    return found
