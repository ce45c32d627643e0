"""What a reorganisation of the State does to one open dossier: its work goes over, its due date stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from uuid import UUID

from motcua.engines.cases import actions as cases
from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import calendar_source, directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import NotAllowed
from motcua.services.dossiers.actions.common import Action, due_of, extensions_of, record, stops_of
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.reorganising.facts import facts_of, facts_of_lead

_UNITS = ("received_at", "competent", "lead")


@Action
def take_over(
    work: Work,
    dossier: Dossier,
    *,
    to: Callable[[UUID], UUID],
    keeps: Callable[[UUID, str, UUID], bool],
    why: Mapping[str, str],
    lead: Callable[[UUID], UUID] | None = None,
) -> bool:
    """Moves units, steps and open questions of the dossier to ``to(unit)``. Returns whether anything moved.

    ``lead``: who leads instead of a unit, where linked procedures have one lead for all their parts.

    ``keeps(person, stage, unit)``: whether who has a step in hand may do it there too; else the unit has it.
    ``why``: the reorganisation, its basis and day, for the ledger. Raises ``NotAllowed`` for everybody but the system,
    which carries out what an administrator has decided.
    """
    if work.actor.kind != "system":
        raise NotAllowed("A reorganisation is decided by the administrator and carried out by the system.")
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for name in _UNITS:
        old: UUID = getattr(dossier, f"{name}_id")
        new = lead(old) if lead is not None and name == "lead" else to(old)
        if new != old:
            before[name], after[name] = str(old), str(new)
            setattr(dossier, f"{name}_id", new)
            work.change(dossier, name)
    case = dossier.case
    if (holder := to(case.holder_id)) != case.holder_id:
        before["holder"], after["holder"] = str(case.holder_id), str(holder)
        case.holder_id = holder
        work.change(case, "holder")
    _keep_the_promise(work, dossier, to)
    for task in case.open_tasks:
        unit = to(task.unit_id)
        answers = case.clock_unit_id if task.answerable_id else None
        if unit != task.unit_id:
            before[f"task:{task.step}"], after[f"task:{task.step}"] = str(task.unit_id), str(unit)
        person = task.assignee_id
        if person is not None and unit != task.unit_id and not keeps(person, task.stage, unit):
            person = None
        cases.move_task(
            work, case, task, unit_id=unit, answerable_id=None if answers == unit else answers, assignee_id=person
        )
    for relation in ("opinions", "proposals"):
        for row in parts(dossier, relation):
            unit = to(row.unit_id)
            if row.answered_at is None and getattr(row, "dropped_at", None) is None and unit != row.unit_id:
                before[f"{relation}:{row.id}"], after[f"{relation}:{row.id}"] = str(row.unit_id), str(unit)
                row.unit_id = unit
                work.change(row, "unit")
    if not before:
        cases.take_moves(case)
        return False
    due = case.due_at.isoformat() if case.due_at else None
    record(work, dossier, "dossier.reorganised", {"before": before, "after": after, "due_at": due, **why})
    return True


def with_successors(work: Work, dossier: Dossier, laid_aside: datetime) -> dict[str, dict[str, str]]:
    """A dossier that is taken up again after its units have ended, or have given part of their work away since it was
    ``laid_aside``, goes on with who has its work now: of a unit that was divided, the part to which it belongs.

    Call it before the clock and the steps are set anew. Returns what the event says of it, empty where nothing moved.
    """
    units = directory()
    since = laid_aside.astimezone(VIETNAM).date()
    own, leading = cache(partial(facts_of, dossier)), cache(partial(facts_of_lead, dossier))

    def to(unit: UUID) -> UUID:
        return units.heir(units.unit(unit), own, since).id

    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for row, name in (*((dossier, name) for name in _UNITS), (dossier.case, "holder")):
        old: UUID = getattr(row, f"{name}_id")
        new = units.heir(units.unit(old), leading, since).id if name == "lead" else to(old)
        if new != old:
            before[name], after[name] = str(old), str(new)
            setattr(row, f"{name}_id", new)
            work.change(row, name)
    _keep_the_promise(work, dossier, to)
    return {"moved_before": before, "moved_after": after} if before else {}


def _keep_the_promise(work: Work, dossier: Dossier, to: Callable[[UUID], UUID]) -> None:
    """The successor answers for the deadline; where its hours would give another due date, the old unit's hours go on
    counting for this dossier."""
    case = dossier.case
    if case.clock_unit_id is None or (unit := to(case.clock_unit_id)) == case.clock_unit_id:
        return
    was = case.clock_unit_id
    if calendar_source(was) != calendar_source(unit):
        stops, extensions = stops_of(case), extensions_of(dossier)
        promised = due_of(case, stops, extensions)
        case.clock_unit_id = unit
        if due_of(case, stops, extensions) != promised:
            case.clock_unit_id = was
            return
    case.clock_unit_id = unit
    work.change(case, "clock_unit")
