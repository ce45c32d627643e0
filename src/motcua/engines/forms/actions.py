"""Changing forms: a new version beside the old; dossiers and drafts keep the one they began with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from motcua.engines.forms import queries
from motcua.engines.forms.models import FormDefinition, FormVersion
from motcua.engines.forms.parsing import parse_form
from motcua.engines.ledger.work import Work
from motcua.foundation.errors import Conflict


def create_version(work: Work, data: Mapping[str, Any]) -> FormVersion:
    """A draft of the form that ``data`` describes, under its key (made when new).

    Where the latest version says the very same, that version is returned and nothing is written.
    Raises ``NotAllowed`` without catalogue.edit; ``FormUnreadable`` with every problem of the data.
    """
    work.actor.require("catalogue.edit")
    form = parse_form(data)
    definition = FormDefinition.objects.select_for_update().filter(key=form.key).first()
    latest = None
    if definition is None:
        definition = FormDefinition(key=form.key, name=form.title.vi[:300])
        work.add(definition)
    else:
        latest = definition.versions.order_by("-number").first()
    if latest is not None and latest.content_hash == form.content_hash:
        return latest
    version = FormVersion(
        definition=definition,
        number=latest.number + 1 if latest else 1,
        schema=data,
        content_hash=form.content_hash,
        created_by=work.actor.id,
        created_at=work.now,
    )
    work.add(version)
    work.record(
        definition.id,
        "form.version_created",
        {"form": form.key, "version": version.number, "content_hash": version.content_hash},
        first=latest is None,
    )
    return version


def publish(work: Work, version: FormVersion, *, effective_from: date | None = None) -> FormVersion:
    """Puts a draft in force from a day (today when none is given); from then on it never changes.

    Raises ``NotAllowed`` without catalogue.edit; ``Conflict`` when it is published already.
    """
    work.actor.require("catalogue.edit")
    if version.state == FormVersion.State.PUBLISHED:
        raise Conflict("This version of the form is published already.")
    version.state = FormVersion.State.PUBLISHED
    version.effective_from = effective_from or work.now.date()
    version.published_at = work.now
    work.change(version, "state", "effective_from", "published_at")
    work.record(
        version.definition_id,
        "form.published",
        {
            "version": version.number,
            "content_hash": version.content_hash,
            "effective_from": version.effective_from.isoformat(),
        },
    )
    queries.in_force.forget()
    return version
