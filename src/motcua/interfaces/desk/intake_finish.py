"""What a walk-in adds up to: the submission, who comes for whom, and the receipt or the result at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from motcua.engines.accounts import mandates
from motcua.engines.accounts.models import PartyKind
from motcua.engines.forms.summary import by_role
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.chain import canonical
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation.errors import Conflict, Invalid, NotAllowed
from motcua.interfaces.desk import intake as steps
from motcua.interfaces.desk.intake_form import CounterForm, counter_form
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers import actions, door
from motcua.services.dossiers.actions.assisted import ConsentGiven, submit_assisted
from motcua.services.dossiers.models import Channel, Delivery, Dossier
from motcua.services.dossiers.queries import counter_of
from motcua.services.dossiers.together import moving
from motcua.services.procedures.content import ProcedureData

SCREEN: Final = "screen"
PAPER: Final = "paper"


@dataclass(frozen=True, slots=True)
class AtOnce:
    """A result that is given at once (ND118 Đ17.4). ``receipt``: the person asks for form 01 as well."""

    name: str
    number: str = ""
    receipt: bool = False


def digest_of(intake: Intake) -> str:
    """What the citizen is shown, as a fingerprint: what they confirmed is void when something changes."""
    names = ("person", "procedure", "answers", "papers", "competent", "delivery", "linked")
    shown = {key: intake.data.get(key) for key in names}
    return hashlib.sha256(canonical(shown)).hexdigest()[:20]


def confirmed_on_screen(intake: Intake) -> bool:
    """Whether the citizen has confirmed on the second screen just what would be submitted now."""
    said: dict[str, Any] = intake.data.get("confirmed", {})
    return bool(said) and said.get("digest") == digest_of(intake)


def takes_form_on_paper(intake: Intake) -> bool:
    """Whether the citizen handed in the form filled on paper."""
    return bool(intake.data.get("paper_form"))


@dataclass(frozen=True, slots=True)
class Whole:
    """A walk-in that is ready to be submitted."""

    procedure: ProcedureData
    competent: UnitInfo
    form: CounterForm
    values: dict[str, Any]


def whole(intake: Intake) -> Whole:
    """Everything of the walk-in, validated. Raises ``Invalid`` where a step is not done."""
    person = intake.data.get("person", {})
    procedure = steps.procedure_of(intake)
    if not person.get("name"):
        raise Invalid(fields={"person": [_("Say who the person is.")]})
    if procedure is None:
        raise Invalid(fields={"procedure": [_("Choose the procedure.")]})
    competent = steps.default_competent(intake, procedure)
    if competent is None:
        raise Invalid(fields={"procedure": [_("Choose the ward or commune that handles it.")]})
    form = counter_form(intake, procedure)
    if takes_form_on_paper(intake):
        return Whole(procedure, competent, form, {})
    result = form.checked(declared=True)
    if not result.ok:
        raise Invalid(fields={"form": [_("The form is not complete yet. Please go back to it.")]})
    return Whole(procedure, competent, form, result.values)


def finish(actor: Actor, intake: Intake, *, at_once: AtOnce | None = None) -> Dossier:
    """Submits and accepts, or gives the result at once; repeated, it gives the same dossier. Raises ``Invalid``."""
    if actor.id is None:
        raise NotAllowed("Sign in first.")
    found = whole(intake)
    party_id = party_of(intake)
    agent_id = _agent(actor, intake, found.procedure, party_id)
    submission = _submission(actor, intake, found, party_id, agent_id, steps.channel_of(intake), intake.unit_id)
    dossier, _new = actions.submit_once(actor, submission)
    note = str(intake.data.get("note", ""))
    try:
        if at_once is None:
            actions.accept.run(actor, dossier.pk, note=note)
        else:
            with begin(actor) as work:
                actions.give_at_once(
                    work,
                    actions.lock(actor, dossier.pk),
                    name=at_once.name or found.procedure.results or found.procedure.name,
                    number=at_once.number,
                    note=note,
                    receipt=at_once.receipt,
                )
    except Conflict:
        dossier.refresh_from_db()
        if dossier.accepted_at is None:
            raise
        # pressed twice: the first press has accepted it
    return dossier


def finish_assisted(actor: Actor, intake: Intake) -> Dossier:
    """Submits for the citizen with the consent that is on record. Raises ``Invalid``."""
    found = whole(intake)
    said: dict[str, Any] = intake.data.get("consent", {})
    if not said:
        raise Invalid(fields={"consent": [_("Record how the citizen agreed.")]})
    paper = None
    if said.get("paper") and intake.dossier_id is None:
        key = UUID(said["paper"]["upload"])
        paper = door.files_from(actor, [key])[key]
    consent = ConsentGiven(
        kind=said.get("kind", ""),
        at=datetime.fromisoformat(said["at"]),
        paper=paper,
        witness=str(said.get("witness", "")),
    )
    counter = counter_of(found.competent)
    submission = _submission(actor, intake, found, party_of(intake), None, Channel.ONLINE, counter.id)
    dossier, _new = submit_assisted(actor, submission, consent, unit_id=intake.unit_id)
    return dossier


def party_of(intake: Intake) -> UUID:
    """The person at the counter as a party, made when new."""
    person = intake.data.get("person", {})
    return door.party_for(
        kind=person.get("kind", ""),
        name=person["name"],
        identity_number=person.get("identity_number", ""),
        phone=person.get("phone", ""),
        email=person.get("email", ""),
        address=person.get("address", ""),
        birth_date=steps.birth_date_of(intake),
        sex=str(intake.data.get("card", {}).get("sex", "")),
    )


def _agent(actor: Actor, intake: Intake, procedure: ProcedureData, grantor_id: UUID) -> UUID | None:
    """Who came with an authorisation; the mandate is recorded unless one holds already."""
    agent: dict[str, Any] = intake.data.get("agent", {})
    if not agent.get("name"):
        return None
    agent_id = door.party_for(
        kind=str(PartyKind.CITIZEN),
        name=agent["name"],
        identity_number=agent.get("identity_number", ""),
        phone=agent.get("phone", ""),
        email="",
        address="",
    )
    if not mandates.holds(agent_id, grantor_id, procedure.code):
        until = agent.get("valid_to") or ""
        with begin(actor) as work:
            mandates.give(
                work,
                grantor_id=grantor_id,
                agent_id=agent_id,
                procedures=[] if agent.get("all_procedures") else [procedure.code],
                valid_to=date.fromisoformat(until) if until else None,
                number=agent.get("number", ""),
            )
    return agent_id


def _submission(
    actor: Actor,
    intake: Intake,
    found: Whole,
    party_id: UUID,
    agent_id: UUID | None,
    channel: str,
    received_at_id: UUID,
) -> actions.Submission:
    person = intake.data.get("person", {})
    procedure = found.procedure
    lines = steps.papers_of(intake, procedure)
    keys = [UUID(file["upload"]) for line in lines for file in line.files]
    files = door.files_from(actor, keys) if intake.dossier_id is None else {}
    labels = steps.case_labels(procedure)
    chosen = labels[int(intake.data.get("case", 0) or 0)] if len(labels) > 1 else ""
    case = by_role(found.form.form, found.values, "case")
    online = channel == Channel.ONLINE
    return actions.Submission(
        procedure=procedure,
        channel=channel,
        competent_id=found.competent.id,
        received_at_id=received_at_id,
        applicant_id=party_id,
        applicant_name=person["name"],
        submitted_by=actor.id or party_id,
        agent_id=agent_id,
        key=f"intake-{intake.pk}",
        answers=found.values,
        form_version_id=found.form.version_id if found.values else None,
        contact={name: person.get(name, "") for name in ("phone", "email", "address")},
        component_case=str(case or chosen)[:300],
        components=[
            actions.ComponentIn(
                line.paper.key,
                line.paper.name[:1000],
                # what is submitted online is there as files alone
                originals=0 if online else line.originals,
                copies=0 if online else line.copies,
                certified=0 if online else line.certified,
                files=tuple(files[UUID(file["upload"])] for file in line.files if UUID(file["upload"]) in files),
            )
            for line in lines
            if line.handed_in
        ],
        sets=int(intake.data.get("sets", 1) or 1),
        delivery=delivery_of(intake, found.form),
        fee=door.fee_of(procedure.method(channel)),
        extra={"confirmed": SCREEN if confirmed_on_screen(intake) else PAPER},
    )


def delivery_of(intake: Intake, form: CounterForm) -> str:
    """How the result comes: as chosen with the papers, else as the form says, else the way that the papers came."""
    wanted = intake.data.get("delivery") or ("" if takes_form_on_paper(intake) else form.delivery)
    if wanted in Delivery.values:
        return wanted
    return str(Delivery.POST if steps.by_post(intake) else Delivery.COUNTER)


def may_give_at_once(intake: Intake, competent: UnitInfo | None) -> bool:
    """Whether a same-day result can be offered here: the agency itself receives, from a person who stands there. Who
    signs is asked by the action."""
    return competent is not None and not steps.by_post(intake) and not moving.is_away(intake.unit_id, competent.id)


def signs_here(actor: Actor, competent: UnitInfo) -> bool:
    """Whether the officer may sign for the agency, so that the result is given in one go."""
    return actor.may("dossier.sign", directory().unit(competent.id).path)
