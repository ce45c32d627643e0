"""Flows (quy trình nội bộ): versioned steps that a case walks through."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from motcua.foundation.keys import new_id


class Flow(models.Model):
    """A flow by name. Which procedures use it stands in ``FlowRule``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class FlowVersion(models.Model):
    """One edition of a flow's steps; never changed once published. ``steps`` is read by ``flows.rules``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    flow = models.ForeignKey(Flow, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    steps = models.JSONField()
    effective_from = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "number"], name="flow_version_once")]

    def __str__(self) -> str:
        return f"{self.flow_id} v{self.number}"


class FlowRule(models.Model):
    """Which flow a procedure takes: by its code, else by its field, else by level, else the default (all empty)."""

    flow = models.ForeignKey(Flow, models.CASCADE, related_name="rules")
    procedure_code = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure_code", "field", "level"], name="flow_rule_once"),
            models.CheckConstraint(
                condition=Q(procedure_code="") | (Q(field="") & Q(level="")), name="flow_rule_one_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_code or self.field or self.level or '*'} → {self.flow_id}"
