"""What an import could not decide by itself, for an administrator to work through."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.foundation.keys import new_id
from motcua.services.procedures.models.catalogue import Procedure, ProcedureVersion


class ReviewItem(models.Model):
    """One doubt about one place of one version. ``path`` names the place: ``methods[0].fees[1].amount``."""

    class Reason(models.TextChoices):
        MALFORMED_CODE = "malformed_code", _("The code is not of the form N.NNNNNN")
        FEE_BELOW_1000 = "fee_below_1000", _("The fee is below 1,000 VND: perhaps thousands or US dollars")
        FOREIGN_CURRENCY = "foreign_currency", _("The fee is in a foreign currency")
        FEE_IN_PROSE = "fee_in_prose", _("The fee stands only in the text")
        TIME_IN_PROSE = "time_in_prose", _("The time limit stands only in the text")
        TIME_UNUSABLE = "time_unusable", _("The time limit is no positive number")
        SAME_CHANNEL_TWICE = "same_channel_twice", _("Two methods of one channel cannot be told apart")
        COMPONENT_IN_PROSE = "component_in_prose", _("Components explain instead of naming a paper")
        NO_COMPONENTS = "no_components", _("No component is named")
        NO_CHANNEL = "no_channel", _("No way to submit is named")
        UNKNOWN_VALUE = "unknown_value", _("A word that the catalogue does not know")
        REPLACES_EDIT = "replaces_edit", _("The import replaced a version that was edited here")

    class State(models.TextChoices):
        OPEN = "OPEN", _("To be looked at")
        ACCEPTED = "ACCEPTED", _("Accepted as it is")
        CORRECTED = "CORRECTED", _("Corrected")
        SUPERSEDED = "SUPERSEDED", _("Settled by a newer version")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="reviews")
    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="reviews")
    path = models.CharField(max_length=100)
    reason = models.CharField(max_length=30, choices=Reason.choices)
    raw = models.TextField(blank=True)
    suggestion = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    corrected_to = models.CharField(max_length=200, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "path", "reason"], name="procedures_review_once"),
        ]
        indexes = [
            models.Index(fields=["reason", "id"], condition=Q(state="OPEN"), name="procedures_review_open"),
            models.Index(fields=["procedure"], condition=Q(state="OPEN"), name="procedures_review_open_of"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.path}"
