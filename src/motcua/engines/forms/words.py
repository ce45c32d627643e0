"""Numbers and dates in Vietnamese words, as civil-status papers and receipts of money write them."""

from __future__ import annotations

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", " nghìn", " triệu")


def _three(number: int, *, full: bool) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said: list[str] = []
    if hundreds or full:
        said.append(f"{DIGITS[hundreds]} trăm")
    if tens == 0:
        if ones and said:
            said.append("linh")
        if ones:
            said.append(DIGITS[ones])
        return " ".join(said)
    said.append("mười" if tens == 1 else f"{DIGITS[tens]} mươi")
    if ones == 1 and tens > 1:
        said.append("mốt")
    elif ones == 5:
        said.append("lăm")
    elif ones:
        said.append(DIGITS[ones])
    return " ".join(said)


def number_in_words(number: int) -> str:
    """A whole number in words: 1005 → "một nghìn không trăm linh năm". Below zero with "âm"."""
    if number == 0:
        return DIGITS[0]
    if number < 0:
        return "âm " + number_in_words(-number)
    billions, rest = divmod(number, 10**9)
    said = [f"{number_in_words(billions)} tỷ"] if billions else []
    for scale in (2, 1, 0):
        part = rest // 1000**scale % 1000
        if part:
            said.append(_three(part, full=bool(said)) + _SCALES[scale])
    return " ".join(said)


def date_in_words(value: str) -> str:
    """An ISO date in words: "2026-11-05" → "ngày năm tháng mười một năm hai nghìn không trăm hai mươi sáu".

    Days one to ten are said plainly (no "mồng", as in the registers). A date known only by month or year too.
    """
    numbers = [int(part) for part in value.split("-")]
    said = [f"năm {number_in_words(numbers[0])}"]
    if len(numbers) > 1:
        said.insert(0, f"tháng {'tư' if numbers[1] == 4 else number_in_words(numbers[1])}")
    if len(numbers) > 2:
        said.insert(0, f"ngày {number_in_words(numbers[2])}")
    return " ".join(said)


def money_in_words(amount: int) -> str:
    """An amount of đồng in words, first letter large: "Một triệu hai trăm nghìn đồng"."""
    text = number_in_words(amount)
    return f"{text[0].upper()}{text[1:]} đồng"
