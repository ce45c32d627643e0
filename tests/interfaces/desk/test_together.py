"""Several agencies on one dossier, at the desk: asking, answering, signing unheard, linked parts, lines of time."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from motcua.engines.accounts.queries import actor_of
from motcua.interfaces.desk.together import panel
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.groups import submit_group_once
from motcua.services.dossiers.models import Dossier, Opinion
from tests.factories import make_citizen, make_dossier, make_officer, make_staff, make_units, open_task, unit
from tests.interfaces.desk.support import signed_in
from tests.services.dossiers.test_groups import BIRTH, define, dossier_of, given_group

pytestmark = pytest.mark.django_db


def test_an_officer_asks_two_agencies_and_one_of_them_answers_on_the_screen() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    page = f"/desk/dossiers/{dossier.pk}/"
    desk = signed_in(staff.specialist)
    text = desk.get(page).content.decode()
    assert 'id="act-ask_opinions"' in text
    task = open_task(dossier.pk)
    empty = desk.post(
        f"{page}act/ask_opinions/", {"task": task.pk, "question": "?", "count": "3", "per": "working_day"}
    )
    assert empty.status_code == 422
    sent = {
        "task": task.pk,
        "question": "Đất có tranh chấp không?",
        "agencies": [str(unit("department"))],
        "commune": str(unit("other_commune")),
        "count": "4",
        "per": "hour",
    }
    assert desk.post(f"{page}act/ask_opinions/", sent).status_code == 302
    assert Opinion.objects.count() == 2
    text = desk.get(page).content.decode()
    assert "Đất có tranh chấp không?" in text
    assert "Sở Tư pháp" in text
    asked = signed_in(make_officer("specialist", make_units()["department"]))
    row = Opinion.objects.get(unit=unit("department"))
    text = asked.get(page).content.decode()
    assert 'id="act-answer_opinion"' in text
    assert 'id="act-ask_opinions"' not in text
    answer = {"task": row.task_id, "agrees": "no", "answer": "Nằm trong quy hoạch."}
    assert asked.post(f"{page}act/answer_opinion/", answer).status_code == 302
    assert "Nằm trong quy hoạch." in desk.get(page).content.decode()
    other = Opinion.objects.get(unit=unit("other_commune"))
    back = {"task": task.pk, "opinion": str(other.pk), "reason": "Đã rõ"}
    assert desk.post(f"{page}act/withdraw_opinion/", back).status_code == 302


def test_the_form_of_the_decision_asks_for_the_reason_while_an_opinion_is_awaited() -> None:
    staff = make_staff()
    dossier = make_dossier("signing", staff=staff)
    page = f"/desk/dossiers/{dossier.pk}/"
    desk = signed_in(staff.head)
    assert 'name="unheard"' not in desk.get(page).content.decode()
    actions.ask_opinions.run(staff.head, dossier.pk, unit_ids=[unit("department")], question="Có ý kiến gì không?")
    assert 'name="unheard"' in desk.get(page).content.decode()
    task = next(task for task in Dossier.objects.get(pk=dossier.pk).case.open_tasks if task.stage == "sign")
    sent = {"task": task.pk, "decision": "approve", "name": "Giấy khai sinh"}
    assert desk.post(f"{page}act/complete/", sent).status_code == 422
    assert desk.post(f"{page}act/complete/", {**sent, "unheard": "Không ảnh hưởng"}).status_code == 302


def test_a_linked_dossier_shows_its_group_and_one_line_per_agency() -> None:
    citizen, staff = make_citizen(), make_staff()
    offer = define(*BIRTH)
    group, _new = submit_group_once(actor_of(citizen), given_group(offer, citizen))
    birth = dossier_of(group, "birth")
    text = signed_in(staff.counter).get(f"/desk/dossiers/{birth.pk}/").content.decode()
    assert group.code in text
    assert text.count('class="mc-parts__item"') == 3
    assert "Việc residence" in text


def test_the_panel_costs_the_same_few_queries_however_many_parts_and_tasks_there_are() -> None:
    citizen, staff = make_citizen(), make_staff()
    alone = make_dossier("processing", staff=staff)
    group, _new = submit_group_once(actor_of(citizen), given_group(define(*BIRTH), citizen))
    linked = dossier_of(group, "birth")
    actions.accept.run(staff.counter, linked.pk)
    for dossier, most in ((alone, 2), (linked, 4)):
        found = Dossier.objects.select_related("case").get(pk=dossier.pk)
        panel(found)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            panel(found)
        assert len(queries) <= most, [query["sql"][:90] for query in queries]
