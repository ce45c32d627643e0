"""Papers on their way between offices: hand-over sheets and what stands on them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.engines.ledger.quick import QuickRow
from motcua.foundation.keys import new_id
from motcua.services.dossiers.models.dossier import Dossier


class Load(models.TextChoices):
    """What a hand-over sheet carries."""

    DOSSIERS = "dossiers", _("Dossiers to be handled")
    RESULTS = "results", _("Results to be returned")


class HandOver(QuickRow):
    """Phiếu bàn giao: papers go from one unit to another and both sides confirm (ND118 Đ18)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=60, unique=True)
    load = models.CharField(max_length=10, choices=Load.choices, default=Load.DOSSIERS)
    sender = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    receiver = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    due_at = models.DateTimeField(help_text=_("Same day, or first thing next working day when received after 15:00"))
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["sender", "-made_at"], name="hand_over_sent"),
            models.Index(
                fields=["receiver", "made_at"], name="hand_over_awaited", condition=Q(confirmed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AnswerCount(models.Model):
    """How many online dossiers a counter was alerted to, and answered, in time and late, by day (ND118 Đ17.2): kept
    by a reader, so that no screen counts."""

    unit = models.ForeignKey("organisations.Unit", models.CASCADE, related_name="+")
    day = models.DateField()
    alerted = models.PositiveIntegerField(default=0)
    alerted_late = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    answered_late = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "day"], name="answer_count_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day}: {self.answered}"


class HandOverItem(QuickRow):
    """One dossier on a sheet; the receiver says of each whether it came whole."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sheet = models.ForeignKey(HandOver, models.PROTECT, related_name="items")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="hand_overs")
    originals = models.PositiveSmallIntegerField(default=0)
    copies = models.PositiveSmallIntegerField(default=0)
    arrived = models.BooleanField(null=True)
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "dossier"], name="hand_over_item_once")]
        indexes = [models.Index(fields=["dossier"], name="hand_over_of_dossier")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.dossier_id}"
