"""Days that people can check on a wall calendar, and what must be refused."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, date, datetime, time

import pytest

from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid
from motcua.foundation.working_time import (
    DEFAULT_CALENDAR,
    Allowance,
    Calendar,
    DayKind,
    DueMoment,
    Effect,
    Extension,
    Shift,
    SpecialDay,
    Stop,
    Unit,
    closes_unanswered,
    due,
    explain,
    is_working_day,
    last_extension,
    previous_working_day,
    reckon,
    remaining,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("received", "allowed", "expected"),
    [
        # Tết 2026 (16–20 February) with the weekends around it lies between.
        ("2026-02-13T09:10", "5 working_day", "2026-02-27T17:00"),
        ("2026-02-13T17:00", "5 working_day", "2026-02-27T17:00"),
        ("2026-02-13T17:01", "5 working_day", "2026-03-02T17:00"),
        ("2026-02-15T10:00", "1 working_day", "2026-02-24T17:00"),
        # 2026-01-02 is off against Saturday 2026-01-10, which counts.
        ("2025-12-31T08:00", "1 working_day", "2026-01-05T17:00"),
        ("2026-01-09T08:00", "1 working_day", "2026-01-10T17:00"),
        ("2026-01-08T08:00", "2 day", "2026-01-10T17:00"),
        # The library's own swap: Monday 2026-08-31 off, Saturday 2026-08-22 worked; then National Day.
        ("2026-08-21T08:00", "1 working_day", "2026-08-22T17:00"),
        ("2026-08-28T16:59", "1 working_day", "2026-09-03T17:00"),
        ("2026-11-23T10:00", "1 working_day", "2026-11-25T17:00"),
        # Hours roll over lunch, night and the weekend; the end of a shift belongs to it.
        ("2026-03-06T07:00", "8 hour", "2026-03-06T17:00"),
        ("2026-03-06T11:00", "1 hour", "2026-03-06T14:00"),
        ("2026-03-06T11:00", "0.5 hour", "2026-03-06T11:30"),
        ("2026-03-06T12:00", "1 hour", "2026-03-06T14:30"),
        ("2026-03-06T16:00", "2 hour", "2026-03-09T08:00"),
        ("2026-03-06T18:00", "8 hour", "2026-03-09T17:00"),
        # Calendar days and months, never ending on a day off.
        ("2026-03-02T09:00", "3 day", "2026-03-05T17:00"),
        ("2026-03-02T09:00", "5 day", "2026-03-09T17:00"),
        ("2026-01-30T09:00", "1 month", "2026-03-02T17:00"),
        ("2024-01-31T09:00", "1 month", "2024-02-29T17:00"),
        ("2026-03-02T09:00", "1.5 month", "2026-04-17T17:00"),
        # Half days stand in the real catalogue.
        ("2026-03-02T09:00", "3.5 working_day", "2026-03-06T11:00"),
        ("2026-03-02T09:00", "0 working_day", "2026-03-02T17:00"),
        ("2026-03-02T05:00", "0 hour", "2026-03-02T07:00"),
    ],
)
def test_due(received: str, allowed: str, expected: str) -> None:
    assert due(DEFAULT_CALENDAR, at(received), Allowance.parse(allowed)) == at(expected)


def test_any_time_zone_is_understood_and_none_is_refused() -> None:
    five = Allowance(5, Unit.WORKING_DAY)
    utc = datetime(2026, 2, 13, 2, 10, tzinfo=UTC)
    assert due(DEFAULT_CALENDAR, utc, five) == at("2026-02-27T17:00")
    with pytest.raises(ValueError, match="time zone"):
        due(DEFAULT_CALENDAR, datetime(2026, 2, 13, 9, 10), five)


def test_the_hour_of_receipt_as_policy() -> None:
    calendar = Calendar(due_moment=DueMoment.HOUR_OF_RECEIPT)
    assert due(calendar, at("2026-03-02T09:10"), Allowance(3, Unit.WORKING_DAY)) == at("2026-03-05T09:10")
    assert due(calendar, at("2026-03-02T18:10"), Allowance(3, Unit.WORKING_DAY)) == at("2026-03-06T07:00")
    # Moved off a day off, the time ends with the next working day (BLDS Đ148.5).
    assert due(calendar, at("2026-03-02T09:10"), Allowance(5, Unit.DAY)) == at("2026-03-09T17:00")


def test_saturday_reception_counts_as_receipt_but_not_as_a_day() -> None:
    saturday = (Shift(time(7), time(11, 30)),)
    calendar = Calendar(reception=((), (), (), (), (), saturday, ()))
    one = Allowance(1, Unit.WORKING_DAY)
    assert due(calendar, at("2026-03-07T09:00"), one) == at("2026-03-09T17:00")
    assert due(DEFAULT_CALENDAR, at("2026-03-07T09:00"), one) == at("2026-03-10T17:00")
    assert due(calendar, at("2026-03-07T11:31"), one) == at("2026-03-10T17:00")
    assert not is_working_day(calendar, date(2026, 3, 7))


def test_special_days_win_and_bring_their_hours() -> None:
    calendar = DEFAULT_CALENDAR.with_days(
        [
            SpecialDay(date(2026, 3, 3), DayKind.OFF, "CĐ 01 bão"),
            SpecialDay(date(2026, 3, 7), DayKind.WORKED, "CĐ 01 bão", (Shift(time(8), time(12)),)),
        ]
    )
    assert due(calendar, at("2026-03-02T09:00"), Allowance(5, Unit.WORKING_DAY)) == at("2026-03-09T17:00")
    assert due(calendar, at("2026-03-06T09:00"), Allowance(1, Unit.WORKING_DAY)) == at("2026-03-07T12:00")
    told = explain(calendar, at("2026-03-02T09:00"), Allowance(5, Unit.WORKING_DAY))
    assert [step.basis for step in told].count("CĐ 01 bão") == 2


def test_explanation_names_law_and_holidays() -> None:
    steps = explain(DEFAULT_CALENDAR, at("2026-02-12T18:00"), Allowance(5, Unit.WORKING_DAY))
    told = [(step.render(), step.basis) for step in steps]
    assert told == [
        ("Received at 18:00 12/02/2026.", "ND118 Đ17.3"),
        (
            "After the end of office hours; counted from the next working morning, 07:00 13/02/2026.",
            "Giờ làm việc của cơ quan",
        ),
        ("5 working days; the first day is not counted.", "BLDS Đ147.2"),
        ("4 weekly rest days between 14/02/2026 and 22/02/2026 are not counted.", "BLLĐ Đ111"),
        ("16/02/2026 to 20/02/2026 are not counted: Lunar New Year.", "BLLĐ Đ112"),
        ("Due at 17:00 27/02/2026.", "BLDS Đ148.6"),
    ]


def test_supplement_restarts_the_clock() -> None:
    five = Allowance(5, Unit.WORKING_DAY)
    asked, supplied = at("2026-03-04T10:00"), at("2026-03-12T15:00")
    waiting = reckon(DEFAULT_CALENDAR, at("2026-03-02T09:00"), five, [Stop(asked)])
    assert waiting.due is None
    assert waiting.stopped_at == asked
    assert waiting.steps[-1].basis == "ND118 Đ19.5"
    going = reckon(DEFAULT_CALENDAR, at("2026-03-02T09:00"), five, [Stop(asked, supplied)])
    assert going.due == at("2026-03-19T17:00")
    assert closes_unanswered(DEFAULT_CALENDAR, asked) == date(2026, 3, 19)
    assert closes_unanswered(DEFAULT_CALENDAR, at("2026-03-06T10:00")) == date(2026, 3, 23)


@pytest.mark.parametrize(
    ("allowed", "stopped", "resumed", "expected"),
    [
        # Stopped and going on within one day: nothing lost, nothing won.
        ("5 working_day", "2026-03-03T08:00", "2026-03-03T16:00", "2026-03-09T17:00"),
        ("5 working_day", "2026-03-03T08:00", "2026-03-04T08:00", "2026-03-10T17:00"),
        # In the evening until the next morning no working time has passed.
        ("5 working_day", "2026-03-03T18:00", "2026-03-04T06:00", "2026-03-09T17:00"),
        ("5 day", "2026-03-03T08:00", "2026-03-10T08:00", "2026-03-16T17:00"),
        ("1 month", "2026-03-03T08:00", "2026-03-10T08:00", "2026-04-09T17:00"),
        ("16 hour", "2026-03-03T08:00", "2026-03-04T08:00", "2026-03-05T09:00"),
        # Already late when it stopped: a wait does not heal that.
        ("1 working_day", "2026-03-04T08:00", "2026-03-10T08:00", "2026-03-03T17:00"),
    ],
)
def test_payment_wait_resumes(allowed: str, stopped: str, resumed: str, expected: str) -> None:
    stop = Stop(at(stopped), at(resumed), Effect.RESUME, "NĐ 118 Đ24")
    outcome = reckon(DEFAULT_CALENDAR, at("2026-03-02T09:00"), Allowance.parse(allowed), [stop])
    assert outcome.due == at(expected)


def test_extension_counts_on_and_a_late_one_is_flagged() -> None:
    start, five, two = at("2026-03-02T09:00"), Allowance(5, Unit.WORKING_DAY), Allowance(2, Unit.WORKING_DAY)
    end = due(DEFAULT_CALENDAR, start, five)
    assert last_extension(end) == date(2026, 3, 8)
    eve = reckon(DEFAULT_CALENDAR, start, five, extension=Extension(at("2026-03-08T23:00"), two))
    assert (eve.due, eve.late_extension) == (at("2026-03-11T17:00"), False)
    early = reckon(DEFAULT_CALENDAR, start, five, extension=Extension(at("2026-03-06T08:00"), two))
    assert (early.due, early.late_extension) == (at("2026-03-11T17:00"), False)
    late = reckon(DEFAULT_CALENDAR, start, five, extension=Extension(at("2026-03-09T08:00"), two))
    assert (late.due, late.late_extension) == (at("2026-03-11T17:00"), True)
    # A restart after the extension begins a new full period; one before it is extended.
    stop = Stop(at("2026-03-10T08:00"), at("2026-03-16T08:00"))
    both = reckon(DEFAULT_CALENDAR, start, five, [stop], Extension(at("2026-03-06T08:00"), two))
    assert both.due == at("2026-03-23T17:00")
    after = reckon(DEFAULT_CALENDAR, start, five, [stop], Extension(at("2026-03-17T08:00"), two))
    assert after.due == at("2026-03-25T17:00")


def test_waits_out_of_order_are_refused() -> None:
    start, five = at("2026-03-02T09:00"), Allowance(5, Unit.WORKING_DAY)
    for stops in (
        [Stop(at("2026-03-01T09:00"), at("2026-03-03T09:00"))],
        [Stop(at("2026-03-04T09:00"), at("2026-03-03T09:00"))],
        [Stop(at("2026-03-03T09:00")), Stop(at("2026-03-04T09:00"))],
        [Stop(at("2026-03-03T09:00"), at("2026-03-05T09:00")), Stop(at("2026-03-04T09:00"))],
    ):
        with pytest.raises(Invalid):
            reckon(DEFAULT_CALENDAR, start, five, stops)


def test_remaining() -> None:
    left = remaining(DEFAULT_CALENDAR, at("2026-03-05T16:00"), at("2026-03-09T17:00"))
    assert (left.late, left.working_days, left.working_seconds) == (False, 2, 17 * 3600)
    over = remaining(DEFAULT_CALENDAR, at("2026-03-10T09:00"), at("2026-03-09T17:00"))
    assert (over.late, over.working_days, over.working_seconds) == (True, 1, 2 * 3600)
    assert previous_working_day(DEFAULT_CALENDAR, date(2026, 2, 23)) == date(2026, 2, 13)


@pytest.mark.parametrize(
    "text",
    ["", "5", "day", "-1 day", "5 weeks", "1e9 day", "999999 month", "5 day day", "٥ day " * 20, "\0", "NaN day"],
)
def test_allowances_that_are_none(text: str) -> None:
    with pytest.raises(Invalid):
        Allowance.parse(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 working_day", Allowance(5, Unit.WORKING_DAY)),
        ("5 WORKING_DAY", Allowance(5, Unit.WORKING_DAY)),
        ("3,5 ngày làm việc", Allowance(3.5, Unit.WORKING_DAY)),
        ("30 ngày", Allowance(30, Unit.DAY)),
        ("8h", Allowance(8, Unit.HOUR)),
        ("2.0 tháng", Allowance(2, Unit.MONTH)),
    ],
)
def test_allowances_as_written(text: str, expected: Allowance) -> None:
    assert Allowance.parse(text) == expected
    assert Allowance.parse(str(expected)) == expected


def test_moments_beyond_the_known_holidays_are_refused() -> None:
    for year in (1, 1899, 2101, 9999):
        with pytest.raises(Invalid):
            due(DEFAULT_CALENDAR, datetime(year, 12, 31, 23, tzinfo=UTC), Allowance(5, Unit.WORKING_DAY))
    with pytest.raises(Invalid):
        due(DEFAULT_CALENDAR, at("2099-01-01T08:00"), Allowance(9999, Unit.DAY))


def test_calendar_data_goes_round() -> None:
    data = {
        "week": {"mon": ["07:30-11:30", "13:00-16:30"], "sat": ["08:00-12:00"]},
        "reception": {"sun": ["08:00-10:00"]},
        "days": {
            "2026-03-03": {"kind": "off", "basis": "CĐ 01"},
            "2026-03-08": {"kind": "worked", "shifts": ["08:00-09:00"]},
        },
        "due_moment": "hour_of_receipt",
    }
    calendar = Calendar.from_data(data)
    assert Calendar.from_data(calendar.as_data()) == calendar
    assert hash(Calendar.from_data(data)) == hash(calendar)
    assert Calendar.from_data(data).table is calendar.table
    assert Calendar.from_data({}) == DEFAULT_CALENDAR
    assert Calendar.from_data(DEFAULT_CALENDAR.as_data()) == DEFAULT_CALENDAR


@pytest.mark.parametrize(
    "data",
    [
        {"week": {"mon": ["11:00-07:00"]}},
        {"week": {"mon": ["07:00-11:00", "10:00-12:00"]}},
        {"week": {"mon": ["7 bis 11"]}},
        {"week": {"mon": []}},
        {"week": {"moon": ["07:00-11:00"]}},
        {"days": {"yesterday": {"kind": "off"}}},
        {"days": {"2026-01-01": {"kind": "perhaps"}}},
        {"days": {"2026-01-01": {}}},
        {"due_moment": "noon"},
    ],
)
def test_calendar_data_that_is_none(data: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        Calendar.from_data(data)


def test_many_threads_walking_apart_agree() -> None:
    # A growing table must never lose the years that another thread relies on.
    calendar = Calendar(hours_basis="threads", days=())
    wrong: list[int] = []

    def walk(years: range) -> None:
        for year in years:
            start = datetime(year, 3, 2, 9, tzinfo=VIETNAM)
            end = due(calendar, start, Allowance(40, Unit.WORKING_DAY))
            fresh = Calendar(days=(), due_moment=DueMoment.CLOSING, public_holidays=True)
            if end != due(fresh, start, Allowance(40, Unit.WORKING_DAY)):
                wrong.append(year)

    threads = [
        threading.Thread(target=walk, args=(range(start, end, step),))
        for start, end, step in ((2026, 2060, 3), (2026, 1990, -3), (2027, 2061, 2), (2025, 1990, -2))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_importing_does_not_load_the_holiday_library() -> None:
    code = "import sys, motcua.foundation.working_time; print('holidays' in sys.modules, 'django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_explanation_names_what_lies_between_receipt_and_the_first_morning() -> None:
    steps = explain(DEFAULT_CALENDAR, at("2026-02-13T18:00"), Allowance(1, Unit.WORKING_DAY))
    assert [step.render() for step in steps] == [
        "Received at 18:00 13/02/2026.",
        "4 weekly rest days between 14/02/2026 and 22/02/2026 are not counted.",
        "16/02/2026 to 20/02/2026 are not counted: Lunar New Year.",
        "After the end of office hours; counted from the next working morning, 07:00 23/02/2026.",
        "1 working day; the first day is not counted.",
        "Due at 17:00 24/02/2026.",
    ]
    steps = explain(DEFAULT_CALENDAR, at("2026-01-02T10:00"), Allowance(1, Unit.WORKING_DAY))
    assert [step.render() for step in steps][:3] == [
        "Received at 10:00 02/01/2026.",
        "2 weekly rest days between 03/01/2026 and 04/01/2026 are not counted.",
        "On a day off (day off by decision); counted from the next working morning, 07:00 05/01/2026.",
    ]
    steps = explain(DEFAULT_CALENDAR, at("2026-01-09T10:00"), Allowance(2, Unit.WORKING_DAY))
    assert "10/01/2026 is counted: a working day made up." in [step.render() for step in steps]
    steps = explain(DEFAULT_CALENDAR, at("2026-08-28T10:00"), Allowance(2, Unit.WORKING_DAY))
    told = " ".join(step.render() for step in steps)
    assert "31/08/2026 to 02/09/2026 are not counted: day off, made up on 22/08/2026, National Day." in told
    steps = explain(DEFAULT_CALENDAR, at("2026-01-31T10:00"), Allowance(1, Unit.MONTH))
    assert steps[-1].render() == "Due at 17:00 02/03/2026."
