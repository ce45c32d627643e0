"""A flow as BPMN 2.0 XML with its picture: what bpmn-js shows and other engines read. ``reading`` takes it back.

Lanes are units, steps are user tasks (service tasks where an outside system takes part), choices are exclusive
gateways with the first way as default, forks and joins parallel ones. Where a choice may leave out a way to a join,
that join is inclusive, which is what our walking does: it waits for what is still on its way. What BPMN has no word
for stands in ``extensionElements`` of our own namespace, and in words in ``documentation``.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from motcua.engines.flows.drawing import LEFT, ROW, TOP, Drawing, Edge, Node, draw
from motcua.engines.flows.rules import Definition, Step

OWN = "urn:motcua:flows:1"
NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:motcua="{OWN}" '
    'targetNamespace="urn:motcua:flows"'
)
Naming = Callable[[str], str]


def to_bpmn(flow: Definition, name: str, language: str = "vi", units: Naming = str) -> str:
    """The XML of a flow without problems (``Definition.problems``). ``units`` names a selector for its lane."""
    drawing = draw(flow)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions id="flow" {NAMESPACES}>\n'
        f'<collaboration id="collaboration"><participant id="whole" name={_said(name)} processRef="process"/>'
        "</collaboration>\n"
        f'<process id="process" name={_said(name)} isExecutable="true">\n{_process(drawing, language, units)}'
        "</process>\n"
        '<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="collaboration">\n'
        f"{_picture(drawing)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>\n</definitions>\n"
    )


def _said(text: str) -> str:
    """An attribute's value; line ends would not survive an XML reader otherwise."""
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _process(drawing: Drawing, language: str, units: Naming) -> str:
    parts = ['<laneSet id="lanes">\n']
    for at, lane in enumerate(drawing.lanes):
        members = "".join(f"<flowNodeRef>{key}</flowNodeRef>" for key in lane.nodes)
        parts.append(f'<lane id="lane_{at}" name={_said(units(lane.unit))}>{members}</lane>\n')
    parts.append("</laneSet>\n")
    defaults = {edge.source: at for at, edge in reversed(list(enumerate(drawing.edges))) if edge.to}
    parts += [_node(node, defaults, language) for node in drawing.nodes.values()]
    parts += [_flow(at, edge, defaults) for at, edge in enumerate(drawing.edges)]
    return "".join(parts)


def _node(node: Node, defaults: dict[str, int], language: str) -> str:
    if node.step is None:
        direction = ' gatewayDirection="Converging"' if node.joins else ""
        if not direction and node.kind.endswith("Gateway"):
            direction = ' gatewayDirection="Diverging"'
        default = f' default="way_{defaults[node.key]}"' if node.key in defaults else ""
        return f"<{node.kind} id={quoteattr(node.key)}{direction}{default}/>\n"
    return (
        f"<{node.kind} id={quoteattr(node.key)} name={_said(node.step.title(language))}>"
        f"<documentation>{escape(_words(node.step))}</documentation>"
        f"<extensionElements>{_extension(node.step)}</extensionElements></{node.kind}>\n"
    )


def _words(step: Step) -> str:
    parts = [step.unit, step.role, f"{step.hours} h" if step.hours else "", ", ".join(step.actions), step.system]
    return "; ".join(part for part in parts if part)


def _extension(step: Step) -> str:
    said = {
        "key": step.key,
        "name": step.name,
        "nameEn": step.name_en,
        "stage": step.stage,
        "unit": step.unit,
        "hours": str(step.hours or ""),
        "role": step.role,
        "actions": " ".join(step.actions),
        "system": step.system,
        "join": "true" if step.join else "",
    }
    return "<motcua:step " + " ".join(f"{name}={_said(value)}" for name, value in said.items() if value) + "/>"


def _flow(at: int, edge: Edge, defaults: dict[str, int]) -> str:
    ends = f'id="way_{at}" sourceRef={quoteattr(edge.source)} targetRef={quoteattr(edge.target)}'
    if not edge.to or defaults[edge.source] == at:
        return f"<sequenceFlow {ends}/>\n"
    condition = escape(f"chosen == {edge.to!r}")
    return (
        f'<sequenceFlow {ends}><conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>'
        "</sequenceFlow>\n"
    )


def _picture(drawing: Drawing) -> str:
    parts = [_shape("whole", (LEFT - 30, TOP, drawing.width - LEFT + 30, drawing.height - 2 * TOP), flat=True)]
    for at, lane in enumerate(drawing.lanes):
        box = (LEFT, TOP + lane.first_row * ROW, drawing.width - LEFT, lane.rows * ROW)
        parts.append(_shape(f"lane_{at}", box, flat=True))
    parts += [_shape(node.key, node.box, marked=node.kind == "exclusiveGateway") for node in drawing.nodes.values()]
    for at, edge in enumerate(drawing.edges):
        way = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in edge.points)
        parts.append(f'<bpmndi:BPMNEdge id="edge_{at}" bpmnElement="way_{at}">{way}</bpmndi:BPMNEdge>\n')
    return "".join(parts)


def _shape(key: str, box: tuple[int, int, int, int], *, flat: bool = False, marked: bool = False) -> str:
    x, y, width, height = box
    more = ' isHorizontal="true"' if flat else ' isMarkerVisible="true"' if marked else ""
    return (
        f"<bpmndi:BPMNShape id={quoteattr('shape_' + key)} bpmnElement={quoteattr(key)}{more}>"
        f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/></bpmndi:BPMNShape>\n'
    )


__all__ = ["OWN", "to_bpmn"]
