"""One act on many dossiers: what was asked for, and how each of them fared."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.engines.ledger.quick import QuickRow
from motcua.foundation.keys import new_id
from motcua.services.dossiers.models.dossier import Dossier


class RowState(models.TextChoices):
    """How a row of a run stands."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Not done")


class BulkRun(QuickRow):
    """An act on many dossiers. ``post``: the post that the officer had chosen (``Grant.key``); its key is made from
    what was asked, so that the same asked twice is one run."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    post = models.CharField(max_length=160, blank=True)
    verb = models.CharField(max_length=20)
    params = models.JSONField(default=dict)
    back = models.CharField(max_length=500, blank=True, help_text="Query string of the list it came from")
    total = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-made_at"], name="bulk_run_of_owner"),
            models.Index(fields=["made_at"], name="bulk_run_open", condition=Q(finished_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} × {self.total}"


class BulkRow(QuickRow):
    """One dossier of a run. ``said``: why it was not done, as {"msgid", "params", "fields"}; ``made``: the sheet that
    it was put on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField()
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=RowState.choices, default=RowState.WAITING)
    said = models.JSONField(default=dict)
    made = models.ForeignKey("dossiers.HandOver", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="bulk_row_position"),
            models.UniqueConstraint(fields=["run", "dossier"], name="bulk_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.position}"
