"""A step that asks for a role stands in the lists and numbers of those who hold it, and of who leads the unit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Task, WorkCount
from motcua.engines.cases.readers import recount
from motcua.engines.flows.actions import publish
from motcua.engines.flows.queries import roles_in_use
from motcua.engines.flows.rules import STANDARD
from motcua.engines.ledger import readers
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.undoing import take_back
from motcua.services.dossiers.office import worklists
from motcua.services.dossiers.office.people import people_for
from motcua.services.dossiers.office.worklists import Filter
from motcua.services.dossiers.steps import holds_role
from tests import factories
from tests.services.dossiers.test_steps import begun

pytestmark = pytest.mark.django_db
HEADS = ({**STANDARD[0], "role": "head"}, *STANDARD[1:])


def count_events() -> None:
    """What the worker does with the counters."""
    readers.catch_up(readers.get("work_counts"))


def shown(actor: Any, **wanted: Any) -> list[Any]:
    return [task.case_id for task in worklists.page(actor, Filter(**wanted)).tasks]


def test_who_may_not_do_the_step_does_not_see_it_in_their_list_and_who_leads_sees_all() -> None:
    dossier, staff = begun(*HEADS)
    open_one = factories.make_dossier("accepted", staff=staff)
    leader = actor_of(factories.make_officer("leader"))
    assert factories.open_task(dossier.pk).role == "head"
    assert shown(staff.specialist) == [open_one.pk]
    assert set(shown(staff.head)) == {dossier.pk, open_one.pk}
    assert set(shown(leader, scope="led")) == {dossier.pk, open_one.pk}


@pytest.mark.django_db(transaction=True)
def test_the_numbers_beside_the_views_say_what_the_lists_show() -> None:
    _dossier, staff = begun(*HEADS)
    factories.make_dossier("accepted", staff=staff)
    for count in (count_events, recount):
        count()
        assert worklists.figures(staff.specialist).process == len(shown(staff.specialist, stages=("process",))) == 1
        assert worklists.figures(staff.head).process == len(shown(staff.head, stages=("process",))) == 2


@pytest.mark.django_db(transaction=True)
def test_a_counter_goes_with_its_task_when_the_step_is_done() -> None:
    dossier, staff = begun(*HEADS)
    actions.claim.run(staff.head, dossier.pk, task_id=factories.open_task(dossier.pk).pk)
    count_events()
    assert WorkCount.objects.get(role="head").assignee_id == staff.head.id
    actions.pass_on.run(staff.head, dossier.pk, task_id=factories.open_task(dossier.pk).pk)
    count_events()
    assert not WorkCount.objects.filter(role="head").exists()


def test_late_work_of_a_role_counts_for_those_who_hold_it() -> None:
    dossier, staff = begun(*HEADS)
    Task.objects.filter(case=dossier.pk, state="open").update(due_at=clock.now() - timedelta(days=2))
    recount()
    assert worklists.figures(staff.head).late == len(shown(staff.head, due="late")) == 1
    assert worklists.figures(staff.specialist).late == len(shown(staff.specialist, due="late")) == 0


def test_a_permission_in_place_of_a_role_and_a_post_above_the_unit_are_understood_as_the_actions_do() -> None:
    dossier, staff = begun({**STANDARD[0], "role": "dossier.assign"}, *STANDARD[1:])
    above = actor_of(factories.make_officer("head", factories.make_units()["province"]))
    task = factories.open_task(dossier.pk)
    for actor in (staff.specialist, staff.head, above):
        assert (dossier.pk in shown(actor)) is holds_role(actor, dossier, task)


def test_what_lies_in_ones_own_hands_stays_there_and_in_the_hands_of_others_it_is_hidden() -> None:
    dossier, staff = begun(*HEADS)
    actions.claim.run(staff.head, dossier.pk, task_id=factories.open_task(dossier.pk).pk)
    assert shown(staff.head, mine=True) == [dossier.pk]
    assert shown(staff.specialist, person_id=staff.head.id) == []
    Task.objects.filter(case=dossier.pk, state="open").update(assignee=staff.specialist.id)
    assert shown(staff.specialist, mine=True) == [dossier.pk], "given before the role was lost"


def test_a_step_of_two_units_of_which_the_role_is_held_in_one() -> None:
    """A head of a division is not the head of the whole department."""
    units = factories.make_units()
    head = actor_of(factories.make_officer("head", units["division"]))
    held = worklists.roles_held(head, [units["division"].pk, units["department"].pk])
    assert held == {units["division"].pk: [""], units["department"].pk: [""]}, "no flow asks for a role"
    begun(*HEADS)
    held = worklists.roles_held(head, [units["division"].pk, units["department"].pk])
    assert held == {units["division"].pk: ["", "head"], units["department"].pk: [""]}


def test_lists_and_numbers_take_the_same_number_of_queries_and_go_by_index() -> None:
    dossier, staff = begun(*HEADS)
    worklists.page(staff.head, Filter())
    with CaptureQueriesContext(connection) as queries:
        worklists.page(staff.head, Filter())
        worklists.figures(staff.head)
    assert len(queries) <= 4, [query["sql"][:100] for query in queries]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")  # few rows are sorted as cheaply as they are looked up
        for state in ("open", "waiting"):
            cursor.execute(
                "EXPLAIN SELECT x.id FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS p(unit, stage, role), "  # noqa: S608
                f"LATERAL (SELECT t.id FROM cases_task t WHERE t.state = '{state}' AND t.unit_id = p.unit AND "
                "t.stage = p.stage AND t.role = p.role AND t.due_at IS NOT NULL ORDER BY t.due_at, t.id LIMIT 50) x",
                [[dossier.competent_id], ["process"], ["head"]],
            )
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert f"task_{state}_by_role" in plan, plan
            assert "Sort" not in plan, plan


def test_the_ledger_knows_the_role_of_what_it_moved() -> None:
    dossier, _staff = begun(*HEADS)
    accepted = Event.objects.get(stream=dossier.pk, kind="dossier.accepted")
    (opened,) = [move for move in accepted.data["work"] if move[4] == 1]
    assert opened[-1] == "head"


def test_a_step_taken_back_asks_for_its_role_again() -> None:
    dossier, staff = begun(*HEADS)
    task = factories.open_task(dossier.pk)
    actions.pass_on.run(staff.head, dossier.pk, task_id=task.pk)
    take_back.run(staff.head, dossier.pk, task_id=task.pk)
    assert factories.open_task(dossier.pk).role == "head"


def test_a_step_with_a_role_is_offered_only_to_people_who_hold_it() -> None:
    dossier, staff = begun(*HEADS)
    task = factories.open_task(dossier.pk)
    able = {person.pk for person in people_for(task.stage, task.unit_id, task.role)}
    assert staff.head.id in able
    assert staff.specialist.id not in able
    assert staff.specialist.id in {person.pk for person in people_for(task.stage, task.unit_id)}


def test_the_steps_of_all_flows_are_read_only_when_one_was_published() -> None:
    begun(*HEADS)
    assert roles_in_use() == {"head"}
    roles_in_use.expire()
    with CaptureQueriesContext(connection) as queries:
        assert roles_in_use() == {"head"}
    assert len(queries) == 1
    with begin(SYSTEM) as work:
        publish(work, "khac", "Khác", [{**STANDARD[0], "role": "clerk"}, *STANDARD[1:]], effective_from=clock.today())
    assert roles_in_use() == {"head", "clerk"}
