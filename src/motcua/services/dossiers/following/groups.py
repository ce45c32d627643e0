"""What follows from the events of linked procedures: the next parts begin, and the applicant is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from motcua.engines.ledger import queue
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import reader
from motcua.engines.notices.actions import Notice, send
from motcua.services.dossiers.addresses import group_path, page_of
from motcua.services.dossiers.models import DossierGroup, GroupMember
from motcua.services.dossiers.together.groups import title_of

ENDS: Final = (
    "dossier.completed",
    "dossier.returned",
    "dossier.refused",
    "dossier.withdrawn",
    "dossier.stopped",
    "dossier.closed_unanswered",
    "dossier.reopened",
    "dossier.corrected",
)


@reader("groups", kinds=ENDS)
def groups(events: Sequence[Event]) -> None:
    """Queues the next step of each group a part of which has ended, or was taken up again."""
    streams = {event.stream for event in events}
    found = GroupMember.objects.filter(dossier__in=streams).values_list("group", flat=True).distinct()
    queue.defer("dossiers.advance_group", *({"group": str(key)} for key in found))


@reader("group_notices", kinds=("group.",))
def group_notices(events: Sequence[Event]) -> None:
    """Tells applicants that a group was received, that a part cannot be done, that all has ended."""
    rows = DossierGroup.objects.select_related("definition").filter(pk__in={event.stream for event in events})
    known = {row.pk: row for row in rows}
    send([one for event in events if event.stream in known for one in _notices(known[event.stream], event)])


def _notices(group: DossierGroup, event: Event) -> list[Notice]:
    if group.applicant_id is None:
        return []
    if event.kind == "group.submitted":
        return [_notice(group, event, "group.submitted", count=len(event.data["parts"]))]
    if event.kind != "group.advanced":
        return []
    dropped = GroupMember.objects.filter(group=group, key__in=event.data["dropped"]).order_by("position")
    found = [
        _notice(group, event, "group.part_dropped", part=title_of(member, group.definition, "vi")) for member in dropped
    ]
    return [*found, _notice(group, event, "group.closed")] if event.data["closed"] else found


def _notice(group: DossierGroup, event: Event, kind: str, **more: Any) -> Notice:
    part = str(more.get("part", ""))[:40]
    return Notice(
        kind=kind,
        dedupe=f"event:{event.pk}:{kind}:{part}"[:120],
        at=event.at,
        params={"code": group.code, "name": group.definition.name, "group": group.code, **more},
        stream=group.pk,
        party_id=group.applicant_id,
    )


def page(params: Mapping[str, Any]) -> str:
    """The page of a message about a group, or about a dossier."""
    return group_path(str(params["group"])) if "group" in params else page_of(params)
