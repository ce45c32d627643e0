"""Codes of results: the paper code that the law gives each (ND118 Đ22), and what a person says to collect one."""

from __future__ import annotations

import re
import secrets
from typing import Final

from motcua.foundation.keys import new_id
from motcua.services.dossiers.models import Dossier, Result

_READABLE: Final = "23456789ACDEFGHJKLMNPQRTUVWXYZ"
_LONGEST: Final = 60
PICKUP_LENGTH: Final = 6


def paper_code(identifier: str, type_code: str) -> str:
    """Mã số giấy tờ: the holder's identifier and the type code of the result (ND118 Đ22), such as
    ``046190000001.KQ.G01.000023``. Empty where one of the two is not known."""
    holder = re.sub(r"\s", "", identifier)
    kind = type_code.strip()
    return f"{holder}.{kind}"[:_LONGEST] if holder and kind else ""


def paper_code_of(dossier: Dossier, result: Result) -> str:
    """The paper code of a dossier's result; one query where the applicant has not been read."""
    if not result.approved or not result.type_code or dossier.applicant is None:
        return ""
    return paper_code(dossier.applicant.identity_number, result.type_code)


def pickup_code() -> str:
    """What the person says to collect a result: six letters and digits that nobody mixes up. Taken from a new key, so
    that it cannot be guessed, and a data set that is built from a seed has the same each time."""
    bits = new_id().int & ((1 << 30) - 1)
    said = ""
    for _ in range(PICKUP_LENGTH):
        bits, place = divmod(bits, len(_READABLE))
        said += _READABLE[place]
    return said


def same_code(said: str, code: str) -> bool:
    """Whether what was said is the code, however it was written."""
    given = re.sub(r"[^0-9A-Z]", "", said.upper())
    return bool(code) and secrets.compare_digest(given.encode(), code.encode())
