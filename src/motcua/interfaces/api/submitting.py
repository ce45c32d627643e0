"""What a submission over the API is made of: who applies, the components with their uploads, the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext

from motcua.engines.forms import Form, validate
from motcua.engines.forms.drafts import draft
from motcua.engines.ledger.actor import Actor
from motcua.foundation.errors import Invalid
from motcua.foundation.identifiers import parse_identity, parse_tax_code
from motcua.interfaces.api import schemas
from motcua.services.dossiers import actions, door


def party_of(applicant: schemas.ApplicantIn) -> UUID:
    """The applicant's key, made when new. Raises ``Invalid`` for a number that nobody can have."""
    return door.party_for(
        kind=applicant.kind,
        name=applicant.name,
        identity_number=_number_of(applicant),
        phone=applicant.phone,
        email=applicant.email,
        address=applicant.address,
    )


def _number_of(applicant: schemas.ApplicantIn) -> str:
    """The applicant's number as it is kept. One with letters is a passport's, whose forms are many."""
    given = applicant.identity_number
    if not given.replace("-", "").isdigit():
        return given
    person, organisation = parse_identity(given), parse_tax_code(given)
    found = next((each for each in (person, organisation) if each.ok), None)
    if found is not None:
        return found.value
    reason = (person if applicant.kind == "citizen" else organisation).reason
    said = reason.render(gettext) if reason else gettext("This number is not right.")
    raise Invalid(fields={"applicant.identity_number": [said]})


def contact_of(applicant: schemas.ApplicantIn) -> dict[str, str]:
    """How to reach them in this matter."""
    return {"phone": applicant.phone, "email": applicant.email, "address": applicant.address}


def components_of(actor: Actor, given: schemas.PapersIn) -> list[actions.ComponentIn]:
    """The components with the client's own uploads. Raises ``Invalid`` for one named twice or a file not there."""
    keys = [each.key for each in given.components]
    if len(set(keys)) != len(keys):
        raise Invalid(fields={"components": ["Name each component once."]})
    files = door.files_from(actor, [key for component in given.components for key in component.files])
    return [
        actions.ComponentIn(
            each.key,
            each.name or each.key,
            each.originals,
            each.copies,
            tuple(files[key] for key in each.files),
        )
        for each in given.components
    ]


def answers_of(
    actor: Actor, form: Form, given: schemas.PapersIn, known: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The answers, validated by the form; ``known`` stands where nothing was answered. Raises ``Invalid``."""
    answers = {**(known or {}), **given.answers}
    filled = door.with_component_files(form, answers, {each.key: each.files for each in given.components})
    result = validate(form, filled, files=door.file_facts(actor, form, draft(form, filled)))
    result.raise_if_wrong(gettext, get_language() or "vi")
    return result.values
