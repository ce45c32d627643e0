"""Taking back linked procedures, all of them or a part that has not begun (ND118 Đ21)."""

from __future__ import annotations

from uuid import UUID

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.work import begin
from motcua.foundation.errors import Conflict, NotAllowed, Refused
from motcua.services.dossiers.actions.common import lock
from motcua.services.dossiers.actions.groups import locked_group, set_dropped
from motcua.services.dossiers.actions.stopping import withdraw
from motcua.services.dossiers.models import Dossier, DossierGroup, Dropped, GroupMember
from motcua.services.dossiers.rules import WITHDRAWABLE, Status
from motcua.services.dossiers.together.groups import members_of


def _applicants_own(actor: Actor, group_id: UUID) -> DossierGroup:
    """The group, locked. Raises ``NotAllowed`` for everybody but the applicant and the machine that submitted it."""
    group = locked_group(group_id)
    own = actor.kind == "citizen" and actor.party_id is not None and actor.party_id == group.applicant_id
    if actor.kind == "client" and actor.id is not None:
        own = Dossier.objects.filter(membership__group=group, membership__position=0, submitted_by=actor.id).exists()
    if actor.kind != "system" and not own:
        raise NotAllowed("Only the applicant can do this.")
    return group


def withdraw_group(actor: Actor, group_id: UUID, *, reason: str = "") -> DossierGroup:
    """Rút cả nhóm: every part of which no decision was made yet is taken back, those that have not begun are dropped;
    what has a result keeps it (ND118 Đ21).

    Raises ``NotAllowed`` for everybody but the applicant; ``Refused`` when nothing can be taken back any more.
    """
    with begin(actor) as work:
        group = _applicants_own(actor, group_id)
        withdrawn, dropped, kept = [], [], []
        for member in members_of(group_id):
            if member.dossier is None:
                if member.dropped_at is None:
                    set_dropped(work, member, Dropped.WITHDRAWN)
                    dropped.append(member.key)
            elif Status(member.dossier.status) in WITHDRAWABLE:
                withdraw(work, lock(actor, member.dossier.pk), reason=reason)
                withdrawn.append(member.key)
            else:
                kept.append(member.key)
        if not withdrawn and not dropped:
            raise Refused("Nothing of it can be withdrawn any more: the decisions have been made.")
        work.record(
            group.pk,
            "group.withdrawn",
            {"withdrawn": withdrawn, "dropped": dropped, "kept": kept, "basis": "ND118 Đ21"},
        )
    return group


def drop_part(actor: Actor, group_id: UUID, *, key: str) -> GroupMember:
    """The applicant no longer wants a part that has not begun. Raises ``NotAllowed``, ``Conflict``."""
    with begin(actor) as work:
        group = _applicants_own(actor, group_id)
        member = next((one for one in members_of(group_id) if one.key == key), None)
        if member is None or member.dossier_id is not None or member.dropped_at is not None:
            raise Conflict("This part has begun or ended already. Please look at it again.")
        set_dropped(work, member, Dropped.WITHDRAWN)
        work.record(group.pk, "group.part_dropped", {"key": key, "basis": "ND118 Đ21"})
    return member
