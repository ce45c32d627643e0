"""Counters of open work, kept from what the events say was moved on the worklists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import connection

from motcua.engines.cases.models import WorkCount
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import reader
from motcua.foundation.clock import VIETNAM

Place = tuple[str, str, str, str | None, str | None, str | None, str]


def _reset() -> None:
    WorkCount.objects.all().delete()


@reader("work_counts", reset=_reset)
def work_counts(events: Sequence[Event]) -> None:
    """Adds up the moves [unit, stage, state, due day, ±n, person, unit that answers, role] of a batch and writes each
    counter once."""
    moved: Counter[Place] = Counter()
    for event in events:
        for unit, stage, state, due_on, by, *more in event.data.get("work", ()):
            person, answerable, role = (*more, None, None, None)[:3]
            moved[unit, stage, state, due_on, person, answerable, role or ""] += by
    # In one order always, so that nobody waits for us who we wait for.
    changes = sorted(((place, by) for place, by in moved.items() if by), key=lambda change: str(change[0]))
    if not changes:
        return
    columns = [list(column) for column in zip(*(place for place, _ in changes), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_workcount (unit_id, stage, state, due_on, assignee_id, answerable_id, role, tasks) "
            "SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::date[], %s::uuid[], %s::uuid[], %s::text[], "
            "%s::int[]) ON CONFLICT (unit_id, stage, state, due_on, assignee_id, answerable_id, role) "
            "DO UPDATE SET tasks = cases_workcount.tasks + excluded.tasks",
            [*columns, [by for _, by in changes]],
        )
        cursor.execute("DELETE FROM cases_workcount WHERE tasks = 0")


def recount() -> None:
    """The same counters straight from the tasks: after histories were loaded, and to prove the reader right."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_workcount")
        cursor.execute(
            "INSERT INTO cases_workcount (unit_id, stage, state, due_on, assignee_id, answerable_id, role, tasks) "
            "SELECT unit_id, stage, state, (due_at AT TIME ZONE %s)::date, assignee_id, answerable_id, role, count(*) "
            "FROM cases_task WHERE state IN ('open', 'waiting') GROUP BY 1, 2, 3, 4, 5, 6, 7",
            [str(VIETNAM)],
        )
