"""The end of a walk-in: consent where somebody helps, checking, the citizen's own confirmation, the receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from motcua.engines.files.actions import store
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, NotFound, Refused
from motcua.interfaces.desk import consenting
from motcua.interfaces.desk import intake as steps
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.frame import desk_page
from motcua.interfaces.desk.intake import is_assisted
from motcua.interfaces.desk.intake_finish import (
    SCREEN,
    AtOnce,
    confirmed_on_screen,
    digest_of,
    finish,
    finish_assisted,
    may_give_at_once,
    signs_here,
)
from motcua.interfaces.desk.intake_pages import go, keep, mine, show
from motcua.interfaces.desk.intake_shown import matters_of, what_is_submitted
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers.models import Consent
from motcua.services.dossiers.together import moving

SALT = "desk.intake.confirm"
SCREEN_SECONDS = 15 * 60
"""How long the address of the second screen is good."""


class ConsentForm(forms.Form):
    """How the citizen agreed, with its proof."""

    consent = forms.ChoiceField(
        label=gettext_lazy("How did the citizen agree?"), choices=Consent.choices, widget=forms.RadioSelect
    )
    paper = forms.FileField(label=gettext_lazy("The signed paper"), required=False)
    code = forms.CharField(
        label=gettext_lazy("The code that the citizen received"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    witness = forms.CharField(label=gettext_lazy("Full name of the witness"), required=False, max_length=200)


def consent(request: HttpRequest, found: Intake) -> HttpResponse:
    """The citizen's consent: signed, by a code sent to them, or spoken before a witness."""
    said: dict[str, Any] = found.data.get("consent", {})
    if request.method == "GET":
        form = ConsentForm(initial={"consent": said.get("kind"), "witness": said.get("witness")})
        return _show_consent(request, found, form)
    if "send_code" in request.POST:
        try:
            keep(found, code=consenting.send_code(found))
        except Refused as error:
            form = ConsentForm(initial={"consent": str(Consent.CODE)})
            return _show_consent(request, found, form, problem=error.text(_), status=422)
        return go(found, "consent")
    form = ConsentForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            keep(found, consent=_consent_of(request, found, form.cleaned_data))
        except Invalid as error:
            keep(found)  # a wrong code counts as tried
            for name, lines in error.fields.items():
                form.add_error(name if name in form.fields else None, [_(line) for line in lines])
        else:
            return go(found, "check")
    return _show_consent(request, found, form, status=422)


def _consent_of(request: HttpRequest, found: Intake, data: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of the consent. Raises ``Invalid`` where its proof is not there."""
    kind = data["consent"]
    kept: dict[str, Any] = {"kind": kind, "at": clock.now().isoformat()}
    if kind == Consent.CODE:
        consenting.check_code(found, data["code"])
    elif kind == Consent.SPOKEN:
        if not data["witness"].strip():
            raise Invalid(fields={"witness": ["Write the name of the witness."]})
        kept["witness"] = data["witness"].strip()
    else:
        before = found.data.get("consent", {}).get("paper")
        actor = actor_of(request)
        if data["paper"] and actor.id is not None:
            upload = store(data["paper"], data["paper"].name or "", actor.id, actor=actor)
            kept["paper"] = {"upload": str(upload.pk), "name": upload.name}
        elif before:
            kept["paper"] = before
        else:
            raise Invalid(fields={"paper": ["Add the paper that the citizen signed."]})
    return kept


def _show_consent(
    request: HttpRequest, found: Intake, form: ConsentForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    person = found.data.get("person", {})
    context = {
        "form": form,
        "problem": problem,
        "code_sent": found.data.get("code", {}).get("sent_at"),
        "reachable": consenting.is_reachable(person),
        "paper": found.data.get("consent", {}).get("paper"),
    }
    return show(request, found, "consent", context, status)


def check(request: HttpRequest, found: Intake) -> HttpResponse:
    """Everything once more; then the dossier is received, or submitted for the citizen."""
    actor = actor_of(request)
    procedure = steps.procedure_of(found)
    if procedure is None:
        return go(found, "procedure")
    trouble: list[tuple[str, str]] = []
    at_once: AtOnce | None = None
    if request.method == "POST":
        if "at_once" in request.POST:
            at_once = AtOnce(
                request.POST.get("result_name", "").replace("\0", "")[:300],
                request.POST.get("result_number", "").replace("\0", "")[:60],
                bool(request.POST.get("receipt")),
            )
        try:
            dossier = finish_assisted(actor, found) if is_assisted(found) else finish(actor, found, at_once=at_once)
        except Invalid as error:
            trouble = [("", _(line)) for lines in error.fields.values() for line in lines] or [("", error.text(_))]
        except Refused as error:
            trouble = [("", error.text(_))]
        else:
            found.dossier = dossier
            if at_once is not None and not at_once.receipt:
                found.data["no_receipt"] = True
            found.saved_at = clock.now()
            found.save(update_fields=["data", "dossier", "saved_at"])
            return HttpResponseRedirect(reverse("desk:intake_receipt", args=[found.pk]))
    competent = steps.default_competent(found, procedure)
    context = what_is_submitted(found, procedure) | {
        "missing": [line for line in steps.papers_of(found, procedure) if not line.handed_in],
        "trouble": trouble,
        "screen_url": screen_url(request, found),
        "confirmed": confirmed_on_screen(found),
        "at_once": not is_assisted(found) and may_give_at_once(found, competent),
        "by_post": steps.by_post(found),
        "signs": competent is not None and signs_here(actor, competent),
    }
    return show(request, found, "check", context, 422 if trouble else 200)


def screen_url(request: HttpRequest, found: Intake) -> str:
    """The address of the second screen for this walk-in as it stands now."""
    token = signing.dumps({"intake": str(found.pk), "shown": digest_of(found)}, salt=SALT)
    return request.build_absolute_uri(reverse("desk:intake_screen", args=[token]))


@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: HttpRequest, token: str) -> HttpResponse:
    """The second screen at the counter: the citizen reads what is submitted and confirms. Nobody signs in there; the
    address is good for a quarter of an hour and for just this walk-in as it stands."""
    try:
        said = signing.loads(token, salt=SALT, max_age=SCREEN_SECONDS)
        found = Intake.objects.filter(pk=UUID(said["intake"])).first()
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise NotFound("This address is not good any more. Please ask the officer.") from None
    matters = matters_of(found) if found is not None else []
    if found is None or not matters or found.dossier_id is not None or said["shown"] != digest_of(found):
        raise NotFound("This address is not good any more. Please ask the officer.")
    if request.method == "POST":
        keep(found, confirmed={"how": SCREEN, "digest": said["shown"], "at": clock.now().isoformat()})
        return HttpResponseRedirect(request.path)
    context = {
        "matters": matters,
        "person": found.data.get("person", {}),
        "confirmed": confirmed_on_screen(found),
        "unit": directory().by_id.get(found.unit_id),
    }
    response = render(request, "desk/intake/screen.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@holding("dossier.receive", "dossier.assist")
@require_GET
def summary(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """The same on paper, for the citizen to sign."""
    found = mine(request, intake_id)
    matters = matters_of(found)
    if not matters:
        return go(found, "procedure")
    context = {
        "matters": matters,
        "person": found.data.get("person", {}),
        "unit": directory().by_id.get(found.unit_id),
        "intake": found,
        "printed": True,
    }
    return render(request, "desk/intake/screen.html", context)


@holding("dossier.receive", "dossier.assist")
@require_GET
def receipt(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Received: the code, and form 01 to print as soon as it is made (a second or so)."""
    found = mine(request, intake_id)
    if found.dossier is None:
        return go(found, "check")
    dossier = found.dossier
    waiting = moving.expected(dossier)
    document = dossier.documents.filter(form="01").first()
    context = {
        "intake": found,
        "dossier": dossier,
        "document": document,
        "waiting": waiting,
        "assisted": is_assisted(found),
        "given": dossier.returned_at is not None,
        "no_receipt": bool(found.data.get("no_receipt")),
        "now": clock.now(),
    }
    return desk_page(request, "desk/intake/receipt.html", context, place="assist" if is_assisted(found) else "intake")
