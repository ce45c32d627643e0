"""Which flow a procedure takes, a version's steps, and what changed between versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from motcua.engines.flows.models import Flow, FlowRule, FlowVersion
from motcua.engines.flows.rules import Definition, Step, parse
from motcua.engines.ledger.models import Event
from motcua.foundation import clock
from motcua.foundation.cache import Remembered


@lru_cache(maxsize=2048)
def definition(version_id: UUID) -> Definition:
    """The steps of a published version, which never change: kept per process."""
    return parse(FlowVersion.objects.values_list("steps", flat=True).get(pk=version_id))


def versions_in_force(on: date | None = None) -> dict[UUID, UUID]:
    """Flow → its version in force on a day: the one with the latest first day, of two the later number."""
    published = FlowVersion.objects.filter(effective_from__lte=on or clock.today(), published_at__isnull=False)
    newest = published.order_by("flow_id", "-effective_from", "-number").distinct("flow_id")
    return dict(newest.values_list("flow_id", "id"))


def _load() -> dict[tuple[str, str, str], UUID]:
    current = versions_in_force()
    return {
        (code, field, level): current[flow]
        for code, field, level, flow in FlowRule.objects.values_list("procedure_code", "field", "level", "flow_id")
        if flow in current
    }


_versions = Remembered(_load)


class _RolesInUse(Remembered[frozenset[str]]):
    """The steps of thousands of flows are read anew only when a version was published or taken back."""

    def __init__(self) -> None:
        super().__init__(self._load_changed)
        self._seen: tuple[int, datetime | None] | None = None
        self._roles: frozenset[str] = frozenset()

    def forget(self) -> None:
        super().forget()
        self._seen = None

    def _load_changed(self) -> frozenset[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(published_at), max(published_at) FROM flows_flowversion")
            seen = cursor.fetchone()
            if seen != self._seen:
                cursor.execute("SELECT DISTINCT jsonb_path_query(steps, '$[*].role') #>> '{}' FROM flows_flowversion")
                self._roles = frozenset(str(role) for (role,) in cursor.fetchall() if role)
                self._seen = seen
        return self._roles


roles_in_use = _RolesInUse()
"""The roles and permissions that steps of any version ask for: empty in most provinces."""


def forget() -> None:
    """What was published or taken back holds at once in this process."""
    _versions.forget()
    roles_in_use.forget()


def version_for(procedure_code: str, field: str, level: str) -> UUID | None:
    """The flow version in force for a procedure: by code, by field and level, by field, by level, else the default."""
    versions = _versions()
    for key in ((procedure_code, "", ""), ("", field, level), ("", field, ""), ("", "", level), ("", "", "")):
        if key in versions:
            return versions[key]
    return None


def revision_of(flow: Flow) -> int:
    """The number of its last event: whoever writes it anew tells by this what they had before them."""
    return Event.objects.filter(stream=flow.pk).order_by("-seq").values_list("seq", flat=True).first() or 0


def rules_of(flow: Flow) -> list[dict[str, str]]:
    """What takes the flow."""
    found = FlowRule.objects.filter(flow=flow).order_by("id").values_list("procedure_code", "field", "level")
    return [{"procedure_code": code, "field": field, "level": level} for code, field, level in found]


@dataclass(frozen=True, slots=True)
class Difference:
    """A step that differs: ``kind`` is added, removed or changed; ``cells`` are (property, before, after)."""

    key: str
    name: str
    kind: str
    cells: tuple[tuple[str, Any, Any], ...] = ()


def compared(before: Definition, after: Definition) -> list[Difference]:
    """What differs between two versions, step by step in the order of the later one; what was removed comes last."""
    found = []
    for step in after.steps:
        old = before.find(step.key)
        if old is None:
            found.append(Difference(step.key, step.name, "added"))
        elif cells := tuple(_cells(old, step)):
            found.append(Difference(step.key, step.name, "changed", cells))
    return found + [Difference(step.key, step.name, "removed") for step in before.steps if after.find(step.key) is None]


def _cells(old: Step, new: Step) -> Iterable[tuple[str, Any, Any]]:
    for one in fields(Step):
        if (was := getattr(old, one.name)) != (now := getattr(new, one.name)):
            yield one.name, was, now
