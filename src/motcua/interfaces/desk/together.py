"""What stands around a dossier when several agencies act: its line of time, its group, the opinions asked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.services.dossiers.models import Dossier, DossierGroup
from motcua.services.dossiers.together import groups, opinions
from motcua.services.dossiers.together.timelines import timeline


def panel(dossier: Dossier) -> dict[str, Any]:
    """For the dossier page: one query for the lines of time; three more only where there is a group, two where
    somebody was asked."""
    group = groups.group_of(dossier)
    language = get_language() or "vi"
    parts = groups.states_of(group, language) if group is not None else []
    return {
        "group": group,
        "group_name": name_of(group, language) if group is not None else "",
        "parts": [(part, waits_words(part, parts)) for part in parts],
        "own": dossier.pk,
        "timeline": timeline(case_ids(dossier.pk, parts), clock.now(), ahead_of(parts)),
        "opinions": opinions.of_dossier(dossier),
    }


def name_of(group: DossierGroup, language: str) -> str:
    """What the group is called."""
    return group.definition.title(language)


def case_ids(own: UUID | None, parts: list[groups.PartState]) -> list[UUID]:
    """The cases of all parts that have begun, the dossier's own among them."""
    found = [part.dossier.pk for part in parts if part.dossier is not None]
    return found or ([own] if own is not None else [])


def ahead_of(parts: list[groups.PartState]) -> list[UUID]:
    """The agencies of parts that have not begun and still will."""
    return [part.unit.id for part in parts if part.state == "waiting"]


def waits_words(part: groups.PartState, parts: list[groups.PartState]) -> str:
    """The names of the parts that this one waits for; empty when it has begun."""
    if part.state != "waiting":
        return ""
    titles = {one.member.key: one.title for one in parts}
    return ", ".join(titles.get(key, key) for key in part.member.after)


def lead_label(group: DossierGroup) -> str:
    """The leading agency."""
    return directory().unit(group.lead_id).name
