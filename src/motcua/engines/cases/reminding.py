"""Reminders by rule: dated rules, and the open tasks whose moment has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from motcua.engines.cases.models import Recipient, ReminderRule, Stage
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotFound
from motcua.foundation.working_time import Calendar, add_working_seconds

EDIT: Final = "organisations.edit"
MOST_HOURS: Final = 400
BATCH: Final = 500
HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Found:
    """A task of which a rule reminds now."""

    rule: ReminderRule
    task_id: UUID
    case_id: UUID


def define_rule(
    work: Work,
    *,
    name: str,
    hours: int,
    recipient: str,
    stage: str = "",
    valid_from: date,
    valid_to: date | None = None,
) -> ReminderRule:
    """A new rule. ``hours``: working hours from the due moment, negative before it. Rules don't change: one is ended,
    another begins. Raises ``NotAllowed``, ``Invalid``."""
    work.actor.require(EDIT)
    fields: dict[str, list[str]] = {}
    if not name.strip():
        fields["name"] = ["Give the rule a name."]
    if not -MOST_HOURS <= hours <= MOST_HOURS:
        fields["hours"] = ["At most 400 working hours before or after."]
    if recipient not in Recipient.values:
        fields["recipient"] = ["Choose whom to remind."]
    if stage and stage not in Stage.values:
        fields["stage"] = ["Choose a kind of step, or none."]
    if valid_from < clock.today():
        fields["valid_from"] = ["A rule begins today or later."]
    if valid_to is not None and valid_to < valid_from:
        fields["valid_to"] = ["The last day lies before the first."]
    if fields:
        raise Invalid(fields=fields)
    rule = ReminderRule(
        name=name.strip()[:120],
        hours=hours,
        recipient=recipient,
        stage=stage,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    work.add(rule)
    work.record(rule.id, "reminder_rule.defined", {"after": _as_data(rule)}, first=True)
    return rule


def end_rule(work: Work, rule_id: UUID, *, last_day: date) -> ReminderRule:
    """Ends a rule after ``last_day``. Raises ``NotAllowed``, ``NotFound``, ``Conflict`` when it has ended."""
    work.actor.require(EDIT)
    rule = ReminderRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise NotFound("There is no such entry.")
    if rule.valid_to is not None and rule.valid_to <= last_day:
        raise Conflict("This rule has already been ended.")
    before = _as_data(rule)
    rule.valid_to = max(last_day, rule.valid_from)
    work.change(rule, "valid_to")
    work.record(rule.id, "reminder_rule.ended", {"before": before, "after": _as_data(rule)})
    return rule


def _as_data(rule: ReminderRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "hours": rule.hours,
        "recipient": str(rule.recipient),
        "stage": str(rule.stage),
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else "",
    }


def rules_on(day: date) -> list[ReminderRule]:
    """The rules that hold on a day, earliest moment first."""
    held = ReminderRule.objects.filter(valid_from__lte=day)
    return list(held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day)).order_by("hours", "name"))


# Counters say where open work is due by a day; each such place is then one probe of the index of open tasks.
_DUE: Final = """
SELECT t.id, t.case_id FROM
    (SELECT DISTINCT unit_id, stage FROM cases_workcount
     WHERE state = 'open' AND due_on <= %(day)s AND (%(stage)s = '' OR stage = %(stage)s)) w
    JOIN unnest(%(units)s::uuid[], %(since)s::timestamptz[], %(until)s::timestamptz[]) h(unit, since, until)
        ON h.unit = w.unit_id,
    LATERAL (
        SELECT t.id, t.case_id, t.due_at FROM cases_task t
        WHERE t.state = 'open' AND t.unit_id = w.unit_id AND t.stage = w.stage
        AND t.due_at > h.since AND t.due_at <= h.until AND (%(hours)s >= 0 OR t.due_at > %(now)s)
        AND t.due_at - t.opened_at > %(ahead)s
        AND NOT EXISTS (SELECT FROM cases_reminder r WHERE r.task_id = t.id AND r.rule_id = %(rule)s)
        ORDER BY t.due_at LIMIT %(limit)s
    ) t ORDER BY t.due_at LIMIT %(limit)s
"""


def due_now(now: datetime) -> Iterator[Found]:
    """Open tasks of which the rules remind at ``now`` (aware) and have not reminded yet, at most ``BATCH`` of a rule.

    A step that was shorter from the beginning than the warning before its end is not warned of.
    """
    units = [unit.id for unit in directory().all]
    for rule in rules_on(now.astimezone(VIETNAM).date()):
        begin = datetime.combine(rule.valid_from, time.min, tzinfo=VIETNAM)
        until, since = _moved(units, now, rule.hours), _moved(units, begin, rule.hours)
        values: dict[str, Any] = {
            "day": max((moment.astimezone(VIETNAM).date() for moment in until), default=now.date()),
            "stage": str(rule.stage),
            "units": units,
            "since": since,
            "until": until,
            "now": now,
            "hours": rule.hours,
            "ahead": timedelta(hours=max(0, -rule.hours)),
            "rule": rule.id,
            "limit": BATCH,
        }
        with connection.cursor() as cursor:
            cursor.execute(_DUE, values)
            rows = cursor.fetchall()
        yield from (Found(rule, task_id, case_id) for task_id, case_id in rows)


def _moved(units: list[UUID], moment: datetime, hours: int) -> list[datetime]:
    """For each unit the due moment that lies so many working hours before ``moment`` (after it when negative)."""
    known: dict[int, datetime] = {}
    found = []
    for unit in units:
        calendar: Calendar = calendar_for(unit)
        key = id(calendar)
        if key not in known:
            known[key] = add_working_seconds(calendar, moment, -hours * HOUR)
        found.append(known[key])
    return found
