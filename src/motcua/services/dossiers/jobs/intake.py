"""Online dossiers that wait at a counter: who is alerted, and who is told when nobody looks (ND118 Đ17.2)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from procrastinate.contrib.django import app

from motcua.engines.cases.models import Stage, Task, TaskState
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.notices.actions import Notice, send
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation import clock
from motcua.foundation.errors import MotcuaError
from motcua.foundation.working_time import add_working_seconds
from motcua.services.dossiers import policies
from motcua.services.dossiers.actions.answering import note_alert
from motcua.services.dossiers.following.readers import to_officer
from motcua.services.dossiers.models import Access
from motcua.services.dossiers.office.people import holders_of, people_for
from motcua.services.dossiers.rules import ONLINE_CHANNELS, Status

logger = logging.getLogger(__name__)

BATCH: Final = 500
NO_OLDER: Final = timedelta(days=45)
"""What has waited longer is past every answer that is due: the longest holidays (Tết) are nine days and more."""
AHEAD: Final = timedelta(minutes=30)
"""The job runs every ten minutes; an alert must be there in time."""

ESCALATE_SECONDS: Final = 2 * 3600
"""Working seconds before the answer is due, when the head is told of what nobody has looked at."""


@app.periodic(cron="*/10 * * * *")
@app.task(name="dossiers.alert_intake", queueing_lock="dossiers.alert_intake")
def alert_intake(timestamp: int) -> None:
    """Alerts the counter's officers to online dossiers that nobody has taken, once per dossier, within two hours."""
    now = clock.now()
    wait = timedelta(hours=policies.number("alert_hours", now)) - AHEAD
    officers: dict[UUID, list[UUID]] = {}
    notices: list[Notice] = []
    for task in _waiting(now).filter(opened_at__lte=now - wait, case__dossier__alerted_at__isnull=True):
        dossier = task.case.dossier
        if task.unit_id not in officers:
            officers[task.unit_id] = [user.pk for user in people_for(Stage.INTAKE, task.unit_id)]
        told = officers[task.unit_id]
        try:
            note_alert.run(SYSTEM, dossier.pk, told=len(told))
        except MotcuaError as error:
            # answered at this very moment: then there is nobody to alert
            logger.info("dossier %s is not alerted: %s", dossier.pk, error)
            continue
        notices += [
            to_officer(
                dossier,
                "dossier.intake_waiting",
                user_id,
                dedupe=f"intake:{dossier.pk.hex}:{user_id.hex}",
                at=now,
                submitted_at=dossier.submitted_at.isoformat(),
            )
            for user_id in told
        ]
    for start in range(0, len(notices), BATCH):
        send(notices[start : start + BATCH])


@app.periodic(cron="5-59/10 * * * *")
@app.task(name="dossiers.escalate_intake", queueing_lock="dossiers.escalate_intake")
def escalate_intake(timestamp: int) -> None:
    """Tells the heads when an online dossier has two working hours left and no officer has looked at it."""
    now = clock.now()
    heads: dict[UUID, list[UUID]] = {}
    notices: list[Notice] = []
    tasks = [
        task
        for task in _waiting(now)
        if task.due_at and now >= add_working_seconds(calendar_for(task.unit_id), task.due_at, -ESCALATE_SECONDS)
    ]
    looked = set(
        Access.objects.filter(dossier__in=[task.case_id for task in tasks]).values_list("dossier_id", flat=True)
    )
    for task in tasks:
        if task.case_id in looked:
            continue
        if task.unit_id not in heads:
            heads[task.unit_id] = [user.pk for user in holders_of("dossier.assign", task.unit_id)]
        notices += [
            to_officer(
                task.case.dossier,
                "dossier.intake_unseen",
                user_id,
                dedupe=f"unseen:{task.case_id.hex}:{user_id.hex}",
                at=now,
                due_at=task.due_at.isoformat() if task.due_at else "",
            )
            for user_id in heads[task.unit_id]
        ]
    for start in range(0, len(notices), BATCH):
        send(notices[start : start + BATCH])


def _waiting(now: datetime) -> QuerySet[Task]:
    """Open intake of online dossiers that nobody has in hand."""
    return (
        Task.objects.select_related("case__dossier")
        .filter(
            state=TaskState.OPEN,
            stage=Stage.INTAKE,
            assignee__isnull=True,
            opened_at__gte=now - NO_OLDER,
            case__dossier__channel__in=ONLINE_CHANNELS,
            case__dossier__status=Status.NEW,
        )
        .order_by("opened_at")
    )
