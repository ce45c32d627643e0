"""Wording and quiet hours by rule."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.notices.rules import Wording, check_placeholders, filled, quiet_until
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid

NOON = datetime(2026, 2, 13, 12, 0, tzinfo=VIETNAM)


def test_values_are_put_in_and_dates_are_readable() -> None:
    wording = Wording("Hồ sơ {code}\nx", "Hẹn trả {due_at}, bổ sung trước {answer_by}. {nothing}")
    values = {"code": "H57-1", "due_at": "2026-02-20T09:30:00+00:00", "answer_by": "2026-03-01"}
    assert filled(wording, values, "vi") == Wording(
        "Hồ sơ H57-1 x", "Hẹn trả 16:30 ngày 20/02/2026, bổ sung trước 01/03/2026."
    )
    assert "16:30 on 20/02/2026" in filled(wording, values, "en").body


def test_a_value_is_never_read_as_a_template() -> None:
    said = filled(Wording("{code}", "{code}"), {"code": "{secret} {0.__class__}", "secret": "x"}, "vi")
    assert said.body == "{secret} {0.__class__}"


@pytest.mark.parametrize(
    "text", ["{code.__class__}", "{code!r}", "{code[0]}", "{}", "{0}", "{other}", "{code", "}", ""]
)
def test_only_known_placeholders_are_admitted(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_placeholders(Wording("ok", text), {"code"})
    assert set(caught.value.fields) == {"body"}


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.times(), st.times())
def test_quiet_hours_end_at_their_end_and_soon(moment: datetime, start: time, end: time) -> None:
    now = moment.replace(tzinfo=VIETNAM)
    until = quiet_until(now, start, end)
    if until is None:
        return
    assert now < until <= now + timedelta(days=1)
    assert until.astimezone(VIETNAM).time() == end
    assert quiet_until(until, start, end) is None


@pytest.mark.parametrize(
    ("clock_time", "expected"),
    [
        ("21:59", None),
        ("22:00", "2026-02-14T06:00"),
        ("23:59", "2026-02-14T06:00"),
        ("05:59", "2026-02-13T06:00"),
        ("06:00", None),
    ],
)
def test_quiet_hours_over_midnight(clock_time: str, expected: str | None) -> None:
    now = datetime.combine(NOON.date(), time.fromisoformat(clock_time), VIETNAM)
    until = quiet_until(now, time(22), time(6))
    assert (until.strftime("%Y-%m-%dT%H:%M") if until else None) == expected
