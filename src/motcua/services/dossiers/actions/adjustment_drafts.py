"""Changing a submitted dossier in its own form: a draft that begins with what was submitted (ND118 Đ21)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from motcua.engines.files.models import Upload
from motcua.engines.forms import Form, validate
from motcua.engines.forms.summary import address_shown, applicant_of, attached, by_role
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotFound, Refused
from motcua.foundation.keys import new_id
from motcua.services.dossiers import door
from motcua.services.dossiers.actions.adjusting import ADJUSTABLE, OWN, adjust
from motcua.services.dossiers.actions.common import is_applicant, lock
from motcua.services.dossiers.actions.drafts import _locked, _owner, expiry, form_of
from motcua.services.dossiers.actions.submit import FileIn
from motcua.services.dossiers.models import Adjustment, Delivery, Dossier, DossierFile, Draft
from motcua.services.procedures.forms import kept_form, papers_of
from motcua.services.procedures.queries import version


def adjustable(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor may change the dossier now: theirs, filled in on line, not decided."""
    return (
        bool(dossier.answers)
        and dossier.status in ADJUSTABLE
        and dossier.case.closed_at is None
        and is_applicant(actor, dossier)
    )


def begin_adjustment(actor: Actor, dossier: Dossier) -> Draft:
    """A draft with the answers and files of a dossier, or the one that was begun before.

    Raises ``NotAllowed`` for visitors, ``Refused`` when the dossier can't be changed any more.
    """
    owner = _owner(actor)
    if not adjustable(actor, dossier):
        raise Refused("The dossier can't be changed any more: the decision has been made.")
    begun = Draft.objects.filter(owner=owner, adjusts=dossier, dossier__isnull=True, expires_at__gt=clock.now())
    if (found := begun.order_by("-saved_at").first()) is not None:
        return found
    form = kept_form(version(dossier.procedure_version_id), dossier.form_version_id)
    now = clock.now()
    with begin(actor) as work:
        draft = Draft(
            id=new_id(),
            owner_id=owner,
            party_id=actor.party_id,
            procedure_version_id=dossier.procedure_version_id,
            form_version_id=dossier.form_version_id,
            competent_id=dossier.competent_id,
            answers=dossier.answers,
            started_at=now,
            saved_at=now,
            expires_at=expiry(now),
            adjusts=dossier,
        )
        work.add(draft, *_uploads_again(dossier, form, owner, draft))
    return draft


def submit_adjustment(actor: Actor, draft_id: UUID) -> tuple[Dossier, Adjustment | None]:
    """Validates the draft and puts it in place of what was submitted. None: nothing was different.

    Raises ``Invalid`` with the fields that need an answer; ``NotFound``; ``Conflict`` once the decision is made.
    """
    with begin(actor) as work:
        draft = _locked(actor, draft_id)
        if draft.adjusts_id is None:
            raise NotFound("This draft is not there any more. Please begin again.")
        form = form_of(draft)
        uploads = door.uploads_named(actor, form, draft.answers)
        result = validate(form, draft.answers, files=door.facts_of(uploads))
        if not result.ok:
            raise Invalid(fields=result.fields())
        dossier = lock(actor, draft.adjusts_id)
        values = result.values
        if str(by_role(form, values, "case") or "")[:300] != dossier.component_case:
            raise Conflict("Another case needs other papers. Please withdraw this dossier and submit a new one.")
        delivery = by_role(form, values, "result.delivery")
        procedure = version(draft.procedure_version_id)
        papers = papers_of(form) | {paper.key: paper for paper in procedure.papers}
        made = adjust(
            work,
            dossier,
            answers=values,
            files=_by_component(form, values, uploads, papers),
            delivery=delivery if delivery in Delivery.values else "",
            contact=_contact(form, values, dossier),
            names={key: paper.name for key, paper in papers.items()},
        )
        work.remove(draft)
    return dossier, made


def _uploads_again(dossier: Dossier, form: Form, owner: UUID, draft: Draft) -> list[Upload]:
    """The files of the dossier under the keys that its answers name, for those keys that have expired."""
    named = [(component, key) for _path, component, keys in attached(form, dossier.answers) for key in keys]
    there = set(Upload.objects.filter(pk__in=[k for _c, k in named], owner=owner).values_list("pk", flat=True))
    Upload.objects.filter(pk__in=there).update(expires_at=draft.expires_at)
    by_component: dict[str, list[DossierFile]] = {}
    rows = DossierFile.objects.filter(dossier=dossier, kind__in=OWN).select_related("component")
    for row in rows.order_by("added_at", "id"):
        by_component.setdefault(row.component.key if row.component else "", []).append(row)
    again = []
    for component, text in named:
        key = door.as_key(text)
        files = by_component.get(component) or by_component.get("") or []
        if key is None or not files:
            continue
        row = files.pop(0)
        if key not in there:
            again.append(
                Upload(
                    id=key,
                    blob_id=row.blob_id,
                    name=row.name,
                    owner=owner,
                    at=draft.started_at,
                    expires_at=draft.expires_at,
                )
            )
    return again


def _by_component(
    form: Form, values: Mapping[str, Any], uploads: Mapping[UUID, door.OwnUpload], papers: Mapping[str, Any]
) -> dict[str, list[FileIn]]:
    found: dict[str, list[FileIn]] = {}
    for _path, component, keys in attached(form, values):
        place = found.setdefault(component if component in papers else "", [])
        place.extend(uploads[UUID(key)].file for key in keys)
    return found


def _contact(form: Form, values: Mapping[str, Any], dossier: Dossier) -> dict[str, str]:
    """How to reach the applicant, by what the form says now; what it does not ask stays."""
    applicant = applicant_of(form, values)
    address = by_role(form, values, "result.address")
    given = {
        "phone": applicant.phone,
        "email": applicant.email,
        "address": address_shown(applicant.address) if applicant.address else "",
        "result_address": address_shown(address) if isinstance(address, Mapping) else "",
    }
    return {**dossier.contact, **{key: said for key, said in given.items() if said or key in dossier.contact}}
