"""The code by which a citizen agrees to be helped: sent to them, told to the helper, good for a quarter of an hour."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from motcua.engines.accounts.models import User
from motcua.engines.notices.actions import Notice, send
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, Refused
from motcua.interfaces.desk.models import Intake

GOOD_FOR: Final = timedelta(minutes=15)
AGAIN_AFTER: Final = timedelta(seconds=60)
TRIES: Final = 5


def is_reachable(person: Mapping[str, Any]) -> bool:
    """Whether a code can be sent: the citizen has an account, or an e-mail address."""
    number = str(person.get("identity_number", ""))
    return bool(person.get("email")) or bool(
        number and User.objects.filter(party__identity_number=number, is_active=True).exists()
    )


def send_code(intake: Intake) -> dict[str, Any]:
    """Sends a fresh code to the citizen's account and e-mail. Returns what is kept of it: never the code itself.

    Raises ``Refused`` when the citizen cannot be reached, or was sent one a moment ago.
    """
    now = clock.now()
    person: dict[str, Any] = intake.data.get("person", {})
    before = intake.data.get("code", {}).get("sent_at")
    if before and now - datetime.fromisoformat(before) < AGAIN_AFTER:
        raise Refused("A code was sent a moment ago. Please wait a minute.")
    number = str(person.get("identity_number", ""))
    user = User.objects.filter(party__identity_number=number, is_active=True).first() if number else None
    if user is None and not person.get("email"):
        raise Refused("The citizen has neither an account nor an e-mail address. Choose another way to agree.")
    code = f"{secrets.randbelow(1_000_000):06}"
    unit = directory().unit(intake.unit_id)
    send(
        [
            Notice(
                kind="dossier.assist_code",
                dedupe=f"assist-code:{intake.pk.hex}:{int(now.timestamp())}",
                at=now,
                params={"number": code, "procedure": intake.data.get("procedure_name", ""), "unit": unit.name},
                party_id=user.party_id if user else None,
                email=str(person.get("email", "")),
            )
        ]
    )
    return {"hash": _hashed(intake, code), "sent_at": now.isoformat(), "tries": 0}


def check_code(intake: Intake, code: str) -> None:
    """Raises ``Invalid`` unless it is the code that was sent, in time and within five tries."""
    kept: dict[str, Any] = intake.data.get("code", {})
    now = clock.now()
    if not kept or now - datetime.fromisoformat(kept["sent_at"]) > GOOD_FOR:
        raise Invalid(fields={"code": ["Send a code first; it is good for 15 minutes."]})
    if kept["tries"] >= TRIES:
        raise Invalid(fields={"code": ["Too many wrong codes. Send a new one."]})
    if not hmac.compare_digest(kept["hash"], _hashed(intake, code.strip())):
        intake.data["code"] = {**kept, "tries": kept["tries"] + 1}
        raise Invalid(fields={"code": ["This is not the code that was sent."]})


def _hashed(intake: Intake, code: str) -> str:
    """The code is short: kept only as a keyed hash, bound to this walk-in."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{intake.pk}:{code}".encode(), hashlib.sha256).hexdigest()
