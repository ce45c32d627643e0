"""Reads one record of the national catalogue (docs/administrators/catalogue-format.md). Pure: no database.

What cannot be used is refused with a reason; what can be used but cannot be right as it stands is kept and doubted,
so that an administrator decides. Nothing is guessed in silence and nothing is thrown away.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from motcua.foundation.text import fold
from motcua.services.procedures import rules
from motcua.services.procedures.content import Case, Content, Fee, Legal, Method, Paper

CODE = re.compile(r"\d\.\d{6}")
USABLE_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,63}")
_LEGAL_NUMBER = re.compile(r"\(([^()]*\d[^()]*)\)\s*$")
_BARE_NUMBER = re.compile(r"\d{1,5}(?:\.\d)?/[\w/.-]{2,60}")
_LEVELS = {"cap xa": "COMMUNE", "cap tinh": "PROVINCE", "cap bo": "MINISTRY"}
_KINDS = {"ASSIGNED_REGULATION", "NOT_ASSIGNED_REGULATION", "LOCAL_REGULATION", "CENTRAL_REGULATION", "OTHER"}
_CHANNELS = {"DIRECT", "ONLINE", "POSTAL"}
_UNITS = {"WORKING_DAY", "DAY", "HOUR", "MONTH", "OTHER"}
_NO_COMPONENTS = "khong co thong tin thanh phan ho so"
_LOWEST_FEE = 1000  # VND; no fee in force is smaller, so a smaller figure means thousands or dollars
_MOST = 32767
_KNOWN_KEYS = {
    "code", "decision_no", "name", "level", "kind", "field", "methods", "components", "subjects", "executing",
    "authority", "receiving_address", "authorised", "coordinating", "results", "legal_basis", "requirements",
    "keywords", "description", "issuer", "steps",
}  # fmt: skip


class UnusableError(ValueError):
    """The record cannot be imported; the text says why."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One place to look at: path in the record, reason (``ReviewItem.Reason``), the raw value, what it may mean."""

    path: str
    reason: str
    raw: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A record read: its code, what it says, what is doubtful, the hash of the raw record."""

    code: str
    content: Content
    doubts: tuple[Doubt, ...]
    source_hash: str


def read(raw: Any) -> Record:
    """Reads one decoded JSON value. Raises ``UnusableError``."""
    if not isinstance(raw, Mapping):
        raise UnusableError("not_an_object")
    code = _text(raw.get("code"))
    if not code:
        raise UnusableError("no_code")
    if not USABLE_CODE.fullmatch(code):
        raise UnusableError("code_unusable")
    name = " ".join(_text(raw.get("name")).split())
    if not name:
        raise UnusableError("no_name")
    doubts: list[Doubt] = []
    if not CODE.fullmatch(code):
        doubts.append(Doubt("code", "malformed_code", code))
    levels = _levels(raw.get("level"), doubts)
    kind = _text(raw.get("kind")) or "OTHER"
    if kind not in _KINDS:
        doubts.append(Doubt("kind", "unknown_value", kind))
        kind = "OTHER"
    texts = {
        key: _text(raw.get(key))
        for key in (
            "description", "requirements", "executing", "authority", "receiving_address", "authorised",
            "coordinating", "results", "keywords",
        )
    }  # fmt: skip
    content = Content(
        name=name,
        decision_no=_short(raw.get("decision_no"), 200),
        levels=levels,
        handled_level=rules.handled_level(levels),
        kind=kind,
        field=_short(raw.get("field"), 400),
        issuer=_short(raw.get("issuer"), 100),
        steps=tuple(_text(step) for step in _list(raw.get("steps"), "steps", doubts) if _text(step)),
        subjects=tuple(_short(one, 200) for one in _list(raw.get("subjects"), "subjects", doubts) if _text(one)),
        locality=rules.locality(name, texts["executing"], texts["authority"], _text(raw.get("issuer"))),
        methods=_methods(raw.get("methods"), doubts),
        cases=_cases(raw.get("components"), doubts),
        legal_basis=tuple(_legal(one) for one in _list(raw.get("legal_basis"), "legal_basis", doubts) if _text(one)),
        extra={str(key): _plain(value) for key, value in raw.items() if key not in _KNOWN_KEYS},
        **texts,
    )
    return Record(code, content, tuple(doubts), _hash(raw))


def _hash(raw: Mapping[str, Any]) -> str:
    text = json.dumps(raw, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: Any) -> str:
    """Text in NFC without what PostgreSQL cannot hold; numbers as text; all else empty."""
    if not isinstance(value, str):
        if value is None or isinstance(value, bool | Mapping | list | tuple):
            return ""
        value = str(value)
    text = value if value.isascii() else unicodedata.normalize("NFC", value)
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character (a lone surrogate) cannot be stored
        text = text.encode("utf-8", "ignore").decode()
    return text.strip()


def _short(value: Any, most: int) -> str:
    text = " ".join(_text(value).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _plain(value: Any) -> Any:
    """A JSON value cleaned like ``_text``."""
    if isinstance(value, Mapping):
        return {_text(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return _text(value) if isinstance(value, str) else value


def _list(value: Any, path: str, doubts: list[Doubt]) -> list[Any]:
    """A list, also where an export wrote a Python list as text; one text counts as a list of one."""
    if value is None or value == "":
        return []
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str):
        for decode in (json.loads, ast.literal_eval):
            decoded = _decoded(decode, value)
            if isinstance(decoded, list | tuple):
                return list(decoded)
        return [value]
    doubts.append(Doubt(path, "unknown_value", str(value)[:500]))
    return []


def _decoded(decode: Callable[[str], Any], value: str) -> Any:
    if not value.lstrip().startswith("["):
        return None
    try:
        return decode(value)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _levels(value: Any, doubts: list[Doubt]) -> tuple[str, ...]:
    found: list[str] = []
    for part in re.split(r"[,;|]", _text(value)):
        level = _LEVELS.get(" ".join(fold(part).split()))
        if level is None:
            doubts.append(Doubt("level", "unknown_value", part.strip()[:500]))
            level = "OTHER"
        if level not in found:
            found.append(level)
    return tuple(found)


def _whole(value: Any) -> int | None:
    """A whole number not below zero, from a number or its text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value[:20])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and 0 <= value < 2**62 else None


def _methods(value: Any, doubts: list[Doubt]) -> tuple[Method, ...]:
    methods: list[Method] = []
    for index, raw in enumerate(_list(value, "methods", doubts)):
        path = f"methods[{index}]"
        channel = _text(raw.get("channel")).upper() if isinstance(raw, Mapping) else ""
        if channel not in _CHANNELS:
            doubts.append(Doubt(f"{path}.channel", "unknown_value", str(_plain(raw))[:2000]))
            continue
        methods.append(_method(raw, channel, path, doubts))
    if not methods:
        doubts.append(Doubt("methods", "no_channel"))
    for channel in dict.fromkeys(method.channel for method in methods):
        same = [method for method in methods if method.channel == channel]
        times = {(method.label, method.value, method.unit) for method in same}
        if len(times) > len({method.label for method in same}):
            doubts.append(Doubt(f"methods.{channel}", "same_channel_twice", " / ".join(one.raw for one in same)[:500]))
    return tuple(methods)


def _method(raw: Mapping[str, Any], channel: str, path: str, doubts: list[Doubt]) -> Method:
    unit = _text(raw.get("time_unit")).upper() or "OTHER"
    note, time_raw = _text(raw.get("note")), _text(raw.get("time_raw"))
    amount = raw.get("time_value")
    value: Decimal | None = None
    if unit not in _UNITS:
        doubts.append(Doubt(f"{path}.time", "unknown_value", unit[:100]))
        unit = "OTHER"
    elif unit == "OTHER":
        prose = time_raw.removesuffix("OTHER").strip()
        doubts.append(Doubt(f"{path}.time", "time_in_prose", (prose or note)[:500], rules.time_in_prose(prose, note)))
    elif isinstance(amount, int | float) and not isinstance(amount, bool) and 0 < amount <= 36500:
        value = Decimal(str(amount)).quantize(Decimal("0.01"))
    else:
        doubts.append(Doubt(f"{path}.time", "time_unusable", f"{amount} {unit}"))
    fees = tuple(
        _fee(fee, f"{path}.fees[{index}]", doubts)
        for index, fee in enumerate(_list(raw.get("fees"), f"{path}.fees", doubts))
    )
    return Method(channel, value, unit, rules.method_label(note), time_raw, note, fees)


def _fee(raw: Any, path: str, doubts: list[Doubt]) -> Fee:
    if not isinstance(raw, Mapping):
        doubts.append(Doubt(f"{path}.amount", "fee_in_prose", _text(raw)[:500]))
        return Fee(None, note=_text(raw))
    note = _text(raw.get("note")).strip("| ")
    currency = _text(raw.get("currency")).upper() or "VND"
    if not re.fullmatch(r"[A-Z]{3}", currency):
        doubts.append(Doubt(f"{path}.currency", "unknown_value", currency[:100]))
        currency = "VND"
    given = raw.get("amount")
    amount = _whole(given)
    label = rules.short_label(note)
    shown = f"{given} {currency}" + (f": {note}" if note else "")
    if amount is None:
        reason = "fee_in_prose" if given is None else "unknown_value"
        doubts.append(Doubt(f"{path}.amount", reason, shown[:500], rules.fee_in_prose(note)))
        return Fee(None, currency, label, note)
    if currency != "VND":
        doubts.append(Doubt(f"{path}.amount", "foreign_currency", shown[:500]))
        return Fee(amount, currency, label, note)
    doubtful = 0 < amount < _LOWEST_FEE
    if doubtful:
        doubts.append(Doubt(f"{path}.amount", "fee_below_1000", shown[:500], rules.likely_fee(amount, note)))
    return Fee(amount, currency, label, note, doubtful)


def _cases(value: Any, doubts: list[Doubt]) -> tuple[Case, ...]:
    cases: list[Case] = []
    keys: set[str] = set()
    prose: list[str] = []
    for index, raw in enumerate(_list(value, "components", doubts)):
        if isinstance(raw, Mapping):
            label = " ".join(_text(raw.get("case")).split()).strip("*-+ ").strip()
            items: Iterable[Any] = _list(raw.get("items"), f"components[{index}].items", doubts)
        else:
            label, items = "", [raw]
        papers = [paper for paper in (_paper(item, label, keys) for item in items) if paper is not None]
        prose.extend(f"[{index}] {paper.label}" for paper in papers if paper.is_prose)
        if papers:
            cases.append(Case(label, tuple(rules.in_written_order(papers))))
    if not any(not paper.is_prose for case in cases for paper in case.papers):
        doubts.append(Doubt("components", "no_components"))
    if prose:
        doubts.append(Doubt("components", "component_in_prose", "\n".join(prose)[:2000]))
    return tuple(cases)


def _paper(raw: Any, case: str, keys: set[str]) -> Paper | None:
    name = _text(raw.get("name") if isinstance(raw, Mapping) else raw)
    if not name or (len(name) < 80 and fold(name).strip(" .") == _NO_COMPONENTS):
        return None
    originals, copies = 0, 0
    if isinstance(raw, Mapping):
        originals = min(_whole(raw.get("original")) or 0, _MOST)
        copies = min(_whole(raw.get("copy")) or 0, _MOST)
    key = hashlib.sha256(" ".join(f"{case}|{name}".lower().split()).encode()).hexdigest()[:10]
    while key in keys:
        key = hashlib.sha256(key.encode()).hexdigest()[:10]
    keys.add(key)
    return Paper(key, name, rules.short_label(name), originals, copies, rules.is_prose(name, originals, copies))


def _legal(value: Any) -> Legal:
    title = " ".join(_text(value).split())
    return Legal(title, legal_number(title))


def legal_number(title: str) -> str:
    """The number of a legal text (23/2015/NĐ-CP) at the end of an entry, or the entry itself where it is one."""
    if _BARE_NUMBER.fullmatch(title):
        return title
    found = _LEGAL_NUMBER.search(title)
    return found[1].strip()[:100] if found else ""
