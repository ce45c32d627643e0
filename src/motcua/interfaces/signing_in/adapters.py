"""How allauth meets our accounts: names in one piece, parties, language, where to go, who may sign up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.engines.accounts.models import Party, PartyKind, User
from motcua.foundation import clock
from motcua.foundation.identifiers import parse_identity
from motcua.foundation.text import name_sort_key


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Citizens may make an account where the province allows it; officials are made by administrators only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SELF_REGISTRATION)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Officials land on their worklist, citizens on the portal."""
        user = request.user
        if isinstance(user, User) and user.official:
            return reverse("desk:worklist")
        try:
            return reverse("portal:my_dossiers")
        except NoReverseMatch:  # the portal may be switched off
            return "/"

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """A citizen with a party of their own. What they say of themselves proves nothing: identity level 0."""
        user.full_name = form.cleaned_data.get("full_name", "").strip()[:200]
        user.language = (get_language() or "vi")[:5]
        super().save_user(request, user, form, commit=False)
        if commit:
            with transaction.atomic():
                user.party = _new_party(user.full_name, user.email)
                user.save()
        return user


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names in authenticator apps; nobody who holds office can be left without a second factor."""

    def get_totp_issuer(self) -> str:
        return f"{settings.PROVINCE_NAME} – Motcua"

    def get_totp_label(self, user: User) -> str:
        return user.username

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """An official keeps at least one second factor."""
        if not authenticator.user.official:
            return True
        kinds = {authenticator.Type.TOTP, authenticator.Type.WEBAUTHN}
        others = (
            type(authenticator).objects.filter(user=authenticator.user, type__in=kinds).exclude(pk=authenticator.pk)
        )
        return authenticator.type not in kinds or bool(others.exists())


class OpenIdAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The identity server (VNeID) vouches for who somebody is: the identity number finds or makes their party."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """A known person signs in to the account they have; officials connect theirs while signed in."""
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        number = _identity(sociallogin)
        if not number:
            return
        user = User.objects.filter(party__identity_number=number, official=False, is_active=True).first()
        if user is not None:
            sociallogin.connect(request, user)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        user.full_name = str(data.get("name") or data.get("username") or "")[:200]
        return user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        """A new account with the party of the identity number, or a new party."""
        claims = _claims(sociallogin)
        number = _identity(sociallogin)
        user: User = sociallogin.user
        user.language = (get_language() or "vi")[:5]
        with transaction.atomic():
            party = Party.objects.filter(identity_number=number).first() if number else None
            if party is None:
                party = _new_party(user.full_name, user.email, number, _level(claims))
            if not user.full_name:
                user.full_name = party.name
            user.party = party
            saved: User = super().save_user(request, sociallogin, form)
        return saved

    def on_authentication_error(self, request: HttpRequest, provider: Any, **details: Any) -> None:
        """The server's own words are for the log, not for the page."""
        if str(details.get("error")) == "denied":
            raise PermissionDenied(_("You did not allow the sign-in."))


def _claims(sociallogin: Any) -> dict[str, Any]:
    extra = sociallogin.account.extra_data or {}
    found = extra.get("userinfo") or extra.get("id_token") or extra
    return dict(found) if isinstance(found, dict) else {}


def _identity(sociallogin: Any) -> str:
    parsed = parse_identity(str(_claims(sociallogin).get(settings.OPENID_IDENTITY_CLAIM, "")))
    return parsed.value if parsed.ok else ""


def _level(claims: dict[str, Any]) -> int:
    level = str(claims.get(settings.OPENID_LEVEL_CLAIM, ""))
    return int(level) if level in ("0", "1", "2") else 1


def _new_party(name: str, email: str, number: str = "", level: int = 0) -> Party:
    return Party.objects.create(
        kind=PartyKind.CITIZEN,
        name=name,
        sort_key=name_sort_key(name)[:300],
        identity_number=number,
        email=email or "",
        identity_level=level,
        created_at=clock.now(),
    )
