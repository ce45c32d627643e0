"""Inboxes, and how deliveries fare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from motcua.engines.ledger.actor import Actor
from motcua.engines.notices.models import Delivery, DeliveryState, Message
from motcua.engines.notices.wording import path_of, render
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM

UNREAD_COUNTED: Final = 99
"""Beyond this a screen says “99+”: nobody counts further."""

Position = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A message as its reader sees it. ``path``: the page it is about."""

    id: UUID
    kind: str
    at: datetime
    read: bool
    subject: str
    body: str
    path: str
    stream: UUID | None


def of_actor(actor: Actor) -> QuerySet[Message]:
    """The messages that are the actor's to read: to them in person, and to the party they speak for."""
    if actor.kind not in ("citizen", "officer") or actor.id is None:
        return Message.objects.none()
    mine = Q(user=actor.id)
    return Message.objects.filter(mine | Q(party=actor.party_id) if actor.party_id else mine)


def _each(actor: Actor) -> list[QuerySet[Message]]:
    """The same as separate lists, each in the order of one index."""
    if actor.kind not in ("citizen", "officer") or actor.id is None:
        return []
    lists = [Message.objects.filter(user=actor.id)]
    if actor.party_id:
        lists.append(Message.objects.filter(party=actor.party_id))
    return lists


def inbox(actor: Actor, *, after: Position | None = None, limit: int = 20, language: str = "vi") -> list[InboxItem]:
    """The newest messages behind position ``after`` (moment, key), in the reader's language. One query per list."""
    rows: dict[UUID, Message] = {}
    for each in _each(actor):
        if after is not None:
            each = each.filter(Q(at__lt=after[0]) | Q(at=after[0], pk__lt=after[1]))
        rows.update({row.pk: row for row in each.order_by("-at", "-id")[:limit]})
    newest = sorted(rows.values(), key=lambda row: (row.at, row.pk), reverse=True)[:limit]
    return [item(row, language) for row in newest]


def item(row: Message, language: str) -> InboxItem:
    """One message in a language, in the wording of the day on which it was sent."""
    wording = render(row.kind, "inbox", language, row.params, row.at.astimezone(VIETNAM).date())
    return InboxItem(
        id=row.pk,
        kind=row.kind,
        at=row.at,
        read=row.read_at is not None,
        subject=wording.subject,
        body=wording.body,
        path=path_of(row.kind, row.params),
        stream=row.stream,
    )


def unread_count(actor: Actor) -> int:
    """How many are unread, counted up to ``UNREAD_COUNTED`` + 1."""
    found = 0
    for each in _each(actor):
        found += each.filter(read_at__isnull=True).order_by()[: UNREAD_COUNTED + 1].count()
    return min(found, UNREAD_COUNTED + 1)


@dataclass(frozen=True, slots=True)
class DeliveryHealth:
    """For the status page: e-mails that wait, those given up in the last seven days (each at most 1,000), and why."""

    waiting: int
    failed: int
    last_error: str
    waiting_since: datetime | None

    @property
    def well(self) -> bool:
        return not self.failed and (
            self.waiting_since is None or self.waiting_since > clock.now() - timedelta(minutes=30)
        )


def delivery_health() -> DeliveryHealth:
    """How deliveries fare now."""
    unsent = Delivery.objects.filter(state__in=[DeliveryState.WAITING, DeliveryState.SENDING])
    tried = unsent.filter(attempts__gt=0)
    failed = Delivery.objects.filter(state=DeliveryState.FAILED, message__at__gte=clock.now() - timedelta(days=7))
    last = (failed | tried.exclude(error="")).order_by("-message__at").values_list("error", flat=True).first()
    return DeliveryHealth(
        waiting=unsent[:1000].count(),
        failed=failed[:1000].count(),
        last_error=last or "",
        waiting_since=tried.order_by("message__at").values_list("message__at", flat=True).first(),
    )
