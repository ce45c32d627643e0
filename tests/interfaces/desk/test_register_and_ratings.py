"""The desk's register, control sheet and ratings, and the question why one looks."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.engines.ledger import readers
from motcua.foundation import clock
from motcua.services.dossiers import register
from motcua.services.dossiers.models import Access, Dossier
from motcua.services.dossiers.papers import issue
from motcua.services.dossiers.rating import ratings
from tests.factories import make_dossier, make_officer, make_procedure, make_staff, make_units, unit
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db


def asked(key: str = "commune", **more: str) -> dict[str, str]:
    today = clock.today()
    given = {"unit": str(unit(key)), "from": (today - timedelta(days=2)).isoformat(), "to": today.isoformat()}
    return {**given, **more}


def rows_of(answer: Any) -> list[tuple[Any, ...]]:
    content = b"".join(answer.streaming_content)
    sheet = openpyxl.load_workbook(BytesIO(content), read_only=True).worksheets[0]
    return [tuple(row) for row in sheet.iter_rows(min_row=6, values_only=True)]


def xlsx(client: Client, **more: str) -> list[tuple[Any, ...]]:
    answer = client.get(reverse("desk:register_file", args=["xlsx"]), asked(**more))
    assert answer.status_code == 200
    return rows_of(answer)


def test_the_register_holds_each_dossier_of_the_unit_once_and_counts_as_a_look() -> None:
    """TT 03/2025 mẫu 07; reads of personal data are on record."""
    staff = make_staff()
    mine = [make_dossier(stage, staff=staff) for stage in ("new", "accepted", "returned")]
    make_dossier("new", staff=make_staff("other_commune"), commune="other_commune")
    rows = xlsx(signed_in(staff.head))
    assert [row[0] for row in rows] == [1, 2, 3]
    assert {row[1] for row in rows} == {dossier.code for dossier in mine}
    returned = next(row for row in rows if row[1] == mine[2].code)
    assert returned[13] == "Trần Thị Bình"
    assert returned[14] == "Đã trả kết quả"
    looks = Access.objects.filter(why="register")
    assert {look.dossier_id for look in looks} == {dossier.pk for dossier in mine}
    assert {look.officer_id for look in looks} == {staff.head.id}


def test_field_procedure_and_days_narrow_it() -> None:
    staff = make_staff()
    dossier = make_dossier("new", staff=staff)
    make_dossier("new", staff=staff)
    client = signed_in(staff.head)
    assert [row[1] for row in xlsx(client, procedure=dossier.procedure_code)] == [dossier.code]
    before = (clock.today() - timedelta(days=1)).isoformat()
    assert xlsx(client, to=before) == []


def test_nobody_gets_the_register_of_another_unit() -> None:
    staff = make_staff()
    make_dossier("new", staff=staff)
    other = signed_in(make_staff("other_commune").head)
    answer = other.get(reverse("desk:register_file", args=["xlsx"]), asked("commune"))
    assert answer.status_code == 403
    assert Access.objects.count() == 0


def test_the_paper_register_comes_in_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    staff = make_staff()
    for _ in range(3):
        make_dossier("new", staff=staff)
    client = signed_in(staff.head)
    whole = client.get(reverse("desk:register_file", args=["pdf"]), asked())
    assert whole["Content-Type"] == "application/pdf"
    assert whole.content.startswith(b"%PDF-1.7")
    monkeypatch.setattr(register, "VOLUME", 2)
    volumes = client.get(reverse("desk:register_file", args=["pdf"]), asked())
    assert volumes["Content-Type"] == "application/zip"
    assert b"".join(volumes.streaming_content).count(b"%PDF-1.7") == 2


def test_a_wrong_period_is_said_beside_the_field() -> None:
    client = signed_in(make_staff().head)
    assert client.get(reverse("desk:register")).status_code == 200
    wrong = client.get(reverse("desk:register"), asked(to="2020-01-01"))
    assert wrong.status_code == 422
    assert "f-to" in wrong.content.decode()
    assert client.get(reverse("desk:register"), asked(**{"from": "x"})).status_code == 422
    long = asked(**{"from": (clock.today() - timedelta(days=400)).isoformat()})
    assert client.get(reverse("desk:register"), long).status_code == 422


def test_the_register_reads_a_portion_in_a_few_statements() -> None:
    staff = make_staff()

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            xlsx(signed_in(staff.head))
        return len(queries)

    procedure = make_procedure()
    make_dossier("new", staff=staff, procedure=procedure)
    few = statements()
    for _ in range(4):
        make_dossier("new", staff=staff, procedure=procedure)
    assert statements() <= few


def test_the_control_sheet_is_made_on_demand_and_not_kept() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    answer = signed_in(staff.specialist).get(reverse("desk:control_sheet", args=[dossier.pk]))
    assert answer.content.startswith(b"%PDF-1.7")
    assert not dossier.documents.filter(form="06").exists()
    assert Access.objects.get(way="paper").dossier_id == dossier.pk


def test_who_has_no_task_says_why_once_a_day() -> None:
    """Luật 91/2025: purpose of each look."""
    staff = make_staff()
    dossier = make_dossier("returned", staff=staff)
    inspector = make_officer("inspector", make_units()["province"])
    client = signed_in(inspector)
    address = reverse("desk:dossier", args=[dossier.pk])
    page = client.get(address).content.decode()
    assert "id_reason_inspection" in page
    assert "id_reason_supervision" not in page
    assert dossier.contact["phone"] not in page
    assert Access.objects.count() == 0
    document = issue(dossier, "01")
    paper = reverse("desk:document", args=[dossier.pk, document.pk])
    assert client.get(paper).status_code == 302
    why = reverse("desk:why", args=[dossier.pk])
    assert client.post(why, {}).status_code == 422
    assert client.post(why, {"reason": "other", "note": " "}).status_code == 422
    assert client.post(why, {"reason": "supervision"}).status_code == 422
    assert client.post(why, {"reason": "inspection"}).status_code == 302
    assert dossier.contact["phone"] in client.get(address).content.decode()
    assert client.get(paper).status_code == 200
    assert set(Access.objects.values_list("why", "reason", "way")) == {
        ("reason", "inspection", "desk"),
        ("reason", "inspection", "paper"),
    }
    with clock.at(clock.now() + timedelta(days=1)):
        assert "id_reason_inspection" in signed_in(inspector).get(address).content.decode()


def test_who_worked_on_it_is_not_asked() -> None:
    staff = make_staff()
    dossier = make_dossier("returned", staff=staff)
    for actor in (staff.counter, staff.specialist, staff.head):
        page = signed_in(actor).get(reverse("desk:dossier", args=[dossier.pk]))
        assert "id_reason_other" not in page.content.decode()
    assert set(Access.objects.values_list("why", flat=True)) == {"task"}


def test_the_preview_of_somebody_elses_dossier_shows_no_more_than_the_list() -> None:
    staff = make_staff()
    dossier = make_dossier("returned", staff=staff)
    page = signed_in(make_officer("specialist")).get(reverse("desk:preview", args=[dossier.pk])).content.decode()
    assert dossier.code in page
    assert "Tờ khai" not in page
    assert Access.objects.get().why == "preview"


@pytest.mark.django_db(transaction=True)
def test_ratings_are_shown_to_the_unit_without_names_and_not_before_five() -> None:
    """ND118 Đ33."""
    staff = make_staff()
    client = signed_in(staff.head)
    address = reverse("desk:ratings")
    for number in range(5):
        assert "Rất nhanh" not in client.get(address).content.decode()
        dossier: Dossier = make_dossier("returned", staff=staff)
        token = ratings.asked(dossier, clock.now()).token
        ratings.rate(token, scores={"time": 5, "attitude": 1 + number % 2}, comment=f"Rất nhanh {number}")
        readers.catch_up(readers.get("rating_counts"))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address).content.decode()
    assert len(queries) <= 12, [query["sql"][:100] for query in queries]
    assert "Rất nhanh 4" in page
    assert dossier.applicant_name not in page
    assert page.index("đ) ") < page.index("a) ")
    assert client.get(address, {"unit": str(unit("commune")), "side": "counter", "months": "3"}).status_code == 200
    assert "Rất nhanh" not in signed_in(make_staff("other_commune").head).get(address).content.decode()
