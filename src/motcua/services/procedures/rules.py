"""Pure rules of the catalogue: reading prose, who is competent, what a citizen is told. No database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from motcua.foundation.text import fold
from motcua.foundation.working_time import Allowance, Calendar, due
from motcua.services.procedures.content import Content, Method, Paper
from motcua.services.procedures.places import PLACES

LABEL_LENGTH = 160
_ENUMERATOR = re.compile(r"^\s*[-–+*•]?\s*\(?([a-zđ]|\d{1,2}|[ivx]{1,4})(?:\.(\d{1,2}))?[).:/]\s+", re.I)
_BULLET = re.compile(r"^[\s\-–—+*•]+")
_CLAUSE_END = re.compile(r"[;:.]\s|\n|;$|\.$|:$")
_MONEY = re.compile(r"(\d{1,3}(?:[.,]\d{3})+|\d{4,9})\s*(?:đồng|đ\b|vnđ|vnd)", re.I)
_THOUSANDS = re.compile(r"\b(\d{1,3})\s*(?:nghìn|ngàn)\b", re.I)
_TIME = re.compile(r"\b(\d{1,3})(?:[.,](\d{1,2}))?\s*(?:\([^)]{1,40}\)\s*)?(ngày\s+làm\s+việc|ngày|giờ|tháng)", re.I)
_TIME_UNITS = {"ngày làm việc": "WORKING_DAY", "ngày": "DAY", "giờ": "HOUR", "tháng": "MONTH"}
_PAPER_WORDS = re.compile(
    r"^(giay|don|to khai|ban |bang |so |van ban|hop dong|quyet dinh|the |chung chi|phieu|bao cao|danh sach|anh|"
    r"ho chieu|bien ban|phuong an|to trinh|mau |ho so|ly lich|cong van|hoa don|thuyet minh|so do|can cuoc)"
)
_ORDER = "abcdđefghijklmnopqrstuvwxyz"
_LOCAL_ISSUERS = {"UBND", "VP", "TTPVHCC", ""}


def handled_level(levels: Sequence[str]) -> str:
    """The level nearest to the citizen that handles the procedure; OTHER when the record names none we know."""
    return next((level for level in ("COMMUNE", "PROVINCE", "MINISTRY") if level in levels), "OTHER")


def locality(name: str, executing: str, authority: str, issuer: str) -> str:
    """The one province that a locally issued procedure is of; empty for national ones and where unclear."""
    if issuer not in _LOCAL_ISSUERS:
        return ""
    text = f"{name} | {executing} | {authority}"
    found = {new for old, new in PLACES.items() if re.search(rf"\b{re.escape(old)}\b", text)}
    return found.pop() if len(found) == 1 else ""


@lru_cache(maxsize=4096)
def short_label(text: str, most: int = LABEL_LENGTH) -> str:
    """The first clause of a text without bullets and enumerators, at most ``most`` characters."""
    flat = " ".join(text.split())
    flat = _ENUMERATOR.sub("", _BULLET.sub("", flat), count=1)
    flat = _BULLET.sub("", flat)
    end = next((m.start() for m in _CLAUSE_END.finditer(flat) if m.start() >= 3), len(flat))
    clause = flat[:end].strip(" ,;:.")
    if len(clause) <= most:
        return clause
    cut = clause[:most].rsplit(",", 1)[0] if "," in clause[60:most] else clause[: most - 1].rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:.(") + "…"


def method_label(note: str) -> str:
    """In which case a method holds ("Trường hợp cần xác minh"), where its note begins by saying so."""
    flat = _BULLET.sub("", " ".join(note.split()))
    if not re.match(r"(trường hợp|đối với|tại )", flat, re.I):
        return ""
    head = re.split(r":|,? thì | trong thời hạn|,? thời hạn", flat, maxsplit=1)[0]
    return short_label(head)


def time_in_prose(*texts: str) -> str:
    """The one time limit that prose names, as ``20 WORKING_DAY``; empty when it names none or several."""
    found: dict[str, None] = {}
    for text in texts:
        for number, fraction, unit in _TIME.findall(text):
            value = f"{int(number)}.{fraction}" if fraction else str(int(number))
            found[f"{value} {_TIME_UNITS[' '.join(unit.lower().split())]}"] = None
    return next(iter(found)) if len(found) == 1 else ""


def _amounts(note: str) -> list[int]:
    amounts = [int(re.sub(r"[.,]", "", text)) for text in _MONEY.findall(note)]
    amounts.extend(int(text) * 1000 for text in _THOUSANDS.findall(note))
    return list(dict.fromkeys(amounts))


def fee_in_prose(note: str) -> str:
    """The one amount in VND that a note names; empty when it names none or several."""
    amounts = _amounts(note)
    return str(amounts[0]) if len(amounts) == 1 else ""


def likely_fee(amount: int, note: str) -> str:
    """What a figure below 1,000 VND most likely means: ``20000``, ``10 USD``, or empty."""
    if re.search(rf"\b{amount}\s*(usd|đô\s*la|\$)", note, re.I):
        return f"{amount} USD"
    amounts = _amounts(note)
    if amount * 1000 in amounts or not note:
        return str(amount * 1000)
    return str(amounts[0]) if len(amounts) == 1 else ""


def is_prose(name: str, originals: int, copies: int) -> bool:
    """Whether an item of the component list explains instead of naming a paper to hand in."""
    if originals or copies:
        return False
    folded = fold(short_label(name))
    return len(name) > 200 or not _PAPER_WORDS.match(folded)


_CONDITIONAL = re.compile(
    r"truong hop|neu |neu co|doi voi|\bkhi \b|tru truong|tru khi|tuy theo|\bhoac\b|mot trong|xuat trinh|uy quyen"
)
_PART_OF_ANOTHER = re.compile(r"^\s*[+•]")


def is_conditional(name: str) -> bool:
    """Whether the text of a component says that not everybody hands it in, or makes it a part of another."""
    return bool(_CONDITIONAL.search(fold(name)) or _PART_OF_ANOTHER.match(name))


def in_written_order(papers: Sequence[Paper]) -> list[Paper]:
    """Papers by their own enumeration a), b), c) … where most carry one (the source has them shuffled)."""
    places = [_place(paper.name) for paper in papers]
    if sum(place is not None for place in places) * 2 <= len(papers):
        return list(papers)
    last = (len(papers) + 100, 0)
    order = sorted(range(len(papers)), key=lambda i: (places[i] or last, i))
    return [papers[i] for i in order]


def _place(name: str) -> tuple[int, int] | None:
    match = _ENUMERATOR.match(name)
    if match is None:
        return None
    first = match[1].lower()
    if first.isdigit():
        return int(first), int(match[2] or 0)
    return (_ORDER.index(first), int(match[2] or 0)) if len(first) == 1 and first in _ORDER else None


@dataclass(frozen=True, slots=True)
class FeeSummary:
    """What a list says about fees. ``kind``: free | amount | range | prose (only the text says)."""

    kind: str
    low: int = 0
    high: int = 0
    currency: str = "VND"
    confirmed: bool = True


def fee_summary(methods: Iterable[Method], channel: str | None = None) -> FeeSummary:
    """The fees of a channel (of all channels when None) in one line; doubtful figures are never shown as certain."""
    fees = [fee for method in methods if channel in (None, method.channel) for fee in method.fees]
    certain = [fee for fee in fees if fee.certain and fee.currency == "VND"]
    others = [fee for fee in fees if not (fee.certain and fee.currency == "VND")]
    amounts = sorted({fee.amount for fee in certain if fee.amount is not None})
    if not amounts:
        foreign = sorted({fee.amount for fee in others if fee.certain and fee.amount is not None})
        if foreign:
            kind = "amount" if len(foreign) == 1 else "range"
            return FeeSummary(kind, foreign[0], foreign[-1], others[0].currency)
        return FeeSummary("prose", confirmed=False) if fees else FeeSummary("free")
    kind = "range" if len(amounts) > 1 else ("amount" if amounts[0] else "free")
    return FeeSummary(kind, amounts[0], amounts[-1], confirmed=not others)


class _Timed(Protocol):
    """A way to submit: ``content.Method`` or anything with an allowance."""

    @property
    def allowance(self) -> Allowance | None: ...


def ready_date(method: _Timed, calendar: Calendar, now: datetime) -> datetime | None:
    """When the result would be ready if a complete dossier were accepted ``now``; None where the time is prose."""
    allowance = method.allowance
    return due(calendar, now, allowance) if allowance else None


def with_method(content: Content, channel: str) -> Method | None:
    """The method for a channel, else the one at the counter, else any: a dossier must have one deadline rule."""
    return content.method(channel) or content.method("DIRECT") or (content.methods[0] if content.methods else None)
