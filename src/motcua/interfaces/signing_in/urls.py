"""Addresses of signing in. Those of allauth that we use, under names and paths of our own."""

from __future__ import annotations

from allauth.account import urls as account
from allauth.account.views import logout
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from motcua.interfaces.signing_in import views

ours = {"account_login", "account_logout"}
rest = [pattern for pattern in account.urlpatterns if getattr(pattern, "name", None) not in ours]

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-out/", logout, name="sign_out"),
    path("sign-out/", logout, name="account_logout"),
    path("account/", include(rest)),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("sign-in/with/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("sign-in/connected/", include("allauth.socialaccount.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("sign-in/demo/", views.demo_sign_in, name="demo_sign_in"))
