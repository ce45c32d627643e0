"""Running queued jobs inside a test, as a worker would."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Q
from procrastinate import JobContext, jobs
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.foundation import clock


def run_jobs(*, until: datetime | None = None, rounds: int = 20) -> list[tuple[str, str]]:
    """Runs waiting jobs, most urgent first, until none is left; retries in their own time only when ``until`` is
    later. Returns (task, outcome) in order: ``done``, ``again`` or ``failed``.

    The worker's rules of retrying apply; its process, threads and polling do not.
    """
    told: list[tuple[str, str]] = []
    for _ in range(rounds):
        horizon = until or clock.now()
        waiting = ProcrastinateJob.objects.filter(status="todo").filter(
            Q(scheduled_at__isnull=True) | Q(scheduled_at__lte=horizon)
        )
        rows = list(waiting.order_by("-priority", "id"))
        if not rows:
            return told
        told += [(row.task_name, _run(row)) for row in rows]
    return told


def _run(row: ProcrastinateJob) -> str:
    task = app.tasks[row.task_name]
    job = jobs.Job(
        id=row.id,
        queue=row.queue_name,
        lock=row.lock,
        queueing_lock=row.queueing_lock,
        task_name=row.task_name,
        task_kwargs=row.args,
        attempts=row.attempts,
    )
    context = JobContext(app=app, job=job, start_timestamp=0.0, abort_reason=lambda: None)
    try:
        task.func(*([context] if task.pass_context else []), **row.args)
    except Exception as error:  # as a worker does: the task's own rule says whether there is another try
        decision = task.get_retry_exception(error, job)
        if decision is not None:
            _execute(
                "UPDATE procrastinate_jobs SET scheduled_at = %s, attempts = attempts + 1 WHERE id = %s",
                decision.retry_decision.retry_at,
                row.id,
            )
            return "again"
        outcome = f"failed: {error}"
    else:
        outcome = "done"
    _execute("DELETE FROM procrastinate_jobs WHERE id = %s", row.id)
    return outcome


def _execute(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
