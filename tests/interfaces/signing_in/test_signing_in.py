"""Signing in: second factor of officials, sessions that end, personas only in demo mode, lock-out, language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from motcua.engines.accounts.models import Party, User
from motcua.foundation import clock
from tests.factories import make_citizen, make_officer, make_user
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "mật khẩu dài"
DEMO = override_settings(DEMO=True, ROOT_URLCONF="tests.interfaces.signing_in.demo_urls")


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post(reverse("sign_in"), {"login": user.username, "password": password, **more})


def test_a_citizen_signs_in_with_a_password_and_lands_on_the_portal() -> None:
    client, citizen = Client(), make_citizen()
    before = client.session.session_key
    assert sign_in(client, citizen).status_code == 302
    assert client.session.session_key != before
    assert client.get(reverse("desk:worklist")).status_code == 403


def test_an_official_without_second_factor_is_sent_to_set_one_up_wherever_they_go() -> None:
    client, officer = Client(), make_officer("specialist")
    sign_in(client, officer)
    for name in ("desk:worklist", "desk:search", "desk:administration"):
        assert client.get(reverse(name)).headers["Location"] == reverse("mfa_index"), name
    assert client.post(reverse("desk:bulk"), {"verb": "claim"}).headers["Location"] == reverse("mfa_index")
    htmx = client.get(reverse("desk:rail"), headers={"HX-Request": "true"})
    assert htmx.status_code == 401
    assert htmx.headers["HX-Redirect"] == reverse("mfa_index")
    assert client.get("/nowhere/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_desk_and_gives_recovery_codes() -> None:
    client, officer = Client(), make_officer("specialist")
    sign_in(client, officer)
    # managing one's second factor asks for the password once more
    again = client.get(reverse("mfa_activate_totp"), follow=True)
    answer = client.post(again.redirect_chain[-1][0], {"password": PASSWORD})
    assert answer.headers["Location"] == reverse("mfa_activate_totp")
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    before = client.session.session_key
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert wrong.status_code == 200
    assert client.get(reverse("desk:worklist")).status_code == 302
    assert client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}).status_code == 302
    assert client.session.session_key != before
    assert Authenticator.objects.filter(user=officer, type=Authenticator.Type.RECOVERY_CODES).exists()
    assert client.get(reverse("desk:worklist")).status_code == 200


def test_with_a_second_factor_the_password_alone_opens_nothing() -> None:
    officer = make_officer("specialist")
    secret = generate_totp_secret()
    TOTP.activate(officer, secret)
    client = Client()
    answer = sign_in(client, officer)
    assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("desk:worklist")).headers["Location"].startswith(reverse("sign_in"))
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302
    assert client.get(reverse("desk:worklist")).status_code == 200


def test_a_recovery_code_works_once() -> None:
    officer = make_officer("specialist")
    TOTP.activate(officer, generate_totp_secret())
    codes = RecoveryCodes.activate(officer).get_unused_codes()
    for expected in (200, 302):
        client = Client()
        sign_in(client, officer)
        client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert client.get(reverse("desk:worklist")).status_code == expected


def test_an_official_cannot_be_left_without_second_factor() -> None:
    officer = make_officer("specialist")
    TOTP.activate(officer, generate_totp_secret())
    client = signed_in(officer)
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).exists()


def test_an_idle_session_of_an_official_ends_and_asking_by_itself_is_no_work() -> None:
    client = signed_in(make_officer("specialist"))
    start = clock.now()
    address = reverse("desk:worklist")
    minutes = settings.OFFICIAL_IDLE_MINUTES
    with clock.at(start):
        assert client.get(address).status_code == 200
    with clock.at(start + timedelta(minutes=minutes - 1)):
        assert client.get(reverse("desk:rail"), headers={"X-By-Itself": "1"}).status_code == 200
    with clock.at(start + timedelta(minutes=minutes + 1)):
        answer = client.get(address)
        assert answer.headers["Location"].startswith(reverse("sign_in"))
        assert client.get(address).headers["Location"].startswith(reverse("sign_in"))


def test_a_busy_session_of_an_official_ends_after_its_hours() -> None:
    client = signed_in(make_officer("specialist"))
    start = clock.now()
    for minutes in range(0, settings.OFFICIAL_SESSION_HOURS * 60 + 1, 20):
        with clock.at(start + timedelta(minutes=minutes)):
            assert client.get(reverse("desk:rail")).status_code == 200
    with clock.at(start + timedelta(hours=settings.OFFICIAL_SESSION_HOURS, minutes=10)):
        assert client.get(reverse("desk:rail")).status_code == 302


def test_personas_do_not_exist_outside_demo_mode() -> None:
    make_user("demo-counter", official=True)
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-in/demo/", {"persona": "counter"}).status_code == 404
    assert client.get("/sign-in/demo/").status_code == 404
    assert b"persona" not in client.get(reverse("sign_in")).content
    # even where the address were served, the view refuses
    with override_settings(ROOT_URLCONF="tests.interfaces.signing_in.demo_urls"):
        assert Client().post("/sign-in/demo/", {"persona": "counter"}).status_code == 404


@DEMO
def test_a_persona_is_one_click_away_in_demo_mode() -> None:
    officer = make_officer("counter")
    User.objects.filter(pk=officer.pk).update(username="demo-counter")
    client = Client()
    assert officer.full_name in client.get(reverse("sign_in")).content.decode()
    assert client.post("/sign-in/demo/", {"persona": "counter"}).headers["Location"] == reverse("desk:worklist")
    assert client.get(reverse("desk:worklist")).status_code == 200
    assert "persona" in client.get(reverse("sign_in")).content.decode()
    with override_settings(DEMO=False):
        assert client.get(reverse("desk:worklist")).headers["Location"] == reverse("mfa_index")
    for persona in ("", "nobody"):
        assert client.post("/sign-in/demo/", {"persona": persona}).status_code == 404
    away = client.post("/sign-in/demo/", {"persona": "counter", "next": "https://elsewhere.example/"})
    assert away.headers["Location"] == reverse("desk:worklist")


def test_guessing_passwords_is_locked_out_for_this_name_alone() -> None:
    victim, other = make_citizen(), make_citizen()
    client = Client()
    answers = [sign_in(client, victim, "đoán mò").status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[-1] == 429
    cache.clear()
    assert sign_in(client, victim).status_code == 429
    assert sign_in(Client(), other).status_code == 302


@pytest.mark.parametrize(
    "name", ["account_email", "account_change_password", "account_set_password", "account_reset_password"]
)
def test_a_password_alone_opens_no_page_of_an_officials_account(name: str) -> None:
    """Else who has found out a password could put their own address there, and ask for a new password to it."""
    client = signed_in(make_officer("specialist"), second_factor=False)
    for answer in (
        client.get(reverse(name)),
        client.post(reverse(name), {"email": "ke@example.vn", "action_add": "1"}),
    ):
        assert answer.headers["Location"] == reverse("mfa_index")
    assert not EmailAddress.objects.filter(email="ke@example.vn").exists()
    assert client.get(reverse("account_reauthenticate")).status_code == 200


def test_signing_up_makes_a_citizen_that_proves_nothing() -> None:
    given = {"email": "moi@example.vn", "password1": "một mật khẩu rất dài", "password2": "một mật khẩu rất dài",
             "full_name": "Hồ Thị Mới"}  # fmt: skip
    client = Client()
    assert client.post(reverse("account_signup"), {**given, "password2": "khác"}).status_code == 200
    assert client.post(reverse("account_signup"), {**given, "official": "on"}).status_code == 302
    user = User.objects.get(email="moi@example.vn")
    assert not user.official
    assert user.full_name == "Hồ Thị Mới"
    party = Party.objects.get(users=user)
    assert party.identity_level == 0
    assert party.identity_number == ""
    with override_settings(SELF_REGISTRATION=False):
        Client().post(reverse("account_signup"), {**given, "email": "hai@example.vn"})
    assert not User.objects.filter(email="hai@example.vn").exists()


def test_pages_speak_the_language_of_the_person() -> None:
    officer = make_officer("specialist", language="en")
    client = signed_in(officer)
    assert '<html lang="en"' in client.get(reverse("desk:worklist"), headers={"Accept-Language": "vi"}).content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "vi"
    assert '<html lang="vi"' in client.get(reverse("desk:worklist")).content.decode()
    translation.activate(settings.LANGUAGE_CODE)


def test_acting_in_one_of_several_posts() -> None:
    from motcua.engines.organisations.models import Appointment
    from tests.factories import SINCE, make_dossier, make_staff, make_units

    staff = make_staff()
    dossier = make_dossier("new", staff=staff)
    officer = make_officer("counter")
    unit = make_units()["other_commune"]
    Appointment.objects.create(user=officer, unit=unit, role_id="specialist", valid_from=SINCE)
    client = signed_in(officer)
    assert dossier.code in client.get(reverse("desk:worklist")).content.decode()
    client.post(reverse("desk:switch_post"), {"post": f"specialist@{unit.id}"})
    assert dossier.code not in client.get(reverse("desk:worklist")).content.decode()
    client.post(reverse("desk:switch_post"), {"post": "leader@nowhere"})
    assert dossier.code in client.get(reverse("desk:worklist")).content.decode()
