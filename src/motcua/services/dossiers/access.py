"""Who looks into whose dossier, when and why: written at every door, told to the data subject (Luật 91/2025/QH15).

Who has the dossier to handle just looks. Anybody else who may see it says once a day what they need it for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.engines.cases.models import Task
from motcua.engines.ledger.actor import Actor, Grant
from motcua.engines.ledger.prepared import execute
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation import clock
from motcua.foundation.cache import Remembered
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid
from motcua.foundation.keys import new_id
from motcua.services.dossiers.models import Access, DoorWay, Dossier, Why

OTHER: Final = "other"
MOST_REMEMBERED: Final = 50_000


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody without a task may need a dossier. ``permission``: offered to those who hold it (empty: to all)."""

    code: str
    text: Promise
    permission: str = ""


REASONS: Final = (
    Reason("applicant_asks", _("The applicant asks how their dossier stands")),
    Reason("coordination", _("Working together on this dossier")),
    Reason("supervision", _("Directing and supervising the work of the unit"), "dossier.assign"),
    Reason("inspection", _("Inspecting how procedures are carried out"), "ledger.read"),
    Reason("complaint", _("Answering a petition or complaint")),
    Reason(OTHER, _("Another reason")),
)
REASON_TEXTS: Final = {reason.code: reason.text for reason in REASONS}


def reasons_for(actor: Actor) -> list[Reason]:
    """What the officer may choose from."""
    return [reason for reason in REASONS if not reason.permission or actor.may(reason.permission)]


def look(actor: Actor, dossier: Dossier, way: DoorWay) -> bool:
    """Puts on record that an officer looks into a dossier which they may see.

    False, and nothing is written, where they have no task in it and have not said today why they need it.
    """
    if in_hand(actor, dossier):
        _note_one(actor, dossier, way, Why.TASK)
        return True
    given = Access.objects.filter(
        dossier=dossier, day=_today(), officer_id=actor.id, why__in=(Why.TASK, Why.REASON)
    ).first()
    if given is not None:
        if given.way != way:
            _note_one(actor, dossier, way, Why(given.why), given.reason, given.note)
        return True
    if worked_on(actor, dossier):
        _note_one(actor, dossier, way, Why.TASK)
        return True
    return False


def in_hand(actor: Actor, dossier: Dossier) -> bool:
    """Whether an open or waiting step is the officer's to do, or to lead. No query where the steps are known."""
    units = directory().by_id
    for task in dossier.case.open_tasks:
        if task.assignee_id is not None and task.assignee_id == actor.id:
            return True
        path = units[task.unit_id].path if task.unit_id in units else None
        if path and (actor.may(STAGE_PERMISSION[task.stage], path) or actor.may("dossier.assign", path)):
            return True
    return False


def worked_on(actor: Actor, dossier: Dossier) -> bool:
    """Whether the officer did, or had in hand, a step of this dossier, or submitted it for the citizen."""
    if actor.id is None:
        return False
    if dossier.submitted_by == actor.id:
        return True
    return Task.objects.filter(Q(closed_by=actor.id) | Q(assignee=actor.id), case=dossier.pk).exists()


def give_reason(actor: Actor, dossier: Dossier, *, reason: str, note: str = "") -> None:
    """The officer says what they need the dossier for. Raises ``Invalid``."""
    fields: dict[str, list[str]] = {}
    if reason not in {each.code for each in reasons_for(actor)}:
        fields["reason"] = ["Choose why you need this dossier."]
    if reason == OTHER and not note.strip():
        fields["note"] = ["Say in a few words what you need it for."]
    if fields:
        raise Invalid(fields=fields)
    _note_one(actor, dossier, DoorWay.DESK, Why.REASON, reason, note.strip()[:300])


def _today() -> date:
    return clock.now().astimezone(VIETNAM).date()


def _note_one(actor: Actor, dossier: Dossier, way: DoorWay, why: Why, reason: str = "", note: str = "") -> None:
    note_many(actor, [dossier.pk], way, why, reason=reason, note=note, post=post_of(actor, dossier))


def post_of(actor: Actor, dossier: Dossier) -> Grant | None:
    """The post by which the officer may see this dossier: nearest to who has it now."""
    units = directory().by_id
    keys = [*(task.unit_id for task in dossier.case.open_tasks), dossier.competent_id, dossier.received_at_id]
    for key in keys:
        for grant in actor.grants:
            if key in units and "dossier.read" in grant.permissions and units[key].path.startswith(grant.unit_path):
                return grant
    return actor.grants[0] if actor.grants else None


_INSERT: Final = """
INSERT INTO dossiers_access (id, dossier_id, party_id, day, at, officer_id, client_id, unit_id, role, why, way, reason,
    note)
SELECT given.id, d.case_id, d.applicant_id, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s
FROM unnest(%s::uuid[], %s::uuid[]) AS given(id, dossier) JOIN dossiers_dossier d ON d.case_id = given.dossier
ON CONFLICT DO NOTHING"""


def note_many(
    actor: Actor,
    dossiers: Sequence[UUID],
    way: DoorWay,
    why: Why,
    *,
    reason: str = "",
    note: str = "",
    post: Grant | None = None,
) -> None:
    """Puts on record that these dossiers were read, in one statement; what is on record today stays as it is."""
    if not dossiers:
        return
    now = clock.now()
    officer = actor.id if actor.kind == "officer" else None
    client = actor.id if actor.kind == "client" else None
    keys = list(dossiers)
    values = [
        now.astimezone(VIETNAM).date(),
        now,
        officer,
        client,
        post.unit_id if post else None,
        post.role if post else "",
        str(why),
        str(way),
        reason,
        note,
        [new_id() for _each in keys],
        keys,
    ]
    execute(_INSERT, values)


_told: Remembered[set[tuple[UUID | None, date, UUID, str]]] = Remembered(set, seconds=600.0)
"""What this process has written of machine clients lately: they ask for the same all day."""


def note_client(actor: Actor, dossiers: Iterable[UUID], way: DoorWay = DoorWay.API) -> None:
    """Puts on record that a machine client was given these dossiers."""
    told, today = _told(), _today()
    new = [key for key in dossiers if (actor.id, today, key, str(way)) not in told]
    if not new:
        return
    note_many(actor, new, way, Why.CLIENT, post=actor.grants[0] if actor.grants else None)
    if len(told) > MOST_REMEMBERED:
        told.clear()
    told.update((actor.id, today, key, str(way)) for key in new)


Position = tuple[datetime, UUID]


def of_party(actor: Actor, *, after: Position | None = None, limit: int = 50) -> QuerySet[Access]:
    """Who looked at the dossiers of the person asking, newest first, by index; nothing for anybody else."""
    if actor.kind != "citizen" or actor.party_id is None:
        return Access.objects.none()
    found = (
        Access.objects.filter(party_id=actor.party_id)
        .select_related("dossier", "officer", "client")
        .defer("dossier__answers", "dossier__contact")
    )
    if after is not None:
        found = found.filter(Q(at__lt=after[0]) | Q(at=after[0], pk__lt=after[1]))
    return found.order_by("-at", "-id")[:limit]
