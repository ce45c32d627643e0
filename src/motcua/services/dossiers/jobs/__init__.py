"""Background work on dossiers: papers, nightly closings, reminders, alerts, forgotten drafts.

Periodic jobs are queued at least hourly and look for what is due, so that a worker that was away misses nothing.
Cron times are UTC.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.notices.actions import send
from motcua.foundation import clock
from motcua.foundation.errors import MotcuaError
from motcua.services.dossiers import actions, papers, policies
from motcua.services.dossiers.actions.drafts import forget_expired
from motcua.services.dossiers.following.readers import to_applicant
from motcua.services.dossiers.jobs import intake as intake_jobs
from motcua.services.dossiers.jobs import linked as linked_jobs
from motcua.services.dossiers.jobs import turns as turn_jobs
from motcua.services.dossiers.jobs import work as work_jobs
from motcua.services.dossiers.models import Dossier, SupplementRequest
from motcua.services.dossiers.reorganising import plans as reorganising

logger = logging.getLogger(__name__)

__all__ = ["intake_jobs", "linked_jobs", "turn_jobs", "work_jobs"]
"""The queue finds jobs in this module; those of linked procedures and of people at work have rooms of their own."""


@app.task(
    name="dossiers.issue_paper",
    priority=10,
    retry=RetryStrategy(max_attempts=10, exponential_wait=3),
)
def issue_paper(dossier: str, form: str, number: int = 1) -> None:
    """Makes one paper, unless it is there."""
    papers.issue(Dossier.objects.select_related("case").get(pk=UUID(dossier)), form, number)


@app.periodic(cron="5 * * * *")
@app.task(name="dossiers.close_unanswered", queueing_lock="dossiers.close_unanswered")
def close_unanswered(timestamp: int) -> None:
    """Closes the dossiers whose supplement did not come by the last day (ND118 Đ19.5): soon after midnight, and again
    each hour for those that failed."""
    overdue = SupplementRequest.objects.filter(
        answered_at__isnull=True, closed_at__isnull=True, answer_by__lt=clock.today()
    )
    for dossier_id in list(overdue.order_by("answer_by").values_list("dossier_id", flat=True)):
        try:
            actions.close_unanswered.run(SYSTEM, dossier_id)
        except MotcuaError as error:
            # It was answered or withdrawn at this very moment: then there is nothing to close.
            logger.info("dossier %s stays open: %s", dossier_id, error)


@app.periodic(cron="15 * * * *")
@app.task(name="dossiers.remind_supplements", queueing_lock="dossiers.remind_supplements")
def remind_supplements(timestamp: int) -> None:
    """Reminds applicants some days before the time for their papers ends, once per request, by day only."""
    now = clock.now()
    if not 7 <= now.astimezone(clock.VIETNAM).hour < 20:
        return
    today = clock.today()
    due = (
        SupplementRequest.objects.select_related("dossier")
        .filter(
            answered_at__isnull=True,
            closed_at__isnull=True,
            answer_by__gte=today,
            answer_by__lte=today + timedelta(days=policies.number("supplement_remind_days")),
        )
        .order_by("answer_by")
    )
    send(
        [
            to_applicant(
                request.dossier,
                "dossier.supplement_reminder",
                dedupe=f"reminder:{request.pk}",
                at=now,
                answer_by=request.answer_by.isoformat(),
            )
            for request in due
            if request.dossier.applicant_id or request.dossier.contact.get("email")
        ]
    )


@app.periodic(cron="35 * * * *")
@app.task(name="dossiers.expire_drafts", queueing_lock="dossiers.expire_drafts")
def expire_drafts(timestamp: int) -> None:
    """Forgets drafts whose time is over. Their files are uploads, which expire with them."""
    forget_expired(clock.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="dossiers.reorganise", queueing_lock="dossiers.reorganise")
def reorganise(timestamp: int = 0) -> None:
    """Carries out the reorganisations whose day is here, and goes on with one that was broken off."""
    for row_id in reorganising.due():
        try:
            reorganising.carry_out(row_id)
        except MotcuaError as error:
            # The next run tries again; the administrator's page says what stands in the way.
            logger.warning("reorganisation %s is not carried out: %s", row_id, error)
