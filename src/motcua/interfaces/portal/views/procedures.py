"""A procedure for the person who needs it, and the start of a dossier."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from motcua.engines.accounts import mandates
from motcua.engines.accounts.models import Mandate, Party
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import MotcuaError, Refused
from motcua.foundation.text import fold
from motcua.interfaces.portal import kiosk, offers
from motcua.interfaces.portal.access import actor_of, citizen, sign_in_url
from motcua.interfaces.portal.frame import language, portal_page
from motcua.interfaces.portal.views.finding import party_of
from motcua.services.dossiers.actions import drafts
from motcua.services.dossiers.forecasting import forecast
from motcua.services.dossiers.models import Draft
from motcua.services.dossiers.together import groups
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.forms import chosen_form
from motcua.services.procedures.queries import current


@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """What is needed, what it costs, when it would be ready, and one button to start."""
    found = current(code)
    party = party_of(request)
    ways = offers.ways(found, offers.calendar_unit(found, party), clock.now())
    cases = offers.needed(found, party)
    papers, more = offers.papers_words(cases)
    main = offers.main_way(ways)
    return portal_page(
        request,
        "procedure.html",
        {
            "linked": groups.offers_with(found.code),
            "forecast": forecast(found, offers.agency_of(found, party), clock.now()),
            "procedure": found,
            "name": plain_name(found),
            "level": offers.LEVELS.get(found.handled_level, ""),
            "ways": ways,
            "main": main,
            "reasons": offers.reasons(main.steps) if main else [],
            "cases": cases,
            "papers": papers,
            "papers_more": more,
            "steps": [offers.plain_line(step) for step in found.steps],
            "counters": offers.counters_of(found, party),
            "form_parts": [group.title.in_language(language()) for group in chosen_form(found)[0].groups],
            "can_start": can_start(found),
            "address": f"{settings.PUBLIC_URL}{reverse('portal:procedure', args=[found.code])}",
        },
        nav="search",
    )


def plain_name(found: ProcedureData) -> str:
    """The name without the word “Thủ tục” that many begin with."""
    return short_name(found.name)


def short_name(name: str) -> str:
    """A procedure's name without the word “Thủ tục”."""
    rest = name.removeprefix("Thủ tục ").strip()
    return rest[:1].upper() + rest[1:] if rest else name


def can_start(found: ProcedureData) -> bool:
    """Whether it can be submitted here."""
    return found.online or not found.methods


@require_safe
@cache_control(max_age=86400, public=True)
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The QR code of a procedure's page as an image of its own, for posters and leaflets."""
    found = current(code)
    image = BytesIO()
    target = f"{settings.PUBLIC_URL}{reverse('portal:procedure', args=[found.code])}"
    segno.make(target, error="m", micro=False).save(image, kind="svg", scale=8, border=4, xmldecl=False)
    return HttpResponse(image.getvalue(), content_type="image/svg+xml")


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponseBase:
    """Before the form: signing in, the ward where it is needed, or going on with what was begun."""
    found = current(code)
    if not can_start(found):
        raise Refused("This procedure is not taken online. Please go to the counter or send the papers by post.")
    actor = actor_of(request)
    if actor.kind == "anonymous":
        return HttpResponseRedirect(sign_in_url(reverse("portal:start", args=[found.code])))
    return _start(request, found)


@citizen
def _start(request: HttpRequest, found: ProcedureData) -> HttpResponseBase:
    actor = actor_of(request)
    party = party_of(request)
    begun = drafts.own_drafts(actor, found.id)
    needs_ward = found.handled_level == "COMMUNE"
    if request.method == "POST":
        ward = request.POST.get("ward", "")[:10]
        if begun and request.POST.get("again") == "1":
            drafts.discard(actor, begun[0].id)
        try:
            draft = drafts.begin_draft(
                actor,
                found,
                ward_code=ward if needs_ward else "",
                for_party=_grantor(request, found),
                known=(lambda form: kiosk.known_of(request, form)) if kiosk.is_kiosk(request) else None,
            )
        except MotcuaError as error:
            return _start_page(request, found, party, begun, ward, error)
        if needs_ward and draft.competent_id is None:
            problem = Refused("Choose the ward or commune that handles this procedure.")
            return _start_page(request, found, party, begun, ward, problem)
        return HttpResponseRedirect(reverse("portal:draft", args=[draft.id]))
    return _start_page(request, found, party, begun, "", None)


def _grantors(request: HttpRequest, found: ProcedureData) -> list[Mandate]:
    """The mandates by which the person may submit this for somebody else."""
    held = mandates.held_by(actor_of(request))
    return [mandate for mandate in held if not mandate.procedures or found.code in mandate.procedures]


def _grantor(request: HttpRequest, found: ProcedureData) -> UUID | None:
    """Whom the person chose to submit for; ``None`` for themselves. Raises ``Refused`` when they no longer may."""
    wanted = request.POST.get("for", "")
    if not wanted:
        return None
    held = next((each.grantor_id for each in _grantors(request, found) if str(each.pk) == wanted), None)
    if held is None:
        raise Refused("The mandate has ended, or it does not cover this procedure. Choose again for whom you submit.")
    return held


def _start_page(
    request: HttpRequest,
    found: ProcedureData,
    party: Party | None,
    begun: list[Draft],
    ward: str,
    problem: MotcuaError | None,
) -> HttpResponse:
    wards = sorted(
        (unit for code, unit in directory().by_ward.items() if unit.current and code), key=lambda unit: fold(unit.name)
    )
    own = party.ward_code if party else ""
    cases = offers.needed(found, party)
    papers, more = offers.papers_words(cases)
    return portal_page(
        request,
        "start.html",
        {
            "procedure": found,
            "name": plain_name(found),
            "needs_ward": found.handled_level == "COMMUNE",
            "wards": wards,
            "ward": ward or own,
            "own_ward": own in directory().by_ward,
            "mandates": [] if kiosk.is_kiosk(request) else _grantors(request, found),
            "begun": begun[0] if begun else None,
            "papers": papers,
            "papers_more": more,
            "problem": problem.text(gettext) if problem else "",
            "groups": chosen_form(found)[0].groups,
            "english": language() == "en",
        },
        nav="search",
        status=problem.status if problem else 200,
    )
