"""Papers between offices: which dossiers must travel, until when, when they are expected, and what a sheet says.

A dossier received away from its agency runs from the moment that the agency has it (ND309 Đ8.3). What is electronic is
there at once; paper leaves the same day, or first thing on the next working day when received after 15:00 (ND118 Đ18),
and arrives within one working day (ND118 Đ20.1a).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from motcua.engines.cases.models import Stage, Task, TaskState
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.parts import parts
from motcua.engines.organisations.queries import UnitInfo, calendar_for, directory
from motcua.foundation.cache import Remembered
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import NotFound
from motcua.foundation.working_time import (
    Allowance,
    Calendar,
    Reckoning,
    Step,
    Unit,
    add_working_seconds,
    due,
    next_working_day,
    reckon,
)
from motcua.services.dossiers import policies
from motcua.services.dossiers.models import Channel, Delivery, Dossier, HandOver, HandOverItem, Load

SEND: Final = "send"
ARRIVE: Final = "arrive"
SEND_RESULT: Final = "send_result"
ARRIVE_RESULT: Final = "arrive_result"
"""Steps of a transfer. They belong to no flow: the law adds them wherever papers travel."""

NAMES: Final = {
    SEND: "Bàn giao hồ sơ giấy",
    ARRIVE: "Nhận hồ sơ giấy bàn giao",
    SEND_RESULT: "Chuyển kết quả về nơi trả",
    ARRIVE_RESULT: "Nhận kết quả để trả",
}
SENDING: Final = {Load.DOSSIERS: SEND, Load.RESULTS: SEND_RESULT}
ARRIVING: Final = {Load.DOSSIERS: ARRIVE, Load.RESULTS: ARRIVE_RESULT}
MOST_ROWS: Final = 500
CUTOFF: Final = time(15)
"""Papers received later leave on the next working morning (ND118 Đ18); a province may set another hour."""

ARRIVAL_DAYS: Final = 1
"""Working days within which paper reaches the competent agency (ND118 Đ20.1a)."""


def transfer_due(calendar: Calendar, received: datetime, cutoff: time = CUTOFF) -> datetime:
    """Until when paper must leave: the end of the day, or of the first working hour of the next working day when it
    was received after the cut-off, after closing or on a day off (ND118 Đ18)."""
    here = received.astimezone(VIETNAM)
    midnight = datetime.combine(here.date(), time.min, tzinfo=VIETNAM)
    shifts = calendar.table.shifts_on(here.date().toordinal())
    closing = midnight + timedelta(seconds=shifts[-1][1]) if shifts else None
    if closing is not None and here.time() <= cutoff and here < closing:
        return closing
    following = next_working_day(calendar, here.date())
    return add_working_seconds(calendar, datetime.combine(following, time.min, tzinfo=VIETNAM), 3600)


def sending_due(unit_id: UUID, received: datetime) -> datetime:
    """The same at a counter, by its calendar and the hour that holds in the province on that day."""
    return transfer_due(calendar_for(unit_id), received, policies.time_of_day("transfer_cutoff", received))


def travel_due(step: str, unit_id: UUID, moment: datetime) -> datetime:
    """When a step of a transfer is due that begins at a moment: leaving, or arriving."""
    if step in (SEND, SEND_RESULT):
        return sending_due(unit_id, moment)
    return expected_arrival(calendar_for(unit_id), moment)


def expected_arrival(calendar: Calendar, received: datetime) -> datetime:
    """The latest lawful arrival of paper: one working day (ND118 Đ20.1a). Promises are reckoned from here."""
    return due(calendar, received, Allowance(ARRIVAL_DAYS, Unit.WORKING_DAY))


def _load_homes() -> dict[UUID, UUID]:
    units = directory()
    inside: dict[UUID, UUID] = {}
    for unit in units.all:
        if unit.one_stop and unit.current and unit.parent_id is not None:
            inside.setdefault(unit.parent_id, unit.id)
    homes: dict[UUID, UUID] = {}
    for unit in units.all:  # by path: what is above comes first
        above = homes.get(unit.parent_id) if unit.parent_id else None
        homes[unit.id] = inside.get(unit.id) or above or unit.id
    return homes


_homes = Remembered(_load_homes)


def home_counter(unit_id: UUID) -> UUID:
    """The one-stop at which an agency's papers arrive: its own centre, else the one of the unit above."""
    return _homes().get(unit_id, unit_id)


def is_away(received_at: UUID, competent: UUID) -> bool:
    """Whether a counter is neither the agency's own nor the one that serves it."""
    if received_at in (competent, home_counter(competent)):
        return False
    units = directory()
    here, agency = units.unit(received_at).path, units.unit(competent).path
    return not here.startswith(agency) and not agency.startswith(here)


def on_paper(dossier: Dossier) -> bool:
    """Whether paper was handed in: at the counter or by post, with originals or copies counted."""
    if dossier.channel not in (Channel.DIRECT, Channel.POSTAL):
        return False
    components = parts(dossier, "components")
    return any(component.originals or component.certified or component.copies for component in components)


def must_travel(dossier: Dossier) -> bool:
    """Whether the dossier's papers must go to the competent agency before its clock starts."""
    return is_away(dossier.received_at_id, dossier.competent_id) and on_paper(dossier)


def result_travels(dossier: Dossier) -> bool:
    """Whether the result on paper must go back to the counter at which the person collects it."""
    return dossier.delivery == Delivery.COUNTER and is_away(dossier.received_at_id, dossier.competent_id)


@dataclass(frozen=True, slots=True)
class Expected:
    """A promise made before the papers have arrived. ``due`` None where the law sets no time."""

    arrival: datetime
    due: datetime | None
    reckoning: Reckoning | None


def expected(dossier: Dossier) -> Expected | None:
    """What the receipt promises while the papers are on their way; ``None`` once they are there, or need not go."""
    if dossier.accepted_at is None or dossier.arrived_at is not None or dossier.case.clock_start is not None:
        return None
    if not must_travel(dossier):
        return None
    return promise(dossier, dossier.accepted_at)


def promise(dossier: Dossier, accepted_at: datetime) -> Expected:
    """The latest lawful arrival and the due moment reckoned from it."""
    arrival = expected_arrival(calendar_for(dossier.received_at_id), accepted_at)
    if not dossier.case.allowance:
        return Expected(arrival, None, None)
    reckoning = reckon(calendar_for(dossier.competent_id), arrival, Allowance.parse(dossier.case.allowance))
    return Expected(arrival, reckoning.due, reckoning)


def arrival_steps(dossier: Dossier) -> tuple[Step, ...]:
    """What the reckoning tells before its own first step: received elsewhere, on the way, arrived. Empty at home."""
    if dossier.accepted_at is None or not is_away(dossier.received_at_id, dossier.competent_id):
        return ()
    units = directory()
    counter, agency = units.unit(dossier.received_at_id).name, units.unit(dossier.competent_id).name
    steps = [
        Step(
            dossier.accepted_at,
            "Received at %(counter)s at %(at)s. The time counts from when %(agency)s has the dossier.",
            "ND309 Đ8.3",
            {"counter": counter, "agency": agency, "at": dossier.accepted_at},
        )
    ]
    if dossier.arrived_at is None:
        waiting = expected(dossier)
        if waiting is not None:
            steps.append(
                Step(
                    waiting.arrival,
                    "The papers are on their way; they are expected by %(arrival)s.",
                    "ND118 Đ20.1a",
                    {"arrival": waiting.arrival},
                )
            )
    elif dossier.arrived_at > dossier.accepted_at:
        steps.append(
            Step(
                dossier.arrived_at,
                "%(agency)s confirmed at %(at)s that the papers arrived whole.",
                "ND118 Đ18",
                {"agency": agency, "at": dossier.arrived_at},
            )
        )
    else:
        steps.append(Step(dossier.arrived_at, "Electronic dossiers arrive at once.", "ND118 Đ18", {}))
    return tuple(steps)


# -- sheets -------------------------------------------------------------------------------------------------


def receiver_of(dossier: Dossier, load: str) -> UUID:
    """Where the papers go: dossiers to the agency's counter, results to the counter of the citizen."""
    return home_counter(dossier.competent_id) if load == Load.DOSSIERS else dossier.received_at_id


@dataclass(frozen=True, slots=True)
class Waiting:
    """One dossier that waits to be sent."""

    task: Task
    dossier: Dossier
    load: str
    receiver: UnitInfo


def _own_units(actor: Actor) -> list[UUID]:
    return [unit.id for unit in directory().under(*actor.reach("dossier.receive"))]


def to_send(actor: Actor, unit_id: UUID | None = None) -> list[Waiting]:
    """What the officer's counters have to send, due first; one query by the index of open work."""
    units = [key for key in _own_units(actor) if unit_id in (None, key)]
    tasks = (
        Task.objects.filter(state=TaskState.OPEN, unit__in=units, stage=Stage.TRANSFER, step__in=(SEND, SEND_RESULT))
        .select_related("case__dossier")
        .order_by("due_at", "id")[:MOST_ROWS]
    )
    found = []
    for task in tasks:
        load = str(Load.DOSSIERS if task.step == SEND else Load.RESULTS)
        dossier = task.case.dossier
        found.append(Waiting(task, dossier, load, directory().unit(receiver_of(dossier, load))))
    return found


def visible_sheets(actor: Actor) -> QuerySet[HandOver]:
    """The sheets that the officer's counters sent or are to receive."""
    sheets = HandOver.objects.select_related("sender", "receiver", "made_by", "confirmed_by")
    if actor.kind == "system":
        return sheets
    units = _own_units(actor)
    return sheets.filter(sender__in=units) | sheets.filter(receiver__in=units)


def awaited(actor: Actor) -> list[HandOver]:
    """Sheets on their way to the officer's counters, oldest first; ``lines``: how many dossiers each lists."""
    sheets = HandOver.objects.filter(receiver__in=_own_units(actor), confirmed_at__isnull=True)
    return list(
        sheets.annotate(lines=Count("items"))
        .select_related("sender", "receiver", "made_by")
        .order_by("made_at")[:MOST_ROWS]
    )


def sent(actor: Actor, limit: int = 50) -> list[HandOver]:
    """Sheets that the officer's counters made, newest first; ``lines``: how many dossiers each lists, ``lacking``: how
    many of them did not arrive whole."""
    sheets = HandOver.objects.filter(sender__in=_own_units(actor))
    counted = sheets.annotate(lines=Count("items"), lacking=Count("items", filter=Q(items__arrived=False)))
    return list(counted.select_related("sender", "receiver", "made_by").order_by("-made_at")[:limit])


def get_sheet(actor: Actor, sheet_id: UUID) -> HandOver:
    """One sheet. ``NotFound`` also where it is not the asker's."""
    sheet = visible_sheets(actor).filter(pk=sheet_id).first()
    if sheet is None:
        raise NotFound("There is no such hand-over sheet, or it is not yours to see.")
    return sheet


def items_of(sheet: HandOver) -> list[HandOverItem]:
    """The lines of a sheet in the order of their codes; one query."""
    return list(sheet.items.select_related("dossier__case").order_by("dossier__code"))


def sheet_content(sheet: HandOver, items: Sequence[HandOverItem] | None = None) -> dict[str, Any]:
    """Everything that the printed sheet (phiếu bàn giao) says.

    ``rows``: {"position", "code", "applicant", "procedure", "originals", "copies", "arrived", "remark"}; ``arrived``
    None until the receiver has said.
    """
    from motcua.services.procedures.queries import version

    rows = items_of(sheet) if items is None else items
    units = directory()
    return {
        "number": sheet.number,
        "load": sheet.load,
        "sender": units.unit(sheet.sender_id).name,
        "receiver": units.unit(sheet.receiver_id).name,
        "made_at": sheet.made_at,
        "made_by": sheet.made_by.full_name,
        "due_at": sheet.due_at,
        "confirmed_at": sheet.confirmed_at,
        "confirmed_by": sheet.confirmed_by.full_name if sheet.confirmed_by else "",
        "note": sheet.note,
        "rows": [
            {
                "position": position,
                "code": item.dossier.code,
                "applicant": item.dossier.applicant_name,
                "procedure": version(item.dossier.procedure_version_id).name,
                "originals": item.originals,
                "copies": item.copies,
                "arrived": item.arrived,
                "remark": item.remark,
            }
            for position, item in enumerate(rows, 1)
        ],
        "originals": sum(item.originals for item in rows),
        "copies": sum(item.copies for item in rows),
    }
