"""Units as they were: past lines name the unit of that day and say who has its work now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.engines.ledger.models import Event
from motcua.engines.organisations.queries import directory
from motcua.foundation.clock import VIETNAM

KIND = "dossier.reorganised"


class UnitsThen:
    """Which unit a dossier's unit of today was at a moment, from the reorganisations in its ledger."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._moves = [event for event in events if event.kind == KIND]

    def unit(self, key: UUID, at: datetime) -> UUID:
        for event in reversed(self._moves):
            if event.at <= at:
                break
            before, after = event.data["before"], event.data["after"]
            key = next((UUID(before[name]) for name in before if after[name] == str(key)), key)
        return key

    def words(self, key: UUID | str, at: datetime) -> str:
        """“Phường X (now Phường Y)”; without the addition where nothing has changed."""
        return then_and_now(self.unit(UUID(str(key)), at), at)


def then_and_now(key: UUID, at: datetime) -> str:
    """A unit's name at a moment, and its name or successor now where that is another."""
    if key not in directory().by_id:
        return _("The agency")
    then, now = directory().names(key, at.astimezone(VIETNAM).date())
    return _("%(then)s (now %(now)s)") % {"then": then, "now": now} if now else then


def taken_over(data: Mapping[str, Any]) -> tuple[str, str]:
    """A reorganisation in a dossier's life in plain words: who took over from whom, and by what."""
    before, after = data.get("before", {}), data.get("after", {})
    name = next((each for each in ("competent", "received_at", "holder", *before) if each in before), "")
    units = directory().by_id
    old, new = units.get(UUID(before[name])) if name else None, units.get(UUID(after[name])) if name else None
    on = date.fromisoformat(data["on"])
    what = _("Since %(day)s %(new)s has taken over from %(old)s") % {
        "day": f"{on:%d/%m/%Y}",
        "new": new.name if new else _("The agency"),
        "old": old.name if old else _("The agency"),
    }
    return what, _("By %(basis)s") % {"basis": data.get("basis", "")}
