"""A kiosk: the card as the key, one submission, nothing of what is on record, gone after two minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.engines.accounts.models import User
from motcua.foundation import clock
from motcua.services.dossiers.models import Dossier, Draft
from tests.factories import make_citizen, make_dossier, make_procedure, make_units
from tests.interfaces.portal import support as portal

pytestmark = pytest.mark.django_db

CARD = "046190000123|191234567|Trần Thị Bình|17051990|Nữ|12 Nguyễn Huệ, Huế|10052021"


@pytest.fixture
def kiosk(settings: Any) -> Client:
    settings.KIOSK = True
    return Client()


def enter(client: Client, card: str = CARD, birth: str = "17/05/1990") -> Any:
    return client.post(reverse("portal:kiosk"), {"card": card, "birth": birth})


def test_it_is_not_there_unless_the_province_has_set_it_up(settings: Any) -> None:
    settings.KIOSK = False
    for name in ("kiosk", "kiosk_done"):
        assert Client().get(reverse(f"portal:{name}")).status_code == 404
    assert Client().post(reverse("portal:kiosk"), {"card": CARD, "birth": "17051990"}).status_code == 404


def test_the_card_alone_or_a_wrong_day_opens_nothing(kiosk: Client) -> None:
    assert kiosk.get(reverse("portal:kiosk")).status_code == 200
    assert enter(kiosk, birth="16051990").status_code == 422
    assert enter(kiosk, birth="").status_code == 422
    assert enter(kiosk, card="046190000123").status_code == 422
    assert not User.objects.filter(username__startswith="kiosk-").exists()


def test_one_submits_and_the_machine_forgets(kiosk: Client) -> None:
    """ND118 Đ17.2a."""
    make_units()
    procedure = make_procedure()
    assert enter(kiosk).status_code == 302
    assert "Trần Thị Bình" in kiosk.get(reverse("portal:kiosk")).content.decode()
    draft = portal.begin(kiosk, procedure.code)
    assert set(portal.fill_in(kiosk, draft)) == {302}
    sent = kiosk.post(reverse("portal:submit", args=[draft.pk]))
    assert sent.headers["Location"] == reverse("portal:kiosk_done")
    dossier = Dossier.objects.get()
    assert dossier.channel == "KIOSK"
    assert dossier.applicant is not None
    assert dossier.applicant.identity_number == "046190000123"
    page = kiosk.get(reverse("portal:kiosk_done")).content.decode()
    assert dossier.code in page
    assert "Trần Thị Bình" not in page
    assert kiosk.get(reverse("portal:draft", args=[draft.pk])).status_code == 302


def test_nothing_of_what_is_on_record_is_shown(kiosk: Client) -> None:
    make_units()
    citizen = make_citizen(
        name="Trần Thị Bình", identity_number="046190000123", phone="0905999888", email="rieng@example.vn"
    )
    procedure = make_procedure()
    dossier = make_dossier("accepted", citizen=citizen, procedure=procedure)
    own = portal.begin(portal.signed_in(citizen), procedure.code)
    enter(kiosk)
    home = reverse("portal:kiosk")
    for name, args in (("my_dossiers", []), ("dossier", [dossier.code]), ("account", []), ("inbox", []), ("home", [])):
        assert kiosk.get(reverse(f"portal:{name}", args=args)).headers["Location"] == home, name
    assert kiosk.get(reverse("portal:draft", args=[own.pk])).status_code == 404
    draft = portal.begin(kiosk, procedure.code)
    assert draft.pk != own.pk
    assert "0905999888" not in str(draft.answers)
    assert "rieng@example.vn" not in str(draft.answers)


def test_after_two_minutes_without_a_touch_all_is_gone(kiosk: Client) -> None:
    make_units()
    procedure = make_procedure()
    enter(kiosk)
    draft = portal.begin(kiosk, procedure.code)
    with clock.at(clock.now() + timedelta(seconds=110)):
        assert kiosk.get(reverse("portal:draft", args=[draft.pk])).status_code == 200
    with clock.at(clock.now() + timedelta(seconds=240)):
        gone = kiosk.get(reverse("portal:draft", args=[draft.pk]))
        assert gone.headers["Location"] == reverse("portal:kiosk")
    assert not Draft.objects.filter(pk=draft.pk).exists()
    assert "Trần Thị Bình" not in kiosk.get(reverse("portal:kiosk")).content.decode()
