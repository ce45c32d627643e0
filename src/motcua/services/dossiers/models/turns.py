"""The turns that the law gives a dossier beside the straight way, and the dated data that rules them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.engines.ledger.quick import QuickRow
from motcua.foundation.keys import new_id
from motcua.services.dossiers.models.dossier import Dossier


class ReasonKind(models.TextChoices):
    """Which decision a reason belongs to."""

    REFUSE = "refuse", _("Refuse to receive")
    SUPPLEMENT = "supplement", _("Ask for a supplement")
    STOP = "stop", _("Stop")
    EXTEND = "extend", _("Extend")
    REJECT = "reject", _("Reject")
    CORRECT = "correct", _("Correct a result")
    REOPEN = "reopen", _("Reopen")
    WITHDRAW = "withdraw", _("Withdraw")
    LATE = "late", _("Late")


class Reason(models.Model):
    """A reason that officers choose from; the words are what the applicant reads."""

    kind = models.CharField(max_length=12, choices=ReasonKind.choices)
    code = models.SlugField(max_length=40)
    text = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300, blank=True)
    basis = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="reason_once")]
        ordering = ["kind", "position", "code"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


class Policy(models.Model):
    """A figure that a province or a year may set otherwise than the law's default, from a day on (``rules`` has the
    defaults and the keys)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.SlugField(max_length=60)
    value = models.JSONField()
    valid_from = models.DateField()
    basis = models.CharField(max_length=200, help_text=_("The decision that says so"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "valid_from"], name="policy_once")]
        ordering = ["key", "-valid_from"]

    def __str__(self) -> str:
        return f"{self.key} = {self.value} from {self.valid_from}"


class Extension(QuickRow):
    """Gia hạn with an apology, form 04: at most once, at least a day before the due date (ND118 Đ19.6). ``allowance``
    counts on from the old due date, as in “5 working_day”."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="extensions")
    number = models.PositiveSmallIntegerField(default=1)
    allowance = models.CharField(max_length=30)
    old_due = models.DateTimeField()
    new_due = models.DateTimeField()
    reason = models.CharField(max_length=40)
    explanation = models.TextField(max_length=2000)
    basis = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="extension_number"),
            models.CheckConstraint(condition=Q(new_due__gt=models.F("old_due")), name="extension_goes_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} → {self.new_due}"


class Adjustment(QuickRow):
    """Điều chỉnh: what the applicant changed online before the decision (ND118 Đ21). ``before`` and ``after`` hold the
    answers that changed, by field; ``files`` what was added and taken out, by name. ``seen_at``: when an officer who
    has the dossier had read it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="adjustments")
    number = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    by = models.UUIDField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    files = models.JSONField(default=dict)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "number"], name="adjustment_number")]

    def __str__(self) -> str:
        return f"{self.dossier_id} #{self.number}"


class Obligation(QuickRow):
    """Nghĩa vụ tài chính asked for while the clock stands. Whole đồng."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="obligations")
    name = models.CharField(max_length=300)
    amount = models.PositiveBigIntegerField()
    notice_number = models.CharField(max_length=60, blank=True)
    demanded_at = models.DateTimeField()
    demanded_by = models.UUIDField()
    pay_by = models.DateField(null=True)
    paid_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=120, blank=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(paid_at__isnull=True, dropped_at__isnull=True),
                name="obligation_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.amount}"


class Correction(QuickRow):
    """Đính chính a wrong result within three working days, at the agency's cost (ND118 Đ23). ``before`` keeps what the
    result said."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="corrections")
    number = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(max_length=40)
    explanation = models.TextField(max_length=2000)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="correction_number"),
            models.UniqueConstraint(fields=["dossier"], condition=Q(done_at__isnull=True), name="correction_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} #{self.number}"
