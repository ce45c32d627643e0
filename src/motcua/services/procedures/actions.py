"""What can happen to the catalogue. Each change is one action, recorded with what was before and after."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from motcua.engines.ledger.work import Work
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.errors import Conflict, Invalid, NotFound, Refused
from motcua.services.procedures import queries, records, search_index, versions
from motcua.services.procedures.content import Content, from_json, to_json
from motcua.services.procedures.corrections import corrected, value_at
from motcua.services.procedures.models import Procedure, ProcedureDraft, ProcedureVersion, ReviewItem

PERMISSION = "catalogue.edit"


def create(work: Work, code: str, content: Content) -> ProcedureDraft:
    """A new procedure that no source catalogue brings; a draft until it is published."""
    work.actor.require(PERMISSION)
    code = code.strip()
    if not records.USABLE_CODE.fullmatch(code):
        raise Invalid(fields={"code": ["This cannot be the code of a procedure."]})
    if Procedure.objects.filter(Q(code=code) | Q(source_code=code)).exists():
        raise Conflict("There is a procedure with this code already.")
    procedure = Procedure(code=code, source_code=code, created_at=work.now)
    work.add(procedure)
    draft = _new_draft(work, procedure, None, content)
    work.record(procedure.id, "procedure.drafted", {"code": code, "draft": str(draft.id)}, first=True)
    return draft


def edit(work: Work, procedure: Procedure, content: Content, *, revision: int | None = None) -> ProcedureDraft:
    """Sets what the next version shall say, opening a draft where there is none.

    ``revision``: the draft's as the editor saw it; ``Conflict`` when somebody else has changed it since.
    """
    work.actor.require(PERMISSION)
    _check(content)
    draft = _locked_draft(procedure)
    if draft is None:
        base = _latest(procedure)
        before = versions.content_of(queries.version(base.id)) if base else None
        draft = _new_draft(work, procedure, base, content)
    else:
        if revision is not None and revision != draft.revision:
            raise Conflict("Somebody else has changed this draft. Please look at it again.")
        before = from_json(draft.content)
        draft.content = to_json(content)
        draft.revision += 1
        draft.changed_at, draft.changed_by = work.now, work.actor.name
        work.change(draft, "content", "revision", "changed_at", "changed_by")
    changes = [] if before is None else _changes(before, content)
    work.record(procedure.id, "procedure.drafted", {"draft": str(draft.id), "changes": changes})
    return draft


def publish(work: Work, procedure: Procedure, effective_from: date) -> ProcedureVersion:
    """Makes the draft the next version, in force from a day; the one before it ends there.

    Nobody publishes into the past but the system itself, which builds histories (demo province, old data).
    """
    work.actor.require(PERMISSION)
    if effective_from < clock.today() and work.actor.kind != "system":
        raise Refused("A version cannot take effect in the past.")
    versions.alone()
    draft = _locked_draft(procedure)
    if draft is None:
        raise NotFound("There is no draft to publish.")
    last = _latest(procedure)
    if (last.id if last else None) != draft.base_id:
        raise Conflict("The procedure has changed since this draft was begun. Discard the draft and edit anew.")
    if last is not None and last.effective_from is not None and last.effective_from > effective_from:
        raise Conflict("A later version is scheduled already. Withdraw it first.")
    content = from_json(draft.content)
    _check(content)
    number = 1 + (procedure.versions.order_by("-number").values_list("number", flat=True).first() or 0)
    version = versions.add(
        work,
        procedure,
        content,
        number=number,
        source=ProcedureVersion.Source.EDIT,
        effective=effective_from,
        fields=versions.Fields(),
    )
    before = None
    if last is not None:
        before = versions.content_of(queries.version(last.id))
        last.effective_to = effective_from
        work.change(last, "effective_to")
        _carry_reviews(work, last, version, before, content)
    draft.state = ProcedureDraft.State.PUBLISHED
    work.change(draft, "state")
    if effective_from <= clock.today():
        procedure.current = version
        work.change(procedure, "current")
    data = versions.event_data(procedure, version, content)
    data["changes"] = [] if before is None else _changes(before, content)
    work.record(procedure.id, "procedure.version_published", data)
    _found_anew(procedure)
    return version


def discard(work: Work, procedure: Procedure) -> None:
    """Gives a draft up. What it said stays readable."""
    work.actor.require(PERMISSION)
    draft = _locked_draft(procedure)
    if draft is None:
        raise NotFound("There is no draft to discard.")
    draft.state = ProcedureDraft.State.DISCARDED
    work.change(draft, "state")
    work.record(procedure.id, "procedure.draft_discarded", {"draft": str(draft.id)})


def withdraw(work: Work, version: ProcedureVersion) -> None:
    """Takes back a version that has not taken effect; the one before it goes on."""
    work.actor.require(PERMISSION)
    version = ProcedureVersion.objects.select_for_update().select_related("procedure").get(pk=version.pk)
    start = version.effective_from
    if version.state != ProcedureVersion.State.PUBLISHED or start is None or start <= clock.today():
        raise Refused("Only a version that has not taken effect can be withdrawn.")
    version.state = ProcedureVersion.State.WITHDRAWN
    work.change(version, "state")
    before = (
        ProcedureVersion.objects.select_for_update()
        .filter(procedure=version.procedure, state=ProcedureVersion.State.PUBLISHED, effective_to=start)
        .exclude(pk=version.pk)
        .order_by("-number")
        .first()
    )
    if before is not None:
        before.effective_to = version.effective_to
        work.change(before, "effective_to")
    work.record(version.procedure_id, "procedure.version_withdrawn", {"version": str(version.id)})


def set_status(work: Work, procedure: Procedure, status: str, reason: str) -> None:
    """Suspends, abolishes or restores a procedure; ``reason`` names the decision. Running cases go on."""
    work.actor.require(PERMISSION)
    if status not in Procedure.Status.values:
        raise Invalid(fields={"status": ["Choose one of the listed values."]})
    if not reason.strip():
        raise Invalid(fields={"reason": ["Name the decision that says so."]})
    before = procedure.status
    procedure.status = status
    work.change(procedure, "status")
    work.record(procedure.id, "procedure.status_changed", {"before": before, "after": status, "reason": reason.strip()})
    _found_anew(procedure)


def resolve_review_item(work: Work, item: ReviewItem, decision: str, value: str = "") -> ProcedureDraft | None:
    """Settles a doubt: ``accept`` (it is right as it stands) or ``correct`` with the right value.

    What a correction changes goes into the procedure's draft, to be published with a date; the code alone changes at
    once. ``value`` by place: a time ``5 working_day``, a fee ``20000`` or ``10 USD``, a level, a label, a code.
    """
    work.actor.require(PERMISSION)
    item = ReviewItem.objects.select_for_update(of=("self",)).select_related("procedure", "version").get(pk=item.pk)
    if item.state != ReviewItem.State.OPEN:
        raise Conflict("Somebody has settled this already.")
    if decision not in ("accept", "correct"):
        raise Invalid(fields={"decision": ["Choose one of the listed values."]})
    procedure = item.procedure
    draft = None
    if item.path == "code":
        if decision == "correct":
            _recode(work, procedure, value)
    elif decision == "correct" or item.reason == ReviewItem.Reason.FEE_BELOW_1000:
        draft = _correct(work, procedure, item, value if decision == "correct" else None)
    item.state = ReviewItem.State.CORRECTED if decision == "correct" else ReviewItem.State.ACCEPTED
    item.corrected_to = value[:200] if decision == "correct" else ""
    item.decided_by, item.decided_at = work.actor.name[:200], work.now
    work.change(item, "state", "corrected_to", "decided_by", "decided_at")
    work.record(
        procedure.id,
        "procedure.review_settled",
        {
            "path": item.path,
            "reason": item.reason,
            "decision": decision,
            "before": item.raw,
            "after": item.corrected_to,
        },
    )
    return draft


def turn_versions(day: date) -> int:
    """Versions that begin on or before ``day`` become current and are found. Returns how many turned."""
    with transaction.atomic():
        due = list(
            ProcedureVersion.objects.filter(
                Q(effective_to__isnull=True) | Q(effective_to__gt=day),
                state=ProcedureVersion.State.PUBLISHED,
                effective_from__lte=day,
            )
            .exclude(procedure__current=F("pk"))
            .values_list("procedure_id", "id")
        )
        for procedure, version in due:
            Procedure.objects.filter(pk=procedure).update(current=version)
        search_index.bring_up(day, [procedure for procedure, _ in due])
    forget_all()
    return len(due)


def _found_anew(procedure: Procedure) -> None:
    """Pages and search show the change at once; the reader of the ledger sees to it, too, should this process die."""

    def bring_up() -> None:
        forget_all()
        search_index.bring_up(clock.today(), [procedure.id])

    transaction.on_commit(bring_up)


def _latest(procedure: Procedure) -> ProcedureVersion | None:
    """The version that the next one follows: the last published, also where it is only scheduled."""
    return (
        ProcedureVersion.objects.filter(procedure=procedure, state=ProcedureVersion.State.PUBLISHED)
        .order_by("-effective_from", "-number")
        .first()
    )


def _locked_draft(procedure: Procedure) -> ProcedureDraft | None:
    # The procedure's row is the lock: it is there also when there is no draft yet.
    Procedure.objects.select_for_update().filter(pk=procedure.pk).first()
    return queries.open_draft(procedure)


def _new_draft(work: Work, procedure: Procedure, base: ProcedureVersion | None, content: Content) -> ProcedureDraft:
    draft = ProcedureDraft(
        procedure=procedure,
        base=base,
        content=to_json(content),
        changed_at=work.now,
        changed_by=work.actor.name,
    )
    work.add(draft)
    return draft


def _check(content: Content) -> None:
    """What every version must have, whoever writes it."""
    problems: dict[str, list[str]] = {}
    if not content.name.strip():
        problems["name"] = ["A procedure needs a name."]
    if not content.methods:
        problems["methods"] = ["Name at least one way to submit."]
    for place, method in enumerate(content.methods):
        if method.value is not None and (method.value <= 0 or method.allowance is None):
            problems[f"methods[{place}].time"] = ["The time limit must be a positive number of a known unit."]
        for at, fee in enumerate(method.fees):
            if fee.amount is not None and fee.amount < 0:
                problems[f"methods[{place}].fees[{at}].amount"] = ["A fee cannot be negative."]
    if problems:
        raise Invalid(fields=problems)


def _correct(work: Work, procedure: Procedure, item: ReviewItem, value: str | None) -> ProcedureDraft:
    draft = _locked_draft(procedure)
    stored = versions.content_of(queries.version(item.version_id))
    content = from_json(draft.content) if draft else stored
    if value_at(content, item.path) != value_at(stored, item.path) and draft is None:
        raise Conflict("A newer version says something else here.")
    return edit(work, procedure, corrected(content, item.path, value))


def _recode(work: Work, procedure: Procedure, code: str) -> None:
    code = code.strip()
    if not records.CODE.fullmatch(code):
        raise Invalid(fields={"value": ["A code has the form 1.001193."]})
    if Procedure.objects.exclude(pk=procedure.pk).filter(Q(code=code) | Q(source_code=code)).exists():
        raise Conflict("There is a procedure with this code already.")
    before, procedure.code = procedure.code, code
    work.change(procedure, "code")
    work.record(procedure.id, "procedure.recoded", {"before": before, "after": code})


def _carry_reviews(
    work: Work, last: ProcedureVersion, version: ProcedureVersion, before: Content, after: Content
) -> None:
    """Doubts about places that the new version leaves alone stay open, on the new version; others are settled."""
    for item in ReviewItem.objects.filter(version=last, state=ReviewItem.State.OPEN):
        if value_at(before, item.path) == value_at(after, item.path):
            item.version = version
            work.change(item, "version")
        else:
            item.state, item.decided_at = ReviewItem.State.SUPERSEDED, work.now
            work.change(item, "state", "decided_at")


def _changes(before: Content, after: Content) -> list[dict[str, Any]]:
    return [
        {"path": one.path, "before": _plain(one.before), "after": _plain(one.after)}
        for one in queries.difference(before, after)
    ]


def _plain(value: Any) -> Any:
    """The ledger holds no long prose: its beginning is enough to see what changed, the versions hold the rest."""
    if isinstance(value, str) and len(value) > 300:
        return value[:299] + "…"
    return value
