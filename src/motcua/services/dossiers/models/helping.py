"""People beside the applicant: helpers at a service point, readers of the dossier, and what the applicant thought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.engines.ledger.quick import QuickRow
from motcua.services.dossiers.models.dossier import Dossier


class Consent(models.TextChoices):
    """How the citizen agreed that somebody submits for them."""

    SIGNED = "signed", _("Signed on paper")
    CODE = "code", _("Code sent to the citizen's phone or e-mail")
    SPOKEN = "spoken", _("Spoken before a witness")


class Assistance(QuickRow):
    """A service point or volunteer submitted for a citizen, with consent on record. The helper sees the dossier until
    ``sees_until``."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, primary_key=True, related_name="assistance")
    helper = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    consent = models.CharField(max_length=10, choices=Consent.choices)
    witness = models.CharField(max_length=200, blank=True)
    paper = models.ForeignKey("files.Blob", models.PROTECT, null=True, related_name="+")
    consented_at = models.DateTimeField()
    sees_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["helper", "-consented_at"], name="assistance_of_helper")]

    def __str__(self) -> str:
        return f"{self.helper_id} {self.dossier_id}"


class Rating(QuickRow):
    """Phiếu đánh giá: the nine contents of ND118 Đ33, each 1 to 5. Made empty with the return; one per dossier, which
    its writer may change for some days. ``scores``: content → 1 to 5; what does not apply is left out."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, primary_key=True, related_name="rating")
    token = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    counter = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    rated_at = models.DateTimeField(null=True, help_text=_("When it was first given"))
    changed_at = models.DateTimeField(null=True, help_text=_("When it was last changed"))
    via = models.CharField(
        max_length=10,
        blank=True,
        choices=[("link", _("Link")), ("qr", _("QR code")), ("counter", _("At the counter"))],
    )
    scores = models.JSONField(default=dict)
    overall = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(max_length=2000, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "-rated_at"], name="rating_of_unit", condition=Q(rated_at__isnull=False)),
            models.Index(
                fields=["counter", "-rated_at"], name="rating_of_counter", condition=Q(rated_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}"


class RatingCount(models.Model):
    """How often a score was given to a content of Đ33, by unit and month of the return: kept by a reader.

    ``side`` tells whether the unit was competent or received the dossier. ``content`` “answers” counts the ratings
    themselves, with ``score`` 0; a content that does not apply counts nowhere.
    """

    unit = models.ForeignKey("organisations.Unit", models.CASCADE, related_name="+")
    side = models.CharField(max_length=10, choices=[("competent", _("Competent")), ("counter", _("Counter"))])
    month = models.DateField(help_text=_("Its first day"))
    content = models.CharField(max_length=20)
    score = models.PositiveSmallIntegerField()
    ratings = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "side", "month", "content", "score"], name="rating_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month} {self.content}: {self.ratings} × {self.score}"
