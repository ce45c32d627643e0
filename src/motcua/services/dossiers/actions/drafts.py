"""Drafts: begun, saved by themselves, resumed on another device, submitted once, forgotten when they expire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from motcua.engines.accounts import mandates
from motcua.engines.accounts.models import Party
from motcua.engines.files.models import Upload
from motcua.engines.forms import Form, Result, validate
from motcua.engines.forms.drafts import draft as kept_answers
from motcua.engines.forms.prefill import Known, filled_in, known_of_party, prefilled
from motcua.engines.forms.summary import address_shown, applicant_of, attached, by_role
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.prepared import fetch, load
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from motcua.foundation.keys import new_id
from motcua.services.dossiers import door, queries
from motcua.services.dossiers.actions.submit import ComponentIn, FileIn, Submission, submit
from motcua.services.dossiers.models import Channel, Delivery, Dossier, Draft
from motcua.services.procedures.content import Paper, ProcedureData
from motcua.services.procedures.forms import chosen_form, kept_form, papers_of
from motcua.services.procedures.queries import version

KEPT_DAYS = 30
MOST_DRAFTS = 50
CHANGES = "changes"
"""Code of the ``Conflict`` of a draft that changes a dossier instead of beginning one."""


def _owner(actor: Actor) -> UUID:
    if actor.kind != "citizen" or actor.id is None:
        raise NotAllowed("Please sign in as a citizen to submit a dossier.")
    return actor.id


def begin_draft(
    actor: Actor,
    procedure: ProcedureData,
    *,
    ward_code: str = "",
    for_party: UUID | None = None,
    known: Callable[[Form], Mapping[str, Known]] | None = None,
) -> Draft:
    """A new draft for a procedure, or the one that the person has already begun for it.

    ``for_party``: whom the person submits for, with their mandate. ``known``: what is filled in, where that is not what
    the State knows of the applicant (a kiosk fills in what the card says and nothing else).
    Raises ``NotAllowed`` for visitors; ``Conflict`` when there are too many; ``Refused`` without a competent unit.
    """
    owner = _owner(actor)
    if actor.party_id is None:
        raise Refused("No person or organisation is connected with this account yet. Please ask at a counter.")
    alone = Draft.objects.filter(owner=owner, dossier__isnull=True, part__isnull=True, adjusts__isnull=True)
    mine = alone.filter(expires_at__gt=clock.now())
    grantor = for_party or actor.party_id
    require_mandate(actor, grantor, procedure.code)
    begun = mine.filter(procedure_version=procedure.id, party=grantor).order_by("-saved_at").first()
    competent = None
    if procedure.handled_level != "COMMUNE" or ward_code:
        competent = queries.competent_unit(procedure, ward_code or None).id
    if begun is not None:
        if competent is not None and begun.competent_id != competent:
            return save(actor, begun.id, {}, competent_id=competent)
        return begun
    if mine.count() >= MOST_DRAFTS:
        raise Conflict("You have too many drafts. Please submit or delete some of them first.")
    form, form_version_id = chosen_form(procedure)
    now = clock.now()
    with begin(actor) as work:
        draft = Draft(
            id=new_id(),
            owner_id=owner,
            party_id=grantor,
            procedure_version_id=procedure.id,
            form_version_id=form_version_id,
            competent_id=competent,
            answers=kept_answers(form, filled_in({}, known(form) if known else known_for(actor, form, grantor))),
            started_at=now,
            saved_at=now,
            expires_at=expiry(now),
        )
        work.add(draft)
    return draft


def require_mandate(actor: Actor, grantor_id: UUID | None, procedure_code: str) -> None:
    """Raises ``NotAllowed`` unless one submits for oneself, or with a mandate that holds today."""
    if grantor_id is None or grantor_id == actor.party_id:
        return
    if actor.party_id is None or not mandates.holds(actor.party_id, grantor_id, procedure_code):
        raise NotAllowed("You have no mandate to submit this for somebody else, or it has ended.")


def known_for(actor: Actor, form: Form, party_id: UUID | None = None) -> dict[str, Known]:
    """What the State knows of the applicant (the person themselves when no ``party_id`` is given) and the form asks
    for, by path; one query."""
    key = party_id or actor.party_id
    party = Party.objects.filter(pk=key).first() if key else None
    return prefilled(form, known_of_party(party)) if party is not None else {}


def own_drafts(actor: Actor, procedure_version: UUID | None = None) -> list[Draft]:
    """What the person has begun and not submitted, last saved first."""
    alone = Draft.objects.filter(owner=_owner(actor), dossier__isnull=True, adjusts__isnull=True, part__isnull=True)
    drafts = alone.filter(expires_at__gt=clock.now())
    if procedure_version is not None:
        drafts = drafts.filter(procedure_version=procedure_version)
    return list(drafts.order_by("-saved_at")[:MOST_DRAFTS])


def expiry(now: datetime) -> datetime:
    return now + timedelta(days=KEPT_DAYS)


def own_draft(actor: Actor, draft_id: UUID) -> Draft:
    """The actor's draft, submitted or not. Raises ``NotFound`` for anybody else's."""
    draft = Draft.objects.filter(pk=draft_id, owner=_owner(actor)).first()
    if draft is None or (draft.dossier_id is None and draft.expires_at <= clock.now()):
        raise NotFound("This draft is not there any more. Please begin again.")
    return draft


def form_of(draft: Draft) -> Form:
    """The form that the draft was begun with."""
    return kept_form(version(draft.procedure_version_id), draft.form_version_id)


def checked(actor: Actor, draft: Draft, groups: list[str] | None = None) -> Result:
    """The draft's answers validated, all or some groups."""
    return validate(
        form_of(draft), draft.answers, groups=groups, files=door.file_facts(actor, form_of(draft), draft.answers)
    )


def save(actor: Actor, draft_id: UUID, answers: Mapping[str, Any], *, competent_id: UUID | None = None) -> Draft:
    """Keeps answers as they are entered, in place of those with the same keys. Nothing is validated yet.

    Raises ``NotFound``; ``Conflict`` when it has been submitted meanwhile.
    """
    with begin(actor) as work:
        draft = _locked(actor, draft_id)
        form = form_of(draft)
        draft.answers = kept_answers(form, {**draft.answers, **answers})
        draft.saved_at, draft.expires_at = work.now, expiry(work.now)
        work.change(draft, "answers", "saved_at", "expires_at")
        if competent_id is not None:
            draft.competent_id = competent_id
            work.change(draft, "competent")
        keys = [key for _, _, keys in attached(form, draft.answers) for key in map(door.as_key, keys) if key]
        if keys:
            Upload.objects.filter(pk__in=keys, owner=_owner(actor)).update(expires_at=draft.expires_at)
    return draft


def _locked(actor: Actor, draft_id: UUID, *, submitted: bool = False) -> Draft:
    """The actor's draft, locked. Raises ``NotFound``; ``Conflict`` when it was submitted."""
    found = load(Draft, "WHERE id = %s AND owner_id = %s FOR UPDATE", (draft_id, _owner(actor)))
    draft = found[0] if found else None
    if draft is None or (draft.dossier_id is None and draft.expires_at <= clock.now()):
        raise NotFound("This draft is not there any more. Please begin again.")
    if draft.dossier_id is not None and not submitted:
        raise Conflict("This dossier has already been submitted. You will find it among your dossiers.")
    return draft


def discard(actor: Actor, draft_id: UUID) -> None:
    """Forgets a draft."""
    with begin(actor):
        _locked(actor, draft_id).delete()


def discard_all(owner_id: UUID) -> None:
    """Forgets everything that a person has begun and not submitted: a kiosk keeps nothing of who stood at it."""
    Draft.objects.filter(owner_id=owner_id, dossier__isnull=True).delete()


def submit_draft(actor: Actor, draft_id: UUID, *, channel: str = Channel.ONLINE) -> tuple[Dossier, bool]:
    """Validates everything and submits. A second click gets the same dossier (False: it was there already).

    ``channel``: from where, of those that count as online.
    Raises ``Invalid`` with the fields that need an answer; ``NotFound``; ``Conflict`` (code ``CHANGES``) for a draft
    that changes what was submitted before.
    """
    with begin(actor) as work:
        draft = _locked(actor, draft_id, submitted=True)
        if draft.adjusts_id is not None:
            raise Conflict(
                "This changes a dossier that has been submitted already. Save the changes instead.", code=CHANGES
            )
        if draft.dossier_id is not None:
            return Dossier.objects.select_related("case").get(pk=draft.dossier_id), False
        if fetch("SELECT 1 FROM dossiers_groupdraftpart WHERE draft_id = %s", (draft.id,)):
            raise Refused("This is a part of linked procedures, which are submitted together.")
        procedure, form = version(draft.procedure_version_id), form_of(draft)
        uploads = door.uploads_named(actor, form, draft.answers)
        result = validate(form, draft.answers, files=door.facts_of(uploads))
        if not result.ok:
            raise Invalid(fields=result.fields())
        if draft.competent_id is None:
            raise Invalid(fields={"competent": ["Choose the ward or commune that handles this procedure."]})
        require_mandate(actor, draft.party_id, procedure.code)
        submission = submission_of(actor, draft, procedure, form, result.values, uploads)
        dossier = submit(work, replace(submission, channel=channel))
        draft.dossier = dossier
        work.change(draft, "dossier")
    return dossier, True


def submission_of(
    actor: Actor,
    draft: Draft,
    procedure: ProcedureData,
    form: Form,
    values: dict[str, Any],
    uploads: Mapping[UUID, door.OwnUpload],
) -> Submission:
    """What a draft submits, its answers validated."""
    applicant = applicant_of(form, values)
    competent = directory().unit(_present(draft.competent_id))
    delivery = by_role(form, values, "result.delivery")
    handed_in = attached(form, values)
    # a designed form names its own papers; a derived one those of the catalogue
    papers = papers_of(form) | {paper.key: paper for paper in procedure.papers}
    by_component: dict[str, list[FileIn]] = {}
    for _, component, attached_keys in handed_in:
        by_component.setdefault(component if component in papers else "", []).extend(
            uploads[UUID(key)].file for key in attached_keys
        )
    loose = by_component.pop("", [])
    components = [_component(papers[key], tuple(found)) for key, found in by_component.items()]
    return Submission(
        procedure=procedure,
        channel=Channel.ONLINE,
        competent_id=competent.id,
        received_at_id=queries.counter_of(competent).id,
        applicant_id=draft.party_id or actor.party_id,
        agent_id=actor.party_id if draft.party_id not in (None, actor.party_id) else None,
        applicant_name=(applicant.name or actor.name)[:200],
        submitted_by=_present(actor.id),
        key=f"draft:{draft.id}",
        answers=values,
        contact={
            "phone": applicant.phone,
            "email": applicant.email,
            "address": address_shown(applicant.address) if applicant.address else "",
            "result_address": _shown(by_role(form, values, "result.address")),
        },
        form_version_id=draft.form_version_id,
        component_case=str(by_role(form, values, "case") or "")[:300],
        components=components,
        loose_files=loose,
        delivery=delivery if delivery in Delivery.values else Delivery.COUNTER,
        fee=door.fee_of(procedure.method(Channel.ONLINE)),
    )


def _shown(address: Any) -> str:
    return address_shown(address) if isinstance(address, Mapping) else ""


def _component(paper: Paper, files: tuple[FileIn, ...]) -> ComponentIn:
    return ComponentIn(paper.key, paper.name[:1000], paper.originals, paper.copies, files)


def _present(key: UUID | None) -> UUID:
    if key is None:
        raise NotFound("This draft is not there any more. Please begin again.")
    return key


def forget_expired(now: datetime) -> int:
    """Deletes drafts whose time is over. Returns how many."""
    deleted, _ = Draft.objects.filter(dossier__isnull=True, expires_at__lte=now).delete()
    return deleted
