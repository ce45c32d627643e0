"""How long dossiers took, as small tables that a nightly job keeps: what forecasts before submission are made from."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """Which past cases speak for a new one, the most alike first."""

    EXACT = "exact", _("The same procedure at the same agency")
    PROCEDURE = "procedure", _("The same procedure at any agency")
    FIELD = "field", _("The same field at the same agency")
    AGENCY = "agency", _("Everything at the same agency")


class Experience(models.Model):
    """Quantiles of the working minutes from submission to result, of the cases of one scope that ended in the twelve
    months before ``computed_at``; the applicant's own waits are left out."""

    scope = models.CharField(max_length=10, choices=Scope.choices)
    procedure_code = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=200, blank=True)
    unit = models.ForeignKey("organisations.Unit", models.CASCADE, null=True, related_name="+")
    cases = models.PositiveIntegerField()
    q50 = models.PositiveIntegerField(help_text="Working minutes")
    q80 = models.PositiveIntegerField(help_text="Working minutes")
    q95 = models.PositiveIntegerField(help_text="Working minutes")
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "procedure_code", "field", "unit"], name="experience_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["unit", "procedure_code"], name="experience_of_unit")]

    def __str__(self) -> str:
        return f"{self.scope} {self.procedure_code or self.field} {self.unit_id}: {self.q50}/{self.q80}/{self.q95}"


class UsualLoad(models.Model):
    """How many steps a unit has open on an average day of the last twelve months: what the present queue is held
    against."""

    unit = models.OneToOneField("organisations.Unit", models.CASCADE, primary_key=True, related_name="+")
    open_steps = models.FloatField()
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.open_steps}"
