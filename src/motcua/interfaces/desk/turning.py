"""What the dossier page shows of the turns by law: what stands out, what changed, what is to be paid or was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.engines.accounts.models import User
from motcua.engines.forms import Form
from motcua.engines.forms.summary import answers_summary
from motcua.engines.ledger.parts import parts
from motcua.foundation import clock
from motcua.services.dossiers import reasons
from motcua.services.dossiers.actions.correcting import opened
from motcua.services.dossiers.actions.stopping import demanded
from motcua.services.dossiers.models import Adjustment, Delivery, Dossier, Proposal
from motcua.services.dossiers.rules import Status
from motcua.services.dossiers.turns import flags

FLAGS: dict[str, tuple[Promise, str]] = {
    "counts_late": (gettext_lazy("Counts as late: a second supplement was asked for"), "late"),
    "asked_late": (gettext_lazy("The supplement was asked for late"), "wait"),
    "late_without_apology": (gettext_lazy("Late, without an apology"), "late"),
    "extended": (gettext_lazy("Extended once"), "wait"),
    "adjusted": (gettext_lazy("Changed by the applicant"), "wait"),
    "correcting": (gettext_lazy("The result is being corrected"), "wait"),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """One answer or file that the applicant changed: what stood there, and what stands there now."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Adjusted:
    """One change of a dossier by its applicant."""

    at: datetime
    read: bool
    lines: tuple[Changed, ...]


def panel(found: Dossier, form: Form, language: str) -> dict[str, Any]:
    """Everything of the turns that the page shows; a query per kind of row."""
    asked = opened(found) if found.finished_at is not None else None
    return {
        "flags": [FLAGS[key] for key in flags(found, clock.now())],
        "adjusted": [_adjusted(row, form, language) for row in parts(found, "adjustments")],
        "obligation": demanded(found) if found.status == Status.PAYMENT else None,
        "extensions": [(row, reasons.text("extend", row.reason, language)) for row in parts(found, "extensions")],
        "correction": (asked, reasons.text("correct", asked.reason, language)) if asked else None,
        **_proposals(found),
        "corrected": [row for row in parts(found, "corrections") if row.before] if found.finished_at else [],
    }


def _proposals(found: Dossier) -> dict[str, Any]:
    """What is before the leader, and what the leader declined while the dossier is still open, with names."""
    rows: list[Proposal] = parts(found, "proposals")
    if not rows:
        return {"proposals": [], "declined": []}
    keys = {row.proposed_by_id for row in rows} | {row.answered_by for row in rows if row.answered_by}
    names = dict(User.objects.filter(pk__in=keys).values_list("pk", "full_name"))
    declined = [row for row in rows if row.answer and row.agreed is False] if found.case.closed_at is None else []
    return {
        "proposals": [(row, names.get(row.proposed_by_id, "")) for row in rows if row.answered_at is None],
        "declined": [(row, names.get(row.answered_by, "") if row.answered_by else "") for row in declined],
    }


def _adjusted(row: Adjustment, form: Form, language: str) -> Adjusted:
    before, after = _shown(form, row.before, language), _shown(form, row.after, language)
    labels = {
        **{path: label for path, (label, _said) in before.items()},
        **{p: label for p, (label, _s) in after.items()},
    }
    lines = [
        Changed(label, before.get(path, ("", ""))[1], after.get(path, ("", ""))[1])
        for path, label in labels.items()
        if before.get(path) != after.get(path)
    ]
    if "_delivery" in row.before:
        ways = dict(Delivery.choices)
        lines.append(
            Changed(
                _("How the result comes"),
                str(ways.get(row.before["_delivery"], "")),
                str(ways.get(row.after["_delivery"], "")),
            )
        )
    if "_contact" in row.before:
        lines.append(Changed(_("Contact"), _joined(row.before["_contact"]), _joined(row.after["_contact"])))
    if row.files:
        lines.append(
            Changed(_("Files"), ", ".join(row.files.get("removed", [])), ", ".join(row.files.get("added", [])))
        )
    return Adjusted(row.at, row.seen_at is not None, tuple(lines))


def _shown(form: Form, values: dict[str, Any], language: str) -> dict[str, tuple[str, str]]:
    """Label and words of each answer by path; files are told by their names elsewhere."""
    return {
        answer.path: (answer.label, answer.display)
        for group in answers_summary(form, {key: value for key, value in values.items() if value is not None}, language)
        for answer in group.answers
        if answer.type != "file"
    }


def _joined(contact: dict[str, str]) -> str:
    return ", ".join(str(value) for value in contact.values() if value)
