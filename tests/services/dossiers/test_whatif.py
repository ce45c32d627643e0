"""What if: the play of an unchanged year comes near to the year; more or fewer hands change it the way they must."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.urls import reverse

from motcua.engines.flows.actions import publish
from motcua.engines.flows.rules import STANDARD, parse
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid, Refused
from motcua.foundation.working_time import DEFAULT_CALENDAR, Allowance, add_working_seconds, due
from motcua.services.dossiers import actions
from motcua.services.dossiers.whatif import Change, answer
from motcua.services.dossiers.whatif.simulation import Arrival, Measures, Setting, play
from tests import factories
from tests.interfaces.desk.support import signed_in

UNIT = UUID(int=1)
START = datetime(2026, 3, 2, 7, tzinfo=VIETNAM)
FLOW = parse(STANDARD)


def arrivals(count: int, every: int) -> list[Arrival]:
    units = {step.key: UNIT for step in FLOW.steps}
    return [
        Arrival(uuid5(UNIT, str(n)), add_working_seconds(DEFAULT_CALENDAR, START, 60 + n * every), None, units)
        for n in range(count)
    ]


def played(count: int, every: int, hands: int, seed: int = 1, service: int = 4 * 3600) -> Any:
    measures = Measures({"verify": [service], "approve": [600]})
    return play(arrivals(count, every), Setting(FLOW, lambda *_: hands, lambda _: DEFAULT_CALENDAR, measures, seed))


def test_a_queue_grows_by_what_comes_less_what_is_done() -> None:
    """Every two hours one that takes four: with one pair of hands the n-th waits 2·n hours, with two nobody waits."""
    one, two = played(20, 2 * 3600, 1), played(20, 2 * 3600, 2)
    assert one.steps["verify"].queued == sum(2 * 3600 * n for n in range(20))
    assert two.steps["verify"].queued == 0
    assert len(one.finished) == len(two.finished) == 20
    assert max(one.finished.values()) > max(two.finished.values())


def test_the_same_seed_is_the_same_year() -> None:
    measures = Measures({"verify": list(range(600, 40_000, 300)), "approve": [600, 1200]})

    def year(seed: int) -> Any:
        return play(
            arrivals(50, 3600), Setting(FLOW, lambda *_: 3, lambda _: DEFAULT_CALENDAR, measures, seed)
        ).finished

    assert year(1) == year(1) != year(2)


@pytest.fixture
def year(db: None) -> tuple[str, datetime, datetime]:
    """A hundred and twenty dossiers in six waves; one specialist, one after the other: some become late."""
    procedure = factories.make_procedure(allow=("3", "WORKING_DAY"), channels=("DIRECT",))
    staff = factories.make_staff()
    citizen = factories.make_citizen()
    calendar = calendar_for(factories.make_units()["commune"].id)
    free = START
    for wave in range(6):
        first = START + timedelta(days=28 * wave)
        for n in range(20):
            came = add_working_seconds(calendar, first, 60 + n * 3 * 3600)
            begun = max(came, free)
            passed = add_working_seconds(calendar, begun, (3 + n % 5) * 3600)
            free = passed
            _walk(procedure, staff, citizen, (came, begun, passed, add_working_seconds(calendar, passed, 1800)))
    return procedure.code, START - timedelta(days=1), START + timedelta(days=200)


def late_with(specialists: int) -> float:
    """The share of the fixture's dossiers that are late with so many specialists, reckoned without the play."""
    calendar = calendar_for(factories.make_units()["commune"].id)
    free, late = [START] * specialists, 0
    for wave in range(6):
        for n in range(20):
            came = add_working_seconds(calendar, START + timedelta(days=28 * wave), 60 + n * 3 * 3600)
            passed = add_working_seconds(calendar, max(came, min(free)), (3 + n % 5) * 3600)
            free[free.index(min(free))] = passed
            signed = add_working_seconds(calendar, passed, 1800)
            late += signed > due(calendar, came, Allowance.parse("3 working_day"))
    return late / 120


def _walk(procedure: Any, staff: Any, citizen: Any, moments: tuple[datetime, ...]) -> None:
    came, begun, passed, signed = moments
    with clock.at(came):
        dossier = factories.make_dossier(
            "accepted", citizen=citizen, procedure=procedure, staff=staff, channel="DIRECT"
        )
    with clock.at(begun):
        task = factories.open_task(dossier.pk)
        actions.claim.run(staff.specialist, dossier.pk, task_id=task.pk)
    with clock.at(passed):
        actions.pass_on.run(staff.specialist, dossier.pk, task_id=task.pk)
    with clock.at(signed):
        task = factories.open_task(dossier.pk)
        actions.complete.run(staff.head, dossier.pk, task_id=task.pk, approved=True, name="Giấy khai sinh")


def test_the_unchanged_year_comes_out_as_it_was_and_hands_matter(year: tuple[str, datetime, datetime]) -> None:
    code, since, until = year
    found = answer(code, Change(), since=since, until=until)
    assert found.happened.count == 120
    assert 0.1 < found.happened.late < 0.9
    # driven by its own times, the year comes out as it was, however short the deadline
    assert found.reliable
    assert (found.unchanged.late, found.unchanged.median_hours) == (found.happened.late, found.happened.median_hours)
    assert found.unchanged == found.changed
    more = answer(code, Change(persons={"verify": "+1"}), since=since, until=until)
    assert more.changed.late == pytest.approx(late_with(2), abs=0.01)  # as two specialists would have done
    assert late_with(1) == pytest.approx(found.happened.late, abs=0.01)
    assert more.changed.median_hours < found.unchanged.median_hours
    assert more.unchanged == found.unchanged
    longer = parse([{**STANDARD[0], "next": ["check"]},
                    {"key": "check", "name": "Kiểm tra lại", "stage": "process", "hours": 40, "next": ["approve"]},
                    *STANDARD[1:]])  # fmt: skip
    slower = answer(code, Change(longer), since=since, until=until)
    assert slower.changed.median_hours > found.unchanged.median_hours
    assert any("Kiểm tra lại" in str(note) for note in slower.notes)
    with pytest.raises(Invalid):
        answer(code, Change(persons={"verify": "viele"}), since=since, until=until)
    with pytest.raises(Invalid):
        answer(code, Change(persons={"nobody": "+1"}), since=since, until=until)
    with pytest.raises(Refused):  # too few to say anything
        answer(code, Change(), since=since, until=since + timedelta(days=2))
    _the_page_shows_it(code)


def _the_page_shows_it(code: str) -> None:
    with begin(SYSTEM) as work:
        publish(work, "thu", "Thử", [dict(step) for step in STANDARD], effective_from=START.date(),
                rules=[{"procedure_code": code}])  # fmt: skip
    client = signed_in(factories.make_officer("administrator", factories.make_units()["province"]))
    given = {"procedure": code, "since": "2026-03-01", "until": "2026-09-01", "p_verify": "+1"}
    page = client.post(reverse("desk:flow_what_if", args=["thu"]), given)
    assert page.status_code == 200
    assert page.content.decode().count("<table") == 2
