"""What is told by events, in words: keys of units, people, steps and papers by their names, codes by their labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Model, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.engines.accounts.models import PartyKind, User
from motcua.engines.cases.models import Stage
from motcua.engines.ledger.models import Event
from motcua.engines.organisations.models import Appointment, SuccessionKind, UnitKind, WorkCalendar
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import PERMISSIONS
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid
from motcua.foundation.working_time import Allowance
from motcua.foundation.working_time.explaining import allowance_text
from motcua.interfaces.desk.administration.event_words import label_words
from motcua.interfaces.desk.administration.flow_words import role_words
from motcua.interfaces.desk.administration.places import choice_words
from motcua.interfaces.templatetags._status import STATUSES
from motcua.services.dossiers.models import Channel, Delivery, FileKind
from motcua.services.dossiers.models.moving import Load
from motcua.services.dossiers.models.proposing import Turn
from motcua.services.dossiers.models.together import Dropped, Way

if TYPE_CHECKING:
    from motcua.interfaces.desk.administration.blocks import Words

DECISIONS: Mapping[str, Words] = {
    "correct": gettext_lazy("corrected"),
    "accept": gettext_lazy("right as it stands"),
}
CHOICES: Final[Mapping[str, tuple[type[TextChoices], ...]]] = {
    "kind": (UnitKind, PartyKind, FileKind, SuccessionKind),
    "channel": (Channel,),
    "delivery": (Delivery,),
    "load": (Load,),
    "turn": (Turn,),
    "way": (Way,),
    "basis": (Dropped,),
    "stage": (Stage,),
}
SAID: Final[Mapping[str, Mapping[str, Words]]] = {
    "decision": DECISIONS,
    "effect": {
        "restart": gettext_lazy("the time counts from zero"),
        "resume": gettext_lazy("the time goes on"),
    },
    "how": {
        "account": gettext_lazy("with their own account"),
        "paper": gettext_lazy("with a paper"),
        "code": gettext_lazy("with a code"),
        "signed": gettext_lazy("with a signature"),
    },
    "proof": {
        "code": gettext_lazy("with a code"),
        "signed": gettext_lazy("with a signature"),
        "sent": gettext_lazy("sent"),
    },
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}[\d:.+\-Z]*")


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
        return "; ".join(f"{label_words(str(name))}: {value_words(one)}" for name, one in value.items())
    text = str(value)
    if _DAY.fullmatch(text):
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    if _MOMENT.fullmatch(text):
        return f"{datetime.fromisoformat(text).astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    return text if len(text) <= 400 else text[:399] + "…"


class Names:
    """Names behind the keys in events: people, calendars, posts, units, permissions, a dossier's steps and papers.

    At most one query for each kind of name, for all events together.
    """

    def __init__(
        self,
        events: Iterable[Event],
        steps: Mapping[str, str] | None = None,
        components: Mapping[str, str] | None = None,
    ) -> None:
        self.steps, self.components = steps or {}, components or {}
        self.form: Mapping[str, Any] | None = None
        self.units = {str(unit.id): unit.label for unit in directory().all}
        keys: dict[str, set[UUID]] = {"calendar_id": set(), "acting_for": set(), "": set()}
        for event in events:
            for name, key in _keys(event.data):
                keys[name if name in keys else ""].add(key)
        people = {key for key in keys[""] if str(key) not in self.units}
        self.known = {
            "calendar_id": _named(WorkCalendar, keys["calendar_id"], "name"),
            "acting_for": _named(Appointment, keys["acting_for"], "user__full_name"),
        }
        self.people = _named(User, people, "full_name")

    def words(self, name: str, value: Any) -> str:
        """The value of a thing said. Empty for a key that stands for nothing people know by a name."""
        if name.startswith("files") and isinstance(value, list):
            return str(len(value))
        if isinstance(value, list) and name not in ("permissions", "scopes"):
            found = [self._item(name, one) for one in value]
            return ", ".join(one for one in found if one) or ("" if value else "–")
        if isinstance(value, bool) or not isinstance(value, str | int):
            return self._list(name, value)
        return self._one(name, value)

    def _list(self, name: str, value: Any) -> str:
        if name in ("permissions", "scopes") and isinstance(value, list):
            return ", ".join(str(PERMISSIONS.get(one, one)) for one in value) or "–"
        return value_words(value)

    def _item(self, name: str, one: Any) -> str:
        """One of several: of what is missing its name and reason, of agencies asked the agency."""
        if not isinstance(one, Mapping):
            return self.words(name, one)
        if "unit" in one:
            return self.words("unit", one["unit"])
        if "name" in one:
            return ": ".join(str(part) for part in (one["name"], one.get("reason")) if part)
        return value_words(one)

    def _one(self, name: str, value: str | int) -> str:
        if name == "status" and value in (0, *STATUSES):
            return str(STATUSES[int(value)].label) if value else "–"
        text = str(value)
        if name in self.known and text:
            return self.known[name].get(text, "")
        if _key(text) is not None:
            return self.units.get(text) or self.people.get(text, "")
        if name in ("unit", "parent") and text in directory().by_code:
            return f"{directory().by_code[text].name} ({text})"
        if name in ("step", "to", "from") and text in self.steps:
            return self.steps[text]
        if name in ("component", "components") and text in self.components:
            return self.components[text]
        if name == "role":
            return role_words(text) or value_words(value)
        return self._choice(name, text) or value_words(value)

    def _choice(self, name: str, text: str) -> str:
        if text in SAID.get(name, {}):
            return str(SAID[name][text])
        for kind in CHOICES.get(name, ()):
            if text in kind.values:
                return str(kind(text).label)
        if name == "allowance" and text:
            try:
                return allowance_text(Allowance.parse(text)).render(_)
            except Invalid:
                return ""
        said = choice_words(name, text)
        return said if said != text else ""


def _keys(data: Any, name: str = "") -> Iterator[tuple[str, UUID]]:
    """All keys in an event's data, with the name of what they stand at."""
    if isinstance(data, Mapping):
        for inner, value in data.items():
            yield from _keys(value, str(inner)) if inner != "work" else ()
    elif isinstance(data, list):
        for value in data:
            yield from _keys(value, name)
    elif (key := _key(data)) is not None:
        yield name, key


def _key(value: Any) -> UUID | None:
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return UUID(value)
    except ValueError:
        return None


def _named(model: type[Model], keys: set[UUID], name: str) -> dict[str, str]:
    if not keys:
        return {}
    return {str(key): said for key, said in model._default_manager.filter(pk__in=keys).values_list("pk", name)}
