"""My dossiers: the list, one dossier with everything that happened, answering, withdrawing, its papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.engines.accounts.models import Party
from motcua.engines.cases.models import Task
from motcua.engines.files.actions import Incoming, store_many
from motcua.engines.files.serving import file_response, warning_of
from motcua.engines.forms.summary import AnsweredGroup, answers_summary
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.models import Event
from motcua.engines.notices import queries as notices
from motcua.engines.notices.actions import preferences_of
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, NotFound, Refused
from motcua.interfaces.keyset import position
from motcua.interfaces.portal import offers
from motcua.interfaces.portal.access import actor_of, citizen
from motcua.interfaces.portal.calendars import due_entry
from motcua.interfaces.portal.frame import language, portal_page
from motcua.interfaces.portal.story import ended_because, holder_words, story
from motcua.interfaces.portal.views.procedures import plain_name, short_name
from motcua.interfaces.portal.views.turning import listed
from motcua.interfaces.shared_moments import moment_of
from motcua.services.dossiers import actions, queries
from motcua.services.dossiers.actions import FileIn, group_drafts
from motcua.services.dossiers.actions.adjustment_drafts import adjustable
from motcua.services.dossiers.actions.correcting import CORRECTABLE, opened
from motcua.services.dossiers.actions.flow import definition_of
from motcua.services.dossiers.actions.stopping import demanded, stoppable
from motcua.services.dossiers.addresses import lookup_url
from motcua.services.dossiers.explain import explain
from motcua.services.dossiers.models import (
    Delivery,
    Document,
    Dossier,
    DossierFile,
    Draft,
    FileKind,
    Obligation,
    Result,
    SupplementRequest,
)
from motcua.services.dossiers.papers.issuing import PUBLIC
from motcua.services.dossiers.rating.ratings import rating_path
from motcua.services.dossiers.rules import COMPLETION, WITHDRAWABLE, Status
from motcua.services.dossiers.together import groups
from motcua.services.dossiers.together.timelines import timeline
from motcua.services.dossiers.turns import told_by
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.forms import kept_form
from motcua.services.procedures.models import ProcedureVersion
from motcua.services.procedures.queries import version

PAGE = 20
MOST_EVENTS = 300
FORMS = {
    "01": _("Receipt with the due date (form 01)"),
    "02": _("Request for more papers (form 02)"),
    "03": _("Refusal with its reasons (form 03)"),
    "04": _("Apology and new due date (form 04)"),
    "05": _("Notice that the dossier is stopped (form 05)"),
    "KQ": _("Receipt of the result"),
}
RECEIPT = "01"
_ASKED = Q(answered_at__isnull=True, closed_at__isnull=True)
"""Of requests for a supplement those that wait for their answer."""


@dataclass(frozen=True, slots=True)
class Card:
    """One dossier in the list. ``answer_by``: the last day to send what is asked for; ``pay_by``: to pay."""

    dossier: Dossier
    name: str
    unit: str
    answer_by: date | None
    pay_by: date | None

    @property
    def ended_at(self) -> datetime | None:
        return self.dossier.finished_at or self.dossier.case.closed_at


def names_of(keys: set[UUID]) -> dict[UUID, str]:
    """Names of procedures by version, one query."""
    return dict(ProcedureVersion.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def _last_days(found: Sequence[Dossier], waiting: Status, rows: QuerySet[Any], day: str) -> dict[UUID, date | None]:
    """Until when the applicant is waited for, of the dossiers that wait so; one query where there are such."""
    keys = [one.pk for one in found if one.status == waiting]
    return dict(rows.filter(dossier__in=keys).values_list("dossier", day)) if keys else {}


def _names_of_others(actor: Actor, begun: Sequence[Draft]) -> dict[UUID | None, str]:
    """Whom drafts are for, where that is not the person; one query where there are such."""
    keys = {one.party_id for one in begun if one.party_id not in (None, actor.party_id)}
    return dict(Party.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


@citizen
@require_safe
def my_dossiers(request: HttpRequest) -> HttpResponse:
    """Drafts on top, then what was submitted, newest first."""
    actor = actor_of(request)
    after = position(request.GET.get("after", ""))
    found = queries.my_dossiers(actor, after=after, limit=PAGE + 1)
    more, found = found[PAGE:], found[:PAGE]
    begun, begun_together = group_drafts.begun_by(actor) if after is None else ([], [])
    others = _names_of_others(actor, begun)
    names = names_of({one.procedure_version_id for one in found} | {one.procedure_version_id for one in begun})
    asked = _last_days(found, Status.SUPPLEMENT, SupplementRequest.objects.filter(_ASKED), "answer_by")
    owed = Obligation.objects.filter(paid_at__isnull=True, dropped_at__isnull=True)
    to_pay = _last_days(found, Status.PAYMENT, owed, "pay_by")
    units = directory().by_id
    cards = [
        Card(
            one,
            short_name(names[one.procedure_version_id]),
            units[one.case.holder_id].name,
            asked.get(one.pk),
            to_pay.get(one.pk),
        )
        for one in found
    ]
    last = found[-1] if more else None
    return portal_page(
        request,
        "my_dossiers.html",
        {
            "drafts": [
                (one, short_name(names[one.procedure_version_id]), others.get(one.party_id, "")) for one in begun
            ],
            "own": actor.party_id,
            "group_drafts": begun_together,
            "groups": groups.going_on_with(found),
            "english": language() == "en",
            "cards": cards,
            "older": f"{last.submitted_at.isoformat()}_{last.pk}" if last else "",
            "first_page": after is None,
        },
        nav="dossiers",
    )


@citizen
@require_safe
def dossier(request: HttpRequest, code: str) -> HttpResponse:
    """What happened, who has it now, what is asked of me, why it is due when it is, and all its papers."""
    actor = actor_of(request)
    return _dossier(request, queries.get_by_code(actor, code))


def _dossier(request: HttpRequest, found: Dossier, problems: dict[str, list[str]] | None = None) -> HttpResponse:
    case = found.case
    procedure = version(found.procedure_version_id)
    tasks = list(Task.objects.filter(case=case).order_by("opened_at", "id"))
    events = Event.objects.filter(stream=found.pk).order_by("seq")[:MOST_EVENTS]
    now = clock.now()
    as_of = moment_of(request.GET.get("as_of", ""))
    told = list(events)
    told_by(found, {event.kind for event in told})
    reckoning = explain(found, as_of, told)
    asked = SupplementRequest.objects.filter(_ASKED, dossier=found).first()
    files = list(DossierFile.objects.filter(dossier=found).select_related("blob", "component").order_by("added_at"))
    result = Result.objects.filter(pk=found.pk).first() if found.finished_at else None
    tale = story(found, told, tasks, definition_of(case), now)
    return portal_page(
        request,
        "dossier.html",
        {
            "dossier": found,
            "for_whom": found.applicant_name if found.applicant_id != actor_of(request).party_id else "",
            "case": case,
            "name": plain_name(procedure),
            "procedure": procedure,
            "story": tale,
            "because": ended_because(tale) if case.closed_at is not None or found.status == Status.STOPPED else None,
            "holder": holder_words(found, tasks),
            "group": groups.group_of(found),
            "timeline": timeline([found.pk], now),
            "counter": directory().unit(found.received_at_id),
            "competent": directory().unit(found.competent_id),
            "reasons": offers.reasons(reckoning.steps),
            "explained": reckoning,
            "as_of": as_of,
            "may_stop": not case.closed_at and stoppable(found.status),
            "may_adjust": adjustable(actor_of(request), found),
            "may_correct": found.status in CORRECTABLE and opened(found) is None,
            "obligation": demanded(found) if found.status == Status.PAYMENT else None,
            "asked": asked,
            "problems": problems or {},
            "pairs": [("", line) for lines in (problems or {}).values() for line in lines],
            "submitted": [(one, warning_of(one.blob)) for one in files if one.kind in _OWN],
            "results": [one for one in files if one.kind == FileKind.RESULT] if _may_have_result(found) else [],
            "result": result,
            "documents": _documents(found),
            "may_withdraw": found.status in WITHDRAWABLE,
            "completion": COMPLETION[found.status],
            "groups": _answers(found, procedure),
            "ended": case.closed_at is not None,
            "again": found.status in _AGAIN,
            "messages_about": _messages(actor_of(request), found),
            "lookup": lookup_url(found.code),
            "rating": rating_path(found, "link") if found.status == Status.RETURNED else "",
        },
        nav="dossiers",
        status=422 if problems else 200,
    )


_OWN = (FileKind.SUBMITTED, FileKind.SUPPLEMENT)
_AGAIN = (Status.REFUSED, Status.WITHDRAWN, Status.STOPPED)
MOST_MESSAGES = 10


def _messages(actor: Actor, found: Dossier) -> list[notices.InboxItem]:
    """What was told about this dossier, newest first."""
    rows = notices.of_actor(actor).filter(stream=found.pk).order_by("-at", "-id")[:MOST_MESSAGES]
    return [notices.item(row, language()) for row in rows]


def _answers(found: Dossier, procedure: ProcedureData) -> list[AnsweredGroup]:
    """What was written in the form; the files stand in a list of their own."""
    if not found.answers:
        return []
    groups = answers_summary(kept_form(procedure, found.form_version_id), found.answers, language())
    written = [(group, tuple(one for one in group.answers if one.type != "file")) for group in groups]
    return [AnsweredGroup(group.key, group.title, answers) for group, answers in written if answers]


def _may_have_result(found: Dossier) -> bool:
    """The files of a result are handed out once it is returned, or signed where it comes electronically."""
    return found.status == Status.RETURNED or (
        found.status == Status.FINISHED and found.delivery == Delivery.ELECTRONIC
    )


def _documents(found: Dossier) -> list[tuple[Document, str]]:
    rows = Document.objects.filter(dossier=found, form__in=PUBLIC).order_by("issued_at")
    return [(row, str(FORMS.get(row.form, row.form))) for row in rows]


@citizen
@require_safe
def submitted(request: HttpRequest, code: str) -> HttpResponse:
    """After submitting: the code large, what happens next, how one wants to be told."""
    actor = actor_of(request)
    found = queries.get_by_code(actor, code)
    procedure = version(found.procedure_version_id)
    intake = Task.objects.filter(case=found.case, stage="intake").order_by("opened_at").first()
    receipt = Document.objects.filter(dossier=found, form=RECEIPT).first() if found.accepted_at else None
    online = [way for way in offers.ways(procedure, found.competent_id, found.submitted_at) if way.channel == "ONLINE"]
    return portal_page(
        request,
        "submitted.html",
        {
            "dossier": found,
            "case": found.case,
            "name": plain_name(procedure),
            "counter": directory().unit(found.received_at_id),
            "competent": directory().unit(found.competent_id),
            "answer_by": intake.due_at if intake else None,
            "receipt": receipt,
            "way": offers.main_way(online),
            "lookup": lookup_url(found.code),
            "preferences": preferences_of(actor),
            "email": _email(request),
        },
        nav="dossiers",
    )


def _email(request: HttpRequest) -> str:
    return str(getattr(request.user, "email", "") or "")


@citizen
@require_safe
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """The due date for one's own calendar. Raises ``NotFound`` while there is none."""
    found = queries.get_by_code(actor_of(request), code)
    if found.case.due_at is None:
        raise NotFound("There is no due date yet.")
    counter = directory().unit(found.received_at_id)
    body = due_entry(
        found.code,
        plain_name(version(found.procedure_version_id)),
        found.case.due_at,
        ", ".join(part for part in (counter.name, counter.address) if part),
        f"{settings.PUBLIC_URL}{reverse('portal:dossier', args=[found.code])}",
        clock.now(),
    )
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.code}.ics"'
    return response


@citizen
@require_http_methods(["POST"])
def answer(request: HttpRequest, code: str) -> HttpResponseBase:
    """Sends what was asked for: files for each item, and a message."""
    actor = actor_of(request)
    found = queries.get_by_code(actor, code)
    asked = SupplementRequest.objects.filter(_ASKED, dossier=found).first()
    if asked is None and SupplementRequest.objects.filter(dossier=found, answered_at__isnull=False).exists():
        # sent twice, or from two devices
        messages.info(request, gettext("Your answer has reached the office already."))
        return HttpResponseRedirect(reverse("portal:dossier", args=[found.code]))
    items: list[dict[str, Any]] = asked.items if asked else []
    try:
        files = [
            (str(item.get("component", "")), file)
            for number, item in enumerate(items)
            for file in _stored(request, actor, f"item-{number}")
        ]
        files += [("", file) for file in _stored(request, actor, "other")]
        actions.supply.run(actor, found.pk, files=files, message=request.POST.get("message", "")[:4000])
    except Invalid as error:
        said = [line for lines in error.fields.values() for line in lines] or [error.text(gettext)]
        return _dossier(request, found, {"answer": [gettext(line) for line in said]})
    messages.success(request, gettext("Your answer has been sent."))
    return HttpResponseRedirect(reverse("portal:dossier", args=[found.code]))


def _stored(request: HttpRequest, actor: Actor, name: str) -> list[FileIn]:
    sent = request.FILES.getlist(name)
    if not sent or actor.id is None:
        return []
    uploads = store_many([Incoming(one, one.name or "") for one in sent], actor.id, actor=actor)
    return [FileIn(upload.blob_id, upload.name) for upload in uploads]


@citizen
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponseBase:
    """Takes the dossier back, after asking."""
    actor = actor_of(request)
    found = queries.get_by_code(actor, code)
    if found.status == Status.WITHDRAWN:
        messages.info(request, gettext("You have withdrawn the dossier."))
        return HttpResponseRedirect(reverse("portal:dossier", args=[found.code]))
    if request.method == "POST":
        chosen = request.POST.get("code", "other")
        code_of_reason = chosen if any(key == chosen for key, _text in listed("withdraw")) else "other"
        actions.withdraw.run(actor, found.pk, reason=request.POST.get("reason", "")[:1000], code=code_of_reason)
        messages.success(request, gettext("You have withdrawn the dossier."))
        return HttpResponseRedirect(reverse("portal:dossier", args=[found.code]))
    if found.status not in WITHDRAWABLE:
        raise Refused("This dossier can't be withdrawn any more: the decision has been made.")
    context = {"dossier": found, "name": plain_name(version(found.procedure_version_id)), "listed": listed("withdraw")}
    return portal_page(request, "withdraw.html", context, nav="dossiers")


@citizen
@require_safe
def file(request: HttpRequest, code: str, file_id: UUID) -> HttpResponseBase:
    """A file of the dossier: what the applicant handed in, or the result once it is theirs."""
    found = queries.get_by_code(actor_of(request), code)
    row = DossierFile.objects.filter(pk=file_id, dossier=found).select_related("blob").first()
    if row is None or not (row.kind in _OWN or (row.kind == FileKind.RESULT and _may_have_result(found))):
        raise NotFound("There is no such file.")
    return file_response(row.blob, row.name, inline="download" not in request.GET, request=request)


@citizen
@require_safe
def document(request: HttpRequest, code: str, document_id: UUID) -> HttpResponseBase:
    """A paper that the office issued: receipt, request for papers, refusal."""
    found = queries.get_by_code(actor_of(request), code)
    row = Document.objects.filter(pk=document_id, dossier=found, form__in=PUBLIC).select_related("blob").first()
    if row is None:
        raise NotFound("There is no such file.")
    name = f"{found.code}-{row.form}.pdf"
    return file_response(row.blob, name, inline="download" not in request.GET, request=request)
