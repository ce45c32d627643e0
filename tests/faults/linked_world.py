"""Several agencies in the world of the doors: a submitted group whose second part waits, one being filled in, and a
department that is asked for its opinion."""

from __future__ import annotations

from motcua.engines.accounts.models import User
from motcua.engines.accounts.queries import actor_of
from motcua.foundation.cache import forget_all
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions import group_drafts
from motcua.services.dossiers.actions.groups import GroupSubmission, submit_group_once
from motcua.services.dossiers.models import LinkedGroup
from motcua.services.dossiers.together import groups
from motcua.services.procedures.content import ProcedureData
from tests import factories

MEMBERS = [
    {"key": "mot", "procedure": "1.999999", "title": "Việc một"},
    {"key": "hai", "procedure": "1.888888", "title": "Việc hai", "needs": ["mot"], "unit": "lead"},
]


def linked_values(citizen: User) -> dict[str, str]:
    """What stands for the placeholders ``linked_code`` and ``linked_draft``. The procedures must be there."""
    LinkedGroup.objects.create(key="doi", name="Hai việc một lần nộp", members=MEMBERS)
    forget_all()
    offer = groups.offer("doi")
    actor = actor_of(citizen)
    submission = GroupSubmission(
        offer=offer,
        channel="ONLINE",
        received_at_id=factories.unit("commune_centre"),
        applicant_id=actor.party_id,
        key="doi",
        submissions={
            part.key: factories.make_submission(citizen, groups.current(part.procedure)) for part, _ in offer.parts
        },
    )
    group, _new = submit_group_once(actor, submission)
    draft = group_drafts.begin_group_draft(actor, offer, ward_code="19777", chosen=[])
    return {"linked_code": group.code, "linked_draft": str(draft.pk)}


def opinion_values(citizen: User, procedure: ProcedureData, staff: factories.Staff) -> dict[str, str]:
    """What stands for ``asked_code`` and ``opinion``: the commune has asked a department."""
    dossier = factories.make_dossier("processing", citizen=citizen, procedure=procedure, staff=staff)
    (opinion,) = actions.ask_opinions.run(
        staff.specialist, dossier.pk, unit_ids=[factories.unit("department")], question="Có quy hoạch không?"
    )
    return {"asked_code": dossier.code, "opinion": str(opinion.pk)}
