"""Finding one's way: home, search, life events, counters, looking up a code, plain pages."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.engines.accounts.models import Party
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.identifiers import parse_dossier_code
from motcua.foundation.text import fold
from motcua.interfaces.portal import hours, results
from motcua.interfaces.portal.access import actor_of
from motcua.interfaces.portal.frame import language, portal_page
from motcua.interfaces.portal.offers import LEVELS
from motcua.services.dossiers.queries import public_status, visible_to
from motcua.services.dossiers.rules import COMPLETION
from motcua.services.dossiers.together import groups
from motcua.services.procedures import queries
from motcua.services.procedures.search import search as find

PAGE = 20
LONGEST = 200
EVENT_ICONS = {
    "birth": "child",
    "marriage": "rings",
    "residence": "home",
    "land-house": "land",
    "business": "store",
    "vehicles": "vehicle",
    "allowances": "heart",
    "death": "lotus",
}
PAGES = ("help", "accessibility", "privacy")


def party_of(request: HttpRequest) -> Party | None:
    """The party for whom the signed-in person speaks."""
    key = actor_of(request).party_id
    return Party.objects.filter(pk=key).first() if key else None


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One question, eight life events, looking up a code, the nearest counter."""
    party = party_of(request)
    units = directory()
    own = units.by_ward.get(party.ward_code) if party else None
    counters = [unit for unit in units.all if unit.one_stop and unit.current]
    near = next((unit for unit in counters if own and unit.parent_id == own.id), counters[0] if counters else None)
    return portal_page(
        request,
        "home.html",
        {
            "events": [(event, EVENT_ICONS.get(event.key, "documents")) for event in queries.life_events()],
            "english": language() == "en",
            "counter": near,
            "own_counter": own is not None and near is not None and near.parent_id == own.id,
            "open": hours.state_of(near.id, clock.now()) if near else None,
        },
        nav="home",
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results as one types; the same page without JavaScript. A dossier code leads to the look-up."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    code = parse_dossier_code(text) if text else None
    if code is not None and code.ok and request.headers.get("HX-Request") != "true":
        return HttpResponseRedirect(f"{reverse('portal:lookup')}?code={code.value}")
    level = request.GET.get("level", "")
    level = level if level in LEVELS else ""
    field = _key(request.GET.get("field", ""))
    online = request.GET.get("online") == "1"
    if text:
        found: list[results.Row] = results.rows(
            find(text, limit=PAGE, level=level or None, field=field, online_only=online)
        )
    else:
        found = results.rows(queries.browse(field=field, level=level or None, online_only=online, limit=PAGE))
    near_title, near = results.nearest(text) if text and not found else ("", [])
    return portal_page(
        request,
        "search.html",
        {
            "q": text,
            "rows": found,
            "linked": groups.offers_for(text) if text else [],
            "near_title": near_title,
            "near": near,
            "level": level,
            "field": str(field or ""),
            "online": online,
            "active": sum(map(bool, (level, field, online))),
            "levels": LEVELS.items(),
            "fields": sorted(queries.fields(), key=lambda one: fold(one.name)),
            "dossier_code": code.value if code is not None and code.ok else "",
        },
        nav="search",
    )


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
def life_event(request: HttpRequest, key: str) -> HttpResponse:
    """What a life event may ask of a person, the common things first."""
    event, listed = queries.life_event(key)
    name = event.name_en if language() == "en" and event.name_en else event.name
    return portal_page(
        request,
        "life_event.html",
        {
            "name": name,
            "icon": EVENT_ICONS.get(key, "documents"),
            "rows": results.rows(listed),
            "linked": [one for one in groups.offers() if one.life_event == key],
        },
        nav="search",
    )


@require_safe
def counters(request: HttpRequest) -> HttpResponse:
    """All one-stop counters, one's own first, filtered by name."""
    text = request.GET.get("q", "").strip()[:80]
    party = party_of(request)
    units = directory()
    own = units.by_ward.get(party.ward_code) if party else None
    now = clock.now()
    found = [
        (unit, hours.state_of(unit.id, now), own is not None and unit.parent_id == own.id)
        for unit in units.all
        if unit.one_stop and unit.current and fold(text) in fold(f"{unit.name} {unit.address}")
    ]
    found.sort(key=lambda one: (not one[2], one[0].path))
    return portal_page(request, "counters.html", {"q": text, "counters": found})


@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """What anybody may learn of a code: status and level of completion, nothing else (TT 01/2018 Đ16)."""
    text = request.GET.get("code", "").strip()[:80]
    parsed = parse_dossier_code(text) if text else None
    problem, found, together = "", None, None
    if parsed is not None and not parsed.ok:
        problem = parsed.reason.render(_) if parsed.reason else ""
    elif parsed is not None:
        # Older codes may be stored in the order in which they were given.
        found = public_status(parsed.value) or public_status(text.upper())
        together = groups.public_progress(parsed.value) if found is None else None
        if found is None and together is None:
            problem = _("There is no dossier with this code. Please check the code on your receipt.")
    completion = COMPLETION[found["status"]] if found else 0
    actor = actor_of(request)
    own = found is not None and actor.kind == "citizen" and visible_to(actor).filter(code=found["code"]).exists()
    return portal_page(
        request,
        "lookup.html",
        {
            "code": text,
            "problem": problem,
            "found": found,
            "together": together,
            "completion": completion,
            "own": own,
        },
        status=404 if parsed is not None and parsed.ok and found is None and together is None else 200,
    )


@require_safe
def plain(request: HttpRequest, name: str) -> HttpResponse:
    """Help, accessibility, privacy."""
    if name not in PAGES:
        raise Http404
    return portal_page(request, f"{name}.html")
