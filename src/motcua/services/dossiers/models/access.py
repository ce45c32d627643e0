"""Who looked at whose dossier, when and why: the data subject may ask (Luật 91/2025/QH15)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from motcua.engines.ledger.quick import QuickRow
from motcua.foundation.keys import new_id
from motcua.services.dossiers.models.dossier import Dossier


class Why(models.TextChoices):
    """What made somebody look. Those without a task say a reason."""

    TASK = "task", _("To handle the dossier")
    REASON = "reason", _("For a reason given")
    PREVIEW = "preview", _("In a list or a search")
    REGISTER = "register", _("For the register of dossiers")
    CLIENT = "client", _("By a connected system")
    EXPORT = "export", _("For an export of process data")
    UPKEEP = "upkeep", _("To keep the platform running")


class DoorWay(models.TextChoices):
    """Through what they looked."""

    DESK = "desk", _("On the screen")
    FILE = "file", _("A file")
    PAPER = "paper", _("A printed paper")
    API = "api", _("Another system")
    COMMAND = "command", _("The operator's command")


class Access(QuickRow):
    """Somebody looked into a dossier: once per dossier, day, person, cause and way.

    ``party`` is the data subject, kept beside so that their page is one index scan. ``officer`` and ``client`` are both
    empty for the platform's operator.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    party = models.ForeignKey("accounts.Party", models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()
    officer = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    client = models.ForeignKey("accounts.ApiClient", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=40, blank=True)
    why = models.CharField(max_length=10, choices=Why.choices)
    way = models.CharField(max_length=10, choices=DoorWay.choices)
    reason = models.CharField(max_length=40, blank=True, help_text=_("Key of the reason given, if one was asked for"))
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "day", "officer", "client", "why", "way"], name="access_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["party", "-at", "-id"], name="access_of_party")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.day} {self.why}"
