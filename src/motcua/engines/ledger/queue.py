"""Queueing background work with the present transaction: it goes in when the transaction does, or not at all."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task


@cache
def _manager() -> JobManager:
    """Always on Django's own connection. Inside a worker the app's connector is another one, with transactions of its
    own: a job queued there could run before what it is about is committed, or without it."""
    from procrastinate.contrib.django.django_connector import DjangoConnector

    return JobManager(DjangoConnector(alias="default"))


def defer(task: str, *arguments: dict[str, Any], schedule_at: datetime | None = None) -> None:
    """Queues one job per set of arguments, with the lock, queue and priority that the task declares.

    Nothing is queued without arguments; a task without parameters takes ``{}``. ``schedule_at``: not before (aware).
    """
    from procrastinate.contrib.django import app

    if not arguments:
        return
    known = app.tasks[task]
    configure_task(
        name=known.name,
        job_manager=_manager(),
        lock=known.lock,
        queueing_lock=known.queueing_lock,
        schedule_at=schedule_at,
        queue=known.queue,
        priority=known.priority,
    ).batch_defer(*arguments)
