"""Lists, many at once, a scanned pile, the next dossier and the way back, as officers use them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Task, TaskState
from motcua.engines.cases.readers import recount
from motcua.engines.ledger.models import Event
from motcua.engines.notices.models import Message
from motcua.engines.organisations.models import Appointment
from motcua.foundation import clock
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import BulkRow, BulkRun, HandOver, Proposal, RowState
from motcua.services.dossiers.office import bulk as runs
from motcua.services.dossiers.office import proposals
from tests.factories import (
    make_citizen,
    make_dossier,
    make_officer,
    make_procedure,
    make_staff,
    make_units,
    open_task,
)
from tests.interfaces.desk.support import signed_in
from tests.support.jobs import run_jobs

pytestmark = pytest.mark.django_db


def several(stage: str, count: int, staff: Any) -> list[Any]:
    citizen, procedure = make_citizen(), make_procedure()
    start = clock.now() - timedelta(minutes=count)
    return [
        make_dossier(stage, staff=staff, citizen=citizen, procedure=procedure, at=start + timedelta(minutes=n))
        for n in range(count)
    ]


def test_a_head_sees_the_unit_by_person_and_what_nobody_has() -> None:
    staff = make_staff()
    free, taken = make_dossier("accepted", staff=staff), make_dossier("processing", staff=staff)
    client = signed_in(staff.head)
    url = reverse("desk:worklist")

    def shown(**params: str) -> str:
        return client.get(url, params).content.decode()

    person = str(staff.specialist.id)
    assert taken.code in shown(view="unit", person=person)
    assert free.code not in shown(view="unit", person=person)
    assert free.code in shown(view="unit", person="none")
    assert taken.code not in shown(view="unit", person="none")
    waiting = make_dossier("supplement", staff=staff)
    assert waiting.code in shown(view="unit", state="waiting")
    assert waiting.code not in shown(view="unit")
    # who leads nothing has no such list
    specialist = signed_in(staff.specialist)
    assert free.code not in specialist.get(url, {"view": "unit"}).content.decode()


def test_what_another_agency_holds_of_ours_is_found_by_who_answers_for_it() -> None:
    staff, units = make_staff(), make_units()
    dossier = make_dossier("processing", staff=staff)
    task = open_task(dossier.pk)
    Task.objects.filter(pk=task.pk).update(unit=units["department"], answerable=units["commune"], assignee=None)
    client = signed_in(staff.head)
    assert dossier.code in client.get(reverse("desk:worklist"), {"view": "elsewhere"}).content.decode()
    other = signed_in(make_staff("other_commune").head)
    assert dossier.code not in other.get(reverse("desk:worklist"), {"view": "elsewhere"}).content.decode()


def test_after_finishing_the_next_of_the_same_list_comes_and_the_step_can_be_taken_back() -> None:
    staff = make_staff()
    first, second, third = several("processing", 3, staff)
    client = signed_in(staff.specialist)
    client.get(reverse("desk:worklist"), {"view": "process"})
    task = open_task(second.pk)
    address = reverse("desk:act", args=[second.pk, "pass_on"])
    answer = client.post(address, {"task": str(task.pk), "opinion": "Đủ"}, follow=True)
    # behind the second stands the third: the list keeps its place
    assert answer.redirect_chain[-1][0] == reverse("desk:dossier", args=[third.pk])
    text = answer.content.decode()
    assert second.code in text
    assert reverse("desk:undo", args=[second.pk]) in text
    assert reverse("desk:undo", args=[second.pk]) not in client.get(answer.redirect_chain[-1][0]).content.decode()
    undo = client.post(reverse("desk:undo", args=[second.pk]), {"verb": "pass_on", "task": str(task.pk)})
    assert undo.status_code == 302
    again = open_task(second.pk)
    assert (again.step, again.assignee_id, again.due_at) == (task.step, staff.specialist.id, task.due_at)
    kinds = list(Event.objects.filter(stream=second.pk).order_by("seq").values_list("kind", flat=True))
    assert kinds[-2:] == ["dossier.passed_on", "dossier.taken_back"]
    # on without doing anything, to the end of the list and back to it; what was taken back is due last
    client.get(reverse("desk:worklist"), {"view": "process"})
    for dossier, following in ((first, third), (third, second), (second, None)):
        answer = client.get(reverse("desk:following", args=[dossier.pk]))
        end = f"{reverse('desk:worklist')}?view=process"
        assert answer.headers["Location"] == (reverse("desk:dossier", args=[following.pk]) if following else end)


def test_what_the_next_has_taken_in_hand_is_not_taken_back() -> None:
    staff = make_staff()
    dossier = make_dossier("signing", staff=staff)
    done = Task.objects.filter(case=dossier.pk, state=TaskState.DONE, outcome="passed_on").latest("closed_at")
    actions.claim.run(staff.head, dossier.pk, task_id=open_task(dossier.pk).id)
    client = signed_in(staff.specialist)
    client.post(reverse("desk:undo", args=[dossier.pk]), {"verb": "pass_on", "task": str(done.pk)})
    assert open_task(dossier.pk).stage == "sign"
    # nor by somebody else, though nobody has taken it
    other = make_dossier("signing", staff=staff)
    done = Task.objects.filter(case=other.pk, state=TaskState.DONE, outcome="passed_on").latest("closed_at")
    colleague = make_officer("specialist")
    answer = signed_in(colleague).post(reverse("desk:undo", args=[other.pk]), {"verb": "pass_on", "task": str(done.pk)})
    assert answer.status_code == 403
    assert open_task(other.pk).stage == "sign"


def test_who_came_by_a_search_stays_at_the_dossier() -> None:
    staff = make_staff()
    wanted, _other = several("processing", 2, staff)
    client = signed_in(staff.specialist)
    client.get(reverse("desk:worklist"))
    client.post(reverse("desk:search"), {"q": wanted.code}, follow=True)
    task = open_task(wanted.pk)
    answer = client.post(reverse("desk:act", args=[wanted.pk, "pass_on"]), {"task": str(task.pk)})
    assert answer["Location"] == reverse("desk:dossier", args=[wanted.pk])


def test_bulk_keeps_each_result_and_says_why_not() -> None:
    staff = make_staff()
    good, gone = several("new", 2, staff)
    actions.accept.run(staff.counter, gone.pk)
    client = signed_in(staff.counter)
    form = {"verb": "accept", "token": "one", "dossier": [str(good.pk), str(gone.pk)]}
    answer = client.post(reverse("desk:bulk"), form, follow=True)
    run = BulkRun.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("desk:bulk_run", args=[run.pk])
    states = dict(BulkRow.objects.values_list("dossier_id", "state"))
    assert states == {good.pk: RowState.DONE, gone.pk: RowState.REFUSED}
    assert gone.code in answer.content.decode()
    # the same form once more, as by a double click: nothing new
    client.post(reverse("desk:bulk"), form)
    assert BulkRun.objects.count() == 1
    assert Event.objects.filter(stream=good.pk, kind="dossier.accepted").count() == 1
    # nobody else sees it
    assert signed_in(staff.head).get(reverse("desk:bulk_run", args=[run.pk])).status_code == 404


def test_a_run_that_was_broken_off_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    staff = make_staff()
    dossiers = several("accepted", 4, staff)
    monkeypatch.setattr(runs, "AT_ONCE", 0)  # all is left to the worker, as with many rows
    run = runs.begin_run(staff.specialist, "claim", [dossier.pk for dossier in dossiers])
    assert runs.progress(run).seen == 0
    # the worker does two, and is gone
    assert runs._one(run, staff.specialist)
    assert runs._one(run, staff.specialist)
    assert runs.progress(run) == runs.Progress(4, 2, 0)
    # whoever is left carries it on; nothing happens twice
    done = run_jobs()
    assert ("dossiers.carry_on_bulk", "done") in done
    runs.carry_on(run.pk)
    assert runs.progress(run) == runs.Progress(4, 4, 0)
    for dossier in dossiers:
        assert Event.objects.filter(stream=dossier.pk, kind="dossier.claimed").count() == 1
    run.refresh_from_db()
    assert run.finished_at is not None
    assert runs.unfinished() == []


def test_the_page_of_a_run_shows_how_far_it_is_also_without_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    staff = make_staff()
    dossiers = several("accepted", 3, staff)
    monkeypatch.setattr(runs, "AT_ONCE", 0)
    run = runs.begin_run(staff.specialist, "claim", [dossier.pk for dossier in dossiers])
    client = signed_in(staff.specialist)
    url = reverse("desk:bulk_run", args=[run.pk])
    text = client.get(url).content.decode()
    assert '<noscript><meta http-equiv="refresh"' in text
    assert "0/3" in text
    run_jobs()
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "3/3" in part
    assert "hx-get" not in part


def test_rights_of_a_run_are_those_of_the_moment_in_which_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    staff = make_staff()
    dossier = make_dossier("accepted", staff=staff)
    monkeypatch.setattr(runs, "AT_ONCE", 0)
    run = runs.begin_run(staff.specialist, "claim", [dossier.pk])
    yesterday = clock.today() - timedelta(days=1)
    Appointment.objects.filter(user__full_name=staff.specialist.name).update(valid_to=yesterday)
    run_jobs()
    assert runs.progress(run) == runs.Progress(1, 0, 1)


def test_assigning_many_asks_for_one_who_may_do_all() -> None:
    staff = make_staff()
    dossiers = several("accepted", 3, staff)
    client = signed_in(staff.head)
    form: dict[str, Any] = {"verb": "assign", "dossier": [str(each.pk) for each in dossiers], "token": "t"}
    asked = client.post(reverse("desk:bulk"), form)
    assert staff.specialist.name in asked.content.decode()
    assert staff.counter.name not in asked.content.decode()
    assert client.post(reverse("desk:bulk"), form | {"sure": "1"}).status_code == 422
    client.post(reverse("desk:bulk"), form | {"sure": "1", "user": str(staff.specialist.id)})
    assert {open_task(each.pk).assignee_id for each in dossiers} == {staff.specialist.id}


def test_many_are_signed_only_after_each_was_seen() -> None:
    staff = make_staff()
    seen, unseen = several("signing", 2, staff)
    client = signed_in(staff.head)
    client.get(reverse("desk:dossier", args=[seen.pk]))
    page = client.get(reverse("desk:decide")).content.decode()
    assert "Đủ điều kiện" in page  # what was proposed stands beside
    form: dict[str, Any] = {"verb": "approve", "dossier": [str(seen.pk), str(unseen.pk)], "token": "t", "sure": "1"}
    client.post(reverse("desk:bulk"), form)
    seen.refresh_from_db()
    unseen.refresh_from_db()
    assert (seen.finished_at is None, unseen.finished_at is None) == (False, True)
    refused = BulkRow.objects.get(dossier=unseen)
    assert refused.state == RowState.REFUSED


def test_codes_come_one_after_another_and_one_act_does_for_all() -> None:
    staff = make_staff()
    first, second = several("new", 2, staff)
    foreign = make_dossier("new", staff=make_staff("other_commune"), commune="other_commune")
    client = signed_in(staff.counter)
    url = reverse("desk:batch")
    for code in (first.code, second.code.lower(), f"https://hue.example/tra-cuu/?code={first.code}"):
        client.post(url, {"code": code})
    refused = client.post(url, {"code": foreign.code}, headers={"HX-Request": "true"}).content.decode()
    assert foreign.applicant_name not in refused
    text = client.get(url).content.decode()
    assert text.count("data-row") == 2
    rows = text[text.index("<tbody") :]
    assert rows.index(second.code) < rows.index(first.code)
    # another window of the same officer works on the same pile, whatever its session had read before
    assert signed_in(staff.counter).get(url).content.decode().count("data-row") == 2
    client.post(reverse("desk:bulk"), {"verb": "accept", "dossier": [str(first.pk), str(second.pk)], "token": "t"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.accepted_at
    assert second.accepted_at
    client.post(url, {"clear": "1"})
    assert "data-row" not in client.get(url).content.decode()


def test_the_leaders_screen_takes_few_queries_and_tells_cause_and_load() -> None:
    staff = make_staff()
    long_ago = clock.now() - timedelta(days=30)
    for _ in range(6):
        make_dossier("processing", staff=staff, at=long_ago)
    make_dossier("accepted", staff=staff, at=long_ago)
    make_dossier("new", staff=staff, at=long_ago)
    make_dossier("signing", staff=staff)
    lazy = make_officer("specialist")
    taken = make_dossier("accepted", staff=staff)
    actions.claim.run(actor_of(lazy), taken.pk, task_id=open_task(taken.pk).id)
    recount()
    client = signed_in(staff.head)
    client.get(reverse("desk:leader"))
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse("desk:leader"))
    assert len(queries) <= 12, "\n".join(query["sql"][:120] for query in queries)
    assert not [query for query in queries if "count(*)" in query["sql"] and "LIMIT" not in query["sql"]]
    found = answer.context["found"]
    assert found.to_sign == 1
    causes = {(row.cause, row.person_id): row.tasks for row in found.late}
    assert causes["in_hand", staff.specialist.id] == 6
    assert causes["untaken", None] == 1
    assert causes["not_received", None] == 1
    (unit,) = [each for each in found.units if any(load.person_id == staff.specialist.id for load in each.people)]
    over = {load.person_id: load.overloaded for load in unit.people if load.person_id}
    assert over == {staff.specialist.id: True, lazy.pk: False}
    # each number opens its list
    for row in answer.context["late"]:
        shown = client.get(row.url)
        assert shown.content.decode().count("data-row data-id") == row.tasks
    assert signed_in(staff.specialist).get(reverse("desk:leader")).status_code == 403


def test_papers_of_many_dossiers_go_on_one_sheet_per_office() -> None:
    """ND118 Đ18: one sheet for each office to which papers leave, each dossier with its own result."""
    here, units = make_staff("other_commune"), make_units()
    counter = units["other_commune_centre"].pk
    away = [make_dossier("new", staff=here, channel="DIRECT", received_at_id=counter) for _ in range(2)]
    own = make_dossier("accepted", staff=here, commune="other_commune")
    for dossier in away:
        actions.accept.run(here.counter, dossier.pk)
    client = signed_in(here.counter)
    assert away[0].code in client.get(reverse("desk:worklist"), {"view": "transfer"}).content.decode()
    form: dict[str, Any] = {"verb": "hand_over", "token": "t", "dossier": [str(each.pk) for each in [*away, own]]}
    answer = client.post(reverse("desk:bulk"), form, follow=True)
    sheet = HandOver.objects.get()
    assert sheet.number in answer.content.decode()
    assert set(sheet.items.values_list("dossier_id", flat=True)) == {each.pk for each in away}
    assert BulkRow.objects.get(dossier=own).state == RowState.REFUSED


def test_proposals_reach_the_leader_and_are_closed_by_the_act_or_declined() -> None:
    staff = make_staff()
    stopped, declined = make_dossier("processing", staff=staff), make_dossier("processing", staff=staff)
    client, leader = signed_in(staff.specialist), signed_in(staff.head)
    for dossier in (stopped, declined):
        address = reverse("desk:act", args=[dossier.pk, "propose"])
        assert client.post(address, {"turn": "extend", "reason": "Chờ xác minh thực địa"}).status_code == 302
        assert client.post(address, {"turn": "extend", "reason": "Lần nữa"}).status_code == 409
    text = leader.get(reverse("desk:proposals")).content.decode()
    assert stopped.code in text
    assert "Chờ xác minh thực địa" in text
    assert leader.get(reverse("desk:leader")).context["found"].proposals == 2
    # on the dossier itself: what is proposed and why, and the way back to where one came from
    page = leader.get(reverse("desk:dossier", args=[declined.pk])).content.decode()
    assert "Chờ xác minh thực địa" in page
    assert f'href="{reverse("desk:proposals")}"' in page
    row = Proposal.objects.get(dossier=declined)
    address = reverse("desk:act", args=[declined.pk, "decline"])
    assert client.post(address, {"proposal": str(row.pk), "answer": "Chưa đủ căn cứ"}).status_code == 403
    assert leader.post(address, {"proposal": str(row.pk), "answer": "Chưa đủ căn cứ"}).status_code == 302
    assert "Chưa đủ căn cứ" in client.get(reverse("desk:dossier", args=[declined.pk])).content.decode()
    actions.extend.run(
        staff.head, stopped.pk, allowance="3 working_day", reason="complex", explanation="Cần xác minh thực địa"
    )
    proposals.proposals(list(Event.objects.filter(stream__in=[stopped.pk, declined.pk]).order_by("id")))
    answers = dict(Proposal.objects.values_list("dossier_id", "agreed"))
    assert answers == {stopped.pk: True, declined.pk: False}
    assert Message.objects.get(kind="work.proposal_declined").user_id == staff.specialist.id
    assert leader.get(reverse("desk:leader")).context["found"].proposals == 0
