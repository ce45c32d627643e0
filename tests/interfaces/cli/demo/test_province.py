"""The demo province: whole, lawful, ready for its personas, and the same again from the same seed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Q

from motcua.engines.accounts.models import Party, User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Task, TaskState, WorkCount
from motcua.engines.cases.readers import recount
from motcua.engines.flows.models import FlowVersion
from motcua.engines.flows.queries import version_for
from motcua.engines.flows.rules import parse
from motcua.engines.ledger.models import Event, ReaderCursor, Series
from motcua.engines.ledger.verify import verify
from motcua.engines.organisations.models import Area, Unit
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.identifiers import parse_agency_code, parse_identity, parse_tax_code
from motcua.foundation.working_time import working_seconds_between
from motcua.interfaces.cli.commands.dossier import describe
from motcua.interfaces.cli.demo import build, histories
from motcua.interfaces.cli.demo.samples import store_samples
from motcua.interfaces.cli.demo.staff import Staff
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.flow import unit_for
from motcua.services.dossiers.models import Dossier, HandOverItem
from motcua.services.dossiers.office import worklists
from motcua.services.dossiers.office.uncollected import uncollected
from motcua.services.dossiers.queries import competent_unit, counter_of
from motcua.services.dossiers.rules import Status
from motcua.services.procedures.models import Procedure, ProcedureVersion
from motcua.services.procedures.queries import version
from tests.interfaces.cli.demo.conftest import DOSSIERS, NOW, PROCESSES, SEED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("province")]
WARD = "19753"


def test_what_was_built_is_what_was_asked_for(province: build.Summary) -> None:
    assert not province.already
    assert province.province["procedures"] == 3789
    assert province.written == province.dossiers == Dossier.objects.count()
    # the last day ends at half past ten: who would come later has not come
    assert (
        DOSSIERS - 10 < province.dossiers <= DOSSIERS + 8 + 8
    )  # the citizen's own, and what the personas have before them
    assert 80 < province.as_json()["on_time_percent"] < 95


def test_a_second_run_changes_nothing() -> None:
    before = (Event.objects.count(), Dossier.objects.count(), User.objects.count())
    again = build.build(dossiers=9, seed=1, processes=1)
    assert again.already
    assert again.seed == SEED
    assert (Event.objects.count(), Dossier.objects.count(), User.objects.count()) == before


def test_two_levels_of_units_with_their_counters_and_areas() -> None:
    kinds = Counter(Unit.objects.values_list("kind", flat=True))
    assert kinds["commune"] == 40
    assert kinds["province"] == 1
    assert kinds["centre"] == 41
    assert kinds["department"] + kinds["vertical"] >= 20
    assert Area.objects.count() == 40
    for unit in directory().all:
        assert parse_agency_code(unit.code).ok
        parent = directory().by_id.get(unit.parent_id) if unit.parent_id else None
        assert unit.path == f"{parent.path if parent else ''}{unit.code}/"


def test_every_procedure_finds_a_competent_unit_and_people_for_each_step() -> None:
    staff, rng = Staff(), histories.Random(1)
    template = version(Procedure.objects.values_list("current_id", flat=True).get(code="1.001193"))
    kinds = ProcedureVersion.objects.filter(state="PUBLISHED").values_list("field__name", "issuer", "handled_level")
    nowhere: list[str] = []
    for field, issuer, level in kinds.distinct():
        procedure = replace(template, field=field or "", issuer=issuer, handled_level=level)
        unit = competent_unit(procedure, WARD)
        if unit.kind == "province":
            nowhere.append(f"{issuer} {field} {level}")
        counter = counter_of(unit)
        assert counter.one_stop
        flow = parse(FlowVersion.objects.get(pk=version_for("", field or "", level)).steps)
        dossier = Dossier(competent_id=unit.id, received_at_id=counter.id, lead_id=unit.id)
        for step in flow.steps:
            assert staff.for_stage(rng, step.stage, unit_for(dossier, step))
        assert staff.for_stage(rng, "intake", counter.id)
    assert not nowhere, "no department takes these"


def test_histories_are_lived_by_the_law() -> None:
    assert verify().ok
    statuses = set(Dossier.objects.values_list("status", flat=True))
    assert {Status.NEW, Status.PROCESSING, Status.RETURNED, Status.REFUSED} <= {Status(each) for each in statuses}
    for dossier in Dossier.objects.select_related("case")[:120]:
        moments = [event.at for event in Event.objects.filter(stream=dossier.pk).order_by("seq")]
        assert moments == sorted(moments)
        assert moments[0] == dossier.submitted_at
        assert moments[-1] <= NOW
        if dossier.accepted_at:
            calendar = calendar_for(dossier.received_at_id)
            hour = dossier.accepted_at.astimezone(VIETNAM)
            assert working_seconds_between(calendar, hour - timedelta(minutes=1), hour + timedelta(minutes=1)) > 0


def test_open_work_is_counted_and_no_old_message_is_sent() -> None:
    live = Task.objects.filter(state__in=[TaskState.OPEN, TaskState.WAITING]).count()
    assert live > 0
    assert sum(WorkCount.objects.values_list("tasks", flat=True)) == live
    kept = _counts()
    recount()
    assert kept == _counts(), "the counters are what a recount finds"
    for name in ("papers", "notices", "work_counts"):
        cursor = ReaderCursor.objects.get(name=name)
        # the demo's own last word is the only event behind them
        behind = Event.objects.filter(Q(xid__gt=cursor.xid) | Q(xid=cursor.xid, id__gt=cursor.event))
        assert [event.kind for event in behind] == ["demo.finished"]


def _counts() -> set[tuple[Any, ...]]:
    return set(
        WorkCount.objects.values_list("unit", "stage", "state", "due_on", "assignee", "answerable", "role", "tasks")
    )


def test_portions_that_are_written_side_by_side_give_no_number_twice(province: build.Summary) -> None:
    loaded = Event.objects.filter(kind="history.loaded").values_list("data", "xid")
    portions = [(data["dossiers"], xid) for data, xid in loaded if data["number"] >= 0]
    assert len(portions) >= 2 * PROCESSES
    assert len({xid for _, xid in portions}) == len(portions), "each in its own transaction"
    assert sum(data["dossiers"] for data, _ in loaded) == province.dossiers

    told: dict[tuple[str, Any], set[int]] = defaultdict(set)
    days: dict[tuple[str, Any], set[Any]] = defaultdict(set)
    born = dict(Event.objects.filter(kind="dossier.submitted").values_list("stream", "xid"))
    for item in HandOverItem.objects.select_related("sheet__sender"):
        sheet = item.sheet
        place = f"BG-{sheet.sender.code}", sheet.made_at.astimezone(VIETNAM).date()
        told[place].add(int(sheet.number.rpartition("-")[2]))
        days[place].add(born[item.dossier_id])
    # the first two are made at the same time whatever else the machine does
    together = set(sorted(xid for _, xid in portions)[:2])
    assert any(together <= histories for histories in days.values()), "portions that meet are what this is about"
    for code, submitted_at in Dossier.objects.values_list("code", "submitted_at"):
        agency, _, number = code.rpartition("-")
        place = agency.rpartition("-")[0], submitted_at.astimezone(VIETNAM).date()
        assert int(number) not in told[place]
        told[place].add(int(number))
    for place, numbers in told.items():
        assert numbers == set(range(1, len(numbers) + 1)), place
    assert {(name, day): last for name, day, last in Series.objects.values_list("name", "day", "last")} == {
        place: len(numbers) for place, numbers in told.items()
    }


@pytest.mark.parametrize("name", ["counter", "specialist", "head", "clerk", "leader"])
def test_each_persona_has_work(name: str) -> None:
    persona = _persona(name)
    assert worklists.page(persona, worklists.Filter(scope="led" if name == "leader" else "own")).tasks
    assert worklists.figures(persona).open


def test_results_that_nobody_collected_wait_at_the_personas_counter() -> None:
    assert len(uncollected(_persona("clerk"))) >= 2


def test_people_have_numbers_that_can_be_right_and_are_theirs_alone() -> None:
    parties = list(Party.objects.all())
    numbers = [party.identity_number for party in parties]
    assert len(set(numbers)) == len(numbers)
    for party in parties:
        if party.kind == "business":
            assert parse_tax_code(party.tax_code).ok, party.tax_code
        else:
            assert parse_identity(party.identity_number).ok, party.identity_number
            assert len(party.name.split()) >= 3


def test_nobody_of_the_demo_has_a_password() -> None:
    assert User.objects.filter(username__startswith="demo-").count() == 8
    assert not any(user.has_usable_password() for user in User.objects.filter(username__startswith="demo-"))


def _persona(name: str) -> Any:
    return actor_of(User.objects.select_related("party").get(username=f"demo-{name}"))


@pytest.mark.parametrize("code", ["1.001193", "1.004222", "2.002288", "1.013235"])
def test_the_personas_take_a_dossier_from_submission_to_result(code: str) -> None:
    citizen, counter, specialist, head = (_persona(name) for name in ("citizen", "counter", "specialist", "head"))
    procedure = version(Procedure.objects.values_list("current_id", flat=True).get(code=code))
    unit = competent_unit(procedure, WARD)
    dossier, _ = actions.submit_once(
        citizen,
        actions.Submission(
            procedure=procedure,
            channel="ONLINE",
            competent_id=unit.id,
            received_at_id=counter_of(unit).id,
            applicant_id=citizen.party_id,
            applicant_name=citizen.name,
            submitted_by=citizen.id,
            key=f"persona-{code}",
        ),
    )
    accepted = actions.accept.run(counter, dossier.pk)
    assert accepted.case.due_at is not None
    while (task := _open_task(dossier.pk)).stage != "return":
        who = specialist if task.stage == "process" else head
        if task.step == "fire":  # the fire service of the city is asked beside
            who = Staff().for_stage(histories.Random(1), "process", task.unit_id)
        if task.step == "approve":
            actions.complete.run(head, dossier.pk, task_id=task.id, approved=True, name="Kết quả")
        else:
            actions.pass_on.run(who, dossier.pk, task_id=task.id)
    actions.return_result.run(counter, dossier.pk, received_by=citizen.name, delivery="electronic")
    shown = describe(Dossier.objects.select_related("case").get(pk=dossier.pk))
    assert shown["status"] == {"number": 10, "name": "RETURNED"}
    assert shown["due"]["steps"][0]["basis"] == "ND118 Đ17.3"
    assert [event["seq"] for event in shown["events"]] == list(range(1, len(shown["events"]) + 1))


def _open_task(key: UUID) -> Task:
    return Dossier.objects.select_related("case").get(pk=key).case.open_tasks[0]


def test_the_citizen_has_something_at_every_stage() -> None:
    party = _persona("citizen").party_id
    statuses = set(
        Dossier.objects.filter(applicant=party, submission_key__startswith="history").values_list("status", flat=True)
    )
    assert {Status.NEW, Status.REFUSED, Status.PROCESSING, Status.RETURNED} <= statuses


def test_the_same_seed_gives_the_same_history() -> None:
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.ledger.work import begin

    with begin(SYSTEM) as work:
        samples = store_samples(work, build.owner())
    first, *_ = histories.plan(total=60, seed=5, until=NOW, samples=samples, serial=900_000)
    other = replace(first, seed=6)
    assert _made(first) == _made(first)
    assert _made(first) != _made(other)


def _made(portion: histories.Portion) -> list[bytes]:
    """The ledger's proof of everything that a portion does."""
    before = Event.objects.order_by("-id").values_list("id", flat=True).first()
    with transaction.atomic():
        histories.fill(portion)
        hashes = [
            bytes(each) for each in Event.objects.filter(id__gt=before).order_by("id").values_list("hash", flat=True)
        ]
        transaction.set_rollback(True)
    return hashes
