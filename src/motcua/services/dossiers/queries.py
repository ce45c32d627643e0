"""What can be asked about dossiers. Every list starts from what the asker may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from motcua.engines.cases.models import Task
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.prepared import fetch
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation.errors import NotFound, Refused
from motcua.services.dossiers import helping
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.office import worklists
from motcua.services.dossiers.office.worklists import Figures, Filter, Position, stage_units
from motcua.services.dossiers.reading import status_of
from motcua.services.procedures.content import ProcedureData

__all__ = [
    "Figures",
    "Filter",
    "Position",
    "competent_unit",
    "counter_of",
    "get",
    "get_by_code",
    "my_dossiers",
    "public_status",
    "stage_units",
    "visible_to",
    "work_counts",
    "worklist",
]


def visible_to(actor: Actor) -> QuerySet[Dossier]:
    """The dossiers that the asker may know of; everything else is built on this."""
    dossiers = Dossier.objects.all()
    if actor.kind == "system":
        return dossiers
    if actor.kind == "citizen":
        return dossiers.filter(helping.of_citizen(actor)) if actor.party_id else dossiers.none()
    paths = actor.reach("dossier.read")
    if actor.kind == "client":
        units = _of_units(paths) if paths else None
        if units is not None and not units:
            return dossiers
        own = Q(submitted_by=actor.id)
        return dossiers.filter(own | units) if units else dossiers.filter(own)
    if actor.kind == "officer" and actor.may("dossier.assist"):
        return dossiers.filter(helping.of_helper(actor) | _of_units(paths) if paths else helping.of_helper(actor))
    return dossiers.filter(_of_units(paths)) if paths else dossiers.none()


def _of_units(paths: tuple[str, ...]) -> Q:
    reached = directory().under(*paths)
    if len(reached) == len(directory().all):
        return Q()
    units = [unit.id for unit in reached]
    worked_on = Task.objects.filter(case=OuterRef("pk"), unit__in=units)
    return Q(competent__in=units) | Q(received_at__in=units) | Q(Exists(worked_on))


def get(actor: Actor, dossier_id: UUID, *along: str) -> Dossier:
    """One dossier with its case, and ``along`` in the same query. ``NotFound`` also where the asker may not see it."""
    dossier = visible_to(actor).select_related("case", *along).filter(pk=dossier_id).first()
    if dossier is None:
        raise NotFound("There is no such dossier, or it is not yours to see.")
    return dossier


def get_by_code(actor: Actor, code: str) -> Dossier:
    """The same by its code."""
    dossier = visible_to(actor).select_related("case").filter(code=code[:60]).first()
    if dossier is None:
        raise NotFound("There is no such dossier, or it is not yours to see.")
    return dossier


def competent_unit(procedure: ProcedureData, ward_code: str | None = None) -> UnitInfo:
    """Which unit is competent: the commune for procedures of that level, else the department of the field.

    Raises ``Refused`` when it must be chosen or there is none.
    """
    units = directory()
    if procedure.handled_level == "COMMUNE":
        unit = units.by_ward.get(ward_code or "")
        if unit is None:
            raise Refused("Choose the ward or commune that handles this procedure.")
        return unit
    for unit in units.all:
        if unit.current and unit.kind in ("department", "vertical") and procedure.field in unit.fields:
            return unit
    issuer = f"issuer:{procedure.issuer}"
    for unit in units.all:
        if unit.current and unit.kind in ("department", "vertical") and issuer in unit.fields:
            return unit
    for unit in units.all:
        if unit.current and unit.kind == "province":
            return unit
    raise Refused("No unit of this province handles this procedure.")


def counter_of(unit: UnitInfo) -> UnitInfo:
    """The one-stop counter where dossiers for a unit are received online: its own centre, else the province's."""
    units = directory()
    for each in units.all:
        if each.one_stop and each.current and each.parent_id == unit.id:
            return each
    for each in units.all:
        if each.one_stop and each.current and each.parent_id == unit.parent_id and each.kind == "centre":
            return each
    return unit


def worklist(
    actor: Actor, wanted: Filter | None = None, *, after: Position | None = None, limit: int = 50
) -> list[Task]:
    """The officer's open work, due first, at most ``limit`` tasks behind ``after``; see ``office.worklists.page``."""
    return worklists.page(actor, wanted or Filter(), after=after, limit=limit).tasks


def work_counts(actor: Actor) -> Figures:
    """What the saved views show without counting; see ``office.worklists.figures``."""
    return worklists.figures(actor)


def public_status(code: str) -> dict[str, Any] | None:
    """What anybody may learn from a code: status and level of completion, nothing else (TT 01/2018 Đ16)."""
    status = status_of(code[:60])
    return {"code": code, "status": status} if status is not None else None


def my_dossiers(actor: Actor, *, after: tuple[datetime, UUID] | None = None, limit: int = 20) -> list[Dossier]:
    """The person's dossiers, newest first."""
    found = visible_to(actor).select_related("case").order_by("-submitted_at", "-case")
    if after is not None:
        found = found.filter(Q(submitted_at__lt=after[0]) | Q(submitted_at=after[0], pk__lt=after[1]))
    return list(found[:limit])


def newest(
    actor: Actor,
    *,
    status: int | None = None,
    competent_id: UUID | None = None,
    after: Position | None = None,
    limit: int = 20,
) -> list[Dossier]:
    """The newest dossiers that the asker may see, by index; for a client that reaches the whole province no filter
    by unit is needed and none is made."""
    found = visible_to(actor) if competent_id is None else _competent_within(actor, competent_id)
    if status is not None:
        found = found.filter(status=status)
    if after is not None:
        found = found.filter(Q(submitted_at__lt=after[0]) | Q(submitted_at=after[0], pk__lt=after[1]))
    return list(found.select_related("case").order_by("-submitted_at", "-case")[:limit])


def _competent_within(actor: Actor, competent_id: UUID) -> QuerySet[Dossier]:
    """All of one competent unit where the asker reaches it; then the unit alone decides and its index serves."""
    if actor.may("dossier.read", directory().unit(competent_id).path):
        return Dossier.objects.filter(competent=competent_id)
    return visible_to(actor).filter(competent=competent_id)


def key_of(code: str) -> UUID:
    """The key of a dossier by its code; the action decides whether it is the asker's business."""
    found = fetch("SELECT case_id FROM dossiers_dossier WHERE code = %s", (code[:60],))
    if not found:
        raise NotFound("There is no such dossier, or it is not yours to see.")
    return cast("UUID", found[0]["case_id"])
