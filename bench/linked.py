"""A group of linked procedures in the bench's province, so that its line of time can be measured; made once."""

from __future__ import annotations

from uuid import UUID


def ensure_group() -> UUID:
    """The key of a dossier that belongs to a submitted group: one that is there, else a birth that the demo's citizen
    submits and the demo's counter accepts."""
    from motcua.engines.accounts.models import User
    from motcua.engines.accounts.queries import actor_of
    from motcua.interfaces.cli.demo.province import PERSONA_WARD
    from motcua.services.dossiers import actions
    from motcua.services.dossiers.actions.groups import GroupSubmission, submit_group_once
    from motcua.services.dossiers.models import Channel, GroupMember
    from motcua.services.dossiers.queries import counter_of
    from motcua.services.dossiers.together import groups
    from motcua.services.procedures.queries import current

    known = GroupMember.objects.filter(dossier__isnull=False).order_by("-group__submitted_at", "position")
    if (first := known.first()) is not None and first.dossier_id is not None:
        return first.dossier_id
    groups.load_shipped()
    user = User.objects.get(username="demo-citizen")
    actor = actor_of(user)
    offer = groups.offer("birth")
    lead = groups.unit_of(offer.parts[0][0], None, PERSONA_WARD)
    submissions = {}
    for part, _version in offer.parts:
        unit = groups.unit_of(part, lead, PERSONA_WARD)
        procedure = current(part.procedure)
        submissions[part.key] = actions.Submission(
            procedure=procedure,
            channel=groups.channel_of(procedure, Channel.ONLINE),
            competent_id=unit.id,
            received_at_id=counter_of(unit).id,
            applicant_id=actor.party_id,
            applicant_name=user.full_name,
            submitted_by=user.pk,
            key=f"bench-group-{part.key}",
        )
    given = GroupSubmission(
        offer=offer,
        channel=Channel.ONLINE,
        received_at_id=counter_of(lead).id,
        applicant_id=actor.party_id,
        key="bench-group",
        submissions=submissions,
    )
    submit_group_once(actor, given)
    dossier_id = GroupMember.objects.filter(group__submission_key="bench-group").order_by("position")[0].dossier_id
    if dossier_id is None:
        raise RuntimeError("the leading part of a group begins at once")
    actions.accept.run(actor_of(User.objects.get(username="demo-counter")), dossier_id)
    return dossier_id
