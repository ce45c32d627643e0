"""Changing forms: a new version beside the old; dossiers and drafts keep the one they began with."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.engines.forms import queries
from motcua.engines.forms.advice import unfillable
from motcua.engines.forms.designing import free_key
from motcua.engines.forms.difference import differences
from motcua.engines.forms.models import FormDefinition, FormVersion
from motcua.engines.forms.parsing import parse_form
from motcua.engines.forms.schema import Form, content_hash
from motcua.engines.ledger.work import Work
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotFound, Refused

PERMISSION = "catalogue.edit"
MOST_RECORDED = 200
"""So many differences of one change stand in the ledger; an import can bring more, and the hash tells it whole."""


def create_version(work: Work, data: Mapping[str, Any]) -> FormVersion:
    """A draft of the form that ``data`` describes, under its key (made when new).

    Where the latest version says the very same, that version is returned and nothing is written.
    Raises ``NotAllowed`` without catalogue.edit; ``FormUnreadable`` with every problem of the data.
    """
    work.actor.require(PERMISSION)
    form = parse_form(data)
    definition = FormDefinition.objects.select_for_update().filter(key=form.key).first()
    latest = definition.versions.order_by("-number").first() if definition else None
    if latest is not None and latest.content_hash == form.content_hash:
        return latest
    return _new_version(work, definition, data)


def begin_draft(work: Work, data: Mapping[str, Any]) -> FormVersion:
    """A draft to be designed; unlike ``create_version`` it may have problems still. Its key says which form it is of.

    Raises ``Conflict`` when that form has an open draft already: two drafts would overwrite one another.
    """
    work.actor.require(PERMISSION)
    key = data.get("key")
    if not isinstance(key, str) or not key.strip() or len(key) > 80:
        raise Invalid(fields={"key": ["A form needs a key of at most 80 letters."]})
    definition = FormDefinition.objects.select_for_update().filter(key=key).first()
    if definition is not None and open_draft(definition) is not None:
        raise Conflict("This form has a draft already. Finish or discard it first.")
    return _new_version(work, definition, data)


def _new_version(work: Work, definition: FormDefinition | None, data: Mapping[str, Any]) -> FormVersion:
    first = definition is None
    latest = None
    if definition is None:
        definition = FormDefinition(key=data["key"], name=_name(data))
        work.add(definition)
    else:
        latest = definition.versions.order_by("-number").first()
    version = FormVersion(
        definition=definition,
        number=latest.number + 1 if latest else 1,
        schema=copy.deepcopy(dict(data)),
        content_hash=content_hash(data),
        created_by=work.actor.id,
        created_at=work.now,
    )
    work.add(version)
    work.record(
        definition.id,
        "form.version_created",
        {"form": data["key"], "version": version.number, "content_hash": version.content_hash},
        first=first,
    )
    return version


def _name(data: Mapping[str, Any]) -> str:
    title = data.get("title")
    return str(title.get("vi") if isinstance(title, Mapping) else "")[:300] or str(data["key"])


def open_draft(definition: FormDefinition) -> FormVersion | None:
    """The form's draft, if there is one."""
    return definition.versions.filter(state=FormVersion.State.DRAFT).order_by("-number").first()


def edit_draft(work: Work, version_id: UUID, data: Mapping[str, Any], *, revision: int) -> FormVersion:
    """What the draft shall say. The ledger keeps each setting that differs, before and after.

    Raises ``Conflict`` when somebody else has changed the draft since ``revision``, or it is no draft any more.
    """
    work.actor.require(PERMISSION)
    version = _locked(version_id)
    _must_be_draft(version)
    if version.revision != revision:
        raise Conflict("Somebody else has changed this form. Please look at it again.")
    changed = differences(version.schema, data)
    if data.get("key") != version.schema.get("key"):
        raise Invalid(fields={"key": ["The key of a form stays."]})
    if content_hash(data) == version.content_hash:
        return version
    version.schema = copy.deepcopy(dict(data))
    version.content_hash = content_hash(data)
    version.revision += 1
    version.changed_at = work.now
    work.change(version, "schema", "content_hash", "revision", "changed_at")
    if version.number == 1 and version.definition.name != _name(data):
        version.definition.name = _name(data)
        work.change(version.definition, "name")
    work.record(
        version.definition_id,
        "form.edited",
        {
            "version": version.number,
            "content_hash": version.content_hash,
            "changes": [one.as_data() for one in changed[:MOST_RECORDED]],
        },
    )
    return version


def discard_draft(work: Work, version_id: UUID) -> None:
    """Gives a draft up. The ledger keeps that there was one."""
    work.actor.require(PERMISSION)
    version = _locked(version_id)
    _must_be_draft(version)
    work.remove(version)
    work.record(
        version.definition_id,
        "form.discarded",
        {"version": version.number, "content_hash": version.content_hash},
    )


def publish(work: Work, version: FormVersion, *, effective_from: date | None = None) -> FormVersion:
    """Puts a draft in force from a day (today when none is given); from then on it never changes.

    Raises ``NotAllowed`` without catalogue.edit; ``Conflict`` when it is published already or another form serves
    one of its procedures; ``FormUnreadable`` while it has problems; ``Refused`` for a day that is over.
    """
    work.actor.require(PERMISSION)
    _must_be_draft(version)
    form = parse_form(version.schema)
    day = effective_from or work.now.date()
    # histories are built in the past by the system itself (demo province, old data)
    if day < clock.today() and work.actor.kind != "system":
        raise Refused("A version cannot take effect in the past.")
    _must_be_alone(form, version)
    if unfillable(version.schema):
        raise Invalid("No answers satisfy all rules and conditions: nobody could submit this form.")
    version.state = FormVersion.State.PUBLISHED
    version.effective_from = day
    version.published_at = work.now
    work.change(version, "state", "effective_from", "published_at")
    definition = version.definition
    before = queries.published_before(definition.id, day)
    if definition.name != form.title.vi[:300]:
        definition.name = form.title.vi[:300]
        work.change(definition, "name")
    work.record(
        version.definition_id,
        "form.published",
        {
            "version": version.number,
            "content_hash": version.content_hash,
            "effective_from": day.isoformat(),
            **({"replaces": before} if before else {}),
        },
    )
    _forget()
    return version


def withdraw(work: Work, version_id: UUID) -> FormVersion:
    """Takes a published version back before its day has come. Raises ``Conflict`` once it is in force."""
    work.actor.require(PERMISSION)
    version = _locked(version_id)
    if version.state != FormVersion.State.PUBLISHED or version.effective_from is None:
        raise Conflict("Only a published version can be withdrawn.")
    if version.effective_from <= clock.today():
        raise Conflict("This version is in force already. Publish another one instead.")
    version.state = FormVersion.State.WITHDRAWN
    work.change(version, "state")
    work.record(
        version.definition_id,
        "form.withdrawn",
        {"version": version.number, "effective_from": version.effective_from.isoformat()},
    )
    _forget()
    return version


def copied(data: Mapping[str, Any], *, key: str, procedures: list[str]) -> dict[str, Any]:
    """The same form under another key for other procedures, to be changed freely."""
    return copy.deepcopy(dict(data)) | {"key": key, "procedures": procedures}


def new_key(words: str) -> str:
    """A key for a new form out of words, that no form has yet."""
    taken = set(FormDefinition.objects.values_list("key", flat=True))
    return free_key(words, {key.replace("-", "_") for key in taken}, "form").replace("_", "-")


def _locked(version_id: UUID) -> FormVersion:
    found = FormVersion.objects.select_for_update().filter(pk=version_id).select_related("definition").first()
    if found is None:
        raise NotFound("There is no such form.")
    return found


def _must_be_draft(version: FormVersion) -> None:
    if version.state == FormVersion.State.PUBLISHED:
        raise Conflict("This version of the form is published already.")
    if version.state != FormVersion.State.DRAFT:
        raise Conflict("This version of the form was withdrawn.")


def _must_be_alone(form: Form, version: FormVersion) -> None:
    """One procedure, one form: which of two is asked would be chance."""
    others = queries.serving(form.procedures, beside=version.definition_id)
    if others:
        code, name = next(iter(others.items()))
        raise Conflict("The form “%(name)s” serves procedure %(procedure)s already.", name=name, procedure=code)


def _forget() -> None:
    queries.in_force.forget()
    transaction.on_commit(queries.in_force.forget)
