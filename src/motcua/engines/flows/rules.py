"""Walking through a flow: which steps open when one is done. Pure; a flow is data."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from motcua.foundation.errors import Invalid, Refused

STAGES = ("process", "sign", "return")
SELECTORS = ("competent", "received_at", "lead", "superior", "province")
PREFIXES = ("code:", "within:", "field:")
ACTIONS = ("supplement", "send_back", "consult", "assign")
"""What a step may leave open or close. Finishing it, and what the law gives to everybody, no flow can close. A step
that names none allows all."""

LONGEST_KEY, LONGEST_NAME = 40, 120
"""As a task keeps them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``unit``: competent, received_at, lead, superior (the unit above the competent one), province,
    ``code:`` and an identifier, ``field:`` and a field of procedures whose agency is meant, or ``within:`` and how
    the identifier of a division of the competent unit goes on. ``hours``: working hours allowed, empty for the
    dossier's own due date. Several ``next`` fork, or with ``choice`` one of them is chosen; ``join`` waits for all
    that lead here. ``role``: a role's code or a permission that whoever does it must hold there beside the permission
    of its kind of work. ``actions``: of ``ACTIONS`` those that the step allows, all when empty. ``system``: the outside
    system that takes part, as the name of a connector, for the record."""

    key: str
    name: str
    name_en: str
    stage: str
    unit: str
    hours: int | None = None
    next: tuple[str, ...] = ()
    join: bool = False
    choice: bool = False
    role: str = ""
    actions: tuple[str, ...] = ()
    system: str = ""

    def allows(self, action: str) -> bool:
        """Whether the step leaves this action open; what no flow may close (passing on, deciding) is always open."""
        return not self.actions or action not in ACTIONS or action in self.actions

    def as_data(self) -> dict[str, Any]:
        """The step as it is stored: what is empty is left out. ``parse`` reads it back."""
        row: dict[str, Any] = {"key": self.key, "name": self.name, "stage": self.stage, "unit": self.unit}
        for name in ("name_en", "hours", "role", "system", "join", "choice"):
            if value := getattr(self, name):
                row[name] = value
        for name in ("next", "actions"):
            if value := getattr(self, name):
                row[name] = list(value)
        return row

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

    def as_data(self) -> list[dict[str, Any]]:
        """The steps as they are stored."""
        return [step.as_data() for step in self.steps]

    def find(self, key: str) -> Step | None:
        """The step, if the flow has it."""
        return next((step for step in self.steps if step.key == key), None)

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
        chosen = self.chosen(done, to)
        for key in chosen:
            step = self.step(key)
            # what opens in this moment is on its way too
            ahead = [other for other in (*still_open, *chosen) if other not in (done, key)]
            if step.join and any(self.reaches(other, key) for other in ahead):
                continue
            if key not in still_open:
                opening.append(step)
        return tuple(opening)

    def before(self, key: str) -> tuple[Step, ...]:
        """The steps one may send back to from here: all that lead here, however far."""
        return tuple(step for step in self.steps if step.key != key and self.reaches(step.key, key))

    def decides(self, done: str, to: Collection[str] = ()) -> bool:
        """Whether finishing this step is the decision: it signs, and nobody signs after it."""
        if self.step(done).stage != "sign":
            return False
        signing = [step.key for step in self.steps if step.stage == "sign"]
        return not any(self.reaches(key, sign) for key in self.chosen(done, to) for sign in signing)

    def reaches(self, start: str, goal: str) -> bool:
        """Whether the work can come from one step to the other (a step reaches itself)."""
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
        from motcua.engines.flows.problems import problems_of

        return problems_of(self)


def _place(action: str) -> int:
    return ACTIONS.index(action) if action in ACTIONS else len(ACTIONS)


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
                role=str(row.get("role") or ""),
                actions=tuple(sorted(dict.fromkeys(map(str, row.get("actions") or [])), key=_place)),
                system=str(row.get("system") or ""),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("Step %(position)s of the flow can't be read.", position=position) from error
        if step.stage not in STAGES:
            raise Invalid("Step %(position)s has an unknown kind of work.", position=position)
        if not step.key or len(step.key) > LONGEST_KEY:
            raise Invalid("The key of step %(position)s needs between 1 and 40 characters.", position=position)
        if not step.name.strip() or len(step.name) > LONGEST_NAME:
            raise Invalid("The name of step %(position)s needs between 1 and 120 characters.", position=position)
        if not set(step.actions) <= set(ACTIONS):
            raise Invalid("Step %(position)s allows something that nobody knows.", position=position)
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
