"""The administrator's pages of reorganisations, and what officers and citizens read afterwards."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.organisations.models import Reorganisation, Unit
from motcua.foundation import clock
from motcua.services.dossiers.reorganising import plans as reorganising
from tests import factories
from tests.interfaces.desk.support import signed_in
from tests.interfaces.portal import support as portal
from tests.services.dossiers.test_reorganising import merger

pytestmark = pytest.mark.django_db


def uploaded(text: str, name: str = "sap-xep.json") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, text.encode())}


@pytest.fixture
def administrator() -> Client:
    units = factories.make_units()
    return signed_in(factories.make_officer("administrator", units["province"]))


def test_upload_look_decide_take_back(administrator: Client) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    staff = factories.make_staff()
    factories.make_dossier("accepted", staff=staff)
    answer = administrator.post(
        "/desk/administration/reorganisations/", uploaded(json.dumps(merger(effective=tomorrow.isoformat())))
    )
    row = Reorganisation.objects.get()
    assert answer["Location"] == f"/desk/administration/reorganisations/{row.pk}/"
    page = administrator.get(answer["Location"])
    text = page.content.decode()
    assert page.status_code == 200
    assert "H57.150 (1)" in text
    assert not Unit.objects.filter(code="H57.150").exists()
    administrator.post(answer["Location"] + "decide/")
    row.refresh_from_db()
    assert row.state == "decided"
    administrator.post(answer["Location"] + "undo/")
    row.refresh_from_db()
    assert row.state == "undone"
    assert administrator.get(answer["Location"]).status_code == 200


def test_what_is_wrong_in_the_file_is_said_on_the_page(administrator: Client) -> None:
    answer = administrator.post("/desk/administration/reorganisations/", uploaded("{}"))
    assert answer.status_code == 422
    for place in ("name", "basis", "effective", "changes"):
        assert f"{place}: " in answer.content.decode()
    assert not Reorganisation.objects.exists()


def test_what_cannot_be_carried_out_has_no_button(administrator: Client) -> None:
    data = merger(changes=[{"kind": "dissolve", "from": "H57.998", "to": "H57.101"}], wards={})
    answer = administrator.post("/desk/administration/reorganisations/", uploaded(json.dumps(data)))
    page = administrator.get(answer["Location"]).content.decode()
    assert "H57.998" in page
    assert "/decide/" not in page
    administrator.post(answer["Location"] + "decide/")
    assert Reorganisation.objects.get().state == "draft"


def test_units_officers_and_citizens_read_what_happened(administrator: Client) -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    yesterday = clock.now() - timedelta(days=1)
    dossier = factories.make_dossier("accepted", citizen=citizen, staff=staff, at=yesterday)
    factories.make_staff("other_commune")
    row = reorganising.carry_out(reorganising.submit(SYSTEM, merger(effective=clock.today().isoformat())).id)
    day = f"{clock.today():%d/%m/%Y}"
    page = administrator.get(f"/desk/administration/reorganisations/{row.pk}/").content.decode()
    assert "P. Hương Giang" in page or "phường Hương Giang" in page
    new = Unit.objects.get(code="H57.150")
    assert "H57.101" in administrator.get(f"/desk/administration/units/{new.pk}/").content.decode()
    told = portal.signed_in(citizen).get(f"/dossiers/{dossier.code}/").content.decode()
    assert f"Từ ngày {day}, Ủy ban nhân dân phường Hương Giang tiếp nhận" in told
    assert "Theo Nghị quyết 1675/NQ-UBTVQH15" in told
    assert "phường Thuận Hóa (nay là" in told
    desk = signed_in(staff.specialist).get(f"/desk/dossiers/{dossier.pk}/")
    assert desk.status_code == 200
    assert "Nghị quyết 1675/NQ-UBTVQH15" in desk.content.decode()
    assert actor_of(citizen).party_id == dossier.applicant_id
