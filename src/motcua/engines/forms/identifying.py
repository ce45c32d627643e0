"""Numbers that identify people and organisations, as answers: the canonical text, or None when it is none."""

from __future__ import annotations

import re


def identity_number(text: str) -> str | None:
    digits = re.sub(r"[\s.-]", "", text)
    return digits if re.fullmatch(r"[0-9]{12}", digits) else None


def tax_code(text: str) -> str | None:
    digits = re.sub(r"[\s.]", "", text)
    return digits if re.fullmatch(r"[0-9]{10}(-[0-9]{3})?|[0-9]{12}", digits) else None


def phone(text: str) -> str | None:
    digits = re.sub(r"[\s().-]", "", text)
    digits = re.sub(r"^(\+84|0084|84(?=[0-9]{9}$))", "0", digits)
    return digits if re.fullmatch(r"0[0-9]{9,10}|1[89]00[0-9]{4,6}", digits) else None
