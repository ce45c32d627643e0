"""Filling in a form: the list of its parts, one part a page, checking everything, submitting once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.engines.files.actions import upload_of
from motcua.engines.files.serving import file_response
from motcua.engines.forms import Form, Group, Message, Result, validate
from motcua.engines.forms.drafts import GroupState, progress
from motcua.engines.forms.posting import edited, from_post, page_action
from motcua.engines.forms.rendering import BoundForm
from motcua.engines.forms.summary import answers_summary
from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, MotcuaError, NotFound
from motcua.interfaces.portal import kiosk, offers
from motcua.interfaces.portal.access import actor_of, citizen
from motcua.interfaces.portal.attaching import take_in, without_files
from motcua.interfaces.portal.choosing import wards_by_name
from motcua.interfaces.portal.forgetting import asked_to_forget
from motcua.interfaces.portal.frame import language, portal_page
from motcua.interfaces.portal.views.linked import belongs
from motcua.interfaces.portal.views.procedures import plain_name
from motcua.interfaces.templatetags._words import moment_words
from motcua.services.dossiers import door
from motcua.services.dossiers.actions import drafts
from motcua.services.dossiers.actions.adjustment_drafts import submit_adjustment
from motcua.services.dossiers.forecasting import forecast
from motcua.services.dossiers.models import Channel, Draft
from motcua.services.dossiers.queries import competent_unit, counter_of
from motcua.services.procedures.queries import version

STATES = {
    "done": (_("Done"), "done", "check"),
    "incomplete": (_("Incomplete"), "wait", "pen"),
    "not_started": (_("Not started"), "quiet", ""),
    "optional": (_("Optional"), "quiet", ""),
}
CHECK = "check"


def _context(actor: Actor, draft: Draft, form: Form) -> dict[str, Any]:
    procedure = version(draft.procedure_version_id)
    another = draft.party if draft.party_id not in (None, actor.party_id) else None
    return {
        "draft": draft,
        "procedure": procedure,
        "name": plain_name(procedure),
        "unit": directory().unit(draft.competent_id) if draft.competent_id else None,
        "title": form.title.in_language(language()),
        "for_whom": another.name if another is not None else "",
    }


def _visible(form: Form, result: Result) -> list[Group]:
    return [group for group in form.groups if f"group:{group.key}" not in result.hidden]


def _gone_on(draft: Draft) -> HttpResponseRedirect | None:
    """Where a draft that has been submitted leads, or one that is a part of a group."""
    if draft.dossier is None:
        return belongs(draft)[0]
    return HttpResponseRedirect(reverse("portal:submitted", args=[draft.dossier.code]))


@citizen
@require_safe
def draft(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """The parts of the form with how far each is; from here one goes on, on any device."""
    actor = actor_of(request)
    found = drafts.own_draft(actor, draft_id)
    if (answer := _gone_on(found)) is not None:
        return answer
    form = drafts.form_of(found)
    result = drafts.checked(actor, found)
    states = [state for state in progress(form, found.answers, result=result) if state.visible]
    # A part with nothing that must be answered holds nobody up.
    done = sum(not state.problems for state in states)
    return portal_page(
        request,
        "draft.html",
        _context(actor, found, form)
        | {
            "tasks": [_task(state) for state in states],
            "done": done,
            "total": len(states),
            "next": next((state.group.key for state in states if state.problems), ""),
        },
        nav="dossiers",
    )


def _task(state: GroupState) -> dict[str, Any]:
    optional = state.state == "not_started" and not state.problems
    words, tone, icon = STATES["optional" if optional else state.state]
    group = state.group
    return {
        "key": group.key,
        "title": group.title.in_language(language()),
        "hint": group.hint.in_language(language()) if group.hint else "",
        "words": words,
        "tone": tone,
        "icon": icon,
    }


@citizen
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, draft_id: UUID, group_key: str) -> HttpResponseBase:
    """One part of the form. Whatever is sent is kept first and judged afterwards."""
    actor = actor_of(request)
    found = drafts.own_draft(actor, draft_id)
    within, submitted_together = belongs(found)
    if (submitted_together or within is None) and (answer := within or _gone_on(found)) is not None:
        return answer
    form = drafts.form_of(found)
    if group_key not in form.groups_by_key:
        raise NotFound("This form has no such page.")
    group = form.group(group_key)
    if request.method != "POST":
        return _page(request, found, form, group)
    raw = from_post(form, group, request.POST)
    refused = take_in(actor, group, request.FILES, raw)
    found = drafts.save(actor, draft_id, raw)
    if page_action(request.POST) is not None and not refused:
        return _page(request, found, form, group)
    result = drafts.checked(actor, found)
    errors = refused | {path: said for path, said in result.in_group(group.key).items() if path not in refused}
    if "_leave" in request.POST and not refused:
        messages.success(request, gettext("Your answers are saved. You can go on at any time, on any device."))
        return HttpResponseRedirect(reverse("portal:my_dossiers"))
    if errors:
        return _page(request, found, form, group, errors, status=422)
    return within or HttpResponseRedirect(_following(found, form, group, result, request.GET.get("then", "")))


def _following(found: Draft, form: Form, group: Group, result: Result, then: str) -> str:
    """The next page that is not finished, else checking everything; back to checking where one came from there."""
    if then != CHECK:
        visible = _visible(form, result)
        place = next((i for i, one in enumerate(visible) if one.key == group.key), len(visible) - 1)
        if place + 1 < len(visible):
            return reverse("portal:draft_page", args=[found.id, visible[place + 1].key])
    return reverse("portal:check", args=[found.id])


def _page(
    request: HttpRequest,
    found: Draft,
    form: Form,
    group: Group,
    errors: dict[str, list[Message]] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    bound = BoundForm(
        form,
        found.answers,
        errors=errors or {},
        language=language(),
        translate=gettext,
        known=kiosk.known_of(request, form)
        if kiosk.is_kiosk(request)
        else drafts.known_for(actor, form, found.party_id),
        editing=edited(request.POST) if request.method == "POST" else frozenset(),
        files=door.file_facts(actor, form, found.answers),
        home_province=settings.PROVINCE_CODE,
    )
    visible = bound.visible_groups()
    place = next((i for i, one in enumerate(visible) if one.key == group.key), 0)
    then = request.GET.get("then", "")
    back = reverse("portal:draft", args=[found.id])
    if then == CHECK:
        back = reverse("portal:check", args=[found.id])
    elif place:
        back = reverse("portal:draft_page", args=[found.id, visible[place - 1].key])
    return portal_page(
        request,
        "draft_page.html",
        _context(actor, found, form)
        | {
            "form": bound,
            "group": bound.group(group),
            "number": place + 1,
            "total": len(visible),
            "back": back,
            "then": then if then == CHECK else "",
            "files_url": _files_url(found),
        },
        nav="dossiers",
        status=status,
    )


def _files_url(found: Draft) -> str:
    """The address of an attached file with ``__file__`` where its key goes."""
    nobody = UUID(int=0)
    return reverse("portal:draft_file", args=[found.id, nobody]).replace(str(nobody), "__file__")


@citizen
@require_POST
def autosave(request: HttpRequest, draft_id: UUID, group_key: str) -> HttpResponse:
    """Keeps what is typed, without judging it. Answers ``{"saved_at": "10:32"}``."""
    actor = actor_of(request)
    form = drafts.form_of(drafts.own_draft(actor, draft_id))
    if group_key not in form.groups_by_key:
        raise NotFound("This form has no such page.")
    group = form.group(group_key)
    try:
        saved = drafts.save(actor, draft_id, without_files(group, from_post(form, group, request.POST)))
    except Conflict as error:
        return JsonResponse({"error": error.text(gettext)}, status=error.status)
    return JsonResponse({"saved_at": moment_words(saved.saved_at, "time")})


@citizen
@require_safe
def draft_file(request: HttpRequest, draft_id: UUID, file_id: UUID) -> HttpResponseBase:
    """A file that the person attached to this draft."""
    actor = actor_of(request)
    found = drafts.own_draft(actor, draft_id)
    facts = door.file_facts(actor, drafts.form_of(found), found.answers)
    if str(file_id) not in facts or actor.id is None:
        raise NotFound("There is no such file. Please attach it again.")
    upload = upload_of(actor.id, file_id)
    return file_response(upload.blob, upload.name, inline=True, request=request)


@citizen
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Another ward or commune than was chosen at the start."""
    actor = actor_of(request)
    found = drafts.own_draft(actor, draft_id)
    if (answer := _gone_on(found)) is not None:
        return answer
    if found.adjusts_id is not None:
        raise NotFound("There is no such page.")
    procedure = version(found.procedure_version_id)
    problem = ""
    if request.method == "POST":
        try:
            unit = competent_unit(procedure, request.POST.get("ward", "")[:10])
        except MotcuaError as error:
            problem = error.text(gettext)
        else:
            drafts.save(actor, draft_id, {}, competent_id=unit.id)
            return HttpResponseRedirect(reverse("portal:check", args=[draft_id]))
    wards = wards_by_name()
    context = _context(actor, found, drafts.form_of(found)) | {"wards": wards, "problem": problem}
    return portal_page(request, "place.html", context, nav="dossiers", status=422 if problem else 200)


@citizen
@require_safe
def check(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """All answers, each with “Sửa”; who receives it, what it costs, when it is ready; one button."""
    found = drafts.own_draft(actor_of(request), draft_id)
    return _gone_on(found) or _check(request, found)


def _check(request: HttpRequest, found: Draft, problem: str = "", status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    form = drafts.form_of(found)
    procedure = version(found.procedure_version_id)
    files = door.file_facts(actor, form, found.answers)
    result = validate(form, found.answers, files=files)
    online = [way for way in offers.ways(procedure, found.competent_id, clock.now()) if way.channel == "ONLINE"]
    way = offers.main_way(online)
    competent = directory().unit(found.competent_id) if found.competent_id else None
    missing = [
        (group, len(result.in_group(group.key))) for group in _visible(form, result) if result.in_group(group.key)
    ]
    return portal_page(
        request,
        "check.html",
        _context(actor, found, form)
        | {
            "groups": answers_summary(form, result.values, language()),
            "edit_url": reverse("portal:draft_page", args=[found.id, "__group__"]) + f"?then={CHECK}",
            "files": files,
            "missing": [(group.key, group.title.in_language(language()), count) for group, count in missing],
            "counter": counter_of(competent) if competent else None,
            "needs_ward": procedure.handled_level == "COMMUNE",
            "way": way,
            "forecast": forecast(procedure, found.competent_id, clock.now()),
            "reasons": offers.reasons(way.steps) if way else [],
            "fee": door.fee_of(procedure.method("ONLINE")),
            "ready": result.ok and competent is not None,
            "adjusts": found.adjusts,
            "problem": problem,
        },
        nav="dossiers",
        status=status,
    )


@citizen
@require_POST
def submit(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Submits once: a second click, or a second device, is led to the same dossier."""
    actor = actor_of(request)
    try:
        channel = Channel.KIOSK if kiosk.is_kiosk(request) else Channel.ONLINE
        dossier, _new = drafts.submit_draft(actor, draft_id, channel=channel)
    except Invalid as error:
        return _check(request, drafts.own_draft(actor, draft_id), error.text(gettext), status=error.status)
    except Conflict as conflict:
        if conflict.code != drafts.CHANGES:
            raise
        return _change(request, actor, draft_id)
    if kiosk.is_kiosk(request):
        return kiosk.leave(request, dossier.code)
    return HttpResponseRedirect(reverse("portal:submitted", args=[dossier.code]))


def _change(request: HttpRequest, actor: Actor, draft_id: UUID) -> HttpResponseBase:
    """Puts what was changed in place of what had been submitted (ND118 Đ21)."""
    try:
        dossier, made = submit_adjustment(actor, draft_id)
    except Invalid as error:
        return _check(request, drafts.own_draft(actor, draft_id), error.text(gettext), status=error.status)
    if made is None:
        messages.info(request, gettext("Nothing was different. The dossier stays as it was."))
    else:
        messages.success(request, gettext("Your changes are in the dossier. The officer in charge is told."))
    return HttpResponseRedirect(reverse("portal:dossier", args=[dossier.code]))


@citizen
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Deletes a draft, after asking."""
    actor = actor_of(request)
    found = drafts.own_draft(actor, draft_id)
    if (answer := _gone_on(found)) is not None:
        return answer
    context = _context(actor, found, drafts.form_of(found))
    return asked_to_forget(request, "discard.html", context, lambda: drafts.discard(actor, draft_id))
