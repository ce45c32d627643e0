"""The rows that belong to one aggregate (a dossier's supplements, a case's stops), read once and then kept true.

Actions use these lists instead of querying again, so that the same action works on what is in the database and on
a history that is still being built in memory.
"""

from __future__ import annotations

from typing import Any

from django.db import models


def parts(owner: models.Model, relation: str) -> list[Any]:
    """The rows of a reverse relation; the same list each time, so what an action appends stays."""
    held: dict[str, list[Any]] = owner.__dict__.setdefault("_parts", {})
    if relation not in held:
        held[relation] = [] if owner.__dict__.get("_parts_new") else list(getattr(owner, relation).all())
    return held[relation]


def begin_parts(owner: models.Model) -> None:
    """Says that the owner is new: it has no parts yet, so nobody asks the database."""
    owner.__dict__["_parts_new"] = True
