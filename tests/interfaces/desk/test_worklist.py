"""The worklist: what it shows, in which order, to whom, with how many queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Task, WorkCount
from motcua.foundation import clock
from motcua.interfaces.desk.models import SavedView
from motcua.services.dossiers.office import worklists
from motcua.services.dossiers.office.worklists import Filter
from tests.factories import make_citizen, make_dossier, make_officer, make_procedure, make_staff, make_units
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db


def test_shows_open_work_due_first_with_few_queries() -> None:
    staff, citizen, procedure = make_staff(), make_citizen(), make_procedure()
    codes = [make_dossier("new", staff=staff, citizen=citizen, procedure=procedure).code for _ in range(12)]
    late = make_dossier("new", staff=staff, citizen=citizen, procedure=procedure, at=clock.now() - timedelta(days=9))
    client = signed_in(staff.counter)
    client.get(reverse("desk:worklist"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(reverse("desk:worklist"))
    assert answer.status_code == 200
    assert len(queries) <= 12, "\n".join(query["sql"][:150] for query in queries)
    text = answer.content.decode()
    assert all(code in text for code in codes)
    assert text.index(late.code) < min(text.index(code) for code in codes)


def test_pages_go_forward_and_back_without_losing_a_row() -> None:
    staff, citizen, procedure = make_staff(), make_citizen(), make_procedure()
    start = clock.now() - timedelta(days=3)
    made = [
        make_dossier("new", staff=staff, citizen=citizen, procedure=procedure, at=start + timedelta(hours=i // 3))
        for i in range(11)
    ]
    Task.objects.filter(case__in=[dossier.pk for dossier in made[:4]]).update(due_at=None)
    seen: list[str] = []
    after = None
    pages = []
    while True:
        page = worklists.page(staff.counter, Filter(), after=after, limit=4)
        pages.append([task.id for task in page.tasks])
        seen += [task.case.dossier.code for task in page.tasks]
        if page.older is None:
            break
        after = page.older
    assert len(seen) == len(set(seen)) == 11
    assert [len(page) for page in pages] == [4, 4, 3]
    back = worklists.page(staff.counter, Filter(), before=page.newer, limit=4)
    assert [task.id for task in back.tasks] == pages[1]
    first = worklists.page(staff.counter, Filter(), before=back.newer, limit=4)
    assert [task.id for task in first.tasks] == pages[0]
    assert first.newer is None


def test_who_has_no_part_in_it_sees_nothing() -> None:
    dossier = make_dossier("new")
    elsewhere = signed_in(make_officer("counter", make_units()["other_commune_centre"]))
    assert dossier.code not in elsewhere.get(reverse("desk:worklist")).content.decode()
    assert elsewhere.get(reverse("desk:preview", args=[dossier.pk])).status_code == 404


def test_filters_that_make_no_sense_are_left_out() -> None:
    client = signed_in(make_officer("counter"))
    for query in (
        "view=nonsense&unit=1&field=x&after=9_9&before=-_zz&due=never&stage=",
        "after=9999999999999999_00000000-0000-0000-0000-000000000000",
        "after=-_00000000-0000-0000-0000-000000000000&view=late",
        "procedure=%01&channel=%F0%9F%98%80&mine=x",
        "before=0_00000000-0000-0000-0000-000000000000&view=waiting",
    ):
        assert client.get(f"{reverse('desk:worklist')}?{query}").status_code == 200, query


def test_filters_narrow() -> None:
    staff = make_staff()
    birth = make_dossier("new", staff=staff)
    marriage = make_dossier("new", staff=staff, procedure=make_procedure(name="Đăng ký kết hôn", field="Hôn nhân"))
    client = signed_in(staff.counter)
    text = client.get(reverse("desk:worklist"), {"procedure": marriage.procedure_code}).content.decode()
    assert marriage.code in text
    assert birth.code not in text
    field = marriage.procedure_version.field_id
    text = client.get(reverse("desk:worklist"), {"field": str(field)}).content.decode()
    assert marriage.code in text
    assert birth.code not in text


def test_numbers_come_from_counters() -> None:
    staff = make_staff()
    dossier = make_dossier("new", staff=staff)
    unit = dossier.received_at_id
    today = clock.today()
    WorkCount.objects.all().delete()
    for due, tasks in ((today - timedelta(days=2), 3), (today + timedelta(days=5), 40)):
        WorkCount.objects.create(unit_id=unit, stage="intake", state="open", due_on=due, tasks=tasks)
    WorkCount.objects.create(unit_id=unit, stage="intake", state="waiting", due_on=today, tasks=7)
    WorkCount.objects.create(
        unit_id=make_units()["other_commune_centre"].id, stage="intake", state="open", due_on=today, tasks=9
    )
    figures = worklists.figures(staff.counter)
    assert (figures.intake, figures.late, figures.waiting, figures.sign, figures.mine) == (43, 3, 7, 0, 0)


def test_a_view_is_kept_and_removed_and_belongs_to_its_owner() -> None:
    staff = make_staff()
    client, other = signed_in(staff.counter), signed_in(staff.specialist)
    client.post(reverse("desk:save_view"), {"name": "Trễ trực tuyến", "query": "view=late&channel=ONLINE"})
    saved = SavedView.objects.get()
    assert saved.query == "view=late&channel=ONLINE"
    assert "Trễ trực tuyến" in client.get(reverse("desk:worklist")).content.decode()
    assert "Trễ trực tuyến" not in other.get(reverse("desk:worklist")).content.decode()
    other.post(reverse("desk:remove_view"), {"query": saved.query})
    assert SavedView.objects.exists()
    client.post(reverse("desk:remove_view"), {"query": saved.query})
    assert not SavedView.objects.exists()


def test_bulk_does_each_row_for_itself() -> None:
    staff = make_staff()
    first, second = make_dossier("new", staff=staff), make_dossier("new", staff=staff)
    done = make_dossier("accepted", staff=staff)
    client = signed_in(staff.counter)
    chosen = [str(first.pk), str(done.pk), "rubbish", str(second.pk)]
    answer = client.post(reverse("desk:bulk"), {"verb": "accept", "dossier": chosen}, follow=True)
    text = answer.content.decode()
    assert done.code in text
    for dossier in (first, second):
        dossier.refresh_from_db()
        assert dossier.accepted_at is not None
    assert client.post(reverse("desk:bulk"), {"verb": "explode", "dossier": chosen}).status_code == 302


def test_search_finds_by_code_end_of_code_name_and_identity_number() -> None:
    citizen = make_citizen(name="Nguyễn Thị Đoan Trang")
    staff = make_staff()
    dossier = make_dossier("new", staff=staff, citizen=citizen)
    actor = staff.counter
    from motcua.services.dossiers.searching import search

    assert citizen.party is not None
    tail = dossier.code.split("-", 1)[1]
    for text in (
        dossier.code,
        dossier.code.lower(),
        dossier.code[:14],
        tail,
        tail.split("-")[1],
        "doan trang",
        "ĐOAN  trang",
        "Nguyễn Thị",
        citizen.party.identity_number,
    ):
        assert [found.pk for found in search(actor, text)] == [dossier.pk], text
    for text in ("", "a", "không có ai", "%", "_", "999999999999", "\ud800"):
        assert search(actor, text) == [], text
    elsewhere = actor_of(make_officer("counter", make_units()["other_commune_centre"]))
    assert search(elsewhere, "doan trang") == []


def test_what_is_looked_for_stands_in_no_address() -> None:
    staff = make_staff()
    dossier = make_dossier("new", staff=staff)
    client = signed_in(staff.counter)
    answer = client.post(reverse("desk:search"), {"q": dossier.applicant_name})
    assert answer.headers["Location"] == reverse("desk:search")
    assert dossier.code in client.get(reverse("desk:search")).content.decode()
    answer = client.post(reverse("desk:search"), {"q": dossier.code}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("desk:dossier", args=[dossier.pk])


def test_online_dossiers_show_both_clocks_until_they_are_answered() -> None:
    """ND118 Đ17.2: alerted within two hours, answered within eight working hours; no query more for it."""
    staff, citizen, procedure = make_staff(), make_citizen(), make_procedure()
    client = signed_in(staff.counter)

    def asked() -> tuple[str, int]:
        client.get(reverse("desk:worklist"))
        with CaptureQueriesContext(connection) as queries:
            return client.get(reverse("desk:worklist")).content.decode(), len(queries)

    make_dossier("new", staff=staff, citizen=citizen, procedure=procedure, channel="DIRECT")
    text, before = asked()
    assert "mc-two-clocks" not in text
    late = [
        make_dossier("new", staff=staff, citizen=citizen, procedure=procedure, at=clock.now() - timedelta(days=days))
        for days in (5, 6, 7)
    ]
    text, after = asked()
    assert text.count("mc-two-clocks") == len(late)
    assert text.count("mc-due--late") == 2 * len(late)
    assert after == before <= 12
