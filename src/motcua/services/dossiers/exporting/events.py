"""Dossiers as cases and their ledger as events, a portion at a time, without anything that names a person.

Left out unless asked for: names, contact data, dossier codes, what anybody wrote. Cases and officers carry keys made
from the installation's secret: the same in every export of this installation, and of no use anywhere else.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from motcua.engines.cases.models import Task
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.queries import directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid
from motcua.services.dossiers import access
from motcua.services.dossiers.models import DoorWay, Dossier, Why
from motcua.services.dossiers.rules import Status

PORTION: Final = 500
_START: Final = frozenset({"claimed", "assigned"})
_SUSPEND: Final = frozenset({"supplement_requested", "payment_demanded"})
_RESUME: Final = frozenset({"supplied", "paid", "payment_dropped", "reopened"})
_ABORT: Final = frozenset({"refused", "withdrawn", "stopped", "closed_unanswered"})
_STEPPED: Final = frozenset({"claimed", "released", "assigned", "passed_on", "sent_back", "completed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which dossiers: of a unit with all below it, of a procedure, submitted from a day to a day (both within)."""

    unit_id: UUID | None = None
    procedure_code: str = ""
    first: date | None = None
    last: date | None = None
    personal: bool = False

    def checked(self) -> Wanted:
        """The same. Raises ``Invalid`` for a period that ends before it begins."""
        if self.first and self.last and self.last < self.first:
            raise Invalid(fields={"to": ["The last day lies before the first."]})
        return self


@dataclass(frozen=True, slots=True)
class Step:
    """One event. ``activity`` is what was done, with the step of the flow where it belongs to one."""

    activity: str
    at: datetime
    transition: str
    resource: str
    group: str
    kind: str
    seq: int
    status: int | None
    actor: str


@dataclass(frozen=True, slots=True)
class Case:
    """One dossier. ``attributes``: text, whole numbers, truth values and moments by name."""

    key: str
    attributes: dict[str, Any]
    steps: list[Step]


@dataclass(slots=True)
class Counts:
    """How much has been written."""

    cases: int = 0
    events: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)


def pseudonym(kind: str, key: object) -> str:
    """A key that stands for another one, the same for the same; without the secret nobody finds the way back."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"export:{kind}:{key}".encode(), hashlib.sha256)
    return digest.hexdigest()[:16]


def cases(wanted: Wanted) -> Iterator[Case]:
    """The cases in the order of submission, each with its events in the order of the ledger.

    Two statements a portion, by index; memory does not grow with the number of dossiers.
    """
    wanted.checked()
    found = iter(_dossiers(wanted).iterator(chunk_size=PORTION))
    while portion := list(islice(found, PORTION)):
        keys = [dossier.pk for dossier in portion]
        if wanted.personal:
            access.note_many(SYSTEM, keys, DoorWay.COMMAND, Why.EXPORT)
        units = _units_of_steps(keys)
        steps: dict[UUID, list[Event]] = {key: [] for key in keys}
        for event in Event.objects.filter(stream__in=keys).order_by("stream", "seq"):
            steps[event.stream].append(event)
        for dossier in portion:
            yield _case(dossier, steps[dossier.pk], units, wanted.personal)


def _dossiers(wanted: Wanted) -> QuerySet[Dossier]:
    found = Dossier.objects.select_related("case").defer("answers", "contact")
    if wanted.unit_id is not None:
        reached = [unit.id for unit in directory().under(directory().unit(wanted.unit_id).path)]
        found = found.filter(Q(competent__in=reached) | Q(received_at__in=reached))
    if wanted.procedure_code:
        found = found.filter(procedure_code=wanted.procedure_code)
    if wanted.first:
        found = found.filter(submitted_at__gte=_midnight(wanted.first))
    if wanted.last:
        found = found.filter(submitted_at__lt=_midnight(wanted.last + timedelta(days=1)))
    return found.order_by("submitted_at", "case")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=VIETNAM)


def _units_of_steps(keys: list[UUID]) -> dict[tuple[UUID, str], str]:
    """Codes of the units by case and step."""
    units = directory().by_id
    rows = Task.objects.filter(case__in=keys).values_list("case_id", "step", "unit_id")
    return {(case, step): units[unit].code for case, step, unit in rows if unit in units}


def _case(dossier: Dossier, events: list[Event], units: Mapping[tuple[UUID, str], str], personal: bool) -> Case:
    codes = directory().by_id
    received, competent = codes.get(dossier.received_at_id), codes.get(dossier.competent_id)
    key = dossier.code if personal else pseudonym("case", dossier.pk)
    case = dossier.case
    attributes: dict[str, Any] = {
        "procedure": dossier.procedure_code,
        "channel": str(dossier.channel),
        "delivery": str(dossier.delivery),
        "received_at": received.code if received else "",
        "competent": competent.code if competent else "",
        "status": Status(dossier.status).name,
        "status_national": dossier.status,
        "allowance": case.allowance,
        "submitted": dossier.submitted_at,
        "accepted": dossier.accepted_at,
        "due": case.due_at,
        "finished": dossier.finished_at,
        "returned": dossier.returned_at,
        "late": dossier.counts_late or bool(case.due_at and dossier.finished_at and dossier.finished_at > case.due_at),
    }
    if personal:
        attributes["applicant"] = dossier.applicant_name
    counter = received.code if received else ""
    steps = [_step(event, units.get((dossier.pk, _step_of(event)), counter), personal) for event in events]
    return Case(key, {name: value for name, value in attributes.items() if value not in (None, "")}, steps)


def _step_of(event: Event) -> str:
    step = event.data.get("step")
    return step if isinstance(step, str) else "intake"


def _step(event: Event, group: str, personal: bool) -> Step:
    verb = event.kind.partition(".")[2]
    step = event.data.get("step")
    moved = event.data.get("status")
    activity = f"{verb} {step}" if verb in _STEPPED and isinstance(step, str) else verb
    kind = str(event.actor.get("kind", ""))
    resource = _resource(event, kind, personal)
    status = moved[1] if isinstance(moved, list) and len(moved) == 2 else None
    return Step(activity, event.at, transition_of(verb), resource, group, verb, event.seq, status, kind)


def _resource(event: Event, kind: str, personal: bool) -> str:
    """Who: an officer or machine under a key that stands for them; citizens and the system as such."""
    if kind not in ("officer", "client"):
        return kind
    if personal and event.actor.get("name"):
        return str(event.actor["name"])
    return f"{kind} {pseudonym(kind, event.actor.get('id', ''))}"


def transition_of(verb: str) -> str:
    """The standard's lifecycle transition that an event of ours is."""
    if verb in _START:
        return "start" if verb == "claimed" else "assign"
    if verb in _SUSPEND:
        return "suspend"
    if verb in _RESUME:
        return "resume"
    if verb in _ABORT:
        return "pi_abort"
    return "reassign" if verb in ("released", "reassigned") else "complete"


def record_export(form: str, wanted: Wanted, counts: Counts, by: str) -> None:
    """An export that names people is on record in the ledger of the unit: who made it, of what, how much."""
    units = directory()
    roots = [unit for unit in units.all if unit.parent_id is None]
    stream = wanted.unit_id or roots[0].id
    with begin(SYSTEM) as work:
        work.record(
            stream,
            "process_data.exported",
            {
                "form": form,
                "by": by,
                "procedure": wanted.procedure_code,
                "from": wanted.first.isoformat() if wanted.first else "",
                "to": wanted.last.isoformat() if wanted.last else "",
                "cases": counts.cases,
                "events": counts.events,
            },
        )
