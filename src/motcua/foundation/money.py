"""Amounts in đồng: whole numbers, written 20.000 đ and, on receipts, in words."""

from __future__ import annotations

from motcua.foundation.errors import Invalid

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_MOST = 10**18


def format_vnd(amount: int) -> str:
    """``20000`` → ``20.000 đ``."""
    return f"{amount:,} đ".replace(",", ".")


def parse_vnd(text: str) -> int:
    """Reads ``20.000 đ``, ``20,000``, ``20000 VNĐ``. Raises ``Invalid``, also for parts of a đồng."""
    plain = "".join(text[:60].split()).lower()
    for unit in ("vnđ", "vnd", "đồng", "đ", "₫"):
        plain = plain.removesuffix(unit)
    groups = plain.replace(",", ".").split(".")
    whole = "".join(groups)
    well_grouped = len(groups) == 1 or (1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]))
    if not (whole.isascii() and whole.isdigit() and well_grouped and len(whole) <= 18):
        raise Invalid("This is not an amount in đồng such as 20.000.")
    return int(whole)


def number_in_words(number: int) -> str:
    """A whole number in Vietnamese words, as official papers spell it. Raises ``Invalid`` from 10¹⁸ on."""
    if abs(number) >= _MOST:
        raise Invalid("The amount is too large to be written in words.")
    if number < 0:
        return "âm " + number_in_words(-number)
    return _spell(number, first=True) if number else _DIGITS[0]


def amount_in_words(amount: int) -> str:
    """``20000`` → ``Hai mươi nghìn đồng``."""
    words = number_in_words(amount)
    return f"{words[0].upper()}{words[1:]} đồng"


def _spell(number: int, first: bool) -> str:
    """Groups of three under a billion; above it what counts the billions is spelt in the same way."""
    words: list[str] = []
    billions, rest = divmod(number, 10**9)
    if billions:
        words += [_spell(billions, first), "tỷ"]
        first = False
    for size, name in ((10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group, rest = divmod(rest, size)
        if group:
            words += [_group(group, first), name] if name else [_group(group, first)]
            first = False
    return " ".join(words)


def _group(group: int, first: bool) -> str:
    """Up to 999. After a higher group the hundreds are always said: một nghìn không trăm linh năm."""
    hundreds, rest = divmod(group, 100)
    tens, units = divmod(rest, 10)
    words: list[str] = []
    if hundreds or not first:
        words += [_DIGITS[hundreds], "trăm"]
    if tens == 0:
        if units:
            words += ["linh", _DIGITS[units]] if words else [_DIGITS[units]]
        return " ".join(words)
    words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if units == 1 and tens > 1:
        words.append("mốt")
    elif units == 5:
        words.append("lăm")
    elif units:
        words.append(_DIGITS[units])
    return " ".join(words)
