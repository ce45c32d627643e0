"""Điều chỉnh: the applicant changes answers and files online until the decision is made (ND118 Đ21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation.errors import Conflict, Invalid, NotAllowed
from motcua.services.dossiers.actions.common import Action, record, require_applicant
from motcua.services.dossiers.actions.submit import FileIn, add_files
from motcua.services.dossiers.models import (
    Adjustment,
    Delivery,
    Dossier,
    DossierComponent,
    DossierFile,
    FileKind,
)
from motcua.services.dossiers.rules import STOP_BASIS, Status

ADJUSTABLE: Final = frozenset({Status.NEW, Status.ACCEPTED, Status.PROCESSING, Status.SUPPLEMENT, Status.PAYMENT})
"""Until the decision."""

OWN: Final = (FileKind.SUBMITTED, FileKind.SUPPLEMENT)


@Action
def adjust(
    work: Work,
    dossier: Dossier,
    *,
    answers: Mapping[str, Any],
    files: Mapping[str, Sequence[FileIn]] | None = None,
    delivery: str = "",
    contact: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> Adjustment | None:
    """Puts new answers (already validated by the form) and files in place of the old, which are kept.

    ``files``: all that shall be in the dossier, by component key (empty: loose); None leaves them as they are.
    ``names``: names of components that were not there before. The ledger says which fields changed, not what they say.
    Components whose files changed are to be checked again. Returns None when nothing is different.
    Raises ``NotAllowed`` for all but the applicant; ``Conflict`` once the decision is made; ``Invalid``.
    """
    require_applicant(work.actor, dossier)
    if work.actor.id is None:
        raise NotAllowed("Only the applicant can do this.")
    if dossier.status not in ADJUSTABLE or dossier.finished_at is not None:
        raise Conflict("The dossier can't be changed any more: the decision has been made.")
    if delivery and delivery not in Delivery.values:
        raise Invalid(fields={"delivery": ["Choose how the result is to reach you."]})
    keys = {key for key in {*dossier.answers, *answers} if dossier.answers.get(key) != answers.get(key)}
    before = {key: dossier.answers.get(key) for key in sorted(keys)}
    after = {key: answers.get(key) for key in sorted(keys)}
    if delivery and delivery != dossier.delivery:
        before["_delivery"], after["_delivery"] = dossier.delivery, delivery
        dossier.delivery = delivery
        work.change(dossier, "delivery")
    if contact is not None and dict(contact) != dossier.contact:
        before["_contact"], after["_contact"] = dossier.contact, dict(contact)
        dossier.contact = dict(contact)
        work.change(dossier, "contact")
    changed, touched = _exchange(work, dossier, files, names or {}) if files is not None else ({}, [])
    if not before and not changed:
        return None
    row = Adjustment(
        dossier=dossier,
        number=len(parts(dossier, "adjustments")) + 1,
        at=work.now,
        by=work.actor.id,
        before=before,
        after=after,
        files=changed,
    )
    work.add(row)
    parts(dossier, "adjustments").append(row)
    if keys:
        dossier.answers = dict(answers)
        work.change(dossier, "answers")
    record(
        work,
        dossier,
        "dossier.adjusted",
        {
            "number": row.number,
            "fields": [key for key in before if not key.startswith("_")],
            "files_added": changed.get("added_sha", []),
            "files_removed": changed.get("removed_sha", []),
            "components": touched,
            "basis": STOP_BASIS,
        },
    )
    return row


@Action
def note_adjustments(work: Work, dossier: Dossier) -> int:
    """The officer who has the dossier has read what the applicant changed. Returns how many changes that were.

    Raises ``NotAllowed``; ``Conflict`` when there is nothing unread.
    """
    if not has_in_hand(work.actor, dossier):
        raise NotAllowed("You may not do this. Please ask the unit that holds the dossier.")
    rows = unread(dossier)
    if not rows:
        raise Conflict("There is nothing that you have not read.")
    for row in rows:
        row.seen_at, row.seen_by = work.now, work.actor.id
        work.change(row, "seen_at", "seen_by")
    record(work, dossier, "dossier.adjustments_read", {"numbers": [row.number for row in rows]})
    return len(rows)


def unread(dossier: Dossier) -> list[Adjustment]:
    """What the applicant changed and no officer has said to have read."""
    rows: list[Adjustment] = parts(dossier, "adjustments")
    return [row for row in rows if row.seen_at is None]


def has_in_hand(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor may do one of the open steps."""
    units = directory()
    return any(
        actor.may(STAGE_PERMISSION[task.stage], units.unit(task.unit_id).path) for task in dossier.case.open_tasks
    )


def _exchange(
    work: Work, dossier: Dossier, files: Mapping[str, Sequence[FileIn]], names: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Sets aside what was taken out, adds what is new. Returns what changed and the components it concerns."""
    components: dict[str, DossierComponent] = {row.key: row for row in parts(dossier, "components")}
    keys = {row.id: row.key for row in components.values()}
    held = [row for row in parts(dossier, "files") if row.kind in OWN]
    wanted = {(key, file.sha256) for key, given in files.items() for file in given}
    there = {(keys.get(row.component_id, ""), row.blob_id) for row in held}
    removed = [row for row in held if (keys.get(row.component_id, ""), row.blob_id) not in wanted]
    added: list[DossierFile] = []
    for key, given in files.items():
        for file in given:
            if (key, file.sha256) in there:
                continue
            if key and key not in components:
                components[key] = _new_component(work, dossier, key, names.get(key, key), len(components))
            (row,) = add_files(work, dossier, [file], FileKind.SUBMITTED, component=components.get(key))
            parts(dossier, "files").append(row)
            added.append(row)
    for row in removed:
        row.kind = FileKind.REPLACED
        work.change(row, "kind")
    if not added and not removed:
        return {}, []
    touched: set[UUID] = {row.component_id for row in (*added, *removed) if row.component_id}
    for component in components.values():
        if component.id in touched and component.verdict:
            component.verdict = ""
            work.change(component, "verdict")
    return {
        "added": [row.name for row in added],
        "removed": [row.name for row in removed],
        "added_sha": [row.blob_id for row in added],
        "removed_sha": [row.blob_id for row in removed],
    }, [component.key for component in components.values() if component.id in touched]


def _new_component(work: Work, dossier: Dossier, key: str, name: str, position: int) -> DossierComponent:
    component = DossierComponent(dossier=dossier, key=key[:60], name=name[:1000], position=position)
    work.add(component)
    parts(dossier, "components").append(component)
    return component
