"""Filling in linked procedures: a draft per part, what is asked in several asked once, all submitted at once.

Each part keeps its own form, so that a dossier has exactly the answers that its agency asks for. What the lead's form
asks too (who applies, how to reach them, how the result comes) is copied from there into the parts; pages on which
nothing else stands are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from motcua.engines.forms import Form, Group, Result, validate
from motcua.engines.forms.drafts import draft as kept_answers
from motcua.engines.forms.prefill import filled_in
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.prepared import load
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, NotAllowed, NotFound, Refused
from motcua.foundation.keys import new_id
from motcua.services.dossiers import door
from motcua.services.dossiers.actions import drafts
from motcua.services.dossiers.actions.groups import GroupSubmission, submit_group
from motcua.services.dossiers.models import Channel, DossierGroup, Draft, GroupDraft, GroupDraftPart
from motcua.services.dossiers.queries import counter_of
from motcua.services.dossiers.together import groups
from motcua.services.dossiers.together.groups import Offer, Part
from motcua.services.procedures.forms import chosen_form
from motcua.services.procedures.queries import current, version


@dataclass(frozen=True)
class Filled:
    """One part being filled in: its form, what is wrong in it still, and the pages that are asked."""

    part: Part
    draft: Draft
    form: Form
    result: Result
    pages: tuple[Group, ...]

    @property
    def ready(self) -> bool:
        return self.result.ok and self.draft.competent_id is not None


def begin_group_draft(actor: Actor, offer: Offer, *, ward_code: str, chosen: Sequence[str]) -> GroupDraft:
    """A new draft of a group, in place of one that the person has begun for it.

    Raises ``NotAllowed`` for visitors; ``Refused`` without a person, or where no agency is competent; ``Invalid``.
    """
    if actor.kind != "citizen" or actor.id is None:
        raise NotAllowed("Please sign in as a citizen to submit a dossier.")
    if actor.party_id is None:
        raise Refused("No person or organisation is connected with this account yet. Please ask at a counter.")
    parts = [part for part, _ in offer.parts if not part.optional or part.key in chosen]
    if len(parts) < 2:
        raise Invalid(fields={"parts": ["Choose at least two parts, with all that cannot be left out."]})
    units = _units(offer, parts, ward_code)
    for old in GroupDraft.objects.filter(owner=actor.id, definition=offer.key, group__isnull=True):
        _delete(old)
    now = clock.now()
    with begin(actor) as work:
        found = GroupDraft(
            id=new_id(), owner_id=actor.id, definition_id=offer.key, ward_code=ward_code[:10], started_at=now
        )
        work.add(found)
        for position, part in enumerate(parts):
            procedure = current(part.procedure)
            form, form_version_id = chosen_form(procedure)
            answers = kept_answers(form, {**filled_in({}, drafts.known_for(actor, form)), **part.preset})
            draft = Draft(
                id=new_id(),
                owner_id=actor.id,
                party_id=actor.party_id,
                procedure_version_id=procedure.id,
                form_version_id=form_version_id,
                competent_id=units[part.key],
                answers=answers,
                started_at=now,
                saved_at=now,
                expires_at=drafts.expiry(now),
            )
            work.add(draft)
            work.add(GroupDraftPart(group_draft=found, key=part.key, position=position, draft=draft))
    return found


def _units(offer: Offer, parts: Sequence[Part], ward_code: str) -> dict[str, UUID]:
    lead = groups.unit_of(offer.parts[0][0], None, ward_code or None)
    return {part.key: groups.unit_of(part, lead, ward_code or None).id for part in parts}


def own_group_drafts(actor: Actor, definition: str = "") -> list[GroupDraft]:
    """The groups that the person has begun and not submitted, newest first."""
    if actor.kind != "citizen" or actor.id is None:
        return []
    found = GroupDraft.objects.filter(owner=actor.id, group__isnull=True, parts__draft__expires_at__gt=clock.now())
    if definition:
        found = found.filter(definition=definition)
    return list(found.select_related("definition").distinct().order_by("-started_at")[:20])


def begun_by(actor: Actor) -> tuple[list[Draft], list[GroupDraft]]:
    """What the person has begun and not submitted, last saved first: single drafts, and groups; one query."""
    if actor.kind != "citizen" or actor.id is None:
        return [], []
    rows = Draft.objects.filter(owner=actor.id, dossier__isnull=True, expires_at__gt=clock.now())
    rows = rows.select_related("part__group_draft__definition").order_by("-saved_at")[: drafts.MOST_DRAFTS]
    alone: list[Draft] = []
    together: dict[UUID, GroupDraft] = {}
    for draft in rows:
        part = getattr(draft, "part", None)
        if part is None:
            alone.append(draft)
        elif part.group_draft.group_id is None:
            together.setdefault(part.group_draft_id, part.group_draft)
    return alone, list(together.values())


def own_group_draft(actor: Actor, key: UUID) -> GroupDraft:
    """The actor's draft of a group, submitted or not. Raises ``NotFound`` for anybody else's."""
    found = None
    if actor.kind == "citizen" and actor.id is not None:
        found = GroupDraft.objects.select_related("definition", "group").filter(pk=key, owner=actor.id).first()
    if found is None:
        raise NotFound("This draft is not there any more. Please begin again.")
    return found


def group_draft_of(draft: Draft) -> GroupDraft | None:
    """The group draft that a draft is a part of."""
    row = GroupDraftPart.objects.select_related("group_draft__group").filter(draft=draft).first()
    return row.group_draft if row is not None else None


def filled(actor: Actor, found: GroupDraft) -> list[Filled]:
    """The parts as they stand, what the lead's form answers copied into the others first."""
    rows = list(found.parts.select_related("draft").order_by("position"))
    if not rows:
        raise NotFound("This draft is not there any more. Please begin again.")
    definition = {part.key: part for part in groups.parts_of(found.definition.members)}
    lead = rows[0].draft
    lead_form = drafts.form_of(lead)
    whole = drafts.checked(actor, lead).ok
    told = []
    for row in rows:
        part, draft, form = definition.get(row.key, Part(row.key, "")), row.draft, drafts.form_of(row.draft)
        shared = shared_fields(part, lead_form, form) if row.position else {}
        draft = _copied(actor, draft, lead.answers, shared)
        result = drafts.checked(actor, draft)
        # what the lead leaves open is asked here, and stays in the list once it has been answered
        alone = _of_the_lead_alone(actor, draft, lead.answers, shared) if whole else result
        told.append(Filled(part, draft, form, result, asked_pages(form, alone, shared, show_wrong=whole)))
    return told


def shared_fields(part: Part, lead: Form, form: Form) -> dict[str, str]:
    """Field of the part's form → field of the lead's that asks the same: as the definition says, else the one with the
    same key, or the same role, and the same type."""
    by_role = {one.role: one for one in lead.fields.values() if one.role}
    found = {}
    for key, one in form.fields.items():
        if one.type == "file" or not one.has_value:
            continue
        twin = lead.fields.get(part.shared.get(key, key)) or (by_role.get(one.role) if one.role else None)
        if twin is not None and twin.type == one.type:
            found[key] = twin.key
    return found


def shared_answers(part: Part, lead: Form, answers: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """What the lead's answers say of a part's form."""
    return _taken_from(answers, shared_fields(part, lead, form))


def _taken_from(answers: Mapping[str, Any], shared: Mapping[str, str]) -> dict[str, Any]:
    return {key: answers[twin] for key, twin in shared.items() if _says_something(answers.get(twin))}


def _says_something(value: Any) -> bool:
    """Whether an answer holds anything: an address or a person of which nothing is written does not."""
    if isinstance(value, Mapping):
        return any(_says_something(each) for each in value.values())
    return value not in (None, "", [])


def _of_the_lead_alone(actor: Actor, draft: Draft, answers: Mapping[str, Any], shared: Mapping[str, str]) -> Result:
    """What is wrong in a part when nothing is said on what it shares but by the lead."""
    bare = copy(draft)
    rest = {key: value for key, value in draft.answers.items() if key not in shared}
    bare.answers = rest | _taken_from(answers, shared)
    return drafts.checked(actor, bare)


def _copied(actor: Actor, draft: Draft, answers: Mapping[str, Any], shared: Mapping[str, str]) -> Draft:
    """What the lead says goes before; what it does not ask of a person or a place stays as the part has it."""
    fresh = _taken_from(answers, shared)
    for key, value in fresh.items():
        held = draft.answers.get(key)
        if isinstance(value, Mapping) and isinstance(held, Mapping):
            fresh[key] = {**held, **value}
    if all(draft.answers.get(key) == value for key, value in fresh.items()):
        return draft
    return drafts.save(actor, draft.pk, fresh)


def asked_pages(form: Form, result: Result, shared: Mapping[str, str], *, show_wrong: bool) -> tuple[Group, ...]:
    """The pages that are asked: all that apply, but for those on which everything is shared. Where the lead's part is
    whole and something is still wrong on such a page, it is asked after all."""
    pages = []
    for group in form.groups:
        if f"group:{group.key}" in result.hidden:
            continue
        if not is_shared(group, shared) or (show_wrong and result.in_group(group.key)):
            pages.append(group)
    return tuple(pages)


def is_shared(group: Group, shared: Mapping[str, str]) -> bool:
    """Whether everything on a page is taken from the lead's form."""
    return all(one.key in shared for one in group.fields if one.has_value)


def discard_group_draft(actor: Actor, key: UUID) -> None:
    """Forgets a draft of a group with its parts."""
    found = own_group_draft(actor, key)
    if found.group_id is None:
        _delete(found)


def _delete(found: GroupDraft) -> None:
    Draft.objects.filter(part__group_draft=found, dossier__isnull=True).delete()
    found.delete()


def submit_group_draft(actor: Actor, key: UUID) -> tuple[DossierGroup, bool]:
    """Validates all parts and submits them together. A second click gets the same group (False: it was there already).

    Raises ``Invalid`` with the keys of the parts in which something is missing; ``NotFound``.
    """
    own_group_draft(actor, key)
    with begin(actor) as work:
        (locked,) = load(GroupDraft, "WHERE id = %s FOR UPDATE", (key,))
        if locked.group_id is not None:
            return DossierGroup.objects.select_related("definition").get(pk=locked.group_id), False
        parts = filled(actor, own_group_draft(actor, key))
        missing = {one.part.key: ["Something is still missing in this part."] for one in parts if not one.ready}
        if missing:
            raise Invalid(fields=missing)
        submissions = {one.part.key: _submission(actor, one) for one in parts}
        lead = directory().unit(submissions[parts[0].part.key].competent_id)
        given = GroupSubmission(
            offer=groups.offer(locked.definition_id),
            channel=Channel.ONLINE,
            received_at_id=counter_of(lead).id,
            applicant_id=actor.party_id,
            key=f"group-draft:{key}",
            submissions=submissions,
        )
        group = submit_group(work, given)
        locked.group = group
        work.change(locked, "group")
    return group, True


def _submission(actor: Actor, one: Filled) -> Any:
    procedure = version(one.draft.procedure_version_id)
    uploads = door.uploads_named(actor, one.form, one.draft.answers)
    result = validate(one.form, one.draft.answers, files=door.facts_of(uploads))
    made = drafts.submission_of(actor, one.draft, procedure, one.form, result.values, uploads)
    channel = groups.channel_of(procedure, Channel.ONLINE)
    return replace(made, channel=channel, fee=door.fee_of(procedure.method(channel)))


def forget_expired() -> int:
    """Deletes drafts of groups whose parts are gone. Returns how many."""
    deleted, _ = GroupDraft.objects.filter(group__isnull=True, parts__isnull=True).delete()
    return deleted
