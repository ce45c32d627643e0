"""Many flows at once: what a spreadsheet says against what is stored, written in one go or only reported.

New flows go in with COPY, changed ones through the action's own way, all in one transaction. A second run of the same
file changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction

from motcua.engines.flows import queries
from motcua.engines.flows.actions import Subject, subject_of
from motcua.engines.flows.models import Flow, FlowRule, FlowVersion
from motcua.engines.flows.rules import parse
from motcua.engines.flows.sheet_files import Written, sheets_in
from motcua.engines.flows.sheets import Names, Reading, Remark, SheetFlow, read_sheets
from motcua.engines.flows.wording import selector_in
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.bulk import BulkWork
from motcua.engines.ledger.work import DatabaseWork
from motcua.engines.organisations.models import Role
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation import clock
from motcua.foundation.messages import Text, Translate, as_it_is
from motcua.foundation.text import fold, slug

AT_ONCE = 200
"""Changed flows per statement: a statement takes 65,535 values."""

_IDENTIFIER = re.compile(r"[A-Y]\d{2}(?:\.\d{1,3})*")
_SELECTOR = re.compile(r"(?:code|within|field):.{1,200}")
_TITLES = (
    ("clerk", re.compile(r"van thu|dong dau|vao so")),
    ("head", re.compile(r"(?:lanh dao|truong|pho truong|pho) (?:phong|don vi|bo phan|chi cuc)|truong phong|pho phong")),
    ("leader", re.compile(r"lanh dao|giam doc|chu tich|thu truong|cuc truong|chi cuc truong")),
    ("counter", re.compile(r"mot cua|tiep nhan|tra ket qua|tthcc|ttpvhcc")),
    ("specialist", re.compile(r"chuyen vien|cong chuc|can bo|vien chuc|thu ly|nhan vien|ke toan|dia chinh")),
)


@dataclass(slots=True)
class Report:
    """What an import did, or would do (``dry_run``). Flows are counted by what happens to them."""

    dry_run: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused_flows: int = 0
    refused: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    @property
    def flows(self) -> int:
        return self.created + self.updated + self.unchanged + self.refused_flows

    def as_json(self, translate: Translate = as_it_is) -> dict[str, Any]:
        def told(remarks: list[Remark]) -> list[dict[str, Any]]:
            return [{"sheet": one.sheet, "row": one.row, "reason": one.text.render(translate)} for one in remarks]

        return {
            "dry_run": self.dry_run,
            "rows": self.rows,
            "flows": self.flows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": self.refused_flows,
            "refused_rows": told(self.refused),
            "notes": told(self.notes),
        }


def import_sheets(
    data: bytes,
    actor: Actor,
    *,
    effective_from: date | None = None,
    dry_run: bool = False,
    known_codes: Collection[str] | None = None,
) -> Report:
    """Publishes the flows of a spreadsheet from a day (today by default). ``known_codes``: the catalogue's, so that a
    code that is not in it is told; its flow is kept all the same, for the procedure may follow.

    Raises ``NotAllowed`` without catalogue.edit; ``Invalid``, ``TooLarge`` for what is no spreadsheet.
    """
    actor.require("catalogue.edit")
    reading = read_sheets(sheets_in(data), names_here())
    return store(reading, actor, effective_from or clock.today(), dry_run=dry_run, known_codes=known_codes)


def store(
    reading: Reading,
    actor: Actor,
    effective_from: date,
    *,
    dry_run: bool = False,
    known_codes: Collection[str] | None = None,
) -> Report:
    """Compares what was read with what is stored and writes the difference."""
    report = Report(dry_run, reading.rows, refused=reading.refused, notes=reading.notes)
    with transaction.atomic():
        stored = _Stored()
        new = BulkWork(actor)
        changed = DatabaseWork(actor)
        waiting = 0
        for flow in reading.flows:
            _tell_unknown(flow, known_codes, report)
            outcome = "refused" if flow.refused else _one(flow, stored, new, changed, effective_from, report)
            if outcome == "updated":
                waiting += 1
                if waiting % AT_ONCE == 0 and not dry_run:
                    changed.flush()
            field_name = "refused_flows" if outcome == "refused" else outcome
            setattr(report, field_name, getattr(report, field_name) + 1)
        if not dry_run:
            new.flush()
            changed.flush()
    if not dry_run:
        queries.forget()
    return report


def _tell_unknown(flow: SheetFlow, known: Collection[str] | None, report: Report) -> None:
    if known is None or flow.refused:
        return
    for rule in flow.rules:
        code = rule["procedure_code"]
        if code and code not in known:
            said = Text("The catalogue does not know the procedure %(code)s. Its flow is kept.", {"code": code})
            report.notes.append(Remark(flow.sheet, flow.row, said))


class _Stored:
    """What is stored, in four queries however many flows there are."""

    def __init__(self) -> None:
        self.flows: dict[str, Flow] = {flow.key: flow for flow in Flow.objects.all()}
        by_id = {flow.pk: flow for flow in self.flows.values()}
        newest = FlowVersion.objects.order_by("flow_id", "-number").distinct("flow_id")
        self.newest: dict[UUID, FlowVersion] = {version.flow_id: version for version in newest}
        self.rules: dict[Subject, FlowRule] = {}
        self.takes: dict[UUID, set[Subject]] = {}
        for rule in FlowRule.objects.all():
            subject = (rule.procedure_code, rule.field, rule.level)
            rule.flow = by_id[rule.flow_id]
            self.rules[subject] = rule
            self.takes.setdefault(rule.flow_id, set()).add(subject)

    def flow_for(self, read: SheetFlow, subjects: set[Subject]) -> Flow | None:
        """By its key; else the flow that these procedures and no others take."""
        if read.key:
            return self.flows.get(read.key)
        for subject in subjects:
            rule = self.rules.get(subject)
            if rule is not None and self.takes[rule.flow_id] <= subjects:
                return rule.flow
        return None

    def free_key(self, read: SheetFlow) -> str:
        first = next((rule["procedure_code"] or rule["field"] for rule in read.rules), "") or "moi"
        wanted = key = read.key or f"tthc-{slug(first, 60)}"
        number = 2
        while key in self.flows:
            key, number = f"{wanted}-{number}", number + 1
        return key


def _one(
    read: SheetFlow, stored: _Stored, new: BulkWork, changed: DatabaseWork, effective_from: date, report: Report
) -> str:
    """created, updated, unchanged or refused."""
    subjects = {subject_of(rule) for rule in read.rules}
    flow = stored.flow_for(read, subjects)
    rows = read.definition.as_data()
    if flow is None:
        flow = Flow(key=stored.free_key(read), name=_name(read))
        stored.flows[flow.key] = flow
        new.add(flow)
        _publish(new, flow, 1, rows, effective_from, sorted(subjects), first=True)
        _take(flow, subjects, stored, new, changed)
        return "created"
    newest = stored.newest.get(flow.pk)
    if newest is not None and newest.published_at is None:
        words = {"name": flow.name}
        said = Text("There is a draft of the flow “%(name)s”. Publish it or leave it first.", words)
        report.refused.append(Remark(read.sheet, read.row, said))
        return "refused"
    began = newest.effective_from if newest is not None else None
    if began is not None and effective_from < began <= clock.today():
        said = Text("A later version is in force already. Choose a later day.")
        report.refused.append(Remark(read.sheet, read.row, said))
        return "refused"
    renamed = bool(read.name) and read.name != flow.name
    same = newest is not None and parse(newest.steps).as_data() == rows
    if same and not renamed and stored.takes.get(flow.pk, set()) >= subjects:
        return "unchanged"
    if renamed:
        flow.name = read.name
        changed.change(flow, "name")
    number = newest.number if newest else 0
    added = sorted(subjects - stored.takes.get(flow.pk, set()))
    if same:
        data = {"flow": flow.key, "version": number, "takes": _said(added), "name": flow.name}
        changed.record(flow.pk, "flow.changed", data)
    else:
        before = newest.steps if newest is not None else []
        _publish(changed, flow, number + 1, rows, effective_from, added, before=before)
    _take(flow, set(added), stored, changed, changed)
    return "updated"


def _name(read: SheetFlow) -> str:
    return read.name or ", ".join(rule["procedure_code"] or rule["field"] for rule in read.rules)[:200] or read.key


def _said(subjects: Collection[Subject]) -> list[str]:
    return [" ".join(part for part in subject if part) or "*" for subject in subjects]


def _publish(
    work: BulkWork | DatabaseWork,
    flow: Flow,
    number: int,
    rows: list[dict[str, Any]],
    effective_from: date,
    takes: Collection[Subject],
    *,
    before: Sequence[Mapping[str, Any]] = (),
    first: bool = False,
) -> None:
    work.add(FlowVersion(flow=flow, number=number, steps=rows, effective_from=effective_from, published_at=work.now))
    data: dict[str, Any] = {
        "flow": flow.key,
        "version": number,
        "before": list(before),
        "steps": rows,
        "effective_from": effective_from.isoformat(),
        "imported": True,
    }
    if takes:
        data["takes"] = _said(takes)
    work.record(flow.pk, "flow.published", data, first=first)


def _take(
    flow: Flow, subjects: set[Subject], stored: _Stored, adding: BulkWork | DatabaseWork, changed: DatabaseWork
) -> None:
    for subject in sorted(subjects):
        rule = stored.rules.get(subject)
        if rule is None:
            adding.add(FlowRule(flow=flow, procedure_code=subject[0], field=subject[1], level=subject[2]))
        elif rule.flow_id != flow.pk:
            rule.flow = flow
            changed.change(rule, "flow")


def all_written() -> list[Written]:
    """Every flow with its newest published version, as ``sheet_files.to_xlsx`` writes it: three queries."""
    rules: dict[UUID, list[dict[str, str]]] = {}
    for rule in FlowRule.objects.order_by("id"):
        said = {"procedure_code": rule.procedure_code, "field": rule.field, "level": rule.level}
        rules.setdefault(rule.flow_id, []).append(said)
    published = FlowVersion.objects.filter(published_at__isnull=False)
    newest = published.order_by("flow_id", "-number").distinct("flow_id").select_related("flow")
    found = [Written(one.flow.key, one.flow.name, rules.get(one.flow_id, []), parse(one.steps)) for one in newest]
    return sorted(found, key=lambda flow: flow.key)


def names_here() -> Names:
    """Units and roles by whatever this province's sheets call them."""
    units = directory()
    current = [unit for unit in units.all if unit.current]
    by_name: dict[str, list[UnitInfo]] = {}
    for unit in current:
        for name in {_plain(unit.name), _plain(unit.short_name)} - {""}:
            by_name.setdefault(name, []).append(unit)
    roles = {role.code: role for role in Role.objects.all()}
    titles = {fold(role.name): role.code for role in roles.values()} | {code: code for code in roles}

    @cache
    def unit_for(words: str) -> str | Text:
        if _SELECTOR.fullmatch(words):
            return words
        if _IDENTIFIER.fullmatch(words):
            known = words in units.by_code
            return f"code:{words}" if known else Text("There is no unit %(name)s.", {"name": words})
        return selector_in(words) or _by_name(words, by_name)

    @cache
    def role_for(words: str, stage: str) -> str | Text:
        plain = fold(words)
        code = titles.get(plain) or next(
            (code for code, pattern in _TITLES if code in roles and pattern.search(plain)), ""
        )
        if not code:
            return Text("No role is called “%(name)s”.", {"name": words[:60]})
        return code if STAGE_PERMISSION[stage] in roles[code].permissions else ""

    return Names(unit_for, role_for)


def _by_name(words: str, by_name: dict[str, list[UnitInfo]]) -> str | Text:
    plain = _plain(words)
    if plain in ("ubnd cap xa", "ubnd xa", "ubnd phuong", "ubnd xa phuong", "ubnd phuong xa", "ubnd cap tinh"):
        return "province" if plain == "ubnd cap tinh" else "competent"
    found = by_name.get(plain, [])
    if len(found) == 1:
        return f"code:{found[0].code}"
    ends = Counter(unit.code.rpartition(".")[2] for unit in found)
    if found and len(ends) == 1:  # a division that every commune, or several departments, have alike
        return f"within:{next(iter(ends))}"
    if found:
        return Text("Several units are called “%(name)s”. Write the identifier.", {"name": words[:80]})
    return Text("No unit is called “%(name)s”.", {"name": words[:80]})


def _plain(name: str) -> str:
    """A unit's name without what offices write in several ways."""
    plain = re.sub(r"[.,\-–/]", " ", fold(name))
    for long, short in (("uy ban nhan dan", "ubnd"), ("trung tam phuc vu hanh chinh cong", "ttpvhcc")):
        plain = plain.replace(long, short)
    return " ".join(plain.split())
