"""Changing flows: drafts, publication from a day, undoing before that day. Running cases keep their version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from motcua.engines.flows import queries
from motcua.engines.flows.models import Flow, FlowRule, FlowVersion
from motcua.engines.flows.rules import parse
from motcua.engines.ledger.work import Work
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotFound

Rules = Iterable[Mapping[str, str]]
Subject = tuple[str, str, str]


def save_draft(
    work: Work,
    key: str,
    name: str,
    steps: list[dict[str, Any]],
    *,
    rules: Rules | None = None,
    revision: int | None = None,
) -> FlowVersion:
    """Keeps steps that are still being written, wrong ones too, beside what is published; one draft per flow.

    ``rules``: the procedures, fields and levels that are to take the flow, all of them; ``None`` leaves them as they
    are. ``revision``: what ``queries.revision_of`` said when the writer began (0: a new flow), so that of two writers
    the second is told.
    Raises ``NotAllowed``, ``Conflict``; ``Invalid`` for steps that cannot even be read.
    """
    work.actor.require("catalogue.edit")
    rows = parse(steps).as_data()
    flow, newest = _flow(work, key, name, revision)
    if newest is not None and newest.published_at is None:
        version, before = newest, newest.steps
        version.steps = rows
        work.change(version, "steps")
    else:
        number = newest.number + 1 if newest else 1
        version, before = FlowVersion(flow=flow, number=number, steps=rows), newest.steps if newest else []
        work.add(version)
    data: dict[str, Any] = {"flow": key, "version": version.number, "steps": rows, "before": before}
    _take(work, flow, rules, data)
    work.record(flow.id, "flow.drafted", data)
    return version


def publish(
    work: Work,
    key: str,
    name: str,
    steps: list[dict[str, Any]],
    *,
    effective_from: date,
    rules: Rules | None = None,
    exactly: bool = False,
    revision: int | None = None,
) -> FlowVersion:
    """Publishes a version of a flow (made when new), out of its draft where there is one. ``rules`` add procedures,
    fields or levels that take it, or are with ``exactly`` all that do. ``revision`` as for ``save_draft``.

    Raises ``NotAllowed`` without catalogue.edit; ``Conflict``; ``Invalid`` naming what is wrong with the steps.
    """
    work.actor.require("catalogue.edit")
    parsed = parse(steps)
    problems = parsed.problems()
    if problems:
        raise Invalid(fields={step or "steps": [message] for step, message in problems})
    flow, newest = _flow(work, key, name, revision)
    rows, before = parsed.as_data(), newest.steps if newest is not None else []
    if flow.versions.filter(effective_from__gt=effective_from, effective_from__lte=clock.today()).exists():
        raise Invalid(fields={"effective_from": ["A later version is in force already. Choose a later day."]})
    if newest is not None and newest.published_at is None:
        version = newest
        version.steps, version.effective_from, version.published_at = rows, effective_from, work.now
        work.change(version, "steps", "effective_from", "published_at")
    else:
        number = newest.number + 1 if newest else 1
        version = FlowVersion(
            flow=flow, number=number, steps=rows, effective_from=effective_from, published_at=work.now
        )
        work.add(version)
    data: dict[str, Any] = {
        "flow": key,
        "version": version.number,
        "before": before,
        "steps": rows,
        "effective_from": effective_from.isoformat(),
    }
    if rules is not None and not exactly:
        rules = [*queries.rules_of(flow), *rules]
    _take(work, flow, rules, data)
    work.record(flow.id, "flow.published", data)
    queries.forget()
    return version


def undo(work: Work, key: str) -> FlowVersion:
    """Takes the newest publication back before its day comes: it is a draft again.

    Raises ``NotAllowed``, ``NotFound``; ``Conflict`` when it is in force already, or a draft beside it.
    """
    work.actor.require("catalogue.edit")
    flow = Flow.objects.select_for_update().filter(key=key).first()
    version = flow.versions.order_by("-number").first() if flow else None
    if flow is None or version is None:
        raise NotFound("There is no such flow.")
    if version.published_at is None or version.effective_from is None:
        raise Conflict("There is a draft. Publish it or leave it; nothing has to be undone.")
    if version.effective_from <= clock.today():
        raise Conflict("This version is in force already. Publish another one instead; running dossiers keep theirs.")
    day = version.effective_from.isoformat()
    version.effective_from = version.published_at = None
    work.change(version, "effective_from", "published_at")
    work.record(flow.id, "flow.undone", {"flow": key, "version": version.number, "effective_from": day})
    queries.forget()
    return version


def discard_draft(work: Work, key: str) -> None:
    """Throws a draft away. A flow that was never published goes with it.

    Raises ``NotAllowed``, ``NotFound`` without a draft.
    """
    work.actor.require("catalogue.edit")
    flow = Flow.objects.select_for_update().filter(key=key).first()
    version = flow.versions.order_by("-number").first() if flow else None
    if flow is None or version is None or version.published_at is not None:
        raise NotFound("There is no draft of this flow.")
    data = {"flow": key, "version": version.number, "before": version.steps}
    work.remove(version)
    if version.number == 1:
        work.remove(flow)
    work.record(flow.id, "flow.draft_discarded", data)
    queries.forget()


def _flow(work: Work, key: str, name: str, revision: int | None) -> tuple[Flow, FlowVersion | None]:
    """The flow, locked (made when new), and its newest version; as the writer knew it."""
    flow = Flow.objects.select_for_update().filter(key=key).first()
    if flow is not None and revision is not None and queries.revision_of(flow) != revision:
        if revision == 0:
            raise Conflict("There is a flow with this key already. Open it, or choose another key.")
        raise Conflict("Somebody else has changed this flow meanwhile. Please look at it again.")
    if flow is None:
        flow = Flow(key=key, name=name)
        work.add(flow)
        return flow, None
    if name and flow.name != name:
        flow.name = name
        work.change(flow, "name")
    return flow, flow.versions.order_by("-number").first()


def _take(work: Work, flow: Flow, rules: Rules | None, data: dict[str, Any]) -> None:
    """Makes exactly these subjects take the flow; one that another flow has is taken over from it."""
    if rules is None:
        return
    wanted = dict.fromkeys(subject_of(rule) for rule in rules)
    held = {(rule.procedure_code, rule.field, rule.level): rule for rule in FlowRule.objects.filter(flow=flow)}
    codes = [code for code, _, _ in wanted]
    others = {
        (rule.procedure_code, rule.field, rule.level): rule
        for rule in FlowRule.objects.filter(procedure_code__in=codes).exclude(flow=flow)
    }
    for subject, rule in held.items():
        if subject not in wanted:
            work.remove(rule)
    for subject in wanted:
        if subject in held:
            continue
        if subject in others:
            rule = others[subject]
            rule.flow = flow
            work.change(rule, "flow")
        else:
            work.add(FlowRule(flow=flow, procedure_code=subject[0], field=subject[1], level=subject[2]))
    added = [" ".join(part for part in subject if part) or "*" for subject in wanted if subject not in held]
    removed = [" ".join(part for part in subject if part) or "*" for subject in held if subject not in wanted]
    data.update({name: said for name, said in (("takes", added), ("leaves", removed)) if said})


def subject_of(rule: Mapping[str, str]) -> Subject:
    """What a rule is about: a procedure's code, or a field and a level; all empty is everything else."""
    return rule.get("procedure_code", ""), rule.get("field", ""), rule.get("level", "")
