"""Accounts are made and changed by actions; the ledger knows that, and no personal data."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from motcua.engines.accounts import actions
from motcua.engines.accounts.models import ApiClient, Party, User
from motcua.engines.accounts.queries import actor_of, client_actor
from motcua.engines.ledger.actor import ANONYMOUS, SYSTEM, Actor
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import make_citizen, make_officer, make_party, make_units

pytestmark = pytest.mark.django_db


def do(actor: Actor, action: Any, *arguments: Any, **options: Any) -> Any:
    with begin(actor) as work:
        return action(work, *arguments, **options)


def administrator() -> Actor:
    return actor_of(make_officer("administrator", make_units()["province"]))


def told(stream: UUID) -> str:
    return json.dumps(list(Event.objects.filter(stream=stream).values("kind", "data")), ensure_ascii=False)


def test_an_officer_signs_in_with_the_password_that_was_set() -> None:
    admin = administrator()
    user = do(admin, actions.create_officer, username="ngoc.anh", full_name="Lê Ngọc Anh", password="một câu thật dài")
    assert User.objects.get(pk=user.pk).check_password("một câu thật dài")
    assert user.official
    without = do(admin, actions.create_officer, username="quoc.huy", full_name="Trần Quốc Huy")
    assert not without.has_usable_password()
    do(admin, actions.set_password, without.id, password="câu khác cũng dài")
    assert User.objects.get(pk=without.pk).check_password("câu khác cũng dài")
    assert "câu khác" not in told(without.id)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"username": "demo"}, "username"),
        ({"username": "có dấu cách"}, "username"),
        ({"full_name": " "}, "full_name"),
        ({"password": "12345"}, "password"),
    ],
)
def test_accounts_that_cannot_be_are_refused_by_field(given: dict[str, Any], field: str) -> None:
    admin = administrator()
    do(admin, actions.create_officer, username="demo", full_name="Có Rồi")
    with pytest.raises(Invalid) as refused:
        do(admin, actions.create_officer, **{"username": "moi", "full_name": "Người Mới", **given})
    assert field in refused.value.fields


def test_a_shut_account_can_do_nothing_until_it_is_opened() -> None:
    admin = administrator()
    user = make_officer("head")
    do(admin, actions.deactivate, user.id, reason="Chuyển công tác")
    assert actor_of(User.objects.get(pk=user.pk)) == ANONYMOUS
    with pytest.raises(Conflict):
        do(admin, actions.deactivate, user.id, reason="Lần nữa")
    do(admin, actions.reactivate, user.id)
    assert actor_of(User.objects.get(pk=user.pk)).kind == "officer"
    with pytest.raises(Conflict):
        do(admin, actions.reactivate, user.id)


def test_nobody_shuts_themselves_out_and_reasons_are_given() -> None:
    admin = administrator()
    assert admin.id is not None
    with pytest.raises(Invalid):
        do(admin, actions.deactivate, admin.id, reason="Nhầm")
    with pytest.raises(Invalid):
        do(admin, actions.deactivate, make_officer("head").id, reason=" ")
    with pytest.raises(NotFound):
        do(admin, actions.deactivate, uuid4(), reason="Không có")


def test_a_party_is_registered_once_and_the_ledger_does_not_know_who_it_is() -> None:
    counter = actor_of(make_officer("counter"))
    details = {"identity_number": "046192001234", "birth_date": date(1992, 5, 18), "phone": "0905123456"}
    party = do(counter, actions.create_party, name="Phan Thị Tâm", **details)
    assert Party.objects.get(pk=party.pk).sort_key
    for personal in ("Tâm", "046192001234", "0905123456", "1992"):
        assert personal not in told(party.id)
    with pytest.raises(Invalid) as refused:
        do(counter, actions.create_party, name="Người Khác", identity_number="046192001234")
    assert "identity_number" in refused.value.fields


def test_parties_are_made_by_officials_with_details_that_can_be_right() -> None:
    with pytest.raises(NotAllowed):
        do(actor_of(make_citizen()), actions.create_party, name="Ai Đó")
    with pytest.raises(Invalid) as refused:
        do(SYSTEM, actions.create_party, name="", kind="ghost", phone="123", tax_code="1", height="2 m")
    assert set(refused.value.fields) == {"name", "kind", "phone", "tax_code", "height"}


def test_a_citizen_changes_where_they_live_but_not_who_they_are() -> None:
    user = make_citizen()
    assert user.party is not None
    me = actor_of(user)
    do(me, actions.edit_party, user.party.id, address_line="5 Lê Lợi", phone="0905000111")
    assert Party.objects.get(pk=user.party.id).address_line == "5 Lê Lợi"
    assert "Lê Lợi" not in told(user.party.id)
    assert "address_line" in told(user.party.id)
    with pytest.raises(Invalid):
        do(me, actions.edit_party, user.party.id, name="Tên Khác")
    with pytest.raises(NotAllowed):
        do(me, actions.edit_party, make_party().id, address_line="Nhà người khác")


def test_a_citizens_account_belongs_to_its_party() -> None:
    party = make_party()
    user = do(SYSTEM, actions.create_citizen, party=party, username="cong.dan")
    actor = actor_of(User.objects.get(pk=user.pk))
    assert (actor.kind, actor.party_id) == ("citizen", party.id)


def test_a_token_is_shown_once_and_ends_when_revoked() -> None:
    admin = administrator()
    unit = make_units()["commune"]
    client, token = do(admin, actions.create_api_client, name="Máy", unit=unit, scopes=["dossier.read"])
    assert token not in told(client.id)
    assert bytes(ApiClient.objects.get(pk=client.pk).token_hash) != token.encode()
    found = client_actor(token)
    assert found is not None
    assert found.may("dossier.read", unit.path)
    do(admin, actions.revoke_api_client, client.id, reason="Hết hợp đồng")
    assert client_actor(token) is None
    with pytest.raises(Conflict):
        do(admin, actions.revoke_api_client, client.id)


def test_a_client_needs_a_name_of_its_own_known_scopes_and_a_future() -> None:
    admin = administrator()
    unit = make_units()["commune"]
    do(admin, actions.create_api_client, name="Máy", unit=unit, scopes=["dossier.read"])
    with pytest.raises(Invalid) as refused:
        do(
            admin,
            actions.create_api_client,
            name="Máy",
            unit=unit,
            scopes=["accounts.edit"],
            expires_at=clock.now() - timedelta(days=1),
        )
    assert set(refused.value.fields) == {"name", "scopes", "expires_at"}
    with pytest.raises(NotAllowed):
        do(actor_of(make_officer("head")), actions.create_api_client, name="X", unit=unit, scopes=["dossier.read"])
