"""Where everything of a flow stands in its picture: lanes per unit, steps from left to right, ways with right angles.

The one arrangement serves both the BPMN file (``bpmn``) and our own picture (``picture``). Lengths are pixels.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from motcua.engines.flows.problems import waits_for_all
from motcua.engines.flows.rules import Definition, Step

SIZES = {
    "startEvent": (36, 36),
    "endEvent": (36, 36),
    "userTask": (140, 84),
    "serviceTask": (140, 84),
    "parallelGateway": (50, 50),
    "inclusiveGateway": (50, 50),
    "exclusiveGateway": (50, 50),
}
COLUMN, ROW = 200, 140
LEFT, TOP, HEAD = 20, 20, 34
"""The picture's margins and the width of a lane's head."""

Point = tuple[int, int]


@dataclass(slots=True)
class Node:
    """One thing in the picture. ``column`` and ``row`` are places in the grid; ``lane`` counts from the top."""

    key: str
    kind: str
    lane: int
    step: Step | None = None
    joins: bool = False
    column: int = 0
    row: int = 0

    @property
    def size(self) -> tuple[int, int]:
        return SIZES[self.kind]

    @property
    def centre(self) -> Point:
        return LEFT + HEAD + 70 + self.column * COLUMN, TOP + ROW // 2 + self.row * ROW

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, width, height."""
        (x, y), (width, height) = self.centre, self.size
        return x - width // 2, y - height // 2, width, height


@dataclass(slots=True)
class Edge:
    """A way between two things; ``to`` names the step that it leads to where it leaves a choice."""

    source: str
    target: str
    to: str = ""
    points: tuple[Point, ...] = ()


@dataclass(slots=True)
class Lane:
    """A band of rows for one unit."""

    unit: str
    first_row: int = 0
    rows: int = 1
    nodes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Drawing:
    """Everything in its place."""

    nodes: dict[str, Node]
    edges: list[Edge]
    lanes: list[Lane]

    @property
    def width(self) -> int:
        return LEFT * 2 + HEAD + 140 + max(node.column for node in self.nodes.values()) * COLUMN

    @property
    def height(self) -> int:
        return TOP * 2 + sum(lane.rows for lane in self.lanes) * ROW


def draw(flow: Definition) -> Drawing:
    """Arranges a flow. Ways to steps that do not exist are left out, circles are drawn as far as they can be: the
    picture stands beside a table that is still being written. Raises ``IndexError`` for a flow without steps."""
    lanes = [Lane(unit) for unit in dict.fromkeys(step.unit for step in flow.steps)]
    at = {lane.unit: place for place, lane in enumerate(lanes)}
    ids = _ids(flow)
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []

    def add(key: str, kind: str, lane: int, step: Step | None = None, joins: bool = False) -> str:
        nodes[key] = Node(key, kind, lane, step, joins)
        return key

    whole = waits_for_all(flow) if not flow.problems() else frozenset(step.key for step in flow.steps)
    add("start", "startEvent", at[flow.first.unit])
    for step in flow.steps:
        add(ids[step.key], "serviceTask" if step.system else "userTask", at[step.unit], step)
    edges.append(Edge("start", ids[flow.first.key]))
    for step in flow.steps:
        if step.join:
            kind = "parallelGateway" if step.key in whole else "inclusiveGateway"
            add(f"join_{ids[step.key]}", kind, at[step.unit], joins=True)
            edges.append(Edge(f"join_{ids[step.key]}", ids[step.key]))
    for step in flow.steps:
        source = ids[step.key]
        ways = [key for key in step.next if key in ids]
        if len(ways) > 1:
            gateway = add(f"fork_{source}", "exclusiveGateway" if step.choice else "parallelGateway", at[step.unit])
            edges.append(Edge(source, gateway))
            source = gateway
        for key in ways:
            follower = flow.step(key)
            target = f"join_{ids[key]}" if follower.join else ids[key]
            edges.append(Edge(source, target, key if step.choice else ""))
        if not ways:
            edges.append(Edge(source, add(f"end_{source}", "endEvent", at[step.unit])))
    drawing = Drawing(nodes, edges, lanes)
    _columns(drawing)
    _rows(drawing)
    _route(drawing)
    return drawing


def _ids(flow: Definition) -> dict[str, str]:
    """Keys of steps as XML takes them, each once."""
    ids: dict[str, str] = {}
    for step in flow.steps:
        plain = "step_" + re.sub(r"[^A-Za-z0-9_.-]", "_", step.key)
        found, number = plain, 2
        while found in ids.values():
            found, number = f"{plain}.{number}", number + 1
        ids[step.key] = found
    return ids


def _columns(drawing: Drawing) -> None:
    """By the longest way from the start; a circle ends the counting."""
    changed, rounds = True, 0
    while changed and rounds <= len(drawing.nodes):
        changed, rounds = False, rounds + 1
        for edge in drawing.edges:
            source, target = drawing.nodes[edge.source], drawing.nodes[edge.target]
            if target.column < source.column + 1 <= len(drawing.nodes):
                target.column, changed = source.column + 1, True


def _rows(drawing: Drawing) -> None:
    """Within its lane each thing stands where the one before it stands, or in the next free row."""
    before: dict[str, list[Node]] = {}
    for edge in drawing.edges:
        before.setdefault(edge.target, []).append(drawing.nodes[edge.source])
    taken: set[tuple[int, int, int]] = set()
    for node in sorted(drawing.nodes.values(), key=lambda node: node.column):
        same = [each.row for each in before.get(node.key, []) if each.lane == node.lane]
        row = min(same, default=0)
        while (node.lane, row, node.column) in taken:
            row += 1
        taken.add((node.lane, row, node.column))
        node.row = row
        lane = drawing.lanes[node.lane]
        lane.rows = max(lane.rows, row + 1)
        lane.nodes.append(node.key)
    first = 0
    for lane in drawing.lanes:
        lane.first_row, first = first, first + lane.rows
    for node in drawing.nodes.values():
        node.row += drawing.lanes[node.lane].first_row


def _route(drawing: Drawing) -> None:
    taken = {(node.row, node.column) for node in drawing.nodes.values()}

    def free(row: int, first: int, last: int) -> bool:
        return not any((row, column) in taken for column in range(first + 1, last))

    for edge in drawing.edges:
        edge.points = _points(drawing.nodes[edge.source], drawing.nodes[edge.target], free)


def _points(source: Node, target: Node, free: Callable[[int, int, int], bool]) -> tuple[Point, ...]:
    (x1, y1), (x2, y2) = source.centre, target.centre
    x1, x2 = x1 + source.size[0] // 2, x2 - target.size[0] // 2
    after = source.centre[0] + COLUMN // 2 - 10  # between the columns nothing stands
    before = target.centre[0] - COLUMN // 2 + 10
    if target.column <= source.column:  # a circle: around below
        low = max(y1, y2) + ROW // 2 - 6
        return (x1, y1), (after, y1), (after, low), (before, low), (before, y2), (x2, y2)
    source_free, target_free = (free(node.row, source.column, target.column) for node in (source, target))
    if source.row == target.row:
        if source_free:
            return (x1, y1), (x2, y2)
    elif target_free:
        return (x1, y1), (after, y1), (after, y2), (x2, y2)
    elif source_free:
        return (x1, y1), (before, y1), (before, y2), (x2, y2)
    between = y2 + (ROW // 2 - 6 if y2 >= y1 else 6 - ROW // 2)
    return (x1, y1), (after, y1), (after, between), (before, between), (before, y2), (x2, y2)
