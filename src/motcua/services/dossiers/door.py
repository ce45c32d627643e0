"""The door of submission: who applies, which unit is competent, what it costs; for portal, counter and API alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from motcua.engines.accounts.models import Party, PartyKind
from motcua.engines.files.models import Upload
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.chain import canonical
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid
from motcua.foundation.text import sort_key
from motcua.services.dossiers.actions import FileIn
from motcua.services.dossiers.queries import competent_unit
from motcua.services.procedures.content import Method, ProcedureData


def party_for(*, kind: str, name: str, identity_number: str, phone: str, email: str, address: str) -> Party:
    """The party with this identity number, made when new. Without a number each submission is its own party.

    What is already known of a party is not overwritten by what a third party says of it.
    """
    if identity_number:
        known = Party.objects.filter(identity_number=identity_number).first()
        if known is not None:
            return known
    party = Party(
        kind=kind if kind in PartyKind.values else PartyKind.CITIZEN,
        name=name,
        sort_key=sort_key(name)[:300],
        identity_number=identity_number,
        phone=phone,
        email=email,
        address_line=address[:200],
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            party.save(force_insert=True)
    except IntegrityError:
        return Party.objects.get(identity_number=identity_number)
    return party


def unit_for(procedure: ProcedureData, *, unit_code: str = "", ward_code: str = "") -> UnitInfo:
    """The competent unit: as named, else by the catalogue. Raises ``NotFound``, ``Refused``."""
    if unit_code:
        return directory().coded(unit_code)
    return competent_unit(procedure, ward_code or None)


def files_from(actor: Actor, uploads: Sequence[UUID]) -> dict[UUID, FileIn]:
    """The actor's own uploads as files, one query. Raises ``Invalid`` for any that is not theirs or has expired."""
    if not uploads:
        return {}
    found = {
        upload.id: FileIn(upload.blob_id, upload.name)
        for upload in Upload.objects.filter(pk__in=uploads, owner=actor.id, expires_at__gt=clock.now())
    }
    missing = [str(key) for key in uploads if key not in found]
    if missing:
        raise Invalid(fields={"files": ["A file is not there any more. Please hand it in again."]})
    return found


def fee_of(method: Method | None) -> int:
    """What is certainly due in VND: the only fee of the channel; 0 where the catalogue names several or none."""
    fees = [fee for fee in (method.fees if method else ()) if fee.certain and fee.currency == "VND"]
    return fees[0].amount or 0 if len(fees) == 1 else 0


def digest_of(body: Mapping[str, Any]) -> str:
    """A fingerprint of a submission, to tell a repetition from a different one under the same key."""
    return hashlib.sha256(canonical(body)).hexdigest()
