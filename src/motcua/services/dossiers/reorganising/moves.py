"""The moves of a reorganisation that is in effect, in portions; each finds what is left to move and passes over the
rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from motcua.engines.accounts.models import ApiClient
from motcua.engines.cases.models import Case, Stop, Task
from motcua.engines.flows import actions as flow_actions
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.batch import BatchWork, begin_batch
from motcua.engines.ledger.prepared import load
from motcua.engines.organisations import queries as organisations
from motcua.engines.organisations.models import Appointment, Reorganisation, SuccessionKind, UnitSuccession
from motcua.engines.organisations.reorganisation import parse
from motcua.engines.organisations.reorganisation_plan import Plan
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.engines.organisations.succession import Facts
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.services.dossiers.actions.reorganised import take_over
from motcua.services.dossiers.models import (
    Dossier,
    DossierGroup,
    Draft,
    Extension,
    GroupMember,
    HandOver,
    Opinion,
    Proposal,
)
from motcua.services.dossiers.reorganising.facts import FactsOf
from motcua.services.dossiers.reorganising.report import OPEN_OF_UNITS, Rules, codes_instead, flows_naming, heir_of

PORTION: Final = 500
Step = Callable[[str, int, int], None]
OVER: Final = (SuccessionKind.MERGE, SuccessionKind.SPLIT, SuccessionKind.DISSOLVE)


def forget() -> None:
    """This process reads units, flows and what follows from them anew; others do within half a minute."""
    forget_all()


class Heirs:
    """Who takes over from which unit, as the reorganisation has recorded it."""

    def __init__(self, row: Reorganisation) -> None:
        self._heirs: dict[UUID, list[tuple[UUID, Mapping[str, Any]]]] = {}
        known = UnitSuccession.objects.filter(reorganisation=row, kind__in=OVER).order_by("unit_id", "position")
        for succession in known:
            self._heirs.setdefault(succession.unit_id, []).append((succession.successor_id, succession.rule))
        self.document = parse(row.document)
        self.facts = FactsOf({old: now.to for old, now in self.document.wards.items()})
        self.why = {
            "reorganisation": str(row.id),
            "basis": row.basis,
            "on": row.effective.isoformat(),
            "name": row.name,
        }

    @property
    def units(self) -> list[UUID]:
        return list(self._heirs)

    def of(self, unit: UUID, facts: Facts) -> UUID:
        """Who has the work of ``unit`` on a matter; the unit itself when the reorganisation does not touch it."""
        heirs = self._heirs.get(unit)
        if not heirs:
            return unit
        if len(heirs) == 1:
            return heirs[0][0]
        rules: Rules = [rule for _, rule in heirs]
        return heirs[heir_of(rules, facts)][0]


def everything(row: Reorganisation, step: Step, portion: int = PORTION) -> dict[str, int]:
    """Moves all that is left to move, ``portion`` dossiers in a transaction. Returns how many of each moved now."""
    heirs = Heirs(row)
    return {
        "dossiers": dossiers(heirs, step, portion),
        "hand_overs": sheets(heirs),
        "groups": groups(heirs),
        "drafts": drafts(heirs),
        "clients": clients(heirs),
        "addresses": addresses(row, heirs, step),
    }


def dossiers(heirs: Heirs, step: Step, portion: int) -> int:
    """All open dossiers of the units, portion by portion."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_OF_UNITS, {"units": heirs.units})
        keys = [key for (key,) in cursor.fetchall()]
    moved = 0
    for start in range(0, len(keys), portion):
        moved += _portion(heirs, keys[start : start + portion])
        step("dossiers", min(start + portion, len(keys)), len(keys))
    return moved


def _portion(heirs: Heirs, keys: Sequence[UUID]) -> int:
    """Some dossiers in one transaction; locked in one order, as every action locks them."""
    with begin_batch(SYSTEM) as work:
        held = load(Dossier, "WHERE case_id = ANY(%s) ORDER BY case_id FOR UPDATE", (list(keys),))
        cases = {
            case.id: case
            for case in load(Case, "WHERE id = ANY(%s) AND closed_at IS NULL ORDER BY id FOR UPDATE", (list(keys),))
        }
        held = [dossier for dossier in held if dossier.pk in cases]
        _read_parts(held, cases)
        work.expect(dossier.pk for dossier in held)
        facts = heirs.facts.read(cases)
        leads = _facts_of_leads(heirs, [dossier.pk for dossier in held if dossier.linked])
        may = _Rights({task.assignee_id for case in cases.values() for task in case.open_tasks if task.assignee_id})
        moved = 0
        for dossier in held:
            to = partial(heirs.of, facts=facts[dossier.pk])
            lead = partial(heirs.of, facts=leads.get(dossier.pk, facts[dossier.pk]))
            moved += take_over(work, dossier, to=to, lead=lead, keeps=may, why=heirs.why)
        return moved


def _facts_of_leads(heirs: Heirs, linked: Sequence[UUID]) -> dict[UUID, Facts]:
    """By dossier of a group what decides who leads it now."""
    if not linked:
        return {}
    groups = dict(GroupMember.objects.filter(dossier__in=linked).values_list("dossier_id", "group_id"))
    leads = heirs.facts.of_leads(set(groups.values()))
    return {key: leads[group] for key, group in groups.items() if key is not None and group in leads}


def _read_parts(held: Sequence[Dossier], cases: Mapping[UUID, Case]) -> None:
    """Open steps, waits, extensions, opinions and proposals of all of them, in one query each."""
    for dossier in held:
        case = cases[dossier.pk]
        dossier.case = case
        case.__dict__["_open_tasks"] = []
        case.__dict__["_parts"] = {"stops": []}
        dossier.__dict__["_parts"] = {"extensions": [], "opinions": [], "proposals": []}
    of = {dossier.pk: dossier for dossier in held}
    keys = list(of)
    for task in load(
        Task, "WHERE case_id = ANY(%s) AND state IN ('open', 'waiting') ORDER BY opened_at, id FOR UPDATE", (keys,)
    ):
        of[task.case_id].case.open_tasks.append(task)
    for stop in load(Stop, "WHERE case_id = ANY(%s) ORDER BY at", (keys,)):
        of[stop.case_id].case.__dict__["_parts"]["stops"].append(stop)
    for extension in load(Extension, "WHERE dossier_id = ANY(%s) ORDER BY number", (keys,)):
        of[extension.dossier_id].__dict__["_parts"]["extensions"].append(extension)
    for opinion in load(Opinion, "WHERE dossier_id = ANY(%s) ORDER BY asked_at FOR UPDATE", (keys,)):
        of[opinion.dossier_id].__dict__["_parts"]["opinions"].append(opinion)
    for proposal in load(Proposal, "WHERE dossier_id = ANY(%s) ORDER BY proposed_at FOR UPDATE", (keys,)):
        of[proposal.dossier_id].__dict__["_parts"]["proposals"].append(proposal)


class _Rights:
    """Whether persons may do a kind of step in a unit from now on."""

    def __init__(self, people: set[UUID]) -> None:
        today = clock.today()
        rows = Appointment.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=today), user__in=people, valid_from__lte=today
        ).values_list("user_id", "unit__path", "role__permissions")
        self._held: dict[UUID, list[tuple[str, frozenset[str]]]] = {}
        for user, path, permissions in rows:
            self._held.setdefault(user, []).append((path, frozenset(permissions)))

    def __call__(self, person: UUID, stage: str, unit: UUID) -> bool:
        path = organisations.directory().unit(unit).path
        return any(
            STAGE_PERMISSION[stage] in permissions and path.startswith(reach)
            for reach, permissions in self._held.get(person, ())
        )


def _moved(row: Any, names: Sequence[str], heirs: Heirs, facts: Facts) -> tuple[dict[str, str], dict[str, str]]:
    """Sets the units of a row anew. Returns what they were and are."""
    before, after = {}, {}
    for name in names:
        old = getattr(row, f"{name}_id")
        new = heirs.of(old, facts) if old else old
        if new != old:
            before[name], after[name] = str(old), str(new)
            setattr(row, f"{name}_id", new)
    return before, after


def sheets(heirs: Heirs) -> int:
    """Hand-over sheets under way: who confirms them is the successor."""
    with begin_batch(SYSTEM) as work:
        rows = load(
            HandOver,
            "WHERE confirmed_at IS NULL AND (sender_id = ANY(%s) OR receiver_id = ANY(%s)) ORDER BY id FOR UPDATE",
            (heirs.units, heirs.units),
        )
        return _all(work, rows, ("sender", "receiver"), heirs, "hand_over.reorganised")


def groups(heirs: Heirs) -> int:
    """Linked procedures under way: receiving and leading unit, and the agencies of their parts."""
    moved = 0
    with begin_batch(SYSTEM) as work:
        rows = load(DossierGroup, "WHERE closed_at IS NULL ORDER BY id FOR UPDATE", ())
        members: dict[UUID, list[GroupMember]] = {}
        for member in load(GroupMember, "WHERE group_id = ANY(%s) ORDER BY id", ([row.id for row in rows],)):
            members.setdefault(member.group_id, []).append(member)
        beside = dict(
            Dossier.objects.filter(membership__group__in=[row.id for row in rows]).values_list("pk", "competent")
        )
        facts = heirs.facts.of_waiting_parts([row.id for row in rows])
        leads = heirs.facts.of_leads([row.id for row in rows])
        work.expect(row.id for row in rows)
        for row in rows:
            before, after = _moved(row, ("received_at", "lead"), heirs, leads.get(row.id, Facts(row.id)))
            if before:
                work.change(row, *before)
            for member in members.get(row.id, ()):
                old = member.unit_id
                # a part that has begun goes where its dossier went
                member.unit_id = (
                    beside.get(member.dossier_id, old) if member.dossier_id else heirs.of(old, facts[member.id])
                )
                if member.unit_id != old:
                    before[f"part:{member.key}"], after[f"part:{member.key}"] = str(old), str(member.unit_id)
                    work.change(member, "unit")
            if before:
                moved += 1
                work.record(row.id, "group.reorganised", {"before": before, "after": after, **heirs.why})
    return moved


def clients(heirs: Heirs) -> int:
    """Machine clients work for the successor."""
    with begin_batch(SYSTEM) as work:
        rows = list(ApiClient.objects.select_for_update().filter(unit__in=heirs.units).order_by("id"))
        return _all(work, rows, ("unit",), heirs, "client.reorganised")


def drafts(heirs: Heirs) -> int:
    """What people have begun goes to the successor when they submit it; drafts are no cases and have no events."""
    with begin_batch(SYSTEM) as work:
        rows = list(
            Draft.objects.select_for_update().filter(competent__in=heirs.units, dossier__isnull=True).order_by("id")
        )
        facts = heirs.facts.of_drafts([row.id for row in rows])
        moved = [row for row in rows if _moved(row, ("competent",), heirs, facts[row.id])[0]]
        for row in moved:
            work.change(row, "competent")
        return len(moved)


def _all(work: BatchWork, rows: Sequence[Any], names: Sequence[str], heirs: Heirs, kind: str) -> int:
    work.expect(row.id for row in rows)
    moved = 0
    for row in rows:
        before, after = _moved(row, names, heirs, Facts(row.id))
        if before:
            moved += 1
            work.change(row, *before)
            work.record(row.id, kind, {"before": before, "after": after, **heirs.why})
    return moved


_ADDRESSES = """
WITH ward AS (SELECT * FROM unnest(%(old)s::text[], %(new)s::text[], %(names)s::text[]) AS w(old, new, name)),
chosen AS (
    SELECT p.id, p.ward_code, w.new, w.name FROM accounts_party p JOIN ward w ON w.old = p.ward_code
    WHERE p.created_at < %(began)s AND p.former_address NOT LIKE %(mark)s
    ORDER BY p.id LIMIT %(limit)s FOR UPDATE OF p)
UPDATE accounts_party p SET
    ward_code = chosen.new,
    ward_name = CASE WHEN chosen.name <> '' THEN chosen.name ELSE p.ward_name END,
    former_address = left(CASE WHEN p.former_address = ''
        THEN concat_ws(', ', nullif(p.address_line, ''), nullif(p.ward_name, ''), nullif(p.province_name, ''))
        ELSE regexp_replace(p.former_address, ' [[][0-9/]+[]]$', '') END, 380) || %(suffix)s
FROM chosen WHERE p.id = chosen.id RETURNING chosen.ward_code, chosen.new
"""


def addresses(row: Reorganisation, heirs: Heirs, step: Step) -> int:
    """Addresses of persons and organisations get the new ward; how they were written is kept beside.

    One event per portion says how many went from which ward to which, without naming anybody. The mark at the end of
    the kept address tells which reorganisation has seen it, so that wards which exchange codes are not moved twice.
    """
    wards = {old: now.to[0] for old, now in heirs.document.wards.items()}
    mark = f" [{row.effective:%d/%m/%Y}]"
    names = heirs.document.ward_names
    total = 0
    while wards:
        with begin_batch(SYSTEM) as work, connection.cursor() as cursor:
            cursor.execute(
                _ADDRESSES,
                {
                    "old": list(wards),
                    "new": list(wards.values()),
                    "names": [names.get(new, "") for new in wards.values()],
                    "began": row.began_at,
                    "mark": f"%{mark}",
                    "suffix": mark,
                    "limit": 5_000,
                },
            )
            counts = Counter(cursor.fetchall())
            moved = sum(counts.values())
            if moved:
                told = [[old, new, count] for (old, new), count in sorted(counts.items())]
                work.record(row.id, "reorganisation.addresses_moved", {"wards": told, **heirs.why})
        total += moved
        step("addresses", total, total)
        if not moved:
            break
    return total


def flows(work: BatchWork, row: Reorganisation, plan: Plan) -> dict[str, int]:
    """A new version of every flow that names a unit by a code that no longer has the work; the code of a unit that was
    divided goes on to lead to its parts. Running dossiers keep their version; its codes lead to the successor. A flow
    with an unpublished draft is left to its authors."""
    codes = codes_instead(plan)
    changed = waiting = 0
    for version in flows_naming(set(codes)):
        if version.flow.versions.filter(published_at__isnull=True).exists():
            waiting += 1
            continue
        steps = [dict(step) for step in version.steps]
        for each in steps:
            selector = str(each.get("unit", ""))
            if selector.startswith("code:"):
                code = selector.removeprefix("code:")
                each["unit"] = f"code:{codes.get(code, code)}"
        flow_actions.publish(work, version.flow.key, version.flow.name, steps, effective_from=row.effective)
        changed += 1
    return {"flows": changed, "flows_left_to_authors": waiting}
