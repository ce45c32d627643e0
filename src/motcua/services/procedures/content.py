"""What one version of a procedure says, as frozen values: read by screens, forms and deadlines, hashed by imports."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from motcua.foundation.working_time import Allowance, Unit

_UNITS = {
    "WORKING_DAY": Unit.WORKING_DAY,
    "DAY": Unit.DAY,
    "HOUR": Unit.HOUR,
    "MONTH": Unit.MONTH,
}


LIKE_ONLINE: Final = {"KIOSK": "ONLINE", "NATIONAL": "ONLINE"}
"""Channels for which the catalogue's times and fees of submitting online hold."""


@dataclass(frozen=True, slots=True)
class Fee:
    """Phí, lệ phí. ``amount`` in whole ``currency`` units; None: only ``note`` says. Doubtful fees are not charged."""

    amount: int | None
    currency: str = "VND"
    label: str = ""
    note: str = ""
    doubtful: bool = False

    @property
    def certain(self) -> bool:
        """Whether the amount can be asked for as it stands."""
        return self.amount is not None and not self.doubtful


@dataclass(frozen=True, slots=True)
class Method:
    """Cách thức thực hiện: a channel with its time limit (``value`` of ``unit``, None: only prose) and fees."""

    channel: str
    value: Decimal | None
    unit: str
    label: str = ""
    raw: str = ""
    note: str = ""
    fees: tuple[Fee, ...] = ()

    @property
    def allowance(self) -> Allowance | None:
        """The time limit for the reckoning of the due date; None where the catalogue has it only in prose."""
        unit = _UNITS.get(self.unit)
        return Allowance(float(self.value), unit) if unit is not None and self.value is not None else None


@dataclass(frozen=True, slots=True)
class Paper:
    """Thành phần hồ sơ. ``key`` is stable from version to version; ``is_prose``: an explanation, not a paper."""

    key: str
    name: str
    label: str
    originals: int = 0
    copies: int = 0
    is_prose: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Trường hợp: the papers that go together."""

    label: str
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class Legal:
    """Căn cứ pháp lý."""

    title: str
    number: str = ""


def _canonical(value: Any) -> Any:
    """A part of the content as a list in the order of its declaration; a decimal without trailing zeros."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return [getattr(value, name) for name in value.__slots__]


@dataclass(frozen=True, kw_only=True)
class Content:
    """Everything a version says. Two versions with equal ``digest()`` say the same."""

    name: str
    decision_no: str = ""
    levels: tuple[str, ...] = ()
    handled_level: str = "OTHER"
    kind: str = "OTHER"
    field: str = ""
    issuer: str = ""
    description: str = ""
    requirements: str = ""
    steps: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    executing: str = ""
    authority: str = ""
    receiving_address: str = ""
    authorised: str = ""
    coordinating: str = ""
    results: str = ""
    keywords: str = ""
    locality: str = ""
    methods: tuple[Method, ...] = ()
    cases: tuple[Case, ...] = ()
    legal_basis: tuple[Legal, ...] = ()
    extra: dict[str, Any] = dataclass_field(default_factory=dict)

    def digest(self) -> str:
        """SHA-256 of the content in a canonical form, hexadecimal."""
        plain = {name: getattr(self, name) for name in Content.__dataclass_fields__}
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_canonical)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All papers of all cases, explanations left out."""
        return tuple(paper for case in self.cases for paper in case.papers if not paper.is_prose)

    @property
    def online(self) -> bool:
        return any(method.channel == "ONLINE" for method in self.methods)

    def method(self, channel: str) -> Method | None:
        """The way to submit by a channel: the first whose time can be reckoned, else the first. At a kiosk and over
        the national portal one submits online (ND118 Đ17.2, Đ17.2a)."""
        like = LIKE_ONLINE.get(channel, channel)
        found = [method for method in self.methods if method.channel == like]
        return next((method for method in found if method.value is not None), found[0] if found else None)


@dataclass(frozen=True, kw_only=True)
class Result:
    """Loại kết quả: code (KQ.…) and the name this procedure gives it."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ProcedureData(Content):
    """A stored version with its place in time. ``id`` is the version's, ``procedure_id`` the procedure's."""

    id: UUID
    procedure_id: UUID
    code: str
    number: int
    state: str
    source: str
    effective_from: date | None
    effective_to: date | None
    result_types: tuple[Result, ...] = ()


def to_json(content: Content) -> dict[str, Any]:
    """The content as plain JSON values; decimals as text. ``from_json`` reads it back."""
    return {name: _as_json(getattr(content, name)) for name in Content.__dataclass_fields__}


def _as_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_as_json(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Fee | Method | Paper | Case | Legal):
        return {name: _as_json(getattr(value, name)) for name in value.__slots__}
    return value


def from_json(data: dict[str, Any]) -> Content:
    """Reads what ``to_json`` wrote."""
    plain = {name: data[name] for name in Content.__dataclass_fields__ if name in data}
    return Content(
        **plain
        | {name: tuple(plain.get(name, ())) for name in ("levels", "steps", "subjects")}
        | {
            "methods": tuple(_method(one) for one in plain.get("methods", ())),
            "cases": tuple(
                Case(one["label"], tuple(Paper(**paper) for paper in one["papers"])) for one in plain.get("cases", ())
            ),
            "legal_basis": tuple(Legal(**one) for one in plain.get("legal_basis", ())),
        }
    )


def _method(data: dict[str, Any]) -> Method:
    value = Decimal(data["value"]) if data["value"] is not None else None
    return Method(**data | {"value": value, "fees": tuple(Fee(**fee) for fee in data["fees"])})
