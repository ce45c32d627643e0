"""Units of the State, who holds which role in them, when they work and where they are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.foundation.keys import new_id


class UnitKind(models.TextChoices):
    PROVINCE = "province", _("Provincial people's committee")
    CENTRE = "centre", _("Public administrative service centre")
    DEPARTMENT = "department", _("Department")
    COMMUNE = "commune", _("Commune people's committee")
    DIVISION = "division", _("Division")
    VERTICAL = "vertical", _("Agency under a ministry")
    DISTRICT = "district", _("District people's committee (until 30/6/2025)")


class WorkCalendar(models.Model):
    """When a unit works. ``data`` is what ``working_time.Calendar.from_data`` reads; days stand in ``CalendarDay``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200, unique=True)
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """A day off or a day worked against the rule, for one calendar or (``calendar`` empty) for all."""

    calendar = models.ForeignKey(WorkCalendar, models.CASCADE, null=True, blank=True, related_name="days")
    day = models.DateField()
    worked = models.BooleanField()
    basis = models.CharField(max_length=200, help_text=_("The decision that says so"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.day}: {'worked' if self.worked else 'off'}"


class Unit(models.Model):
    """A unit with its electronic identifier (mã định danh, QĐ 20/2020). ``path`` holds the codes from the top."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=35, unique=True)
    former_code = models.CharField(max_length=35, blank=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=20, choices=UnitKind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=300)
    one_stop = models.BooleanField(default=False, help_text=_("Takes dossiers at a counter"))
    fields = models.JSONField(default=list, blank=True, help_text=_("Fields of procedures it is competent for"))
    ward_code = models.CharField(max_length=10, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    calendar = models.ForeignKey(WorkCalendar, models.PROTECT, null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["path"]
        indexes = [
            models.Index(fields=["path"], name="unit_path", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["ward_code"], name="unit_ward", condition=~Q(ward_code="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="unit_validity",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Area(models.Model):
    """The ground a unit is responsible for. ``boundary`` is GeoJSON geometry (WGS 84)."""

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True)
    boundary = models.JSONField()
    area_km2 = models.DecimalField(max_digits=9, decimal_places=2, null=True)

    def __str__(self) -> str:
        return self.unit.name


class Role(models.Model):
    """A role and what it may do; ``motcua.engines.organisations.roles`` lists the permissions."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=120)
    permissions = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class Appointment(models.Model):
    """A person holds a role in a unit from a day to a day, possibly acting for another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="appointments")
    role = models.ForeignKey(Role, models.PROTECT)
    title = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    acting_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")

    class Meta:
        indexes = [models.Index(fields=["user", "valid_from"], name="appointment_of_user")]
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role", "valid_from"], name="appointment_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="appointment_validity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role_id} {self.unit_id}"


class ReorganisationState(models.TextChoices):
    DRAFT = "draft", _("Being prepared")
    DECIDED = "decided", _("Decided, not yet in effect")
    APPLYING = "applying", _("Work is being moved")
    DONE = "done", _("In effect")
    UNDONE = "undone", _("Taken back")


class Reorganisation(models.Model):
    """Sắp xếp đơn vị: a document of changes that takes effect on a day. ``document`` is what was handed in, as
    ``organisations.reorganisation`` reads it; ``report`` what was moved."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    basis = models.CharField(max_length=300)
    effective = models.DateField()
    document = models.JSONField()
    state = models.CharField(max_length=10, choices=ReorganisationState.choices, default=ReorganisationState.DRAFT)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="reorganisation_name_once", condition=~Q(state__in=["draft", "undone"])
            )
        ]
        indexes = [models.Index(fields=["state", "effective"], name="reorganisation_due")]
        ordering = ["-effective", "-made_at"]

    def __str__(self) -> str:
        return self.name


class SuccessionKind(models.TextChoices):
    MERGE = "merge", _("Merged")
    SPLIT = "split", _("Split")
    DISSOLVE = "dissolve", _("Dissolved")
    RENAME = "rename", _("Renamed")
    MOVE = "move", _("Placed under another unit")


class UnitSuccession(models.Model):
    """What became of a unit: ``successor`` took its work over from the day ``on``. ``before`` keeps name, code and
    path as they were; ``rule`` says which part of the work a successor of a split unit took."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reorganisation = models.ForeignKey(Reorganisation, models.PROTECT, related_name="successions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="inheritances")
    kind = models.CharField(max_length=10, choices=SuccessionKind.choices)
    on = models.DateField()
    basis = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=0, help_text="0: takes what no rule gives to another")
    rule = models.JSONField(default=dict)
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reorganisation", "unit", "successor", "kind"], name="succession_once")
        ]
        indexes = [models.Index(fields=["unit", "on"], name="succession_of_unit")]
        ordering = ["on", "position"]

    def __str__(self) -> str:
        return f"{self.unit_id} → {self.successor_id} ({self.kind})"
