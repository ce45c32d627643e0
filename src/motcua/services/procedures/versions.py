"""Between stored rows and frozen content: write a version, read a version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from motcua.engines.ledger.work import Work
from motcua.services.procedures.content import Case, Content, Fee, Legal, Method, Paper, ProcedureData, Result
from motcua.services.procedures.models import (
    ChannelRule,
    Component,
    ComponentCase,
    FeeRule,
    Field,
    LegalReference,
    Procedure,
    ProcedureResult,
    ProcedureVersion,
)
from motcua.services.procedures.words import folded

# Columns of a version that hold its content as they stand in ``Content``.
PLAIN = (
    "name",
    "decision_no",
    "handled_level",
    "kind",
    "issuer",
    "description",
    "requirements",
    "executing",
    "authority",
    "receiving_address",
    "authorised",
    "coordinating",
    "results",
    "keywords",
    "locality",
    "extra",
)


def alone() -> None:
    """Waits until no other import or publication is going on; until the end of the transaction none begins.

    Two at once would both give the next version, or both think a procedure new.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('procedures.versions'))")


class Fields:
    """The fields (lĩnh vực) by folded name, adding those not yet known."""

    def __init__(self) -> None:
        self._known = {one.folded: one for one in Field.objects.all()}

    def named(self, work: Work, name: str) -> Field | None:
        key = folded(name)
        if not key:
            return None
        if key not in self._known:
            self._known[key] = Field(name=name, folded=key)
            work.add(self._known[key])
        return self._known[key]


def add(
    work: Work,
    procedure: Procedure,
    content: Content,
    *,
    number: int,
    source: str,
    effective: date | None,
    fields: Fields,
    state: str = ProcedureVersion.State.PUBLISHED,
) -> ProcedureVersion:
    """Adds a version with all its parts to the work."""
    version = ProcedureVersion(
        procedure=procedure,
        number=number,
        state=state,
        source=source,
        effective_from=effective,
        created_at=work.now,
    )
    work.add(version)
    fill(version, content, fields.named(work, content.field))
    add_parts(work, version, content)
    return version


def fill(version: ProcedureVersion, content: Content, field: Field | None) -> None:
    """Sets the columns of a version from content."""
    for name in PLAIN:
        setattr(version, name, getattr(content, name))
    version.field = field
    version.levels = list(content.levels)
    version.steps = list(content.steps)
    version.subjects = list(content.subjects)
    version.content_hash = content.digest()


def add_parts(work: Work, version: ProcedureVersion, content: Content) -> None:
    """Adds channels, fees, components and legal basis of a version."""
    for position, method in enumerate(content.methods):
        rule = ChannelRule(
            version=version,
            position=position,
            channel=method.channel,
            label=method.label,
            value=method.value,
            unit=method.unit,
            raw=method.raw,
            note=method.note,
        )
        work.add(rule)
        for place, fee in enumerate(method.fees):
            work.add(
                FeeRule(
                    channel_rule=rule,
                    position=place,
                    amount=fee.amount,
                    currency=fee.currency,
                    label=fee.label,
                    note=fee.note,
                    doubtful=fee.doubtful,
                )
            )
    for position, case in enumerate(content.cases):
        row = ComponentCase(version=version, position=position, label=case.label)
        work.add(row)
        for place, paper in enumerate(case.papers):
            work.add(
                Component(
                    case=row,
                    position=place,
                    key=paper.key,
                    name=paper.name,
                    label=paper.label,
                    originals=paper.originals,
                    copies=paper.copies,
                    is_prose=paper.is_prose,
                )
            )
    for position, legal in enumerate(content.legal_basis):
        work.add(LegalReference(version=version, position=position, title=legal.title, number=legal.number))


def event_data(procedure: Procedure, version: ProcedureVersion, content: Content) -> dict[str, Any]:
    """What the ledger keeps of a version: which, since when, and the hash that proves what it said."""
    return {
        "code": procedure.code,
        "version": str(version.id),
        "number": version.number,
        "source": version.source,
        "effective_from": version.effective_from.isoformat() if version.effective_from else "",
        "name": content.name,
        "decision_no": content.decision_no,
        "content_hash": version.content_hash,
    }


def read(ids: Sequence[UUID]) -> dict[UUID, ProcedureData]:
    """Reads versions whole, in seven queries however many they are.

    By keys read before rather than by joins: right after an import the planner has no figures yet, and a join of
    tables that it believes empty can take minutes.
    """
    rows = {one.id: one for one in ProcedureVersion.objects.filter(id__in=ids).select_related("procedure", "field")}
    rules = list(ChannelRule.objects.filter(version_id__in=ids).order_by("position"))
    fees: dict[UUID, list[Fee]] = {}
    for fee in FeeRule.objects.filter(channel_rule_id__in=[rule.id for rule in rules]).order_by("position"):
        fees.setdefault(fee.channel_rule_id, []).append(
            Fee(fee.amount, fee.currency, fee.label, fee.note, fee.doubtful)
        )
    methods: dict[UUID, list[Method]] = {}
    for rule in rules:
        of_rule = tuple(fees.get(rule.id, ()))
        methods.setdefault(rule.version_id, []).append(
            Method(rule.channel, rule.value, rule.unit, rule.label, rule.raw, rule.note, of_rule)
        )
    sets = list(ComponentCase.objects.filter(version_id__in=ids).order_by("position"))
    papers: dict[UUID, list[Paper]] = {}
    for one in Component.objects.filter(case_id__in=[case.id for case in sets]).order_by("position"):
        papers.setdefault(one.case_id, []).append(
            Paper(one.key, one.name, one.label, one.originals, one.copies, one.is_prose)
        )
    cases: dict[UUID, list[Case]] = {}
    for case in sets:
        cases.setdefault(case.version_id, []).append(Case(case.label, tuple(papers.get(case.id, ()))))
    legal: dict[UUID, list[Legal]] = {}
    for reference in LegalReference.objects.filter(version_id__in=ids).order_by("position"):
        legal.setdefault(reference.version_id, []).append(Legal(reference.title, reference.number))
    results: dict[UUID, list[Result]] = {}
    procedures = [one.procedure_id for one in rows.values()]
    for result in ProcedureResult.objects.filter(procedure_id__in=procedures).select_related("result"):
        results.setdefault(result.procedure_id, []).append(Result(code=result.result.code, name=result.name))
    return {
        key: _read_version(
            row,
            methods=tuple(methods.get(key, ())),
            cases=tuple(cases.get(key, ())),
            legal_basis=tuple(legal.get(key, ())),
            result_types=tuple(sorted(results.get(row.procedure_id, ()), key=lambda one: one.code)),
        )
        for key, row in rows.items()
    }


def _read_version(version: ProcedureVersion, result_types: tuple[Result, ...], **parts: Any) -> ProcedureData:
    content = Content(
        field=version.field.name if version.field else "",
        levels=tuple(version.levels),
        steps=tuple(version.steps),
        subjects=tuple(version.subjects),
        **{name: getattr(version, name) for name in PLAIN},
        **parts,
    )
    return data(version, content, result_types)


def data(version: ProcedureVersion, content: Content, result_types: tuple[Result, ...] = ()) -> ProcedureData:
    """A version with its content, as frozen values."""
    return ProcedureData(
        id=version.id,
        procedure_id=version.procedure_id,
        code=version.procedure.code,
        number=version.number,
        state=version.state,
        source=version.source,
        effective_from=version.effective_from,
        effective_to=version.effective_to,
        result_types=result_types,
        **{name: getattr(content, name) for name in Content.__dataclass_fields__},
    )


def content_of(stored: ProcedureData) -> Content:
    """The content alone, as a start for an edit."""
    return Content(**{name: getattr(stored, name) for name in Content.__dataclass_fields__})
