from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from motcua.engines.accounts.models import Party
from motcua.engines.forms.prefill import ACCOUNT, POPULATION, filled_in, known_of_party, prefilled
from tests.engines.forms.support import TODAY, everything

PARTY = Party(
    kind="citizen",
    name="Trần Thị Bích",
    identity_number="046190012345",
    birth_date=date(1990, 3, 2),
    sex="female",
    phone="0912345678",
    address_line="12 Lê Lợi",
    ward_code="19789",
    province_code="46",
    identity_level=2,
)


def test_what_is_known_of_a_citizen() -> None:
    known = known_of_party(PARTY)
    assert known["party.name"].value == "Trần Thị Bích"
    assert known["party.name"].source is POPULATION
    assert known["party.phone"].source is ACCOUNT
    assert known["party.kind"].value == "person"
    assert "party.email" not in known
    assert "party.tax_code" not in known


def test_what_is_known_of_a_business() -> None:
    business = Party(kind="business", name="Công ty A", identity_number="0100109106", representative="Lê B")
    known = known_of_party(business)
    assert known["party.tax_code"].value == "0100109106"
    assert known["party.representative"].value == "Lê B"
    assert "party.identity_number" not in known
    assert "party.address" not in known


def test_into_the_form_by_path_and_only_what_its_fields_take() -> None:
    found = prefilled(everything(), known_of_party(PARTY), TODAY)
    assert set(found) == {
        "who.kind",
        "who.name",
        "who.birth_date",
        "who.sex",
        "who.identity_number",
        "who.phone",
        "home",
    }
    assert found["home"].value["text"] == "12 Lê Lợi, Phường Thuận Hóa, Thành phố Huế"
    wrong = SimpleNamespace(**{**vars(PARTY), "identity_number": "12"})
    assert "who.identity_number" not in prefilled(everything(), known_of_party(wrong), TODAY)


def test_what_was_answered_stays() -> None:
    found = prefilled(everything(), known_of_party(PARTY), TODAY)
    raw = {"who": {"name": "Tên khác", "sex": ""}}
    filled = filled_in(raw, found)
    assert filled["who"]["name"] == "Tên khác"
    assert filled["who"]["sex"] == "female"
    assert filled["home"]["line"] == "12 Lê Lợi"
    assert raw == {"who": {"name": "Tên khác", "sex": ""}}
