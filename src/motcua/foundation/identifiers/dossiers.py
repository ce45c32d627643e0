"""Dossier codes (mã số hồ sơ): agency identifier, day of receipt, number of the day. ND118 Đ28, TT 01/2018 Đ19.

``H57.10.25-261122-0001``; older ones ``000.00.01.H54-230512-0001``. The number has four digits and grows beyond 9,999.
"""

from __future__ import annotations

import re
from datetime import date

from motcua.foundation.errors import Invalid
from motcua.foundation.identifiers.agencies import parse_agency_code
from motcua.foundation.identifiers.parsed import Parsed, accepted, compact, refused, screened

_FORM = re.compile(r"([0-9A-Z.]{3,35})-([0-9]{6})-([0-9]{4,9})")
_CENTURY = 2000


def build_dossier_code(agency: str, day: date, number: int) -> str:
    """The code of the ``number``-th dossier (≥ 1) that ``agency`` received on ``day``. Raises ``Invalid``."""
    parsed = parse_agency_code(agency)
    if parsed.kind not in ("agency", "agency_old") or not parsed.ok:
        raise Invalid("“%(agency)s” is not an agency identifier.", agency=agency[:40])
    if not 1 <= number <= 999_999_999 or not _CENTURY <= day.year < _CENTURY + 100:
        raise Invalid("No dossier code can be made for number %(number)s of %(day)s.", number=number, day=day)
    return f"{parsed.value}-{day:%y%m%d}-{number:04d}"


def parse_dossier_code(text: str) -> Parsed:
    """Reads a dossier code.

    Kinds: ``dossier`` (agency in the new order), ``dossier_old``. Parts: ``agency``, ``agency_new`` (in the new order),
    ``date`` (ISO), ``number``.
    """
    if (refusal := screened(text)) is not None:
        return refusal
    match = _FORM.fullmatch(compact(text).upper())
    if match is None:
        return refused("unknown", "This is not a dossier code such as H57.10.25-261122-0001.")
    agency = parse_agency_code(match[1])
    if not agency.ok or agency.kind not in ("agency", "agency_old"):
        return refused("unknown", "The first part of the code is not an agency identifier.")
    kind = "dossier" if agency.kind == "agency" else "dossier_old"
    digits = match[2]
    try:
        day = date(_CENTURY + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return refused(kind, "The middle part of the code is not a day written as year, month, day.")
    number = int(match[3])
    if number == 0:
        return refused(kind, "Dossiers are numbered from 0001.")
    if len(match[3]) > 4 and match[3].startswith("0"):
        return refused(kind, "The number of the day has four digits, more only beyond 9,999.")
    return accepted(
        kind,
        f"{agency.value}-{digits}-{match[3]}",
        agency=agency.value,
        agency_new=agency.parts["new"],
        date=day.isoformat(),
        number=number,
    )
