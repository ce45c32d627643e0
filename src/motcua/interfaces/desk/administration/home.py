"""Administrators' first page: the rooms that one's permissions open."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.frame import ADMINISTRATION, desk_page
from motcua.services.procedures.queries import review_counts


@dataclass(frozen=True, slots=True)
class Room:
    """A tile. ``count``: what waits there."""

    label: Promise
    does: Promise
    url: str
    icon: str
    count: int = 0


ROOMS: tuple[tuple[str, Promise, tuple[tuple[str, Promise, Promise, str], ...]], ...] = (
    (
        "catalogue.edit",
        _("Catalogue"),
        (
            ("procedures", _("Procedures"), _("Names, times, fees, papers; versions by date"), "documents"),
            ("review", _("Review list"), _("What the import could not decide"), "question"),
            ("flows", _("Flows"), _("Who does what, in which order, in how many hours"), "flow"),
            ("linked", _("Linked procedures"), _("What people submit together, and which agency does what"), "link"),
            ("forms", _("Forms"), _("What citizens fill in: designed, tried, published by date"), "clipboard"),
            ("notices", _("Wording of notices"), _("What people are told, by channel and language"), "mail"),
            ("reasons", _("Reasons"), _("What officers choose from when they refuse, stop, extend"), "list"),
            ("policies", _("Periods and limits"), _("Figures of the law, by decision and day"), "clock"),
            ("words", _("Search words"), _("Abbreviations and synonyms by which procedures are found"), "search"),
        ),
    ),
    (
        "organisations.edit",
        _("Organisation"),
        (
            ("units", _("Units"), _("The tree of agencies, counters and divisions"), "building"),
            ("reorganisations", _("Reorganisations"), _("Units merge, divide or end, with all their work"), "flow"),
            ("roles", _("Roles"), _("What each role may do"), "shield"),
            ("calendars", _("Calendars"), _("Working hours, days off, days swapped"), "calendar"),
            ("reminders", _("Reminders"), _("When whom is reminded of a step, and who hears of late ones"), "bell"),
        ),
    ),
    (
        "accounts.edit",
        _("Accounts"),
        (
            ("people", _("People"), _("Officials, their posts and their accounts"), "users"),
            ("clients", _("Machine clients"), _("Tokens for the API"), "key"),
        ),
    ),
    (
        "ledger.read",
        _("Ledger"),
        (("ledger", _("Ledger"), _("What happened, whether it is whole, how far its readers are"), "history"),),
    ),
)


@holding(*ADMINISTRATION)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Tiles of the rooms."""
    actor = actor_of(request)
    groups = []
    for permission, label, rooms in ROOMS:
        if not actor.may(permission):
            continue
        counts = {"review": sum(review_counts().values())} if permission == "catalogue.edit" else {}
        tiles = [Room(name, does, reverse(f"desk:{key}"), icon, counts.get(key, 0)) for key, name, does, icon in rooms]
        groups.append((label, tiles))
    return desk_page(
        request, "desk/administration/home.html", {"groups": groups, "desk_views": []}, place="administration"
    )
