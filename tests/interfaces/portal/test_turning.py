"""What an applicant does with a submitted dossier on the portal: stop, change, have a result corrected, ask why."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from motcua.engines.accounts.models import User
from motcua.engines.files.models import Upload
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import Adjustment, Correction, Dossier, DossierFile, Draft, FileKind
from motcua.services.dossiers.rules import Status
from tests import factories
from tests.interfaces.portal.support import signed_in, submit

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=VIETNAM)


@pytest.fixture
def citizen() -> User:
    return factories.make_citizen()


@pytest.fixture
def mine(citizen: User) -> Client:
    return signed_in(citizen)


def _page(client: Client, dossier: Dossier, query: str = "") -> str:
    return client.get(reverse("portal:dossier", args=[dossier.code]) + query).content.decode()


def test_stopping_asks_first_nd118_d21(citizen: User, mine: Client) -> None:
    dossier = factories.make_dossier("processing", citizen=citizen)
    address = reverse("portal:stop", args=[dossier.code])
    assert address in _page(mine, dossier)
    assert mine.get(address).status_code == 200
    assert mine.post(address, {"explanation": "Tôi chưa cần"}).status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).status == Status.STOPPED
    assert mine.get(address)["Location"] == f"/dossiers/{dossier.code}/"


def test_a_result_is_said_to_be_wrong_nd118_d23(citizen: User, mine: Client) -> None:
    dossier = factories.make_dossier("returned", citizen=citizen)
    address = reverse("portal:correct", args=[dossier.code])
    assert address in _page(mine, dossier)
    assert mine.get(address).status_code == 200
    assert mine.post(address, {"reason": "personal_data", "explanation": ""}).status_code == 422
    assert mine.post(address, {"reason": "personal_data", "explanation": "Sai tên đệm"}).status_code == 302
    assert Correction.objects.get(dossier=dossier).explanation == "Sai tên đệm"
    assert mine.get(address)["Location"] == f"/dossiers/{dossier.code}/", "once"
    assert signed_in(factories.make_citizen()).get(address).status_code == 404


def test_what_was_submitted_is_changed_in_its_own_form_nd118_d21(citizen: User, mine: Client) -> None:
    factories.make_units()
    procedure = factories.make_procedure()
    dossier = Dossier.objects.select_related("case").get(code=submit(citizen, procedure.code))
    Upload.objects.all().delete()  # their time is over: the files are in the dossier now
    opened = mine.post(reverse("portal:adjust", args=[dossier.code]))
    draft = Draft.objects.get(adjusts=dossier)
    assert opened["Location"] == reverse("portal:draft", args=[draft.pk])
    assert mine.get(reverse("portal:check", args=[draft.pk])).status_code == 200
    assert draft.pk not in [row.pk for row in Draft.objects.filter(adjusts__isnull=True)]
    unchanged = mine.post(reverse("portal:submit", args=[draft.pk]))
    assert unchanged["Location"] == reverse("portal:dossier", args=[dossier.code])
    assert not Adjustment.objects.filter(dossier=dossier).exists(), "nothing was different"

    mine.post(reverse("portal:adjust", args=[dossier.code]))
    draft = Draft.objects.get(adjusts=dossier)
    key = next(
        key for key, said in draft.answers.items() if isinstance(said, list) and said and isinstance(said[0], str)
    )
    blob = DossierFile.objects.filter(dossier=dossier).latest("added_at").blob
    other = Upload.objects.create(
        blob=blob, name="khác.pdf", owner=citizen.pk, at=clock.now(), expires_at=draft.expires_at
    )
    from motcua.engines.files.models import Blob

    other.blob = Blob.objects.create(sha256="cd" * 32, size=4, media_type="application/pdf", created_at=clock.now())
    other.save()
    draft.answers[key] = [str(other.pk)]
    draft.save()
    saved = mine.post(reverse("portal:submit", args=[draft.pk]))
    assert saved.status_code == 302, saved.content.decode()
    row = Adjustment.objects.get(dossier=dossier)
    assert row.files["added"] == ["khác.pdf"]
    assert DossierFile.objects.filter(dossier=dossier, kind=FileKind.REPLACED).count() == 1, "the old file is kept"
    assert not Draft.objects.filter(pk=draft.pk).exists()


def test_nobody_changes_anothers_dossier(citizen: User) -> None:
    dossier = factories.make_dossier("processing", citizen=citizen)
    assert signed_in(factories.make_citizen()).post(reverse("portal:adjust", args=[dossier.code])).status_code == 404


def test_what_is_decided_is_not_changed_any_more(citizen: User, mine: Client) -> None:
    dossier = factories.make_dossier("finished", citizen=citizen)
    address = reverse("portal:adjust", args=[dossier.code])
    assert address not in _page(mine, dossier)
    assert mine.post(address).status_code == 422


def test_a_payment_is_asked_for_on_top(citizen: User, mine: Client) -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", citizen=citizen, staff=staff)
    actions.demand_payment.run(
        staff.specialist, dossier.pk, name="Lệ phí trước bạ", amount=1_500_000, notice_number="123/TB-CT"
    )
    page = _page(mine, dossier)
    assert "1.500.000" in page
    assert "123/TB-CT" in page


def test_why_this_date_as_of_a_past_moment(citizen: User, mine: Client) -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", citizen=citizen, staff=staff, at=MONDAY)
    with clock.at(MONDAY + timedelta(days=2)):
        actions.extend.run(
            staff.head, dossier.pk, allowance="3 working_day", reason="complex", explanation="Xin lỗi ông/bà"
        )
        now, then = _page(mine, dossier), _page(mine, dossier, "?as_of=2026-03-03T09:00")
    assert "12/3" in now or "12/03/2026" in now
    assert "09/03/2026" in then or "9/3" in then
    assert "ND118" not in now, "articles are told in words"
    assert _page(mine, dossier, "?as_of=yesterday")


def test_the_story_tells_each_turn(citizen: User, mine: Client) -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", citizen=citizen, staff=staff)
    actions.stop.run(staff.head, dossier.pk, reason="dispute", explanation="Đang tranh chấp ranh giới")
    assert "Đang tranh chấp ranh giới" in _page(mine, dossier)
    actions.reopen.run(staff.head, dossier.pk, reason="cause_gone", explanation="Hai bên đã hòa giải")
    assert "Hai bên đã hòa giải" in _page(mine, dossier)
