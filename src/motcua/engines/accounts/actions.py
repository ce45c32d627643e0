"""Making and changing accounts: officials, parties, citizens, machine clients.

The ledger keeps who did what to which account and which details changed, never the personal data itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models

from motcua.engines.accounts.models import ApiClient, Party, PartyKind, User
from motcua.engines.accounts.queries import CLIENT_PERMISSIONS, token_hash
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.models import Unit
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from motcua.foundation.identifiers import parse_phone, parse_tax_code
from motcua.foundation.text import sort_key

M = TypeVar("M", bound=models.Model)

EDIT = "accounts.edit"
TOKEN_BYTES = 32
NATIONAL_PORTAL = "national_portal"
CLIENT_SCOPES = CLIENT_PERMISSIONS | {"dossier.submit", NATIONAL_PORTAL}
"""What a token may be for: what a client does in its unit, submitting, which needs no office, and handing over what was
submitted on the national portal."""

PARTY_DETAILS = (
    "name",
    "identity_number",
    "tax_code",
    "birth_date",
    "sex",
    "nationality",
    "ethnicity",
    "phone",
    "email",
    "address_line",
    "ward_code",
    "ward_name",
    "province_code",
    "province_name",
    "representative",
    "identity_level",
)


def create_officer(
    work: Work, *, username: str, full_name: str, email: str = "", password: str | None = None, language: str = "vi"
) -> User:
    """An account of an official; what they may do comes by appointment. Without ``password`` they cannot sign in yet.

    Raises ``NotAllowed``; ``Invalid`` for a name that is taken or a password that is too easy.
    """
    work.actor.require(EDIT)
    user = _user(username, full_name, email, password, language)
    user.official = True
    work.add(user)
    work.record(user.id, "account.created", {"official": True, "username": user.username}, first=True)
    return user


def create_party(work: Work, *, name: str, kind: str = PartyKind.CITIZEN, **details: Any) -> Party:
    """A person or organisation in law. Officials and the system make them; ``details`` among ``PARTY_DETAILS``.

    Raises ``NotAllowed``; ``Invalid`` with the details that cannot be right, or when the number is known already.
    """
    number = details.get("identity_number", "")
    if number and Party.objects.filter(identity_number=number).exists():
        raise Invalid(fields={"identity_number": ["This number is already registered."]})
    return register_party(work, name=name, kind=kind, **details)


def register_party(work: Work, *, name: str, kind: str = PartyKind.CITIZEN, **details: Any) -> Party:
    """The same for a number that is known to be new (loading in bulk); the database refuses one that is not."""
    if not (work.actor.may(EDIT) or work.actor.may("dossier.receive")):
        raise NotAllowed("Only officials register persons and organisations.")
    fields = _problems_of_party({"name": name, **details})
    if kind not in PartyKind.values:
        fields["kind"] = ["Choose citizen, business or agency."]
    if fields:
        raise Invalid(fields=fields)
    party = Party(kind=kind, name=name.strip(), sort_key=sort_key(name)[:300], created_at=work.now, **details)
    work.add(party)
    work.record(party.id, "party.created", {"kind": str(kind)}, first=True)
    return party


def edit_party(work: Work, party_id: UUID, **changes: Any) -> Party:
    """Changes details of a party: by the person themselves, or by an official.

    A citizen cannot change who they are (name, numbers, birth, level): that comes from their identity account.
    """
    party = _held(Party, party_id)
    own = work.actor.kind == "citizen" and work.actor.party_id == party.id
    if not own and not (work.actor.may(EDIT) or work.actor.may("dossier.receive")):
        raise NotAllowed("You may change only your own details.")
    settled = {"name", "identity_number", "tax_code", "birth_date", "sex", "nationality", "identity_level"}
    if own and (refused := sorted(settled & set(changes))):
        raise Invalid(fields={key: ["This comes from your identity account."] for key in refused})
    fields = _problems_of_party(changes)
    if fields:
        raise Invalid(fields=fields)
    changed = [name for name, value in changes.items() if getattr(party, name) != value]
    if not changed:
        return party
    for name in changed:
        setattr(party, name, changes[name])
    if "name" in changed:
        party.sort_key = sort_key(party.name)[:300]
        work.change(party, "sort_key")
    work.change(party, *changed)
    work.record(party.id, "party.edited", {"details": sorted(changed)})
    return party


def create_citizen(work: Work, *, party: Party, username: str, email: str = "", password: str | None = None) -> User:
    """The account with which a party signs in. Made by the system at first sign-in, or by an administrator."""
    work.actor.require(EDIT)
    user = _user(username, party.name, email, password, "vi")
    user.party = party
    work.add(user)
    work.record(user.id, "account.created", {"official": False, "party": str(party.id)}, first=True)
    return user


def set_password(work: Work, user_id: UUID, *, password: str) -> User:
    """Sets a password, by the person themselves or an administrator. Raises ``Invalid`` when it is too easy."""
    user = _held(User, user_id)
    if work.actor.id != user.id:
        work.actor.require(EDIT)
    user.password = _hashed(password, user)
    work.change(user, "password")
    work.record(user.id, "account.password_set")
    return user


def deactivate(work: Work, user_id: UUID, *, reason: str) -> User:
    """Shuts an account: it can neither sign in nor act. What it did stays readable."""
    work.actor.require(EDIT)
    user = _held(User, user_id)
    if not reason.strip():
        raise Invalid(fields={"reason": ["Say why the account is shut."]})
    if user.id == work.actor.id:
        raise Invalid(fields={"user": ["You cannot shut your own account."]})
    if not user.is_active:
        raise Conflict("This account is shut already.")
    user.is_active = False
    work.change(user, "is_active")
    work.record(user.id, "account.deactivated", {"reason": reason.strip()[:500]})
    return user


def reactivate(work: Work, user_id: UUID) -> User:
    """Opens a shut account again."""
    work.actor.require(EDIT)
    user = _held(User, user_id)
    if user.is_active:
        raise Conflict("This account is open.")
    user.is_active = True
    work.change(user, "is_active")
    work.record(user.id, "account.reactivated")
    return user


def create_api_client(
    work: Work, *, name: str, unit: Unit, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiClient, str]:
    """A machine client of a unit. Returns it with its token, which is shown this once and kept only as a hash.

    Raises ``NotAllowed``; ``Invalid`` for a taken name, no or unknown scopes, or an end in the past.
    """
    work.actor.require(EDIT, unit.path)
    fields: dict[str, list[str]] = {}
    if not name.strip():
        fields["name"] = ["Give the client a name."]
    elif ApiClient.objects.filter(name=name.strip()).exists():
        fields["name"] = ["Another client has this name."]
    if not scopes:
        fields["scopes"] = ["Choose what it may do."]
    elif set(scopes) - CLIENT_SCOPES:
        fields["scopes"] = ["A client cannot be allowed this."]
    if expires_at is not None and expires_at <= work.now:
        fields["expires_at"] = ["The end lies in the past."]
    if fields:
        raise Invalid(fields=fields)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    client = ApiClient(
        name=name.strip(),
        token_hash=token_hash(token),
        scopes=sorted(set(scopes)),
        unit=unit,
        created_at=work.now,
        expires_at=expires_at,
    )
    work.add(client)
    work.record(
        client.id,
        "client.created",
        {
            "name": client.name,
            "unit": unit.code,
            "scopes": client.scopes,
            "expires_at": expires_at.isoformat() if expires_at else "",
        },
        first=True,
    )
    return client, token


def revoke_api_client(work: Work, client_id: UUID, *, reason: str = "") -> ApiClient:
    """Ends a client at once: its token opens nothing any more."""
    client = _held(ApiClient, client_id)
    work.actor.require(EDIT, Unit.objects.values_list("path", flat=True).get(pk=client.unit_id))
    if not client.active:
        raise Conflict("This client has been ended already.")
    client.active = False
    work.change(client, "active")
    work.record(client.id, "client.revoked", {"reason": reason.strip()[:500]})
    return client


def _held(model: type[M], key: UUID) -> M:
    """The row, locked until the end of the transaction."""
    row = model._default_manager.select_for_update().filter(pk=key).first()
    if row is None:
        raise NotFound("There is no such account.")
    return row


def _user(username: str, full_name: str, email: str, password: str | None, language: str) -> User:
    fields: dict[str, list[str]] = {}
    user = User(username=username.strip(), full_name=full_name.strip(), email=email.strip(), language=language)
    try:
        User.username_validator(user.username)
    except ValidationError:
        fields["username"] = ["A user name has letters, digits and @ . + - _ only."]
    if User.objects.filter(username=user.username).exists():
        fields["username"] = ["This user name is taken."]
    if not user.full_name:
        fields["full_name"] = ["Write the name."]
    if fields:
        raise Invalid(fields=fields)
    user.password = make_password(None) if password is None else _hashed(password, user)
    return user


def _hashed(password: str, user: User) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(fields={"password": list(error.messages)}) from error
    return make_password(password)


def _problems_of_party(given: Mapping[str, Any]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name in set(given) - set(PARTY_DETAILS):
        fields[name] = ["This cannot be changed here."]
    if "name" in given and not str(given["name"]).strip():
        fields["name"] = ["Write the name."]
    checks = {"phone": parse_phone, "tax_code": parse_tax_code}
    for name, parse in checks.items():
        if given.get(name) and not parse(given[name]).ok:
            fields[name] = ["Check the number: it cannot be right as written."]
    return fields


def choose_language(work: Work, *, language: str) -> User:
    """The language in which the person themselves wants pages and messages."""
    if work.actor.id is None:
        raise NotAllowed("Please sign in first.")
    user = _held(User, work.actor.id)
    if user.language != language:
        user.language = language[:5]
        work.change(user, "language")
        work.record(user.id, "account.language_chosen", {"language": user.language})
    return user
