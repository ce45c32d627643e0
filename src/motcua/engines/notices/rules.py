"""Wording and quiet hours. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a message says: plain text, paragraphs apart by an empty line."""

    subject: str
    body: str


def shown(name: str, value: Any, language: str) -> str:
    """A value as people read it: ``…_at`` is a moment, ``…_on`` and ``…_by`` are days (ISO 8601 in the data)."""
    if value is None:
        return ""
    if name.endswith("_at"):
        moment = datetime.fromisoformat(str(value)).astimezone(VIETNAM)
        between = " ngày " if language.startswith("vi") else " on "
        return f"{moment:%H:%M}{between}{moment:%d/%m/%Y}"
    if name.endswith(("_on", "_by")):
        return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
    return str(value)


def filled(wording: Wording, values: Mapping[str, Any], language: str) -> Wording:
    """Puts the values into ``{placeholders}``, and does nothing else: no attributes, no indexes, no formats.

    A placeholder without a value becomes empty. The subject is one line.
    """

    def replace(match: re.Match[str]) -> str:
        return shown(match[1], values.get(match[1]), language)

    subject = " ".join(_PLACEHOLDER.sub(replace, wording.subject).split())
    return Wording(subject, _PLACEHOLDER.sub(replace, wording.body).strip())


def check_placeholders(wording: Wording, known: Collection[str]) -> None:
    """Raises ``Invalid`` for empty texts and for placeholders that this kind of message does not have."""
    fields: dict[str, list[str]] = {}
    for name, text in (("subject", wording.subject), ("body", wording.body)):
        strange = sorted(set(_PLACEHOLDER.findall(text)) - set(known))
        left = _PLACEHOLDER.sub("", text)
        if not text.strip():
            fields[name] = ["Write the text."]
        elif strange or "{" in left or "}" in left:
            fields[name] = ["Use only the placeholders listed below, each in braces."]
    if fields:
        raise Invalid(fields=fields)


def quiet_until(now: datetime, quiet_from: time | None, quiet_to: time | None) -> datetime | None:
    """When the quiet hours end in which ``now`` (aware) falls; ``None`` outside of them.

    Hours are Vietnamese local time and may run over midnight (22:00 to 06:00).
    """
    if quiet_from is None or quiet_to is None or quiet_from == quiet_to:
        return None
    local = now.astimezone(VIETNAM)
    moment = local.timetz().replace(tzinfo=None)
    over_midnight = quiet_from > quiet_to
    quiet = (moment >= quiet_from or moment < quiet_to) if over_midnight else quiet_from <= moment < quiet_to
    if not quiet:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and moment >= quiet_from else 0)
    return datetime.combine(day, quiet_to, VIETNAM)
