"""One answer at a time: from what a browser or a program sent to the value that is kept. Never raises but ``Wrong``."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from motcua.engines.forms import identifying, places
from motcua.engines.forms.reading import NAMED_PATTERNS
from motcua.engines.forms.schema import ADDRESS_PARTS, Field
from motcua.engines.forms.text import Message

LONGEST_RAW = 20_000
"""Characters of one raw answer that are looked at; anything longer is refused before any work is done on it."""

TOO_LONG = "Shorten this to %(most)s characters; it has %(length)s."
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_EMAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$")
_ISO_DATE = re.compile(r"^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")
_LOCAL_DATE = re.compile(r"^(?:(?:(\d{1,2})[/.\- ])?(\d{1,2})[/.\- ])?(\d{4})$")
_FILE_KEY = re.compile(r"^[A-Za-z0-9-]{8,64}$")
_NUMBER = re.compile(r"^-?\d{1,15}(\.\d{1,9})?$")


@dataclass(frozen=True, slots=True)
class FileFact:
    """What the house knows of a file that an answer refers to."""

    name: str
    extension: str
    size: int


@dataclass(frozen=True, slots=True)
class Context:
    """What validation needs from outside: the day, and the files that this person may attach (None: not checked)."""

    today: date
    files: Mapping[str, FileFact] | None = None


class Wrong(Exception):
    """The answer can not be used; ``parts`` maps a part of a composite ("" for the whole) to what is said."""

    def __init__(self, message: Message | None = None, **parts: Message) -> None:
        super().__init__(message.msgid if message else "")
        self.parts: dict[str, Message] = dict(parts)
        if message is not None:
            self.parts[""] = message


def say(msgid: str, **params: Any) -> Wrong:
    return Wrong(Message(msgid, params))


def text_of(raw: Any, *, lines: bool = False) -> str:
    """The text of a raw answer: normalised (NFC), trimmed, without invisible characters."""
    if raw is None:
        return ""
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        raise say("This answer must be text.")
    if len(raw) > LONGEST_RAW:
        raise say("This answer is far too long: %(length)s characters.", length=len(raw))
    if "\x00" in raw or not _encodable(raw):
        raise say("This answer has characters that can not be kept. Type it again.")
    text = unicodedata.normalize("NFC", raw)
    if lines:
        text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        return text.strip()
    return " ".join(_INVISIBLE.sub("", text.replace("\r", " ")).split())


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_blank(raw: Any, depth: int = 0) -> bool:
    """Whether a raw answer is no answer at all. What is nested deeper than any form counts as one (and is refused)."""
    match raw:
        case None | "":
            return True
        case str():
            return len(raw) <= LONGEST_RAW and not raw.strip()
        case list() | tuple():
            return not raw
        case Mapping():
            return depth < 5 and all(is_blank(value, depth + 1) for value in raw.values())
    return False


def is_unanswered(field: Field, raw: Any) -> bool:
    """Whether a person gave no answer: what a control sends by itself (a default, the home province) does not count."""
    if is_blank(raw) or (field.default is not None and raw == field.default):
        return True
    match field.type:
        case "address" if isinstance(raw, Mapping):
            return all(is_blank(raw.get(name)) for name in ADDRESS_PARTS if name != "province")
        case "party" if isinstance(raw, Mapping):
            return are_unanswered(field.fields, raw)
        case "table" if isinstance(raw, list | tuple):
            return all(isinstance(row, Mapping) and are_unanswered(field.fields, row) for row in raw)
    return False


def are_unanswered(fields: Iterable[Field], raw: Mapping[Any, Any]) -> bool:
    """Whether nothing of these fields was answered."""
    return all(is_unanswered(one, raw.get(one.key)) for one in fields if one.has_value)


def clean(field: Field, raw: Any, context: Context) -> Any:
    """The value of a simple field, or None when there is no answer. Raises ``Wrong``."""
    if is_blank(raw):
        return None
    return _CLEANERS[field.type](field, raw, context)


def _text(field: Field, raw: Any, context: Context) -> str | None:
    value = text_of(raw, lines=field.type == "long_text")
    if not value:
        return None
    if len(value) > field.max_length:
        raise say(TOO_LONG, most=field.max_length, length=len(value))
    if len(value) < field.min_length:
        raise say("Write at least %(least)s characters.", least=field.min_length)
    if field.pattern and not NAMED_PATTERNS[field.pattern].match(value):
        raise say("This does not look like: %(label)s. Check it.", label=field.label)
    return value


def parse_number(text: str, decimals: int) -> Decimal | None:
    """A number as people write it here: "1.250.000", "75,5", "1 250 000"; None when it is none.

    A dot followed by exactly three digits groups thousands, unless the field has decimals and only one dot stands.
    """
    text = re.sub(r"[\s_đĐ]", "", text).removesuffix("VND").removesuffix("VNĐ")
    if "," in text:
        if text.count(",") == 1 and (decimals or re.search(r",\d{1,2}$", text)) and not re.search(r",\d*\.", text):
            text = text.replace(".", "").replace(",", ".")
        elif re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
            text = text.replace(",", "")
    elif re.fullmatch(r"-?\d{1,3}(\.\d{3}){2,}", text) or (not decimals and re.fullmatch(r"-?\d{1,3}\.\d{3}", text)):
        text = text.replace(".", "")
    if not _NUMBER.match(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _number(field: Field, raw: Any, context: Context) -> int | float | None:
    decimals = field.decimals if field.type == "number" else 0
    if isinstance(raw, bool):
        raise say("Enter a number.")
    if isinstance(raw, int | float):
        found = Decimal(str(raw)) if math.isfinite(raw) and abs(raw) < 1e15 else None
    else:
        found = parse_number(text_of(raw), decimals)
    if found is None:
        raise say("Enter an amount in đồng, with digits only." if field.type == "money" else "Enter a number.")
    if found != round(found, decimals):
        if decimals:
            raise say("Give at most %(decimals)s decimals.", decimals=decimals)
        raise say("Enter a whole number.")
    minimum = field.minimum if field.minimum is not None else (0 if field.type == "money" else None)
    if minimum is not None and found < Decimal(str(minimum)):
        raise say("This must be at least %(least)s.", least=_shown(minimum))
    if field.maximum is not None and found > Decimal(str(field.maximum)):
        raise say("This must be at most %(most)s.", most=_shown(field.maximum))
    return float(found) if decimals and found != int(found) else int(found)


def _shown(number: float) -> str:
    return f"{number:g}" if number != int(number) else f"{int(number):,}".replace(",", ".")


def _date_numbers(raw: Any) -> tuple[str, str, str] | None:
    """(year, month, day) as digits, "" for what was not given; None when it is no date at all."""
    if isinstance(raw, Mapping):
        parts = tuple(text_of(raw.get(name)) for name in ("year", "month", "day"))
        if any(part and not re.fullmatch(r"[0-9]{1,4}", part) for part in parts):
            return None
        return parts  # type: ignore[return-value]
    text = text_of(raw)
    if found := _ISO_DATE.match(text):
        return found[1], found[2] or "", found[3] or ""
    if found := _LOCAL_DATE.match(text):
        return found[3], found[2] or "", found[1] or ""
    return None


def _date(field: Field, raw: Any, context: Context) -> str | None:
    numbers = _date_numbers(raw)
    wrong = say("Enter a real date, for example 27 3 2026.")
    if numbers is None:
        raise wrong
    year, month, day = numbers
    if not any(numbers):
        return None
    if not year:
        raise say("The date needs a year.")
    if len(year) != 4 or not 1800 <= int(year) <= 2200:
        raise say("Write the year with four digits, for example 2026.")
    if not month or not day:
        if not field.partial:
            raise say("The date needs a day and a month.")
        if day or (month and not 1 <= int(month) <= 12):
            raise wrong
        value = f"{int(year):04d}-{int(month):02d}" if month else f"{int(year):04d}"
    else:
        try:
            value = date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            raise wrong from None
    today = context.today.isoformat()[: len(value)]
    if field.not_future and value > today:
        raise say("This date can not be in the future.")
    if field.not_past and value < today:
        raise say("This date can not be in the past.")
    return value


def _identified(found: str | Message) -> str:
    if isinstance(found, Message):
        raise Wrong(found)
    return found


def _identity_number(field: Field, raw: Any, context: Context) -> str | None:
    return _identified(identifying.identity_number(text_of(raw)))


def _tax_code(field: Field, raw: Any, context: Context) -> str | None:
    return _identified(identifying.tax_code(text_of(raw)))


def _phone(field: Field, raw: Any, context: Context) -> str | None:
    return _identified(identifying.phone(text_of(raw)))


def _email(field: Field, raw: Any, context: Context) -> str | None:
    value = text_of(raw)
    if len(value) > 254 or not _EMAIL.match(value) or ".." in value:
        raise say("Enter an e-mail address such as ten@example.vn.")
    return value


def _choice(field: Field, raw: Any, context: Context) -> str | None:
    value = text_of(raw)
    if value not in field.option_values:
        raise say("Choose one of the answers offered.")
    return value


def _multi_choice(field: Field, raw: Any, context: Context) -> list[str] | None:
    given = raw if isinstance(raw, list | tuple) else [raw]
    if len(given) > 500:
        raise say("Choose one of the answers offered.")
    chosen = {text_of(one) for one in given if not is_blank(one)}
    if not chosen <= set(field.option_values):
        raise say("Choose one of the answers offered.")
    values = [value for value in field.option_values if value in chosen]
    if not values:
        return None
    if field.minimum is not None and len(values) < field.minimum:
        raise say("Choose at least %(least)s.", least=_shown(field.minimum))
    if field.maximum is not None and len(values) > field.maximum:
        raise say("Choose at most %(most)s.", most=_shown(field.maximum))
    return values


_YES, _NO = ("yes", "true", "1", "on"), ("no", "false", "0", "off")


def _yes_no(field: Field, raw: Any, context: Context) -> bool | None:
    if isinstance(raw, bool):
        return raw
    value = text_of(raw).lower()
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise say("Answer yes or no.")


def _declaration(field: Field, raw: Any, context: Context) -> bool | None:
    return _yes_no(field, raw, context) or None


def _address(field: Field, raw: Any, context: Context) -> dict[str, str] | None:
    if not isinstance(raw, Mapping):
        raise say("Give the address with its province, commune and street.")
    parts: dict[str, str] = {}
    wrongs: dict[str, Message] = {}
    for name in ADDRESS_PARTS:
        try:
            parts[name] = text_of(raw.get(name))
        except Wrong as wrong:
            parts[name] = ""
            wrongs[name] = wrong.parts[""]
    if not any(parts[name] for name in ADDRESS_PARTS if name != "province") and not wrongs:
        return None
    for name, most in (("line", 200), ("ward_name", 100)):
        if len(parts[name]) > most:
            length = len(parts[name])
            wrongs[name] = Message(TOO_LONG, {"most": most, "length": length})
    _address_places(field, parts, wrongs)
    if not parts["line"] and "line" not in wrongs:
        wrongs["line"] = Message("Enter the house number and street, or the village.")
    if wrongs:
        raise Wrong(**wrongs)
    parts["text"] = places.address_text(parts["line"], parts["ward_name"], parts["province"])
    return parts


def _address_places(field: Field, parts: dict[str, str], wrongs: dict[str, Message]) -> None:
    if parts["province"] == places.ABROAD and field.abroad:
        parts["ward"] = ""
        return
    province = places.provinces().get(parts["province"])
    if province is None:
        wrongs.setdefault("province", Message("Choose the province."))
        return
    if parts["ward"] and parts["ward"] not in province.wards and not parts["ward_name"]:
        wrongs["ward"] = Message("Choose a commune of this province.")
    elif parts["ward"] in province.wards:
        parts["ward_name"] = province.wards[parts["ward"]]
    elif parts["ward_name"]:
        # a commune of another province is typed; one that is not known stays as text (places before July 2025)
        parts["ward"] = province.ward_named(parts["ward_name"])
        parts["ward_name"] = province.wards.get(parts["ward"], parts["ward_name"])
    else:
        wrongs.setdefault("ward", Message("Choose or write the commune or ward."))


def _file(field: Field, raw: Any, context: Context) -> list[str] | None:
    given = raw if isinstance(raw, list | tuple) else [raw]
    keys: list[str] = []
    for one in given[: field.max_files + 1]:
        if is_blank(one):
            continue
        key = text_of(one)
        if not _FILE_KEY.match(key):
            raise say("This is not a file that was attached here. Attach it again.")
        if key not in keys:
            keys.append(key)
    if len(given) > field.max_files and len(keys) > field.max_files:
        raise say("Attach at most %(most)s files.", most=field.max_files)
    if context.files is not None:
        for key in keys:
            fact = context.files.get(key)
            if fact is None:
                raise say("This is not a file that was attached here. Attach it again.")
            if fact.extension.lower() not in field.accept:
                kinds = ", ".join(field.accept)
                raise say("%(name)s is not one of the kinds that are taken: %(kinds)s.", name=fact.name, kinds=kinds)
    return keys or None


_CLEANERS: Mapping[str, Callable[[Field, Any, Context], Any]] = {
    "text": _text,
    "long_text": _text,
    "number": _number,
    "money": _number,
    "date": _date,
    "identity_number": _identity_number,
    "tax_code": _tax_code,
    "phone": _phone,
    "email": _email,
    "choice": _choice,
    "select": _choice,
    "multi_choice": _multi_choice,
    "yes_no": _yes_no,
    "declaration": _declaration,
    "address": _address,
    "file": _file,
}
