"""Linked procedures for the person who needs them: one offer, one form, one submission, one page of progress."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.engines.forms.summary import answers_summary
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, MotcuaError, Refused
from motcua.interfaces.portal import offers
from motcua.interfaces.portal.access import actor_of, citizen
from motcua.interfaces.portal.choosing import wards_by_name
from motcua.interfaces.portal.forgetting import asked_to_forget
from motcua.interfaces.portal.frame import language, portal_page
from motcua.interfaces.portal.views.finding import party_of
from motcua.services.dossiers import door
from motcua.services.dossiers.actions import group_drafts
from motcua.services.dossiers.actions.group_drafts import Filled
from motcua.services.dossiers.actions.group_ends import drop_part, withdraw_group
from motcua.services.dossiers.addresses import lookup_url
from motcua.services.dossiers.models import Draft, GroupDraft
from motcua.services.dossiers.together import groups
from motcua.services.dossiers.together.groups import Offer
from motcua.services.dossiers.together.timelines import timeline
from motcua.services.procedures.queries import current


def _parts(offer: Offer, ward: str) -> list[dict[str, Any]]:
    """The parts of an offer with who does each, how long the law allows, and what each waits for."""
    units = groups.agencies(offer, ward or None)
    titles = {part.key: part.name(language()) for part, _ in offer.parts}
    told = []
    for (part, _version), unit in zip(offer.parts, units, strict=True):
        procedure = current(part.procedure)
        ways = offers.ways(procedure, unit.id if unit else None, clock.now())
        way = offers.main_way([one for one in ways if one.channel == "ONLINE"] or ways)
        told.append(
            {
                "part": part,
                "title": part.name(language()) or procedure.name,
                "procedure": procedure,
                "unit": unit,
                "way": way,
                "needs": [titles[key] for key in part.needs],
            }
        )
    return told


@require_safe
def offer(request: HttpRequest, key: str) -> HttpResponse:
    """What can be done together in one submission: the parts, their agencies, their times."""
    found = groups.offer(key)
    party = party_of(request)
    return portal_page(
        request,
        "linked_offer.html",
        {
            "offer": found,
            "title": found.title(language()),
            "parts": _parts(found, party.ward_code if party else ""),
            "online": groups.online(found),
        },
        nav="search",
    )


@citizen
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, key: str) -> HttpResponseBase:
    """Which parts, which ward; going on with what was begun."""
    found = groups.offer(key)
    if not groups.online(found):
        raise Refused("This procedure is not taken online. Please go to the counter or send the papers by post.")
    actor = actor_of(request)
    party = party_of(request)
    begun = group_drafts.own_group_drafts(actor, found.key)
    problem: MotcuaError | None = None
    ward = request.POST.get("ward", party.ward_code if party else "")[:10]
    if request.method == "POST":
        try:
            made = group_drafts.begin_group_draft(actor, found, ward_code=ward, chosen=request.POST.getlist("part"))
        except MotcuaError as error:
            problem = error
        else:
            return HttpResponseRedirect(reverse("portal:group_draft", args=[made.id]))
    wards = wards_by_name()
    context = {
        "offer": found,
        "title": found.title(language()),
        "parts": _parts(found, ward),
        "begun": begun[0] if begun else None,
        "wards": wards,
        "ward": ward,
        "needs_ward": groups.needs_ward(found),
        "problem": _said(problem) if problem else "",
    }
    return portal_page(request, "linked_start.html", context, nav="search", status=problem.status if problem else 200)


def _said(error: MotcuaError) -> str:
    if isinstance(error, Invalid) and error.fields:
        return gettext(next(iter(error.fields.values()))[0])
    return error.text(gettext)


def belongs(draft: Draft) -> tuple[HttpResponseRedirect | None, bool]:
    """Where a draft that is a part of a group leads (the group is filled in and submitted as one; None for others),
    and whether that group has been submitted."""
    found = group_drafts.group_draft_of(draft)
    if found is None:
        return None, False
    return HttpResponseRedirect(reverse("portal:group_draft", args=[found.pk])), found.group_id is not None


def _gone_on(found: GroupDraft) -> HttpResponseRedirect | None:
    if found.group is None:
        return None
    return HttpResponseRedirect(reverse("portal:group", args=[found.group.code]))


@citizen
@require_safe
def draft(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The pages of all parts in one list, each asked once."""
    actor = actor_of(request)
    found = group_drafts.own_group_draft(actor, key)
    if (answer := _gone_on(found)) is not None:
        return answer
    parts = group_drafts.filled(actor, found)
    tasks = [_tasks(one) for one in parts]
    pages = [task for part in tasks for task in part["tasks"]]
    done = sum(task["done"] for task in pages)
    return portal_page(
        request,
        "linked_draft.html",
        {
            "found": found,
            "title": found.definition.title(language()),
            "parts": tasks,
            "done": done,
            "total": len(pages),
            "next": next((task["url"] for task in pages if not task["done"]), ""),
            "expires_at": min(one.draft.expires_at for one in parts),
        },
        nav="dossiers",
    )


def _tasks(one: Filled) -> dict[str, Any]:
    tasks = []
    for group in one.pages:
        wrong = one.result.in_group(group.key)
        tasks.append(
            {
                "key": f"{one.part.key}-{group.key}",
                "title": group.title.in_language(language()),
                "hint": group.hint.in_language(language()) if group.hint else "",
                "url": reverse("portal:draft_page", args=[one.draft.pk, group.key]),
                "done": not wrong,
                "missing": len(wrong),
            }
        )
    unit = directory().unit(one.draft.competent_id) if one.draft.competent_id else None
    return {"title": one.part.name(language()), "tasks": tasks, "unit": unit, "filled": one}


@citizen
@require_safe
def check(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """All answers of all parts, and one button."""
    found = group_drafts.own_group_draft(actor_of(request), key)
    return _gone_on(found) or _check(request, found)


def _check(request: HttpRequest, found: GroupDraft, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    parts = []
    for one in group_drafts.filled(actor, found):
        pages = {group.key for group in one.pages}
        groups_ = [each for each in answers_summary(one.form, one.result.values, language()) if each.key in pages]
        procedure = current(one.part.procedure)
        ways = offers.ways(procedure, one.draft.competent_id, clock.now())
        parts.append(
            _tasks(one)
            | {
                "groups": groups_,
                "edit_url": reverse("portal:draft_page", args=[one.draft.pk, "__group__"]),
                "files": door.file_facts(actor, one.form, one.draft.answers),
                "way": offers.main_way([way for way in ways if way.channel == "ONLINE"] or ways),
                "needs": one.part.needs,
            }
        )
    missing = [task for part in parts for task in part["tasks"] if not task["done"]]
    context = {
        "found": found,
        "title": found.definition.title(language()),
        "parts": parts,
        "missing": missing,
        "ready": not missing and all(part["filled"].ready for part in parts),
    }
    return portal_page(request, "linked_check.html", context, nav="dossiers", status=status)


@citizen
@require_POST
def submit(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Submits once: a second click is led to the same group."""
    actor = actor_of(request)
    try:
        group, new = group_drafts.submit_group_draft(actor, key)
    except Invalid as error:
        return _check(request, group_drafts.own_group_draft(actor, key), status=error.status)
    if new:
        messages.success(request, gettext("Everything has been submitted together."))
    return HttpResponseRedirect(reverse("portal:group", args=[group.code]))


@citizen
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Deletes a draft of a group, after asking."""
    actor = actor_of(request)
    found = group_drafts.own_group_draft(actor, key)
    if (answer := _gone_on(found)) is not None:
        return answer
    context = {"found": found, "title": found.definition.title(language())}
    return asked_to_forget(
        request, "linked_discard.html", context, lambda: group_drafts.discard_group_draft(actor, key)
    )


@citizen
@require_safe
def group(request: HttpRequest, code: str) -> HttpResponse:
    """One page of progress: every part with its agency and its own due date, one line of time per agency."""
    actor = actor_of(request)
    found = groups.get_group(actor, code)
    parts = groups.states_of(found, language())
    begun = [part.dossier.pk for part in parts if part.dossier is not None]
    titles = {part.member.key: part.title for part in parts}
    return portal_page(
        request,
        "linked_group.html",
        {
            "group": found,
            "title": found.definition.title(language()),
            "parts": [(part, ", ".join(titles.get(key, key) for key in part.member.after)) for part in parts],
            "ended": sum(part.state in ("done", "failed", "dropped") for part in parts),
            "timeline": timeline(begun, clock.now(), [part.unit.id for part in parts if part.state == "waiting"]),
            "lead": directory().unit(found.lead_id),
            "lookup": lookup_url(found.code),
            "may_withdraw": _may_withdraw(parts),
        },
        nav="dossiers",
    )


def _may_withdraw(parts: list[groups.PartState]) -> bool:
    return any(part.state in ("waiting", "running") for part in parts)


@citizen
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponseBase:
    """Takes back all that is not decided yet, after asking."""
    actor = actor_of(request)
    found = groups.get_group(actor, code)
    if request.method == "POST":
        withdraw_group(actor, found.pk, reason=request.POST.get("reason", "")[:1000])
        messages.success(request, gettext("You have withdrawn all that was not decided yet."))
        return HttpResponseRedirect(reverse("portal:group", args=[found.code]))
    parts = groups.states_of(found, language())
    if not _may_withdraw(parts):
        raise Refused("Nothing of it can be withdrawn any more: the decisions have been made.")
    return portal_page(request, "linked_withdraw.html", {"group": found, "parts": parts}, nav="dossiers")


@citizen
@require_POST
def drop(request: HttpRequest, code: str, part: str) -> HttpResponse:
    """One does not want a part any more that has not begun."""
    actor = actor_of(request)
    found = groups.get_group(actor, code)
    drop_part(actor, found.pk, key=part)
    messages.success(request, gettext("This part will not be done."))
    return HttpResponseRedirect(reverse("portal:group", args=[found.code]))
