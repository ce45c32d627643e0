"""What stands on every paper of a dossier: the agency, the number, the code with its QR, the person."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from motcua.engines.ledger.actor import signature_of
from motcua.engines.ledger.models import Event
from motcua.engines.organisations.queries import directory
from motcua.services.dossiers.addresses import lookup_url
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.papers import words
from motcua.services.dossiers.papers.editions import form_note, number_of, title_of
from motcua.services.dossiers.papers.rendering import qr_svg
from motcua.services.procedures.queries import version


def agency_head(unit_id: UUID, at: datetime) -> dict[str, Any]:
    """Name and place of the agency that issues the paper (NĐ 30/2020, Phụ lục I)."""
    agency = directory().unit(unit_id)
    above = directory().by_id.get(agency.parent_id) if agency.parent_id else None
    return {
        "agency": agency.name,
        "agency_phone": agency.phone,
        "above": above.name if above else "",
        "place_date": words.place_date(agency, above, at),
    }


def dossier_head(dossier: Dossier, form: str, number: int, event: Event, unit_id: UUID | None = None) -> dict[str, Any]:
    """The same for a paper about a dossier, issued by its counter unless another unit is named."""
    procedure = version(dossier.procedure_version_id)
    lookup = lookup_url(dossier.code)
    contact = {key: str(value) for key, value in dossier.contact.items() if value}
    mark = number_of(form, event.at) or form
    return {
        **agency_head(unit_id or dossier.received_at_id, event.at),
        "title": title_of(form, event.at),
        "code": dossier.code,
        "number": f"{dossier.code.rpartition('-')[2]}/{mark}" + (f".{number}" if number > 1 else ""),
        "qr": qr_svg(lookup),
        "lookup_shown": lookup.partition("://")[2].partition("?")[0],
        "applicant": dossier.applicant_name,
        "address": contact.get("address", ""),
        "phone": contact.get("phone", ""),
        "email": contact.get("email", ""),
        "procedure": f"{procedure.name} (mã {dossier.procedure_code})",
        "officer": signature_of(event.actor),
        "form_note": form_note(form, event.at),
    }
