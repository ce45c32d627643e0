"""What a leader needs to see: what waits for them, what is late and why, who has how much.

From counters alone (plus what became late today, by index): as fast with a million dossiers as with ten thousand.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from django.db import connection

from motcua.engines.accounts.models import User
from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.services.dossiers.models import Correction, UsualLoad
from motcua.services.dossiers.office.proposals import count_waiting
from motcua.services.dossiers.office.worklists import led_units

Cause = Literal["opinion", "transfer", "elsewhere", "not_received", "untaken", "in_hand"]

TOO_MUCH: Final = 1.5
AT_LEAST: Final = 5
"""Overloaded is who has more than one and a half times the usual share of their unit in hand, and at least five steps.
The share: the unit's usual open steps (an average day of the last twelve months) by the people who have work there; of
a unit without history, its present average."""

MOST_CORRECTIONS: Final = 99


@dataclass(frozen=True, slots=True)
class Late:
    """Late steps of one cause at one holder. ``oldest``: the earliest due day among those late since before today."""

    cause: Cause
    unit_id: UUID
    person_id: UUID | None
    stage: str
    tasks: int
    oldest: date | None


@dataclass(slots=True)
class Load:
    """What lies with a person of a unit, or (``person_id`` None) in nobody's hands there."""

    unit_id: UUID
    person_id: UUID | None
    open: int = 0
    late: int = 0
    today: int = 0
    waiting: int = 0
    overloaded: bool = False


@dataclass(slots=True)
class UnitLoad:
    """The sum of a unit. ``usual``: open steps on an average day, None where nothing is known; ``share``: what is usual
    for one of its people."""

    unit_id: UUID
    people: list[Load]
    usual: float | None = None
    share: float = 0.0

    @property
    def open(self) -> int:
        return sum(each.open for each in self.people)

    @property
    def late(self) -> int:
        return sum(each.late for each in self.people)

    @property
    def waiting(self) -> int:
        return sum(each.waiting for each in self.people)

    @property
    def free(self) -> int:
        """In nobody's hands."""
        return sum(each.open for each in self.people if each.person_id is None)

    @property
    def overloaded(self) -> bool:
        """The unit as a whole against its own usual."""
        return self.usual is not None and self.open >= AT_LEAST and self.open > TOO_MUCH * self.usual


@dataclass(slots=True)
class Overview:
    """The three blocks. ``names``: of the people in them."""

    to_sign: int = 0
    to_sign_late: int = 0
    to_sign_today: int = 0
    proposals: int = 0
    corrections: int = 0
    waiting: int = 0
    late: list[Late] = field(default_factory=list)
    units: list[UnitLoad] = field(default_factory=list)
    names: dict[UUID, str] = field(default_factory=dict)

    @property
    def late_tasks(self) -> int:
        return sum(each.tasks for each in self.late)


_COUNTS: Final = """
SELECT w.unit_id, w.stage, w.state, w.assignee_id,
    sum(w.tasks), sum(w.tasks) FILTER (WHERE w.due_on < %(today)s), sum(w.tasks) FILTER (WHERE w.due_on = %(today)s),
    min(w.due_on)
FROM cases_workcount w
{of} GROUP BY 1, 2, 3, 4
"""
_ALL: Final = _COUNTS.format(of="")
_OF_UNITS: Final = _COUNTS.format(of="WHERE w.unit_id = ANY(%(led)s) OR w.answerable_id = ANY(%(led)s)")

# What was due earlier today: one probe of the index of open tasks for each place that has anything due today.
_SINCE_MORNING: Final = """
SELECT p.unit, p.stage, t.assignee_id, count(*)
FROM unnest(%(units)s::uuid[], %(stages)s::text[]) AS p(unit, stage), LATERAL (
    SELECT assignee_id FROM cases_task t
    WHERE t.state = 'open' AND t.unit_id = p.unit AND t.stage = p.stage
    AND t.due_at >= %(morning)s AND t.due_at < %(now)s
    AND (p.unit = ANY(%(led)s) OR t.answerable_id = ANY(%(led)s))
    ORDER BY t.due_at LIMIT 1000) t
GROUP BY 1, 2, 3
"""

Place = tuple[UUID, str, UUID | None]


@dataclass(slots=True)
class _Cell:
    """The counters of one unit, stage, state and person."""

    unit: UUID
    stage: str
    state: str
    person: UUID | None
    ours: bool
    tasks: int
    before: int
    today: int
    oldest: date | None


def overview(actor: Actor, *, late: int | None = None, units: int | None = None) -> Overview:
    """The leader's screen of the units that the actor leads; six queries.

    ``names`` holds the people of the first ``late`` rows and the first ``units`` units: a province has thousands.
    """
    led = led_units(actor)
    found = Overview()
    if not led:
        return found
    now = clock.now()
    today = now.astimezone(VIETNAM).date()
    cells = _cells(led, today)
    since = _since_morning(led, cells, now, today)
    _decide(actor, found, cells, since)
    found.late = _late(cells, since, today)
    found.units = _loads(cells, since, led)
    held = [each.person_id for unit in found.units[:units] for each in unit.people]
    held += [row.person_id for row in found.late[:late]]
    people = {person for person in held if person is not None}
    found.names = dict(User.objects.filter(pk__in=people).values_list("pk", "full_name"))
    found.proposals = count_waiting(led)
    open_ones = Correction.objects.filter(done_at__isnull=True, dossier__competent__in=led)
    found.corrections = len(open_ones.values_list("pk")[: MOST_CORRECTIONS + 1])
    return found


def corrections(actor: Actor) -> list[Correction]:
    """Results to be corrected in the units that the actor leads, due first; one query."""
    found = Correction.objects.filter(done_at__isnull=True, dossier__competent__in=led_units(actor))
    return list(found.select_related("dossier__case").order_by("due_at", "id")[: MOST_CORRECTIONS + 1])


def _cells(led: list[UUID], today: date) -> list[_Cell]:
    """The counters of the units led, and of work elsewhere that they answer for. Who leads all units has all."""
    own = set(led)
    everything = len(own) == len(directory().all)
    with connection.cursor() as cursor:
        cursor.execute(_ALL if everything else _OF_UNITS, {"led": led, "today": today})
        return [
            _Cell(unit, stage, state, person, unit in own, int(tasks), int(before or 0), int(due_today or 0), oldest)
            for unit, stage, state, person, tasks, before, due_today, oldest in cursor.fetchall()
        ]


def _since_morning(led: list[UUID], cells: list[_Cell], now: datetime, today: date) -> dict[Place, int]:
    """How many became late today, by unit, stage and person."""
    places = sorted({(cell.unit, cell.stage) for cell in cells if cell.state == "open" and cell.today > 0}, key=str)
    if not places:
        return {}
    values: dict[str, Any] = {
        "units": [unit for unit, _ in places],
        "stages": [stage for _, stage in places],
        "led": led,
        "now": now,
        "morning": datetime.combine(today, time.min, tzinfo=VIETNAM),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SINCE_MORNING, values)
        return {(unit, stage, person): int(tasks) for unit, stage, person, tasks in cursor.fetchall()}


def _decide(actor: Actor, found: Overview, cells: list[_Cell], since: dict[Place, int]) -> None:
    """What waits for the actor's own signature, and what stands because the applicant is to answer."""
    signing = {unit.id for unit in directory().under(*actor.reach("dossier.sign"))}
    for cell in cells:
        if cell.state == "waiting":
            found.waiting += cell.tasks if cell.ours else 0
        elif cell.stage == "sign" and cell.unit in signing:
            fresh = min(cell.today, since.get((cell.unit, cell.stage, cell.person), 0))
            found.to_sign += cell.tasks
            found.to_sign_late += cell.before + fresh
            found.to_sign_today += cell.today - fresh


def _late(cells: list[_Cell], since: dict[Place, int], today: date) -> list[Late]:
    """By cause and holder, worst first: the longest late, then the most."""
    rows = []
    for cell in cells:
        if cell.state != "open":
            continue
        tasks = cell.before + min(cell.today, since.get((cell.unit, cell.stage, cell.person), 0))
        if tasks > 0:
            oldest = cell.oldest if cell.before and cell.oldest and cell.oldest < today else None
            rows.append(Late(_cause(cell), cell.unit, cell.person, cell.stage, tasks, oldest))
    never = today + timedelta(days=1)
    return sorted(rows, key=lambda row: (row.oldest or never, -row.tasks, row.cause))


def _cause(cell: _Cell) -> Cause:
    """Why it is late, as far as the data tell: what kind of step it is, where it lies, whether anybody took it."""
    if cell.stage == "consult":
        return "opinion"
    if cell.stage == "transfer":
        return "transfer"
    if not cell.ours:
        return "elsewhere"
    if cell.person is not None:
        return "in_hand"
    return "not_received" if cell.stage == "intake" else "untaken"


def _loads(cells: list[_Cell], since: dict[Place, int], led: list[UUID]) -> list[UnitLoad]:
    """By unit, the most burdened first; within it by person, who has most first."""
    loads: dict[UUID, dict[UUID | None, Load]] = defaultdict(dict)
    for cell in cells:
        if not cell.ours:
            continue
        load = loads[cell.unit].setdefault(cell.person, Load(cell.unit, cell.person))
        if cell.state == "waiting":
            load.waiting += cell.tasks
            continue
        fresh = min(cell.today, since.get((cell.unit, cell.stage, cell.person), 0))
        load.open += cell.tasks
        load.late += cell.before + fresh
        load.today += cell.today - fresh
    usual = dict(UsualLoad.objects.filter(pk__in=led).values_list("pk", "open_steps"))
    units = [_unit_load(unit, people, usual.get(unit)) for unit, people in loads.items()]
    return sorted(units, key=lambda unit: (-unit.late, -unit.open))


def _unit_load(unit: UUID, people: dict[UUID | None, Load], usual: float | None) -> UnitLoad:
    """``TOO_MUCH`` and ``AT_LEAST`` are the rule of who is overloaded."""
    rows = sorted(people.values(), key=lambda load: (load.person_id is None, -load.open, -load.late))
    held = [load for load in rows if load.person_id is not None]
    found = UnitLoad(unit, rows, usual)
    if held:
        found.share = (usual if usual else sum(load.open for load in held)) / len(held)
        for load in held:
            load.overloaded = load.open >= AT_LEAST and load.open > TOO_MUCH * found.share
    return found
