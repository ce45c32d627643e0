"""Opening the steps of a dossier's flow."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from uuid import UUID

from motcua.engines.cases import actions as cases
from motcua.engines.cases.models import Case, Stage, Task
from motcua.engines.flows import queries as flows
from motcua.engines.flows.rules import STANDARD, Definition, Step, parse
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import UnitInfo, calendar_for, directory
from motcua.foundation.errors import NotFound
from motcua.foundation.working_time import Allowance, Unit, due
from motcua.services.dossiers.models import Delivery, Dossier
from motcua.services.dossiers.reorganising.facts import facts_of
from motcua.services.dossiers.together import moving

_standard = parse(STANDARD)

BESIDE = frozenset({Stage.CONSULT, Stage.TRANSFER})
"""Work on a dossier that is no step of its flow."""


def definition_of(case: Case) -> Definition:
    """The flow that the case began with; the standard one where none was drawn."""
    return flows.definition(case.flow_version_id) if case.flow_version_id else _standard


def unit_for(dossier: Dossier, step: Step) -> UUID:
    """Which unit does the step. A division that the competent unit does not have leaves the step to the unit."""
    units = directory()
    if step.unit.startswith("code:"):
        return units.heir(units.coded(step.unit.removeprefix("code:")), partial(facts_of, dossier)).id
    if step.unit.startswith("within:"):
        whole = units.unit(dossier.competent_id)
        division = units.division(whole, step.unit.removeprefix("within:"), partial(facts_of, dossier))
        return division.id if division else whole.id
    if step.unit.startswith("field:"):
        return agency_of_field(step.unit.removeprefix("field:")).id
    if step.unit == "superior":
        own = units.unit(dossier.competent_id)
        return own.parent_id or own.id
    if step.unit == "province":
        return next((unit.id for unit in units.all if unit.current and unit.kind == "province"), dossier.competent_id)
    return {
        "competent": dossier.competent_id,
        "received_at": dossier.received_at_id,
        "lead": dossier.lead_id,
    }[step.unit]


def agency_of_field(field: str) -> UnitInfo:
    """The agency of the province that handles a field. Raises ``NotFound`` where none does."""
    for unit in directory().all:
        if unit.current and unit.kind in ("department", "vertical") and field in unit.fields:
            return unit
    raise NotFound("No agency of this province handles the field “%(field)s”.", field=field[:80])


def step_due(unit_id: UUID, start: datetime, hours: int | None, case_due: datetime | None) -> datetime | None:
    """When a step is due: its own working hours, never after the dossier's due date."""
    if hours is None:
        return case_due
    own = due(calendar_for(unit_id), start, Allowance(hours, Unit.HOUR))
    return min(own, case_due) if case_due else own


def open_step(work: Work, dossier: Dossier, step: Step, assignee_id: UUID | None = None) -> Task:
    """Puts the step on its unit's worklist."""
    unit_id, due_at = unit_for(dossier, step), dossier.case.due_at
    return cases.open_task(
        work,
        dossier.case,
        step=step.key,
        name=step.name,
        stage=step.stage,
        unit_id=unit_id,
        due_at=None if to_be_collected(dossier, step.stage) else step_due(unit_id, work.now, step.hours, due_at),
        assignee_id=assignee_id,
        role=step.role,
    )


def to_be_collected(dossier: Dossier, stage: str) -> bool:
    """Whether a step waits for the person to come for the result. The office's time ended when that was ready: who
    comes later makes nobody late, so such a step has no due moment."""
    return stage == Stage.RETURN and dossier.delivery == Delivery.COUNTER


def open_following(
    work: Work, dossier: Dossier, done: Task, assignee_id: UUID | None = None, to: Collection[str] = ()
) -> list[Task]:
    """Opens what follows a step that was just closed: all of it, or what was chosen in ``to`` where there is a choice.
    ``assignee_id`` goes to the only following step."""
    flow = definition_of(dossier.case)
    still_open = [task.step for task in dossier.case.open_tasks if task.stage not in BESIDE]
    following = flow.following(done.step, still_open, to)
    opened = []
    for step in following:
        if step.stage == Stage.RETURN and moving.result_travels(dossier):
            opened.append(open_transfer(work, dossier, moving.SEND_RESULT))
        else:
            opened.append(open_step(work, dossier, step, assignee_id if len(following) == 1 else None))
    return opened


def open_transfer(work: Work, dossier: Dossier, step: str) -> Task:
    """Puts a step of handing papers over, or of taking them in, on the counter that does it (ND118 Đ18)."""
    at_agency = step in (moving.ARRIVE, moving.SEND_RESULT)
    unit_id = moving.home_counter(dossier.competent_id) if at_agency else dossier.received_at_id
    return cases.open_task(
        work,
        dossier.case,
        step=step,
        name=moving.NAMES[step],
        stage=Stage.TRANSFER,
        unit_id=unit_id,
        due_at=moving.travel_due(step, unit_id, work.now),
    )


def redate_steps(work: Work, dossier: Dossier) -> None:
    """After a wait: steps that waited are open again and have the time they had, counted from now."""
    flow = definition_of(dossier.case)
    for task in dossier.case.open_tasks:
        if task.stage == Stage.CONSULT:
            continue
        if task.stage == Stage.TRANSFER:
            cases.release_task(work, dossier.case, task, moving.travel_due(task.step, task.unit_id, work.now))
            continue
        hours = next((step.hours for step in flow.steps if step.key == task.step), None)
        cases.release_task(work, dossier.case, task, step_due(task.unit_id, work.now, hours, dossier.case.due_at))
