"""Phone numbers. Lenient: a number that might reach somebody is not refused because a list of ranges lags."""

from __future__ import annotations

import re

from motcua.foundation.identifiers.parsed import Parsed, accepted, compact, refused, screened

_KNOWN_MOBILE = re.compile(r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}")
_MOBILE = re.compile(r"0[35789][0-9]{8}")
_LANDLINE = re.compile(r"02[0-9]{8,9}")
_SERVICE = re.compile(r"1[89]00[0-9]{4,6}")
_PUNCTUATION = ".-()/"

# Eleven-digit mobile numbers became ten-digit ones in 2018; older papers still hold them.
_RENUMBERED = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036",
    "0167": "037", "0168": "038", "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip


def parse_phone(text: str) -> Parsed:
    """Reads a phone number.

    Kinds: ``mobile``, ``landline``, ``service`` (1800, 1900), ``foreign``. ``value`` is E.164 (``+84912345678``), for
    a service number its digits. Parts: ``e164`` (None for service numbers), ``national`` (``0912345678``), ``zalo``
    (``84…`` for mobiles), ``known_range`` (False: the range is in no list, yet may exist).
    """
    if (refusal := screened(text)) is not None:
        return refusal
    written = compact(text, _PUNCTUATION)
    if not re.fullmatch(r"\+?[0-9]{3,17}", written):
        return refused("unknown", "A phone number consists of digits, possibly with + before them.")
    national = _national(written)
    if national is None:
        return _foreign(written)
    if len(national) == 11 and national[:4] in _RENUMBERED:
        national = _RENUMBERED[national[:4]] + national[4:]
    if _SERVICE.fullmatch(national):
        return accepted("service", national, e164=None, national=national, known_range=True)
    if _MOBILE.fullmatch(national):
        known = bool(_KNOWN_MOBILE.fullmatch(national))
        return _vietnamese("mobile", national, known_range=known, zalo=f"84{national[1:]}")
    if _LANDLINE.fullmatch(national):
        return _vietnamese("landline", national, known_range=True)
    return refused("unknown", "This is no phone number of Viet Nam: mobiles have 10 digits, such as 0912 345 678.")


def _vietnamese(kind: str, national: str, **parts: object) -> Parsed:
    e164 = f"+84{national[1:]}"
    return accepted(kind, e164, e164=e164, national=national, **parts)


def _national(written: str) -> str | None:
    """The number as dialled inside the country; None when it names another country."""
    for prefix in ("+84", "0084"):
        if written.startswith(prefix):
            return "0" + written.removeprefix(prefix).removeprefix("0")
    if written.startswith(("+", "00")):
        return None
    if written.startswith("84") and len(written) in (11, 12):
        return "0" + written[2:]
    return written


def _foreign(written: str) -> Parsed:
    # Loaded here: its tables are large and foreign numbers rare.
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + written.lstrip("+").removeprefix("00"), None)
    except phonenumbers.NumberParseException:
        return refused("foreign", "No country has this calling code.")
    if not phonenumbers.is_possible_number(number):
        return refused("foreign", "A number of that country has another length.")
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    known = phonenumbers.is_valid_number(number)
    return accepted("foreign", e164, e164=e164, national=None, country=number.country_code, known_range=known)
