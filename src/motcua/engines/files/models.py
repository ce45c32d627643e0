"""What is known of stored bytes. The bytes lie content-addressed in the store, never in the database."""

from __future__ import annotations

from django.db import models

from motcua.foundation.keys import new_id


class Blob(models.Model):
    """Bytes by their SHA-256. ``scan``: '' not scanned, 'clean', 'refused'."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    scan = models.CharField(max_length=10, default="", blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]


class Upload(models.Model):
    """A file that somebody handed in and that is not yet part of anything. Only its owner may use it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    blob = models.ForeignKey(Blob, models.PROTECT)
    name = models.CharField(max_length=200)
    owner = models.UUIDField(help_text="The user or machine client that handed it in")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="upload_expiry")]

    def __str__(self) -> str:
        return self.name
