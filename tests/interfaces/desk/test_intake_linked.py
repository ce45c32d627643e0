"""Linked procedures at the counter: one visit, several dossiers, papers counted for each."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.engines.forms.posting import to_post
from motcua.engines.ledger.models import Event
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers.models import Delivery, Dossier, DossierGroup, GroupMember
from tests.engines.files.samples import pdf
from tests.factories import make_staff
from tests.interfaces.desk.support import signed_in
from tests.services.dossiers.test_groups import BIRTH, define

pytestmark = pytest.mark.django_db


def test_one_visit_receives_all_parts_and_the_first_begins() -> None:
    staff = make_staff()
    define(*BIRTH)
    desk = signed_in(staff.counter)
    desk.post("/desk/intake/begin/")
    intake = Intake.objects.get()
    page = f"/desk/intake/{intake.pk}/linked/birth/"
    assert desk.get(page)["Location"].endswith("/person/")
    person = {"kind": "citizen", "name": "Trần Thị Bình", "phone": "0905123456"}
    assert desk.post(f"/desk/intake/{intake.pk}/person/", person).status_code == 302
    assert page in desk.get(f"/desk/intake/{intake.pk}/procedure/?q=sinh con").content.decode()
    text = desk.get(page).content.decode()
    assert 'name="originals-birth-p1"' in text
    assert 'name="part" value="insurance"' in text
    sent = {"ward": "19777", "originals-birth-p1": "1", "originals-birth-p2": "1", "copies-residence-p1": "2"}
    answer = desk.post(page, sent)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    group = DossierGroup.objects.get()
    birth = Dossier.objects.get()
    assert answer["Location"] == f"/desk/dossiers/{birth.pk}/"
    assert group.way == "sequence"
    assert group.code.startswith("H57.100.1-"), "the counter's identifier (ND118 Đ28)"
    assert birth.accepted_at is not None
    assert sum(component.originals for component in birth.components.all()) == 2
    assert [member.key for member in GroupMember.objects.order_by("position")] == ["birth", "residence"]
    assert GroupMember.objects.get(key="residence").submission["components"][0]["copies"] == 2
    assert desk.post(page, sent)["Location"] == answer["Location"], "pressed twice, received once"
    assert DossierGroup.objects.count() == 1
    assert group.code in desk.get(answer["Location"]).content.decode()


@pytest.fixture
def visit() -> tuple[Client, str]:
    """A person with a scanned card who wants all three parts: the browser, and where their walk-in stands."""
    define(*BIRTH)
    desk = signed_in(make_staff().counter)
    desk.post("/desk/intake/begin/")
    start = f"/desk/intake/{Intake.objects.get().pk}/"
    card = "046190000123||Trần Thị Bình|17051990|Nữ|12 Nguyễn Huệ, phường Thuận Hóa, thành phố Huế|01012022"
    assert desk.post(f"{start}person/", {"card": card, "kind": "citizen"}).status_code == 302
    return desk, start


def fill(desk: Client, address: str, **more: str) -> Any:
    """Sends the page of a form as the browser would, with what was prefilled and ``more`` of what is asked."""
    page = desk.get(address)
    form = page.context["form"]
    return desk.post(address, dict(to_post(form.form, form.raw)) | more)


def test_the_forms_are_filled_in_at_the_counter_and_shared_answers_asked_once(visit: tuple[Client, str]) -> None:
    desk, start = visit
    page = f"{start}linked/birth/"
    sent = {"ward": "19777", "part": "insurance", "originals-birth-p1": "1", "fill": "next"}
    answer = desk.post(page, sent)
    assert answer["Location"] == f"{page}birth/"
    text = desk.get(answer["Location"]).content.decode()
    assert "Trần Thị Bình" in text, "prefilled from the card"
    pages = 1
    answer = fill(desk, f"{page}birth/")
    while "#receive" not in answer["Location"]:
        pages += 1
        asked = desk.get(answer["Location"]).context["groups"]
        assert asked, "no page that asks nothing"
        answer = fill(desk, answer["Location"])
        assert answer.status_code == 302, answer.content.decode()[-1500:]
    assert pages <= 3
    text = desk.get(page).content.decode()
    assert text.count("046190000123") >= 2, "the answers stand there to be shown to the citizen"
    assert 'name="originals-birth-p1" value="1"' in text, "what was counted before is kept"
    kept = {"ward": "19777", "part": "insurance", "originals-birth-p1": "1"}
    assert desk.post(page, kept).status_code == 302
    birth = Dossier.objects.get()
    assert birth.answers, "the answers are in the dossier"
    assert birth.components.get().originals == 1
    waiting = {row.key: row.submission for row in GroupMember.objects.filter(dossier__isnull=True)}
    assert set(waiting) == {"residence", "insurance"}
    assert all(one["answers"] for one in waiting.values())


def test_one_form_may_be_on_paper_and_the_others_not(visit: tuple[Client, str]) -> None:
    desk, start = visit
    page = f"{start}linked/birth/"
    desk.post(page, {"ward": "19777", "fill": "next"})
    answer = fill(desk, f"{page}birth/", paper_form="1")
    assert answer["Location"] == f"{page}residence/", "on to the next"
    assert fill(desk, answer["Location"])["Location"].endswith("#receive")
    assert desk.post(page, {"ward": "19777"}).status_code == 302
    assert Dossier.objects.get().answers == {}
    assert GroupMember.objects.get(key="residence").submission["answers"]


def test_a_form_with_something_missing_does_not_go_on_and_keeps_what_was_typed(visit: tuple[Client, str]) -> None:
    desk, start = visit
    page = f"{start}linked/birth/"
    desk.post(page, {"ward": "19777", "fill": "next"})
    form = desk.get(f"{page}birth/").context["form"]
    given = dict(to_post(form.form, form.raw))
    name = next(key for key in given if given[key] == "Trần Thị Bình")
    assert desk.post(f"{page}birth/", given | {name: "", "_editing": name}).status_code == 422
    assert desk.get(f"{page}nothing/").status_code == 404


def test_another_officer_does_not_see_the_walk_in(visit: tuple[Client, str]) -> None:
    _desk, start = visit
    other = signed_in(make_staff().counter)
    assert other.get(f"{start}linked/birth/birth/").status_code == 404


def test_the_citizen_confirms_all_parts_on_the_second_screen_and_a_change_voids_it(visit: tuple[Client, str]) -> None:
    desk, start = visit
    page = f"{start}linked/birth/"
    kept = {"ward": "19777", "originals-birth-p1": "1"}
    desk.post(page, kept | {"fill": "next"})
    fill(desk, f"{page}birth/")
    fill(desk, f"{page}residence/", paper_form="1")
    screen = desk.get(page).context["screen_url"].replace("http://testserver", "")
    citizen = Client()
    text = citizen.get(screen).content.decode()
    assert "046190000123" in text
    assert all(title in text for title in ("Việc birth", "Việc residence")), "one matter for each part"
    assert "Việc insurance" not in text
    assert "046190000123" in desk.get(f"{start}summary/").content.decode(), "the same to sign on paper"
    assert citizen.post(screen).status_code == 302
    assert desk.get(page).context["confirmed"]
    desk.post(page, kept | {"originals-birth-p1": "2", "fill": "birth"})
    assert not desk.get(page).context["confirmed"], "it is not what they have seen"
    assert citizen.get(screen).status_code == 404
    desk.post(page, kept | {"fill": "birth"})
    assert desk.post(page, kept).status_code == 302
    submitted = Event.objects.get(kind="dossier.submitted")
    assert submitted.data["confirmed"] == "screen"
    assert Dossier.objects.get().delivery in Delivery.values


def test_scans_wait_with_the_walk_in_and_a_refused_file_takes_no_count_with_it(visit: tuple[Client, str]) -> None:
    desk, start = visit
    page = f"{start}linked/birth/"
    kept = {"ward": "19777", "originals-birth-p1": "3"}
    rubbish = SimpleUploadedFile("virus.exe", b"MZ rubbish")
    assert desk.post(page, kept | {"files-birth": rubbish, "fill": "next"}).status_code >= 400
    assert 'name="originals-birth-p1" value="3"' in desk.get(page).content.decode()
    scan = SimpleUploadedFile("chung-sinh.pdf", pdf("chứng sinh"))
    assert desk.post(page, kept | {"files-birth": scan, "fill": "next"}).status_code == 302
    assert "chung-sinh.pdf" in desk.get(page).content.decode()
    assert desk.post(page, kept).status_code == 302
    assert [file.name for file in Dossier.objects.get().files.all()] == ["chung-sinh.pdf"]
