"""Sending e-mails, again and again with longer pauses, until they are gone or clearly cannot go."""

from __future__ import annotations

import smtplib
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from motcua.engines.accounts.models import User
from motcua.engines.notices.models import Delivery, DeliveryState, Message
from motcua.engines.notices.wording import render
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM

ATTEMPTS: Final = 8
"""Tries before an e-mail is given up: about five hours with pauses of 4 s, 16 s, 64 s …"""


class TryAgainError(Exception):
    """The mail server cannot take it now."""


@app.task(
    name="notices.send_email",
    pass_context=True,
    retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=4, retry_exceptions={TryAgainError}),
)
def send_email(context: JobContext, delivery: str) -> None:
    """Sends one e-mail. What was already sent is not sent again.

    No transaction stays open while the mail server is asked: ledger readers wait for the oldest one. A worker that is
    killed between sending and noting sends again; the message's ID is the same, so that mail systems show it once.
    """
    claimed = Delivery.objects.filter(pk=delivery, state__in=[DeliveryState.WAITING, DeliveryState.SENDING])
    if not claimed.update(state=DeliveryState.SENDING, attempts=F("attempts") + 1):
        return
    row = Delivery.objects.select_related("message").get(pk=delivery)
    try:
        _message(row).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        reason = "; ".join(f"{code} {_text(text)}" for code, text in error.recipients.values())
        _not_sent(context, row, reason, final=all(code >= 500 for code in codes))
    except smtplib.SMTPResponseException as error:
        # A refusal of the message itself is final; one of us (no such user, wrong password) can be put right.
        final = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
        _not_sent(context, row, f"{error.smtp_code} {_text(error.smtp_error)}", final=final)
    except (OSError, smtplib.SMTPException) as error:
        _not_sent(context, row, f"{type(error).__name__}: {error}", final=False)
    else:
        Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.SENT, sent_at=clock.now(), error="")


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _not_sent(context: JobContext, row: Delivery, reason: str, *, final: bool) -> None:
    """Notes why; raises ``TryAgainError`` unless there is no hope."""
    final = final or (context.job is not None and context.job.attempts + 1 >= ATTEMPTS)
    state = DeliveryState.FAILED if final else DeliveryState.WAITING
    Delivery.objects.filter(pk=row.pk).update(state=state, error=reason[:300])
    if not final:
        raise TryAgainError(reason)


def _message(row: Delivery) -> EmailMessage:
    message = row.message
    wording = render(message.kind, "email", _language(message), message.params, message.at.astimezone(VIETNAM).date())
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return EmailMessage(
        subject=wording.subject,
        body=wording.body,
        to=[row.address],
        headers={
            "Message-ID": f"<{UUID(str(row.pk)).hex}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )


def _language(message: Message) -> str:
    """The recipient's language; Vietnamese for those who have no account."""
    people = User.objects.filter(pk=message.user_id) if message.user_id else User.objects.filter(party=message.party_id)
    if message.user_id is None and message.party_id is None:
        return "vi"
    return people.order_by("date_joined").values_list("language", flat=True).first() or "vi"
