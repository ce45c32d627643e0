"""What can be asked about procedures. The catalogue is public: nobody's list is scoped here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from motcua.foundation import clock
from motcua.foundation.cache import Remembered
from motcua.foundation.errors import NotFound
from motcua.services.procedures import versions
from motcua.services.procedures.content import Content, ProcedureData, from_json, to_json
from motcua.services.procedures.models import (
    Field,
    LifeEvent,
    LifeEventProcedure,
    Procedure,
    ProcedureDraft,
    ProcedureVersion,
    ReviewItem,
    SearchEntry,
)
from motcua.services.procedures.search import Hit, search
from motcua.services.procedures.words import folded

__all__ = [
    "Change",
    "FieldCount",
    "Hit",
    "Listed",
    "as_json",
    "browse",
    "by_code",
    "common",
    "current",
    "difference",
    "draft_content",
    "fields",
    "history",
    "life_event",
    "life_events",
    "open_draft",
    "review_counts",
    "review_items",
    "search",
    "version",
    "version_ids",
]


@lru_cache(maxsize=512)
def version(version_id: UUID) -> ProcedureData:
    """A version, which never changes once published: kept per process. Raises ``NotFound``."""
    found = versions.read([version_id]).get(version_id)
    if found is None:
        raise NotFound("There is no such procedure.")
    return found


def by_code(code: str, on: date | None = None) -> ProcedureData:
    """The version of a procedure in force on a day (default today); one query. Raises ``NotFound``."""
    day = on or clock.today()
    found = (
        ProcedureVersion.objects.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=day),
            procedure__code=code[:64],
            state=ProcedureVersion.State.PUBLISHED,
            effective_from__lte=day,
        )
        .values_list("id", flat=True)
        .first()
    )
    if found is None:
        raise NotFound("There is no such procedure, or it is not in force on this day.")
    return version(found)


def _load_in_force() -> tuple[date, dict[str, UUID]]:
    day = clock.today()
    found = ProcedureVersion.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=day),
        state=ProcedureVersion.State.PUBLISHED,
        effective_from__lte=day,
    )
    return day, dict(found.values_list("procedure__code", "id"))


in_force = Remembered(_load_in_force)
"""A day, and code → version in force on it, kept for some seconds: submissions and pages ask for it all the time."""


def _load_closed() -> frozenset[UUID]:
    closed = Procedure.objects.exclude(status=Procedure.Status.ACTIVE)
    return frozenset(closed.values_list("id", flat=True))


closed = Remembered(_load_closed)
"""Procedures that are suspended or abolished: nothing new can be submitted; running dossiers go on."""


def current(code: str) -> ProcedureData:
    """The version in force today. Raises ``NotFound``."""
    day, known = in_force()
    found = known.get(code) if day == clock.today() else None
    return version(found) if found is not None else by_code(code)


def as_json(procedure: ProcedureData) -> dict[str, Any]:
    """A version as one JSON document: what ``motcua procedures show`` prints."""
    return {
        "code": procedure.code,
        "version": procedure.number,
        "effective_from": procedure.effective_from,
        "effective_to": procedure.effective_to,
        **to_json(procedure),
        "online": procedure.online,
        "result_types": [{"code": one.code, "name": one.name} for one in procedure.result_types],
    }


def version_ids(codes: Iterable[str], on: date | None = None) -> dict[str, UUID]:
    """Code → key of the version in force on a day, for many procedures in one query."""
    day = on or clock.today()
    found = ProcedureVersion.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=day),
        procedure__code__in=list(codes),
        state=ProcedureVersion.State.PUBLISHED,
        effective_from__lte=day,
    )
    return dict(found.values_list("procedure__code", "id"))


def history(code: str) -> list[ProcedureVersion]:
    """All versions of a procedure, newest first, without their parts."""
    return list(ProcedureVersion.objects.filter(procedure__code=code[:64]).order_by("-number"))


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list of procedures; ``summary`` as ``search_index.summary`` makes it."""

    code: str
    name: str
    procedure_id: UUID
    version_id: UUID
    level: str
    online: bool
    summary: dict[str, Any]
    popularity: int = 0


def browse(
    *,
    field: UUID | None = None,
    level: str | None = None,
    online_only: bool = False,
    after: tuple[int, str] | None = None,
    limit: int = 50,
) -> list[Listed]:
    """Procedures in force, the common ones first, then by code; ``after`` is (popularity, code) of the last seen."""
    entries = SearchEntry.objects.order_by("-popularity", "code")
    if field:
        entries = entries.filter(field_id=field)
    if level:
        entries = entries.filter(level=level)
    if online_only:
        entries = entries.filter(online=True)
    if after:
        entries = entries.filter(Q(popularity__lt=after[0]) | Q(popularity=after[0], code__gt=after[1]))
    return [_listed(entry) for entry in entries[: min(limit, 200)]]


def common(limit: int = 10) -> list[Listed]:
    """The procedures asked for most."""
    return browse(limit=limit)


def _listed(entry: SearchEntry) -> Listed:
    return Listed(
        code=entry.code,
        name=entry.name,
        procedure_id=entry.procedure_id,
        version_id=entry.version_id,
        level=entry.level,
        online=entry.online,
        summary=entry.summary,
        popularity=entry.popularity,
    )


@dataclass(frozen=True, slots=True)
class FieldCount:
    """A field (lĩnh vực) and how many procedures in force it has."""

    id: UUID
    name: str
    procedures: int


def _load_fields() -> list[FieldCount]:
    counted = (
        SearchEntry.objects.exclude(field=None)
        .values_list("field_id", "field__name")
        .annotate(total=models.Count("pk"))
        .order_by("-total", "field__name")
    )
    return [FieldCount(key, name, total) for key, name, total in counted if key]


fields: Remembered[list[FieldCount]] = Remembered(_load_fields, seconds=300)
"""The fields with procedures in force, the largest first; kept per process for five minutes."""


def field_named(name: str) -> Field | None:
    """A field by its name in any spelling of case and accents."""
    return Field.objects.filter(folded=folded(name)).first()


def _load_life_events() -> list[LifeEvent]:
    return list(LifeEvent.objects.order_by("position"))


life_events: Remembered[list[LifeEvent]] = Remembered(_load_life_events, seconds=300)
"""The life events of the home page in order."""


def life_event(key: str) -> tuple[LifeEvent, list[Listed]]:
    """A life event and its procedures in force, in the order the administrator gave. Raises ``NotFound``."""
    event = next((one for one in life_events() if one.key == key), None)
    if event is None:
        raise NotFound("There is no such life event.")
    codes = list(
        LifeEventProcedure.objects.filter(life_event=event).order_by("position").values_list("code", flat=True)
    )
    entries = {entry.code: _listed(entry) for entry in SearchEntry.objects.filter(code__in=codes)}
    return event, [entries[code] for code in codes if code in entries]


def open_draft(procedure: Procedure) -> ProcedureDraft | None:
    """The edit that waits to be published, if there is one."""
    return ProcedureDraft.objects.filter(procedure=procedure, state=ProcedureDraft.State.OPEN).first()


def draft_content(draft: ProcedureDraft) -> Content:
    """What the next version would say."""
    return from_json(draft.content)


def review_items(
    *,
    reason: str = "",
    code: str = "",
    state: str = ReviewItem.State.OPEN,
    after: UUID | None = None,
    limit: int = 50,
) -> list[ReviewItem]:
    """What an administrator has to look at, with procedure and version; in order of key, ``after`` exclusive."""
    items = ReviewItem.objects.filter(state=state).select_related("procedure", "version").order_by("id")
    if reason:
        items = items.filter(reason=reason)
    if code:
        items = items.filter(procedure__code=code[:64])
    if after:
        items = items.filter(id__gt=after)
    return list(items[: min(limit, 200)])


def review_counts() -> dict[str, int]:
    """Open review items by reason."""
    counted = ReviewItem.objects.filter(state=ReviewItem.State.OPEN).values_list("reason")
    return dict(counted.annotate(total=models.Count("pk")).order_by("-total"))


@dataclass(frozen=True, slots=True)
class Change:
    """One place in which two versions differ; ``before`` or ``after`` is None where the place is new or gone."""

    path: str
    before: Any
    after: Any


def difference(before: Content, after: Content) -> list[Change]:
    """What a version changes against another, place by place."""
    found: list[Change] = []
    _compare("", to_json(before), to_json(after), found)
    return found


def _compare(path: str, before: Any, after: Any, found: list[Change]) -> None:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            _compare(f"{path}.{key}" if path else key, before.get(key), after.get(key), found)
    elif isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            pair = [one[place] if place < len(one) else None for one in (before, after)]
            _compare(f"{path}[{place}]", pair[0], pair[1], found)
    elif before != after:
        found.append(Change(path, before, after))
