"""One line of time per agency: who has it, how long each was allowed and took; one query; the same for a million."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.accounts.queries import actor_of
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.working_time import Allowance
from motcua.services.dossiers import actions
from motcua.services.dossiers.together.timelines import WIDTH, Line, merged, timeline, without
from tests.factories import make_dossier, make_officer, make_staff, make_units, unit

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)

MOMENTS = st.integers(0, 50).map(lambda hours: MONDAY + timedelta(hours=hours))
INTERVALS = st.lists(st.tuples(MOMENTS, MOMENTS), max_size=6)


def covered(intervals: list[tuple[datetime, datetime]]) -> set[int]:
    """The hours that lie in any of the intervals."""
    return {hour for hour in range(50) for begin, end in intervals if begin <= MONDAY + timedelta(hours=hour) < end}


@given(INTERVALS, INTERVALS)
def test_cutting_and_merging_keep_exactly_the_right_hours(
    ones: list[tuple[datetime, datetime]], holes: list[tuple[datetime, datetime]]
) -> None:
    assert covered(merged(ones)) == covered(ones)
    rest = without(ones, holes)
    assert covered(rest) == covered(ones) - covered(holes)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(rest))


def line_of(lines: tuple[Line, ...], code: str) -> Line:
    return next(line for line in lines if line.unit.code == code)


@pytest.mark.django_db
def test_each_agency_has_a_line_with_what_it_was_allowed_and_took() -> None:
    staff = make_staff()
    dossier = make_dossier("new", staff=staff, at=MONDAY)
    with clock.at(MONDAY + timedelta(hours=1)):
        actions.accept.run(staff.counter, dossier.pk)
    with clock.at(MONDAY + timedelta(hours=2)):
        (row,) = actions.ask_opinions.run(
            staff.specialist,
            dossier.pk,
            unit_ids=[unit("other_department")],
            question="Có ý kiến gì không?",
            allow=Allowance.parse("2 hour"),
        )
    now = MONDAY + timedelta(days=1)
    found = timeline([dossier.pk], now)
    counter, commune, asked = (line_of(found.lines, code) for code in ("H57.100.1", "H57.100", "H57.11"))
    assert (counter.state, counter.taken, counter.allowed) == ("done", 60, 480)
    # from nine on Monday until eight on Tuesday, noon left out: 2.5 + 3.5 + 1 hours
    assert (commune.state, commune.taken, commune.late) == ("holds", 7 * 60, False)
    assert (asked.state, asked.late, asked.due_at) == ("asked", True, row.due_at)
    assert found.holders == ["Ủy ban nhân dân phường Thuận Hóa"]
    assert any(bar.late for bar in asked.bars)
    for line in found.lines:
        assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in line.bars)


@pytest.mark.django_db
def test_a_stop_of_the_clock_is_nobody_s_time() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff, at=MONDAY)
    wanted = {"component": "p2", "name": "Giấy chứng sinh", "reason": "Mờ", "basis": ""}
    with clock.at(MONDAY + timedelta(hours=1)):
        actions.request_supplement.run(staff.specialist, dossier.pk, items=[wanted])
    waiting = line_of(timeline([dossier.pk], MONDAY + timedelta(days=3)).lines, "H57.100")
    assert (waiting.state, waiting.taken) == ("waits", 60)
    citizen = dossier.applicant.users.get() if dossier.applicant else None
    assert citizen is not None
    with clock.at(MONDAY + timedelta(days=3)):
        actions.supply.run(actor_of(citizen), dossier.pk, files=[], message="Bản mới ở đây")
    found = timeline([dossier.pk], MONDAY + timedelta(days=3, hours=2))
    assert (line_of(found.lines, "H57.100").state, line_of(found.lines, "H57.100").taken) == ("holds", 180)
    assert len(found.stops) == 1


@pytest.mark.django_db
def test_a_division_s_work_counts_for_its_agency_and_parts_ahead_are_shown() -> None:
    units = make_units()
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff, at=MONDAY)
    with clock.at(MONDAY + timedelta(hours=1)):
        (row,) = actions.ask_opinions.run(
            staff.specialist, dossier.pk, unit_ids=[units["division"].id], question="Có ý kiến gì không?"
        )
        officer = actor_of(make_officer("specialist", units["division"]))
        actions.answer_opinion.run(officer, dossier.pk, task_id=row.task_id, agrees=True, answer="Đồng ý")
    found = timeline([dossier.pk], MONDAY + timedelta(hours=2), [units["other_department"].id])
    assert line_of(found.lines, "H57.10").state == "done"
    assert line_of(found.lines, "H57.11").state == "ahead"


@pytest.mark.django_db
def test_the_lines_of_any_number_of_dossiers_are_one_query_by_index() -> None:
    staff = make_staff()
    dossiers = [make_dossier("returned", staff=staff, at=MONDAY) for _ in range(3)]
    timeline([dossiers[0].pk], MONDAY)
    for keys in ([dossiers[0].pk], [one.pk for one in dossiers]):
        with CaptureQueriesContext(connection) as queries:
            assert timeline(keys, MONDAY + timedelta(days=1)).lines
        assert len(queries) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for table in ("cases_task", "cases_stop"):
            cursor.execute(f"EXPLAIN SELECT * FROM {table} WHERE case_id = ANY(%s)", [[dossiers[0].pk]])  # noqa: S608
            plan = " ".join(row[0] for row in cursor.fetchall())
            assert "Index" in plan, plan
