"""What a flow says of a step holds: who must hold which role, what is closed; and a stamp may follow the decision."""

from __future__ import annotations

from typing import Any

import pytest

from motcua.engines.accounts.queries import actor_of
from motcua.engines.flows.actions import publish
from motcua.engines.flows.rules import STANDARD
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, NotAllowed, Refused
from motcua.services.dossiers import actions
from motcua.services.dossiers.office.bulk import begin_run, progress
from motcua.services.dossiers.office.possible import possible
from motcua.services.dossiers.rules import Status
from tests import factories
from tests.interfaces.api.conftest import Api
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db


def begun(*steps: dict[str, Any]) -> tuple[Any, factories.Staff]:
    """A dossier accepted into a flow of these steps."""
    procedure, staff = factories.make_procedure(), factories.make_staff()
    with begin(SYSTEM) as work:
        publish(work, "thu", "Thử", list(steps), effective_from=clock.today(),
                rules=[{"procedure_code": procedure.code}])  # fmt: skip
    return factories.make_dossier("accepted", procedure=procedure, staff=staff), staff


def verbs(actor: Any, dossier: Any) -> set[str]:
    dossier.case.__dict__.pop("_open_tasks", None)
    return {one.verb for one in possible(actor, dossier)}


def test_a_step_given_to_a_role_is_closed_to_others_of_the_unit() -> None:
    dossier, staff = begun({**STANDARD[0], "role": "head"}, *STANDARD[1:])
    task = factories.open_task(dossier.pk)
    assert "claim" not in verbs(staff.specialist, dossier)
    assert "claim" in verbs(staff.head, dossier)
    with pytest.raises(NotAllowed):
        actions.claim.run(staff.specialist, dossier.pk, task_id=task.pk)
    with pytest.raises(NotAllowed):
        actions.pass_on.run(staff.specialist, dossier.pk, task_id=task.pk)
    with pytest.raises(Invalid):
        actions.assign.run(staff.head, dossier.pk, task_id=task.pk, user_id=staff.specialist.id)
    actions.pass_on.run(staff.head, dossier.pk, task_id=task.pk)
    assert factories.open_task(dossier.pk).step == "approve"


def test_a_permission_may_stand_in_place_of_a_role() -> None:
    dossier, staff = begun({**STANDARD[0], "role": "dossier.assign"}, *STANDARD[1:])
    assert "pass_on" not in verbs(staff.specialist, dossier)
    assert "pass_on" in verbs(staff.head, dossier)


def test_what_a_step_does_not_allow_is_neither_offered_nor_done() -> None:
    dossier, staff = begun({**STANDARD[0], "actions": ["assign"]}, {**STANDARD[1], "actions": ["assign"]}, STANDARD[2])
    task = factories.open_task(dossier.pk)
    assert not {"supplement", "ask_opinions"} & verbs(staff.specialist, dossier)
    wanted = [{"component": "", "name": "Giấy tờ", "code": "missing", "reason": "thiếu", "basis": "", "held": ""}]
    with pytest.raises(Refused):
        actions.request_supplement.run(staff.specialist, dossier.pk, items=wanted)
    actions.pass_on.run(staff.specialist, dossier.pk, task_id=task.pk)
    task = factories.open_task(dossier.pk)
    assert "send_back" not in verbs(staff.head, dossier)
    with pytest.raises(Refused):
        actions.send_back.run(staff.head, dossier.pk, task_id=task.pk, to_step="verify", reason="Xem lại")


def test_after_the_decision_the_clerk_stamps_and_then_it_is_returned() -> None:
    stamp = {"key": "stamp", "name": "Đóng dấu", "stage": "process", "next": ["return"]}
    dossier, staff = begun(STANDARD[0], {**STANDARD[1], "next": ["stamp"]}, stamp, STANDARD[2])
    actions.pass_on.run(staff.specialist, dossier.pk, task_id=factories.open_task(dossier.pk).pk)
    task = factories.open_task(dossier.pk)
    assert "complete" in verbs(staff.head, dossier)
    with pytest.raises(Refused):  # it decides, so the result has to be given
        actions.pass_on.run(staff.head, dossier.pk, task_id=task.pk)
    actions.complete.run(staff.head, dossier.pk, task_id=task.pk, approved=True, name="Giấy khai sinh")
    task = factories.open_task(dossier.pk)
    assert task.step == "stamp"
    actions.pass_on.run(staff.specialist, dossier.pk, task_id=task.pk)
    assert factories.open_task(dossier.pk).stage == "return"
    dossier.refresh_from_db()
    assert dossier.status == Status.FINISHED


def test_a_head_above_the_unit_holds_the_role_too() -> None:
    dossier, _staff = begun({**STANDARD[0], "role": "head"}, *STANDARD[1:])
    above = actor_of(factories.make_officer("head", factories.make_units()["province"]))
    assert "claim" in verbs(above, dossier)


# -- a choice after the decision ---------------------------------------------------------------------------------------

STAMP = {"key": "stamp", "name": "Đóng dấu", "stage": "process", "next": ["return"]}
PUBLISH = {"key": "publish", "name": "Công bố", "stage": "process", "next": ["return"]}


def deciding() -> tuple[Any, factories.Staff, Any]:
    """A dossier whose decision leaves a choice: stamped, or published."""
    sign = {**STANDARD[1], "next": ["stamp", "publish"], "choice": True}
    dossier, staff = begun(STANDARD[0], sign, STAMP, PUBLISH, STANDARD[2])
    actions.pass_on.run(staff.specialist, dossier.pk, task_id=factories.open_task(dossier.pk).pk)
    return dossier, staff, factories.open_task(dossier.pk)


def test_who_decides_chooses_the_way_on_and_the_ledger_knows_it() -> None:
    dossier, staff, task = deciding()
    decided = {"task_id": task.pk, "approved": True, "name": "Quyết định"}
    actions.complete.run(staff.head, dossier.pk, **decided, to=["publish"])
    assert factories.open_task(dossier.pk).step == "publish"
    assert Event.objects.get(stream=dossier.pk, kind="dossier.completed").data["to"] == ["publish"]


@pytest.mark.parametrize("to", [["verify"], ["return"], ["nowhere"], ["stamp", "publish"]])
def test_a_way_that_the_flow_does_not_have_is_refused_and_nothing_is_decided(to: list[str]) -> None:
    dossier, staff, task = deciding()
    with pytest.raises(Refused):
        actions.complete.run(staff.head, dossier.pk, task_id=task.pk, approved=True, name="Quyết định", to=to)
    dossier.refresh_from_db()
    assert dossier.finished_at is None
    assert factories.open_task(dossier.pk).step == "approve"


def test_the_desk_asks_for_the_way_and_signs_nothing_without_it() -> None:
    dossier, staff, task = deciding()
    desk = signed_in(staff.head)
    assert "Công bố" in desk.get(f"/desk/dossiers/{dossier.pk}/").content.decode()
    address = f"/desk/dossiers/{dossier.pk}/act/complete/"
    given = {"task": str(task.pk), "decision": "approve", "name": "Quyết định"}
    assert desk.post(address, given).status_code == 422
    assert desk.post(address, given | {"to": "return"}).status_code == 422
    assert desk.post(address, given | {"to": "publish"}).status_code == 302
    assert factories.open_task(dossier.pk).step == "publish"


def test_many_at_once_leave_a_choice_to_the_dossiers_page() -> None:
    dossier, staff, _task = deciding()
    run = begin_run(staff.head, "approve", [dossier.pk], params={"seen": [str(dossier.pk)]})
    assert (progress(run).refused, run.rows.get().said["fields"]["to"][0][:24]) == (1, "The flow leaves a choice")
    assert factories.open_task(dossier.pk).step == "approve"


def test_the_api_says_which_way_or_is_asked() -> None:
    choice = {**STANDARD[0], "next": ["stamp", "approve"], "choice": True}
    dossier, _staff = begun(choice, {**STAMP, "next": ["approve"]}, *STANDARD[1:])
    scopes = ("dossier.read", "dossier.receive", "dossier.process")
    api = Api(factories.make_client(scopes=scopes)[1])
    address = f"/dossiers/{dossier.code}/status"
    refused = api.post(address, {"action": "pass_on"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "to")
    assert api.post(address, {"action": "pass_on", "to": ["return"]}).status_code == 422
    assert api.post(address, {"action": "pass_on", "to": ["approve"]}).status_code == 200
    assert factories.open_task(dossier.pk).step == "approve"
