"""The leader's screen: decide, late, load. Each number opens its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.keys import new_id
from motcua.interfaces.desk import lists
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.finishing import return_here
from motcua.interfaces.desk.frame import desk_page
from motcua.interfaces.desk.rows import procedure_names
from motcua.services.dossiers import reasons
from motcua.services.dossiers.office import leading, proposals, worklists
from motcua.services.dossiers.office.leading import Late, Load, UnitLoad
from motcua.services.dossiers.office.seen import proposals_of, seen_by
from motcua.services.dossiers.office.worklists import LEAD, Filter

CAUSES: dict[str, Promise] = {
    "opinion": _("Waiting for another agency’s opinion"),
    "transfer": _("Papers not handed over"),
    "elsewhere": _("With another agency"),
    "not_received": _("Not received yet"),
    "untaken": _("Nobody has taken it in hand"),
    "in_hand": pgettext_lazy("cause of lateness", "In somebody’s hands"),
}
SHOWN_LATE = 12
SHOWN_UNITS = 30
DECIDE = 30


@dataclass(frozen=True, slots=True)
class LateRow:
    """One line of the block of what is late."""

    cause: Promise
    unit: str
    person: str
    tasks: int
    oldest: date | None
    days: int
    url: str


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One line of the block of load; ``name`` empty: in nobody's hands."""

    name: str
    load: Load
    url: str
    late_url: str


@dataclass(frozen=True, slots=True)
class UnitRows:
    """A unit with its people."""

    name: str
    unit: UnitLoad
    rows: list[LoadRow]
    url: str
    late_url: str
    waiting_url: str


def _list(**params: Any) -> str:
    given = {name: str(value) for name, value in params.items() if value not in (None, "")}
    return f"{reverse('desk:worklist')}?{urlencode(given)}"


@holding(LEAD)
@require_safe
def leader(request: HttpRequest) -> HttpResponse:
    """The three blocks, from counters."""
    found = leading.overview(actor_of(request), late=SHOWN_LATE, units=SHOWN_UNITS)
    context = {
        "found": found,
        "late": [_late_row(row, found.names) for row in found.late[:SHOWN_LATE]],
        "late_more": max(0, len(found.late) - SHOWN_LATE),
        "late_url": _list(view="unit", due="late"),
        "waiting_url": _list(view="unit", state="waiting"),
        "units": [_unit_rows(unit, found.names) for unit in found.units[:SHOWN_UNITS]],
        "units_more": max(0, len(found.units) - SHOWN_UNITS),
        "rule": {"times": "1,5", "least": leading.AT_LEAST},
        "now": clock.now(),
    }
    return desk_page(request, "desk/leader.html", context, place="leader")


def _late_row(row: Late, names: dict[UUID, str]) -> LateRow:
    units = directory().by_id
    person = row.person_id or (lists.NOBODY if row.cause in ("untaken", "not_received") else "")
    elsewhere = row.cause == "elsewhere" or row.unit_id not in units
    url = _list(view="elsewhere" if elsewhere else "unit", due="late", stage=row.stage, unit=row.unit_id, person=person)
    days = (clock.today() - row.oldest).days if row.oldest else 0
    unit = units[row.unit_id].label if row.unit_id in units else ""
    name = names.get(row.person_id, "") if row.person_id else ""
    return LateRow(CAUSES[row.cause], unit, name, row.tasks, row.oldest, days, url)


def _unit_rows(unit: UnitLoad, names: dict[UUID, str]) -> UnitRows:
    units = directory().by_id
    rows = []
    for load in unit.people:
        name = names.get(load.person_id, "") if load.person_id else ""
        person = load.person_id or lists.NOBODY
        url = _list(view="unit", unit=unit.unit_id, person=person)
        rows.append(LoadRow(name, load, url, _list(view="unit", unit=unit.unit_id, person=person, due="late")))
    return UnitRows(
        units[unit.unit_id].label if unit.unit_id in units else "",
        unit,
        rows,
        _list(view="unit", unit=unit.unit_id),
        _list(view="unit", unit=unit.unit_id, due="late"),
        _list(view="unit", unit=unit.unit_id, state="waiting"),
    )


@holding("dossier.sign")
@require_safe
def decide(request: HttpRequest) -> HttpResponse:
    """What waits for one's signature, with what was proposed: look at each, then sign many."""
    actor = actor_of(request)
    after = lists.position(request.GET.get("after", ""))
    page = worklists.page(actor, Filter(stages=("sign",)), after=after, limit=DECIDE)
    keys = [task.case_id for task in page.tasks]
    names = procedure_names(task.case.dossier for task in page.tasks)
    return_here(request, request.get_full_path(), through="view=sign")
    said, seen = proposals_of(keys), seen_by(actor, keys)
    context = {
        "rows": [
            {
                "task": task,
                "dossier": task.case.dossier,
                "procedure": names.get(task.case.dossier.procedure_version_id, ""),
                "said": said.get(task.case_id),
                "seen": task.case_id in seen,
            }
            for task in page.tasks
        ],
        "unseen": sum(1 for key in keys if key not in seen),
        "older": lists.cursor(page.older),
        "token": str(new_id()),
        "now": clock.now(),
    }
    return desk_page(request, "desk/decide.html", context, place="leader")


@holding(LEAD)
@require_safe
def proposed(request: HttpRequest) -> HttpResponse:
    """What only a leader may do and somebody proposes, with the reasons; and results that are to be corrected."""
    actor = actor_of(request)
    rows, wrong = proposals.waiting(actor), leading.corrections(actor)
    names = procedure_names([*(row.dossier for row in rows), *(row.dossier for row in wrong)])
    language = get_language() or "vi"
    return_here(request, reverse("desk:proposals"))
    context = {
        "rows": [(row, names.get(row.dossier.procedure_version_id, "")) for row in rows],
        "corrections": [
            (row, reasons.text("correct", row.reason, language), names.get(row.dossier.procedure_version_id, ""))
            for row in wrong
        ],
        "now": clock.now(),
    }
    return desk_page(request, "desk/proposals.html", context, place="leader")
