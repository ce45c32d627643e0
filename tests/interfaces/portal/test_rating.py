"""The citizen's side: rating by link, QR and at the counter; who has looked at my dossiers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.services.dossiers import access, policies
from motcua.services.dossiers.models import Access, DoorWay, Rating, Why
from motcua.services.dossiers.papers import issue
from motcua.services.dossiers.rating import ratings
from motcua.services.dossiers.rating.scoring import CONTENTS
from tests.factories import make_citizen, make_client, make_dossier, make_staff
from tests.interfaces.api.conftest import Api
from tests.interfaces.desk import support as desk
from tests.interfaces.portal.support import signed_in

pytestmark = pytest.mark.django_db


def test_a_rating_is_given_without_signing_in_and_changed_by_the_same_link() -> None:
    """ND118 Đ31, Đ33."""
    dossier = make_dossier("returned")
    rating = ratings.asked(dossier, clock.now())
    address = f"/rate/{rating.token}/"
    client = Client()
    page = client.get(address).content.decode()
    assert page.count("<fieldset") >= len(CONTENTS)
    assert dossier.applicant_name not in page
    nothing = client.post(address, {"comment": "Tốt"})
    assert nothing.status_code == 422
    assert "Tốt" in nothing.content.decode()
    assert client.post(f"{address}?via=qr", {"time": "4", "online": "na", "comment": "Tốt"}).status_code == 302
    kept = Rating.objects.get()
    assert (kept.scores, kept.via, kept.comment) == ({"time": 4}, "qr", "Tốt")
    assert client.post(address, {"time": "5"}).status_code == 302
    assert Rating.objects.get().scores == {"time": 5}
    with clock.at(clock.now() + timedelta(days=40)):
        assert client.post(address, {"time": "1"}).status_code == 409
    assert client.get("/rate/nonsense/").status_code == 404


def test_the_counters_second_screen_leads_nowhere_else() -> None:
    staff = make_staff()
    dossier = make_dossier("returned", staff=staff)
    rating = ratings.asked(dossier, clock.now())
    officer = desk.signed_in(staff.counter)
    shown = officer.get(f"/desk/dossiers/{dossier.pk}/").content.decode()
    assert f"/rate/{rating.token}/?via=counter" in shown
    page = officer.get(f"/rate/{rating.token}/?via=counter").content.decode()
    assert "mc-header" not in page
    assert staff.counter.name not in page
    answer = officer.post(f"/rate/{rating.token}/?via=counter", {"attitude": "5"}, follow=True).content.decode()
    assert "mc-header" not in answer
    assert Rating.objects.get().via == "counter"


def test_the_applicant_finds_the_rating_and_the_receipt_but_not_the_control_sheet() -> None:
    citizen = make_citizen()
    dossier = make_dossier("returned", citizen=citizen)
    client = signed_in(citizen)
    receipt, control = issue(dossier, "KQ"), issue(dossier, "06")
    page = client.get(f"/dossiers/{dossier.code}/").content.decode()
    assert f"/documents/{receipt.pk}/" in page
    assert f"/documents/{control.pk}/" not in page
    assert f"/rate/{Rating.objects.get().token}/" in page
    assert client.get(f"/dossiers/{dossier.code}/documents/{control.pk}/").status_code == 404


def test_the_person_sees_who_looked_by_day_and_not_the_officers_name() -> None:
    """Luật 91/2025: the data subject may know who read their data, and why."""
    citizen, staff = make_citizen(), make_staff()
    dossier = make_dossier("accepted", citizen=citizen, staff=staff)
    with clock.at(clock.now() - timedelta(days=1)):
        access.note_many(SYSTEM, [dossier.pk], DoorWay.COMMAND, Why.UPKEEP)
    desk.signed_in(staff.specialist).get(f"/desk/dossiers/{dossier.pk}/")
    machine, token = make_client()
    Api(token).get(f"/dossiers/{dossier.code}")
    client = signed_in(citizen)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/account/looked-at/").content.decode()
    assert len(queries) <= 8
    assert "Để giải quyết hồ sơ" in page or "To handle your dossier" in page
    assert "Ủy ban nhân dân phường Thuận Hóa" in page
    assert machine.name in page
    assert staff.specialist.name not in page
    assert page.count('<h2 class="govuk-heading-m" id="day-') == 2
    assert "/account/looked-at/" in client.get("/account/").content.decode()
    with begin(SYSTEM) as work:
        policies.set_figure(
            work, key="access_names", value="name", valid_from=clock.today(), basis="Quyết định 2/QĐ-UBND"
        )
    assert staff.specialist.name in client.get("/account/looked-at/").content.decode()


def test_nobody_sees_the_looks_at_another_persons_dossiers() -> None:
    dossier = make_dossier("accepted")
    access.note_many(SYSTEM, [dossier.pk], DoorWay.COMMAND, Why.UPKEEP)
    page = signed_in(make_citizen()).get("/account/looked-at/").content.decode()
    assert dossier.code not in page


def test_looks_go_on_behind_a_page_by_index() -> None:
    citizen = make_citizen()
    dossier = make_dossier("new", citizen=citizen)
    for day in range(60):
        with clock.at(clock.now() - timedelta(days=day)):
            access.note_many(SYSTEM, [dossier.pk], DoorWay.COMMAND, Why.UPKEEP)
    client = signed_in(citizen)
    first = client.get("/account/looked-at/").content.decode()
    assert first.count('<li class="mc-timeline__item') == 50
    after = first.split("after=")[1].split('"')[0].replace("&amp;", "&")
    assert client.get(f"/account/looked-at/?after={after}").content.decode().count('<li class="mc-timeline__item') == 10
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = str(Access.objects.filter(party_id=citizen.party_id).order_by("-at", "-id")[:50].explain())
    assert "access_of_party" in plan
    assert "Sort" not in plan
