"""The catalogue: procedures, their versions in time, and what each version says.

A published version is never changed: a change of law or of data is a new version with an effective date, and a
running case keeps the version it began with.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from motcua.foundation.keys import new_id


class Level(models.TextChoices):
    """Cấp thực hiện: who handles the procedure in the two-level system (no districts since 1/7/2025)."""

    COMMUNE = "COMMUNE", _("Commune")
    PROVINCE = "PROVINCE", _("Province")
    MINISTRY = "MINISTRY", _("Ministry")
    OTHER = "OTHER", _("Not stated")


class Kind(models.TextChoices):
    """Loại thủ tục: how the regulation of the procedure was assigned."""

    ASSIGNED_REGULATION = "ASSIGNED_REGULATION", _("Assigned by a law to be regulated")
    NOT_ASSIGNED_REGULATION = "NOT_ASSIGNED_REGULATION", _("Not assigned to be regulated")
    LOCAL_REGULATION = "LOCAL_REGULATION", _("Set by the province")
    CENTRAL_REGULATION = "CENTRAL_REGULATION", _("Set by the centre")
    OTHER = "OTHER", _("Other")


class Channel(models.TextChoices):
    """Kênh nộp hồ sơ (ND118 Đ15)."""

    DIRECT = "DIRECT", _("At the counter")
    ONLINE = "ONLINE", _("Online")
    POSTAL = "POSTAL", _("By post")


class TimeUnit(models.TextChoices):
    """Units of a time limit. OTHER: the limit stands only in prose and cannot be computed."""

    WORKING_DAY = "WORKING_DAY", _("working days")
    DAY = "DAY", _("days")
    HOUR = "HOUR", _("hours")
    MONTH = "MONTH", _("months")
    OTHER = "OTHER", _("see the description")


class Field(models.Model):
    """Lĩnh vực, e.g. Hộ tịch. ``code`` such as ``G15-HT`` where the national list gives one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, null=True, unique=True)
    name = models.CharField(max_length=400)
    folded = models.CharField(max_length=400, unique=True)

    def __str__(self) -> str:
        return self.name


class Procedure(models.Model):
    """One procedure through time. ``code`` is opaque text: malformed codes exist in the national list.

    ``source_code`` is the code under which the source catalogue knows it, so that an import still meets a
    procedure whose code was corrected here; ``source_hash`` is the hash of the record last imported.
    """

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("In force")
        SUSPENDED = "SUSPENDED", _("Suspended")
        ABOLISHED = "ABOLISHED", _("Abolished")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=64, unique=True)
    source_code = models.CharField(max_length=64, unique=True)
    source_hash = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    current = models.ForeignKey("ProcedureVersion", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class ProcedureVersion(models.Model):
    """What the procedure says from ``effective_from`` up to, not including, ``effective_to``."""

    class State(models.TextChoices):
        PUBLISHED = "PUBLISHED", _("Published")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn before it took effect")

    class Source(models.TextChoices):
        IMPORT = "IMPORT", _("Imported")
        EDIT = "EDIT", _("Edited here")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PUBLISHED)
    source = models.CharField(max_length=10, choices=Source.choices)
    effective_from = models.DateField(null=True, blank=True)
    effective_to = models.DateField(null=True, blank=True)
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    decision_no = models.CharField(max_length=200, blank=True)
    name = models.TextField()
    levels = ArrayField(models.CharField(max_length=10, choices=Level.choices))
    handled_level = models.CharField(max_length=10, choices=Level.choices)
    kind = models.CharField(max_length=30, choices=Kind.choices, default=Kind.OTHER)
    field = models.ForeignKey(Field, models.PROTECT, null=True, related_name="+")
    issuer = models.CharField(max_length=100, blank=True)
    description = models.TextField(blank=True)
    requirements = models.TextField(blank=True)
    steps = ArrayField(models.TextField(), default=list, blank=True)
    subjects = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    executing = models.TextField(blank=True)
    authority = models.TextField(blank=True)
    receiving_address = models.TextField(blank=True)
    authorised = models.TextField(blank=True)
    coordinating = models.TextField(blank=True)
    results = models.TextField(blank=True)
    keywords = models.TextField(blank=True)
    locality = models.CharField(max_length=60, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="procedures_version_number"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=models.F("effective_from")),
                name="procedures_version_range",
            ),
            models.CheckConstraint(
                condition=~Q(state="PUBLISHED") | Q(effective_from__isnull=False),
                name="procedures_published_has_date",
            ),
            # Checked at commit, since one statement ends the old version and inserts the new one.
            ExclusionConstraint(
                name="procedures_versions_do_not_overlap",
                expressions=[
                    ("procedure", RangeOperators.EQUAL),
                    (
                        Func("effective_from", "effective_to", function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state="PUBLISHED"),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        indexes = [
            models.Index(fields=["field", "handled_level"], name="procedures_version_field"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class ProcedureDraft(models.Model):
    """An edit that is not in force: what the next version shall say, as ``content.to_json`` writes it."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Being edited")
        PUBLISHED = "PUBLISHED", _("Published")
        DISCARDED = "DISCARDED", _("Discarded")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="drafts")
    base = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, related_name="+")
    content = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure"], condition=Q(state="OPEN"), name="procedures_one_open_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.state}"


class ChannelRule(models.Model):
    """Cách thức thực hiện: one way to submit, with its own time limit and fees.

    A procedure may have two methods for one channel; ``position`` keeps them apart and ``label`` says in which
    case each holds. ``value`` is null where the limit stands only in prose (``raw``, ``note``).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="channels")
    position = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=10, choices=Channel.choices)
    label = models.CharField(max_length=200, blank=True)
    value = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=12, choices=TimeUnit.choices)
    raw = models.TextField(blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="procedures_channel_position"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gt=0), name="procedures_channel_value_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.raw}"


class FeeRule(models.Model):
    """Phí, lệ phí of one channel rule. ``amount`` in whole units of ``currency``; null: only prose says.

    ``doubtful``: the source figure cannot be right as it stands (20 "VND" that means 20,000); it is shown as
    "to be confirmed" and never charged until an administrator has decided.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel_rule = models.ForeignKey(ChannelRule, models.CASCADE, related_name="fees")
    position = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="VND")
    label = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    doubtful = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel_rule", "position"], name="procedures_fee_position"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="procedures_fee_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class ComponentCase(models.Model):
    """Trường hợp: a set of components that goes together; ``label`` may be empty when there is only one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="cases")
    position = models.PositiveSmallIntegerField()
    label = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="procedures_case_position"),
        ]

    def __str__(self) -> str:
        return self.label


class Component(models.Model):
    """Thành phần hồ sơ: one paper. ``key`` stays the same from version to version while the text does.

    ``is_prose``: the item explains and is no paper to hand in (1.001193 has more of these than of papers).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(ComponentCase, models.CASCADE, related_name="components")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=16)
    name = models.TextField()
    label = models.CharField(max_length=200)
    originals = models.PositiveSmallIntegerField(default=0)
    copies = models.PositiveSmallIntegerField(default=0)
    is_prose = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="procedures_component_position"),
        ]

    def __str__(self) -> str:
        return self.label


class LegalReference(models.Model):
    """Căn cứ pháp lý: ``number`` such as ``23/2015/NĐ-CP`` where the entry ends with one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="legal_basis")
    position = models.PositiveSmallIntegerField()
    title = models.TextField()
    number = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="procedures_legal_position"),
        ]

    def __str__(self) -> str:
        return self.number or self.title


class ResultType(models.Model):
    """Loại kết quả of the national catalogue, e.g. ``KQ.G01.000023`` Thẻ căn cước (ND118 Đ22)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.TextField()

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ProcedureResult(models.Model):
    """Which results a procedure gives. ``name`` as this procedure calls it: one code goes by several names."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="result_types")
    result = models.ForeignKey(ResultType, models.PROTECT, related_name="+")
    name = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "result"], name="procedures_result_once"),
        ]

    def __str__(self) -> str:
        return self.name
