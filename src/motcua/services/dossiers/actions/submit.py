"""Submitting: from answers to a case with a code, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import Case, Stage
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.parts import begin_parts, parts
from motcua.engines.ledger.work import Work, begin
from motcua.engines.organisations.queries import directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Refused
from motcua.foundation.identifiers import build_dossier_code
from motcua.foundation.keys import new_id
from motcua.services.dossiers import policies
from motcua.services.dossiers.actions.common import record
from motcua.services.dossiers.actions.flow import step_due
from motcua.services.dossiers.models import Delivery, Dossier, DossierComponent, DossierFile, FileKind
from motcua.services.dossiers.reorganising.facts import facts_for
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.queries import closed


@dataclass(frozen=True, slots=True)
class FileIn:
    """A file that is already in the store."""

    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class ComponentIn:
    """A component as handed in. Counts are of paper originals, plain and certified copies; files are scans or
    photographs."""

    key: str
    name: str
    originals: int = 0
    copies: int = 0
    files: tuple[FileIn, ...] = ()
    certified: int = 0


@dataclass(frozen=True, kw_only=True)
class Submission:
    """Everything that a dossier begins with; already validated at the door. ``lead_id`` and ``linked``: the leading
    agency where it is a part of a group of linked procedures.

    ``key`` makes a repeated submission harmless: the same key gives the same dossier. ``digest`` tells whether a
    repetition says the same. ``agent_id``: who submits with the applicant's mandate. ``extra``: what else the event
    says (who helped, how the answers were confirmed); no personal data.
    """

    procedure: ProcedureData
    channel: str
    competent_id: UUID
    received_at_id: UUID
    applicant_id: UUID | None
    applicant_name: str
    submitted_by: UUID
    key: str
    answers: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    form_version_id: UUID | None = None
    component_case: str = ""
    components: Sequence[ComponentIn] = ()
    loose_files: Sequence[FileIn] = ()
    delivery: str = Delivery.COUNTER
    sets: int = 1
    fee: int = 0
    digest: str = ""
    id: UUID | None = None
    agent_id: UUID | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    lead_id: UUID | None = None
    linked: bool = False


def submit(work: Work, submission: Submission, *, promised: bool = False) -> Dossier:
    """Makes the dossier, its case and the counter's first task; the code carries the competent agency (ND118 Đ28).

    ``promised``: a part of a group that was submitted before and whose turn has come; it goes on as running dossiers do
    though its procedure was suspended since. Raises ``Refused`` when the procedure is suspended, or not taken over this
    channel.
    """
    if not promised and submission.procedure.procedure_id in closed():
        raise Refused("This procedure is suspended. Please ask at the one-stop counter.")
    if submission.procedure.method(submission.channel) is None and submission.procedure.methods:
        raise Refused("This procedure can't be submitted this way. Please choose another way to submit.")
    submission = _to_successors(submission)
    competent = directory().unit(submission.competent_id)
    day = work.now.astimezone(VIETNAM).date()
    number = work.next_number(competent.code, day)
    key = submission.id or new_id()
    case = Case(id=key, service="dossier", opened_at=work.now, holder_id=submission.received_at_id)
    case.begin_empty()
    dossier = Dossier(
        case=case,
        code=build_dossier_code(competent.code, day, number),
        procedure_version_id=submission.procedure.id,
        procedure_code=submission.procedure.code,
        channel=submission.channel,
        received_at_id=submission.received_at_id,
        competent_id=submission.competent_id,
        lead_id=submission.lead_id or submission.competent_id,
        linked=submission.linked,
        applicant_id=submission.applicant_id,
        agent_id=submission.agent_id,
        applicant_name=submission.applicant_name,
        submitted_by=submission.submitted_by,
        form_version_id=submission.form_version_id,
        answers=submission.answers,
        contact=submission.contact,
        component_case=submission.component_case,
        delivery=submission.delivery,
        fee=submission.fee,
        sets=submission.sets,
        submitted_at=work.now,
        submission_key=submission.key,
        submission_digest=submission.digest,
    )
    begin_parts(dossier)
    work.add(case, dossier)
    files = _add_papers(work, dossier, submission)
    cases.open_task(
        work,
        case,
        step="intake",
        name="Tiếp nhận hồ sơ",
        stage=Stage.INTAKE,
        unit_id=submission.received_at_id,
        due_at=intake_due(submission.received_at_id, work.now),
    )
    record(
        work,
        dossier,
        "dossier.submitted",
        {
            "code": dossier.code,
            "status": [0, dossier.status],
            "procedure": submission.procedure.code,
            "version": submission.procedure.number,
            "channel": dossier.channel,
            "received_at": str(dossier.received_at_id),
            "competent": str(dossier.competent_id),
            "files": files,
            **submission.extra,
        },
        first=True,
    )
    return dossier


def _to_successors(submission: Submission) -> Submission:
    """What is addressed to a unit that is no more goes to who has its work now."""
    units = directory()
    named = {
        name: units.unit(key)
        for name in ("competent_id", "received_at_id", "lead_id")
        if (key := getattr(submission, name)) is not None
    }
    if all(unit.current for unit in named.values()):
        return submission
    key = submission.id or new_id()
    facts = cache(partial(facts_for, key, submission.applicant_id, submission.procedure.id))
    moved: dict[str, Any] = {name: units.heir(unit, facts).id for name, unit in named.items()}
    return replace(submission, id=key, **moved)


def intake_due(unit_id: UUID, moment: datetime) -> datetime | None:
    """Until when the counter accepts or answers: 8 working hours (ND118 Đ17.2)."""
    return step_due(unit_id, moment, policies.number("intake_hours", moment), None)


def _add_papers(work: Work, dossier: Dossier, submission: Submission) -> list[str]:
    """Adds components and files. Returns the files' hashes, which the ledger keeps."""
    hashes: list[str] = []

    def add(files: Sequence[FileIn], component: DossierComponent | None) -> None:
        rows = add_files(work, dossier, files, FileKind.SUBMITTED, component=component, by=submission.submitted_by)
        hashes.extend(row.blob_id for row in rows)

    for position, given in enumerate(submission.components):
        component = DossierComponent(
            dossier=dossier,
            key=given.key,
            name=given.name,
            originals=given.originals,
            certified=given.certified,
            copies=given.copies,
            position=position,
        )
        work.add(component)
        parts(dossier, "components").append(component)
        add(given.files, component)
    add(submission.loose_files, None)
    return hashes


def add_files(
    work: Work,
    dossier: Dossier,
    files: Sequence[FileIn],
    kind: str,
    *,
    component: DossierComponent | None = None,
    by: UUID | None = None,
) -> list[DossierFile]:
    """Puts files into the dossier, to a component or loose. ``by``: who handed them in, the actor unless said."""
    rows = [
        DossierFile(
            dossier=dossier,
            component=component,
            kind=kind,
            blob_id=file.sha256,
            name=file.name,
            added_at=work.now,
            added_by=by or work.actor.id,
        )
        for file in files
    ]
    work.add(*rows)
    return rows


def submit_once(actor: Actor, submission: Submission) -> tuple[Dossier, bool]:
    """Submits, or finds what the same key has submitted before. Returns the dossier and whether it is new.

    Raises ``Conflict`` when the key was used for something else.
    """
    try:
        with begin(actor) as work:
            return submit(work, submission), True
    except IntegrityError as error:
        before = Dossier.objects.select_related("case").filter(submission_key=submission.key).first()
        if before is None:
            raise
        if before.submitted_by != submission.submitted_by or before.submission_digest != submission.digest:
            raise Conflict(
                "This key was already used for another submission. Please use a new key.", code="key_reused"
            ) from error
        return before, False
