"""Deadlines and dates in words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from motcua.foundation.clock import VIETNAM
from motcua.interfaces.templatetags._words import day_words, due_words, moment_words, money_words, span_words

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=VIETNAM)  # a Thursday


@pytest.mark.parametrize(
    ("change", "words", "tone"),
    [
        (timedelta(minutes=40), "40 minutes left", "soon"),
        (timedelta(hours=3), "3 hours left", "soon"),
        (timedelta(hours=20), "1 day left", "soon"),
        (timedelta(days=2), "2 days left", "neutral"),
        (-timedelta(hours=2), "2 hours late", "late"),
        (-timedelta(days=3), "3 days late", "late"),
        (timedelta(0), "1 minute left", "soon"),
    ],
)
def test_a_deadline_says_what_is_left_or_late(change: timedelta, words: str, tone: str) -> None:
    with translation.override("en"):
        due = due_words(NOON + change, NOON)
    assert (due.words, due.tone) == (words, tone)


def test_finished_paused_and_no_deadline_have_their_own_words() -> None:
    with translation.override("en"):
        assert due_words(None, NOON).words == "no deadline"
        assert due_words(NOON, NOON + timedelta(days=9), done_at=NOON).words == "on time"
        late = due_words(NOON, NOON, done_at=NOON + timedelta(hours=5))
        assert (late.words, late.tone) == ("finished 5 hours late", "late")
        assert due_words(NOON - timedelta(days=1), NOON, paused=True).tone == "paused"


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=400)))
def test_a_span_is_never_overstated_beyond_a_day(span: timedelta) -> None:
    """Minutes and hours are rounded down; days are those of the calendar, so at most one more than whole days."""
    with translation.override("en"):
        words = span_words(NOON, NOON + span)
    number, unit = int(words.split()[0]), words.split()[1].rstrip("s")
    assert number >= 1
    whole = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}[unit]
    slack = timedelta(days=1) if unit == "day" else timedelta(minutes=1) if unit == "minute" else timedelta(0)
    assert number * whole <= span + slack


def test_days_are_written_as_vietnamese_offices_write_them() -> None:
    with translation.override("vi"):
        assert day_words(NOON) == "thứ Năm 26/11/2026"
        assert day_words(NOON, "weekday") == "thứ Năm 26/11"
        assert day_words(NOON + timedelta(days=3)) == "Chủ nhật 29/11/2026"
        assert moment_words(NOON) == "12:00 thứ Năm 26/11/2026"
    with translation.override("en"):
        assert day_words(NOON) == "Thursday 26 November 2026"
        assert moment_words(NOON) == "12:00, Thursday 26 November 2026"


def test_a_moment_is_shown_in_vietnamese_time() -> None:
    utc = datetime.fromisoformat("2026-11-26T20:30:00+00:00")
    assert moment_words(utc, "short") == "03:30 27/11/2026"
    assert day_words(utc, "short") == "27/11/2026"


def test_money() -> None:
    with translation.override("vi"):
        assert money_words(1250000) == "1.250.000 đ"
    with translation.override("en"):
        assert money_words(0) == "free of charge"
        assert money_words(20000) == "20,000 VND"
