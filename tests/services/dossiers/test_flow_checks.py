"""What an office is told before it publishes a flow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from motcua.engines.flows.rules import STANDARD, parse
from motcua.engines.organisations.models import Appointment, Unit
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.services.dossiers.flow_checks import advice_on, procedures_using, working_hours
from tests.factories import make_officer, make_procedure, make_staff, make_units

pytestmark = pytest.mark.django_db


def told(*steps: dict[str, Any], code: str = "", later: int = 0) -> list[str]:
    rules = [{"procedure_code": code}] if code else []
    day = clock.today() + timedelta(days=later)
    return [f"{one.step}: {one.text}" for one in advice_on(parse(steps), rules, day)]


def standard(**first: Any) -> list[dict[str, Any]]:
    return [{**STANDARD[0], **first}, *(dict(step) for step in STANDARD[1:])]


def test_hours_over_the_law_are_told_per_procedure() -> None:
    make_staff()
    code = make_procedure(allow=("5", "WORKING_DAY")).code
    assert not any("longest way" in one for one in told(*standard(hours=40), code=code))
    said = next(one for one in told(*standard(hours=41), code=code) if "longest way" in one)
    assert "41" in said
    assert code in said
    assert (working_hours(7, "DAY"), working_hours(1, "MONTH"), working_hours(4, "HOUR")) == (40, 176, 4)


def test_nobody_to_do_it_is_told_for_the_day_it_holds() -> None:
    units = make_units()
    make_staff()
    make_staff("other_commune")
    head = make_officer("head", units["department"])
    steps = standard(unit="code:H57.10")
    steps[1] = {**steps[1], "unit": "code:H57.10"}
    assert not any("nobody" in one for one in told(*steps))
    Appointment.objects.filter(user=head).update(valid_to=clock.today() + timedelta(days=5))
    assert not any("nobody" in one for one in told(*steps, later=5))
    assert any("Sở Tư pháp" in one for one in told(*steps, later=6))
    assert any("no role" in one for one in told(*standard(role="vua")))
    assert any("may not do this kind" in one for one in told(*standard(role="clerk")))


def test_communes_without_anybody_are_counted() -> None:
    make_staff()  # one of two communes has people
    said = told(*standard(), code=make_procedure().code)
    assert any("1 of 2 units" in one and "Phú Xuân" in one for one in said)


def test_a_unit_that_ended_is_told() -> None:
    units = make_units()
    Unit.objects.filter(pk=units["division"].pk).update(valid_to=clock.today() - timedelta(days=1))
    forget_all()
    assert any("ended" in one for one in told(*standard(unit="code:H57.10.1")))
    assert any("no unit" in one for one in told(*standard(unit="code:H57.99")))


def test_a_closer_rule_takes_a_procedure_away() -> None:
    own, other = make_procedure(field="Hộ tịch"), make_procedure(field="Khác")
    today = clock.today()
    assert [one.code for one in procedures_using([{"field": "Hộ tịch"}], today)] == [own.code]
    assert {one.code for one in procedures_using([{}], today)} == {own.code, other.code}
