"""Identifiers as the law and the national systems write them. Parsers take any text and never raise."""

from motcua.foundation.identifiers.agencies import is_within, new_order, old_order, parse_agency_code
from motcua.foundation.identifiers.dossiers import build_dossier_code, parse_dossier_code
from motcua.foundation.identifiers.parsed import Parsed
from motcua.foundation.identifiers.people import fits, name_for_card, parse_identity, parse_identity_qr
from motcua.foundation.identifiers.phones import parse_phone
from motcua.foundation.identifiers.procedures import (
    build_paper_number,
    parse_field_code,
    parse_procedure_code,
    parse_result_code,
)
from motcua.foundation.identifiers.taxes import parse_tax_code

__all__ = [
    "Parsed",
    "build_dossier_code",
    "build_paper_number",
    "fits",
    "is_within",
    "name_for_card",
    "new_order",
    "old_order",
    "parse_agency_code",
    "parse_dossier_code",
    "parse_field_code",
    "parse_identity",
    "parse_identity_qr",
    "parse_phone",
    "parse_procedure_code",
    "parse_result_code",
    "parse_tax_code",
]
