"""Reminding those who hold a step, or their superiors, that it is due: by rule or by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from motcua.engines.cases.models import Recipient, Reminder, ReminderRule
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import Work
from motcua.foundation.errors import Conflict, Refused
from motcua.services.dossiers.actions.common import Action, record, require, task_of
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.office.people import recipients_of

LEAD: Final = "dossier.assign"
AGAIN_AFTER: Final = timedelta(hours=1)
KIND: Final = "dossier.reminded"


@Action
def remind(work: Work, dossier: Dossier, *, task_id: UUID, rule: ReminderRule | None = None) -> list[UUID]:
    """Puts on record that somebody is reminded of an open step; the notices follow from the ledger.

    With a ``rule`` the system does it, once per rule and step; else a head does it by hand, at most once an hour.
    Returns whom. Raises ``NotAllowed``, ``Conflict``; ``Refused`` where nobody holds an office to be reminded.
    """
    task = task_of(dossier, task_id)
    if rule is None:
        require(work.actor, LEAD, task.unit_id)
        last = Event.objects.filter(stream=dossier.pk, kind=KIND, at__gt=work.now - AGAIN_AFTER).order_by("-seq")
        if any(event.data.get("step") == task.step and "rule" not in event.data for event in last):
            raise Conflict("They were reminded less than an hour ago.")
    elif Reminder.objects.filter(rule=rule, task=task).exists():
        raise Conflict("This rule has reminded of the step already.")
    people = recipients_of(task, rule.recipient if rule else Recipient.ASSIGNEE)
    if not people and rule is None:
        raise Refused("Nobody of this unit can be reminded: no one holds the role that the step needs.")
    data: dict[str, Any] = {"step": task.step, "to": [str(key) for key in people]}
    if rule is not None:
        work.add(Reminder(rule_id=rule.id, task_id=task.id, at=work.now))
        data |= {"rule": rule.name, "hours": rule.hours, "recipient": str(rule.recipient)}
    if task.due_at is not None:
        data["due_at"] = task.due_at.isoformat()
    record(work, dossier, KIND, data)
    return people
