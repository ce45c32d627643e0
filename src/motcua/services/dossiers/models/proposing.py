"""What somebody who handles a dossier proposes to the one who may decide it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.engines.ledger.quick import QuickRow
from motcua.foundation.keys import new_id
from motcua.services.dossiers.models.dossier import Dossier


class Turn(models.TextChoices):
    """What is proposed: the turns that only a leader may take."""

    SUPPLEMENT = "supplement", _("A further request for a supplement")
    EXTEND = "extend", _("An extension with an apology")
    STOP = "stop", _("To stop the dossier")
    REOPEN = "reopen", _("To reopen the dossier")


class Proposal(QuickRow):
    """Đề xuất: a turn, with the reasons for it, before the leader of the competent unit. Answered once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="proposals")
    turn = models.CharField(max_length=12, choices=Turn.choices)
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    reason = models.TextField(max_length=2000)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    agreed = models.BooleanField(null=True)
    answer = models.TextField(max_length=2000, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["unit", "proposed_at", "id"], name="proposal_open", condition=Q(answered_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "turn"], condition=Q(answered_at__isnull=True), name="proposal_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.turn}"
