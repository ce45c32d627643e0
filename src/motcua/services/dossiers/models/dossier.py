"""The dossier itself: what the law asks of it, beside the case that carries its clock and its tasks."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.engines.cases.models import Case
from motcua.engines.ledger.quick import QuickRow
from motcua.services.dossiers.folding import FoldedName
from motcua.services.dossiers.rules import Status


class Channel(models.TextChoices):
    DIRECT = "DIRECT", _("At the counter")
    ONLINE = "ONLINE", _("Online")
    POSTAL = "POSTAL", _("By post")
    KIOSK = "KIOSK", _("At a kiosk")
    NATIONAL = "NATIONAL", _("National portal")


class Delivery(models.TextChoices):
    """How the result comes to the person."""

    COUNTER = "counter", _("Collect at the counter")
    POST = "post", _("By post to my address")
    ELECTRONIC = "electronic", _("Electronically")


class Dossier(QuickRow):
    """Hồ sơ. Three units (ND118 Đ28): where it was received, who is competent, who leads where several act."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="dossier")
    code = models.CharField(max_length=60, unique=True)
    status = models.PositiveSmallIntegerField(default=int(Status.NEW))
    procedure_version = models.ForeignKey("procedures.ProcedureVersion", models.PROTECT, related_name="+")
    procedure_code = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    received_at = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    competent = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    lead = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    applicant = models.ForeignKey("accounts.Party", models.PROTECT, null=True, related_name="dossiers")
    agent = models.ForeignKey(
        "accounts.Party", models.PROTECT, null=True, related_name="+", help_text="The authorised person, if any"
    )
    applicant_name = models.CharField(max_length=200)
    submitted_by = models.UUIDField(help_text="The user or machine client that submitted it")
    form_version = models.ForeignKey("forms.FormVersion", models.PROTECT, null=True, related_name="+")
    answers = models.JSONField(default=dict)
    component_case = models.CharField(max_length=300, blank=True)
    delivery = models.CharField(max_length=12, choices=Delivery.choices, default=Delivery.COUNTER)
    contact = models.JSONField(default=dict, help_text="phone, email, address of the applicant as given")
    linked = models.BooleanField(default=False, help_text="Part of a group of linked procedures")
    sets = models.PositiveSmallIntegerField(default=1, help_text="Sets of papers handed in")
    fee = models.PositiveBigIntegerField(default=0, help_text="VND due by the catalogue at submission")
    submitted_at = models.DateTimeField()
    alerted_at = models.DateTimeField(null=True, help_text="When an officer was alerted to it (ND118 Đ17.2)")
    answered_at = models.DateTimeField(null=True, help_text="When the counter first accepted or answered it")
    accepted_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True, help_text="When the competent agency had it: the clock starts then")
    finished_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    counts_late = models.BooleanField(
        default=False, help_text="Late whatever its date: more than one supplement was asked for (index 766)"
    )
    submission_key = models.CharField(max_length=120, unique=True)
    submission_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["applicant", "-submitted_at", "-case"], name="dossier_of_applicant"),
            models.Index(fields=["status", "-submitted_at", "-case"], name="dossier_by_status"),
            models.Index(fields=["competent", "-submitted_at", "-case"], name="dossier_competent"),
            models.Index(fields=["competent", "status", "-submitted_at", "-case"], name="dossier_competent_status"),
            models.Index(fields=["received_at", "-submitted_at", "-case"], name="dossier_received"),
            models.Index(fields=["submitted_by", "-submitted_at"], name="dossier_submitted_by"),
            # the desk finds people by parts of their names, written with or without marks
            GinIndex(OpClass(FoldedName("applicant_name"), name="gin_trgm_ops"), name="dossier_applicant_name"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__gte=1, status__lte=10), name="dossier_status_national"),
            models.CheckConstraint(
                condition=Q(status__in=[1, 3, 5, 7, 8]) | Q(accepted_at__isnull=False), name="dossier_accepted_first"
            ),
        ]

    def __str__(self) -> str:
        return self.code
