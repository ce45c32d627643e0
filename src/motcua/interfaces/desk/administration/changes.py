"""History: what was changed about a thing, by whom, when and why, read from the ledger; one block for every page.

An action records ``before`` and ``after`` (maps of settings, or plain values) or ``changes`` (a list of such, with the
place). What it says beside them — reason, decision, day — stands under the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.engines.accounts.models import User
from motcua.engines.ledger.models import Event
from motcua.engines.organisations.models import Appointment, UnitKind, WorkCalendar
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import PERMISSIONS
from motcua.interfaces.desk.administration.blocks import Own
from motcua.interfaces.desk.administration.designer.vocabulary import SETTINGS, setting_words
from motcua.interfaces.desk.administration.flow_words import role_words
from motcua.interfaces.desk.administration.places import choice_words, place_words
from motcua.interfaces.desk.history import WORDS as DOSSIER_WORDS
from motcua.interfaces.desk.history import who

if TYPE_CHECKING:
    from motcua.interfaces.desk.administration.blocks import Words

SHOWN = 30
"""So many changes stand on a page; the ledger has the rest."""
MOST_DIFFERENCES = 60
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

KINDS: Mapping[str, Words] = {
    "unit.created": gettext_lazy("Unit made"),
    "unit.edited": gettext_lazy("Details changed"),
    "unit.moved": gettext_lazy("Moved below another unit"),
    "unit.area_set": gettext_lazy("Area set"),
    "role.defined": gettext_lazy("Role defined"),
    "role.removed": gettext_lazy("Role removed"),
    "appointment.made": gettext_lazy("Appointed"),
    "appointment.ended": gettext_lazy("Post ended"),
    "appointment.edited": gettext_lazy("Post changed"),
    "calendar.created": gettext_lazy("Calendar made"),
    "calendar.edited": gettext_lazy("Calendar changed"),
    "calendar.day_set": gettext_lazy("Day set"),
    "calendar.day_removed": gettext_lazy("Day taken back"),
    "account.created": gettext_lazy("Account made"),
    "account.password_set": gettext_lazy("Password set"),
    "account.deactivated": gettext_lazy("Account shut"),
    "account.reactivated": gettext_lazy("Account opened again"),
    "account.language_chosen": gettext_lazy("Language chosen"),
    "client.created": gettext_lazy("Client made"),
    "client.revoked": gettext_lazy("Client ended"),
    "form.version_created": gettext_lazy("Version begun"),
    "form.edited": gettext_lazy("Draft changed"),
    "form.discarded": gettext_lazy("Draft discarded"),
    "form.published": gettext_lazy("Published"),
    "form.withdrawn": gettext_lazy("Withdrawn before its day"),
    "flow.drafted": gettext_lazy("Draft changed"),
    "flow.published": gettext_lazy("Published"),
    "flow.undone": gettext_lazy("Withdrawn before its day"),
    "flow.draft_discarded": gettext_lazy("Draft discarded"),
    "flow.changed": gettext_lazy("Taken by other procedures"),
    "notice.template_published": gettext_lazy("Wording published"),
    "procedure.created": gettext_lazy("Imported"),
    "procedure.drafted": gettext_lazy("Draft changed"),
    "procedure.draft_discarded": gettext_lazy("Draft discarded"),
    "procedure.version_published": gettext_lazy("Version published"),
    "procedure.version_withdrawn": gettext_lazy("Version withdrawn before its day"),
    "procedure.status_changed": gettext_lazy("Status changed"),
    "procedure.review_settled": gettext_lazy("Doubt of the import settled"),
    "procedure.recoded": gettext_lazy("Code changed"),
    "procedure.hint_changed": gettext_lazy("Words for finding it changed"),
    "procedure_words.changed": gettext_lazy("Search word changed"),
    "procedure_words.removed": gettext_lazy("Search word removed"),
    "procedure_words.life_event_changed": gettext_lazy("Life event changed"),
    "policy.set": gettext_lazy("Figure set"),
    "policy.taken_back": gettext_lazy("Decision taken back"),
    "reason.added": gettext_lazy("Reason added"),
    "reason.changed": gettext_lazy("Reason changed"),
    "reason.retired": gettext_lazy("Reason retired"),
    "reason.restored": gettext_lazy("Reason can be chosen again"),
}

LABELS: Mapping[str, Words] = {
    **SETTINGS,
    "name": gettext_lazy("Name"),
    "short_name": gettext_lazy("Short name"),
    "kind": gettext_lazy("Kind"),
    "code": gettext_lazy("Code"),
    "parent": gettext_lazy("Below"),
    "one_stop": gettext_lazy("Takes dossiers at a counter"),
    "fields": gettext_lazy("Fields of procedures"),
    "ward_code": gettext_lazy("Code of the ward or commune"),
    "address": gettext_lazy("Address"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "calendar_id": gettext_lazy("Calendar"),
    "former_code": gettext_lazy("Former code"),
    "valid_from": gettext_lazy("First day"),
    "valid_to": gettext_lazy("Last day"),
    "area_km2": gettext_lazy("Area in km²"),
    "source": gettext_lazy("Source"),
    "permissions": gettext_lazy("May"),
    "user": gettext_lazy("Holder"),
    "unit": gettext_lazy("Unit"),
    "role": gettext_lazy("Role"),
    "title": gettext_lazy("Title"),
    "acting_for": gettext_lazy("Acting for"),
    "day": gettext_lazy("Day"),
    "worked": gettext_lazy("Worked"),
    "basis": gettext_lazy("Decision that says so"),
    "data": gettext_lazy("Working hours"),
    "username": gettext_lazy("User name"),
    "official": gettext_lazy("Official"),
    "reason": gettext_lazy("Reason"),
    "scopes": gettext_lazy("May"),
    "expires_at": gettext_lazy("Until"),
    "version": gettext_lazy("Version"),
    "replaces": gettext_lazy("Takes over from version"),
    "effective_from": gettext_lazy("In force from"),
    "effective_to": gettext_lazy("In force until"),
    "channel": gettext_lazy("Channel"),
    "language": gettext_lazy("Language"),
    "subject": gettext_lazy("Subject"),
    "body": gettext_lazy("Text"),
    "value": gettext_lazy("Value"),
    "text": gettext_lazy("Words in Vietnamese"),
    "text_en": gettext_lazy("Words in English"),
    "position": gettext_lazy("Place in the list"),
    "active": gettext_lazy("In use"),
    "term": gettext_lazy("Word"),
    "expansion": gettext_lazy("Stands for"),
    "popularity": gettext_lazy("How common (0 to 100)"),
    "words": gettext_lazy("Words of citizens"),
    "status": gettext_lazy("Status"),
    "steps": gettext_lazy("Steps"),
    "path": gettext_lazy("Place"),
    "shown": gettext_lazy("Word"),
    "number": gettext_lazy("No."),
    "decision": gettext_lazy("Decision"),
    "": gettext_lazy("Value"),
}
DECISIONS: Mapping[str, Words] = {
    "correct": gettext_lazy("corrected"),
    "accept": gettext_lazy("right as it stands"),
}
_UNSAID = frozenset({"content_hash", "draft", "form", "where", "source_hash", "key", "reader", "hash", "flow"})
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
) -> Own:
    """The block “History” of the things with these streams; one query, and one for each kind of name in it.

    ``about`` says of several streams which one an event is of; ``only`` leaves out what is not of the page;
    ``changes`` tells what changed of things that are not settings (lists of steps), in the page's own words.
    """
    events = list(Event.objects.filter(stream__in=streams).order_by("-xid", "-id")[: SHOWN * (5 if only else 1) + 1])
    if only is not None:
        events = [event for event in events if only(event)]
    names = _Names(events)
    entries = [_entry(event, names, (about or {}).get(event.stream, ""), changes) for event in events[:SHOWN]]
    return Own("desk/administration/_history.html", {"entries": entries, "more": len(events) > SHOWN})


def _entry(
    event: Event, names: _Names, about: str, changes: Callable[[Event], Iterable[Change]] | None = None
) -> Entry:
    data: Mapping[str, Any] = event.data
    found = list(_changes(data, names) if changes is None else changes(event))
    words = KINDS.get(event.kind) or DOSSIER_WORDS.get(event.kind, (event.kind,))[0]
    said = [
        (_label(name), names.words(name, value))
        for name, value in data.items()
        if name not in _BESIDE
        and value not in ("", None, [], {})
        and not isinstance(value, Mapping)
        and (_key(value) is None or name in names.known)
        and not (changes is not None and isinstance(value, list))
    ]
    return Entry(
        event.at, who(event.actor), str(words), about, said, found[:MOST_DIFFERENCES], len(found) > MOST_DIFFERENCES
    )


def _changes(data: Mapping[str, Any], names: _Names) -> Iterator[Change]:
    for one in data.get("changes") or ():
        if isinstance(one, Mapping):
            path = str(one.get("path") or "")
            place = str(one.get("name") or place_words(path) or one.get("where") or "")
            setting = setting_words(one["setting"]) if one.get("setting") else ""
            label = " · ".join(part for part in (place, setting) if part)
            name = str(one.get("setting") or path.rsplit(".", 1)[-1])
            yield Change(label, names.words(name, one.get("before")), names.words(name, one.get("after")))
    before, after = data.get("before"), data.get("after")
    if "before" not in data and "after" not in data:
        return
    if not isinstance(before, Mapping) and not isinstance(after, Mapping):
        yield Change(_label(""), names.words("", before), names.words("", after))
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
            yield Change(_label(name), names.words(name, gone), names.words(name, come))
        else:
            yield Change(_label(name), names.words(name, was), names.words(name, now))


def _inside(name: str, was: Mapping[str, Any], now: Mapping[str, Any], names: _Names) -> Iterator[Change]:
    """Settings within a setting, such as the days of a week."""
    for part in [*now, *(part for part in was if part not in now)]:
        if was.get(part) != now.get(part):
            label = f"{_label(name)} · {_label(part)}"
            yield Change(label, names.words(part, was.get(part)), names.words(part, now.get(part)))


def _listed(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _label(name: str) -> str:
    return str(LABELS.get(name, name.replace("_", " ").capitalize()))


def value_words(value: Any) -> str:
    """A recorded value as people read it."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return ", ".join(value_words(one) for one in value)
    if isinstance(value, Mapping):
        if set(value) == {"vi", "en"}:
            return str(value["vi"])
        return "; ".join(f"{_label(str(name))}: {value_words(one)}" for name, one in value.items())
    text = str(value)
    if _DAY.fullmatch(text):
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    return text if len(text) <= 400 else text[:399] + "…"


class _Names:
    """Names behind the keys in events: people, calendars, posts, units, permissions."""

    def __init__(self, events: list[Event]) -> None:
        keys: dict[str, set[UUID]] = {"user": set(), "calendar_id": set(), "acting_for": set()}
        for event in events:
            for part in (event.data, event.data.get("before"), event.data.get("after")):
                if isinstance(part, Mapping):
                    for name, found in keys.items():
                        if (key := _key(part.get(name))) is not None:
                            found.add(key)
        self.known = {
            "user": _named(User, keys["user"], "full_name"),
            "calendar_id": _named(WorkCalendar, keys["calendar_id"], "name"),
            "acting_for": _named(Appointment, keys["acting_for"], "user__full_name"),
        }

    def words(self, name: str, value: Any) -> str:
        """The value of a setting, with names for keys."""
        if name in self.known and value:
            return self.known[name].get(str(value), str(value))
        if name in ("unit", "parent") and isinstance(value, str) and value in directory().by_code:
            return f"{directory().by_code[value].name} ({value})"
        if name in ("permissions", "scopes") and isinstance(value, list):
            return ", ".join(str(PERMISSIONS.get(one, one)) for one in value) or "–"
        if name == "kind" and value in UnitKind.values:
            return str(UnitKind(value).label)
        if name == "role" and isinstance(value, str):
            return role_words(value) or value_words(value)
        if name == "decision" and value in DECISIONS:
            return str(DECISIONS[value])
        if isinstance(value, str) and (said := choice_words(name, value)) != value:
            return said
        return value_words(value)


def _key(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and value else None
    except ValueError:
        return None


def _named(model: type[Model], keys: set[UUID], name: str) -> dict[str, str]:
    if not keys:
        return {}
    return {str(key): said for key, said in model._default_manager.filter(pk__in=keys).values_list("pk", name)}
