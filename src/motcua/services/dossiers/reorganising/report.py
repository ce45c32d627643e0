"""The dry run of a reorganisation: everything that would move, counted without moving it, and what would be left
without an owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from motcua.engines.accounts.models import ApiClient, Party
from motcua.engines.flows.models import FlowVersion
from motcua.engines.organisations.models import Appointment
from motcua.engines.organisations.queries import Directory
from motcua.engines.organisations.reorganisation import Document, Ward
from motcua.engines.organisations.reorganisation_plan import Plan, person_goes
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.engines.organisations.succession import Facts, choose
from motcua.services.dossiers.models import DossierGroup, Draft, HandOver, Opinion
from motcua.services.dossiers.reorganising.facts import FactsOf

Rules = Sequence[Mapping[str, object]]

OPEN_OF_UNITS = """
SELECT c.id FROM cases_case c JOIN dossiers_dossier d ON d.case_id = c.id
WHERE c.closed_at IS NULL AND (d.competent_id = ANY(%(units)s) OR d.received_at_id = ANY(%(units)s)
  OR d.lead_id = ANY(%(units)s) OR c.holder_id = ANY(%(units)s) OR c.clock_unit_id = ANY(%(units)s)
  OR EXISTS (SELECT 1 FROM cases_task t WHERE t.case_id = c.id AND t.state IN ('open', 'waiting')
             AND (t.unit_id = ANY(%(units)s) OR t.answerable_id = ANY(%(units)s)))
  OR EXISTS (SELECT 1 FROM dossiers_opinion o WHERE o.dossier_id = c.id AND o.answered_at IS NULL
             AND o.dropped_at IS NULL AND o.unit_id = ANY(%(units)s)))
ORDER BY c.id"""
"""Keys of the open dossiers that a reorganisation of these units touches."""


@dataclass
class Report:
    """What a reorganisation moves. ``problems``: (place, words); ``without_owner``: steps for which nobody would hold
    the right. Either of the two forbids it."""

    document: Document
    problems: list[tuple[str, str]] = field(default_factory=list)
    without_owner: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    units: list[dict[str, Any]] = field(default_factory=list)

    @property
    def possible(self) -> bool:
        return not self.problems and not self.without_owner

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.document.name,
            "basis": self.document.basis,
            "effective": self.document.effective.isoformat(),
            "possible": self.possible,
            "problems": [{"place": place, "message": message} for place, message in self.problems],
            "without_owner": self.without_owner,
            "counts": self.counts,
            "units": self.units,
        }


def report(plan: Plan, units: Directory) -> Report:
    """Counts without moving; the same rules decide as when it is carried out."""
    found = Report(plan.document, problems=list(plan.problems))
    if found.problems:
        return found
    moving = list(plan.moving)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({OPEN_OF_UNITS}) x", {"units": moving})  # noqa: S608 -- a constant
        (dossiers,) = cursor.fetchone() or (0,)
    found.counts = {
        "units_made": len(plan.makings),
        "units_ended": sum(not ending.stays for ending in plan.endings.values()),
        "units_renamed": len(plan.renamings),
        "units_placed": len(plan.placings),
        "posts": _posts(plan).count(),
        "dossiers": dossiers,
        "opinions": Opinion.objects.filter(unit__in=moving, answered_at__isnull=True, dropped_at__isnull=True).count(),
        "hand_overs": HandOver.objects.filter(confirmed_at__isnull=True)
        .filter(Q(sender__in=moving) | Q(receiver__in=moving))
        .count(),
        "groups": DossierGroup.objects.filter(closed_at__isnull=True)
        .filter(Q(received_at__in=moving) | Q(lead__in=moving) | Q(parts__unit__in=moving))
        .distinct()
        .count(),
        "drafts": Draft.objects.filter(competent__in=moving, dossier__isnull=True).count(),
        "clients": ApiClient.objects.filter(unit__in=moving).count(),
        "flows": len(flows_naming(set(codes_instead(plan)))),
        **address_counts(plan.document.wards),
    }
    tasks = _tasks(plan)
    found.counts["tasks"] = sum(tasks.values())
    found.units = _unit_rows(plan, tasks)
    found.without_owner = _without_owner(plan, units, tasks)
    return found


def address_counts(wards: Mapping[str, Ward]) -> dict[str, int]:
    """Addresses of persons and organisations in wards that change, and how many of them lie in a ward that was divided,
    so that only the person can say where they live now."""
    changing = [ward for ward, now in wards.items() if now.to != (ward,)]
    divided = [ward for ward in changing if len(wards[ward].to) > 1]
    return {
        "addresses": Party.objects.filter(ward_code__in=changing).count(),
        "addresses_uncertain": Party.objects.filter(ward_code__in=divided).count(),
    }


def codes_instead(plan: Plan) -> dict[str, str]:
    """Identifiers that flows shall name instead of those that no longer have the work. A unit that is divided keeps its
    identifier there: it leads each dossier to the part of its field and ward."""
    endings = [ending for ending in plan.endings.values() if not ending.stays and len(ending.heirs) == 1]
    codes = {ending.unit.code: ending.heirs[0].to for ending in endings}
    return codes | {placing.unit.code: placing.code for placing in plan.placings}


def flows_naming(codes: Collection[str]) -> list[FlowVersion]:
    """The newest published version of each flow in which a step is done by one of these units."""
    newest = (
        FlowVersion.objects.filter(published_at__isnull=False)
        .order_by("flow_id", "-number")
        .distinct("flow_id")
        .select_related("flow")
    )
    selectors = {f"code:{code}" for code in codes}
    return [each for each in newest if any(step.get("unit") in selectors for step in each.steps)]


def _posts(plan: Plan) -> Any:
    going = [key for key, ending in plan.endings.items() if not ending.stays]
    return Appointment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=plan.document.effective), unit__in=going
    )


def _tasks(plan: Plan) -> Counter[tuple[UUID, str, str]]:
    """Open steps by (unit now, stage, code of who takes over)."""
    whole = {key: ending.heirs[0].to for key, ending in plan.endings.items() if len(ending.heirs) == 1}
    divided = [key for key, ending in plan.endings.items() if len(ending.heirs) > 1]
    found: Counter[tuple[UUID, str, str]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, stage, count(*) FROM cases_task WHERE state IN ('open', 'waiting') "
            "AND unit_id = ANY(%s) GROUP BY 1, 2",
            [list(whole)],
        )
        for unit, stage, count in cursor.fetchall():
            found[unit, stage, whole[unit]] += count
        cursor.execute(
            "SELECT unit_id, stage, case_id FROM cases_task WHERE state IN ('open', 'waiting') AND unit_id = ANY(%s)",
            [divided],
        )
        rows = cursor.fetchall()
    facts = FactsOf({old: now.to for old, now in plan.document.wards.items()}).read({row[2] for row in rows})
    for unit, stage, case in rows:
        heirs = plan.endings[unit].heirs
        place = heir_of([part.rule() for part in heirs], facts.get(case, Facts(case)))
        found[unit, stage, heirs[place].to] += 1
    return found


def heir_of(rules: Rules, facts: Facts) -> int:
    """Which successor takes the dossier with these facts."""
    return choose(rules, wards=facts.wards, field_name=facts.field_name, key=facts.key)


def _unit_rows(plan: Plan, tasks: Mapping[tuple[UUID, str, str], int]) -> list[dict[str, Any]]:
    """One row per unit that ends or is divided: who takes over, and how many open steps go there."""
    going: dict[UUID, Counter[str]] = {}
    for (unit, _, code), count in tasks.items():
        going.setdefault(unit, Counter())[code] += count
    return [
        {
            "code": ending.unit.code,
            "name": ending.unit.name,
            "kind": str(ending.kind),
            "to": [{"code": part.to, "steps": going.get(key, Counter())[part.to]} for part in ending.heirs],
        }
        for key, ending in plan.endings.items()
    ]


def _without_owner(plan: Plan, units: Directory, tasks: Mapping[tuple[UUID, str, str], int]) -> list[dict[str, Any]]:
    """Steps that nobody could do: no person of the successor or of a unit above it holds the right."""
    held = _held_after(plan, units)
    above = _superiors(plan, units)
    missing: Counter[tuple[str, str]] = Counter()
    for (_, stage, code), count in tasks.items():
        place: str | None = code
        while place and STAGE_PERMISSION[stage] not in held.get(place, set()):
            place = above(place)
        if not place:
            missing[code, stage] += count
    return [{"unit": code, "stage": stage, "steps": count} for (code, stage), count in sorted(missing.items())]


def _held_after(plan: Plan, units: Directory) -> dict[str, set[str]]:
    """Which rights are held directly in each unit on the day, by its code; what is held for another for a while counts
    with its holder."""
    placed = {placing.unit.id: placing.code for placing in plan.placings}
    rows = (
        Appointment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=plan.document.effective))
        .filter(valid_from__lte=plan.document.effective, user__is_active=True, acting_for__isnull=True)
        .values_list("unit_id", "user_id", "user__username", "role__permissions")
    )
    held: dict[str, set[str]] = {}
    for unit, user, username, permissions in rows:
        ending = plan.endings.get(unit)
        if ending is not None:
            rules = [part.rule() for part in ending.heirs]
            stays = ending.stays and not any(username in part.people for part in ending.heirs)
            code = ending.unit.code if stays else ending.heirs[person_goes(rules, username, user)].to
        elif unit in units.by_id:
            code = placed.get(unit, units.by_id[unit].code)
        else:
            continue
        held.setdefault(code, set()).update(permissions)
    return held


def _superiors(plan: Plan, units: Directory) -> Callable[[str], str | None]:
    """The code of the unit above a code, as it will be."""
    placed = {placing.code: placing.under for placing in plan.placings}

    def above(code: str) -> str | None:
        if code in plan.makings:
            return plan.makings[code].spec.parent or None
        if code in placed:
            return placed[code]
        unit = units.by_code.get(code)
        return units.by_id[unit.parent_id].code if unit and unit.parent_id else None

    return above
