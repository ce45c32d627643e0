"""Changing flows: a new version beside the old; running cases keep theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

from motcua.engines.flows import queries
from motcua.engines.flows.models import Flow, FlowRule, FlowVersion
from motcua.engines.flows.rules import parse
from motcua.engines.ledger.work import Work
from motcua.foundation.errors import Invalid


def publish(
    work: Work,
    key: str,
    name: str,
    steps: list[dict[str, Any]],
    *,
    effective_from: date,
    rules: list[dict[str, str]] | None = None,
) -> FlowVersion:
    """Publishes a version of a flow (made when new). ``rules`` add procedures, fields or levels that take it.

    Raises ``NotAllowed`` without catalogue.edit; ``Invalid`` naming what is wrong with the steps.
    """
    work.actor.require("catalogue.edit")
    problems = parse(steps).problems()
    if problems:
        raise Invalid(fields={step or "steps": [message] for step, message in problems})
    flow = Flow.objects.filter(key=key).first()
    number = 1
    if flow is None:
        flow = Flow(key=key, name=name)
        work.add(flow)
    else:
        number = 1 + (flow.versions.order_by("-number").values_list("number", flat=True).first() or 0)
    version = FlowVersion(flow=flow, number=number, steps=steps, effective_from=effective_from, published_at=work.now)
    work.add(version)
    for rule in rules or []:
        if not FlowRule.objects.filter(**_subject(rule)).exists():
            work.add(FlowRule(flow=flow, **_subject(rule)))
    work.record(
        flow.id,
        "flow.published",
        {"flow": key, "version": number, "steps": steps, "effective_from": effective_from.isoformat()},
    )
    queries._versions.forget()
    return version


def _subject(rule: dict[str, str]) -> dict[str, str]:
    return {name: rule.get(name, "") for name in ("procedure_code", "field", "level")}
