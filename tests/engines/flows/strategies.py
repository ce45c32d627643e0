"""Random flows without problems: steps one after the other, side by side, or one of several; however deep."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from motcua.engines.flows.rules import ACTIONS, Definition, parse

_names = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="\x00"), min_size=1, max_size=30
)
_units = st.sampled_from(
    ["competent", "received_at", "lead", "superior", "province", "code:H57.10", "within:03", "field:Hộ tịch"]
)


@dataclass
class _Making:
    draw: Any
    rows: list[dict[str, Any]] = field(default_factory=list)

    def step(self, stage: str = "process", **more: Any) -> dict[str, Any]:
        draw = self.draw
        row: dict[str, Any] = {"key": f"k{len(self.rows)}", "name": draw(_names), "stage": stage, "unit": draw(_units)}
        row |= {"hours": draw(st.integers(1, 400)), "name_en": draw(_names)} if draw(st.booleans()) else {}
        row |= {"role": "specialist", "system": draw(_names)} if draw(st.integers(0, 4)) == 0 else {}
        row |= {"actions": draw(st.lists(st.sampled_from(ACTIONS), unique=True, max_size=3))}
        row |= {"next": []} | more
        self.rows.append(row)
        return row

    def block(self, depth: int, **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A piece with one way in; returns its first step and all its loose ends."""
        kind = self.draw(st.sampled_from(["one", "chain", "fork", "choice"])) if depth else "one"
        first = self.step(**more)
        if kind == "one":
            return first, [first]
        if kind == "chain":
            second, ends = self.block(depth - 1)
            first["next"] = [second["key"]]
            return first, ends
        ends = []
        for _ in range(self.draw(st.integers(2, 3))):
            branch, loose = self.block(depth - 1)
            first["next"].append(branch["key"])
            ends += loose
        if kind == "choice":
            first["choice"] = True
            return first, ends
        last = self.step(join=True)
        for end in ends:
            end["next"] = [last["key"]]
        return first, [last]


@st.composite
def flows(draw: Any) -> Definition:
    """A flow that can be published."""
    making = _Making(draw)
    _, ends = making.block(draw(st.integers(0, 3)))
    sign = making.step("sign")
    for end in ends:
        end["next"] = [sign["key"]]
    if draw(st.booleans()):
        stamp = making.step()
        sign["next"] = [stamp["key"]]
        sign = stamp
    sign["next"] = [making.step("return")["key"]]
    first, *rest = making.rows
    flow = parse([first, *draw(st.permutations(rest))])
    assert flow.problems() == []
    return flow
