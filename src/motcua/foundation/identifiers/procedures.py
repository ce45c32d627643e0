"""Codes of procedures, fields, results and papers. Procedure codes are opaque: malformed ones exist and stay usable."""

from __future__ import annotations

import re

from motcua.foundation.identifiers.parsed import Parsed, accepted, compact, refused, screened
from motcua.foundation.text import clean_line

_NATIONAL = re.compile(r"[0-9]\.[0-9]{6}")
_LOCAL_OLD = re.compile(r"([0-9]\.[0-9]{6})\.([0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2})")
_RESULT = re.compile(r"KQ\.([A-Y][0-9]{2})\.([0-9]{5,7})")
_COMPONENT = re.compile(r"([0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2})-([A-Z]{2}[0-9]{4,6})")
_FIELD = re.compile(r"([A-Y][0-9]{2})-([A-Z]{2}[0-9]{2,4})")


def parse_procedure_code(text: str) -> Parsed:
    """Reads a procedure code.

    Kinds: ``national`` (``1.001193``), ``local_old`` (``1.000656.000.00.00.H54``; parts ``national`` and ``agency``),
    ``malformed``: refused with the code as it stands in part ``code``, for review, never dropped.
    """
    if (refusal := screened(text, "malformed")) is not None:
        return refusal
    code = compact(text)
    if _NATIONAL.fullmatch(code):
        return accepted("national", code, national=code)
    if match := _LOCAL_OLD.fullmatch(code.upper()):
        return accepted("local_old", code.upper(), national=match[1], agency=match[2])
    return refused("malformed", "This procedure code has not the form 1.001193.", {"code": clean_line(text)})


def parse_result_code(text: str) -> Parsed:
    """Reads the code of a result type (``KQ.G01.000023``: kind ``result``) or of an older component document
    (``000.00.00.G01-KQ0696``: kind ``document``). Parts: ``agency``, ``number``.
    """
    if (refusal := screened(text)) is not None:
        return refusal
    code = compact(text).upper()
    if match := _RESULT.fullmatch(code):
        return accepted("result", code, agency=match[1], number=match[2])
    if match := _COMPONENT.fullmatch(code):
        return accepted("document", code, agency=match[1], number=match[2])
    return refused("unknown", "This is not a result code such as KQ.G01.000023.")


def parse_field_code(text: str) -> Parsed:
    """Reads the code of a field (lĩnh vực), ``G01-CA03``. Parts: ``agency``, ``field``."""
    if (refusal := screened(text)) is not None:
        return refusal
    code = compact(text).upper()
    if match := _FIELD.fullmatch(code):
        return accepted("field", code, agency=match[1], field=match[2])
    return refused("unknown", "This is not a field code such as G01-CA03.")


def build_paper_number(owner: str, result_code: str) -> str:
    """The number of a paper (mã số giấy tờ): the owner's identifier followed by the type code (ND118 Đ22)."""
    return f"{owner.strip()}-{result_code.strip()}"
