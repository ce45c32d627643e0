"""Numbers that identify people and organisations, as answers: what is kept, or why it can not be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from motcua.engines.forms.text import Message
from motcua.foundation import identifiers
from motcua.foundation.identifiers import Parsed


def identity_number(text: str) -> str | Message:
    """A personal identity number (12 digits); the nine digits of the old card are no longer one (since 1/1/2025)."""
    found = identifiers.parse_identity(text)
    if found.ok and found.kind == "citizen":
        return found.value
    return Message("A personal identity number has 12 digits, as on the identity card.")


def tax_code(text: str) -> str | Message:
    """A tax code; since 1/7/2025 the personal identity number is one for people and household businesses."""
    found = identifiers.parse_tax_code(text)
    if found.ok:
        return found.value
    return Message("This tax code is not right. It has 10 digits, or 13 with a hyphen before the last three.")


def phone(text: str) -> str | Message:
    """A telephone number in its national writing ("0912345678"), a foreign one with + and the country."""
    found = identifiers.parse_phone(text)
    if not found.ok:
        return Message("Enter a telephone number such as 0912 345 678.")
    return str(found.parts.get("national") or found.value)


def disagreement(values: Mapping[str, Any]) -> Message | None:
    """What is said when a person's identity number does not fit the sex or year of birth beside it."""
    number = values.get("identity_number")
    if not isinstance(number, str):
        return None
    found: Parsed = identifiers.parse_identity(number)
    birth = values.get("birth_date")
    year = int(birth[:4]) if isinstance(birth, str) else None
    fits = identifiers.fits(found, sex=values.get("sex"), birth_year=year)
    return Message(fits.reason.msgid, fits.reason.params) if fits.reason is not None else None
