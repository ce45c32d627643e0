"""What a form is: groups of fields with Vietnamese types, as frozen data. ``parsing.parse_form`` makes it from JSON.

Answers ("values") are one flat JSON object, key of the field → value:

| type | value |
|---|---|
| text, long_text, phone, email, identity_number, tax_code | text |
| number | number (whole when ``decimals`` is 0) |
| money | whole number of đồng |
| date | ISO date "2026-11-22"; with ``partial`` also "2026" or "2026-11" |
| choice, select | value of the option |
| multi_choice | list of options' values, in the order of the form |
| yes_no, declaration | true / false |
| address | {"line", "ward", "ward_name", "province", "text"} |
| party | object of its parts (``parties.py``) |
| table | list of objects, one per row |
| file | list of file keys (text) |
| statement | has no value |

A path names one answer: ``child_name``, ``father.birth_date``, ``members.0.name``, ``home.ward``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from motcua.engines.forms.conditions import Condition
from motcua.engines.forms.text import Text

FIELD_TYPES = (
    "text",
    "long_text",
    "number",
    "money",
    "date",
    "identity_number",
    "tax_code",
    "phone",
    "email",
    "choice",
    "select",
    "multi_choice",
    "yes_no",
    "address",
    "party",
    "table",
    "file",
    "statement",
    "declaration",
)
PERSONAL_KINDS = ("none", "basic", "sensitive")
"""Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15: basic and sensitive personal data; sensitive is shown to fewer people."""

ROLES = (
    "applicant",
    "applicant.name",
    "applicant.identity_number",
    "applicant.tax_code",
    "applicant.phone",
    "applicant.email",
    "applicant.address",
    "result.delivery",
    "result.address",
    "case",
)
"""What a field means to the service that receives the answers, whatever the field is called in the form."""

RULE_KINDS = ("later", "different", "at_least_one", "must", "years_apart", "within_years", "at_most")

ADDRESS_PARTS = ("province", "ward", "ward_name", "line")


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. ``hint`` stands below the label."""

    value: str
    label: Text
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule between fields; the error stands at ``field``, in the words of ``message``.

    ``later``: field after ``than`` (or on the same day with ``or_equal``); ``different``: field is not ``than``;
    ``at_least_one``: one of ``fields`` is filled; ``must``: ``that`` holds; ``years_apart``: between the dates
    ``field`` and ``than`` lie at least ``years`` full years, ``within_years``: at most; ``at_most``: field ≤ ``than``
    (numbers). For dates ``than`` may be "today".
    A rule whose fields have no answer is silent; ``when`` narrows it.
    """

    kind: str
    field: str
    message: Text
    than: str = ""
    fields: tuple[str, ...] = ()
    or_equal: bool = False
    years: int = 0
    that: Condition | None = None
    when: Condition | None = None


@dataclass(frozen=True)
class Field:
    """One question. What applies to which type is checked by ``parsing``; see docs/developers/forms.md."""

    key: str
    type: str
    label: Text
    hint: Text | None = None
    required: bool = True
    required_when: Condition | None = None
    visible_when: Condition | None = None
    options: tuple[Option, ...] = ()
    options_from: str = ""
    max_length: int = 0
    min_length: int = 0
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    unit: Text | None = None
    not_future: bool = False
    not_past: bool = False
    partial: bool = False
    in_words: bool = False
    autocomplete: str = ""
    prefill: str = ""
    personal: str = "none"
    role: str = ""
    fields: tuple[Field, ...] = ()
    rules: tuple[Rule, ...] = ()
    min_rows: int = 0
    max_rows: int = 20
    row_label: Text | None = None
    accept: tuple[str, ...] = ()
    max_files: int = 1
    component: str = ""
    originals: int = 0
    copies: int = 0
    abroad: bool = False
    kinds: tuple[str, ...] = ()
    body: Text | None = None
    default: Any = None

    @property
    def has_value(self) -> bool:
        return self.type != "statement"

    @property
    def is_composite(self) -> bool:
        """Whether its value is made of the values of ``fields`` (once, or once per row)."""
        return self.type in ("party", "table")

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        return {one.key: one for one in self.fields}

    @cached_property
    def option_values(self) -> Mapping[str, Option]:
        return {option.value: option for option in self.options}


@dataclass(frozen=True)
class Group:
    """One page of the form: a title, what it is about, and its fields."""

    key: str
    title: Text
    fields: tuple[Field, ...]
    hint: Text | None = None
    visible_when: Condition | None = None


@dataclass(frozen=True)
class Form:
    """A whole form. ``data`` is the JSON it was read from; equal data gives an equal ``content_hash``."""

    key: str
    title: Text
    groups: tuple[Group, ...]
    rules: tuple[Rule, ...] = ()
    procedures: tuple[str, ...] = ()
    subject: Text | None = None
    basis: str = ""
    origin: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Top fields by key, in the order of the form."""
        return {one.key: one for group in self.groups for one in group.fields}

    @cached_property
    def groups_by_key(self) -> Mapping[str, Group]:
        return {group.key: group for group in self.groups}

    @cached_property
    def group_keys(self) -> Mapping[str, str]:
        """Key of a top field → key of its group."""
        return {one.key: group.key for group in self.groups for one in group.fields}

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) of the canonical JSON of the form."""
        return content_hash(self.data)

    def group(self, key: str) -> Group:
        """Raises KeyError when there is no such group."""
        return self.groups_by_key[key]

    def field_at(self, path: str) -> Field | None:
        """The field a path leads to ("members.0.name"), without looking at answers; None when it leads nowhere."""
        first, *rest = path.split(".")
        found = self.fields.get(first)
        for part in rest:
            if found is None:
                return None
            if found.type == "table" and part.isdigit():
                continue
            if found.type == "address" and part in ADDRESS_PARTS:
                return found
            found = found.by_key.get(part)
        return found

    def walk(self) -> Iterator[tuple[str, Field]]:
        """Every field with its path; rows appear as ``members.*.name``."""
        for key, one in self.fields.items():
            yield from _walk(key, one)


def _walk(path: str, one: Field) -> Iterator[tuple[str, Field]]:
    yield path, one
    inner = f"{path}.*" if one.type == "table" else path
    for child in one.fields:
        yield from _walk(f"{inner}.{child.key}", child)


def content_hash(data: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON of ``data``: sorted keys, no blanks, UTF-8."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
