"""What a document of a reorganisation means for the units as they are: who ends, who takes over, what is made. Pure.

Divisions go with their unit: each to the division of the same place in the identifier, else of the same kind, of the
unit that takes over; a new unit without divisions of its own gets those of the units before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from motcua.engines.organisations.models import SuccessionKind, UnitKind
from motcua.engines.organisations.queries import Directory, UnitInfo
from motcua.engines.organisations.reorganisation import Document, Part, UnitSpec
from motcua.engines.organisations.succession import choose, names_in


@dataclass(frozen=True, slots=True)
class Ending:
    """A unit whose work goes over. ``stays``: it is one of its own successors and goes on with what is left."""

    unit: UnitInfo
    kind: SuccessionKind
    heirs: tuple[Part, ...]
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Making:
    """A unit to be made, with what it takes over from the first unit before it where the document says nothing."""

    spec: UnitSpec
    kind: str
    one_stop: bool
    calendar_id: UUID | None
    fields: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Renaming:
    unit: UnitInfo
    name: str
    short_name: str


@dataclass(frozen=True, slots=True)
class Placing:
    """A unit (and what is below it) comes under another, with the identifier it has there."""

    unit: UnitInfo
    under: str
    code: str


@dataclass
class Plan:
    """Everything that will happen to units. ``problems``: (place in the document, what is wrong), in plain words."""

    document: Document
    endings: dict[UUID, Ending] = field(default_factory=dict)
    makings: dict[str, Making] = field(default_factory=dict)
    renamings: list[Renaming] = field(default_factory=list)
    placings: list[Placing] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def moving(self) -> tuple[UUID, ...]:
        """Keys of the units whose work goes over."""
        return tuple(self.endings)


def person_goes(rules: Sequence[Mapping[str, object]], username: str, key: UUID) -> int:
    """Which successor a person goes to: the one that names them, else by share, else the first."""
    for position, rule in enumerate(rules):
        if username in names_in(rule.get("people")):
            return position
    return choose([{"share": rule.get("share", 0)} for rule in rules], key=key)


def make(document: Document, units: Directory) -> Plan:
    """The plan for the units as they are. Nothing is raised: what is wrong stands in ``problems``."""
    return _Planner(document, units).plan()


class _Planner:
    def __init__(self, document: Document, units: Directory) -> None:
        self._document = document
        self._units = units
        self._current = {unit.code: unit for unit in units.all if unit.current}
        self._specs: dict[str, UnitSpec] = dict(document.new)
        self._own_units = {spec.parent for spec in document.new.values()}
        self._plan = Plan(document)

    def plan(self) -> Plan:
        named = {code for change in self._document.changes for code in change.units}
        for position, change in enumerate(self._document.changes):
            place = f"changes[{position}]"
            for code in change.units:
                unit = self._current.get(code)
                if unit is None:
                    self._complain(place, f"There is no current unit with the identifier {code}.")
                elif change.kind == "rename":
                    self._plan.renamings.append(Renaming(unit, change.name, change.short_name))
                elif change.kind == "move":
                    self._place_unit(place, unit, change.under, change.code)
                else:
                    self._end(place, unit, SuccessionKind(change.kind), change.parts, named)
        self._make_units()
        self._check_heirs()
        return self._plan

    def _complain(self, place: str, message: str) -> None:
        self._plan.problems.append((place, message))

    def _place_unit(self, place: str, unit: UnitInfo, under: str, code: str) -> None:
        whole = self._current.get(under)
        if whole is None and under not in self._specs:
            self._complain(place, f"There is no current unit with the identifier {under}.")
            return
        if whole is not None and whole.path.startswith(unit.path):
            self._complain(place, "A unit cannot come under itself.")
            return
        new = code or f"{under}.{unit.code.rpartition('.')[2]}"
        if not new.startswith(under + "."):
            self._complain(place, f"The identifier {new} does not begin with {under}.")
        elif new in self._units.by_code or new in self._specs:
            self._complain(place, f"Another unit has the identifier {new}.")
        else:
            self._plan.placings.append(Placing(unit, under, new))

    def _end(self, place: str, unit: UnitInfo, kind: SuccessionKind, parts: tuple[Part, ...], named: set[str]) -> None:
        if unit.id in self._plan.endings:
            self._complain(place, f"The unit {unit.code} ends twice.")
            return
        for part in parts:
            if part.to not in self._current and part.to not in self._specs:
                self._complain(place, f"There is no current unit with the identifier {part.to}.")
                return
        if [part.to for part in parts] == [unit.code]:
            return  # of those that merge it is the one that stays
        stays = any(part.to == unit.code for part in parts)
        self._plan.endings[unit.id] = Ending(unit, kind, parts, stays)
        for code in {part.to for part in parts} & set(self._specs):
            self._complete(code, unit)
        below = [each for each in self._units.under(unit.path) if each.current and each.id != unit.id]
        for division in below:
            if division.code in named or division.id in self._plan.endings:
                continue
            heirs = tuple(
                replace(part, to=division.code if part.to == unit.code else self._division(part.to, unit, division))
                for part in parts
            )
            self._plan.endings[division.id] = Ending(division, kind, _together(heirs), stays)

    def _division(self, whole: str, unit: UnitInfo, division: UnitInfo) -> str:
        """The code of the division of ``whole`` that does what ``division`` of ``unit`` did."""
        rest = division.code.removeprefix(unit.code + ".")
        same = f"{whole}.{rest}"
        if same in self._current or same in self._specs:
            if same in self._specs:
                self._complete(same, division)
            return same
        known = [each for each in self._specs.values() if each.code.startswith(whole + ".")]
        for spec in known:
            if self._nature_of(spec) == (division.kind, division.one_stop):
                return spec.code
        if whole in self._specs and whole not in self._own_units:
            parent = f"{whole}.{rest.rpartition('.')[0]}".rstrip(".")
            parent = parent if parent in self._specs else whole
            taken = self._specs[whole]
            self._specs[same] = UnitSpec(
                same,
                _renamed(division.name, unit.name, taken.name),
                division.kind,
                parent,
                _renamed(
                    division.short_name, unit.short_name, self._specs[whole].short_name or self._specs[whole].name
                ),
            )
            self._complete(same, division)
            return same
        existing = self._current.get(whole)
        if existing is not None:
            for each in self._units.under(existing.path):
                alike = each.kind == division.kind and each.one_stop == division.one_stop
                if each.current and each.id != existing.id and alike and each.id not in self._plan.endings:
                    return each.code
        return whole

    def _nature_of(self, spec: UnitSpec) -> tuple[str, bool]:
        made = self._plan.makings.get(spec.code)
        return (made.kind, made.one_stop) if made else (spec.kind, bool(spec.one_stop))

    def _complete(self, code: str, before: UnitInfo) -> None:
        """Fills in what the document leaves open, from the first unit whose work the new one takes over."""
        known = self._plan.makings.get(code)
        spec = self._specs[code]
        if known is None:
            self._plan.makings[code] = Making(
                spec,
                spec.kind or before.kind,
                before.one_stop if spec.one_stop is None else spec.one_stop,
                before.calendar_id,
                spec.fields or before.fields,
                spec.address or before.address,
            )
            return
        fields = known.fields if spec.fields else tuple(dict.fromkeys((*known.fields, *before.fields)))
        self._plan.makings[code] = replace(known, fields=fields, calendar_id=known.calendar_id or before.calendar_id)

    def _make_units(self) -> None:
        made: dict[str, Making] = {}
        for code in sorted(self._specs):
            spec = self._specs[code]
            place = f"new {code}"
            if code in self._units.by_code:
                self._complain(place, f"Another unit has the identifier {code}.")
            if spec.parent and spec.parent not in self._current and spec.parent not in self._specs:
                self._complain(place, f"There is no current unit with the identifier {spec.parent}.")
            found = self._plan.makings.get(code) or Making(
                spec, spec.kind, bool(spec.one_stop), None, spec.fields, spec.address
            )
            if found.kind not in UnitKind.values:
                self._complain(place, "Say what kind of unit it is.")
            made[code] = replace(found, spec=spec)
        self._plan.makings = made

    def _check_heirs(self) -> None:
        """No work goes to a unit that ends on the same day."""
        ending = {ending.unit.code for ending in self._plan.endings.values() if not ending.stays}
        for each in self._plan.endings.values():
            for part in each.heirs:
                if part.to in ending:
                    self._complain(each.unit.code, f"The unit {part.to} takes over and ends on the same day.")
        for making in self._plan.makings.values():
            if making.spec.parent in ending:
                self._complain(f"new {making.spec.code}", f"The unit {making.spec.parent} ends on the same day.")
        for placing in self._plan.placings:
            if placing.unit.id in self._plan.endings or placing.under in ending:
                self._complain(placing.unit.code, "A unit that ends cannot be placed under another.")


def _together(heirs: tuple[Part, ...]) -> tuple[Part, ...]:
    """Parts that lead to the same unit as one, when all do."""
    return heirs[:1] if len({part.to for part in heirs}) == 1 else heirs


def _renamed(name: str, before: str, after: str) -> str:
    """The name of a division with the place of its old unit replaced: the part in which the units' names differ."""
    if not name or not before or not after:
        return name
    old, new = before.split(), after.split()
    while old and new and old[0].lower() == new[0].lower():
        old, new = old[1:], new[1:]
    place, other = " ".join(old), " ".join(new)
    at = name.lower().rfind(place.lower()) if place else -1
    return (name[:at] + other + name[at + len(place) :])[:200] if at >= 0 else name
