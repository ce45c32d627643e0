"""The State reorganises: wards merge, a district is divided, a department is dissolved, with all that is open there."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from motcua.engines.accounts.models import Party, User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Task, WorkCount
from motcua.engines.cases.readers import recount, work_counts
from motcua.engines.flows import actions as flows
from motcua.engines.flows.models import FlowVersion
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.verify import verify
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.models import Appointment, Reorganisation, Unit, UnitSuccession
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, NotAllowed, Refused
from motcua.services.dossiers import actions
from motcua.services.dossiers.explain import reckoning_of
from motcua.services.dossiers.models import Dossier, HandOver
from motcua.services.dossiers.office.people import people_for
from motcua.services.dossiers.queries import get_by_code
from motcua.services.dossiers.reorganising import plans as reorganising
from tests import factories

pytestmark = pytest.mark.django_db

BEFORE = datetime(2025, 6, 24, 9, 0, tzinfo=VIETNAM)
DAY = date(2025, 7, 1)
ON = datetime(2025, 7, 1, 8, 0, tzinfo=VIETNAM)


def merger(**changes: Any) -> dict[str, Any]:
    """Two wards become one with a new identifier; addresses follow."""
    return {
        "name": "Sắp xếp phường năm 2025",
        "basis": "Nghị quyết 1675/NQ-UBTVQH15",
        "effective": DAY.isoformat(),
        "changes": [
            {
                "kind": "merge",
                "from": ["H57.100", "H57.101"],
                "to": {
                    "code": "H57.150",
                    "name": "Ủy ban nhân dân phường Hương Giang",
                    "short_name": "P. Hương Giang",
                    "ward_code": "19800",
                },
            }
        ],
        "wards": [{"from": "19777", "to": ["19800"], "name": "phường Hương Giang"}, {"from": "19753", "to": ["19800"]}],
        **changes,
    }


def carried_out(data: dict[str, Any], at: datetime = ON) -> Reorganisation:
    with clock.at(at):
        return reorganising.carry_out(reorganising.submit(SYSTEM, data).id)


def counters() -> Counter[tuple[Any, ...]]:
    names = ("unit", "stage", "state", "due_on", "assignee", "answerable", "role")
    return Counter({tuple(row[:-1]): row[-1] for row in WorkCount.objects.values_list(*names, "tasks")})


def check_whole() -> None:
    """Nothing is lost: every open step lies with a current unit that has people; counters and ledger agree."""
    units = directory().by_id
    held = Task.objects.filter(state__in=("open", "waiting")).values_list("stage", "unit_id").distinct()
    for stage, unit_id in held:
        assert units[unit_id].current, units[unit_id].code
        assert people_for(stage, unit_id), f"nobody for {stage} in {units[unit_id].code}"
    for dossier in Dossier.objects.filter(case__closed_at__isnull=True).select_related("case"):
        assert all(units[key].current for key in (dossier.competent_id, dossier.received_at_id, dossier.lead_id))
        assert units[dossier.case.holder_id].current
    WorkCount.objects.all().delete()
    work_counts(list(Event.objects.order_by("id")))
    by_reader = counters()
    recount()
    assert by_reader == counters()
    assert verify().ok


@pytest.fixture
def town() -> dict[str, Any]:
    """Two wards with people and one dossier at each stage."""
    with clock.at(BEFORE):
        units = factories.make_units()
        ours, theirs = factories.make_staff("commune"), factories.make_staff("other_commune")
        citizen = factories.make_citizen()
        procedure = factories.make_procedure("1.001193")
        stages = ("new", "accepted", "supplement", "processing", "signing", "finished", "returned")
        made = {
            stage: factories.make_dossier(stage, citizen=citizen, procedure=procedure, staff=ours) for stage in stages
        }
        made["theirs"] = factories.make_dossier(
            "accepted", citizen=citizen, procedure=procedure, staff=theirs, commune="other_commune"
        )
    return {"units": units, "ours": ours, "theirs": theirs, "citizen": citizen, "procedure": procedure, "made": made}


def test_two_wards_become_one_and_nothing_is_lost(town: dict[str, Any]) -> None:
    before = {row.pk: row.case.due_at for row in Dossier.objects.select_related("case")}
    row = carried_out(merger())
    assert row.state == "done"
    assert row.report["counts"]["dossiers"] == 7
    with clock.at(ON):
        check_whole()
        new = directory().coded("H57.150")
        for dossier in Dossier.objects.filter(case__closed_at__isnull=True).select_related("case"):
            assert dossier.competent_id == new.id
            assert directory().unit(dossier.received_at_id).code == "H57.150.1"
            assert dossier.case.due_at == before[dossier.pk], "a reorganisation changes no due date"
            reckoning = reckoning_of(dossier.case)
            if reckoning is not None and dossier.status != 5:
                assert reckoning.due == dossier.case.due_at
        closed = Dossier.objects.get(pk=town["made"]["returned"].pk)
        assert directory().unit(closed.competent_id).code == "H57.100", "history stays with the unit as it was"


def test_what_was_read_stays_readable(town: dict[str, Any]) -> None:
    carried_out(merger())
    with clock.at(ON):
        units = directory()
        old = units.coded("H57.100")
        assert not old.current
        assert units.present(old).code == "H57.150"
        assert units.present(units.coded("H57.101.1")).name == "Trung tâm Phục vụ hành chính công phường Hương Giang"
        assert units.names(old.id, BEFORE.date()) == (
            "Ủy ban nhân dân phường Thuận Hóa",
            "Ủy ban nhân dân phường Hương Giang",
        )
        assert units.by_ward["19777"].code == units.by_ward["19753"].code == "H57.150"
        counter = actor_of(_user(town["ours"].counter.id))
        code = town["made"]["returned"].code
        assert code.startswith("H57.100-")
        assert get_by_code(counter, code).code == code, "the people of the successor read the history of the old unit"


def test_people_keep_their_role_and_their_work(town: dict[str, Any]) -> None:
    carried_out(merger())
    with clock.at(ON):
        specialist = actor_of(_user(town["ours"].specialist.id))
        assert [(grant.role, directory().unit(grant.unit_id).code) for grant in specialist.grants] == [
            ("specialist", "H57.150")
        ]
        old = Appointment.objects.get(user=specialist.id, unit__code="H57.100")
        assert old.valid_to == DAY - timedelta(days=1)
        processing = Task.objects.get(case=town["made"]["processing"].pk, state="open")
        assert processing.assignee_id == specialist.id
        actions.pass_on.run(specialist, processing.case_id, task_id=processing.id)
        theirs = actor_of(_user(town["theirs"].specialist.id))
        mine = Task.objects.get(case=town["made"]["accepted"].pk, state="open")
        actions.claim.run(theirs, mine.case_id, task_id=mine.id)  # one unit now


def test_dossiers_go_on_to_their_end(town: dict[str, Any]) -> None:
    carried_out(merger())
    with clock.at(ON):
        head, counter = actor_of(_user(town["ours"].head.id)), actor_of(_user(town["theirs"].counter.id))
        key = town["made"]["signing"].pk
        task = factories.open_task(key)
        actions.complete.run(head, key, task_id=task.id, approved=True, name="Giấy khai sinh")
        actions.return_result.run(counter, key, received_by="Trần Thị Bình")
        assert Dossier.objects.get(pk=key).status == 10
        waiting = town["made"]["supplement"].pk
        actions.supply.run(actor_of(town["citizen"]), waiting, files=[], message="Đây ạ")
        check_whole()


def test_what_is_sent_to_the_old_ward_comes_to_the_new_one(town: dict[str, Any]) -> None:
    carried_out(merger())
    with clock.at(ON):
        late, _ = actions.submit_once(
            actor_of(town["citizen"]), factories.make_submission(town["citizen"], town["procedure"])
        )
        assert late.code.startswith("H57.150-250701-")
        assert directory().unit(late.received_at_id).code == "H57.150.1"


def test_addresses_follow_and_the_old_writing_is_kept(town: dict[str, Any]) -> None:
    carried_out(merger())
    party = Party.objects.get(pk=town["citizen"].party_id)
    assert (party.ward_code, party.ward_name) == ("19800", "phường Hương Giang")
    assert party.former_address == "12 Nguyễn Huệ, phường Thuận Hóa, thành phố Huế [01/07/2025]"
    told = Event.objects.get(kind="reorganisation.addresses_moved")
    assert told.data["wards"] == [["19777", "19800", 1]]
    assert party.name not in json.dumps(told.data, ensure_ascii=False)


def test_twice_changes_nothing(town: dict[str, Any]) -> None:
    carried_out(merger())
    events = Event.objects.count()
    again = carried_out(merger(), ON + timedelta(hours=1))
    assert (again.state, Event.objects.count()) == ("done", events)
    with pytest.raises(Conflict, match="Another reorganisation has this name"):
        reorganising.submit(SYSTEM, merger(basis="Nghị quyết khác"))


class Killed(BaseException):
    """The process ends between two portions."""


def test_a_run_that_was_broken_off_goes_on(town: dict[str, Any]) -> None:
    done: list[int] = []

    def step(what: str, at: int, of: int) -> None:
        if what == "dossiers":
            done.append(at)
            if len(done) == 2:
                raise Killed

    with clock.at(ON):
        row = reorganising.submit(SYSTEM, merger())
        with pytest.raises(Killed):
            reorganising.carry_out(row.id, step, portion=2)
        assert Reorganisation.objects.get(pk=row.id).state == "applying"
        assert Event.objects.filter(kind="dossier.reorganised").count() == 4
        assert reorganising.due() == [row.id]
        assert reorganising.carry_out(row.id).state == "done"
        check_whole()
    moved = Counter(Event.objects.filter(kind="dossier.reorganised").values_list("stream", flat=True))
    assert len(moved) == 7
    assert set(moved.values()) == {1}


def test_before_its_day_nothing_changes_and_it_can_be_taken_back(town: dict[str, Any]) -> None:
    units = list(Unit.objects.values_list("code", "valid_to"))
    with clock.at(BEFORE):
        row = reorganising.submit(SYSTEM, merger())
        assert row.state == "decided"
        assert reorganising.due() == []
        with pytest.raises(Refused, match="day has not come"):
            reorganising.carry_out(row.id)
        reorganising.undo(SYSTEM, row.id)
    assert list(Unit.objects.values_list("code", "valid_to")) == units
    with clock.at(ON):
        assert reorganising.due() == []
        row = reorganising.submit(SYSTEM, merger())  # the name is free again
        assert reorganising.due() == [row.id]
        reorganising.carry_out(row.id)
        with pytest.raises(Refused, match="in effect"):
            reorganising.undo(SYSTEM, row.id)


def test_nobody_but_the_administrator_decides(town: dict[str, Any]) -> None:
    with clock.at(ON):
        for act in (reorganising.dry_run, reorganising.prepare):
            with pytest.raises(NotAllowed):
                act(town["ours"].head, merger())
        with pytest.raises(NotAllowed):
            actions.take_over.run(  # the act itself is the system's
                town["ours"].head,
                town["made"]["new"].pk,
                to=lambda unit: unit,
                keeps=lambda person, stage, unit: True,
                why={},
            )


def test_the_dry_run_counts_and_changes_nothing(town: dict[str, Any]) -> None:
    with clock.at(ON):
        events = Event.objects.count()
        report = reorganising.dry_run(SYSTEM, merger()).as_json()
        assert report["possible"]
        assert report["counts"]["dossiers"] == 7
        assert report["counts"]["tasks"] == 7
        assert report["counts"]["units_made"] == 2
        assert report["counts"]["units_ended"] == 4
        assert report["counts"]["posts"] == 6
        assert (Event.objects.count(), Unit.objects.filter(code="H57.150").count()) == (events, 0)
        row = reorganising.carry_out(reorganising.submit(SYSTEM, merger()).id)
        carried = row.report["counts"]
        assert (carried["dossiers"], carried["posts_moved"]) == (7, 6)


def test_what_would_be_left_without_an_owner_is_refused(town: dict[str, Any]) -> None:
    Appointment.objects.filter(role_id="head").delete()
    with clock.at(ON):
        report = reorganising.dry_run(SYSTEM, merger())
        assert report.without_owner == [{"unit": "H57.150", "stage": "sign", "steps": 1}]
        with pytest.raises(Refused):
            reorganising.submit(SYSTEM, merger())
        assert not Unit.objects.filter(code="H57.150").exists()


def test_a_unit_is_divided_by_ward_field_and_share(town: dict[str, Any]) -> None:
    """A department goes in two; what is of construction goes to one, the rest to the other."""
    with clock.at(BEFORE):
        units = town["units"]
        staff = [actor_of(factories.make_officer(role, units["other_department"])) for role in ("specialist", "head")]
        counter = actor_of(factories.make_officer("counter", units["centre"]))
        kinds = {
            field: factories.make_procedure(name=field, field=field, level="PROVINCE")
            for field in ("Nhà ở", "Quy hoạch")
        }
        made = {}
        for field, procedure in kinds.items():
            submission = factories.make_submission(
                town["citizen"],
                procedure,
                competent_id=units["other_department"].id,
                received_at_id=units["centre"].id,
            )
            dossier, _ = actions.submit_once(actor_of(town["citizen"]), submission)
            actions.accept.run(counter, dossier.pk)
            made[field] = dossier.pk
    data = merger(
        changes=[
            {
                "kind": "split",
                "from": "H57.11",
                "to": [
                    {"unit": {"code": "H57.21", "name": "Sở Xây dựng và Hạ tầng"}},
                    {
                        "unit": {"code": "H57.22", "name": "Sở Quy hoạch"},
                        "of_fields": ["Quy hoạch"],
                        "people": [_user(staff[0].id).username],
                    },
                ],
            }
        ],
        wards={},
    )
    with clock.at(ON):
        report = reorganising.dry_run(SYSTEM, data)
        assert {each["unit"] for each in report.without_owner} <= {"H57.21"}
        # the specialist goes to one of them, the head to the other: each still needs who does its steps
        factories.make_officer("specialist", town["units"]["province"])
        factories.make_officer("head", town["units"]["province"])
        forget_all()
    carried_out(data)
    with clock.at(ON):
        for field, code in (("Nhà ở", "H57.21"), ("Quy hoạch", "H57.22")):
            assert directory().unit(Dossier.objects.get(pk=made[field]).competent_id).code == code
        assert Appointment.objects.filter(user=staff[0].id, unit__code="H57.22", valid_to=None).exists()
        assert Appointment.objects.filter(user=staff[1].id, unit__code="H57.21", valid_to=None).exists()
        check_whole()


@pytest.mark.parametrize("goes_on", [False, True], ids=["the unit ends", "the unit goes on with the rest"])
def test_what_is_taken_up_again_goes_to_the_part_of_its_field(town: dict[str, Any], goes_on: bool) -> None:
    """A stop (ND118 Đ21), an unanswered supplement (Đ19.5), a payment: whatever a dossier waited for while its unit
    was divided, it goes on with the successor of its field, and so do its later steps and what was only a draft."""
    with clock.at(BEFORE):
        units = town["units"]
        specialist, head = (
            actor_of(factories.make_officer(role, units["other_department"])) for role in ("specialist", "head")
        )
        counter = actor_of(factories.make_officer("counter", units["centre"]))
        steps = [
            {"key": "look", "name": "Xem", "stage": "process", "next": ["ask"]},
            {"key": "ask", "name": "Thẩm định", "stage": "process", "unit": "code:H57.11", "next": ["sign"]},
            {"key": "sign", "name": "Ký", "stage": "sign", "next": ["return"]},
            {"key": "return", "name": "Trả", "stage": "return", "unit": "received_at"},
        ]
        procedure = factories.make_procedure(name="Quy hoạch", field="Quy hoạch", level="PROVINCE")
        with begin(SYSTEM) as work:
            rules = [{"procedure_code": procedure.code}]
            flows.publish(work, "asks", "Hỏi Sở Xây dựng", steps, effective_from=date(2020, 1, 1), rules=rules)
        citizen = actor_of(town["citizen"])

        def submitted() -> UUID:
            submission = factories.make_submission(
                town["citizen"], procedure, competent_id=units["other_department"].id, received_at_id=units["centre"].id
            )
            dossier, _ = actions.submit_once(citizen, submission)
            actions.accept.run(counter, dossier.pk)
            return dossier.pk

        stopped, unanswered, paying = submitted(), submitted(), submitted()
        actions.stop.run(head, stopped, reason="other", explanation="Theo kết luận thanh tra.", basis="KL 1")
        item = {"component": "p1", "name": "Tờ khai", "reason": "Thiếu chữ ký", "code": "other"}
        actions.request_supplement.run(specialist, unanswered, items=[item])
        actions.demand_payment.run(specialist, paying, name="Phí thẩm định", amount=150_000)
    with clock.at(BEFORE + timedelta(days=16)):
        actions.close_unanswered.run(SYSTEM, unanswered)
    on = BEFORE + timedelta(days=20)
    first: Any = "H57.11" if goes_on else {"code": "H57.21", "name": "Sở Xây dựng và Hạ tầng"}
    second = {"code": "H57.22", "name": "Sở Quy hoạch"}
    data = merger(
        effective=on.date().isoformat(),
        changes=[
            {"kind": "split", "from": "H57.11", "to": [{"unit": first}, {"unit": second, "of_fields": ["Quy hoạch"]}]}
        ],
        wards={},
    )
    with clock.at(on):
        for role in ("specialist", "head"):
            factories.make_officer(role, units["province"])
        forget_all()
    carried_out(data, on)
    with clock.at(on + timedelta(hours=1)):
        division = directory().coded("H57.22")
        anybody = [actor_of(factories.make_officer(role, units["province"])) for role in ("specialist", "head")]
        actions.note_payment.run(anybody[0], paying, receipt="BL-1")
        for key in (stopped, unanswered):
            actions.reopen.run(anybody[1], key, reason="other", explanation="Giải quyết tiếp.")
        with clock.at(on + timedelta(hours=2)):
            anew = submitted()
        for key in (stopped, unanswered, paying, *(() if goes_on else (anew,))):
            dossier = Dossier.objects.select_related("case").get(pk=key)
            task = factories.open_task(key)
            found = {dossier.competent_id, dossier.lead_id, dossier.case.holder_id, dossier.case.clock_unit_id}
            assert found | {task.unit_id} == {division.id}
            actions.pass_on.run(anybody[0], key, task_id=task.id)
            asked = factories.open_task(key)
            assert directory().unit(asked.unit_id).code == ("H57.11" if goes_on else "H57.22"), "the flow says so"
        check_whole()


def test_a_dissolved_department_a_new_name_and_a_new_place(town: dict[str, Any]) -> None:
    units = town["units"]
    with clock.at(BEFORE), begin(SYSTEM) as work:
        steps = [
            {"key": "look", "name": "Xem", "stage": "process", "unit": "code:H57.11", "next": ["sign"]},
            {"key": "sign", "name": "Ký", "stage": "sign", "next": ["return"]},
            {"key": "return", "name": "Trả", "stage": "return", "unit": "received_at"},
        ]
        flows.publish(work, "asks", "Hỏi Sở Xây dựng", steps, effective_from=date(2020, 1, 1))
    data = merger(
        changes=[
            {"kind": "dissolve", "from": "H57.11", "to": "H57.10"},
            {"kind": "rename", "unit": "H57.101", "name": "Ủy ban nhân dân phường Kinh Thành"},
            {"kind": "move", "unit": "H57.10.1", "under": "H57.1", "code": "H57.1.7"},
        ],
        wards={},
    )
    carried_out(data)
    with clock.at(ON):
        asked = FlowVersion.objects.filter(flow__key="asks").order_by("-number").first()
        assert asked is not None
        assert asked.steps[0]["unit"] == "code:H57.10"
        renamed = directory().coded("H57.101")
        assert directory().names(renamed.id, BEFORE.date())[0] == "Ủy ban nhân dân phường Phú Xuân"
        moved = directory().coded("H57.10.1")
        assert (moved.code, moved.id, moved.current) == ("H57.1.7", units["division"].id, True)
        assert moved.path == directory().coded("H57.1").path + "H57.1.7/"
        assert UnitSuccession.objects.filter(unit=moved.id, kind="move", before__code="H57.10.1").exists()
        check_whole()


def test_sheets_under_way_are_confirmed_by_the_successor(town: dict[str, Any]) -> None:
    with clock.at(BEFORE):
        sheet = HandOver.objects.create(
            number="PBG-1",
            sender=town["units"]["centre"],
            receiver=town["units"]["commune_centre"],
            made_at=BEFORE,
            made_by=_user(town["ours"].counter.id),
            due_at=BEFORE,
        )
    carried_out(merger())
    sheet.refresh_from_db()
    assert sheet.receiver.code == "H57.150.1"
    event = Event.objects.get(stream=sheet.pk, kind="hand_over.reorganised")
    assert event.data["before"] == {"receiver": str(town["units"]["commune_centre"].pk)}


def _user(key: UUID | None) -> Any:
    return User.objects.get(pk=key)
