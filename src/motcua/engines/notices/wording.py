"""Templates of messages: the services bring defaults, offices put their own wording over them from a day on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.work import begin
from motcua.engines.notices.models import Template
from motcua.engines.notices.rules import Wording, check_placeholders, filled
from motcua.foundation import clock
from motcua.foundation.cache import Remembered
from motcua.foundation.errors import Conflict, Invalid, NotFound

CHANNELS: Final = ("inbox", "email")
LANGUAGES: Final = ("vi", "en")


Link = Callable[[Mapping[str, Any]], str]
"""The path of the page that a message is about, from the message's values; asked each time, since pages move."""


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message: its name for administrators, its placeholders, what it says by (language, channel)."""

    key: str
    name: str
    placeholders: tuple[str, ...]
    wordings: Mapping[tuple[str, str], Wording]
    link: Link


_kinds: dict[str, MessageKind] = {}


def register(path: Path, link: Link) -> None:
    """Reads a service's kinds of messages from its JSON file:
    ``{"email": {language: {"before", "after"}}, "kinds": {kind: {"name", "placeholders": […], language: {"subject",
    "body"}}}}``. E-mails say the same as the inbox, between ``before`` and ``after``; ``{link}`` is always known.

    Raises ``Invalid`` or ``KeyError`` when a language is missing or uses other placeholders than those declared.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    for key, data in document["kinds"].items():
        placeholders = (*data["placeholders"], "link")
        wordings = {}
        for language in LANGUAGES:
            frame, said = document["email"][language], Wording(**data[language])
            mail = Wording(said.subject, f"{frame['before']}{said.body}{frame['after']}")
            for channel, wording in (("inbox", said), ("email", mail)):
                check_placeholders(wording, placeholders)
                wordings[language, channel] = wording
        _kinds[key] = MessageKind(key, data["name"], placeholders, wordings, link)


def kinds() -> list[MessageKind]:
    """All kinds, by key."""
    return [_kinds[key] for key in sorted(_kinds)]


def kind_of(key: str) -> MessageKind:
    """Raises ``NotFound``."""
    if key not in _kinds:
        raise NotFound("There is no kind of message called “%(key)s”.", key=key[:60])
    return _kinds[key]


def _load() -> dict[tuple[str, str, str], list[tuple[date, Wording]]]:
    found: dict[tuple[str, str, str], list[tuple[date, Wording]]] = {}
    for row in Template.objects.order_by("-effective_from"):
        place = found.setdefault((row.kind, row.language, row.channel), [])
        place.append((row.effective_from, Wording(row.subject, row.body)))
    return found


_own = Remembered(_load)


def wording_for(kind: str, channel: str, language: str, day: date) -> Wording:
    """What holds on a day: the office's own wording, else the default. Raises ``NotFound`` for an unknown kind."""
    language = "vi" if language.startswith("vi") else "en"
    for since, wording in _own().get((kind, language, channel), ()):
        if since <= day:
            return wording
    return kind_of(kind).wordings[language, channel]


def path_of(kind: str, params: Mapping[str, Any]) -> str:
    """The page that a message is about."""
    return kind_of(kind).link(params)


def render(kind: str, channel: str, language: str, params: Mapping[str, Any], day: date) -> Wording:
    """The message as it is read, in the wording that held on ``day``."""
    link = f"{settings.PUBLIC_URL}{path_of(kind, params)}"
    return filled(wording_for(kind, channel, language, day), {**params, "link": link}, language)


def stream_of(kind: str, channel: str, language: str) -> UUID:
    """The ledger stream of one wording."""
    return uuid5(NAMESPACE_URL, f"motcua:notice:{kind}:{channel}:{language}")


def publish(
    actor: Actor, *, kind: str, channel: str, language: str, wording: Wording, effective_from: date
) -> Template:
    """Puts an own wording in force from a day on (today or later).

    Raises ``NotAllowed``; ``Invalid`` for placeholders that do not exist; ``Conflict`` when that day has one already.
    """
    actor.require("catalogue.edit")
    check_placeholders(wording, kind_of(kind).placeholders)
    if channel not in CHANNELS or language not in LANGUAGES:
        raise Invalid(fields={"channel": ["Choose a channel and a language from the list."]})
    if effective_from < clock.today():
        raise Invalid(fields={"effective_from": ["It can hold from today on, not from a day that is over."]})
    same = Template.objects.filter(kind=kind, channel=channel, language=language, effective_from=effective_from)
    if same.exists():
        raise Conflict("A wording for that day is already there. Please choose a later day.")
    before = wording_for(kind, channel, language, effective_from)
    with begin(actor) as work:
        row = Template(
            kind=kind,
            channel=channel,
            language=language,
            subject=wording.subject,
            body=wording.body,
            effective_from=effective_from,
        )
        work.add(row)
        data = {
            "notice": kind,
            "channel": channel,
            "language": language,
            "effective_from": effective_from.isoformat(),
            "before": {"subject": before.subject, "body": before.body},
            "after": {"subject": wording.subject, "body": wording.body},
        }
        work.record(stream_of(kind, channel, language), "notice.template_published", data)
    _own.forget()
    return row
