"""A reorganisation in the midst of linked procedures and of absences: what waits goes to the agencies of that day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.deputies import depute
from motcua.engines.organisations.models import Appointment
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.groups import GroupSubmission, advance, submit_group_once
from motcua.services.dossiers.models import Dossier, DossierGroup, GroupMember, LinkedGroup
from motcua.services.dossiers.reorganising import plans as reorganising
from motcua.services.dossiers.together import groups
from tests import factories

pytestmark = pytest.mark.django_db

BEFORE = datetime(2026, 6, 2, 9, 0, tzinfo=VIETNAM)
DAY = date(2026, 6, 8)
ON = datetime(2026, 6, 8, 7, 30, tzinfo=VIETNAM)
LAND, CIVIL = "Đất đai", "Hộ tịch"


def given(fields: tuple[str, ...], **members: dict[str, Any]) -> DossierGroup:
    """A group of the ward, the procedures of its parts of these fields in turn."""
    citizen = factories.make_citizen()
    codes = [factories.make_procedure(field=name).code for name in fields]
    rows = [{"key": key, "procedure": code, **row} for (key, row), code in zip(members.items(), codes, strict=True)]
    LinkedGroup.objects.create(key="doi", name="Việc liên thông", members=rows)
    forget_all()
    offer = groups.offer("doi")
    assert citizen.party is not None
    group, _ = submit_group_once(
        actor_of(citizen),
        GroupSubmission(
            offer=offer,
            channel="ONLINE",
            received_at_id=factories.unit("commune_centre"),
            applicant_id=citizen.party.id,
            key="một",
            submissions={
                part.key: factories.make_submission(citizen, groups.current(part.procedure)) for part, _ in offer.parts
            },
        ),
    )
    return group


def carried_out(*changes: dict[str, Any]) -> None:
    data = {"name": "Sắp xếp", "basis": "Nghị quyết 1", "effective": DAY.isoformat(), "changes": list(changes)}
    with clock.at(ON):
        forget_all()
        assert reorganising.carry_out(reorganising.submit(SYSTEM, data).id).state == "done"


def ward(code: str) -> dict[str, Any]:
    return {"code": code, "name": f"Ủy ban nhân dân phường {code}", "ward_code": "19" + code[-3:]}


SPLIT = {
    "kind": "split",
    "from": "H57.100",
    "to": [{"unit": ward("H57.151")}, {"unit": ward("H57.152"), "of_fields": [LAND]}],
}


def test_a_part_that_waited_begins_at_the_agencies_that_are_there_then() -> None:
    with clock.at(BEFORE):
        staff = factories.make_staff()
        group = given((CIVIL, CIVIL), birth={}, residence={"unit": "lead", "needs": ["birth"]})
    carried_out({"kind": "merge", "from": ["H57.100", "H57.101"], "to": ward("H57.150")})
    with clock.at(ON + timedelta(hours=1)):
        first = GroupMember.objects.get(group=group, key="birth").dossier
        assert first is not None
        head, counter, specialist = (
            actor_of(factories.User.objects.get(pk=each.id)) for each in (staff.head, staff.counter, staff.specialist)
        )
        actions.accept.run(counter, first.pk)
        actions.pass_on.run(specialist, first.pk, task_id=factories.open_task(first.pk).id)
        actions.complete.run(head, first.pk, task_id=factories.open_task(first.pk).id, approved=True, name="Giấy")
        advance(group.pk)
        part = GroupMember.objects.get(group=group, key="residence").dossier
        assert part is not None
        codes = {name: directory().unit(getattr(part, name)).code for name in ("competent_id", "lead_id")}
        assert codes == {"competent_id": "H57.150", "lead_id": "H57.150"}
        assert directory().unit(part.received_at_id).code == "H57.150.1"


def test_parts_of_a_divided_ward_go_by_their_field_and_keep_one_lead() -> None:
    with clock.at(BEFORE):
        factories.make_staff()
        group = given(
            (CIVIL, LAND, LAND),
            birth={},
            residence={"unit": "lead", "needs": ["birth"]},
            land={"unit": "lead"},
        )
        above = factories.make_units()["province"]
        for role in ("counter", "specialist", "head", "clerk"):
            factories.make_officer(role, above)
    carried_out(SPLIT)
    with clock.at(ON):
        units = {row.key: directory().unit(row.unit_id).code for row in GroupMember.objects.filter(group=group)}
        assert units == {"birth": "H57.151", "residence": "H57.152", "land": "H57.152"}
        group.refresh_from_db()
        begun = [row.dossier for row in GroupMember.objects.filter(group=group, dossier__isnull=False)]
        assert {directory().unit(each.lead_id).code for each in begun if each} == {"H57.151"}
        assert directory().unit(group.lead_id).code == "H57.151"


def test_a_deputy_goes_on_in_the_post_of_the_one_who_is_away() -> None:
    """The two are sent to different successors: the post is held where its holder sits (not where the deputy goes)."""
    with clock.at(BEFORE):
        units = factories.make_units()
        away = factories.make_officer("counter", username="vang")
        deputy = factories.make_officer("clerk", username="thay")
        for role in ("counter", "specialist", "head", "clerk"):
            factories.make_officer(role, units["province"])
        post = Appointment.objects.get(user=away)
        with begin(actor_of(away)) as work:
            depute(
                work,
                appointment_id=post.pk,
                deputy_id=deputy.pk,
                valid_from=BEFORE.date(),
                valid_to=DAY + timedelta(days=10),
            )
    parts = [
        {"unit": ward("H57.151"), "people": ["vang"]},
        {"unit": ward("H57.152"), "people": ["thay"]},
    ]
    carried_out({"kind": "split", "from": "H57.100", "to": parts})
    with clock.at(ON):
        held = {(grant.role, directory().unit(grant.unit_id).code) for grant in actor_of(deputy).grants}
        assert held == {("clerk", "H57.152"), ("counter", "H57.151.1")}


def test_what_is_taken_up_again_goes_on_where_the_work_is_now() -> None:
    """Closed when the units ended, so nothing moved it then: stopped and reopened, returned and found wrong."""
    with clock.at(BEFORE):
        staff = factories.make_staff()
        citizen = factories.make_citizen()
        stopped = factories.make_dossier("processing", citizen=citizen, staff=staff)
        returned = factories.make_dossier("returned", citizen=citizen, staff=staff)
        actions.stop.run(staff.head, stopped.pk, reason="dispute", explanation="Có tranh chấp.")
    carried_out({"kind": "merge", "from": ["H57.100", "H57.101"], "to": ward("H57.150")})
    with clock.at(ON + timedelta(hours=1)):
        head = actor_of(factories.User.objects.get(pk=staff.head.id))
        actions.reopen.run(head, stopped.pk, reason="cause_gone", explanation="Hết tranh chấp.")
        actions.ask_correction.run(actor_of(citizen), returned.pk, reason="typing", explanation="Sai tên.")
        for dossier in Dossier.objects.select_related("case").filter(pk__in=(stopped.pk, returned.pk)):
            units = directory().by_id
            named = [dossier.received_at_id, dossier.competent_id, dossier.lead_id, dossier.case.holder_id]
            named += [task.unit_id for task in dossier.case.open_tasks]
            assert all(units[key].current for key in named), [units[key].code for key in named]
            event = Event.objects.filter(stream=dossier.pk).latest("seq")
            assert event.data["moved_after"]["competent"] == str(directory().coded("H57.150").id)
