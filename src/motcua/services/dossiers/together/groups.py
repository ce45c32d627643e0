"""Một cửa liên thông: what a group of linked procedures is (data), and what can be asked about one.

A definition names its parts; the first is the lead's. Each part says:

| key | meaning |
|---|---|
| ``key`` | its name within the group |
| ``procedure`` | code of the procedure |
| ``title``, ``title_en`` | the part in a few plain words |
| ``unit`` | how the agency is found: empty (by the procedure), ``lead``, ``superior`` (the unit above the lead's), ``field:`` and a field, ``code:`` and an identifier |
| ``after`` | on paper: keys of the parts that must have ended before it begins; left out: the part before it; ``[]``: at once |
| ``needs`` | keys of the parts without whose result it cannot be done, on paper or electronically |
| ``before_signing`` | keys of the parts that are not signed before this one has ended (land waits for the tax notice) |
| ``optional`` | the applicant may leave it out |
| ``shared`` | field of its form → field of the lead's form that asks the same under another name |
| ``preset`` | answers that follow from submitting in a group |
"""  # noqa: E501 - a table

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from uuid import UUID

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.prepared import fetch
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.engines.organisations.succession import Facts
from motcua.foundation.cache import Remembered
from motcua.foundation.errors import MotcuaError, NotFound
from motcua.foundation.text import fold
from motcua.services.dossiers.actions.flow import agency_of_field
from motcua.services.dossiers.models import Channel, Dossier, DossierGroup, GroupMember, LinkedGroup
from motcua.services.dossiers.queries import competent_unit, visible_to
from motcua.services.dossiers.rules import Status
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.queries import current, in_force

UNIT_WORDS = ("", "lead", "superior")
UNIT_PREFIXES = ("field:", "code:")
RESULTS = frozenset({Status.FINISHED, Status.RETURNED})
WITHOUT = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.STOPPED})
State = Literal["waiting", "running", "done", "failed", "dropped"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a definition; see the module."""

    key: str
    procedure: str
    title: str = ""
    title_en: str = ""
    unit: str = ""
    after: tuple[str, ...] | None = None
    needs: tuple[str, ...] = ()
    before_signing: tuple[str, ...] = ()
    optional: bool = False
    shared: Mapping[str, str] = field(default_factory=dict)
    preset: Mapping[str, Any] = field(default_factory=dict)

    def name(self, language: str = "vi") -> str:
        """The part in a few words."""
        return self.title if language.startswith("vi") or not self.title_en else self.title_en


def parts_of(members: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The parts of a definition as it is stored."""
    return tuple(
        Part(
            key=str(row.get("key", "")),
            procedure=str(row.get("procedure", "")),
            title=str(row.get("title", "")),
            title_en=str(row.get("title_en", "")),
            unit=str(row.get("unit", "")),
            after=tuple(row["after"]) if row.get("after") is not None else None,
            needs=tuple(row.get("needs", ())),
            before_signing=tuple(row.get("before_signing", ())),
            optional=bool(row.get("optional", False)),
            shared=dict(row.get("shared", {})),
            preset=dict(row.get("preset", {})),
        )
        for row in members
    )


def waits_for(parts: Sequence[Part], at: int, *, on_paper: bool, chosen: Iterable[str]) -> list[str]:
    """Keys of the parts that must have ended before the one at ``at`` begins (ND118 Đ20): on paper the parts before it
    in their order, electronically only those whose results it needs. Parts that were left out are waited for by nobody.
    """
    part = parts[at]
    wanted = dict.fromkeys(part.needs)
    if on_paper:
        before = [one.key for one in parts[:at] if one.key in set(chosen)]
        wanted |= dict.fromkeys(part.after if part.after is not None else before[-1:])
    return [key for key in wanted if key in set(chosen)]


def problems(parts: Sequence[Part], known: Mapping[str, Any] | None = None) -> list[tuple[str, str]]:
    """What is wrong with a definition, as (key of the part, message in plain words); empty when it can be used.
    ``known``: codes of the procedures in force."""
    found: list[tuple[str, str]] = []
    if len(parts) < 2:
        found.append(("", "A group has at least two procedures."))
    keys = [part.key for part in parts]
    optional = {part.key for part in parts if part.optional}
    codes = in_force()[1] if known is None else known
    for at, part in enumerate(parts):
        if not part.key or keys.count(part.key) > 1:
            found.append((part.key, "Each part needs a key of its own."))
        if part.procedure not in codes:
            found.append((part.key, "No procedure with this code is in force."))
        if part.unit not in UNIT_WORDS and not part.unit.startswith(UNIT_PREFIXES):
            found.append((part.key, "It is not clear which agency is meant."))
        if not {*part.needs, *(part.after or ())} <= set(keys[:at]):
            found.append((part.key, "It can only wait for parts before it."))
        if not set(part.before_signing) <= set(keys) - {part.key} or set(part.before_signing) & set(part.needs):
            found.append((part.key, "It cannot hold up the signing of a part that it needs, or of none."))
        if not part.optional and optional & set(part.needs):
            found.append((part.key, "It needs a part that may be left out."))
    if parts and (parts[0].optional or parts[0].unit in ("lead", "superior")):
        found.append((parts[0].key, "The first part is the lead's and cannot be left out."))
    return found


@cache
def shipped() -> tuple[Mapping[str, Any], ...]:
    """The groups that come with the house."""
    text = (files("motcua.services.dossiers") / "data" / "linked_groups.json").read_text(encoding="utf-8")
    return tuple(json.loads(text))


def load_shipped() -> int:
    """Adds the shipped groups that are not there yet; what an office has changed stays. Returns how many were added."""
    known = set(LinkedGroup.objects.values_list("key", flat=True))
    rows = [LinkedGroup(position=position, **row) for position, row in enumerate(shipped()) if row["key"] not in known]
    LinkedGroup.objects.bulk_create(rows)
    offers.forget()
    return len(rows)


@dataclass(frozen=True, slots=True)
class Offer:
    """A group that can be submitted today: its parts with their procedures, in order."""

    key: str
    name: str
    name_en: str
    basis: str
    life_event: str
    words: tuple[str, ...]
    parts: tuple[tuple[Part, UUID], ...]

    def title(self, language: str) -> str:
        return self.name if language.startswith("vi") or not self.name_en else self.name_en


def _load() -> tuple[Offer, ...]:
    _day, codes = in_force()
    found = []
    for row in LinkedGroup.objects.filter(active=True):
        parts = parts_of(row.members)
        if problems(parts, codes):
            continue
        words = tuple(fold(word.strip()) for word in row.keywords.split(";") if word.strip())
        found.append(
            Offer(
                row.key,
                row.name,
                row.name_en,
                row.basis,
                row.life_event,
                words,
                tuple((part, codes[part.procedure]) for part in parts),
            )
        )
    return tuple(found)


offers: Remembered[tuple[Offer, ...]] = Remembered(_load)
"""The groups that can be submitted, kept for some seconds: one whose procedures are not all in force is not offered."""


def offer(key: str) -> Offer:
    """Raises ``NotFound``."""
    for one in offers():
        if one.key == key:
            return one
    raise NotFound("There is no such group of procedures, or it is not offered any more.")


def offers_for(text: str) -> list[Offer]:
    """Groups that a search means: by people's words for the occasion, or by the code of one of their procedures."""
    sought = fold(text)
    if not sought.strip():
        return []
    return [
        one
        for one in offers()
        if any(word in sought for word in one.words)
        or fold(one.name) == sought
        or any(part.procedure == text.strip() for part, _ in one.parts)
    ]


def offers_with(code: str) -> list[Offer]:
    """The groups that a procedure is a part of."""
    return [one for one in offers() if any(part.procedure == code for part, _ in one.parts)]


def channel_of(procedure: ProcedureData, wanted: str) -> str:
    """The way in which one part goes: as the group was handed in, else the way that the procedure has; papers that a
    counter took go on electronically where the procedure is taken only so."""
    if not procedure.methods or procedure.method(wanted) is not None:
        return wanted
    for channel in (Channel.ONLINE, Channel.DIRECT, Channel.POSTAL):
        if procedure.method(channel) is not None:
            return str(channel)
    return wanted


def online(one: Offer) -> bool:
    """Whether all that must be done can be submitted online."""
    return all(
        part.optional or not procedure.methods or procedure.online
        for part, procedure in ((part, current(part.procedure)) for part, _ in one.parts)
    )


def needs_ward(one: Offer) -> bool:
    """Whether it must be said which ward or commune is meant."""
    return any(not part.unit and current(part.procedure).handled_level == "COMMUNE" for part, _ in one.parts)


def unit_of(part: Part, lead: UnitInfo | None, ward_code: str | None) -> UnitInfo:
    """The agency that does a part. ``lead``: the agency of the first part (None for that part itself).

    Raises ``Refused``, ``NotFound``.
    """
    units = directory()
    if part.unit == "lead" and lead is not None:
        return lead
    if part.unit == "superior" and lead is not None:
        return units.by_id.get(lead.parent_id, lead) if lead.parent_id else lead
    if part.unit.startswith("field:"):
        return agency_of_field(part.unit.removeprefix("field:"))
    if part.unit.startswith("code:"):
        procedure = current(part.procedure)
        facts = Facts(procedure.procedure_id, units.places(ward_code or ""), procedure.field)
        return units.heir(units.coded(part.unit.removeprefix("code:")), lambda: facts)
    return competent_unit(current(part.procedure), ward_code)


def agencies(one: Offer, ward_code: str | None) -> list[UnitInfo | None]:
    """The agency of each part; None where the ward must be chosen first."""
    found: list[UnitInfo | None] = []
    for part, _ in one.parts:
        try:
            found.append(unit_of(part, found[0] if found else None, ward_code))
        except MotcuaError:
            found.append(None)
    return found


# -- groups that were submitted ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartState:
    """One part of a submitted group as screens show it. ``dossier`` None: it has not begun."""

    member: GroupMember
    title: str
    unit: UnitInfo
    state: State
    dossier: Dossier | None


def state_of(member: GroupMember, dossier: Dossier | None) -> State:
    """How a part stands. Done: there is a result that grants what was asked for."""
    if dossier is None:
        return "dropped" if member.dropped_at is not None else "waiting"
    status = Status(dossier.status)
    if status in RESULTS:
        result = getattr(dossier, "result", None)
        return "done" if result is None or result.approved else "failed"
    return "failed" if status in WITHOUT else "running"


def members_of(group_id: UUID) -> list[GroupMember]:
    """The parts of a group with their dossiers, cases and results; one query."""
    rows = GroupMember.objects.filter(group=group_id).select_related("dossier__case", "dossier__result")
    return list(rows.order_by("position"))


def title_of(member: GroupMember, definition: LinkedGroup, language: str) -> str:
    """What the part is called, also when the definition has changed since."""
    part = next((one for one in parts_of(definition.members) if one.key == member.key), None)
    return part.name(language) if part is not None and part.title else member.key


def states_of(group: DossierGroup, language: str) -> list[PartState]:
    """The parts of a group, in their order; one query beside the group's own with its definition."""
    units = directory()
    return [
        PartState(
            member,
            title_of(member, group.definition, language),
            units.unit(member.unit_id),
            state_of(member, member.dossier),
            member.dossier,
        )
        for member in members_of(group.pk)
    ]


def group_of(dossier: Dossier) -> DossierGroup | None:
    """The group that a dossier is a part of; asks the database only for those that are."""
    if not dossier.linked:
        return None
    return DossierGroup.objects.select_related("definition").filter(parts__dossier=dossier).first()


def get_group(actor: Actor, code: str) -> DossierGroup:
    """A group by its code. Raises ``NotFound`` also where the asker may not see it: an applicant sees their own,
    officers those of which they may see a part."""
    group = DossierGroup.objects.select_related("definition").filter(code=code[:60]).first()
    if group is not None and _may_see(actor, group):
        return group
    raise NotFound("There is no such dossier, or it is not yours to see.")


def _may_see(actor: Actor, group: DossierGroup) -> bool:
    if actor.kind == "system":
        return True
    if actor.kind == "citizen":
        return actor.party_id is not None and actor.party_id == group.applicant_id
    return visible_to(actor).filter(membership__group=group).exists()


def going_on_with(dossiers: Iterable[Dossier]) -> list[DossierGroup]:
    """The groups of these dossiers that are still going on, newest first; no query where none is a part of a group."""
    keys = [dossier.pk for dossier in dossiers if dossier.linked]
    if not keys:
        return []
    rows = DossierGroup.objects.select_related("definition").filter(parts__dossier__in=keys, closed_at__isnull=True)
    return list(rows.distinct().order_by("-submitted_at"))


def awaited_before_signing(dossier: Dossier) -> list[GroupMember]:
    """The other parts that must have ended before this dossier is signed (the tax notice before the land register)."""
    if not dossier.linked:
        return []
    own = GroupMember.objects.filter(dossier=dossier).first()
    if own is None:
        return []
    rows = GroupMember.objects.filter(group=own.group_id, before_signing__contains=[own.key])
    found = rows.select_related("dossier__result")
    return [member for member in found if state_of(member, member.dossier) in ("waiting", "running")]


def public_progress(code: str) -> tuple[int, int] | None:
    """What anybody may learn from a group's code: how many parts have ended, and of how many (TT 01/2018 Đ16)."""
    rows = fetch(
        "SELECT count(*) FILTER (WHERE d.status IN (3, 7, 8, 9, 10) "
        "OR (m.dossier_id IS NULL AND m.dropped_at IS NOT NULL)) "
        "AS ended, count(*) AS parts FROM dossiers_dossiergroup g JOIN dossiers_groupmember m ON m.group_id = g.id "
        "LEFT JOIN dossiers_dossier d ON d.case_id = m.dossier_id WHERE g.code = %s",
        (code[:60],),
    )
    return (rows[0]["ended"], rows[0]["parts"]) if rows and rows[0]["parts"] else None
