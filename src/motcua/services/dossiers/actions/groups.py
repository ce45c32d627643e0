"""Linked procedures: submitting a group once, beginning its parts in their turn, taking it back (ND118 Đ20, Đ28).

Each part is a dossier of its own, with its own agency, status and due date, and lives by the same actions as any other.
A group only says which parts belong together, who leads, and which begin when others have ended. What follows from the
end of a part is done by ``advance`` (a job behind the ledger), so that no officer's action waits for another agency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError

from motcua.engines.ledger.actor import SYSTEM, Actor
from motcua.engines.ledger.prepared import load
from motcua.engines.ledger.work import Work, begin
from motcua.engines.organisations.queries import directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotFound
from motcua.foundation.identifiers import build_dossier_code
from motcua.services.dossiers.actions.common import lock, record
from motcua.services.dossiers.actions.submit import ComponentIn, FileIn, Submission, add_files, submit
from motcua.services.dossiers.models import (
    Dossier,
    DossierComponent,
    DossierFile,
    DossierGroup,
    Dropped,
    FileKind,
    GroupMember,
    WaitingFile,
    Way,
)
from motcua.services.dossiers.rules import ENDED, ONLINE_CHANNELS
from motcua.services.dossiers.together.groups import Offer, Part, State, members_of, state_of, waits_for
from motcua.services.procedures.queries import version

BASIS: Final = "ND118 Đ20"
_ENDED_STATES: Final = frozenset({"done", "failed", "dropped"})


@dataclass(frozen=True, kw_only=True)
class GroupSubmission:
    """What a group begins with: one submission per part that was chosen, by the key of the part, the lead's among
    them. ``key`` makes a repetition harmless."""

    offer: Offer
    channel: str
    received_at_id: UUID
    applicant_id: UUID | None
    key: str
    submissions: Mapping[str, Submission]

    @property
    def way(self) -> str:
        """Electronically to all agencies at once, on paper through the lead one after the other (ND118 Đ20.1)."""
        return Way.PARALLEL if self.channel in ONLINE_CHANNELS else Way.SEQUENCE


def submit_group(work: Work, given: GroupSubmission) -> DossierGroup:
    """Makes the group and the dossiers of all parts that need not wait. The group's code carries the receiving
    counter's identifier, online the portal's or, where none is set, the lead's (ND118 Đ28).

    Raises ``Refused`` when a procedure cannot be submitted this way; ``Invalid`` without the lead's part, or one that
    may not be left out.
    """
    parts = [part for part, _ in given.offer.parts]
    chosen = [part for part in parts if part.key in given.submissions]
    left_out = [part.key for part in parts if part.key not in given.submissions and not part.optional]
    if left_out or len(chosen) < 2:
        raise Invalid(fields={"parts": ["Choose at least two parts, with all that cannot be left out."]})
    lead = given.submissions[parts[0].key].competent_id
    group = DossierGroup(
        definition_id=given.offer.key,
        code=_code(work, given, lead),
        way=given.way,
        received_at_id=given.received_at_id,
        lead_id=lead,
        applicant_id=given.applicant_id,
        submitted_at=work.now,
        submission_key=given.key,
    )
    work.add(group)
    keys = [part.key for part in chosen]
    told = []
    for position, part in enumerate(chosen):
        submission = replace(given.submissions[part.key], lead_id=lead, linked=True)
        after = waits_for(parts, parts.index(part), on_paper=given.way == Way.SEQUENCE, chosen=keys)
        member = _member(group, part, position, submission, after, keys)
        if not after:
            member.dossier = submit(work, replace(submission, key=_part_key(group, part.key)))
        work.add(member)
        if after:
            work.add(*(WaitingFile(member=member, blob_id=sha256) for sha256 in _hashes(submission)))
        told.append(_told(member))
    work.record(
        group.pk,
        "group.submitted",
        {
            "code": group.code,
            "definition": given.offer.key,
            "way": str(group.way),
            "received_at": str(group.received_at_id),
            "lead": str(lead),
            "parts": told,
            "basis": BASIS,
        },
        first=True,
    )
    return group


def _code(work: Work, given: GroupSubmission, lead: UUID) -> str:
    units = directory()
    own = units.unit(given.received_at_id if given.way == Way.SEQUENCE else lead).code
    agency = settings.PORTAL_IDENTIFIER or own if given.way == Way.PARALLEL else own
    day = work.now.astimezone(VIETNAM).date()
    return build_dossier_code(agency, day, work.next_number(agency, day))


def _part_key(group: DossierGroup, key: str) -> str:
    return f"group:{group.pk}:{key}"[:120]


def _member(
    group: DossierGroup, part: Part, position: int, submission: Submission, after: list[str], keys: Sequence[str]
) -> GroupMember:
    return GroupMember(
        group=group,
        key=part.key,
        position=position,
        procedure_version_id=submission.procedure.id,
        unit_id=submission.competent_id,
        after=after,
        needs=[key for key in part.needs if key in keys],
        before_signing=[key for key in part.before_signing if key in keys],
        submission=as_json(submission) if after else {},
    )


def _hashes(submission: Submission) -> list[str]:
    """The files of a submission, each once."""
    files = [*submission.loose_files, *(file for component in submission.components for file in component.files)]
    return list(dict.fromkeys(file.sha256 for file in files))


def _told(member: GroupMember) -> dict[str, Any]:
    return {
        "key": member.key,
        "unit": str(member.unit_id),
        "version": str(member.procedure_version_id),
        "dossier": str(member.dossier_id) if member.dossier_id else None,
        "after": member.after,
    }


def submit_group_once(actor: Actor, given: GroupSubmission) -> tuple[DossierGroup, bool]:
    """Submits, or finds what the same key has submitted before. Returns the group and whether it is new."""
    try:
        with begin(actor) as work:
            return submit_group(work, given), True
    except IntegrityError as error:
        before = DossierGroup.objects.select_related("definition").filter(submission_key=given.key).first()
        if before is None:
            raise
        if not _is_repetition(before, given):
            raise Conflict(
                "This key was already used for another submission. Please use a new key.", code="key_reused"
            ) from error
        return before, False


def _is_repetition(before: DossierGroup, given: GroupSubmission) -> bool:
    """Whether the same was submitted before: by the lead's dossier, which every group begins with."""
    lead = Dossier.objects.get(membership__group=before, membership__position=0)
    wanted = given.submissions[given.offer.parts[0][0].key]
    same = (lead.submitted_by, lead.submission_digest) == (wanted.submitted_by, wanted.digest)
    return same and before.definition_id == given.offer.key


_PLAIN: Final = (
    "channel", "applicant_name", "answers", "contact", "component_case", "delivery", "sets", "fee", "extra",
)  # fmt: skip
_KEYS: Final = (
    "competent_id", "received_at_id", "applicant_id", "submitted_by", "form_version_id", "agent_id", "lead_id",
)  # fmt: skip


def as_json(submission: Submission) -> dict[str, Any]:
    """A submission as it is kept until its part begins; ``from_json`` reads it back."""
    return {
        **{name: getattr(submission, name) for name in _PLAIN},
        **{name: str(value) if (value := getattr(submission, name)) else None for name in _KEYS},
        "version": str(submission.procedure.id),
        "components": [asdict(component) for component in submission.components],
        "loose_files": [asdict(file) for file in submission.loose_files],
    }


def from_json(data: Mapping[str, Any], *, key: str) -> Submission:
    """The submission that ``as_json`` kept, under its key."""
    keys: dict[str, Any] = {name: UUID(data[name]) if data[name] else None for name in _KEYS}
    return Submission(
        procedure=version(UUID(data["version"])),
        key=key,
        linked=True,
        components=[
            ComponentIn(**{**component, "files": tuple(FileIn(**file) for file in component["files"])})
            for component in data["components"]
        ],
        loose_files=[FileIn(**file) for file in data["loose_files"]],
        **{name: data[name] for name in _PLAIN},
        **keys,
    )


# -- what follows from the end of a part -------------------------------------------------------------------------------


def advance(group_id: UUID) -> DossierGroup:
    """Begins the parts whose turn has come, with the results they need as components; drops those that can never be
    done; hands a result to the part whose signing it holds up; closes the group. Done by the system; a second run
    changes nothing. Raises ``NotFound``.

    A part that lost a result it needs is dropped; when that result comes after all (a dossier taken up again), the part
    is taken up again too. On paper a part that merely comes later goes on whatever became of the one before it.
    """
    with begin(SYSTEM) as work:
        group = locked_group(group_id)
        members = members_of(group_id)
        states = {member.key: state_of(member, member.dossier) for member in members}
        begun, dropped, revived = [], [], []
        for member in members:
            if member.dossier_id is not None:
                continue
            needed = {states[key] for key in member.needs}
            if member.drop_reason == Dropped.PREREQUISITE and not needed & {"failed", "dropped"}:
                set_dropped(work, member, "")
                states[member.key] = "waiting"
                revived.append(member.key)
            if states[member.key] != "waiting":
                continue
            if needed & {"failed", "dropped"}:
                set_dropped(work, member, Dropped.PREREQUISITE)
                states[member.key] = "dropped"
                dropped.append(member.key)
            elif all(states[key] in _ENDED_STATES for key in member.after):
                _begin(work, group, member, members)
                states[member.key] = "running"
                begun.append(_told(member))
        handed = _hand_results(work, members, states)
        closed = _settle_end(work, group, members, states)
        data = {"begun": begun, "dropped": dropped, "revived": revived, "handed": handed, "closed": closed}
        if any(data.values()):
            work.record(group.pk, "group.advanced", {**data, "basis": BASIS})
    return group


def locked_group(group_id: UUID) -> DossierGroup:
    """The group, locked until the end of the transaction. Raises ``NotFound``."""
    found = load(DossierGroup, "WHERE id = %s FOR UPDATE", (group_id,))
    if not found:
        raise NotFound("There is no such dossier, or it is not yours to see.")
    return found[0]


def set_dropped(work: Work, member: GroupMember, reason: str) -> None:
    """Notes why a part will not be done; without a reason that it will be after all."""
    member.dropped_at, member.drop_reason = (work.now if reason else None), reason
    work.change(member, "dropped_at", "drop_reason")


def _begin(work: Work, group: DossierGroup, member: GroupMember, members: Sequence[GroupMember]) -> None:
    """The part's dossier, with the results of the parts it waited for among its components; for the agencies that are
    the part's and the group's now, which a reorganisation may have moved while it waited."""
    kept = from_json(member.submission, key=_part_key(group, member.key))
    submission = replace(kept, competent_id=member.unit_id, lead_id=group.lead_id)
    before = [
        one for one in members if one.key in (*member.after, *member.needs) and state_of(one, one.dossier) == "done"
    ]
    results = [component for one in before if (component := _as_component(one)) is not None]
    member.dossier = submit(work, replace(submission, components=[*submission.components, *results]), promised=True)
    work.change(member, "dossier")


def _as_component(member: GroupMember) -> ComponentIn | None:
    """The result of a part, as a component of another."""
    dossier = member.dossier
    result = getattr(dossier, "result", None)
    if dossier is None or result is None:
        return None
    name = f"{result.name} {result.number}".strip() + f" ({dossier.code})"
    files = DossierFile.objects.filter(dossier=dossier, kind=FileKind.RESULT).order_by("added_at", "id")
    return ComponentIn(
        key=_component_key(member), name=name, files=tuple(FileIn(file.blob_id, file.name) for file in files)
    )


def _component_key(member: GroupMember) -> str:
    return f"result-{member.key}"[:60]


def _hand_results(work: Work, members: Sequence[GroupMember], states: Mapping[str, State]) -> list[str]:
    """Puts the result of a part into the dossier whose signing it holds up (the tax notice into the land dossier)."""
    handed = []
    for member in members:
        component = _as_component(member) if member.before_signing and states[member.key] == "done" else None
        if component is None:
            continue
        for target in members:
            if target.key in member.before_signing and target.dossier is not None and _open(target.dossier):
                if target.dossier.components.filter(key=component.key).exists():
                    continue
                _hand(work, lock(SYSTEM, target.dossier.pk), component)
                handed.append(target.key)
    return handed


def _open(dossier: Dossier) -> bool:
    return dossier.case.closed_at is None and dossier.finished_at is None


def _hand(work: Work, dossier: Dossier, given: ComponentIn) -> None:
    component = DossierComponent(
        dossier=dossier, key=given.key, name=given.name[:1000], position=dossier.components.count()
    )
    work.add(component)
    add_files(work, dossier, given.files, FileKind.WORKING, component=component)
    data = {"component": given.key, "files": [file.sha256 for file in given.files], "basis": BASIS}
    record(work, dossier, "dossier.linked_result", data)


def _settle_end(work: Work, group: DossierGroup, members: Sequence[GroupMember], states: Mapping[str, State]) -> bool:
    """Closes a group whose parts have all ended, opens one again whose part was taken up again. Whether it closed."""
    ended = all(
        states[member.key] == "dropped" if member.dossier is None else member.dossier.status in ENDED
        for member in members
    )
    if ended and group.closed_at is None:
        group.closed_at = work.now
        work.change(group, "closed_at")
        return True
    if not ended and group.closed_at is not None:
        group.closed_at = None
        work.change(group, "closed_at")
    return False
