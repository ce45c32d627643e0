"""Messages to people: in-app inbox and e-mail; each is made once, however often its event is read."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.foundation.keys import new_id


class Template(models.Model):
    """Wording of a kind of message, per channel and language, with an effective date. Placeholders: {code} …"""

    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=[("inbox", "inbox"), ("email", "email")])
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    effective_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "channel", "language", "effective_from"], name="template_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.language}"


class Preference(models.Model):
    """How a user wants to be told. No row: in-app and, where there is an address, e-mail."""

    user = models.OneToOneField("accounts.User", models.CASCADE, primary_key=True)
    email = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.user_id)


class Message(models.Model):
    """A message in somebody's inbox. ``dedupe`` (event and recipient) makes a repeated reading harmless."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    party = models.ForeignKey("accounts.Party", models.CASCADE, related_name="messages", null=True)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="messages", null=True)
    kind = models.CharField(max_length=60)
    stream = models.UUIDField(null=True)
    params = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    dedupe = models.CharField(max_length=120, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["party", "-at", "-id"], name="message_of_party"),
            models.Index(fields=["user", "-at", "-id"], name="message_of_user"),
            models.Index(fields=["party"], name="message_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["user"], name="message_unread_by_user", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be delivered")


class Delivery(models.Model):
    """Bringing a message to somebody over an outside channel. ``error``: why the last try did not succeed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=254)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="delivery_once")]
        indexes = [models.Index(fields=["state"], name="delivery_open", condition=~Q(state="sent"))]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
