"""Mandates in one's account: who may submit for me, for whom I may; giving one and ending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from motcua.engines.accounts import mandates
from motcua.engines.accounts.models import Mandate, Party, PartyKind
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, Refused
from motcua.foundation.identifiers import parse_identity
from motcua.foundation.text import clean_line, fold
from motcua.interfaces.portal.access import actor_of, citizen
from motcua.interfaces.portal.frame import portal_page
from motcua.interfaces.portal.views.procedures import short_name
from motcua.services.dossiers import door
from motcua.services.procedures.models import Procedure


class MandateForm(forms.Form):
    """Whom, for what, until when."""

    name = forms.CharField(label=gettext_lazy("Full name of who may act for you"), max_length=200)
    identity_number = forms.CharField(label=gettext_lazy("Their identity number"), max_length=20)
    procedures = forms.CharField(
        label=gettext_lazy("Codes of the procedures"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy(
            "The code stands on the page of the procedure, for example 1.001193; several with spaces. "
            "Empty: all procedures."
        ),
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: until you end it."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_identity_number(self) -> str:
        parsed = parse_identity(self.cleaned_data["identity_number"])
        if not parsed.ok or parsed.kind != "citizen":
            raise forms.ValidationError(_("A personal identity number has 12 digits, as on the identity card."))
        return parsed.value

    def clean_procedures(self) -> list[str]:
        codes = list(dict.fromkeys(self.cleaned_data["procedures"].replace(",", " ").split()))
        known = set(Procedure.objects.filter(code__in=codes).values_list("code", flat=True))
        unknown = [code for code in codes if code not in known]
        if unknown:
            raise forms.ValidationError(_("There is no procedure %(code)s.") % {"code": unknown[0][:40]})
        return codes

    def clean_valid_to(self) -> date | None:
        day: date | None = self.cleaned_data["valid_to"]
        if day is not None and day < clock.today():
            raise forms.ValidationError(_("The last day has passed."))
        return day


@citizen
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """What one has given and holds; a form to give one."""
    actor = actor_of(request)
    chosen = request.GET.get("procedure", "")[:40]
    form = MandateForm(request.POST if request.method == "POST" else None, initial={"procedures": chosen})
    if request.method == "POST" and form.is_valid():
        if actor.party_id is None:
            raise Refused("No person or organisation is connected with this account yet. Please ask at a counter.")
        try:
            _give(request, actor.party_id, form.cleaned_data)
        except Invalid as error:
            for name, lines in error.fields.items():
                form.add_error(name if name in form.fields else "identity_number", [_(line) for line in lines])
        else:
            messages.success(request, _("The mandate holds from now. Both of you are told."))
            return HttpResponseRedirect(reverse("portal:mandates"))
    today = clock.today()
    given, held = mandates.given_by(actor), mandates.held_by(actor)
    names = _names([*given, *held])
    context = {
        "form": form,
        "given": [
            (row, _told(row, names), row.revoked_at is None and (row.valid_to is None or row.valid_to >= today))
            for row in given
        ],
        "held": [(row, _told(row, names)) for row in held],
    }
    return portal_page(request, "mandates.html", context, status=422 if form.errors else 200)


def _names(rows: Sequence[Mandate]) -> dict[str, str]:
    """Names of the procedures by their codes; one query."""
    codes = {code for row in rows for code in row.procedures}
    found = Procedure.objects.filter(code__in=codes).values_list("code", "current__name") if codes else ()
    return {code: short_name(name) for code, name in found if name}


def _told(row: Mandate, names: Mapping[str, str]) -> list[str]:
    """What a mandate is for, in words: the procedures' names, none for all."""
    return [names.get(code, code) for code in row.procedures]


def _give(request: HttpRequest, grantor_id: UUID, data: dict[str, Any]) -> None:
    known = Party.objects.filter(identity_number=data["identity_number"]).first()
    if known is not None and fold(known.name) != fold(data["name"]):
        raise Invalid(fields={"name": ["Name and identity number do not belong together."]})
    agent_id = door.party_for(
        kind=str(PartyKind.CITIZEN),
        name=data["name"],
        identity_number=data["identity_number"],
        phone="",
        email="",
        address="",
    )
    with begin(actor_of(request)) as work:
        mandates.give(
            work,
            grantor_id=grantor_id,
            agent_id=agent_id,
            procedures=data["procedures"],
            valid_to=data["valid_to"],
        )


@citizen
@require_POST
def end(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """Ends a mandate that one gave or holds."""
    with suppress(Conflict), begin(actor_of(request)) as work:  # ended already: pressed twice, or by the other one
        mandates.revoke(work, mandate_id)
    messages.success(request, _("The mandate has ended."))
    return HttpResponseRedirect(reverse("portal:mandates"))
