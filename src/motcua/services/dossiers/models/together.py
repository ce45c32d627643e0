"""Several agencies on one matter: linked procedures and opinions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.engines.ledger.quick import QuickRow
from motcua.foundation.keys import new_id
from motcua.services.dossiers.models.dossier import Dossier


class Way(models.TextChoices):
    """How a group is handed to its agencies (ND118 Đ20)."""

    PARALLEL = "parallel", _("To all agencies at once")
    SEQUENCE = "sequence", _("One agency after the other")


class LinkedGroup(models.Model):
    """Nhóm thủ tục hành chính liên thông, as data. ``members``: [{"key", "procedure", "after": [keys], "unit",
    "optional"}]; the first is the lead's. ``unit``: how the competent unit is found (empty: by the procedure)."""

    key = models.SlugField(max_length=60, primary_key=True)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    members = models.JSONField()
    basis = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class DossierGroup(QuickRow):
    """One matter that a person submitted once and several agencies handle. ``code`` carries the receiving counter's
    identifier (ND118 Đ28)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    definition = models.ForeignKey(LinkedGroup, models.PROTECT, related_name="+")
    code = models.CharField(max_length=60, unique=True)
    way = models.CharField(max_length=10, choices=Way.choices)
    received_at = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    lead = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    applicant = models.ForeignKey("accounts.Party", models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    submission_key = models.CharField(max_length=120, unique=True)

    class Meta:
        indexes = [models.Index(fields=["applicant", "-submitted_at"], name="group_of_applicant")]

    def __str__(self) -> str:
        return self.code


class GroupMember(QuickRow):
    """One agency's part. Without a ``dossier`` it has not begun: it waits for the members named in ``after``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(DossierGroup, models.PROTECT, related_name="parts")
    key = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    procedure_version = models.ForeignKey("procedures.ProcedureVersion", models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    after = models.JSONField(default=list)
    dossier = models.OneToOneField(Dossier, models.PROTECT, null=True, related_name="membership")
    submission = models.JSONField(default=dict, help_text="What the part will be submitted with when its turn comes")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "key"], name="group_member_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.group_id} {self.key}"


class Opinion(QuickRow):
    """Lấy ý kiến: what another agency was asked, until when, and what it said (ND118 Đ19)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="opinions")
    task = models.ForeignKey("cases.Task", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    question = models.TextField(max_length=4000)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    agrees = models.BooleanField(null=True)
    answer = models.TextField(max_length=4000, blank=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["dossier", "asked_at"], name="opinion_of_dossier"),
            models.Index(
                fields=["due_at"],
                name="opinion_open_until",
                condition=Q(answered_at__isnull=True, dropped_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.unit_id}"
