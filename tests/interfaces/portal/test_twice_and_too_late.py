"""What was sent twice, from an old page, or after the session has ended: said plainly, done once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.services.dossiers.models import SupplementRequest
from tests.factories import make_citizen, make_dossier, make_procedure, make_units
from tests.interfaces.portal import support as portal

pytestmark = pytest.mark.django_db


def test_a_second_click_is_led_to_what_the_first_one_did() -> None:
    citizen = make_citizen()
    client = portal.signed_in(citizen)
    asked, new, accepted = (make_dossier(stage, citizen=citizen) for stage in ("supplement", "new", "accepted"))
    for dossier, name, data in (
        (asked, "answer", {"message": "Đã có trong hồ sơ cũ"}),
        (new, "withdraw", {"reason": "Nộp nhầm"}),
        (accepted, "stop", {}),
    ):
        address = reverse(f"portal:{name}", args=[dossier.code])
        for _ in range(2):
            answer = client.post(address, data)
            assert (answer.status_code, answer["Location"]) == (302, f"/dossiers/{dossier.code}/"), name
    assert SupplementRequest.objects.get().answered_at is not None
    assert client.post(f"/dossiers/{accepted.code}/answer/", {"message": "x"}).status_code == 409, "nothing was asked"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00%2B14:00", "9999-12-31T23:59-14:00", "0001-01-01T00:00", "x"])
def test_no_moment_breaks_the_reckoning(moment: str) -> None:
    citizen = make_citizen()
    dossier = make_dossier("accepted", citizen=citizen)
    assert portal.signed_in(citizen).get(f"/dossiers/{dossier.code}/?as_of={moment}").status_code == 200


def test_who_was_signed_out_in_the_middle_of_a_form_comes_back_to_it() -> None:
    make_units()
    client = portal.signed_in(make_citizen())
    draft = portal.begin(client, make_procedure().code)
    part = client.get(f"/drafts/{draft.pk}/").content.decode().split("/parts/")[1].split("/")[0]
    address = f"/drafts/{draft.pk}/parts/{part}/"
    stranger = Client()
    answer = stranger.post(address, {"x": "y"})
    assert answer["Location"] == f"/sign-in/?next={address.replace('/', '%2F')}"
    said = stranger.get(answer["Location"]).content.decode()
    assert "đăng nhập rồi gửi lại" in said or "sign in and send it once more" in said


def test_a_kiosk_leads_nobody_to_the_sign_in_page_and_keeps_no_page(settings: Any) -> None:
    settings.KIOSK = True
    make_units()
    client = Client()
    card = "046190000123|191234567|Trần Thị Bình|17051990|Nữ|12 Nguyễn Huệ, Huế|10052021"
    home = reverse("portal:kiosk")
    entrance = client.get(home).content.decode()
    assert "/sign-in/" not in entrance
    client.post(home, {"card": card, "birth": "17051990"})
    draft = portal.begin(client, make_procedure().code)
    page = client.get(f"/drafts/{draft.pk}/")
    assert page.headers["Cache-Control"] == "private, no-store"
    part = page.content.decode().split("/parts/")[1].split("/")[0]
    assert "_leave" not in client.get(f"/drafts/{draft.pk}/parts/{part}/").content.decode(), "nothing is kept for later"
    client.post(reverse("portal:kiosk_end"))
    assert client.get(f"/drafts/{draft.pk}/")["Location"] == home
