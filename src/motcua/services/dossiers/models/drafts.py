"""What a person has begun and not yet submitted. A draft is no case: no code, no clock."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from motcua.foundation.keys import new_id


class Draft(models.Model):
    """A form being filled. ``answers`` is kept as entered; it is validated when submitted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("accounts.User", models.CASCADE, related_name="drafts")
    party = models.ForeignKey("accounts.Party", models.CASCADE, null=True, related_name="+")
    procedure_version = models.ForeignKey("procedures.ProcedureVersion", models.PROTECT, related_name="+")
    form_version = models.ForeignKey("forms.FormVersion", models.PROTECT, null=True, related_name="+")
    competent = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, related_name="+")
    component_case = models.CharField(max_length=300, blank=True)
    answers = models.JSONField(default=dict)
    done_groups = models.JSONField(default=list)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    dossier = models.OneToOneField("dossiers.Dossier", models.SET_NULL, null=True, related_name="draft")

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-saved_at"], name="draft_of_owner", condition=Q(dossier__isnull=True)),
            models.Index(fields=["expires_at"], name="draft_expiry", condition=Q(dossier__isnull=True)),
        ]

    def __str__(self) -> str:
        return str(self.id)


class DraftFile(models.Model):
    """A file attached to a draft for one field of its form."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    field = models.CharField(max_length=80)
    component_key = models.CharField(max_length=60, blank=True)
    blob = models.ForeignKey("files.Blob", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["draft"], name="file_of_draft")]

    def __str__(self) -> str:
        return self.name
