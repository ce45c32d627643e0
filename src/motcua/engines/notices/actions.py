"""Telling people: one message per event and recipient, however often the event is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from motcua.engines.accounts.models import Party, User
from motcua.engines.ledger import queue
from motcua.engines.ledger.actor import Actor
from motcua.engines.notices.models import Delivery, Message, Preference
from motcua.engines.notices.queries import of_actor
from motcua.engines.notices.rules import quiet_until
from motcua.foundation import clock
from motcua.foundation.errors import NotAllowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What somebody is to be told. The recipient is a party (its users see it), a user, or an address alone.

    ``dedupe`` names event and recipient: the same again changes nothing. ``params`` fill the template (dates as ISO
    text); ``email``: the address given in the matter, taken before those of the party. No personal data in
    ``params`` beyond what the message must say.
    """

    kind: str
    dedupe: str
    at: datetime
    params: dict[str, Any] = field(default_factory=dict)
    stream: UUID | None = None
    party_id: UUID | None = None
    user_id: UUID | None = None
    email: str = ""


@dataclass(frozen=True, slots=True)
class _Reach:
    """How the recipients of a batch can be reached: who belongs to a party, who wants what."""

    users: dict[UUID, User]
    of_party: dict[UUID, list[User]]
    party_email: dict[UUID, str]
    preferences: dict[UUID, Preference]

    def people(self, notice: Notice) -> list[User]:
        if notice.party_id is not None:
            return self.of_party.get(notice.party_id, [])
        return [self.users[notice.user_id]] if notice.user_id in self.users else []

    def address(self, notice: Notice) -> str:
        """Where to send an e-mail; empty when there is no address or it is not wanted."""
        people = self.people(notice)
        if any(not self.preferences[user.pk].email for user in people if user.pk in self.preferences):
            return ""
        given = [notice.email, self.party_email.get(notice.party_id, "") if notice.party_id else ""]
        given += [user.email for user in people]
        return next((address for address in given if _is_address(address)), "")

    def not_before(self, notice: Notice, now: datetime) -> datetime | None:
        """When the quiet hours of the recipients end."""
        ends = []
        for user in self.people(notice):
            wish = self.preferences.get(user.pk)
            if wish is not None and (end := quiet_until(now, wish.quiet_from, wish.quiet_to)):
                ends.append(end)
        return max(ends, default=None)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def _reach(notices: Iterable[Notice]) -> _Reach:
    parties = {notice.party_id for notice in notices if notice.party_id}
    named = {notice.user_id for notice in notices if notice.user_id}
    of_party: dict[UUID, list[User]] = {}
    users = {user.pk: user for user in User.objects.filter(pk__in=named, is_active=True)} if named else {}
    emails = dict(Party.objects.filter(pk__in=parties).values_list("pk", "email")) if parties else {}
    if parties:
        for user in User.objects.filter(party_id__in=parties, is_active=True).order_by("date_joined"):
            if user.party_id is not None:
                of_party.setdefault(user.party_id, []).append(user)
    everybody = [*users, *(user.pk for people in of_party.values() for user in people)]
    preferences = {row.pk: row for row in Preference.objects.filter(pk__in=everybody)} if everybody else {}
    return _Reach(users, of_party, emails, preferences)


def send(notices: Sequence[Notice]) -> int:
    """Puts messages into inboxes and queues their e-mails, all with the present transaction.

    Returns how many were new; those made before are left alone.
    """
    wanted = {notice.dedupe: notice for notice in notices}
    with transaction.atomic():
        there = set(Message.objects.filter(dedupe__in=wanted).values_list("dedupe", flat=True))
        rows = {
            dedupe: Message(
                kind=notice.kind,
                party_id=notice.party_id,
                user_id=notice.user_id,
                stream=notice.stream,
                params=notice.params,
                at=notice.at,
                dedupe=dedupe,
            )
            for dedupe, notice in wanted.items()
            if dedupe not in there
        }
        if not rows:
            return 0
        Message.objects.bulk_create(rows.values(), ignore_conflicts=True)
        # Somebody else may have made one at this very moment: only those with our key are ours to deliver.
        ours = set(Message.objects.filter(pk__in=[row.pk for row in rows.values()]).values_list("pk", flat=True))
        made = {dedupe: row for dedupe, row in rows.items() if row.pk in ours}
        _queue([(wanted[dedupe], row) for dedupe, row in made.items()])
    return len(made)


def _queue(made: Sequence[tuple[Notice, Message]]) -> None:
    reach, now = _reach([notice for notice, _ in made]), clock.now()
    deliveries: list[Delivery] = []
    by_moment: dict[datetime | None, list[dict[str, Any]]] = {}
    for notice, message in made:
        address = reach.address(notice)
        if not address:
            continue
        delivery = Delivery(message=message, channel="email", address=address)
        deliveries.append(delivery)
        by_moment.setdefault(reach.not_before(notice, now), []).append({"delivery": str(delivery.pk)})
    Delivery.objects.bulk_create(deliveries)
    for moment, arguments in by_moment.items():
        queue.defer("notices.send_email", *arguments, schedule_at=moment)


def mark_read(actor: Actor, messages: Collection[UUID] | None = None) -> int:
    """Marks the actor's messages read, all of them when none are named; others' are left alone. Returns how many."""
    found = of_actor(actor).filter(read_at__isnull=True)
    if messages is not None:
        found = found.filter(pk__in=messages)
    return found.update(read_at=clock.now())


def set_preferences(
    actor: Actor, *, email: bool, quiet_from: time | None = None, quiet_to: time | None = None
) -> Preference:
    """How the signed-in person wants to be told. Both quiet hours or none. Raises ``NotAllowed`` for visitors."""
    if actor.kind not in ("citizen", "officer") or actor.id is None:
        raise NotAllowed("Please sign in first.")
    hours = (quiet_from, quiet_to) if quiet_from is not None and quiet_to is not None else (None, None)
    row, _ = Preference.objects.update_or_create(
        user_id=actor.id, defaults={"email": email, "quiet_from": hours[0], "quiet_to": hours[1]}
    )
    return row


def preferences_of(actor: Actor) -> Preference:
    """The person's wishes, or the defaults (unsaved) when they never said any. Raises ``NotAllowed`` for visitors."""
    if actor.id is None:
        raise NotAllowed("Please sign in first.")
    return Preference.objects.filter(pk=actor.id).first() or Preference(user_id=actor.id)
