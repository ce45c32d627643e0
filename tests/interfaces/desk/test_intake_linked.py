"""Linked procedures at the counter: one visit, several dossiers, papers counted for each."""

from __future__ import annotations

import pytest

from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers.models import Dossier, DossierGroup, GroupMember
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
