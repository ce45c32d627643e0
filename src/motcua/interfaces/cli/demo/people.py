"""Invented people and firms with common Vietnamese names, repeatable from a seed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from motcua.foundation.text import slug

HOME = ("46", "Thành phố Huế")
REGISTERED_IN = "046"  # the first three digits of identity numbers registered in Huế
_CENTURY = {("male", 19): 0, ("female", 19): 1, ("male", 20): 2, ("female", 20): 3}
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_MOBILE = ("090", "091", "093", "094", "096", "097", "098", "032", "035", "036", "077", "079", "081", "085", "088")
SERIALS = 1_000_000
BLOCKS = 4  # of serials: each has birth years of its own, so that numbers stay unique


@dataclass(frozen=True, slots=True)
class Person:
    """A person, or with ``firm`` the firm this person represents."""

    name: str
    sex: str
    birth_date: date
    identity_number: str
    phone: str
    email: str
    address_line: str
    ward_code: str
    ward_name: str
    firm: str = ""
    tax_code: str = ""

    @property
    def kind(self) -> str:
        return "business" if self.firm else "citizen"

    @property
    def called(self) -> str:
        return self.firm or self.name

    def party(self) -> dict[str, Any]:
        """The details of ``accounts.actions.register_party``."""
        details = {
            "phone": self.phone,
            "email": self.email,
            "address_line": self.address_line,
            "ward_code": self.ward_code,
            "ward_name": self.ward_name,
            "province_code": HOME[0],
            "province_name": HOME[1],
        }
        if self.firm:
            return {**details, "identity_number": self.tax_code, "tax_code": self.tax_code, "representative": self.name}
        return {
            **details,
            "identity_number": self.identity_number,
            "birth_date": self.birth_date,
            "sex": self.sex,
            "ethnicity": "Kinh",
            "identity_level": 2,
        }


@cache
def names() -> dict[str, Any]:
    """The word lists."""
    text = (files("motcua.interfaces.cli.demo") / "data" / "names.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def full_name(rng: Random, sex: str) -> str:
    """Family, middle and given name in Vietnamese order."""
    lists = names()
    families = lists["families"]
    family: str = rng.choices([name for name, _ in families], [weight for _, weight in families])[0]
    if family == "Tôn Thất" and sex == "female":
        family = "Tôn Nữ"
    return f"{family} {rng.choice(lists[f'{sex}_middle'])} {rng.choice(lists[f'{sex}_given'])}"


def person(rng: Random, serial: int, ward: tuple[str, str], *, firm: bool = False) -> Person:
    """The ``serial``-th person (0 … 3,999,999; each with numbers of their own) of a ward (code, name)."""
    lists = names()
    sex = rng.choice(("male", "female"))
    name = full_name(rng, sex)
    year = 1948 + BLOCKS * rng.randrange(14) + serial // SERIALS % BLOCKS
    born = date(year, 1, 1) + timedelta(days=rng.randrange(365))
    spread = (serial * 7919 + 104_729) % SERIALS  # neighbours don't get neighbouring numbers
    number = f"{REGISTERED_IN}{_CENTURY[sex, born.year // 100]}{born:%y}{spread:06d}"
    return Person(
        name=name,
        sex=sex,
        birth_date=born,
        identity_number=number,
        phone=f"{rng.choice(_MOBILE)}{rng.randrange(10_000_000):07d}",
        email=f"{slug(name).replace('-', '.')}.{serial}@example.vn" if rng.random() < 0.7 else "",
        address_line=f"{rng.randint(1, 240)} {rng.choice(lists['streets'])}",
        ward_code=ward[0],
        ward_name=ward[1],
        firm=f"Công ty TNHH {rng.choice(lists['trades'])} {rng.choice(lists['firm_names'])} {serial}" if firm else "",
        tax_code=tax_code(serial) if firm else "",
    )


def tax_code(serial: int) -> str:
    """A tax code of the province's series (33…) with a right check digit; the next series where there is none."""
    for series in range(33, 40):
        digits = [int(digit) for digit in f"{series}{serial + 1:07d}"]
        check = 10 - sum(digit * weight for digit, weight in zip(digits, _TAX_WEIGHTS, strict=True)) % 11
        if check < 10:
            return "".join(map(str, digits)) + str(check)
    raise ValueError(f"no tax code for {serial}")
