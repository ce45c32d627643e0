"""The door of submission: who applies, which unit is competent, what it costs; for portal, counter and API alike."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db import IntegrityError, transaction

from motcua.engines.accounts.models import Party, PartyKind
from motcua.engines.forms import FileFact, Form
from motcua.engines.forms.summary import attached
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.chain import canonical
from motcua.engines.ledger.prepared import fetch
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid
from motcua.foundation.text import name_sort_key
from motcua.services.dossiers.actions import FileIn
from motcua.services.dossiers.queries import competent_unit
from motcua.services.procedures.content import Method, ProcedureData


def party_for(
    *,
    kind: str,
    name: str,
    identity_number: str,
    phone: str,
    email: str,
    address: str,
    birth_date: date | None = None,
    sex: str = "",
) -> UUID:
    """The key of the party with this identity number, made when new. Without a number each submission is its own.

    What is already known of a party is not overwritten by what a third party says of it.
    """
    if identity_number:
        known = fetch("SELECT id FROM accounts_party WHERE identity_number = %s", (identity_number,))
        if known:
            return cast("UUID", known[0]["id"])
    party = Party(
        kind=kind if kind in PartyKind.values else PartyKind.CITIZEN,
        name=name,
        sort_key=name_sort_key(name)[:300],
        identity_number=identity_number,
        phone=phone,
        email=email,
        address_line=address[:200],
        birth_date=birth_date,
        sex=sex if sex in ("male", "female") else "",
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            party.save(force_insert=True)
    except IntegrityError:
        return Party.objects.values_list("pk", flat=True).get(identity_number=identity_number)
    return party.pk


def unit_for(procedure: ProcedureData, *, unit_code: str = "", ward_code: str = "") -> UnitInfo:
    """The competent unit: as named, else by the catalogue. Raises ``NotFound``, ``Refused``."""
    if unit_code:
        return directory().coded(unit_code)
    return competent_unit(procedure, ward_code or None)


@dataclass(frozen=True, slots=True)
class OwnUpload:
    """A file that the actor has handed in and not used yet; ``size`` in bytes."""

    file: FileIn
    size: int

    @property
    def fact(self) -> FileFact:
        """What a form's validation needs to know of it."""
        return FileFact(self.file.name, self.file.name.rpartition(".")[2].lower(), self.size)


def own_uploads(actor: Actor, keys: Collection[UUID]) -> dict[UUID, OwnUpload]:
    """The actor's own uploads among these keys that are still good: one query."""
    if not keys:
        return {}
    rows = fetch(
        "SELECT u.id, u.blob_id, u.name, b.size FROM files_upload u JOIN files_blob b ON b.sha256 = u.blob_id "
        "WHERE u.id = ANY(%s) AND u.owner = %s AND u.expires_at > %s",
        (list(keys), actor.id, clock.now()),
    )
    return {row["id"]: OwnUpload(FileIn(row["blob_id"], row["name"]), row["size"]) for row in rows}


def files_from(actor: Actor, uploads: Sequence[UUID]) -> dict[UUID, FileIn]:
    """The actor's own uploads as files. Raises ``Invalid`` for any that is not theirs or has expired."""
    found = own_uploads(actor, uploads)
    if any(key not in found for key in uploads):
        raise Invalid(fields={"files": ["A file is not there any more. Please hand it in again."]}, code="file_missing")
    return {key: upload.file for key, upload in found.items()}


def uploads_named(actor: Actor, form: Form, answers: Mapping[str, Any]) -> dict[UUID, OwnUpload]:
    """The actor's own uploads that these answers name."""
    return own_uploads(actor, {key for _, _, keys in attached(form, answers) for key in map(as_key, keys) if key})


def file_facts(actor: Actor, form: Form, answers: Mapping[str, Any]) -> dict[str, FileFact]:
    """What validation needs to know of the files that these answers name."""
    return facts_of(uploads_named(actor, form, answers))


def facts_of(uploads: Mapping[UUID, OwnUpload]) -> dict[str, FileFact]:
    """The same of uploads already read."""
    return {str(key): upload.fact for key, upload in uploads.items()}


def as_key(text: str) -> UUID | None:
    """The key that a text is, or ``None``."""
    try:
        return UUID(text)
    except (ValueError, AttributeError):
        return None


def with_component_files(form: Form, answers: Mapping[str, Any], files: Mapping[str, Sequence[UUID]]) -> dict[str, Any]:
    """Answers with the files of each component put into the form's file field for it, where that is still empty."""
    filled = dict(answers)
    for key, one in form.fields.items():
        if one.type == "file" and one.component in files and not filled.get(key):
            filled[key] = [str(upload) for upload in files[one.component]]
    return filled


def fee_of(method: Method | None) -> int:
    """What is certainly due in VND: the only fee of the channel; 0 where the catalogue names several or none."""
    fees = [fee for fee in (method.fees if method else ()) if fee.certain and fee.currency == "VND"]
    return fees[0].amount or 0 if len(fees) == 1 else 0


def digest_of(body: Mapping[str, Any]) -> str:
    """A fingerprint of a submission, to tell a repetition from a different one under the same key."""
    return hashlib.sha256(canonical(body)).hexdigest()
