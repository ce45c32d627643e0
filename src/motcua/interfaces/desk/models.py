"""What the desk itself keeps: the lists that an officer saved under a name."""

from __future__ import annotations

from django.db import models

from motcua.foundation.keys import new_id


class SavedView(models.Model):
    """A list of work with its filters. ``query`` is the query string of the worklist; it names no person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("accounts.User", models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_once")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Intake(models.Model):
    """A walk-in being received at the counter. ``data`` is what was typed so far, step by step, however unfinished."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    data = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    dossier = models.OneToOneField("dossiers.Dossier", models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "-saved_at"], name="intake_of_owner", condition=models.Q(dossier__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Scanned(models.Model):
    """One dossier of an officer's pile. A row each, not a list in the session: codes come faster than pages answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    dossier = models.ForeignKey("dossiers.Dossier", models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "dossier"], name="scanned_once")]
        ordering = ["-at"]

    def __str__(self) -> str:
        return str(self.id)
