"""Walking through a flow: which steps open when one is done. Pure; a flow is data."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from motcua.foundation.errors import Invalid, Refused

STAGES = ("process", "sign", "return")
SELECTORS = ("competent", "received_at", "lead", "superior", "province")
PREFIXES = ("code:", "within:", "field:")


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``unit``: competent, received_at, lead, superior (the unit above the competent one), province,
    ``code:`` and an identifier, ``field:`` and a field of procedures whose agency is meant, or ``within:`` and how
    the identifier of a division of the competent unit goes on. ``hours``: working hours allowed, empty for the dossier's
    own due date. Several ``next`` fork, or with ``choice`` one of them is chosen; ``join`` waits for all that lead
    here."""

    key: str
    name: str
    name_en: str
    stage: str
    unit: str
    hours: int | None = None
    next: tuple[str, ...] = ()
    join: bool = False
    choice: bool = False

    def title(self, language: str) -> str:
        return self.name if language.startswith("vi") or not self.name_en else self.name_en


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole flow, first step first."""

    steps: tuple[Step, ...]

    def step(self, key: str) -> Step:
        """Raises ``Refused`` when the flow has no such step."""
        for step in self.steps:
            if step.key == key:
                return step
        raise Refused("The flow has no step “%(key)s”.", key=key[:40])

    @property
    def first(self) -> Step:
        return self.steps[0]

    def leading_to(self, key: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if key in step.next)

    def chosen(self, done: str, to: Collection[str] = ()) -> tuple[str, ...]:
        """Where the work goes on after ``done``: everywhere it forks to, or to the one step chosen in ``to`` (the
        first when none is). Raises ``Refused`` for a step that cannot be chosen there."""
        step = self.step(done)
        if not set(to) <= set(step.next) or (to and not step.choice and set(to) != set(step.next)):
            raise Refused("The work cannot go on there from this step.")
        if not step.choice:
            return step.next
        if len(to) > 1:
            raise Refused("Choose one of the following steps.")
        return tuple(to) or step.next[:1]

    def following(self, done: str, still_open: Collection[str], to: Collection[str] = ()) -> tuple[Step, ...]:
        """The steps that open when ``done`` is finished while the steps ``still_open`` are not."""
        opening = []
        for key in self.chosen(done, to):
            step = self.step(key)
            if step.join and any(self._reaches(other, key) for other in still_open if other != done):
                continue
            if key not in still_open:
                opening.append(step)
        return tuple(opening)

    def before(self, key: str) -> tuple[Step, ...]:
        """The steps one may send back to from here: all that lead here, however far."""
        return tuple(step for step in self.steps if step.key != key and self._reaches(step.key, key))

    def _reaches(self, start: str, goal: str) -> bool:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            key = waiting.pop()
            if key == goal:
                return True
            if key not in seen:
                seen.add(key)
                waiting.extend(self.step(key).next)
        return False

    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, as (step key, message in plain words); empty when the flow can be published."""
        found: list[tuple[str, str]] = []
        keys = [step.key for step in self.steps]
        if not keys:
            return [("", "The flow has no steps.")]
        for key in {key for key in keys if keys.count(key) > 1}:
            found.append((key, "Two steps have the same key."))
        if found:
            return found
        for step in self.steps:
            for key in step.next:
                if key not in keys:
                    found.append((step.key, "It leads to a step that does not exist."))
        if found:
            return found
        for step in self.steps[1:]:
            if not self._reaches(self.first.key, step.key):
                found.append((step.key, "No step leads here."))
        for step in self.steps:
            if any(self._reaches(key, step.key) for key in step.next):
                found.append((step.key, "The flow runs in a circle here."))
            if not step.next and step.stage != "return":
                found.append((step.key, "The flow ends here without returning a result."))
            if step.choice and len(step.next) < 2:
                found.append((step.key, "There is nothing to choose between after this step."))
            if step.stage == "return" and step.next:
                found.append((step.key, "Nothing can follow the return of the result."))
        if not any(step.stage == "sign" for step in self.steps):
            found.append((self.first.key, "Nobody signs in this flow."))
        return found


def parse(rows: Iterable[Mapping[str, Any]]) -> Definition:
    """Reads stored or entered steps. Raises ``Invalid`` naming the step."""
    steps = []
    for position, row in enumerate(rows, 1):
        try:
            step = Step(
                key=str(row["key"]),
                name=str(row["name"]),
                name_en=str(row.get("name_en", "")),
                stage=str(row["stage"]),
                unit=str(row.get("unit", "competent")),
                hours=int(row["hours"]) if row.get("hours") not in (None, "") else None,
                next=tuple(str(key) for key in row.get("next", [])),
                join=bool(row.get("join", False)),
                choice=bool(row.get("choice", False)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("Step %(position)s of the flow can't be read.", position=position) from error
        if step.stage not in STAGES:
            raise Invalid("Step %(position)s has an unknown kind of work.", position=position)
        if step.unit not in SELECTORS and not step.unit.startswith(PREFIXES):
            raise Invalid("Step %(position)s names no unit.", position=position)
        if step.hours is not None and not 0 < step.hours <= 10_000:
            raise Invalid("Step %(position)s needs between 1 and 10,000 hours.", position=position)
        steps.append(step)
    return Definition(tuple(steps))


STANDARD: tuple[dict[str, Any], ...] = (
    {"key": "verify", "name": "Thẩm định hồ sơ", "name_en": "Verify", "stage": "process", "next": ["approve"]},
    {"key": "approve", "name": "Ký duyệt kết quả", "name_en": "Approve and sign", "stage": "sign", "next": ["return"]},
    {"key": "return", "name": "Trả kết quả", "name_en": "Return the result", "stage": "return", "unit": "received_at"},
)
"""The shortest lawful flow, for procedures that nobody has drawn one for."""
