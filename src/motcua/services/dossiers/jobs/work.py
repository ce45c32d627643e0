"""Background work for people at work: long bulk acts, reminders by rule. Cron times are UTC."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from motcua.foundation import clock
from motcua.services.dossiers.office import bulk, reminding


@app.task(name=bulk.JOB, priority=8, retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def carry_on_bulk(run: str) -> None:
    """Goes on with an act on many dossiers where it stands."""
    bulk.carry_on(UUID(run))


@app.periodic(cron="*/5 * * * *")
@app.task(name="dossiers.resume_bulk", queueing_lock="dossiers.resume_bulk")
def resume_bulk(timestamp: int) -> None:
    """Sees to it that no act on many dossiers is left half done."""
    bulk.resume()


@app.periodic(cron="*/10 * * * *")
@app.task(name="dossiers.remind_by_rule", queueing_lock="dossiers.remind_by_rule")
def remind_by_rule(timestamp: int) -> None:
    """Reminds of steps that are due, as the rules say."""
    reminding.carry_out(clock.now())
