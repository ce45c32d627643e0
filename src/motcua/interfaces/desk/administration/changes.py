"""History: what was changed about a thing, by whom, when and why, read from the ledger; one block for every page.

An action records ``before`` and ``after`` (maps of settings, or plain values) or ``changes`` (a list of such, with the
place). What it says beside them — reason, decision, day — stands under the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from motcua.engines.ledger.models import Event
from motcua.interfaces.desk.administration.blocks import Own
from motcua.interfaces.desk.administration.designer.saying import setting_value
from motcua.interfaces.desk.administration.designer.vocabulary import setting_words
from motcua.interfaces.desk.administration.event_values import Names
from motcua.interfaces.desk.administration.event_words import kind_words, label_words
from motcua.interfaces.desk.administration.places import place_words
from motcua.interfaces.desk.history import who

SHOWN = 30
"""So many changes stand on a page; the ledger has the rest."""
MOST_DIFFERENCES = 60
_UNSAID = frozenset(
    {"content_hash", "draft", "form", "where", "source_hash", "key", "reader", "hash", "flow", "work", "definition"}
)
_BESIDE = frozenset({"before", "after", "changes", *_UNSAID})


@dataclass(frozen=True, slots=True)
class Change:
    """One setting: what it was and is. Of lists only what went and what came."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: when, who, what; the settings that changed and what was said with it."""

    at: datetime
    who: str
    what: str
    about: str
    said: list[tuple[str, str]]
    changes: list[Change]
    more: bool = False


def history_of(
    *streams: UUID,
    about: Mapping[UUID, str] | None = None,
    only: Callable[[Event], bool] | None = None,
    changes: Callable[[Event], Iterable[Change]] | None = None,
    form: Mapping[str, Any] | None = None,
) -> Own:
    """The block “History” of the things with these streams; one query, and one for each kind of name in it.

    ``about`` says of several streams which one an event is of; ``only`` leaves out what is not of the page;
    ``changes`` tells what changed of things that are not settings (lists of steps), in the page's own words; ``form``
    is the edition of a form whose questions its conditions speak of.
    """
    events = list(Event.objects.filter(stream__in=streams).order_by("-xid", "-id")[: SHOWN * (5 if only else 1) + 1])
    if only is not None:
        events = [event for event in events if only(event)]
    names = Names(events)
    names.form = form
    entries = [_entry(event, names, (about or {}).get(event.stream, ""), changes) for event in events[:SHOWN]]
    return Own("desk/administration/_history.html", {"entries": entries, "more": len(events) > SHOWN})


def entries_of(
    events: Sequence[Event], *, steps: Mapping[str, str] | None = None, components: Mapping[str, str] | None = None
) -> list[Entry]:
    """Events in words, in the order given. ``steps`` and ``components``: names of a dossier's steps and papers."""
    names = Names(events, steps, components)
    return [_entry(event, names, "") for event in events]


def _entry(event: Event, names: Names, about: str, changes: Callable[[Event], Iterable[Change]] | None = None) -> Entry:
    data: Mapping[str, Any] = event.data
    found = list(_changes(data, names) if changes is None else changes(event))
    unsaid = _BESIDE | {name.removesuffix("_text") for name in data if name.endswith("_text") and data[name]}
    said = [
        (label_words(name), words)
        for name, value in data.items()
        if name not in unsaid
        and value not in ("", None, [], {})
        and not isinstance(value, Mapping)
        and not (changes is not None and isinstance(value, list))
        and (words := _from_to(names, value) if _moved(name, value) else names.words(name, value))
    ]
    return Entry(
        event.at,
        who(event.actor),
        kind_words(event.kind),
        about,
        said,
        found[:MOST_DIFFERENCES],
        len(found) > MOST_DIFFERENCES,
    )


def _from_to(names: Names, value: list[int]) -> str:
    return " → ".join(names.words("status", one) for one in value)


def _moved(name: str, value: Any) -> bool:
    """Whether this is a dossier's status before and after."""
    return name == "status" and isinstance(value, list) and len(value) == 2


def _changes(data: Mapping[str, Any], names: Names) -> Iterator[Change]:
    for one in data.get("changes") or ():
        if isinstance(one, Mapping):
            path = str(one.get("path") or "")
            place = str(one.get("name") or place_words(path) or one.get("where") or "")
            setting = setting_words(one["setting"]) if one.get("setting") else ""
            label = " · ".join(part for part in (place, setting) if part)
            if "setting" in one:
                said = [setting_value(one["setting"], one.get(side), names.form) for side in ("before", "after")]
            else:
                said = [names.words(path.rsplit(".", 1)[-1], one.get(side)) for side in ("before", "after")]
            yield Change(label, *said)
    before, after = data.get("before"), data.get("after")
    if "before" not in data and "after" not in data:
        return
    if not isinstance(before, Mapping) and not isinstance(after, Mapping):
        yield Change(label_words(""), names.words("", before), names.words("", after))
        return
    old: Mapping[str, Any] = before if isinstance(before, Mapping) else {}
    new: Mapping[str, Any] = after if isinstance(after, Mapping) else {}
    for name in [*new, *(name for name in old if name not in new)]:
        was, now = old.get(name), new.get(name)
        if was == now or (was in ("", None, [], {}) and now in ("", None, [], {})):
            continue
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _inside(name, was, now, names)
        elif _listed(was) and _listed(now):
            gone = [one for one in was or () if one not in (now or ())]
            come = [one for one in now or () if one not in (was or ())]
            yield Change(label_words(name), names.words(name, gone), names.words(name, come))
        else:
            yield Change(label_words(name), names.words(name, was), names.words(name, now))


def _inside(name: str, was: Mapping[str, Any], now: Mapping[str, Any], names: Names) -> Iterator[Change]:
    """Settings within a setting, such as the days of a week."""
    for part in [*now, *(part for part in was if part not in now)]:
        if was.get(part) != now.get(part):
            label = f"{label_words(name)} · {label_words(part)}"
            yield Change(label, names.words(part, was.get(part)), names.words(part, now.get(part)))


def _listed(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value))
