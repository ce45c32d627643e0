"""Files that come with a page of a form: stored as the person's uploads, their keys put among the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from motcua.engines.files.actions import store
from motcua.engines.files.kinds import KINDS
from motcua.engines.forms import Field, Group, Message
from motcua.engines.forms.posting import input_name
from motcua.engines.ledger.actor import Actor
from motcua.foundation.errors import Invalid


def kinds_of(accept: tuple[str, ...]) -> frozenset[str]:
    """Kinds of the store for the endings that a field accepts; all of them when it names none."""
    return frozenset(key for key, kind in KINDS.items() if not accept or set(kind.extensions) & set(accept))


def take_in(
    actor: Actor, group: Group, files: MultiValueDict[str, UploadedFile[Any]], raw: dict[str, Any]
) -> dict[str, list[Message]]:
    """Stores what was sent for the file fields of a page and adds the keys to ``raw``.

    Returns what is wrong, by path; files that are right are kept although others are not.
    """
    errors: dict[str, list[Message]] = {}
    for one in group.fields:
        if one.type == "file":
            for sent in files.getlist(input_name(one.key)):
                _take(actor, one, sent, raw, errors)
    return errors


def _take(
    actor: Actor, one: Field, sent: UploadedFile[Any], raw: dict[str, Any], errors: dict[str, list[Message]]
) -> None:
    held = [key for key in raw.get(one.key) or [] if key]
    if len(held) >= one.max_files:
        if one.max_files > 1:
            errors.setdefault(one.key, []).append(Message("Attach at most %(most)s files.", {"most": one.max_files}))
            return
        held = []  # a single file is replaced by the one that was chosen now
    if actor.id is None:
        return
    try:
        upload = store(sent, sent.name or "", actor.id, allowed=kinds_of(one.accept), actor=actor)
    except Invalid as error:
        errors.setdefault(one.key, []).append(Message(error.message, error.params))
        return
    raw[one.key] = [*held, str(upload.id)]


def without_files(group: Group, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Answers without the file fields: a page that saves itself never touches what is attached."""
    attached = {one.key for one in group.fields if one.type == "file"}
    return {key: value for key, value in raw.items() if key not in attached}
