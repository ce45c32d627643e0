"""Forecasts before submission: from past cases and today's queue, honest in their shares, never a promise."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.cases import readers as work_counts
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.working_time import DEFAULT_CALENDAR, add_working_seconds
from motcua.services.dossiers import actions, forecasting
from motcua.services.dossiers.forecasting import (
    ENOUGH,
    SHARES,
    Book,
    Past,
    forecast,
    keys_of,
    minutes_taken,
    quantile,
    queue_factor,
    recompute,
)
from motcua.services.dossiers.models import Experience, Scope, UsualLoad
from tests.factories import make_citizen, make_dossier, make_procedure, make_staff, make_units, open_task, unit

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)
SOMEWHERE = UUID(int=57)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=200), st.sampled_from(SHARES))
def test_a_quantile_has_at_least_its_share_of_the_known_cases_at_or_below_it(values: list[int], share: float) -> None:
    ordered = sorted(values)
    found = quantile(ordered, share)
    assert found in ordered
    assert sum(value <= found for value in ordered) >= share * len(ordered)


def test_no_cases_give_no_quantile() -> None:
    with pytest.raises(ValueError, match="no cases"):
        quantile([], 0.5)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_queue_moves_a_forecast_within_bounds_and_in_the_right_direction(now: float, usual: float) -> None:
    factor = queue_factor(now, usual)
    assert 0.8 <= factor <= 1.6
    assert (factor >= 1) == (now >= usual) or abs(factor - 1) < 1e-9
    assert queue_factor(usual, usual) == pytest.approx(1)


def test_the_applicant_s_own_waits_do_not_count() -> None:
    end = MONDAY + timedelta(days=1)
    asked, answered = MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2)
    whole = minutes_taken(DEFAULT_CALENDAR, MONDAY, end, [])
    assert minutes_taken(DEFAULT_CALENDAR, MONDAY, end, [(asked, answered)]) == whole - 60
    assert minutes_taken(DEFAULT_CALENDAR, MONDAY, end, [(MONDAY - timedelta(days=9), end + timedelta(days=9))]) == 0


def history(rng: Random, count: int, *, procedure: str = "1.000001", field: str = "Hộ tịch") -> list[Past]:
    """Cases whose time is as real times are: skewed, a few very long; one every forty minutes."""
    cases = []
    for number in range(count):
        begin = MONDAY + timedelta(minutes=40 * number)
        minutes = int(rng.lognormvariate(6.5, 0.7))
        ended = add_working_seconds(DEFAULT_CALENDAR, begin, minutes * 60)
        cases.append(Past(procedure, field, SOMEWHERE, begin, ended, minutes))
    return cases


def test_on_a_seeded_history_the_shares_are_kept() -> None:
    """Forecasts made only with what had ended before each case: half, four fifths and 95 % of them come true."""
    cases = history(Random(57), 3_000)
    kept = [0, 0, 0]
    tried = 0
    for start in range(1_000, 3_000, 250):
        moment = cases[start].submitted_at
        book = Book(case for case in cases if case.finished_at < moment)
        key = book.best("1.000001", "Hộ tịch", SOMEWHERE)
        assert key is not None
        told = book.quantiles(key)
        for case in cases[start : start + 250]:
            tried += 1
            for at, bound in enumerate(told):
                kept[at] += case.minutes <= bound
    for share, count in zip(SHARES, kept, strict=True):
        assert count / tried == pytest.approx(share, abs=0.03)


def test_few_cases_fall_back_to_what_is_most_alike() -> None:
    rng = Random(1)
    book = Book([*history(rng, ENOUGH - 1, procedure="1.000009"), *history(rng, ENOUGH, procedure="1.000001")])
    assert book.best("1.000001", "Hộ tịch", SOMEWHERE) == (Scope.EXACT, "1.000001", "", SOMEWHERE)
    assert book.best("1.000001", "Hộ tịch", uuid4()) == (Scope.PROCEDURE, "1.000001", "", None)
    assert book.best("1.000009", "Hộ tịch", SOMEWHERE) == (Scope.FIELD, "", "Hộ tịch", SOMEWHERE)
    assert book.best("9.9", "Đất đai", SOMEWHERE) == (Scope.AGENCY, "", "", SOMEWHERE)
    assert book.best("9.9", "Đất đai", None) is None
    assert keys_of("1", "a", None) == [(Scope.PROCEDURE, "1", "", None)]


@pytest.mark.django_db
def test_the_nightly_count_makes_the_forecast_and_the_present_queue_stretches_it() -> None:
    staff, citizen = make_staff(), make_citizen()
    procedure = make_procedure("1.000001")
    for number in range(ENOUGH):
        begin = MONDAY + timedelta(hours=number % 3)
        dossier = make_dossier("signing", staff=staff, citizen=citizen, procedure=procedure, at=begin)
        with clock.at(begin + timedelta(hours=1 + number % 2)):
            actions.complete.run(
                staff.head, dossier.pk, task_id=open_task(dossier.pk).id, approved=True, name="Giấy khai sinh"
            )
    night = MONDAY + timedelta(days=1)
    assert recompute(night) >= 3
    row = Experience.objects.get(scope=Scope.EXACT)
    assert (row.cases, row.unit_id, row.procedure_code) == (ENOUGH, unit("commune"), "1.000001")
    assert row.q50 <= row.q80 <= row.q95 <= 120
    work_counts.recount()
    with CaptureQueriesContext(connection) as queries:
        found = forecast(procedure, unit("commune"), night)
    assert len(queries) == 2
    assert found is not None
    assert found.scope == Scope.EXACT
    assert found.half <= found.usually <= found.nearly_always
    calm = add_working_seconds(calendar_for(unit("commune")), night, row.q80 * 60)
    assert found.usually <= calm
    for _ in range(60):
        make_dossier("processing", staff=staff, citizen=citizen, procedure=procedure, at=night)
    work_counts.recount()
    busy = forecast(procedure, unit("commune"), night)
    assert busy is not None
    assert (busy.busy, busy.usually > calm) == (1, True)
    other = forecast(procedure, unit("other_commune"), night)
    assert other is not None
    assert other.scope == Scope.PROCEDURE, "nothing is known there, but of the procedure elsewhere"
    assert forecast(make_procedure("1.000002", field="Đất đai"), unit("other_commune"), night) is None
    assert "promise" in busy.as_json()["note"]


@pytest.mark.django_db
def test_a_second_count_replaces_the_first_and_old_cases_are_forgotten() -> None:
    make_units()
    make_dossier("returned", at=MONDAY)
    assert recompute(MONDAY + timedelta(days=1)) == 0, "one case says too little"
    assert list(forecasting.past_cases(MONDAY + timedelta(days=300), MONDAY + timedelta(days=700))) == []
    recompute(MONDAY + timedelta(days=500))
    assert Experience.objects.count() == 0
    assert all(row.open_steps >= 0 for row in UsualLoad.objects.all())
