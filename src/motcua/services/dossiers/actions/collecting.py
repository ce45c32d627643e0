"""Reminding a person that their result waits (ND118 Đ22)."""

from __future__ import annotations

from datetime import timedelta

from motcua.engines.cases.models import Stage
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Conflict
from motcua.services.dossiers import policies
from motcua.services.dossiers.actions.common import Action, record
from motcua.services.dossiers.models import Delivery, Dossier, Result


@Action
def remind_to_collect(work: Work, dossier: Dossier) -> Result:
    """Tells the person again that their result is ready: by the system, or by who returns results at the counter.

    Not more often than the policy ``uncollected_again_days`` says. Raises ``NotAllowed``; ``Conflict`` when nothing
    waits to be collected, or they were told lately.
    """
    task = next((each for each in dossier.case.open_tasks if each.stage == Stage.RETURN), None)
    if task is None or dossier.delivery != Delivery.COUNTER:
        raise Conflict("No result of this dossier waits to be collected.")
    work.actor.require("dossier.return", directory().unit(task.unit_id).path)
    result: Result = dossier.result
    again = timedelta(days=policies.number("uncollected_again_days", work.now))
    if result.reminded_at is not None and work.now < result.reminded_at + again:
        raise Conflict("The person was reminded lately.")
    result.reminded_at = work.now
    work.change(result, "reminded_at")
    record(work, dossier, "dossier.collection_reminded", {"since": task.opened_at.isoformat(), "basis": "ND118 Đ22"})
    return result
