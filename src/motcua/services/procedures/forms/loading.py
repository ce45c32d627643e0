"""The designed forms that come with the house, as data beside this file, and their publication."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from motcua.engines.forms import Form, actions, parse_form
from motcua.engines.forms.models import FormVersion
from motcua.engines.ledger.work import Work


@cache
def designed_data() -> Mapping[str, Mapping[str, Any]]:
    """Key → data of every designed form in ``designed/*.json``."""
    folder = files("motcua.services.procedures.forms") / "designed"
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".json"):
            data = json.loads(entry.read_text(encoding="utf-8"))
            found[data["key"]] = data
    return found


@cache
def designed() -> Mapping[str, Form]:
    """Key → designed form, as it comes with the house."""
    return {key: parse_form(data, origin=f"designed:{key}") for key, data in designed_data().items()}


def load_designed_forms(work: Work) -> list[FormVersion]:
    """Publishes every designed form whose words differ from its latest version. A second run does nothing.

    A form that an office has designed further stays the office's: a new release does not publish over its work.
    Returns the versions that were published now. Raises ``NotAllowed`` without catalogue.edit.
    """
    own = set(
        FormVersion.objects.filter(created_by__isnull=False)
        .exclude(created_by=work.actor.id)
        .values_list("definition__key", flat=True)
    )
    published = []
    for data in designed_data().values():
        if data["key"] in own:
            continue
        version = actions.create_version(work, data)
        if version.state != FormVersion.State.PUBLISHED:
            published.append(actions.publish(work, version))
    return published
