"""Which flow a procedure takes, and a version's steps."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from motcua.engines.flows.models import FlowRule, FlowVersion
from motcua.engines.flows.rules import Definition, parse
from motcua.foundation import clock
from motcua.foundation.cache import Remembered


@lru_cache(maxsize=2048)
def definition(version_id: UUID) -> Definition:
    """The steps of a published version, which never change: kept per process."""
    return parse(FlowVersion.objects.values_list("steps", flat=True).get(pk=version_id))


def _load() -> dict[tuple[str, str, str], UUID]:
    today = clock.today()
    current: dict[UUID, UUID] = {}
    published = FlowVersion.objects.filter(effective_from__lte=today, published_at__isnull=False)
    for version in published.order_by("flow_id", "number").only("id", "flow_id"):
        current[version.flow_id] = version.id
    return {
        (rule.procedure_code, rule.field, rule.level): current[rule.flow_id]
        for rule in FlowRule.objects.all()
        if rule.flow_id in current
    }


_versions = Remembered(_load)


def version_for(procedure_code: str, field: str, level: str) -> UUID | None:
    """The flow version in force for a procedure: by code, by field and level, by field, by level, else the default."""
    versions = _versions()
    for key in ((procedure_code, "", ""), ("", field, level), ("", field, ""), ("", "", level), ("", "", "")):
        if key in versions:
            return versions[key]
    return None
