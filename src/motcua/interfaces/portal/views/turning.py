"""What an applicant may still do with a submitted dossier: stop it, change it, have a wrong result corrected."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from motcua.foundation.errors import Invalid, Refused
from motcua.interfaces.portal.access import actor_of, citizen
from motcua.interfaces.portal.frame import language, portal_page
from motcua.interfaces.portal.views.procedures import plain_name
from motcua.services.dossiers import actions, queries, reasons
from motcua.services.dossiers.actions.adjustment_drafts import begin_adjustment
from motcua.services.dossiers.actions.correcting import CORRECTABLE, opened
from motcua.services.dossiers.actions.stopping import stoppable
from motcua.services.dossiers.rules import Status
from motcua.services.procedures.queries import version


def listed(kind: str) -> list[tuple[str, str]]:
    """The reasons of a kind as the page offers them."""
    return [(row.code, row.said(language())) for row in reasons.of(kind)]


@citizen
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, code: str) -> HttpResponseBase:
    """Stops the dossier for now, after asking (ND118 Đ21). The counter can take it up again."""
    actor = actor_of(request)
    found = queries.get_by_code(actor, code)
    if found.status == Status.STOPPED:
        messages.info(request, gettext("The dossier is stopped."))
        return HttpResponseRedirect(reverse("portal:dossier", args=[found.code]))
    if request.method == "POST":
        actions.stop.run(actor, found.pk, reason="applicant", explanation=request.POST.get("explanation", "")[:2000])
        messages.success(request, gettext("The dossier is stopped."))
        return HttpResponseRedirect(reverse("portal:dossier", args=[found.code]))
    if found.case.closed_at is not None or not stoppable(found.status):
        raise Refused("This dossier can't be stopped any more.")
    context = {"dossier": found, "name": plain_name(version(found.procedure_version_id))}
    return portal_page(request, "stop.html", context, nav="dossiers")


@citizen
@require_POST
def adjust(request: HttpRequest, code: str) -> HttpResponseBase:
    """Opens what was submitted in its own form, to be changed (ND118 Đ21)."""
    actor = actor_of(request)
    draft = begin_adjustment(actor, queries.get_by_code(actor, code))
    return HttpResponseRedirect(reverse("portal:draft", args=[draft.id]))


@citizen
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, code: str) -> HttpResponseBase:
    """Says that a result is wrong and how; it is corrected within three working days, free of charge (ND118 Đ23)."""
    actor = actor_of(request)
    found = queries.get_by_code(actor, code)
    if found.status not in CORRECTABLE:
        raise Refused("There is no result yet that could be corrected.")
    if opened(found) is not None:
        messages.info(request, gettext("A correction of this result is already under way."))
        return HttpResponseRedirect(reverse("portal:dossier", args=[found.code]))
    problems: dict[str, list[str]] = {}
    chosen, said = request.POST.get("reason", ""), request.POST.get("explanation", "")[:2000]
    if request.method == "POST":
        try:
            actions.ask_correction.run(actor, found.pk, reason=chosen, explanation=said)
        except Invalid as error:
            problems = {name: [gettext(line) for line in lines] for name, lines in error.fields.items()}
        else:
            messages.success(request, gettext("Your request has gone to who signed the result."))
            return HttpResponseRedirect(reverse("portal:dossier", args=[found.code]))
    context = {
        "dossier": found,
        "name": plain_name(version(found.procedure_version_id)),
        "listed": listed("correct"),
        "chosen": chosen,
        "said": said,
        "problems": problems,
        "pairs": [(name, line) for name, lines in problems.items() for line in lines],
    }
    return portal_page(request, "correct.html", context, nav="dossiers", status=422 if problems else 200)
