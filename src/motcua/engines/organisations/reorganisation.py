"""Documents of a reorganisation (sắp xếp đơn vị): what changes, on which day, on what legal basis. Pure reading.

JSON and CSV say the same (docs/administrators/reorganisation.md). Reading checks the form alone; whether the units
exist and everything keeps an owner is asked of ``reorganisation_plan`` and of the services.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from motcua.foundation.errors import Invalid
from motcua.foundation.identifiers import parse_agency_code

KINDS: Final = ("merge", "split", "dissolve", "rename", "move", "new")
LARGEST: Final = 5_000_000
"""Bytes of a document; a whole province of the 2025 merger has 60,000."""


@dataclass(frozen=True, slots=True)
class UnitSpec:
    """A unit to be made. Without ``units`` of its own it gets the divisions of the units whose work it takes over."""

    code: str
    name: str
    kind: str = ""
    parent: str = ""
    short_name: str = ""
    ward_code: str = ""
    address: str = ""
    phone: str = ""
    one_stop: bool | None = None
    fields: tuple[str, ...] = ()
    units: tuple[UnitSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Who takes over, and of a split unit which part: the dossiers of these wards, of these fields of procedures, or a
    share of all. ``people``: user names of those who go there; the first part takes what no rule gives to another."""

    to: str
    wards: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    share: int = 0
    people: tuple[str, ...] = ()

    def rule(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in (
                ("wards", self.wards),
                ("fields", self.fields),
                ("share", self.share),
                ("people", self.people),
            )
            if value
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``units`` end (merge, split, dissolve), are renamed or moved; ``parts`` take over."""

    kind: str
    units: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    name: str = ""
    short_name: str = ""
    under: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Ward:
    """What became of a ward in addresses. The first of several is where an address goes that says no more."""

    to: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """A reorganisation as decided. ``new``: units to be made by code; ``wards``: old ward code → new;
    ``ward_names``: names of new wards as addresses write them."""

    name: str
    basis: str
    effective: date
    changes: tuple[Change, ...]
    new: Mapping[str, UnitSpec] = field(default_factory=dict)
    wards: Mapping[str, Ward] = field(default_factory=dict)
    ward_names: Mapping[str, str] = field(default_factory=dict)


def read(data: bytes, filename: str = "") -> dict[str, Any]:
    """The document as plain data, from JSON or CSV (UTF-8). Raises ``Invalid`` for what is neither."""
    if len(data) > LARGEST:
        raise Invalid(fields={"file": ["The file is too large for a reorganisation."]})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(fields={"file": ["The file is not text in UTF-8."]}) from error
    if filename.lower().endswith(".csv") or not text.lstrip().startswith("{"):
        return _from_csv(text)
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Invalid(fields={"file": ["The file is neither JSON nor CSV."]}) from error
    if not isinstance(found, dict):
        raise Invalid(fields={"file": ["The document is one map with name, basis, effective and changes."]})
    return found


def parse(data: Mapping[str, Any]) -> Document:
    """The document of plain data. Raises ``Invalid`` naming each place that cannot be used."""
    problems: dict[str, list[str]] = {}
    name, basis = _text(data.get("name"), 200), _text(data.get("basis"), 300)
    if not name:
        problems["name"] = ["Give the reorganisation a name."]
    if not basis:
        problems["basis"] = ["Name the decision or resolution it rests on."]
    effective = _day(data.get("effective"))
    if effective is None:
        problems["effective"] = ["Write the day as 2025-07-01."]
    rows = data.get("changes")
    if not isinstance(rows, list) or not rows:
        problems["changes"] = ["Say what changes."]
        rows = []
    specs: dict[str, UnitSpec] = {}
    changes = []
    for position, row in enumerate(rows):
        place = f"changes[{position}]"
        try:
            changes += _changes(row, specs)
        except Invalid as error:
            for key, messages in error.fields.items():
                problems[f"{place}.{key}"] = messages
    wards, names = _wards(data.get("wards", {}), problems)
    if problems or effective is None:
        raise Invalid(fields=problems)
    names.update(
        {spec.ward_code: spec.name for spec in specs.values() if spec.ward_code and spec.ward_code not in names}
    )
    return Document(name, basis, effective, tuple(changes), specs, wards, names)


def _changes(row: Any, specs: dict[str, UnitSpec]) -> list[Change]:
    if not isinstance(row, Mapping) or row.get("kind") not in KINDS:
        raise Invalid(fields={"kind": ["Choose merge, split, dissolve, rename, move or new."]})
    kind = str(row["kind"])
    if kind == "new":
        _spec(row.get("unit", row), specs)
        return []
    if kind in ("rename", "move"):
        unit = _code(row.get("unit", row.get("from")), "unit")
        if kind == "rename":
            if not _text(row.get("name"), 200):
                raise Invalid(fields={"name": ["Give the unit its name."]})
            return [Change(kind, (unit,), name=_text(row["name"], 200), short_name=_text(row.get("short_name"), 80))]
        under = _code(row.get("under"), "under")
        return [Change(kind, (unit,), under=under, code=_code(row["code"], "code") if row.get("code") else "")]
    given = row.get("from")
    units = tuple(_code(each, "from") for each in (given if isinstance(given, list) else [given]))
    targets = row.get("to")
    parts = tuple(_part(each, specs) for each in (targets if isinstance(targets, list) else [targets]))
    if kind != "split" and len(parts) != 1:
        raise Invalid(fields={"to": ["One unit takes over; where several do, it is a split."]})
    if kind == "split" and (len(units) != 1 or len(parts) < 2):
        raise Invalid(fields={"to": ["A split has one unit and at least two successors."]})
    if kind == "dissolve" and len(units) != 1:
        raise Invalid(fields={"from": ["One unit is dissolved at a time."]})
    return [Change(kind, units, parts)]


def _part(given: Any, specs: dict[str, UnitSpec]) -> Part:
    if not isinstance(given, Mapping):
        return Part(_code(given, "to"))
    target = given.get("unit", given)
    code = _spec(target, specs) if isinstance(target, Mapping) else _code(target, "to")
    share = given.get("share", 0)
    if not isinstance(share, int) or isinstance(share, bool) or not 0 <= share <= 1_000_000:
        raise Invalid(fields={"share": ["A share is a whole number."]})
    return Part(code, _texts(given.get("wards")), _texts(given.get("of_fields")), share, _texts(given.get("people")))


def _spec(given: Any, specs: dict[str, UnitSpec], below: str = "") -> str:
    """Notes a unit to be made; one that was described before is only named again. Returns its code."""
    if not isinstance(given, Mapping):
        raise Invalid(fields={"unit": ["Describe the new unit."]})
    code = _code(given.get("code"), "code")
    if code in specs:
        return code
    name = _text(given.get("name"), 200)
    if not name:
        raise Invalid(fields={"name": ["Give the unit its name."]})
    parent = below or (_code(given["parent"], "parent") if given.get("parent") else code.rpartition(".")[0])
    if parent and not code.startswith(parent + "."):
        raise Invalid(fields={"code": ["The identifier begins with that of the unit above."]})
    one_stop = given.get("one_stop")
    units = given.get("units", [])
    specs[code] = UnitSpec(
        code,
        name,
        _text(given.get("unit_kind"), 20),
        parent,
        _text(given.get("short_name"), 80),
        _text(given.get("ward_code"), 10),
        _text(given.get("address"), 300),
        _text(given.get("phone"), 40),
        one_stop if isinstance(one_stop, bool) else None,
        _texts(given.get("fields")),
    )
    for each in units if isinstance(units, list) else []:
        _spec(each, specs, code)
    return code


def _wards(given: Any, problems: dict[str, list[str]]) -> tuple[dict[str, Ward], dict[str, str]]:
    """``{"19753": "19777"}``, ``{"19753": ["19777", "19789"]}``, or rows {"from", "to", "name"}."""
    names: dict[str, str] = {}
    rows: list[tuple[str, list[str]]] = []
    if isinstance(given, Mapping):
        rows = [(str(old), _list(new)) for old, new in given.items()]
    elif isinstance(given, list):
        for row in given:
            if isinstance(row, Mapping) and row.get("from"):
                to = _list(row.get("to"))
                rows.append((str(row["from"]), to))
                if to and row.get("name"):
                    names[to[0]] = _text(row["name"], 100)
    wards: dict[str, Ward] = {}
    for old, to in rows:
        if not to or not old.isdecimal() or not all(each.isdecimal() for each in to):
            problems.setdefault("wards", []).append("Wards are written by their codes of five digits.")
            break
        before = wards[old].to if old in wards else ()
        wards[old] = Ward((*before, *(each for each in to if each not in before)))
    return wards, names


def _from_csv(text: str) -> dict[str, Any]:
    """Rows of change, from, to and details; ``name``, ``basis`` and ``effective`` stand in the column ``to``."""
    rows = csv.DictReader(io.StringIO(text))
    heads = set(rows.fieldnames or ())
    if not {"change", "from", "to"} <= heads:
        raise Invalid(fields={"file": ["A table has the columns change, from and to."]})
    found: dict[str, Any] = {"changes": [], "wards": []}
    splits: dict[str, dict[str, Any]] = {}
    for row in rows:
        cells = {
            key: (value or "").strip() for key, value in row.items() if isinstance(key, str) and isinstance(value, str)
        }
        change = cells.get("change", "")
        if change in ("name", "basis", "effective"):
            found[change] = cells["to"]
        elif change == "ward":
            found["wards"].append({"from": cells["from"], "to": _list(cells["to"]), "name": cells.get("name", "")})
        elif change == "split":
            target = _csv_target(cells)
            known = splits.setdefault(cells["from"], {"kind": "split", "from": cells["from"], "to": []})
            if not known["to"]:
                found["changes"].append(known)
            known["to"].append(target)
        elif change in ("merge", "dissolve"):
            units = list(_list(cells["from"]))
            found["changes"].append(
                {
                    "kind": change,
                    "from": units if change == "merge" else units[0] if units else "",
                    "to": [_csv_target(cells)],
                }
            )
        elif change == "rename":
            found["changes"].append({"kind": change, "unit": cells["from"], **_details(cells)})
        elif change == "move":
            found["changes"].append(
                {"kind": change, "unit": cells["from"], "under": cells["to"], "code": cells.get("code", "")}
            )
        elif change == "new":
            found["changes"].append({"kind": change, "unit": {"code": cells["to"], **_details(cells)}})
        elif change:
            found["changes"].append({"kind": change})
    return found


def _csv_target(cells: Mapping[str, str]) -> dict[str, Any]:
    part: dict[str, Any] = {"unit": {"code": cells["to"], **_details(cells)} if cells.get("name") else cells["to"]}
    for name in ("wards", "of_fields", "people"):
        if cells.get(name):
            part[name] = _list(cells[name])
    if cells.get("share"):
        part["share"] = int(cells["share"]) if cells["share"].isdecimal() else cells["share"]
    return part


def _details(cells: Mapping[str, str]) -> dict[str, Any]:
    names = ("name", "short_name", "unit_kind", "parent", "ward_code", "address", "phone")
    found: dict[str, Any] = {name: cells[name] for name in names if cells.get(name)}
    if cells.get("fields"):
        found["fields"] = _list(cells["fields"])
    if cells.get("one_stop"):
        found["one_stop"] = cells["one_stop"].lower() in ("1", "true", "yes", "x")
    return found


def codes_in(document: Document) -> Iterator[str]:
    """Every identifier the document names."""
    for change in document.changes:
        yield from change.units
        yield from (part.to for part in change.parts)


def _code(given: Any, name: str) -> str:
    parsed = parse_agency_code(str(given or ""))
    if not parsed.ok or "new" not in parsed.parts:
        raise Invalid(fields={name: ["Write the electronic identifier, such as H57.10."]})
    return str(parsed.parts["new"])


def _text(given: Any, longest: int) -> str:
    return " ".join(str(given).split())[:longest] if isinstance(given, str | int) else ""


def _texts(given: Any) -> tuple[str, ...]:
    return tuple(_text(each, 200) for each in _list(given) if _text(each, 200))


def _list(given: Any) -> list[str]:
    """A list, or text divided by “|” or “;”."""
    if isinstance(given, str):
        return [each.strip() for each in given.replace(";", "|").split("|") if each.strip()]
    return [str(each) for each in given] if isinstance(given, Sequence) else []


def _day(given: Any) -> date | None:
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        return None
