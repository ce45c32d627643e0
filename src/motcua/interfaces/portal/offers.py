"""What a procedure means for the person who reads it: papers to bring, cost, the day it would be ready, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from motcua.engines.accounts.models import Party
from motcua.engines.organisations.queries import UnitInfo, calendar_for, directory
from motcua.foundation.errors import MotcuaError
from motcua.foundation.messages import Text
from motcua.foundation.text import fold
from motcua.foundation.working_time import Allowance, Step, Unit, reckon
from motcua.foundation.working_time.explaining import allowance_text
from motcua.interfaces.templatetags._words import money_words
from motcua.services.dossiers.queries import competent_unit
from motcua.services.procedures.content import Fee, Method, Paper, ProcedureData
from motcua.services.procedures.rules import FeeSummary, fee_summary, in_written_order

CHANNELS = {
    "ONLINE": (_("Online"), "globe"),
    "DIRECT": (_("At the counter"), "building"),
    "POSTAL": (_("By post"), "mail"),
}
LEVELS = {
    "COMMUNE": _("Ward or commune"),
    "PROVINCE": _("Province or city"),
    "MINISTRY": _("Ministry"),
}
# Fifteen kinds of applicants in the catalogue, told as three.
_WHO = (
    (re.compile(r"^(cong dan|nguoi|can bo|dang vien)"), _("citizens")),
    (re.compile(r"^(doanh nghiep|hop tac xa|ho kinh doanh)"), _("businesses")),
    (re.compile(r"^to chuc"), _("organisations")),
)
UNITS = {"WORKING_DAY": Unit.WORKING_DAY, "DAY": Unit.DAY, "HOUR": Unit.HOUR, "MONTH": Unit.MONTH}

# The catalogue writes papers as prose; these tell which a person need not bring (docs/developers/portal.md).
_FORM = re.compile(r"^(to khai|don |giay de nghi|phieu de nghi|mau .{0,40}dien tu|mau .{0,30}tuong tac)")
_STATE_HAS = re.compile(r"^(ho chieu|the can cuoc|can cuoc|chung minh|giay to .{0,60}(cu tru|tuy than))")
_ON_CONDITION = re.compile(r"^(truong hop|doi voi|neu )|(trong truong hop|\(neu | uy quyen |\(tuy truong hop)")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to submit: how long, how much, and the day it would be ready if submitted now with its reckoning."""

    channel: str
    name: str
    icon: str
    label: str
    time: str
    note: str
    fee: str
    fees: tuple[tuple[str, str], ...]
    ready: datetime | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Needed:
    """One paper. ``source``: filled in here (form), held by the State (state), or empty: to bring."""

    paper: Paper
    label: str
    rest: str
    conditional: bool
    source: str

    @property
    def to_bring(self) -> bool:
        return not self.source


@dataclass(frozen=True, slots=True)
class NeededCase:
    """The papers of one case, and the explanations that stand among them."""

    label: str
    papers: tuple[Needed, ...]
    notes: tuple[str, ...]


def who_words(subjects: Sequence[str]) -> str:
    """For whom a procedure is, in one or two words; empty where the catalogue does not say."""
    folded = [fold(subject) for subject in subjects]
    found = [str(words) for pattern, words in _WHO if any(pattern.match(subject) for subject in folded)]
    told = ", ".join(found)
    return told[:1].upper() + told[1:]


def fee_words(fee: FeeSummary | dict[str, Any]) -> str:
    """The fees of a channel in one short line."""
    if isinstance(fee, dict):
        fee = FeeSummary(**fee)
    if fee.kind == "prose":
        return gettext("as the rules say")
    if fee.kind == "free":
        return gettext("free of charge") if fee.confirmed else gettext("as the rules say")
    amounts = [_money(amount, fee.currency) for amount in dict.fromkeys((fee.low, fee.high))]
    if len(amounts) == 1:
        return amounts[0]
    if not fee.low:
        return gettext("up to %(high)s") % {"high": amounts[1]}
    return gettext("%(low)s to %(high)s") % {"low": amounts[0], "high": amounts[1]}


def _money(amount: int, currency: str) -> str:
    return money_words(amount) if currency == "VND" else f"{amount:,} {currency}"


def time_words(value: str | Decimal | None, unit: str) -> str:
    """A time limit in words; empty where the catalogue has it only in prose."""
    kind = UNITS.get(unit)
    if value is None or kind is None:
        return ""
    return allowance_text(Allowance(float(value), kind)).render(gettext)


def ways(procedure: ProcedureData, unit_id: UUID | None, now: datetime) -> list[Way]:
    """The ways to submit, online first. ``unit_id``: whose working days count; None: the national calendar."""
    order = list(CHANNELS)
    methods = sorted(procedure.methods, key=lambda method: order.index(method.channel))
    return [_way(method, unit_id, now) for method in methods]


def _way(method: Method, unit_id: UUID | None, now: datetime) -> Way:
    name, icon = CHANNELS[method.channel]
    allowance = method.allowance
    reckoning = reckon(calendar_for(unit_id), now, allowance) if allowance else None
    return Way(
        channel=method.channel,
        name=str(name),
        icon=icon,
        label=method.label,
        time=time_words(method.value, method.unit),
        note=method.note,
        fee=fee_words(fee_summary([method])),
        fees=tuple(_fee_line(fee) for fee in method.fees if fee.label or fee.note or fee.amount),
        ready=reckoning.due if reckoning else None,
        steps=reckoning.steps if reckoning else (),
    )


def _fee_line(fee: Fee) -> tuple[str, str]:
    if fee.amount is None:
        return fee.note or fee.label, gettext("as the rules say")
    if fee.doubtful:
        return fee.label or fee.note, gettext("to be confirmed")
    return fee.label or fee.note, _money(fee.amount, fee.currency)


def main_way(found: Sequence[Way]) -> Way | None:
    """What stands above the fold: online where it can be, with a date where there is one."""
    dated = [way for way in found if way.ready]
    return next(iter(dated or found), None)


def needed(procedure: ProcedureData, party: Party | None) -> list[NeededCase]:
    """The papers by case. What the State already holds of this person, or the form itself replaces, is ticked."""
    known = party is not None and party.identity_level >= 2
    cases = []
    for case in procedure.cases:
        papers = [paper for paper in case.papers if not paper.is_prose]
        notes = tuple(_clean(paper.name) for paper in case.papers if paper.is_prose)
        found = [_needed(paper, known) for paper in in_written_order(papers)]
        # What everybody brings stands first.
        cases.append(NeededCase(case.label, tuple(sorted(found, key=lambda one: one.conditional)), notes))
    return cases


def _needed(paper: Paper, known: bool) -> Needed:
    folded = fold(paper.label)
    source = "form" if _FORM.search(folded) else "state" if known and _STATE_HAS.search(folded) else ""
    whole = _clean(paper.name)
    shown = paper.label.rstrip("…")
    rest = whole if len(whole) > len(shown) + 12 else ""
    return Needed(paper, whole if not rest else paper.label, rest, bool(_ON_CONDITION.search(folded)), source)


def _clean(text: str) -> str:
    return plain_line(text)[1]


def plain_line(text: str) -> tuple[int, str]:
    """A line of prose without its bullet, and how deep it stood: 0 paragraph or dash, 1 plus sign or bracket."""
    stripped = text.strip()
    deep = stripped.startswith(("+", "(i", "•"))
    return int(deep), re.sub(r"^[\s\-–+*•]+", "", stripped).strip()


def papers_words(cases: Sequence[NeededCase]) -> tuple[str, str]:
    """How many papers to bring ("3 papers"), and what may come on top ("4 more in some cases")."""
    bring = [one for case in cases for one in case.papers if one.to_bring]
    always = sum(not one.conditional for one in bring)
    sometimes = len(bring) - always
    if not bring:
        return gettext("no papers"), ""
    if not always:
        return ngettext("up to %(count)d paper", "up to %(count)d papers", sometimes) % {"count": sometimes}, gettext(
            "depending on your case"
        )
    more = ngettext("%(count)d more in some cases", "%(count)d more in some cases", sometimes) % {"count": sometimes}
    return ngettext("%(count)d paper", "%(count)d papers", always) % {"count": always}, more if sometimes else ""


def counters_of(procedure: ProcedureData, party: Party | None) -> list[UnitInfo]:
    """Where to hand in papers: the counter of the person's own ward first; for the province its centre."""
    units = directory()
    counters = [unit for unit in units.all if unit.one_stop and unit.current]
    home = units.by_ward.get(party.ward_code) if party else None
    if procedure.handled_level != "COMMUNE":
        communes = {unit.id for unit in units.all if unit.kind == "commune"}
        central = [unit for unit in counters if unit.parent_id not in communes]
        return central or counters[:1]
    return [unit for unit in counters if home and unit.parent_id == home.id]


def calendar_unit(procedure: ProcedureData, party: Party | None) -> UUID | None:
    """Whose working days count before it is known where the person will submit."""
    home = directory().by_ward.get(party.ward_code) if party else None
    return home.id if home is not None and procedure.handled_level == "COMMUNE" else None


def agency_of(procedure: ProcedureData, party: Party | None) -> UUID | None:
    """Which agency a forecast is for before it is known where the person will submit: for a commune's procedures the
    person's own ward; None: not known."""
    try:
        return competent_unit(procedure, party.ward_code if party else None).id
    except MotcuaError:
        return None


_BASIS = {
    "ND118": _("Decree 118/2025/NĐ-CP"),
    "BLDS": _("Civil Code 2015"),
    "BLLĐ": _("Labour Code 2019"),
}
_ARTICLE = re.compile(r"^(?P<law>\S+) Đ(?P<article>\d+)(?:\.(?P<clause>\d+))?$")


def basis_words(basis: str) -> str:
    """``ND118 Đ17.3`` as people read it: khoản 3 Điều 17 Nghị định 118/2025/NĐ-CP. Others stay as they are."""
    match = _ARTICLE.match(basis)
    if match is None or match["law"] not in _BASIS:
        return basis
    params = {"article": match["article"], "clause": match["clause"], "law": _BASIS[match["law"]]}
    if match["clause"]:
        return gettext("clause %(clause)s of article %(article)s, %(law)s") % params
    return gettext("article %(article)s, %(law)s") % params


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a reckoning in words."""

    at: datetime
    text: str
    basis: str


def reasons(steps: Sequence[Step]) -> list[Reason]:
    """A reckoning in the language of the page."""
    return [Reason(step.at, Text(step.text, step.params).render(gettext), basis_words(step.basis)) for step in steps]
