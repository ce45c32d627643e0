"""Who has looked at my dossiers, when and why (Luật 91/2025/QH15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import DEFAULT_ROLES
from motcua.interfaces.keyset import position
from motcua.interfaces.portal.access import actor_of, citizen
from motcua.interfaces.portal.frame import language, portal_page
from motcua.interfaces.portal.views.dossiers import names_of
from motcua.interfaces.portal.views.procedures import short_name
from motcua.services.dossiers import access, policies
from motcua.services.dossiers.models import Access, DoorWay, Why

PAGE = 50


@dataclass(slots=True)
class Look:
    """One line: whose office looked, into which dossier, and what for each time, first the last."""

    at: datetime
    code: str
    name: str
    who: str
    why: list[str]


@dataclass(slots=True)
class Day:
    """The looks of one day, newest first."""

    day: date
    looks: list[Look] = field(default_factory=list)


@citizen
@require_safe
def looked_at(request: HttpRequest) -> HttpResponse:
    """By day: unit and role (the officer's name where the policy says so), the dossier, and why, in plain words."""
    rows = list(access.of_party(actor_of(request), after=position(request.GET.get("after", "")), limit=PAGE + 1))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    context = {
        "days": _days(rows[:PAGE]),
        "older": f"{last.at.isoformat()}_{last.pk}" if last else "",
    }
    return portal_page(request, "looked_at.html", context)


def _days(rows: Sequence[Access]) -> list[Day]:
    """Looks of one office into one dossier that follow each other are one line."""
    names = policies.value("access_names") == "name"
    procedures = names_of({row.dossier.procedure_version_id for row in rows})
    days: list[Day] = []
    for row in rows:
        if not days or days[-1].day != row.day:
            days.append(Day(row.day))
        looks, who, why = days[-1].looks, _who(row, names), _sentence(_why(row))
        if looks and (looks[-1].code, looks[-1].who) == (row.dossier.code, who):
            if why not in looks[-1].why:
                looks[-1].why.append(why)
            continue
        name = short_name(procedures[row.dossier.procedure_version_id])
        looks.append(Look(row.at, row.dossier.code, name, who, [why]))
    return days


def _sentence(said: str) -> str:
    return said[:1].upper() + said[1:]


def _who(row: Access, names: bool) -> str:
    """Unit and role; nothing of the officer's own."""
    unit = directory().by_id.get(row.unit_id) if row.unit_id else None
    parts = [unit.name] if unit else []
    if row.client is not None:
        return ", ".join([row.client.name, *parts])
    if row.officer is None:
        return _("The operator of the platform")
    if row.role and language() == "vi":
        parts.append(DEFAULT_ROLES.get(row.role, (row.role, []))[0])
    if names:
        parts.append(row.officer.full_name)
    return ", ".join(parts) or _("An officer")


def _why(row: Access) -> str:
    """What they looked at and what for, as one would say it."""
    if row.why == Why.TASK:
        said = _("to handle your dossier")
    elif row.why == Why.REASON:
        reason = access.REASON_TEXTS.get(row.reason)
        said = str(reason) if reason is not None and row.reason != access.OTHER else row.note or _("for another reason")
    elif row.why == Why.PREVIEW:
        said = _("saw it in a list")
    elif row.why == Why.REGISTER:
        said = _("printed or saved the register of dossiers, in which yours stands")
    elif row.why == Why.CLIENT:
        said = _("a connected system asked for it")
    elif row.why == Why.EXPORT:
        said = _("for the examination of how procedures are handled")
    else:
        said = _("to keep the platform running")
    if row.why == Why.REGISTER:
        return said
    if row.way == DoorWay.FILE:
        return _("opened a file: %(why)s") % {"why": said}
    if row.way == DoorWay.PAPER:
        return _("opened a printed paper: %(why)s") % {"why": said}
    return said
