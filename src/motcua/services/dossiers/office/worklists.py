"""The desk's lists: open work of an officer's units by index, and the numbers beside the saved views.

As fast with ten million closed dossiers as without: lists scan open tasks only, numbers come from counters.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from motcua.engines.cases.models import Task
from motcua.engines.flows.queries import roles_in_use
from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM

STAGES = ("intake", "transfer", "process", "consult", "sign", "return")
MINE_AT_MOST = 99
LEAD = "dossier.assign"
"""Who may assign the work of a unit leads it: they see all of it, whoever may do it."""

Scope = Literal["own", "led", "elsewhere"]
"""Work that one may take; all work of the units one leads; work elsewhere for whose deadline these units answer."""

Position = tuple[datetime | None, UUID]
"""Where a row stands in its list: its due moment (None: no due date, such rows come last) and its key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list shows. ``due``: late, today, week (from now on) or empty. ``field``: key of a field of procedures.

    ``mine``: in one's own hands, and in those of whom one is the deputy; ``person_id``: in this person's; ``nobody``:
    in nobody's. ``within``: an agency, with all units below it.
    """

    scope: Scope = "own"
    stages: tuple[str, ...] = STAGES
    state: str = "open"
    mine: bool = False
    person_id: UUID | None = None
    nobody: bool = False
    due: Literal["", "late", "today", "week"] = ""
    unit_id: UUID | None = None
    within: UUID | None = None
    procedure_code: str = ""
    field_id: UUID | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. ``newer`` and ``older`` are positions to go on from; None where the list ends."""

    tasks: list[Task]
    newer: Position | None
    older: Position | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of the saved views. ``late`` and ``today`` part what is due today at the present moment."""

    intake: int = 0
    process: int = 0
    sign: int = 0
    return_: int = 0
    consult: int = 0
    transfer: int = 0
    waiting: int = 0
    late: int = 0
    today: int = 0
    mine: int = 0

    @property
    def open(self) -> int:
        return self.intake + self.process + self.sign + self.return_ + self.consult + self.transfer


def stage_units(actor: Actor) -> list[tuple[str, UUID]]:
    """(stage, unit) pairs whose open tasks the officer may take, but for those of a step that asks for a role."""
    pairs = []
    for stage, permission in STAGE_PERMISSION.items():
        for unit in directory().under(*actor.reach(permission)):
            pairs.append((stage, unit.id))
    return pairs


def roles_held(actor: Actor, unit_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """What steps may ask for and the officer holds in each of these units, beside nothing at all (the empty role):
    roles by their code, permissions by their name, as ``steps.fits`` tells."""
    asked = roles_in_use()
    if not asked:
        return {unit: [""] for unit in unit_ids}
    units = directory()
    held = [(grant.unit_path, asked & {grant.role, *grant.permissions}) for grant in actor.grants]
    return {
        unit: ["", *sorted({role for path, roles in held if units.unit(unit).path.startswith(path) for role in roles})]
        for unit in unit_ids
    }


def _with_roles(actor: Actor, pairs: list[tuple[str, UUID]]) -> list[tuple[str, UUID, str]]:
    """The same places with each role that the officer may take work of there."""
    held = roles_held(actor, {unit for _, unit in pairs})
    return [(stage, unit, role) for stage, unit in pairs for role in held[unit]]


def _columns(places: list[tuple[str, UUID, str]]) -> dict[str, list[Any]]:
    """The places as parameters of a statement."""
    return {
        "stages": [stage for stage, _unit, _role in places],
        "units": [unit for _stage, unit, _role in places],
        "roles": [role for _stage, _unit, role in places],
    }


def led_units(actor: Actor) -> list[UUID]:
    """The units whose work the officer leads."""
    return [unit.id for unit in directory().under(*actor.reach(LEAD))]


def _pairs(actor: Actor, wanted: Filter) -> list[tuple[str, UUID]]:
    """(stage, unit) pairs of the list; for work elsewhere the units that answer, without a stage."""
    if wanted.scope == "elsewhere":
        pairs = [("", unit) for unit in led_units(actor)]
    elif wanted.scope == "led":
        pairs = [(stage, unit) for unit in led_units(actor) for stage in wanted.stages]
    else:
        pairs = [pair for pair in stage_units(actor) if pair[0] in wanted.stages]
    units = directory()
    if wanted.unit_id is not None and wanted.scope != "elsewhere":
        # a view that was saved before a reorganisation shows the work where it is now
        unit = units.by_id.get(wanted.unit_id)
        pairs = [pair for pair in pairs if unit is not None and pair[1] in (unit.id, units.present(unit).id)]
    agency = units.by_id.get(wanted.within) if wanted.within else None
    if agency is not None:
        inside = {unit.id for unit in units.under(units.present(agency).path)}
        pairs = [pair for pair in pairs if pair[1] in inside]
    return pairs


def page(
    actor: Actor,
    wanted: Filter,
    *,
    after: Position | None = None,
    before: Position | None = None,
    limit: int = 50,
) -> Page:
    """A page of the officer's open work, due first; rows come with ``case``, ``case.dossier`` and ``assignee``.

    One index scan per unit and stage, each stopping at ``limit``, merged.
    """
    pairs = _pairs(actor, wanted)
    if not pairs:
        return Page([], None, None)
    backwards = before is not None
    start = before if backwards else after
    keys = _keys(actor, wanted, pairs, start, limit + 1, backwards=backwards)
    more = len(keys) > limit
    keys = keys[:limit]
    if backwards:
        keys.reverse()
    found = {
        task.id: task
        for task in Task.objects.filter(pk__in=[key for _, key in keys]).select_related("case__dossier", "assignee")
    }
    tasks = [found[key] for _, key in keys if key in found]
    newer = keys[0] if keys and (more if backwards else start is not None) else None
    older = keys[-1] if keys and (backwards or more) else None
    return Page(tasks, newer, older)


def next_after(actor: Actor, wanted: Filter, *, not_of: UUID, after: Position | None = None) -> Task | None:
    """What to take up next: the row behind the place where one was, else the first; never of the same case."""
    for start in (after, None) if after is not None else (None,):
        tasks = page(actor, wanted, after=start, limit=3).tasks
        found = next((task for task in tasks if task.case_id != not_of), None)
        if found is not None:
            return found
    return None


def _keys(
    actor: Actor, wanted: Filter, pairs: list[tuple[str, UUID]], start: Position | None, limit: int, *, backwards: bool
) -> list[tuple[datetime | None, UUID]]:
    """Keys from ``start`` on, in the direction asked for. Rows without a due date lie behind all others."""
    order: tuple[bool, ...] = (False, True) if backwards else (True, False)
    if start is not None and (start[0] is None) is not backwards:
        order = order[1:]
    keys: list[tuple[datetime | None, UUID]] = []
    for dated in order:
        if len(keys) < limit and (dated or not wanted.due):
            begin = start if start is not None and (start[0] is not None) is dated else None
            keys += _scan(actor, wanted, pairs, begin, limit - len(keys), dated=dated, backwards=backwards)
    return keys


def _scan(
    actor: Actor,
    wanted: Filter,
    pairs: list[tuple[str, UUID]],
    start: Position | None,
    limit: int,
    *,
    dated: bool,
    backwards: bool,
) -> list[tuple[datetime | None, UUID]]:
    conditions, values = _conditions(wanted)
    source, placed, more = _source(actor, wanted, pairs)
    conditions += placed
    values |= more | {"limit": limit}
    sign, way = ("<", "DESC") if backwards else (">", "ASC")
    order = f"due_at {way}, id {way}" if dated else f"id {way}"
    conditions.append("t.due_at IS NOT NULL" if dated else "t.due_at IS NULL")
    if start is not None:
        values["start_at"], values["start_id"] = start
        conditions.append(
            f"(t.due_at, t.id) {sign} (%(start_at)s, %(start_id)s)" if dated else f"t.id {sign} %(start_id)s"
        )
    inner = f"t.due_at {way}, t.id {way}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.due_at, t.id FROM {source}, LATERAL ("  # noqa: S608
            f"SELECT t.id, t.due_at FROM cases_task t WHERE {' AND '.join(conditions)} "
            f"ORDER BY {inner} LIMIT %(limit)s) t ORDER BY {order} LIMIT %(limit)s",
            values,
        )
        return list(cursor.fetchall())


def _people(actor: Actor, wanted: Filter) -> list[UUID]:
    """In whose hands the work is that the list shows; nobody named: anybody's."""
    if wanted.person_id is not None:
        return [wanted.person_id]
    if wanted.mine and actor.id is not None:
        return [actor.id, *(principal.id for principal in actor.principals)]
    return []


def _source(actor: Actor, wanted: Filter, pairs: list[tuple[str, UUID]]) -> tuple[str, list[str], dict[str, Any]]:
    """What is gone through, index by index: people, units that answer, or units by stage."""
    values: dict[str, Any] = {"stages": [stage for stage, _ in pairs], "units": [unit for _, unit in pairs]}
    people = _people(actor, wanted)
    if people:
        values["people"] = people
    if wanted.scope == "elsewhere":
        values |= {"led": led_units(actor), "kinds": list(wanted.stages)}
        placed = ["t.answerable_id = p.unit", "t.unit_id <> ALL(%(led)s)", "t.stage = ANY(%(kinds)s)"]
        if people:
            placed.append("t.assignee_id = ANY(%(people)s)")
        if wanted.unit_id is not None:
            values["unit"] = wanted.unit_id
            placed.append("t.unit_id = %(unit)s")
        return "unnest(%(units)s::uuid[]) AS p(unit)", placed, values
    if people and wanted.state == "open":
        within = "(t.unit_id, t.stage) IN (SELECT * FROM unnest(%(units)s::uuid[], %(stages)s::text[]))"
        if wanted.scope == "own" and not wanted.mine:
            values |= _columns(_with_roles(actor, pairs))
            within = (
                "(t.unit_id, t.stage, t.role) IN "
                "(SELECT * FROM unnest(%(units)s::uuid[], %(stages)s::text[], %(roles)s::text[]))"
            )
        return "unnest(%(people)s::uuid[]) AS p(person)", ["t.assignee_id = p.person", within], values
    if _is_everything(actor, wanted) and not people:
        return "(SELECT 1) AS p", ["t.stage = ANY(%(kinds)s)"], {"kinds": list(wanted.stages)}
    placed = ["t.unit_id = p.unit", "t.stage = p.stage"]
    if people:
        placed.append("t.assignee_id = ANY(%(people)s)")
    if wanted.scope == "led":
        return "unnest(%(units)s::uuid[], %(stages)s::text[]) AS p(unit, stage)", placed, values
    values |= _columns(_with_roles(actor, pairs))
    placed.append("t.role = p.role")
    return "unnest(%(units)s::uuid[], %(stages)s::text[], %(roles)s::text[]) AS p(unit, stage, role)", placed, values


def _is_everything(actor: Actor, wanted: Filter) -> bool:
    """Whether the list is the open work of every unit there is: then one index of due moments serves, and no unit is
    asked for."""
    narrowed = wanted.unit_id is not None or wanted.within is not None or wanted.state != "open"
    return wanted.scope == "led" and not narrowed and len(led_units(actor)) == len(directory().all)


def _conditions(wanted: Filter) -> tuple[list[str], dict[str, Any]]:
    # the state stands in the statement, so that the partial indexes of open and of waiting work are seen
    state = "waiting" if wanted.state == "waiting" else "open"
    conditions = [f"t.state = '{state}'"]
    values: dict[str, Any] = {}
    if wanted.nobody:
        conditions.append("t.assignee_id IS NULL")
    if wanted.due:
        now, midnight = _now_and_midnight()
        values["now"], values["until"] = now, midnight if wanted.due == "today" else midnight + timedelta(days=6)
        conditions.append(
            "t.due_at < %(now)s" if wanted.due == "late" else "t.due_at >= %(now)s AND t.due_at < %(until)s"
        )
    of_dossier = []
    if wanted.procedure_code:
        of_dossier.append("d.procedure_code = %(procedure)s")
        values["procedure"] = wanted.procedure_code
    if wanted.channel:
        of_dossier.append("d.channel = %(channel)s")
        values["channel"] = wanted.channel
    if wanted.field_id:
        of_dossier.append(
            "EXISTS (SELECT 1 FROM procedures_procedureversion v WHERE v.id = d.procedure_version_id "
            "AND v.field_id = %(field)s)"
        )
        values["field"] = wanted.field_id
    if of_dossier:
        conditions.append(
            f"EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.case_id = t.case_id AND {' AND '.join(of_dossier)})"  # noqa: S608
        )
    return conditions, values


def _now_and_midnight() -> tuple[datetime, datetime]:
    """The present moment and the end of the present day in Viet Nam."""
    now = clock.now()
    day = now.astimezone(VIETNAM).date() + timedelta(days=1)
    return now, datetime.combine(day, time.min, tzinfo=VIETNAM)


_FIGURES = """
WITH p AS (SELECT * FROM unnest(%(units)s::uuid[], %(stages)s::text[], %(roles)s::text[]) AS p(unit, stage, role)),
late AS (
    SELECT count(*) AS n FROM p, LATERAL (
        SELECT 1 FROM cases_task t WHERE t.state = 'open' AND t.unit_id = p.unit AND t.stage = p.stage
        AND t.role = p.role AND t.due_at >= %(morning)s AND t.due_at < %(now)s ORDER BY t.due_at LIMIT 1000) x),
mine AS (
    SELECT count(*) AS n FROM (
        SELECT 1 FROM cases_task t WHERE t.state = 'open' AND t.assignee_id = ANY(%(me)s) LIMIT %(bound)s) x)
SELECT
    sum(w.tasks) FILTER (WHERE w.state = 'open' AND w.stage = 'intake'),
    sum(w.tasks) FILTER (WHERE w.state = 'open' AND w.stage = 'process'),
    sum(w.tasks) FILTER (WHERE w.state = 'open' AND w.stage = 'sign'),
    sum(w.tasks) FILTER (WHERE w.state = 'open' AND w.stage = 'return'),
    sum(w.tasks) FILTER (WHERE w.state = 'open' AND w.stage = 'consult'),
    sum(w.tasks) FILTER (WHERE w.state = 'open' AND w.stage = 'transfer'),
    sum(w.tasks) FILTER (WHERE w.state = 'waiting'),
    sum(w.tasks) FILTER (WHERE w.state = 'open' AND w.due_on < %(today)s),
    sum(w.tasks) FILTER (WHERE w.state = 'open' AND w.due_on = %(today)s),
    (SELECT n FROM late), (SELECT n FROM mine)
FROM p JOIN cases_workcount w ON w.unit_id = p.unit AND w.stage = p.stage AND w.role = p.role
"""


def figures(actor: Actor) -> Figures:
    """The numbers of the officer's saved views, one query: counters by unit, stage and due day.

    Counted are only the tasks due earlier today (they are late by hours) and one's own, up to ``MINE_AT_MOST`` + 1.
    """
    places = _with_roles(actor, stage_units(actor))
    if not places:
        return Figures()
    now, midnight = _now_and_midnight()
    with connection.cursor() as cursor:
        cursor.execute(
            _FIGURES,
            {
                **_columns(places),
                "me": [actor.id, *(principal.id for principal in actor.principals)],
                "now": now,
                "morning": midnight - timedelta(days=1),
                "today": now.astimezone(VIETNAM).date(),
                "bound": MINE_AT_MOST + 1,
            },
        )
        row = [max(0, int(value or 0)) for value in cursor.fetchone() or (0,) * 11]
    intake, process, sign, return_, consult, transfer, waiting, before_today, today, late_today, mine = row
    return Figures(
        intake=intake,
        process=process,
        sign=sign,
        return_=return_,
        consult=consult,
        transfer=transfer,
        waiting=waiting,
        late=before_today + late_today,
        today=max(0, today - late_today),
        mine=mine,
    )
