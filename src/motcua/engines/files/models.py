"""What is known of stored bytes. The bytes lie content-addressed in the store, never in the database."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.foundation.keys import new_id


class Scan(models.TextChoices):
    """What is known of a file's harmlessness. ``OWN``: made by this system, so there was nothing to search."""

    NONE = "", _("Not scanned")
    CLEAN = "clean", _("Scanned, nothing found")
    REFUSED = "refused", _("Harmful, locked")
    OWN = "own", _("Made by this system")


class Blob(models.Model):
    """Bytes by their SHA-256; ``size`` in bytes. A blob whose scan refused it is never served."""

    insert_if_absent = True  # the same bytes may come twice at once: the first row stays

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.NONE, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="blob_unscanned", condition=Q(scan=""))]

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
