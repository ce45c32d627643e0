"""What later days bring to the dossiers of the working day: their own dates are moved, nobody else's."""

from __future__ import annotations

import subprocess
import sys

import psycopg

from tests.support.running import Platform, clean_environment

_REMIND = """
import sys
from motcua.interfaces.cli import database
database.ensure()
from motcua.engines.cases.models import Task
from motcua.engines.cases.reminding import due_now
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation import clock
from motcua.foundation.working_time import add_working_seconds
from motcua.services.dossiers.actions.reminding import remind
task = Task.objects.get(case__dossier__code=sys.argv[1], state="open")
for hours in (-2, 1, 9, 25):
    with clock.at(add_working_seconds(calendar_for(task.unit_id), task.due_at, hours * 3600)):
        for found in due_now(clock.now()):
            if found.task_id == task.id:
                remind.run(SYSTEM, found.case_id, task_id=found.task_id, rule=found.rule)
"""


_REMIND_SUPPLEMENTS = """
import sys
from datetime import timedelta
from motcua.interfaces.cli import database
database.ensure()
from motcua.foundation import clock
from motcua.services.dossiers.jobs import remind_supplements
from motcua.services.dossiers.models import SupplementRequest
day = clock.now().replace(hour=10)  # by day in Viet Nam too; never earlier than what else the inbox has
if day < clock.now():
    day += timedelta(days=1)
request = SupplementRequest.objects.filter(dossier__code=sys.argv[1], answered_at=None)
assert request.update(answer_by=day.date() + timedelta(days=2)) == 1
with clock.at(day):
    remind_supplements(timestamp=0)
"""


def supplement_is_due_soon(server: Platform, code: str) -> None:
    """Thirteen of the fifteen days pass; then the job runs that reminds, which it does by day only."""
    _run(server, _REMIND_SUPPLEMENTS, code)


def supplement_expires(server: Platform, code: str) -> None:
    """Twenty days pass for what a dossier waits for; then the job runs that closes it (ND118 Đ19.5)."""
    with server.connect() as database:
        moved = database.execute(
            "update dossiers_supplementrequest set requested_at = requested_at - interval '20 days',"
            " answer_by = answer_by - 40 where answered_at is null"
            " and dossier_id = (select case_id from dossiers_dossier where code = %s)",
            [code],
        )
        assert moved.rowcount == 1
        _queue(database, "dossiers.close_unanswered")


def opinion_grows_late(server: Platform, code: str) -> None:
    """The day passes by which an agency was to answer about a dossier; then the job runs that tells (ND118 Đ19)."""
    with server.connect() as database:
        moved = database.execute(
            "update dossiers_opinion set due_at = due_at - interval '60 days' where answered_at is null"
            " and dossier_id = (select case_id from dossiers_dossier where code = %s)",
            [code],
        )
        assert moved.rowcount == 1
        _queue(database, "dossiers.watch_opinions")


def _queue(database: psycopg.Connection[tuple[object, ...]], task: str) -> None:
    """A periodic job now, without waiting for its hour."""
    database.execute(
        "insert into procrastinate_jobs (queue_name, task_name, args) values ('default', %s, '{\"timestamp\": 0}')",
        [task],
    )


def step_grows_late(server: Platform, code: str) -> None:
    """The moments of the rules for the one open step of a dossier: before it is due, at it, and after it, up to the
    superior. The job does this with every step, by day only; here the clock stands where it would find this one."""
    _run(server, _REMIND, code)


def _run(server: Platform, program: str, code: str) -> None:
    """Runs some lines on the platform's database, in a process of their own as its worker is."""
    command = [sys.executable, "-P", "-c", program, code]
    done = subprocess.run(command, env=clean_environment(server.home), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def ready_for_weeks(server: Platform, code: str) -> None:
    """The result of a dossier waits at the counter for a month already."""
    with server.connect() as database:
        moved = database.execute(
            "update cases_task set opened_at = opened_at - interval '30 days' where state = 'open'"
            " and stage = 'return' and case_id = (select case_id from dossiers_dossier where code = %s)",
            [code],
        )
        assert moved.rowcount == 1
