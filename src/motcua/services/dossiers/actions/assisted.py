"""Submitting for a citizen at a service point, with their consent on record (ND118 Đ12; Luật 91/2025/QH15)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError

from motcua.engines.accounts.models import User
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Conflict, Invalid, NotAllowed
from motcua.services.dossiers import policies
from motcua.services.dossiers.actions.submit import FileIn, Submission, submit
from motcua.services.dossiers.models import Assistance, Consent, Dossier

ASSIST = "dossier.assist"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """How and when the citizen agreed. ``paper``: what they signed; ``witness``: who heard them say it."""

    kind: str
    at: datetime
    paper: FileIn | None = None
    witness: str = ""

    def check(self) -> None:
        """Raises ``Invalid`` where the proof that belongs to the kind is not there."""
        if self.kind not in Consent.values:
            raise Invalid(fields={"consent": ["Choose how the citizen agreed."]})
        if self.kind == Consent.SIGNED and self.paper is None:
            raise Invalid(fields={"paper": ["Add the paper that the citizen signed."]})
        if self.kind == Consent.SPOKEN and not self.witness.strip():
            raise Invalid(fields={"witness": ["Write the name of the witness."]})


def submit_assisted(
    actor: Actor, submission: Submission, consent: ConsentGiven, *, unit_id: UUID
) -> tuple[Dossier, bool]:
    """Submits for the citizen. The helper sees the dossier for as long as the policy says, and nothing else.

    Returns the dossier and whether it is new. Raises ``NotAllowed``; ``Invalid`` without consent; ``Conflict``.
    """
    actor.require(ASSIST, directory().unit(unit_id).path)
    if actor.id is None:
        raise NotAllowed("Sign in first.")
    consent.check()
    assisted = {"helper": str(actor.id), "unit": str(unit_id), "consent": consent.kind}
    try:
        with begin(actor) as work:
            signed = [consent.paper] if consent.paper else []
            dossier = submit(
                work,
                replace(
                    submission,
                    extra={**submission.extra, "assisted": assisted},
                    # the counter reads what was signed beside the other papers
                    loose_files=[*submission.loose_files, *signed],
                ),
            )
            work.add(
                Assistance(
                    dossier=dossier,
                    helper=User(pk=actor.id),
                    unit_id=unit_id,
                    consent=consent.kind,
                    witness=consent.witness.strip()[:200],
                    paper_id=consent.paper.sha256 if consent.paper else None,
                    consented_at=consent.at,
                    sees_until=work.now + timedelta(days=policies.number("helper_sees_days", work.now)),
                )
            )
            return dossier, True
    except IntegrityError as error:
        before = Dossier.objects.select_related("case").filter(submission_key=submission.key).first()
        if before is None:
            raise
        if before.submitted_by != submission.submitted_by:
            raise Conflict(
                "This key was already used for another submission. Please use a new key.", code="key_reused"
            ) from error
        return before, False
