"""What a person has begun and not yet submitted. A draft is no case: no code, no clock."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from motcua.foundation.keys import new_id


class Draft(models.Model):
    """A form being filled. ``answers`` is kept as entered; it is validated when submitted.

    Files in it are the owner's uploads by key; saving the draft keeps them as long as the draft.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("accounts.User", models.CASCADE, related_name="drafts")
    party = models.ForeignKey("accounts.Party", models.CASCADE, null=True, related_name="+")
    procedure_version = models.ForeignKey("procedures.ProcedureVersion", models.PROTECT, related_name="+")
    form_version = models.ForeignKey("forms.FormVersion", models.PROTECT, null=True, related_name="+")
    competent = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, related_name="+")
    answers = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    dossier = models.OneToOneField("dossiers.Dossier", models.SET_NULL, null=True, related_name="draft")
    adjusts = models.ForeignKey(
        "dossiers.Dossier",
        models.CASCADE,
        null=True,
        related_name="adjustment_drafts",
        help_text="The dossier that its applicant is changing with it (ND118 Đ21)",
    )

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-saved_at"], name="draft_of_owner", condition=Q(dossier__isnull=True)),
            models.Index(fields=["expires_at"], name="draft_expiry", condition=Q(dossier__isnull=True)),
        ]

    def __str__(self) -> str:
        return str(self.id)
