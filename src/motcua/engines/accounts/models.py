"""Users who sign in, parties who act in law, and machine clients."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.engines.ledger.quick import QuickRow
from motcua.foundation.keys import new_id


class PartyKind(models.TextChoices):
    CITIZEN = "citizen", _("Citizen")
    BUSINESS = "business", _("Business")
    AGENCY = "agency", _("Agency or organisation")


class Party(QuickRow):
    """A person or organisation in law (chủ hồ sơ). ``identity_number``: số định danh, or registration number."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20, choices=PartyKind.choices, default=PartyKind.CITIZEN)
    name = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=300, blank=True)
    identity_number = models.CharField(max_length=20, blank=True)
    tax_code = models.CharField(max_length=14, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=10, blank=True, choices=[("male", _("Male")), ("female", _("Female"))])
    nationality = models.CharField(max_length=2, default="VN")
    ethnicity = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    address_line = models.CharField(max_length=200, blank=True)
    ward_code = models.CharField(max_length=10, blank=True)
    ward_name = models.CharField(max_length=100, blank=True)
    province_code = models.CharField(max_length=10, blank=True)
    province_name = models.CharField(max_length=100, blank=True)
    former_address = models.CharField(
        max_length=420, blank=True, help_text=_("As it was written before wards were reorganised")
    )
    representative = models.CharField(max_length=200, blank=True)
    identity_level = models.PositiveSmallIntegerField(default=0, help_text=_("VNeID level 0, 1 or 2"))
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity_number"], name="party_identity_once", condition=~Q(identity_number="")
            )
        ]
        indexes = [models.Index(fields=["sort_key"], name="party_sort_key")]

    def __str__(self) -> str:
        return self.name


class Mandate(models.Model):
    """Ủy quyền: ``agent`` may act for ``grantor`` from a day to a day, in the procedures named (none: in all)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grantor = models.ForeignKey(Party, models.PROTECT, related_name="mandates_given")
    agent = models.ForeignKey(Party, models.PROTECT, related_name="mandates_held")
    procedures = models.JSONField(default=list, blank=True)
    number = models.CharField(max_length=120, blank=True, help_text=_("Number of the authorisation, notary or witness"))
    paper = models.CharField(max_length=64, blank=True, help_text=_("SHA-256 of the scanned authorisation"))
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["agent", "valid_from"], name="mandate_of_agent"),
            models.Index(fields=["grantor", "valid_from"], name="mandate_of_grantor"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(grantor=models.F("agent")), name="mandate_between_two"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="mandate_validity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grantor_id} → {self.agent_id}"


class User(AbstractUser):
    """One who signs in: a citizen (has a party) or an official (has appointments)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first_name = None  # type: ignore[assignment]  # names are written whole in Vietnamese order
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(max_length=200)
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="users")
    language = models.CharField(max_length=5, default="vi")
    official = models.BooleanField(default=False, help_text=_("Holds office; must use a second factor"))

    REQUIRED_FIELDS = ["full_name"]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.rsplit(" ", 1)[-1]


class ApiClient(models.Model):
    """A machine that calls the API for a unit, with a scoped token of which only the hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120, unique=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    unit = models.ForeignKey("organisations.Unit", models.PROTECT)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
