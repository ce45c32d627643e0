"""A flow as BPMN 2.0 with its picture: forks and joins as gateways, steps as user tasks, from left to right."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from motcua.engines.flows.rules import Definition, Step

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'targetNamespace="urn:motcua:flows"'
)
SIZES = {"startEvent": (36, 36), "endEvent": (36, 36), "userTask": (130, 80), "parallelGateway": (50, 50)}
COLUMN, ROW = 190, 120


@dataclass(slots=True)
class _Node:
    key: str
    kind: str
    name: str = ""
    note: str = ""
    column: int = 0
    row: int = 0

    @property
    def size(self) -> tuple[int, int]:
        return SIZES.get(self.kind, (50, 50))

    @property
    def centre(self) -> tuple[int, int]:
        return 80 + self.column * COLUMN, 80 + self.row * ROW


@dataclass(slots=True)
class _Graph:
    nodes: dict[str, _Node] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)

    def add(self, key: str, kind: str, name: str = "", note: str = "") -> str:
        self.nodes[key] = _Node(key, kind, name, note)
        return key


def to_bpmn(flow: Definition, name: str, language: str = "vi") -> str:
    """The XML of a flow without problems (``Definition.problems``); ids are the keys of the steps."""
    graph = _graph(flow, language)
    _place(graph)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions id="flow" {NAMESPACES}>\n'
        f'<process id="process" name={quoteattr(name)} isExecutable="false">\n{_process(graph)}</process>\n'
        f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="process">\n{_picture(graph)}'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>\n</definitions>\n"
    )


def _graph(flow: Definition, language: str) -> _Graph:
    graph = _Graph()
    graph.add("start", "startEvent")
    for step in flow.steps:
        graph.add(_id(step), "userTask", step.title(language), f"{step.unit} {step.hours or ''}".strip())
    graph.edges.append(("start", _id(flow.first)))
    for step in flow.steps:
        if step.join:
            graph.add(f"join_{_id(step)}", "parallelGateway")
            graph.edges.append((f"join_{_id(step)}", _id(step)))
    for step in flow.steps:
        source = _id(step)
        if len(step.next) > 1:
            fork = graph.add(f"fork_{source}", "exclusiveGateway" if step.choice else "parallelGateway")
            graph.edges.append((source, fork))
            source = fork
        for key in step.next:
            follower = flow.step(key)
            graph.edges.append((source, f"join_{_id(follower)}" if follower.join else _id(follower)))
        if not step.next:
            end = graph.add(f"end_{source}", "endEvent")
            graph.edges.append((source, end))
    return graph


def _id(step: Step) -> str:
    return f"step_{step.key}"


def _place(graph: _Graph) -> None:
    """Columns by the longest way from the start, rows in the order of coming."""
    changed = True
    rounds = 0
    while changed and rounds <= len(graph.nodes):
        changed, rounds = False, rounds + 1
        for source, target in graph.edges:
            if graph.nodes[target].column < graph.nodes[source].column + 1:
                graph.nodes[target].column = graph.nodes[source].column + 1
                changed = True
    taken: dict[int, int] = {}
    for node in sorted(graph.nodes.values(), key=lambda node: node.column):
        node.row = taken.get(node.column, 0)
        taken[node.column] = node.row + 1


def _process(graph: _Graph) -> str:
    parts = []
    for node in graph.nodes.values():
        label = f" name={quoteattr(node.name)}" if node.name else ""
        note = f"<documentation>{escape(node.note)}</documentation>" if node.note else ""
        parts.append(f"<{node.kind} id={quoteattr(node.key)}{label}>{note}</{node.kind}>\n")
    for at, (source, target) in enumerate(graph.edges):
        parts.append(f'<sequenceFlow id="way_{at}" sourceRef={quoteattr(source)} targetRef={quoteattr(target)}/>\n')
    return "".join(parts)


def _picture(graph: _Graph) -> str:
    parts = []
    for node in graph.nodes.values():
        (x, y), (width, height) = node.centre, node.size
        parts.append(
            f"<bpmndi:BPMNShape id={quoteattr('shape_' + node.key)} bpmnElement={quoteattr(node.key)}>"
            f'<dc:Bounds x="{x - width // 2}" y="{y - height // 2}" width="{width}" height="{height}"/>'
            "</bpmndi:BPMNShape>\n"
        )
    for at, (source, target) in enumerate(graph.edges):
        begin, end = graph.nodes[source], graph.nodes[target]
        x1, x2 = begin.centre[0] + begin.size[0] // 2, end.centre[0] - end.size[0] // 2
        y1, y2 = begin.centre[1], end.centre[1]
        bend = x2 - 25
        points = [(x1, y1), (x2, y2)] if y1 == y2 else [(x1, y1), (bend, y1), (bend, y2), (x2, y2)]
        way = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
        parts.append(f'<bpmndi:BPMNEdge id="edge_{at}" bpmnElement="way_{at}">{way}</bpmndi:BPMNEdge>\n')
    return "".join(parts)
