"""Stored forms: a definition by key and its versions, never changed once published."""

from __future__ import annotations

from django.db import models

from motcua.foundation.keys import new_id


class FormDefinition(models.Model):
    """A form by key (for a procedure: its code)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.key


class FormVersion(models.Model):
    """One edition of a form. ``schema`` is what ``forms.parsing`` reads."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    definition = models.ForeignKey(FormDefinition, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    schema = models.JSONField()
    content_hash = models.CharField(max_length=64)
    effective_from = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    created_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["definition", "number"], name="form_version_once")]

    def __str__(self) -> str:
        return f"{self.definition_id} v{self.number}"
