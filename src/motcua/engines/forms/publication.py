"""A form as JSON Schema (draft 2020-12), for programs that submit over the API.

Conditions become ``if``/``then`` where JSON Schema can say them; what it can not say (files, rules between fields,
check digits, ages) stands in ``x-`` keywords and is checked on the server all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from motcua.engines.forms import conditions, places
from motcua.engines.forms.conditions import AllOf, AnyOf, Condition, Not, Term
from motcua.engines.forms.reading import NAMED_PATTERNS
from motcua.engines.forms.schema import Field, Form

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_PARTIAL_DATE = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"


def json_schema(form: Form, language: str = "vi", schema_id: str = "") -> dict[str, Any]:
    """The schema of the form's values. Labels in ``language``; all languages in ``x-labels``."""
    schema: dict[str, Any] = {"$schema": DIALECT}
    if schema_id:
        schema["$id"] = schema_id
    schema |= {
        "title": form.title.in_language(language),
        "x-form": form.key,
        "x-content-hash": form.content_hash,
        "x-groups": [
            {"key": group.key, "title": group.title.as_data(), "fields": [one.key for one in group.fields]}
            for group in form.groups
        ],
    }
    hidden_groups = {
        one.key: group.visible_when for group in form.groups if group.visible_when is not None for one in group.fields
    }
    schema |= _object(form.fields.values(), language, hidden_groups)
    if form.rules:
        schema["x-rules"] = [{"field": rule.field, "message": rule.message.as_data()} for rule in form.rules]
    return schema


def _object(fields: Iterable[Field], language: str, hidden: Mapping[str, Condition] | None = None) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required: list[str] = []
    branches: list[dict[str, Any]] = []
    names = {one.key for one in fields}
    for one in fields:
        if not one.has_value:
            continue
        properties[one.key] = _property(one, language)
        needs = [part for part in ((hidden or {}).get(one.key), one.visible_when) if part is not None]
        if one.required_when is not None:
            needs.append(one.required_when)
        elif not one.required:
            continue
        # an answer with a default may be left out: the default is then taken
        if one.default is not None:
            continue
        if not needs:
            required.append(one.key)
            continue
        when = as_schema(AllOf(tuple(needs)), names)
        if when is not None:
            branches.append({"if": when, "then": {"required": [one.key]}})
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    if branches:
        schema["allOf"] = branches
    return schema


def as_schema(condition: Condition, names: Iterable[str]) -> dict[str, Any] | None:
    """A condition over the properties ``names``; None when JSON Schema can not express it there."""
    if any(test.op == "younger_than" for test in conditions.tests_of(condition)):
        return None
    if any(name.split(".")[0] not in names for name in conditions.fields_of(condition)):
        return None
    return _expressed(condition)


def _expressed(condition: Condition) -> dict[str, Any]:
    match condition:
        case AllOf(parts):
            return _expressed(parts[0]) if len(parts) == 1 else {"allOf": [_expressed(part) for part in parts]}
        case AnyOf(parts):
            return {"anyOf": [_expressed(part) for part in parts]}
        case Not(part):
            return {"not": _expressed(part)}
        case Term(name, op, value):
            test: dict[str, Any] = {}
            match op:
                case "is":
                    test = {"const": value}
                case "in":
                    test = {"enum": list(value)}
                case "has":
                    test = {"type": "array", "contains": {"const": value}}
                case "at_least":
                    test = {"type": "number", "minimum": value}
                case "filled":
                    test = {"not": {"enum": ["", None, [], {}]}}
            for step in reversed(name.split(".")):
                test = {"type": "object", "properties": {step: test}, "required": [step]}
            return test


def _property(one: Field, language: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": one.label.in_language(language), **_shape(one, language)}
    if one.hint is not None:
        schema["description"] = one.hint.in_language(language)
    if one.default is not None:
        schema["default"] = one.default
    schema["x-type"] = one.type
    schema["x-labels"] = one.label.as_data()
    for name, value in (
        ("x-personal-data", one.personal if one.personal != "none" else ""),
        ("x-role", one.role),
        ("x-prefill", one.prefill),
        ("x-component", one.component),
        ("x-visible-when", conditions.as_data(one.visible_when) if one.visible_when else None),
        ("x-required-when", conditions.as_data(one.required_when) if one.required_when else None),
    ):
        if value:
            schema[name] = value
    return schema


def _shape(one: Field, language: str) -> dict[str, Any]:
    match one.type:
        case "number" | "money":
            return _number(one)
        case "date":
            whole = {"type": "string", "format": "date", "pattern": _DATE}
            return {"type": "string", "pattern": _PARTIAL_DATE} if one.partial else whole
        case "identity_number":
            return {"type": "string", "pattern": "^[0-9]{12}$"}
        case "tax_code":
            return {"type": "string", "minLength": 10, "maxLength": 14}
        case "phone":
            return {"type": "string", "minLength": 3, "maxLength": 20}
        case "email":
            return {"type": "string", "format": "email", "maxLength": 254}
        case "choice" | "select":
            return {
                "type": "string",
                "oneOf": [{"const": o.value, "title": o.label.in_language(language)} for o in one.options],
            }
        case "multi_choice":
            return _choices(one, language)
        case "yes_no":
            return {"type": "boolean"}
        case "declaration":
            return {"const": True}
        case "address":
            return _address(one)
        case "party":
            return _object(one.fields, language)
        case "table":
            shape = {"type": "array", "items": _object(one.fields, language), "maxItems": one.max_rows}
            return shape | ({"minItems": one.min_rows} if one.min_rows else {})
        case "file":
            return {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "maxItems": one.max_files,
                "x-accept": list(one.accept),
            }
    return _string(one)


def _string(one: Field) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "string", "minLength": max(1, one.min_length), "maxLength": one.max_length}
    if one.pattern:
        shape["pattern"] = NAMED_PATTERNS[one.pattern].pattern
    return shape


def _number(one: Field) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "number" if one.decimals and one.type == "number" else "integer"}
    minimum = one.minimum if one.minimum is not None else (0 if one.type == "money" else None)
    if minimum is not None:
        shape["minimum"] = minimum
    if one.maximum is not None:
        shape["maximum"] = one.maximum
    return shape


def _choices(one: Field, language: str) -> dict[str, Any]:
    items = [{"const": option.value, "title": option.label.in_language(language)} for option in one.options]
    shape: dict[str, Any] = {"type": "array", "uniqueItems": True, "items": {"oneOf": items}}
    shape["minItems"] = int(one.minimum) if one.minimum else 1
    if one.maximum is not None:
        shape["maxItems"] = int(one.maximum)
    return shape


def _address(one: Field) -> dict[str, Any]:
    codes = [*places.provinces(), *([places.ABROAD] if one.abroad else [])]
    return {
        "type": "object",
        "properties": {
            "province": {"type": "string", "enum": codes},
            "ward": {"type": "string"},
            "ward_name": {"type": "string", "maxLength": 100},
            "line": {"type": "string", "minLength": 1, "maxLength": 200},
            "text": {"type": "string", "readOnly": True},
        },
        "required": ["province", "line"],
    }
