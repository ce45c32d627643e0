"""Linked procedures (ND118 Đ20, Đ28): one submission, a dossier per agency, in parallel or in their turn."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.accounts.models import User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.files.actions import store
from motcua.engines.flows.actions import publish as publish_flow
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.engines.notices.models import Message
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.group_ends import drop_part, withdraw_group
from motcua.services.dossiers.actions.groups import GroupSubmission, advance, as_json, from_json, submit_group_once
from motcua.services.dossiers.following import groups as following_groups
from motcua.services.dossiers.models import Channel, Dossier, DossierGroup, GroupMember, LinkedGroup
from motcua.services.dossiers.queries import visible_to
from motcua.services.dossiers.rules import Status
from motcua.services.dossiers.together import groups
from motcua.services.dossiers.together.groups import Part, parts_of, problems, waits_for
from motcua.services.dossiers.together.timelines import timeline
from motcua.services.procedures.importer import DEMO_CATALOGUE
from motcua.services.procedures.models import Procedure
from tests.engines.files.samples import pdf
from tests.factories import (
    Staff,
    make_citizen,
    make_dossier,
    make_officer,
    make_procedure,
    make_staff,
    make_submission,
    make_units,
    open_task,
    unit,
)

TUESDAY = datetime(2026, 3, 3, 8, 0, tzinfo=VIETNAM)
pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen() -> User:
    return make_citizen()


@pytest.fixture
def staff() -> Staff:
    return make_staff()


def define(*members: dict[str, Any], key: str = "birth") -> groups.Offer:
    """A group whose procedures are ``1.10000n``, in order."""
    rows = []
    for number, member in enumerate(members, 1):
        code = f"1.10000{number}"
        make_procedure(code, name=f"Thủ tục {member['key']}")
        rows.append({"procedure": code, "title": f"Việc {member['key']}", **member})
    LinkedGroup.objects.create(key=key, name="Sinh con: ba việc", members=rows, keywords="sinh con; em bé")
    forget_all()
    return groups.offer(key)


BIRTH: tuple[dict[str, Any], ...] = (
    {"key": "birth"},
    {"key": "residence", "needs": ["birth"]},
    {"key": "insurance", "needs": ["birth"], "optional": True},
)


def given_group(
    offer: groups.Offer, citizen: User, *, channel: str = "ONLINE", leave_out: tuple[str, ...] = (), key: str = "một"
) -> GroupSubmission:
    submissions = {
        part.key: make_submission(citizen, groups.current(part.procedure), channel=channel)
        for part, _ in offer.parts
        if part.key not in leave_out
    }
    assert citizen.party is not None
    return GroupSubmission(
        offer=offer,
        channel=channel,
        received_at_id=unit("commune_centre"),
        applicant_id=citizen.party.id,
        key=key,
        submissions=submissions,
    )


def submitted(offer: groups.Offer, citizen: User, **more: Any) -> DossierGroup:
    group, new = submit_group_once(actor_of(citizen), given_group(offer, citizen, **more))
    assert new
    return DossierGroup.objects.select_related("definition").get(pk=group.pk)


def states(group: DossierGroup) -> dict[str, str]:
    return {member.key: groups.state_of(member, member.dossier) for member in groups.members_of(group.pk)}


def dossier_of(group: DossierGroup, key: str) -> Dossier:
    member = GroupMember.objects.select_related("dossier__case").get(group=group, key=key)
    assert member.dossier is not None
    return member.dossier


def finish(dossier: Dossier, staff: Staff, *, approved: bool = True, files: tuple[Any, ...] = ()) -> None:
    actions.accept.run(staff.counter, dossier.pk)
    actions.pass_on.run(staff.specialist, dossier.pk, task_id=open_task(dossier.pk).id)
    actions.complete.run(
        staff.head,
        dossier.pk,
        task_id=open_task(dossier.pk).id,
        approved=approved,
        name="Giấy khai sinh",
        number="12/2026",
        reason="" if approved else "Không đủ điều kiện",
        files=files,
    )


# -- definitions -------------------------------------------------------------------------------------------------------


def test_the_shipped_groups_name_procedures_that_the_shipped_catalogue_has() -> None:
    with gzip.open(DEMO_CATALOGUE, "rt", encoding="utf-8") as file:
        codes = {json.loads(line)["code"] for line in file}
    shipped = groups.shipped()
    assert {row["key"] for row in shipped} == {
        "birth", "death", "land-tax", "people-of-merit", "social-allowance", "household-business",
    }  # fmt: skip
    for row in shipped:
        assert problems(parts_of(row["members"]), dict.fromkeys(codes)) == [], row["key"]
        assert "Điều 20" in row["basis"]


def test_the_shipped_groups_are_loaded_once_and_what_an_office_changed_stays() -> None:
    assert groups.load_shipped() == 6
    LinkedGroup.objects.filter(key="birth").update(active=False)
    assert groups.load_shipped() == 0
    assert not LinkedGroup.objects.get(key="birth").active


def test_a_group_is_offered_only_while_all_its_procedures_are_in_force() -> None:
    offer = define(*BIRTH)
    assert [one.key for one in groups.offers()] == ["birth"]
    assert [one.key for one in groups.offers_for("tôi mới Sinh Con thì cần gì")] == ["birth"]
    assert [one.key for one in groups.offers_for("1.100002")] == ["birth"]
    assert groups.offers_for("xây nhà") == []
    LinkedGroup.objects.filter(key="birth").update(
        members=[*LinkedGroup.objects.get().members[:2], {"key": "x", "procedure": "9.9"}]
    )
    forget_all()
    assert groups.offers() == ()
    with pytest.raises(NotFound):
        groups.offer(offer.key)


KEYS = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(st.builds(
    Part,
    key=KEYS,
    procedure=st.just("1"),
    after=st.one_of(st.none(), st.lists(KEYS, max_size=2).map(tuple)),
    needs=st.lists(KEYS, max_size=2).map(tuple),
    optional=st.booleans(),
), min_size=2, max_size=4), st.booleans(), st.sets(KEYS))  # fmt: skip
def test_a_definition_without_problems_always_comes_to_its_end(
    parts: list[Part], on_paper: bool, left_out: set[str]
) -> None:
    """Whatever is left out: each part waits only for parts before it, so that none waits for ever."""
    if problems(parts, {"1": None}):
        return
    chosen = [part.key for part in parts if not (part.optional and part.key in left_out)]
    for at, part in enumerate(parts):
        if part.key in chosen:
            waits = waits_for(parts, at, on_paper=on_paper, chosen=chosen)
            earlier = [one.key for one in parts[:at]]
            assert set(waits) <= set(earlier) & set(chosen)
            assert set(part.needs) <= set(waits), "what it needs cannot be left out"


def test_problems_are_told_in_plain_words() -> None:
    parts = parts_of(
        [
            {"key": "a", "procedure": "1", "optional": True},
            {"key": "a", "procedure": "9", "unit": "somewhere", "needs": ["c"]},
            {"key": "c", "procedure": "1", "needs": ["a"], "before_signing": ["a"]},
        ]
    )
    said = {message for _key, message in problems(parts, {"1": None})}
    assert said == {
        "Each part needs a key of its own.",
        "No procedure with this code is in force.",
        "It is not clear which agency is meant.",
        "It can only wait for parts before it.",
        "It cannot hold up the signing of a part that it needs, or of none.",
        "It needs a part that may be left out.",
        "The first part is the lead's and cannot be left out.",
    }


# -- submitting --------------------------------------------------------------------------------------------------------


def test_electronically_all_agencies_have_it_at_once_each_with_its_own_dossier_nd118_d20(citizen: User) -> None:
    offer = define({"key": "birth"}, {"key": "residence"}, {"key": "insurance"})
    with clock.at(TUESDAY):
        group = submitted(offer, citizen)
        for key, channel in enumerate(("KIOSK", "NATIONAL")):
            assert submitted(offer, citizen, channel=channel, key=str(key)).way == "parallel"
    assert group.way == "parallel"
    assert states(group) == {"birth": "running", "residence": "running", "insurance": "running"}
    dossiers = [dossier_of(group, key) for key in ("birth", "residence", "insurance")]
    assert len({dossier.code for dossier in dossiers}) == 3
    assert {dossier.lead_id for dossier in dossiers} == {unit("commune")}
    assert all(dossier.linked for dossier in dossiers)
    event = Event.objects.get(stream=group.pk)
    assert event.kind == "group.submitted"
    assert (event.data["way"], event.data["lead"], len(event.data["parts"])) == ("parallel", str(unit("commune")), 3)


def test_the_code_carries_the_counter_s_identifier_or_the_lead_s_or_the_portal_s_nd118_d28(
    citizen: User, settings: Any
) -> None:
    offer = define({"key": "birth"}, {"key": "residence"})
    with clock.at(TUESDAY):
        assert submitted(offer, citizen, channel="DIRECT", key="1").code == "H57.100.1-260303-0001"
        assert submitted(offer, citizen, key="2").code.startswith("H57.100-260303-")
        settings.PORTAL_IDENTIFIER = "H57.99"
        assert submitted(offer, citizen, key="3").code == "H57.99-260303-0001"


def test_a_group_and_a_dossier_of_the_same_agency_never_share_a_code(citizen: User) -> None:
    offer = define({"key": "birth"}, {"key": "residence"})
    with clock.at(TUESDAY):
        group = submitted(offer, citizen)
    codes = [group.code, *Dossier.objects.values_list("code", flat=True)]
    assert len(set(codes)) == 3


def test_on_paper_the_parts_go_one_after_the_other_through_the_lead_nd118_d20(citizen: User, staff: Staff) -> None:
    offer = define({"key": "birth"}, {"key": "residence"}, {"key": "insurance"})
    group = submitted(offer, citizen, channel="DIRECT")
    assert group.way == "sequence"
    assert states(group) == {"birth": "running", "residence": "waiting", "insurance": "waiting"}
    finish(dossier_of(group, "birth"), staff)
    advance(group.pk)
    assert states(group) == {"birth": "done", "residence": "running", "insurance": "waiting"}
    actions.refuse.run(
        staff.counter, dossier_of(group, "residence").pk, reason="not_competent", explanation="Nộp ở phường khác."
    )
    advance(group.pk)
    assert states(group)["insurance"] == "running", "the order on paper alone holds nobody back"


def test_a_result_that_a_part_needs_is_waited_for_and_comes_with_it_as_a_component(citizen: User, staff: Staff) -> None:
    offer = define(*BIRTH)
    group = submitted(offer, citizen)
    assert states(group) == {"birth": "running", "residence": "waiting", "insurance": "waiting"}
    assert staff.head.id is not None
    upload = store(pdf("giấy khai sinh"), "khai-sinh.pdf", staff.head.id)
    finish(dossier_of(group, "birth"), staff, files=(actions.FileIn(upload.blob_id, upload.name),))
    # suspended since: what was submitted goes on, nothing new is taken
    Procedure.objects.filter(code="1.100002").update(status=Procedure.Status.SUSPENDED)
    forget_all()
    advance(group.pk)
    with pytest.raises(Refused):
        actions.submit_once(actor_of(citizen), make_submission(citizen, groups.current("1.100002")))
    for key in ("residence", "insurance"):
        dossier = dossier_of(group, key)
        component = dossier.components.get(key="result-birth")
        assert "Giấy khai sinh 12/2026" in component.name
        assert [file.blob_id for file in component.files.all()] == [upload.blob_id]
        assert dossier.submitted_by == citizen.id
    before = Event.objects.count()
    advance(group.pk)
    assert Event.objects.count() == before, "a second run changes nothing"


def test_what_was_submitted_is_kept_whole_until_its_part_begins(citizen: User) -> None:
    procedure = make_procedure("1.100009")
    submission = replace(
        make_submission(citizen, procedure),
        components=[actions.ComponentIn("p1", "Tờ khai", 1, 2, (actions.FileIn("a" * 64, "a.pdf"),))],
        loose_files=[actions.FileIn("b" * 64, "b.pdf")],
        lead_id=unit("commune"),
        linked=True,
    )
    kept = json.loads(json.dumps(as_json(submission)))
    assert from_json(kept, key=submission.key) == submission


def test_the_same_submission_again_gives_the_same_group(citizen: User) -> None:
    offer = define(*BIRTH)
    group = submitted(offer, citizen)
    again, new = submit_group_once(actor_of(citizen), given_group(offer, citizen))
    assert (again.pk, new) == (group.pk, False)
    assert Dossier.objects.count() == 1
    with pytest.raises(Conflict):
        submit_group_once(actor_of(make_citizen()), given_group(offer, make_citizen()))


def test_only_what_may_be_left_out_can_be(citizen: User) -> None:
    offer = define(*BIRTH)
    with pytest.raises(Invalid):
        submit_group_once(actor_of(citizen), given_group(offer, citizen, leave_out=("residence",)))
    group = submitted(offer, citizen, leave_out=("insurance",))
    assert set(states(group)) == {"birth", "residence"}


# -- parts that end otherwise -----------------------------------------------------------------------------------------


def test_a_part_whose_prerequisite_has_no_result_is_dropped_and_the_applicant_told(citizen: User, staff: Staff) -> None:
    offer = define(*BIRTH)
    group = submitted(offer, citizen)
    actions.refuse.run(staff.counter, dossier_of(group, "birth").pk, reason="not_eligible", explanation="Thiếu căn cứ.")
    advance(group.pk)
    assert states(group) == {"birth": "failed", "residence": "dropped", "insurance": "dropped"}
    group.refresh_from_db()
    assert group.closed_at is not None
    following_groups.group_notices(list(Event.objects.filter(stream=group.pk).order_by("seq")))
    told = list(Message.objects.filter(stream=group.pk).order_by("id").values_list("kind", flat=True))
    assert sorted(told) == ["group.closed", "group.part_dropped", "group.part_dropped", "group.submitted"]


def test_a_rejection_is_no_result_either(citizen: User, staff: Staff) -> None:
    group = submitted(define(*BIRTH), citizen)
    finish(dossier_of(group, "birth"), staff, approved=False)
    advance(group.pk)
    assert states(group)["residence"] == "dropped"
    assert DossierGroup.objects.get(pk=group.pk).closed_at is None, "the rejection has not been returned yet"


def test_a_prerequisite_taken_up_again_revives_what_was_dropped_for_it(citizen: User, staff: Staff) -> None:
    group = submitted(define(*BIRTH), citizen)
    birth = dossier_of(group, "birth")
    actions.accept.run(staff.counter, birth.pk)
    actions.stop.run(actor_of(citizen), birth.pk, reason="applicant")
    advance(group.pk)
    assert states(group)["residence"] == "dropped"
    reason = "other"
    actions.reopen.run(staff.head, birth.pk, reason=reason, explanation="Đủ điều kiện giải quyết tiếp")
    advance(group.pk)
    assert states(group) == {"birth": "running", "residence": "waiting", "insurance": "waiting"}
    assert DossierGroup.objects.get(pk=group.pk).closed_at is None


def test_one_part_withdrawn_leaves_the_others_and_takes_what_needs_it(citizen: User, staff: Staff) -> None:
    offer = define({"key": "birth"}, {"key": "residence"}, {"key": "insurance", "needs": ["residence"]})
    group = submitted(offer, citizen)
    actions.withdraw.run(actor_of(citizen), dossier_of(group, "residence").pk, reason="Chưa chuyển nhà")
    advance(group.pk)
    assert states(group) == {"birth": "running", "residence": "failed", "insurance": "dropped"}


def test_withdrawing_the_whole_group_keeps_what_was_decided_nd118_d21(citizen: User, staff: Staff) -> None:
    offer = define({"key": "birth"}, {"key": "residence"}, {"key": "insurance", "needs": ["residence"]})
    group = submitted(offer, citizen)
    finish(dossier_of(group, "birth"), staff)
    for other in (actor_of(make_citizen()), staff.counter):
        with pytest.raises(NotAllowed):
            withdraw_group(other, group.pk)
    withdraw_group(actor_of(citizen), group.pk, reason="Chuyển đi tỉnh khác")
    assert states(group) == {"birth": "done", "residence": "failed", "insurance": "dropped"}
    assert dossier_of(group, "residence").status == Status.WITHDRAWN
    (event,) = Event.objects.filter(stream=group.pk, kind="group.withdrawn")
    assert event.data == {
        "withdrawn": ["residence"], "dropped": ["insurance"], "kept": ["birth"], "basis": "ND118 Đ21",
    }  # fmt: skip
    with pytest.raises(Refused):
        withdraw_group(actor_of(citizen), group.pk)


def test_a_part_that_has_not_begun_can_be_dropped_by_the_applicant_alone(citizen: User) -> None:
    group = submitted(define(*BIRTH), citizen)
    with pytest.raises(NotAllowed):
        drop_part(actor_of(make_citizen()), group.pk, key="insurance")
    with pytest.raises(Conflict):
        drop_part(actor_of(citizen), group.pk, key="birth")
    drop_part(actor_of(citizen), group.pk, key="insurance")
    assert states(group)["insurance"] == "dropped"


def test_a_group_is_closed_when_every_part_has_ended(citizen: User, staff: Staff) -> None:
    group = submitted(define({"key": "birth"}, {"key": "residence"}), citizen)
    for key in ("birth", "residence"):
        dossier = dossier_of(group, key)
        finish(dossier, staff)
        advance(group.pk)
        assert DossierGroup.objects.get(pk=group.pk).closed_at is None
        actions.return_result.run(staff.counter, dossier.pk, received_by="Trần Thị Bình")
    advance(group.pk)
    assert DossierGroup.objects.get(pk=group.pk).closed_at is not None


# -- land and tax -----------------------------------------------------------------------------------------------------


def test_the_land_dossier_is_not_signed_before_the_tax_office_has_spoken(citizen: User, staff: Staff) -> None:
    offer = define({"key": "land"}, {"key": "tax", "after": [], "before_signing": ["land"]}, key="land-tax")
    group = submitted(offer, citizen, channel="DIRECT")
    assert states(group) == {"land": "running", "tax": "running"}, "the tax office begins at once, on paper too"
    land, tax = dossier_of(group, "land"), dossier_of(group, "tax")
    actions.accept.run(staff.counter, land.pk)
    actions.pass_on.run(staff.specialist, land.pk, task_id=open_task(land.pk).id)
    sign = open_task(land.pk).id
    with pytest.raises(Conflict, match="linked part"):
        actions.complete.run(staff.head, land.pk, task_id=sign, approved=True, name="Giấy chứng nhận")
    assert staff.head.id is not None
    upload = store(pdf("thông báo thuế"), "thong-bao.pdf", staff.head.id)
    finish(tax, staff, files=(actions.FileIn(upload.blob_id, upload.name),))
    advance(group.pk)
    advance(group.pk)
    assert land.components.get(key="result-tax").files.get().blob_id == upload.blob_id
    # the applicant owes what the notice says: the clock of the land dossier stands until it is paid (status 6)
    actions.demand_payment.run(
        staff.head, land.pk, name="Lệ phí trước bạ", amount=1_250_000, notice_number="LTB-77/2026"
    )
    assert Dossier.objects.get(pk=land.pk).status == Status.PAYMENT
    actions.note_payment.run(staff.counter, land.pk, receipt="BL-0001")
    actions.complete.run(staff.head, land.pk, task_id=open_task(land.pk).id, approved=True, name="Giấy chứng nhận")
    assert Dossier.objects.get(pk=land.pk).status == Status.FINISHED


def test_a_flow_goes_from_the_commune_to_the_department_to_the_province_committee_and_back(
    citizen: User, staff: Staff
) -> None:
    """Steps at other agencies, found by field and by what stands above the competent unit (ND118 Đ20)."""
    steps = [
        {"key": "verify", "name": "Xã xác minh", "stage": "process", "next": ["department"]},
        {"key": "department", "name": "Sở thẩm định", "stage": "process", "unit": "field:Xây dựng", "next": ["decide"]},
        {"key": "decide", "name": "Thành phố quyết định", "stage": "sign", "unit": "superior", "next": ["return"]},
        {"key": "return", "name": "Trả kết quả", "stage": "return", "unit": "received_at"},
    ]
    with begin(SYSTEM) as work:
        publish_flow(work, "xa-so-tinh", "Xã, sở, tỉnh", steps, effective_from=clock.today(), rules=[{}])
    forget_all()
    units = make_units()
    department, province = (
        make_officer("specialist", units["other_department"]),
        make_officer("leader", units["province"]),
    )
    dossier = make_dossier("accepted", citizen=citizen, staff=staff)
    actions.pass_on.run(staff.specialist, dossier.pk, task_id=open_task(dossier.pk).id)
    assert open_task(dossier.pk).unit_id == units["other_department"].pk
    actions.pass_on.run(actor_of(department), dossier.pk, task_id=open_task(dossier.pk).id)
    assert open_task(dossier.pk).unit_id == units["province"].pk
    actions.complete.run(
        actor_of(province), dossier.pk, task_id=open_task(dossier.pk).id, approved=True, name="Quyết định"
    )
    assert open_task(dossier.pk).unit_id == units["commune_centre"].pk
    lines = timeline([dossier.pk], clock.now()).lines
    assert [line.unit.code for line in lines] == ["H57.100.1", "H57.100", "H57.11", "H57"]


# -- seeing -----------------------------------------------------------------------------------------------------------


def test_a_group_is_seen_by_its_applicant_and_by_officers_of_its_parts_alone(citizen: User, staff: Staff) -> None:
    group = submitted(define(*BIRTH), citizen)
    assert groups.get_group(actor_of(citizen), group.code).pk == group.pk
    assert groups.get_group(staff.specialist, group.code).pk == group.pk
    for other in (actor_of(make_citizen()), make_staff("other_commune").counter):
        with pytest.raises(NotFound):
            groups.get_group(other, group.code)
    assert groups.going_on_with(Dossier.objects.all()) == [group]
    assert groups.going_on_with([make_dossier("new", staff=staff)]) == []
    assert groups.public_progress(group.code) == (0, 3)
    assert groups.public_progress("H57-260303-9999") is None


def test_who_leads_the_group_has_no_hand_in_the_parts_of_others(citizen: User, staff: Staff) -> None:
    offer = define({"key": "land"}, {"key": "tax", "unit": "code:H57.11", "after": []})
    whole = given_group(offer, citizen)
    tax = replace(whole.submissions["tax"], competent_id=unit("other_department"), received_at_id=unit("centre"))
    group, _ = submit_group_once(actor_of(citizen), replace(whole, submissions={**whole.submissions, "tax": tax}))
    part = dossier_of(group, "tax")
    assert directory().unit(part.lead_id).code == "H57.100"
    assert not visible_to(staff.head).filter(pk=part.pk).exists()
    with pytest.raises(NotFound):
        actions.remark.run(staff.head, part.pk, text="Xem giúp")
    with pytest.raises(NotAllowed), begin(staff.head) as work:
        actions.remark(work, part, text="Xem giúp")


def test_what_follows_is_queued_by_the_ledger_s_reader(citizen: User, staff: Staff) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    group = submitted(define(*BIRTH), citizen)
    finish(dossier_of(group, "birth"), staff)
    following_groups.groups(list(Event.objects.filter(kind="dossier.completed")))
    job = ProcrastinateJob.objects.get(task_name="dossiers.advance_group")
    assert job.args == {"group": str(group.pk)}


def test_the_shipped_file_is_plain_data() -> None:
    path = Path(groups.__file__).parents[1] / "data" / "linked_groups.json"
    assert all(
        set(row) >= {"key", "name", "name_en", "members", "basis"} for row in json.loads(path.read_text("utf-8"))
    )
    assert Channel.ONLINE in Channel.values
