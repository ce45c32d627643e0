"""Administrators define groups of linked procedures; every change is in the ledger with what was before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from motcua.engines.ledger.work import Work
from motcua.foundation.errors import Conflict, Invalid, NotFound
from motcua.services.dossiers.models import LinkedGroup
from motcua.services.dossiers.together.groups import offers, parts_of, problems

FIELDS = ("name", "name_en", "basis", "life_event", "keywords", "active", "members")


def stream_of(key: str) -> UUID:
    """The ledger stream of a definition."""
    return uuid5(NAMESPACE_URL, f"motcua:linked-group:{key}")


def define_group(
    work: Work,
    *,
    key: str,
    new: bool,
    name: str,
    members: Sequence[dict[str, Any]],
    name_en: str = "",
    basis: str = "",
    life_event: str = "",
    keywords: str = "",
    active: bool = True,
) -> LinkedGroup:
    """Makes or changes a definition. Groups that were submitted keep what they began with; a definition with something
    wrong in it can be kept while it is not offered.

    Raises ``NotAllowed`` without catalogue.edit; ``Invalid``; ``Conflict`` for a key that is taken; ``NotFound``.
    """
    work.actor.require("catalogue.edit")
    row = LinkedGroup.objects.select_for_update().filter(key=key).first()
    if new and row is not None:
        raise Conflict("A group with this key is there already.")
    if not new and row is None:
        raise NotFound("There is no such group of procedures, or it is not offered any more.")
    fields: dict[str, list[str]] = {}
    if not name.strip():
        fields["name"] = ["Give the group a name."]
    wrong = problems(parts_of(members))
    if active and wrong:
        fields["active"] = list(dict.fromkeys(message for _key, message in wrong))
    if fields:
        raise Invalid(fields=fields)
    before = _as_recorded(row) if row is not None else None
    found = row or LinkedGroup(key=key, position=LinkedGroup.objects.count())
    found.name, found.name_en, found.basis = name.strip()[:300], name_en.strip()[:300], basis.strip()[:200]
    found.life_event, found.keywords = life_event[:60], keywords.strip()[:500]
    found.active, found.members = active, list(members)
    if row is None:
        work.add(found)
    else:
        work.change(found, *FIELDS)
    after = _as_recorded(found)
    if before != after:
        work.record(stream_of(key), "linked_group.defined", {"key": key, "before": before, "after": after})
    offers.forget()
    transaction.on_commit(offers.forget)
    return found


def _as_recorded(row: LinkedGroup) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}
