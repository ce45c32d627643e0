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


class Dropped(models.TextChoices):
    """Why a part of a group will not be done."""

    PREREQUISITE = "prerequisite", _("A part it needs ended without a result")
    WITHDRAWN = "withdrawn", _("The applicant withdrew it before it began")


class LinkedGroup(models.Model):
    """Nhóm thủ tục hành chính liên thông, as data. ``members``: [{"key", "procedure", "unit", "after", "needs",
    "before_signing", "optional", "shared"}]; the first is the lead's. What each says: ``together.groups``."""

    key = models.SlugField(max_length=60, primary_key=True)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    members = models.JSONField()
    basis = models.CharField(max_length=200, blank=True)
    life_event = models.SlugField(max_length=60, blank=True, help_text="The life event under which it is offered")
    keywords = models.CharField(max_length=500, blank=True, help_text="Words of people, divided by semicolons")
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name

    def title(self, language: str) -> str:
        """What it is called in this language."""
        return self.name_en if language.startswith("en") and self.name_en else self.name


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
    after = models.JSONField(default=list, help_text="Keys of the parts that must have ended before this one begins")
    needs = models.JSONField(default=list, help_text="Those of them without whose result it cannot be done")
    before_signing = models.JSONField(
        default=list, help_text="Keys of the parts that are not signed before this one has ended"
    )
    dossier = models.OneToOneField(Dossier, models.PROTECT, null=True, related_name="membership")
    submission = models.JSONField(default=dict, help_text="What the part will be submitted with when its turn comes")
    dropped_at = models.DateTimeField(null=True)
    drop_reason = models.CharField(max_length=20, blank=True, choices=Dropped.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "key"], name="group_member_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.group_id} {self.key}"


class WaitingFile(models.Model):
    """Keeps the bytes of a file that a part will be submitted with when its turn comes."""

    member = models.ForeignKey(GroupMember, models.CASCADE, related_name="files")
    blob = models.ForeignKey("files.Blob", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "blob"], name="waiting_file_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.blob_id}"


class GroupDraft(models.Model):
    """A group that a person is filling in: one draft per part, tied together; submitted once, all together."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    definition = models.ForeignKey(LinkedGroup, models.PROTECT, related_name="+")
    ward_code = models.CharField(max_length=10, blank=True)
    started_at = models.DateTimeField()
    group = models.OneToOneField(DossierGroup, models.SET_NULL, null=True, related_name="draft")

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-started_at"], name="group_draft_of_owner", condition=Q(group__isnull=True))
        ]

    def __str__(self) -> str:
        return str(self.id)


class GroupDraftPart(models.Model):
    """The draft of one part of a group."""

    group_draft = models.ForeignKey(GroupDraft, models.CASCADE, related_name="parts")
    key = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    draft = models.OneToOneField("dossiers.Draft", models.CASCADE, related_name="part")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group_draft", "key"], name="group_draft_part_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.group_draft_id} {self.key}"


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
    reported_at = models.DateTimeField(null=True, help_text="When the head of the one-stop unit was told it is late")
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
