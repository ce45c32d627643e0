"""Corrects one place of a version, named by the path of a review item (``methods[0].fees[1].amount``). Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from motcua.foundation.errors import Invalid
from motcua.foundation.text import fold
from motcua.foundation.working_time import Allowance
from motcua.services.procedures import rules
from motcua.services.procedures.content import Content, Fee, Method

_METHOD = re.compile(r"methods\[(\d+)\](?:\.(time|channel|currency))?")
_FEE = re.compile(r"methods\[(\d+)\]\.fees\[(\d+)\]\.(amount|currency)")
_AMOUNT = re.compile(r"([\d.,\s]+?)\s*(VND|VNĐ|Đ|ĐỒNG|[A-Z]{3})?")
_LEVELS = ("COMMUNE", "PROVINCE", "MINISTRY")
_LEVEL_WORDS = {
    **dict.fromkeys(("xa", "cap xa", "commune"), "COMMUNE"),
    **dict.fromkeys(("tinh", "cap tinh", "province"), "PROVINCE"),
    **dict.fromkeys(("bo", "cap bo", "ministry"), "MINISTRY"),
}


def value_at(content: Content, path: str) -> Any:
    """What stands at a place; None where there is no such place (any more)."""
    if fee := _FEE.fullmatch(path):
        return _fee(content, int(fee[1]), int(fee[2]))
    if method := _METHOD.fullmatch(path):
        found = _method(content, int(method[1]))
        return None if found is None else (found.channel, found.label, found.value, found.unit, found.raw)
    if path.startswith("methods."):
        channel = path.removeprefix("methods.")
        return [(one.label, one.value, one.unit) for one in content.methods if one.channel == channel]
    if path == "components":
        return content.cases
    if path == "level":
        return content.levels
    return getattr(content, path, None)


def corrected(content: Content, path: str, value: str | None) -> Content:
    """The content with the right value at a place; ``value`` None says that a doubtful fee is right as it stands.

    Raises ``Invalid`` for a value that cannot stand there.
    """
    if fee := _FEE.fullmatch(path):
        return _with_fee(content, int(fee[1]), int(fee[2]), value)
    if method := _METHOD.fullmatch(path):
        return _with_method(content, int(method[1]), method[2] or "label", value or "")
    if path == "level":
        return _with_level(content, (value or "").strip().upper())
    raise Invalid(fields={"value": ["This is corrected by editing the procedure."]})


def _method(content: Content, place: int) -> Method | None:
    return content.methods[place] if place < len(content.methods) else None


def _fee(content: Content, place: int, at: int) -> Fee | None:
    method = _method(content, place)
    return method.fees[at] if method is not None and at < len(method.fees) else None


def _with_fee(content: Content, place: int, at: int, value: str | None) -> Content:
    method, fee = _method(content, place), _fee(content, place, at)
    if method is None or fee is None:
        raise Invalid(fields={"value": ["This fee is no longer there."]})
    if value is None:
        right = replace(fee, doubtful=False)
    else:
        amount, currency = amount_of(value)
        right = replace(fee, amount=amount, currency=currency, doubtful=False)
    fees = (*method.fees[:at], right, *method.fees[at + 1 :])
    return _replaced(content, place, replace(method, fees=fees))


def amount_of(text: str) -> tuple[int, str]:
    """Reads ``20000``, ``20.000 đồng``, ``10 USD``. Raises ``Invalid``."""
    match = _AMOUNT.fullmatch(text.strip().upper())
    digits = re.sub(r"[\s.,]", "", match[1]) if match else ""
    if match is None or not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        raise Invalid(fields={"value": ["Write an amount, for example 20000 or 10 USD."]})
    currency = match[2] or "VND"
    return int(digits), "VND" if currency in ("VNĐ", "Đ", "ĐỒNG") else currency


def _with_method(content: Content, place: int, part: str, value: str) -> Content:
    method = _method(content, place)
    if method is None:
        raise Invalid(fields={"value": ["This way to submit is no longer there."]})
    if part == "label":
        return _replaced(content, place, replace(method, label=" ".join(value.split())[:200]))
    if part != "time":
        raise Invalid(fields={"value": ["This is corrected by editing the procedure."]})
    allowance = Allowance.parse(value.replace("WORKING_DAY", "working_day").lower())
    if allowance.value <= 0:
        raise Invalid(fields={"value": ["The time limit must be a positive number of a known unit."]})
    number = Decimal(str(allowance.value)).quantize(Decimal("0.01"))
    return _replaced(content, place, replace(method, value=number, unit=allowance.unit.value.upper()))


def _with_level(content: Content, said: str) -> Content:
    level = _LEVEL_WORDS.get(" ".join(fold(said).split()), said)
    if level not in _LEVELS:
        raise Invalid(fields={"value": ["Choose one of the listed values."]})
    levels = (*(one for one in content.levels if one not in ("OTHER", level)), level)
    return replace(content, levels=levels, handled_level=rules.handled_level(levels))


def _replaced(content: Content, place: int, method: Method) -> Content:
    return replace(content, methods=(*content.methods[:place], method, *content.methods[place + 1 :]))
