"""OpenID Connect: the identity number that the server vouches for finds the person; nothing less does."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from motcua.engines.accounts.models import Party, User
from motcua.interfaces.signing_in.adapters import OpenIdAdapter
from tests.factories import make_citizen, make_officer, make_party

pytestmark = pytest.mark.django_db
PROVIDER = {
    "provider_id": "vneid", "name": "VNeID", "client_id": "motcua", "secret": "", "server_url": "https://id.example.vn/auth",
}  # fmt: skip
APPS = {"openid_connect": {"APPS": [{**PROVIDER, "settings": {"server_url": PROVIDER["server_url"]}}]}}
del APPS["openid_connect"]["APPS"][0]["server_url"]


def request_of_nobody() -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request.session = SessionStore()
    return request


def login_with(**claims: Any) -> SocialLogin:
    """What allauth hands over when the server has answered with these claims."""
    account = SocialAccount(provider="vneid", uid=str(claims.get("sub", "s1")), extra_data={"userinfo": claims})
    return SocialLogin(user=User(username=""), account=account)


@override_settings(SOCIALACCOUNT_PROVIDERS=APPS)
def test_a_known_identity_number_signs_in_to_the_account_that_is_there() -> None:
    citizen = make_citizen()
    assert citizen.party is not None
    login = login_with(sub="a", identity_number=citizen.party.identity_number, name=citizen.full_name)
    OpenIdAdapter().pre_social_login(request_of_nobody(), login)
    assert login.user == citizen
    assert SocialAccount.objects.get(user=citizen).uid == "a"


@pytest.mark.parametrize("number", ["", "12", "046190999999", None, "' OR 1=1"])
def test_any_other_number_finds_nobody(number: Any) -> None:
    make_citizen()
    login = login_with(sub="b", identity_number=number)
    OpenIdAdapter().pre_social_login(request_of_nobody(), login)
    assert not SocialAccount.objects.exists()


def test_an_official_is_not_taken_over_by_a_number() -> None:
    officer = make_officer("specialist")
    officer.party = make_party()
    officer.save()
    login = login_with(sub="c", identity_number=officer.party.identity_number)
    OpenIdAdapter().pre_social_login(request_of_nobody(), login)
    assert not SocialAccount.objects.exists()


def test_a_new_person_gets_an_account_and_the_party_of_the_number() -> None:
    known = make_party()
    for sub, number, expected in (("d", known.identity_number, known.pk), ("e", "046190000123", None)):
        login = login_with(sub=sub, identity_number=number, identity_level="2", name="Đỗ Thị Định Danh")
        adapter = OpenIdAdapter()
        adapter.populate_user(request_of_nobody(), login, {"name": "Đỗ Thị Định Danh", "username": f"nguoi-{sub}"})
        user = adapter.save_user(request_of_nobody(), login)
        assert not user.official
        party = Party.objects.get(users=user)
        assert party.identity_number == number
        assert expected in (None, party.pk)
    assert Party.objects.get(identity_number="046190000123").identity_level == 2


@override_settings(OPENID_PROVIDERS=[PROVIDER])
def test_the_form_may_lead_to_the_identity_server_and_nowhere_else() -> None:
    policy = Client().get(reverse("sign_in")).headers["Content-Security-Policy"]
    assert "form-action 'self' https://id.example.vn;" in policy
    assert "form-action 'self';" in Client().get("/account/signup/").headers["Content-Security-Policy"]
