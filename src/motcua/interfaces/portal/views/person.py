"""What belongs to the person: messages, details, wishes, language."""

from __future__ import annotations

from datetime import time
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.engines.accounts import actions as accounts
from motcua.engines.ledger.work import begin
from motcua.engines.notices import queries as notices
from motcua.engines.notices.actions import mark_read, preferences_of, set_preferences
from motcua.engines.notices.models import Message
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Invalid, NotFound
from motcua.interfaces.keyset import position
from motcua.interfaces.portal.access import actor_of, citizen
from motcua.interfaces.portal.choosing import wards_by_name
from motcua.interfaces.portal.frame import language, portal_page
from motcua.interfaces.portal.views.finding import party_of

PAGE = 20
CONTACT = ("phone", "email", "address_line", "ward_code")


@citizen
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages, newest first."""
    actor = actor_of(request)
    after = position(request.GET.get("after", ""))
    found = notices.inbox(actor, after=after, limit=PAGE + 1, language=language())
    last = found[PAGE - 1] if len(found) > PAGE else None
    older = f"{last.at.isoformat()}_{last.id}" if last else ""
    return portal_page(request, "inbox.html", {"items": found[:PAGE], "older": older}, nav="inbox")


@citizen
@require_safe
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message; opening it is reading it."""
    actor = actor_of(request)
    row = notices.of_actor(actor).filter(pk=message_id).first()
    if row is None:
        raise NotFound("There is no such message.")
    if row.read_at is None and request.method == "GET":
        mark_read(actor, [message_id])
    return portal_page(request, "message.html", {"item": _item(row)}, nav="inbox")


def _item(row: Message) -> notices.InboxItem:
    return notices.item(row, language())


@citizen
@require_POST
def read_all(request: HttpRequest) -> HttpResponseBase:
    """Marks everything read."""
    mark_read(actor_of(request))
    return HttpResponseRedirect(reverse("portal:inbox"))


@citizen
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who one is to the State, where one is reached, how one wants to be told, in which language."""
    return _account(request)


def _account(request: HttpRequest, fields: dict[str, list[str]] | None = None) -> HttpResponse:
    actor = actor_of(request)
    party = party_of(request)
    given = {name: request.POST.get(name, "") for name in CONTACT} if fields else {}
    wards = wards_by_name()
    problems = {name: [gettext(line) for line in lines] for name, lines in (fields or {}).items()}
    return portal_page(
        request,
        "account.html",
        {
            "party": party,
            "contact": given or {name: getattr(party, name, "") for name in CONTACT},
            "problems": problems,
            "pairs": [(f"id_{name}", line) for name, lines in problems.items() for line in lines],
            "wards": wards,
            "preferences": preferences_of(actor),
            "user_email": getattr(request.user, "email", ""),
        },
        status=422 if fields else 200,
    )


@citizen
@require_POST
def contact(request: HttpRequest) -> HttpResponseBase:
    """Changes where one is reached. Who one is comes from the identity account and is not changed here."""
    actor = actor_of(request)
    if actor.party_id is None:
        raise NotFound("There is no such account.")
    changes = {name: request.POST.get(name, "").strip()[:200] for name in CONTACT}
    ward = directory().by_ward.get(changes["ward_code"])
    party = party_of(request)
    if ward is not None:
        changes["ward_name"] = _place_name(ward.name)
        changes["province_code"] = party.province_code if party and party.province_code else settings.PROVINCE_CODE
    else:
        del changes["ward_code"]
    try:
        with begin(actor) as work:
            accounts.edit_party(work, actor.party_id, **changes)
    except Invalid as error:
        return _account(request, error.fields)
    messages.success(request, gettext("Your details are saved."))
    return HttpResponseRedirect(reverse("portal:account"))


def _place_name(name: str) -> str:
    """“Ủy ban nhân dân phường Thuận Hóa” is the committee; the ward is “phường Thuận Hóa”."""
    return name.removeprefix("Ủy ban nhân dân ").removeprefix("UBND ")


@citizen
@require_http_methods(["POST"])
def wishes(request: HttpRequest) -> HttpResponseBase:
    """By e-mail or not, and in which hours not."""
    actor = actor_of(request)
    set_preferences(
        actor,
        email=request.POST.get("email") == "1",
        quiet_from=_time(request.POST.get("quiet_from", "")),
        quiet_to=_time(request.POST.get("quiet_to", "")),
    )
    messages.success(request, gettext("Your wishes are saved."))
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = reverse("portal:account")
    return HttpResponseRedirect(target)


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


@citizen
@require_POST
def speak(request: HttpRequest) -> HttpResponseBase:
    """The language of pages and messages, kept with the account."""
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        with begin(actor_of(request)) as work:
            accounts.choose_language(work, language=chosen)
    response = HttpResponseRedirect(reverse("portal:account"))
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
