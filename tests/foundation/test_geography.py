"""Addresses."""

from __future__ import annotations

from motcua.foundation.geography import Address


def test_addresses() -> None:
    address = Address.from_data(
        {"line": " 12  Lê Lợi ", "ward": "phường Thuận Hóa", "province": "thành phố Huế", "x": 1}
    )
    assert str(address) == "12 Lê Lợi, phường Thuận Hóa, thành phố Huế"
    assert address.complete
    assert Address.from_data(address.as_data()) == address


def test_old_addresses_stay_as_they_were_written() -> None:
    old = Address.from_data({"former": "Phú Hội, TP Huế, Thừa Thiên Huế", "line": None})
    assert str(old) == "Phú Hội, TP Huế, Thừa Thiên Huế"
    assert not old.complete
    assert old.as_data() == {"former": "Phú Hội, TP Huế, Thừa Thiên Huế"}
