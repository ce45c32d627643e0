"""Numbers of people: personal identification number (NĐ 137/2015 Đ13), old card number, QR code of the card."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from motcua.foundation import clock
from motcua.foundation.identifiers.parsed import EMPTY, TOO_LONG, Parsed, accepted, compact, refused, screened
from motcua.foundation.identifiers.provinces import BIRTH_PROVINCES, COUNTRIES

_DIGITS = re.compile(r"[0-9]+")
_FULL = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")

LONGEST_QR = 2000
"""A card's code has some 200 characters; later cards may add fields."""


def parse_identity(text: str) -> Parsed:
    """Reads the number of a citizen identity card.

    Kinds: ``citizen`` (12 digits; parts ``province_code``, ``province`` as at the registration of birth,
    ``born_abroad``, ``sex`` male | female, ``birth_year``) and ``old_card`` (9 digits, invalid as identity since
    1 January 2025 but found on older papers; part ``valid`` False). There is no check digit: a number that is
    understood need not exist.
    """
    if (refusal := screened(text)) is not None:
        return refusal
    number = compact(text, ".-")
    if not _DIGITS.fullmatch(number):
        return refused("unknown", "An identity number consists of digits only.")
    if len(number) == 9:
        return accepted("old_card", number, valid=False)
    if len(number) != 12:
        return refused("unknown", "An identity number has 12 digits, an old card number 9.")
    code = number[:3]
    abroad = code in COUNTRIES
    if code not in BIRTH_PROVINCES and not abroad:
        return refused("citizen", "No province or country has the code in the first three digits.")
    century, sex = divmod(int(number[3]), 2)
    year = 1900 + 100 * century + int(number[4:6])
    if year > clock.today().year:
        return refused("citizen", "The number says a year of birth that is still to come.")
    return accepted(
        "citizen",
        number,
        province_code=code,
        province=BIRTH_PROVINCES.get(code, ""),
        born_abroad=abroad,
        sex="female" if sex else "male",
        birth_year=year,
    )


def fits(number: Parsed, *, sex: str | None = None, birth_year: int | None = None) -> Parsed:
    """``number`` again if it agrees with what else is known of the person, else a refusal."""
    if number.ok and number.kind == "citizen":
        if sex is not None and sex != number.parts["sex"]:
            return refused("citizen", "The number does not fit the sex.", number.parts)
        if birth_year is not None and birth_year != number.parts["birth_year"]:
            return refused("citizen", "The number does not fit the year of birth.", number.parts)
    return number


def parse_identity_qr(text: str) -> Parsed:
    """Reads the QR code of a card: number|old number|name|birth|sex|address|issued, dates as ddMMyyyy.

    More fields (parents' names on cards since July 2024) and trailing bars are tolerated and kept in part ``more``.
    Parts: ``number``, ``old_number``, ``name``, ``birth_date`` (ISO; year or year-month where the card knows no more),
    ``birth_year``, ``sex``, ``address``, ``issued`` (ISO), ``more``. Refused when number and sex or birth disagree.
    """
    kind = "identity_qr"
    if len(text) > LONGEST_QR:
        return refused(kind, TOO_LONG)
    composed = unicodedata.normalize("NFC", text).strip()
    plain = "".join(character for character in composed if unicodedata.category(character) != "Cf").strip()
    if not plain:
        return refused(kind, EMPTY)
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cn") for character in plain):
        return refused(kind, "The code holds characters that no card has; scan it again.")
    fields = [" ".join(each.split()) for each in plain.split("|")]
    if len(fields) < 7:
        return refused(kind, "The code of a card has seven fields, divided by |.")
    number_text, old, name, birth_text, sex_text, address, issued_text, *more = fields
    number = parse_identity(number_text)
    if not number.ok or number.kind != "citizen":
        return refused(kind, "The first field of the code is not an identity number of 12 digits.")
    if old and not re.fullmatch(r"[0-9]{9}|[0-9]{12}", old):
        return refused(kind, "The second field of the code is not an old card number.")
    if not name or _DIGITS.search(name):
        return refused(kind, "The third field of the code is not a name.")
    birth = _partial_date(birth_text)
    if birth is None:
        return refused(kind, "The date of birth in the code is not a day written as ddmmyyyy.")
    sex = {"nam": "male", "nữ": "female"}.get(sex_text.lower())
    if sex is None:
        return refused(kind, "The code says neither Nam nor Nữ as sex.")
    issued = _partial_date(issued_text)
    if issued is None or len(issued) != 10:
        return refused(kind, "The date of issue in the code is not a day written as ddmmyyyy.")
    if issued > clock.today().isoformat() or issued[: len(birth)] < birth:
        return refused(kind, "The card cannot have been issued on the date that the code says.")
    agrees = fits(number, sex=sex, birth_year=int(birth[:4]))
    if agrees.reason is not None:
        return refused(kind, agrees.reason.msgid)
    while more and not more[-1]:
        more.pop()
    return accepted(
        kind,
        number.value,
        number=number.value,
        old_number=old,
        name=name,
        birth_date=birth,
        birth_year=int(birth[:4]),
        sex=sex,
        address=address,
        issued=issued,
        more=more,
    )


def _partial_date(text: str) -> str | None:
    """ISO writing of ddMMyyyy. Old people's papers may know the year alone: 00001931 or 1931; or month and year."""
    if re.fullmatch(r"(?:0000)?(?:19|20)[0-9]{2}", text):
        return text[-4:]
    match = _FULL.fullmatch(text)
    if match is None or not 1800 <= int(match[3]) <= 2199:
        return None
    try:
        if match[1] == "00":
            return date(int(match[3]), int(match[2]), 1).isoformat()[:7]
        return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
    except ValueError:
        return None


def name_for_card(name: str) -> str:
    """A name as cards and registers compare it: composed, single spaces, capitals."""
    return unicodedata.normalize("NFC", " ".join(name.split())).upper()
