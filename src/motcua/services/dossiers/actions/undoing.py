"""Taking back what one has just done, as long as nobody has gone on from there."""

from __future__ import annotations

from uuid import UUID

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import Task, TaskState
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import Work
from motcua.foundation.errors import Conflict, NotAllowed
from motcua.services.dossiers.actions.common import Action, record
from motcua.services.dossiers.models import Dossier

UNDOABLE = ("dossier.passed_on", "dossier.sent_back")


@Action
def take_back(work: Work, dossier: Dossier, *, task_id: UUID) -> Task:
    """Opens a step again that one has passed on or sent back; ``task_id`` is the step that was finished.

    Only by who did it, and only while the ledger shows nothing after it: the next has not taken it in hand. The step
    keeps the due moment that it had. Raises ``NotAllowed``, ``Conflict``.
    """
    last = Event.objects.filter(stream=dossier.pk).order_by("-seq").first()
    done = Task.objects.filter(pk=task_id, case=dossier.pk, state=TaskState.DONE).first()
    if last is None or done is None or last.kind not in UNDOABLE or last.data.get("step") != done.step:
        raise Conflict("This can't be taken back any more: the dossier has moved on.")
    if last.actor.get("id") != str(work.actor.id):
        raise NotAllowed("Only who passed it on can take it back.")
    following = [task for task in dossier.case.open_tasks if task.step in last.data.get("to", [])]
    if any(task.state != TaskState.OPEN or task.opened_at != last.at for task in following):
        raise Conflict("This can't be taken back any more: the dossier has moved on.")
    for task in following:
        cases.close_task(work, dossier.case, task, "taken_back", state=TaskState.CANCELLED)
    again = cases.open_task(
        work,
        dossier.case,
        step=done.step,
        name=done.name,
        stage=done.stage,
        unit_id=done.unit_id,
        due_at=done.due_at,
        role=done.role,
        assignee_id=work.actor.id,
    )
    record(work, dossier, "dossier.taken_back", {"step": done.step, "from": [task.step for task in following]})
    return again
