"""Small pages of every interface, and signing in (the library's own pages under our addresses)."""

from __future__ import annotations

from typing import Final

from tests.faults.doors.words import SIGN_IN, Door, everybody, guests, proven, public, signed_in

DOORS: Final = [
    # Shell
    Door("app.webmanifest", get=everybody(200), post=everybody(405)),
    Door("service-worker.js", get=everybody(200), post=everybody(405)),
    Door("offline/", get=everybody(200), post=everybody(405)),
    Door("brand/emblem", get=everybody(404), post=everybody(405)),
    Door("brand/colours.css", get=everybody(200), post=everybody(405)),
    Door("theme/", get=everybody(405), post=everybody(302), data={"theme": "dark"}),
    Door("language/setlang/", get=everybody(302), post=everybody(302), data={"language": "en"}),
    # Signing in: allauth's own pages under our addresses
    Door("sign-in/", get=guests(200, 302), post=guests(200, 302), data={"login": "ai", "password": "sai"}),
    Door("sign-out/", get=guests(302, 200), post=everybody(302)),
    Door("account/inactive/", get=everybody(200), post=everybody(405)),
    Door("account/signup/", get=guests(200, 302), post=guests(200, 302)),
    Door("account/reauthenticate/", get=signed_in(200), post=signed_in(200)),
    Door("account/email/", get=proven(200), post=proven(302)),
    Door("account/confirm-email/", get=public(200), post=public(405)),
    Door("account/password/change/", get=proven(200), post=proven(200)),
    Door("account/password/set/", get=proven(302), post=proven(302)),
    Door("account/password/reset/", get=public(200), post=public(200)),
    Door("account/login/code/confirm/", get=proven(302), post=proven(302)),
    Door("account/password/reset/key/done/", get=public(200), post=public(405)),
    Door("account/password/reset/done/", get=public(200), post=public(405)),
    Door("account/second-factor/", get=signed_in(200), post=signed_in(405)),
    Door("account/second-factor/authenticate/", get=signed_in(302), post=signed_in(302)),
    Door("account/second-factor/reauthenticate/", get=signed_in(302), post=signed_in(302)),
    Door("account/second-factor/totp/activate/", get=signed_in(302), post=signed_in(302)),
    Door("account/second-factor/totp/deactivate/", get=signed_in(404), post=signed_in(404)),
    Door("account/second-factor/recovery-codes/", get=signed_in(404), post=signed_in(405)),
    Door("account/second-factor/recovery-codes/generate/", get=signed_in(302), post=signed_in(302)),
    Door("account/second-factor/recovery-codes/download/", get=signed_in(404), post=signed_in(404)),
    Door("account/second-factor/webauthn/", get=signed_in(200), post=signed_in(405)),
    Door("account/second-factor/webauthn/add/", get=signed_in(302), post=signed_in(302)),
    Door("account/second-factor/webauthn/reauthenticate/", get=signed_in(302), post=signed_in(302)),
    Door("account/second-factor/webauthn/login/", get=signed_in(302), post=signed_in(302)),
    Door("sign-in/connected/login/cancelled/", get=public(200), post=public(405)),
    Door("sign-in/connected/login/error/", get=public(401), post=public(405)),
    Door("sign-in/connected/signup/", get=public(SIGN_IN), post=public(SIGN_IN)),
    Door("sign-in/connected/", get=proven(200), post=proven(200)),
    Door(
        r"account/^confirm-email/(?P<key>[-:\w]+)/$",
        at="account/confirm-email/abc/",
        get=public(200),
        post=public(404),
    ),
    Door(
        "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        at="account/password/reset/key/1-abc/",
        get=public(200),
        post=public(200),
    ),
    Door(
        "account/second-factor/webauthn/keys/<int:pk>/remove/",
        at="account/second-factor/webauthn/keys/1/remove/",
        get=signed_in(302),
        post=signed_in(302),
    ),
    Door(
        "account/second-factor/webauthn/keys/<int:pk>/edit/",
        at="account/second-factor/webauthn/keys/1/edit/",
        get=signed_in(302),
        post=signed_in(302),
    ),
    Door(
        "sign-in/with/^(?P<provider_id>[^/]+)/login/", at="sign-in/with/vneid/login/", get=public(404), post=public(404)
    ),
    Door(
        "sign-in/with/^(?P<provider_id>[^/]+)/login/callback/",
        at="sign-in/with/vneid/login/callback/",
        get=public(404),
        post=public(404),
    ),
]
