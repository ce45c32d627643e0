"""The ledger: what happened, once, for good. The application's role can insert and read, never change."""

from __future__ import annotations

from django.db import models
from django.db.models.expressions import Func


class TransactionId(Func):
    """The present transaction's id. Readers order by it, since serials are handed out before commit."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Event(models.Model):
    """One fact about one stream (a case, a procedure, a unit …), chained to the fact before it."""

    id = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField(db_default=TransactionId(), editable=False)
    stream = models.UUIDField()
    seq = models.IntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    actor = models.JSONField()
    data = models.JSONField()
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="ledger_event_stream_seq"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="ledger_event_seq_positive"),
        ]
        indexes = [models.Index(fields=["xid", "id"], name="ledger_event_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.stream}#{self.seq}"


class ReaderCursor(models.Model):
    """How far a reader has come: everything up to (xid, event) is done."""

    name = models.CharField(max_length=60, primary_key=True)
    xid = models.BigIntegerField(default=0)
    event = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    """The last number given in a series on a day (dossier codes: one series per agency)."""

    pk = models.CompositePrimaryKey("name", "day")
    name = models.CharField(max_length=60)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "ledger_series"

    def __str__(self) -> str:
        return f"{self.name} {self.day}: {self.last}"
