"""What is wrong with a flow, in plain words: what would leave a dossier stuck, unsigned or returned twice. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from motcua.engines.flows.rules import Definition

Problem = tuple[str, str]
MOST_WAYS = 4096
"""So many combinations of choices are looked at one by one; a flow with more is asked to be divided."""


def problems_of(flow: Definition) -> list[Problem]:
    """(step key, message) for everything that keeps the flow from being published."""
    keys = [step.key for step in flow.steps]
    if not keys:
        return [("", "The flow has no steps.")]
    if twice := [key for key in dict.fromkeys(keys) if keys.count(key) > 1]:
        return [(key, "Two steps have the same key.") for key in twice]
    missing = [step.key for step in flow.steps if any(key not in keys for key in step.next)]
    if missing:
        return [(key, "It leads to a step that does not exist.") for key in missing]
    found = list(_shape(flow))
    if not any(step.stage == "sign" for step in flow.steps):
        found.append((flow.first.key, "Nobody signs in this flow."))
    # the ways through can only be followed where nothing is lost and nothing runs in a circle
    return found or list(dict.fromkeys(_ways_through(flow)))


def _shape(flow: Definition) -> Iterator[Problem]:
    for step in flow.steps[1:]:
        if not flow.reaches(flow.first.key, step.key):
            yield step.key, "No step leads here."
    for step in flow.steps:
        if any(flow.reaches(key, step.key) for key in step.next):
            yield step.key, "The flow runs in a circle here."
        if len(set(step.next)) < len(step.next):
            yield step.key, "The same step is named twice as what follows."
        if not step.next and step.stage != "return":
            yield step.key, "The flow ends here without returning a result."
        if step.choice and len(step.next) < 2:
            yield step.key, "There is nothing to choose between after this step."
        if step.stage == "return" and step.next:
            yield step.key, "Nothing can follow the return of the result."
        if step.choice and step.stage == "sign" and len({flow.decides(step.key, [key]) for key in step.next}) > 1:
            yield step.key, "Some ways from here sign again and others do not. Leave the choice to a step before it."


def _ways_through(flow: Definition) -> Iterator[Problem]:
    if count_of_ways(flow) > MOST_WAYS:
        yield flow.first.key, "There are too many choices to check every way through. Divide the flow."
        return
    for taken in ways(flow):
        walked = {key for _, key in taken} | {flow.first.key}
        coming: dict[str, int] = {}
        for _, key in taken:
            coming[key] = coming.get(key, 0) + 1
        for step in flow.steps:
            if step.key not in walked:
                continue
            if coming.get(step.key, 0) > 1 and not step.join:
                yield step.key, "Steps that run side by side meet here. Let this step wait for all before it."
            if step.stage == "return" and any(
                other != step.key and flow.step(other).stage == "return" for other in walked
            ):
                yield step.key, "Steps that run side by side each return the result. Let them meet before it."
        if not any(flow.step(key).stage == "sign" for key in walked):
            yield flow.first.key, "There is a way through this flow on which nobody signs."
        beside = _beside_decision(flow, walked)
        if beside:
            yield beside, "The decision can be made here while other steps are open. Let them meet before it."


def _beside_decision(flow: Definition, walked: set[str]) -> str:
    """A step that decides though another one, neither before nor after it, may still be open."""
    for key in sorted(walked):
        if flow.decides(key):
            for other in walked:
                if not flow.reaches(other, key) and not flow.reaches(key, other):
                    return key
    return ""


def count_of_ways(flow: Definition) -> int:
    """How many combinations of choices there are."""
    total = 1
    for step in flow.steps:
        if step.choice:
            total *= max(1, len(step.next))
    return total


def ways(flow: Definition) -> Iterator[set[tuple[str, str]]]:
    """For each combination of choices the ways that are taken, as (from, to). For flows without circles."""
    choosing = [step for step in flow.steps if step.choice and step.next]
    for picked in islice(product(*(step.next for step in choosing)), MOST_WAYS):
        pick = dict(zip((step.key for step in choosing), picked, strict=True))
        taken: set[tuple[str, str]] = set()
        waiting, seen = [flow.first.key], {flow.first.key}
        while waiting:
            key = waiting.pop()
            for follower in (pick[key],) if key in pick else flow.step(key).next:
                taken.add((key, follower))
                if follower not in seen:
                    seen.add(follower)
                    waiting.append(follower)
        yield taken


def waits_for_all(flow: Definition) -> frozenset[str]:
    """Steps that join and are always reached by every way that leads to them, or by none: parallel joins as other
    engines know them. Where a choice may leave a way out, the join waits for what is still on its way (inclusive)."""
    joining = {step.key: len(flow.leading_to(step.key)) for step in flow.steps if step.join}
    if not any(step.choice for step in flow.steps):
        return frozenset(joining)
    if count_of_ways(flow) > MOST_WAYS:
        return frozenset()
    for taken in ways(flow):
        for key in [key for key in joining if sum(1 for _, to in taken if to == key) not in (0, joining[key])]:
            del joining[key]
    return frozenset(joining)


def longest_hours(flow: Definition) -> int:
    """Working hours on the longest way through, steps without hours counted as none. For flows without circles."""
    longest: dict[str, int] = {}

    def until(key: str) -> int:
        if key not in longest:
            step = flow.step(key)
            own = (step.hours or 0) if step.stage != "return" else 0
            longest[key] = own + max((until(follower) for follower in step.next), default=0)
        return longest[key]

    return until(flow.first.key)
