"""Background work where several agencies act: opinions watched, the next parts of groups begun, forecasts counted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from motcua.engines.ledger.actor import SYSTEM
from motcua.foundation import clock
from motcua.foundation.errors import MotcuaError
from motcua.services.dossiers import actions, forecasting
from motcua.services.dossiers.actions import group_drafts
from motcua.services.dossiers.actions.groups import advance
from motcua.services.dossiers.models import Opinion
from motcua.services.dossiers.together import opinions

logger = logging.getLogger(__name__)


@app.task(
    name="dossiers.advance_group",
    priority=5,
    retry=RetryStrategy(max_attempts=10, exponential_wait=3),
)
def advance_group(group: str) -> None:
    """Begins what comes next in a group (ND118 Đ20); a second run changes nothing."""
    advance(UUID(group))


@app.periodic(cron="*/15 * * * *")
@app.task(name="dossiers.watch_opinions", queueing_lock="dossiers.watch_opinions")
def watch_opinions(timestamp: int) -> None:
    """Reminds agencies before their answer is due, and reports late answers to the head of the one-stop unit
    (ND118 Đ19), each once."""
    now = clock.now()
    for opinion in opinions.to_be_reminded(now):
        _each(opinion, lambda row: actions.remind_opinion.run(SYSTEM, row.dossier_id, opinion_id=row.pk))
    for opinion in opinions.to_be_reported(now):
        _each(opinion, lambda row: actions.report_late_opinion.run(SYSTEM, row.dossier_id, opinion_id=row.pk))


@app.periodic(cron="20 19 * * *")
@app.task(name="dossiers.recompute_forecasts", queueing_lock="dossiers.recompute_forecasts")
def recompute_forecasts(timestamp: int) -> None:
    """Counts anew how long dossiers took in the last twelve months; each night (cron times are UTC)."""
    logger.info("%s rows of experience", forecasting.recompute(clock.now()))


@app.periodic(cron="40 * * * *")
@app.task(name="dossiers.expire_group_drafts", queueing_lock="dossiers.expire_group_drafts")
def expire_group_drafts(timestamp: int) -> None:
    """Forgets drafts of groups whose parts have expired."""
    group_drafts.forget_expired()


def _each(opinion: Opinion, do: Callable[[Opinion], object]) -> None:
    try:
        do(opinion)
    except MotcuaError as error:
        # It was answered or taken back at this very moment: then there is nothing to watch any more.
        logger.info("opinion %s is watched no longer: %s", opinion.pk, error)
