"""Designed forms and their versions. A dossier keeps the version it was begun with."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.foundation.keys import new_id


class FormDefinition(models.Model):
    """A form by key; its words and fields stand in its versions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=300)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class FormVersion(models.Model):
    """One edition of a form; never changed once published. ``schema`` is read by ``parsing.parse_form``.

    ``content_hash`` is the SHA-256 (hex) of the canonical schema. In force from ``effective_from`` until a version
    with a later date (or the same date and a higher number) takes over. A draft may still have problems; ``revision``
    counts its changes, so that two people at one draft notice one another. Withdrawn: published, but taken back
    before its day came.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    definition = models.ForeignKey(FormDefinition, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    schema = models.JSONField()
    content_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    effective_from = models.DateField(null=True, blank=True)
    created_by = models.UUIDField(null=True, blank=True, help_text=_("The user; empty for the system"))
    created_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["definition", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["definition", "number"], name="form_version_once"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(effective_from__isnull=False, published_at__isnull=False),
                name="form_version_published_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition_id} v{self.number}"
