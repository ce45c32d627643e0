"""Tax and enterprise registration numbers (mã số thuế, mã số doanh nghiệp)."""

from __future__ import annotations

import re

from motcua.foundation.identifiers.parsed import Parsed, accepted, compact, refused, screened


def parse_tax_code(text: str) -> Parsed:
    """Reads a tax code.

    Kinds: ``organisation`` (10 digits, the last a check digit), ``dependent_unit`` (13: ten, dash, three), ``personal``
    (12 digits: the personal identification number, which replaced the tax code of individuals and household businesses
    on 1 July 2025, TT 86/2024/TT-BTC). Parts: ``number`` (ten digits), ``branch``, or those of the personal number.
    """
    if (refusal := screened(text)) is not None:
        return refusal
    code = compact(text, ".")
    digits = code.replace("-", "")
    if not re.fullmatch(r"[0-9]+(?:-[0-9]{3})?", code):
        return refused("unknown", "A tax code consists of digits.")
    if len(digits) == 12 and digits == code:
        from motcua.foundation.identifiers.people import parse_identity

        person = parse_identity(digits)
        return Parsed(person.ok, "personal", person.value, person.parts, person.reason)
    if len(digits) not in (10, 13):
        return refused("unknown", "A tax code has 10 digits, 13 for a dependent unit, or 12 for a person.")
    kind = "organisation" if len(digits) == 10 else "dependent_unit"
    number, branch = digits[:10], digits[10:]
    if number[2:9] == "0000000" or branch == "000" or not _checks(number):
        return refused(kind, "This tax code was mistyped: its check digit does not fit.")
    if branch:
        return accepted(kind, f"{number}-{branch}", number=number, branch=branch)
    return accepted(kind, number, number=number)


def _checks(number: str) -> bool:
    # Loaded here, because most processes never look at a tax code.
    from stdnum.vn import mst

    return bool(mst.calc_check_digit(number[:9]) == number[9])
