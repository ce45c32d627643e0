"""Background work on turns by law: results nobody collects, payments nobody makes. Cron times are UTC."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Q
from procrastinate.contrib.django import app

from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.notices.actions import send
from motcua.foundation import clock
from motcua.foundation.errors import MotcuaError
from motcua.services.dossiers import policies
from motcua.services.dossiers.actions.collecting import remind_to_collect
from motcua.services.dossiers.following.readers import to_applicant
from motcua.services.dossiers.following.turns import payment_words
from motcua.services.dossiers.models import Obligation
from motcua.services.dossiers.office.uncollected import uncollected_since, waiting

logger = logging.getLogger(__name__)

MOST = 2000


def _by_day() -> bool:
    """People are written to by day only."""
    return 7 <= clock.now().astimezone(clock.VIETNAM).hour < 20


@app.periodic(cron="25 * * * *")
@app.task(name="dossiers.remind_uncollected", queueing_lock="dossiers.remind_uncollected")
def remind_uncollected(timestamp: int) -> None:
    """Reminds people of results that have waited longer than the policy says, and again after some weeks."""
    if not _by_day():
        return
    now = clock.now()
    again = now - timedelta(days=policies.number("uncollected_again_days", now))
    results = waiting(uncollected_since(None, now)).filter(
        Q(case__dossier__result__reminded_at__isnull=True) | Q(case__dossier__result__reminded_at__lte=again)
    )
    for case_id in list(results.values_list("case_id", flat=True)[:MOST]):
        try:
            remind_to_collect.run(SYSTEM, case_id)
        except MotcuaError as error:
            # It was collected at this very moment: then there is nothing to remind of.
            logger.info("dossier %s: no reminder: %s", case_id, error)


@app.periodic(cron="45 * * * *")
@app.task(name="dossiers.remind_payments", queueing_lock="dossiers.remind_payments")
def remind_payments(timestamp: int) -> None:
    """Reminds applicants of a payment that the dossier waits for, once, after the days that the policy says."""
    days = policies.number("obligation_remind_days")
    if not _by_day() or not days:
        return
    now = clock.now()
    rows = (
        Obligation.objects.select_related("dossier")
        .filter(paid_at__isnull=True, dropped_at__isnull=True, demanded_at__lte=now - timedelta(days=days))
        .order_by("demanded_at")[:MOST]
    )
    send(
        [
            to_applicant(
                row.dossier,
                "dossier.payment_reminder",
                dedupe=f"payment:{row.pk}",
                at=now,
                **payment_words(row.name, row.amount, row.notice_number),
            )
            for row in rows
            if row.dossier.applicant_id or row.dossier.contact.get("email")
        ]
    )
