"""What a walk-in adds up to, as officer and citizen see it: one matter, or one for each part of linked procedures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language

from motcua.engines.organisations.queries import UnitInfo, calendar_for
from motcua.foundation import clock
from motcua.foundation.working_time import due
from motcua.interfaces.desk import intake as steps
from motcua.interfaces.desk import intake_group
from motcua.interfaces.desk.intake import PaperLine, is_assisted
from motcua.interfaces.desk.intake_finish import delivery_of, takes_form_on_paper
from motcua.interfaces.desk.intake_form import CounterForm, counter_form
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers import door
from motcua.services.dossiers.models import Delivery
from motcua.services.dossiers.together import groups, moving
from motcua.services.procedures.content import ProcedureData


def language() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def what_is_submitted(found: Intake, procedure: ProcedureData) -> dict[str, Any]:
    """Of a single procedure: answers, papers, fee, when it will be ready and why then."""
    form = counter_form(found, procedure)
    return _matter(
        found,
        procedure,
        form,
        competent=steps.default_competent(found, procedure),
        lines=[line for line in steps.papers_of(found, procedure) if line.handed_in],
        on_paper=takes_form_on_paper(found),
        delivery=delivery_of(found, form),
    )


def matters_of(found: Intake) -> list[dict[str, Any]]:
    """All that is submitted with this walk-in; empty where nothing is chosen yet."""
    key = found.data.get("linked", {}).get("key")
    if not key:
        procedure = steps.procedure_of(found)
        return [{"title": procedure.name} | what_is_submitted(found, procedure)] if procedure is not None else []
    offer = groups.offer(key)
    units = dict(
        zip((part.key for part, _ in offer.parts), groups.agencies(offer, intake_group.ward_of(found, offer) or None),
            strict=True)
    )  # fmt: skip
    parts = intake_group.chosen_parts(found, offer)
    keys = [part.key for part in parts]
    told = []
    for place, one in enumerate(intake_group.part_forms(found, offer)):
        waits = groups.waits_for(parts, place, on_paper=True, chosen=keys)
        matter = _matter(
            found,
            one.procedure,
            one.form,
            competent=units[one.part.key] if not waits else None,
            lines=intake_group.counted(found, offer, one),
            on_paper=not one.filled,
            delivery=intake_group.delivery_of(found, offer, one),
        )
        told.append({"title": one.part.name(language()) or one.procedure.name} | matter)
    return told


def _matter(
    found: Intake,
    procedure: ProcedureData,
    form: CounterForm,
    *,
    competent: UnitInfo | None,
    lines: Sequence[PaperLine],
    on_paper: bool,
    delivery: str,
) -> dict[str, Any]:
    """``competent`` None: nobody yet, so that no due date can be told."""
    method = procedure.method(steps.channel_of(found))
    allowance = method.allowance if method else None
    counted = any(line.originals or line.certified or line.copies for line in lines) and not is_assisted(found)
    travels = competent is not None and moving.is_away(found.unit_id, competent.id) and counted
    now = clock.now()
    start = moving.expected_arrival(calendar_for(found.unit_id), now) if travels else now
    return {
        "procedure": procedure,
        "competent": competent,
        "lines": lines,
        "answers": [] if on_paper else form.summary(language()),
        "on_paper": on_paper,
        "declarations": [] if on_paper else form.declarations(language()),
        "due": due(calendar_for(competent.id), start, allowance) if allowance and competent else None,
        "travels": travels,
        "arrival": start if travels else None,
        "fee": door.fee_of(method),
        "delivery": dict(Delivery.choices).get(delivery),
    }
