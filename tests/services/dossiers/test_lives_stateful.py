"""Thousands of dossiers' lives among people who try everything: the law holds after each act, and at the end the
ledger, the counters and the lists agree with what was lived; then the town goes on side by side, with linked groups,
ends of mandates and deputies, and a State that reorganises three times between two acts."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from motcua.engines.cases.models import WorkCount
from motcua.engines.cases.readers import recount, work_counts
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.verify import verify
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation import clock
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.queries import visible_to
from tests.support import lives, slow_clock
from tests.support.lives_many import live_many
from tests.support.onward import World

IN_CI = 2_000
IN_SOAK = int(os.environ.get("MOTCUA_SOAK_LIVES", "100000"))
SHARES = 4
PORTION = 20_000
LATER = lives.BEGIN + timedelta(days=400)


def _counters() -> Counter[tuple[Any, ...]]:
    names = ("unit", "stage", "state", "due_on", "assignee", "answerable", "role")
    return Counter({row[:-1]: row[-1] for row in WorkCount.objects.values_list(*names, "tasks")})


def _check_counters() -> None:
    WorkCount.objects.all().delete()
    rows = Event.objects.order_by("id").iterator(chunk_size=PORTION)
    while portion := list(islice(rows, PORTION)):
        work_counts(portion)
    by_reader = _counters()
    recount()
    assert by_reader == _counters()


def _check_clocks(sample: int) -> None:
    """What is stored, against the slow clock over what the ledger has."""
    running = Dossier.objects.filter(status__in=(2, 4)).select_related("case").order_by("pk")[:sample]
    for dossier in running:
        told = slow_clock.told(calendar_for(None), Event.objects.filter(stream=dossier.pk).order_by("seq"))
        assert dossier.case.due_at == told.due, dossier.code


def _check_lists(town: lives.Town, tally: lives.Tally, at: datetime) -> None:
    with clock.at(at):
        _check_lists_of(town, tally, at)


def _check_lists_of(town: lives.Town, tally: lives.Tally, at: datetime) -> None:
    """Everybody's list is what the model says: their own agency's, or what their units had work on; nobody else's."""
    places: dict[Any, set[str]] = {}
    moved: set[Any] = set()
    codes = {str(unit.id): unit.code for unit in directory().all}
    for stream, kind, data in Event.objects.order_by("id").values_list("stream", "kind", "data").iterator():
        if kind.startswith("dossier."):
            seen = places.setdefault(stream, set())
            if kind == "dossier.submitted":
                seen |= {codes[data["received_at"]], codes[data["competent"]]}
            seen |= {codes[unit] for unit, *_ in data.get("work", ())}
            if kind == "dossier.reorganised":
                moved.add(stream)
                seen |= {codes[unit] for unit in data["after"].values()}
    applicants = dict(Dossier.objects.values_list("pk", "applicant_id"))
    for person in town.people:
        if person.role == "anonymous":
            expected: set[Any] = set()
        elif person.role == "citizen":
            expected = {key for key, party in applicants.items() if party == person.actor.party_id}
            expected |= {
                key
                for key, trust in tally.entrusted.items()
                if trust.agent is person and trust.first <= at.date() <= trust.last
            }
        elif person.role == "helper":
            expected = {
                key for key, (helper, until) in tally.helped.items() if helper == person.actor.id and at <= until
            }
        else:
            reach = [place for role, place in person.posts_on(at.date()) if role in lives.READERS]
            expected = {
                key for key in applicants if any(lives.within(c, place) for c in places.get(key, ()) for place in reach)
            }
        found = set(visible_to(person.actor_on(at.date())).values_list("pk", flat=True))
        if person.role in lives.READERS:  # what has left an agency with its open steps is gone from there
            assert found <= expected, (person.role, person.place)
            found, expected = found - moved, expected - moved
        assert found == expected, (person.role, person.place, len(found), len(expected))


def _silent(said: str) -> None:
    """Nobody waits long enough to ask."""


def _all_of_it(
    count: int, seed: int, sample: int, onward: int, progress: Callable[[str], None] = _silent
) -> lives.Tally:
    """``onward``: turns of the town that goes on afterwards; ``progress`` is told how far it is."""
    town = lives.build()
    tally = live_many(town, count, seed, progress=progress)
    assert tally.lives == count
    assert Dossier.objects.count() == count
    assert set(tally.statuses) == set(range(1, 11)), tally.statuses
    assert set(tally.acts) >= set(lives.DOES), set(lives.DOES) - set(tally.acts)
    assert set(tally.refused) >= set(lives.DOES) - {"take_over"}
    assert tally.deputised, "nobody stood in"
    assert tally.by_agent, "nobody acted for another"
    assert tally.helped
    progress("lived; now the clocks, the lists and the counters")
    _check_clocks(sample)
    with clock.at(LATER):
        _check_lists(town, tally, LATER)
        _check_lists(town, tally, lives.BEGIN + timedelta(days=100))
        _check_counters()
    _go_on(town, tally, seed, onward, progress)
    progress("went on; now the counters again and the ledger")
    with clock.at(LATER + timedelta(days=400)):
        _check_counters()
        assert verify().ok
    return tally


def _go_on(town: lives.Town, tally: lives.Tally, seed: int, turns: int, progress: Callable[[str], None]) -> None:
    """The same town afterwards, all side by side: groups, reorganisations, ends of mandates and deputies."""
    world = World(town, tally, LATER, seed)
    world.adopt(turns // 9, turns // 40)
    world.go_on(turns, progress)
    assert tally.acts["reorganise"] == 3
    assert {"revoke", "end_deputing", "advance", "drop_part", "withdraw_group"} <= set(tally.acts)
    assert tally.refused["former_deputy"]
    closed = [each.group.code for each in world.groups if each.group.closed_at is not None]
    assert closed, "no group came to its end"


@pytest.mark.django_db
def test_two_thousand_lives_by_the_law() -> None:
    tally = _all_of_it(IN_CI, 2026, 100, 360)
    assert sum(tally.refused.values()) > IN_CI


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("share", range(SHARES))
def test_a_hundred_thousand_lives_by_the_law(share: int, capsys: pytest.CaptureFixture[str]) -> None:
    """In shares with towns of their own, so that memory stays bounded and several processes (``-n 2``) may do them."""

    def progress(said: str) -> None:
        with capsys.disabled():
            sys.stderr.write(f"share {share + 1} of {SHARES}: {said}\n")

    _all_of_it(IN_SOAK // SHARES, 118 + share, 1_000, 2_000, progress)
