"""Who acts beside the applicant: agents with a mandate, helpers with consent; what is theirs to see."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from motcua.engines.accounts import mandates
from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.services.dossiers.models import Assistance, Dossier

MOST_SHOWN = 100


def of_citizen(actor: Actor) -> Q:
    """A citizen's dossiers: their own, and those they submitted for another while the mandate holds."""
    if actor.party_id is None:
        return Q(pk__in=())
    covered = mandates.covering(actor.party_id, grantor="applicant", procedure="procedure_code")
    return Q(applicant=actor.party_id) | Q(Q(agent=actor.party_id) & covered)


def of_helper(actor: Actor) -> Q:
    """What a helper submitted, as long as they may still see it."""
    return Q(assistance__helper=actor.id, assistance__sees_until__gte=clock.now())


def is_agent(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor submitted it for the applicant and the mandate holds."""
    if actor.kind != "citizen" or actor.party_id is None or actor.party_id != dossier.agent_id:
        return False
    grantor = dossier.applicant_id
    return grantor is not None and mandates.holds(actor.party_id, grantor, dossier.procedure_code)


def agent_told(dossier: Dossier) -> UUID | None:
    """Who hears what the applicant hears: the agent, as long as the mandate holds."""
    agent, grantor = dossier.agent_id, dossier.applicant_id
    if agent is None or grantor is None or not mandates.holds(agent, grantor, dossier.procedure_code):
        return None
    return agent


def is_helper(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor helped with it and may still see it."""
    if actor.kind != "officer" or not actor.may("dossier.assist") or dossier.submitted_by != actor.id:
        return False
    return Assistance.objects.filter(dossier=dossier.pk, helper=actor.id, sees_until__gte=clock.now()).exists()


def only_helps(actor: Actor, dossier: Dossier) -> bool:
    """Whether the dossier is the officer's business as its helper alone: then its inside is not theirs to see."""
    if actor.kind != "officer" or not actor.may("dossier.assist") or dossier.submitted_by != actor.id:
        return False
    return not of_office(actor, dossier)


def of_office(actor: Actor, dossier: Dossier) -> bool:
    """Whether the dossier is the actor's business by a unit: where it was received, who is competent, who has it or a
    step to do. Who leads a group reads the parts of others nowhere; the group tells how they stand."""
    units = directory().by_id
    keys = {dossier.received_at_id, dossier.competent_id, dossier.case.holder_id}
    keys |= {task.unit_id for task in dossier.case.open_tasks}
    return any(actor.may("dossier.read", units[key].path) for key in keys if key in units)


def assisted(actor: Actor) -> list[Assistance]:
    """What the helper submitted and may still see, newest first; by its index."""
    found: QuerySet[Assistance] = Assistance.objects.filter(helper=actor.id, sees_until__gte=clock.now())
    return list(found.select_related("dossier__case").order_by("-consented_at")[:MOST_SHOWN])
