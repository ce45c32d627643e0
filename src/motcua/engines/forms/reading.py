"""Reads the fields of a form's data, gathering every problem instead of stopping at the first."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from motcua.engines.forms import conditions, parties
from motcua.engines.forms.conditions import Condition
from motcua.engines.forms.lists import option_lists
from motcua.engines.forms.schema import FIELD_TYPES, PERSONAL_KINDS, ROLES, Field, Option, Rule
from motcua.engines.forms.text import Text

KEY = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
NAMED_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "passport": re.compile(r"^[A-Za-z0-9]{6,20}$"),
    "licence_plate": re.compile(r"^[0-9]{2}[A-Za-z0-9 .-]{4,12}$"),
    "land_plot": re.compile(r"^[0-9A-Za-z/-]{1,15}$"),
    "person_name": re.compile(r"^[^\d<>{}\[\]@#$%^*=_|\\]{2,}$"),
}
"""Patterns by name, so that data can not bring an expression that takes for ever."""

ACCEPTED_FILES = (
    "pdf",
    "jpg",
    "jpeg",
    "png",
    "heic",
    "webp",
    "tif",
    "tiff",
    "doc",
    "docx",
    "xls",
    "xlsx",
    "odt",
    "dwg",
    "zip",
)
DEFAULT_ACCEPT = ("pdf", "jpg", "jpeg", "png", "heic", "docx")
PREFILL_ROOTS = ("party", "today", "procedure", "unit")

_COMMON = {"key", "type", "label", "hint", "required", "required_when", "visible_when", "personal", "prefill", "role"}
_TEXTUAL = {"max_length", "min_length", "pattern", "autocomplete", "default"}
_CHOOSING = {"options", "options_from", "default", "autocomplete"}
_BY_TYPE: Mapping[str, set[str]] = {
    "text": _TEXTUAL,
    "long_text": _TEXTUAL,
    "number": {"minimum", "maximum", "decimals", "unit", "default"},
    "money": {"minimum", "maximum", "default", "in_words"},
    "date": {"not_future", "not_past", "partial", "in_words", "autocomplete", "default"},
    "identity_number": set(),
    "tax_code": set(),
    "phone": {"autocomplete"},
    "email": {"autocomplete"},
    "choice": _CHOOSING,
    "select": _CHOOSING,
    "multi_choice": {"options", "options_from", "minimum", "maximum"},
    "yes_no": {"default"},
    "address": {"abroad", "autocomplete"},
    "party": {"kinds", "parts"},
    "table": {"fields", "rules", "min_rows", "max_rows", "row_label"},
    "file": {"accept", "max_files", "component", "originals", "copies"},
    "statement": {"body"},
    "declaration": {"body"},
}
_NEVER_REQUIRED = ("statement",)
_PLAIN_TEXTS = ("pattern", "autocomplete", "prefill", "role", "component", "options_from")
_FLAGS = ("required", "not_future", "not_past", "partial", "in_words", "abroad")
_COUNTS = ("max_length", "min_length", "decimals", "min_rows", "max_rows", "max_files", "originals", "copies")
_DEFAULT_LENGTHS = {"text": 255, "long_text": 4000}


def settings_of(kind: str) -> frozenset[str]:
    """Every name that the data of a field of this type may have."""
    return frozenset(_COMMON | _BY_TYPE.get(kind, set()))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in the data of a form (a msgid with params), and where ("groups[1].fields[0].label")."""

    where: str
    what: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The problem in the language of ``translate`` (gettext)."""
        said = translate(self.what)
        return said % self.params if self.params else said

    def __str__(self) -> str:
        return f"{self.where}: {self.text()}" if self.where else self.text()


@dataclass
class Scope:
    """Fields that a condition may refer to: those that come before, from the innermost row outwards."""

    known: dict[str, Field] = field(default_factory=dict)
    outer: Scope | None = None

    def find(self, name: str) -> Field | None:
        first, *rest = name.split(".")
        found = self.known.get(first)
        if found is None:
            return self.outer.find(name) if self.outer else None
        for part in rest:
            inner = found.by_key.get(part) if found.type == "party" else None
            if inner is None:
                return found if found.type == "address" and part in ("province", "ward") else None
            found = inner
        return found


class FieldReader(ABC):
    """What fields, options, composites and conditions say; ``parsing.FormReader`` adds groups and rules."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def say(self, where: str, what: str, **params: Any) -> None:
        self.problems.append(Problem(where, what, params))

    # -- small things --------------------------------------------------------------------------------------

    def keys(self, data: Mapping[str, Any], allowed: Iterable[str], needed: Iterable[str], where: str) -> None:
        allowed = set(allowed)
        for name in data:
            if name not in allowed:
                self.say(where, '"%(name)s" is not known here', name=name)
        for name in sorted(needed):
            if name not in data:
                self.say(where, '"%(name)s" is missing', name=name)

    def text(self, value: Any, where: str) -> Text:
        if isinstance(value, Mapping) and set(value) == {"vi", "en"}:
            vi, en = value["vi"], value["en"]
            if isinstance(vi, str) and isinstance(en, str) and vi.strip() and en.strip():
                return Text(vi, en)
        self.say(where, 'words are {"vi": …, "en": …}, both filled')
        return Text("?", "?")

    def optional_text(self, data: Mapping[str, Any], name: str, where: str) -> Text | None:
        return self.text(data[name], f"{where}.{name}") if data.get(name) is not None else None

    def key(self, value: Any, where: str) -> str:
        if isinstance(value, str) and KEY.match(value):
            return value
        self.say(where, "a key is small letters, digits and _, beginning with a letter")
        return "unreadable"

    def condition(self, data: Mapping[str, Any], name: str, where: str, scope: Scope) -> Condition | None:
        if data.get(name) is None:
            return None
        where = f"{where}.{name}"
        try:
            made = conditions.read(data[name])
        except conditions.Unreadable as reason:
            self.say(where, reason.what, **reason.params)
            return None
        for test in conditions.tests_of(made):
            found = scope.find(test.field)
            if found is None:
                self.say(where, '"%(field)s" is not a field before this one', field=test.field)
            else:
                self._check_test(test, found, where)
        return made

    def _check_test(self, test: conditions.Term, found: Field, where: str) -> None:
        if test.op in ("is", "in", "has") and found.options and "." not in test.field:
            wanted = test.value if isinstance(test.value, tuple) else (test.value,)
            for value in wanted:
                if value not in found.option_values:
                    self.say(where, '"%(value)s" is not an option of "%(field)s"', value=value, field=test.field)
        if test.op == "has" and found.type != "multi_choice":
            self.say(
                where,
                '"has" needs a field of several choices; "%(field)s" is %(type)s',
                field=test.field,
                type=found.type,
            )
        if test.op == "is" and found.type in ("yes_no", "declaration") and not isinstance(test.value, bool):
            self.say(where, '"%(name)s" is true or false', name=test.field)

    # -- fields --------------------------------------------------------------------------------------------

    def options(self, data: Mapping[str, Any], where: str) -> tuple[Option, ...]:
        if "options_from" in data:
            found = option_lists().get(str(data["options_from"]))
            if found is None:
                self.say(where, 'there is no list "%(list)s"', list=data["options_from"])
            return found or ()
        rows = data.get("options")
        if not isinstance(rows, list) or not rows:
            self.say(where, "options are missing")
            return ()
        made: list[Option] = []
        for number, row in enumerate(rows):
            here = f"{where}.options[{number}]"
            if not isinstance(row, Mapping):
                self.say(here, "an option is an object")
                continue
            self.keys(row, ("value", "label", "hint"), ("value", "label"), here)
            value = row.get("value")
            if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_.+-]{1,60}", value):
                self.say(here, "the value is a short text of letters, digits and _ . + -")
                continue
            if any(value == other.value for other in made):
                self.say(here, '"%(value)s" stands twice', value=value)
            made.append(
                Option(value, self.text(row.get("label"), f"{here}.label"), self.optional_text(row, "hint", here))
            )
        return tuple(made)

    def field(self, data: Any, where: str, scope: Scope, *, nested: bool = False) -> Field | None:
        if not isinstance(data, Mapping):
            self.say(where, "a field is an object")
            return None
        kind = data.get("type")
        if kind not in FIELD_TYPES:
            self.say(where, '"%(kind)s" is not a type of field', kind=kind)
            return None
        where = f"{where}({data.get('key')})"
        needed = {"key", "type"} | (set() if kind == "statement" else {"label"})
        self.keys(data, _COMMON | _BY_TYPE[kind], needed, where)
        if nested and kind in ("table", "party"):
            self.say(where, "a %(kind)s can not stand within a row", kind=kind)
            return None
        given: dict[str, Any] = {"key": self.key(data.get("key"), where), "type": kind}
        body = self.optional_text(data, "body", where)
        label = data.get("label")
        given["label"] = self.text(label, f"{where}.label") if label is not None else (body or Text("…", "…"))
        given["hint"] = self.optional_text(data, "hint", where)
        given["body"] = body
        given["unit"] = self.optional_text(data, "unit", where)
        given["row_label"] = self.optional_text(data, "row_label", where)
        given["visible_when"] = self.condition(data, "visible_when", where, scope)
        given["required_when"] = self.condition(data, "required_when", where, scope)
        self._plain(data, where, given)
        if given.get("required_when") is not None:
            if data.get("required"):
                self.say(where, '"required" and "required_when" exclude one another')
            given["required"] = False
        if kind in _NEVER_REQUIRED:
            given["required"] = False
        if kind in ("choice", "select", "multi_choice"):
            given["options"] = self.options(data, where)
        if kind == "party":
            given["kinds"], given["fields"] = self._party(data, where, scope)
        if kind == "table":
            given["fields"], given["rules"] = self._table(data, where, scope)
        made = Field(**given)
        self._check_field(made, where)
        return made

    def _plain(self, data: Mapping[str, Any], where: str, given: dict[str, Any]) -> None:
        kind = data["type"]
        for name in _PLAIN_TEXTS:
            if name in data:
                if isinstance(data[name], str):
                    given[name] = data[name]
                else:
                    self.say(where, '"%(name)s" is a text', name=name)
        for name in _FLAGS:
            if name in data:
                if isinstance(data[name], bool):
                    given[name] = data[name]
                else:
                    self.say(where, '"%(name)s" is true or false', name=name)
        for name in _COUNTS:
            if name in data:
                if isinstance(data[name], int) and not isinstance(data[name], bool) and 0 <= data[name] <= 100_000:
                    given[name] = data[name]
                else:
                    self.say(where, '"%(name)s" is a count', name=name)
        for name in ("minimum", "maximum"):
            if name in data:
                if isinstance(data[name], int | float) and not isinstance(data[name], bool):
                    given[name] = data[name]
                else:
                    self.say(where, '"%(name)s" is a number', name=name)
        personal = data.get("personal", "none")
        if personal not in PERSONAL_KINDS:
            self.say(where, '"personal" is one of %(choices)s', choices=", ".join(PERSONAL_KINDS))
        given["personal"] = personal
        given.setdefault("max_length", _DEFAULT_LENGTHS.get(kind, 0))
        if "default" in data:
            given["default"] = data["default"]
        if kind == "file":
            accept = data.get("accept", list(DEFAULT_ACCEPT))
            if not isinstance(accept, list) or not accept or not set(map(str, accept)) <= set(ACCEPTED_FILES):
                self.say(where, '"accept" lists kinds of files out of %(choices)s', choices=", ".join(ACCEPTED_FILES))
                accept = []
            given["accept"] = tuple(str(one) for one in accept)

    def _party(self, data: Mapping[str, Any], where: str, scope: Scope) -> tuple[tuple[str, ...], tuple[Field, ...]]:
        kinds = data.get("kinds", ["person"])
        parts = data.get("parts", ["name"])
        if not isinstance(kinds, list) or not kinds or any(kind not in parties.KINDS for kind in kinds):
            self.say(where, '"kinds" lists %(choices)s', choices=" and ".join(parties.KINDS))
            kinds = ["person"]
        if not isinstance(parts, list) or not parts or not all(isinstance(part, str) for part in parts):
            self.say(where, '"parts" lists what is asked')
            parts = ["name"]
        unknown = [part for part in parts if part.removesuffix("?") not in parties.PARTS]
        if unknown:
            self.say(where, '"%(part)s" is not a part of a party', part=unknown[0])
            parts = [part for part in parts if part not in unknown]
        prefill = data.get("prefill", "") if isinstance(data.get("prefill", ""), str) else ""
        ordered = tuple(kind for kind in parties.KINDS if kind in kinds)
        rows = parties.unfold(ordered, parts, prefill, str(data.get("personal", "none")))
        return ordered, self.fields(rows, where, Scope(outer=scope), nested=True)

    def _table(self, data: Mapping[str, Any], where: str, scope: Scope) -> tuple[tuple[Field, ...], tuple[Rule, ...]]:
        inner = Scope(outer=scope)
        rows = data.get("fields")
        if not isinstance(rows, list) or not rows:
            self.say(where, "a table needs fields")
            return (), ()
        made = self.fields(rows, where, inner, nested=True)
        return made, self.rules(data.get("rules", []), where, inner)

    def fields(self, rows: Sequence[Any], where: str, scope: Scope, *, nested: bool = False) -> tuple[Field, ...]:
        made: list[Field] = []
        for number, row in enumerate(rows):
            one = self.field(row, f"{where}.fields[{number}]", scope, nested=nested)
            if one is None:
                continue
            if one.key in scope.known:
                self.say(f"{where}.fields[{number}]", 'the key "%(key)s" stands twice', key=one.key)
            scope.known[one.key] = one
            made.append(one)
        return tuple(made)

    def _check_field(self, one: Field, where: str) -> None:
        if one.pattern and one.pattern not in NAMED_PATTERNS:
            self.say(where, '"pattern" is one of %(choices)s', choices=", ".join(NAMED_PATTERNS))
        if one.role and one.role not in ROLES:
            self.say(where, '"role" is one of %(choices)s', choices=", ".join(ROLES))
        if one.prefill and one.prefill.split(".")[0] not in PREFILL_ROOTS:
            self.say(where, '"prefill" begins with %(choices)s', choices=", ".join(PREFILL_ROOTS))
        if one.minimum is not None and one.maximum is not None and one.minimum > one.maximum:
            self.say(where, "the minimum is above the maximum")
        if one.max_length and one.min_length > one.max_length:
            self.say(where, "the shortest length is above the longest")
        if one.type == "table" and not 1 <= one.max_rows <= 200:
            self.say(where, "a table has at most 1 to 200 rows")
        if one.type == "table" and one.min_rows > one.max_rows:
            self.say(where, "the fewest rows are above the most")
        if one.type == "file" and not 1 <= one.max_files <= 50:
            self.say(where, "at most 1 to 50 files")
        if one.type in ("statement", "declaration") and one.body is None:
            self.say(where, "a %(type)s needs a body", type=one.type)
        if one.default is not None and one.options and str(one.default) not in one.option_values:
            self.say(where, "the default is not an option")
        if one.decimals > 6:
            self.say(where, "at most 6 decimals")

    @abstractmethod
    def rules(self, rows: Any, where: str, scope: Scope) -> tuple[Rule, ...]:
        """The rules of a form or of a table's rows."""
