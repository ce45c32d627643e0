"""Helping citizens at a service point: submitting for them with their consent, and what one submitted, for a time."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from motcua.engines.forms.summary import answers_summary
from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.errors import NotFound
from motcua.interfaces.desk import intake as steps
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.frame import desk_page
from motcua.interfaces.desk.intake import is_assisted
from motcua.interfaces.desk.rows import procedure_names
from motcua.interfaces.desk.views.intake import begun_by
from motcua.services.dossiers import access, helping, policies
from motcua.services.dossiers.models import Assistance, DoorWay
from motcua.services.procedures.forms import kept_form
from motcua.services.procedures.queries import version


@holding("dossier.assist")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Begin for somebody, go on with what was begun, and what one submitted and may still see."""
    actor = actor_of(request)
    rows = helping.assisted(actor)
    names = procedure_names(row.dossier for row in rows)
    context = {
        "counters": steps.counters_of(actor, "dossier.assist"),
        "begun": [row for row in begun_by(actor.id) if is_assisted(row["intake"])],
        "rows": [
            {
                "assistance": row,
                "dossier": row.dossier,
                "procedure": names.get(row.dossier.procedure_version_id, ""),
            }
            for row in rows
        ],
        "days": policies.number("helper_sees_days"),
        "now": clock.now(),
    }
    return desk_page(request, "desk/assist/home.html", context, place="assist")


@holding("dossier.assist")
@require_safe
def dossier(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """How a dossier stands that one submitted for a citizen: nothing of what the offices write among themselves."""
    actor = actor_of(request)
    row = (
        Assistance.objects.select_related("dossier__case")
        .filter(dossier=dossier_id, helper=actor.id, sees_until__gte=clock.now())
        .first()
    )
    if row is None:
        raise NotFound("There is no such dossier, or it is not yours to see.")
    found = row.dossier
    access.look(actor, found, DoorWay.DESK)
    language = "en" if (get_language() or "vi").startswith("en") else "vi"
    procedure = version(found.procedure_version_id)
    form = kept_form(procedure, found.form_version_id)
    units = directory().by_id
    context = {
        "assistance": row,
        "dossier": found,
        "procedure": procedure,
        "answers": answers_summary(form, found.answers, language),
        "components": found.components.order_by("position"),
        "files": found.files.filter(added_by=actor.id).order_by("added_at"),
        "supplements": found.supplements.filter(answered_at__isnull=True, closed_at__isnull=True),
        "counter": units.get(found.received_at_id),
        "competent": units.get(found.competent_id),
        "now": clock.now(),
    }
    return desk_page(request, "desk/assist/dossier.html", context, place="assist")
