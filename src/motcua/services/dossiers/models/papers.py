"""Papers of a dossier: components handed in, files, supplement requests, results, documents that we issue."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.engines.ledger.quick import QuickRow
from motcua.foundation.keys import new_id
from motcua.services.dossiers.models.dossier import Dossier


class DossierComponent(QuickRow):
    """Thành phần hồ sơ handed in or wanted. ``verdict`` is the officer's: đủ, thiếu, không hợp lệ."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="components")
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=1000)
    originals = models.PositiveSmallIntegerField(default=0)
    certified = models.PositiveSmallIntegerField(default=0, help_text="Certified copies handed in")
    copies = models.PositiveSmallIntegerField(default=0)
    handed_back = models.PositiveSmallIntegerField(default=0, help_text="Originals handed back with the result")
    position = models.PositiveSmallIntegerField(default=0)
    verdict = models.CharField(
        max_length=10,
        blank=True,
        choices=[("enough", _("Complete")), ("missing", _("Missing")), ("invalid", _("Not valid"))],
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "key"], name="component_once")]

    def __str__(self) -> str:
        return self.name[:60]


class FileKind(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    SUPPLEMENT = "supplement", _("Supplement")
    WORKING = "working", _("Working paper")
    RESULT = "result", _("Result")
    REPLACED = "replaced", _("Replaced")


class DossierFile(QuickRow):
    """A file in a dossier; the bytes are in the store by ``blob``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="files")
    component = models.ForeignKey(DossierComponent, models.PROTECT, null=True, related_name="files")
    kind = models.CharField(max_length=12, choices=FileKind.choices, default=FileKind.SUBMITTED)
    blob = models.ForeignKey("files.Blob", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dossier", "added_at"], name="file_of_dossier")]

    def __str__(self) -> str:
        return self.name


class SupplementRequest(QuickRow):
    """Yêu cầu bổ sung (ND118 Đ19.5). ``items``: [{"component", "name", "code", "reason", "basis", "held"}]; ``held``
    says why something is asked for that the State already has (ND309 Đ2). ``asked_late``: after the days for asking."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="supplements")
    number = models.PositiveSmallIntegerField(default=1)
    items = models.JSONField()
    note = models.TextField(blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.UUIDField(null=True)
    answer_by = models.DateField()
    asked_late = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="supplement_number"),
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(answered_at__isnull=True, closed_at__isnull=True),
                name="supplement_one_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_by"],
                name="supplement_open_until",
                condition=Q(answered_at__isnull=True, closed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} #{self.number}"


class Result(QuickRow):
    """Kết quả: what was decided, its number, who signed and how it reached the person."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, primary_key=True, related_name="result")
    approved = models.BooleanField()
    name = models.CharField(max_length=300)
    number = models.CharField(max_length=60, blank=True)
    type_code = models.CharField(max_length=40, blank=True)
    paper_code = models.CharField(max_length=60, blank=True, help_text="Holder's identifier + type code (ND118 Đ22)")
    pickup_code = models.CharField(max_length=12, blank=True, help_text="What the person says to collect it")
    revision = models.PositiveSmallIntegerField(default=1)
    reason = models.TextField(blank=True)
    signed_by = models.UUIDField(null=True)
    signer_name = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    returned_to = models.CharField(max_length=200, blank=True)
    delivery = models.CharField(max_length=12, blank=True)
    proof = models.CharField(
        max_length=10,
        blank=True,
        choices=[("signed", _("Signed for on paper")), ("code", _("Pickup code")), ("sent", _("Sent"))],
        help_text="What shows that the person has it",
    )
    tracking = models.CharField(max_length=60, blank=True, help_text="The post's number of the parcel")
    reminded_at = models.DateTimeField(null=True, help_text="When the person was last told to collect it")

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A paper that we issue (form 01, 02, 03 …): made once per dossier, form and number."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="documents")
    form = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField(default=1)
    blob = models.ForeignKey("files.Blob", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "form", "number"], name="document_once")]

    def __str__(self) -> str:
        return f"{self.form} {self.dossier_id}"
