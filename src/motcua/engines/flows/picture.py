"""Our own picture of a flow: SVG made on the server, drawn as BPMN draws, coloured by the page's style sheet.

It needs no script and no inline style, says in words what it shows, and can be made of a flow that is still wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from motcua.engines.flows.drawing import HEAD, LEFT, ROW, TOP, Drawing, Node, Point, draw
from motcua.engines.flows.rules import Definition, Step

LINE = 18
"""About so many letters fit into a step's box."""

LANE_LINE = 20


@dataclass(frozen=True, slots=True)
class PictureWords:
    """How the reader calls who does a step, the role it asks for, and its working hours."""

    unit: Callable[[str], str] = str
    role: Callable[[str], str] = str
    hours: Callable[[int], str] = "{} h".format


PLAIN = PictureWords()


def to_svg(
    flow: Definition,
    *,
    title: str,
    description: str,
    words: PictureWords = PLAIN,
    language: str = "vi",
    marks: Mapping[str, str] | None = None,
    key: str = "flow",
) -> str:
    """The picture as one ``<svg>``. ``marks``: step key → class of its box (``wrong``, ``new``, ``changed``…).

    ``key`` makes its ids differ from another picture's on the page. Empty for a flow without steps.
    """
    if not flow.steps:
        return ""
    drawing = draw(flow)
    width, height = drawing.width, drawing.height
    parts = [
        f'<svg class="mc-flow" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(description)}</desc>'
        f'<defs><marker id="{key}-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" '
        'orient="auto"><path class="mc-flow__head" d="M0 0 10 5 0 10z"/></marker></defs>'
    ]
    parts += _lanes(drawing, words.unit)
    parts += [_way(edge.points, key) for edge in drawing.edges]
    parts += [_node(node, language, (marks or {}), words) for node in drawing.nodes.values()]
    return "".join([*parts, "</svg>"])


def _lanes(drawing: Drawing, units: Callable[[str], str]) -> list[str]:
    parts = []
    for lane in drawing.lanes:
        top, height = TOP + lane.first_row * ROW, lane.rows * ROW
        width = drawing.width - LEFT
        parts.append(f'<rect class="mc-flow__lane" x="{LEFT}" y="{top}" width="{width}" height="{height}"/>')
        parts.append(f'<rect class="mc-flow__lane-head" x="{LEFT}" y="{top}" width="{HEAD}" height="{height}"/>')
        middle = LEFT + HEAD // 2, top + height // 2
        lines = _wrapped(units(lane.unit), max(LANE_LINE, LANE_LINE * lane.rows), 2)
        texts = "".join(
            f'<tspan x="{middle[0]}" y="{middle[1] + 4 - 7 * (len(lines) - 1) + 14 * at}">{escape(line)}</tspan>'
            for at, line in enumerate(lines)
        )
        turned = f'transform="rotate(-90 {middle[0]} {middle[1]})"'
        parts.append(f'<text class="mc-flow__lane-name" {turned}>{texts}</text>')
    return parts


def _way(points: tuple[Point, ...], key: str) -> str:
    line = " ".join(f"{x},{y}" for x, y in points)
    return f'<polyline class="mc-flow__way" points="{line}" marker-end="url(#{key}-arrow)"/>'


def _node(node: Node, language: str, marks: Mapping[str, str], words: PictureWords) -> str:
    x, y = node.centre
    if node.step is not None:
        return _step(node, node.step, language, marks.get(node.step.key, ""), words)
    if node.kind.endswith("Event"):
        heavy = " mc-flow__event--end" if node.kind == "endEvent" else ""
        return f'<circle class="mc-flow__event{heavy}" cx="{x}" cy="{y}" r="18"/>'
    diamond = f'<path class="mc-flow__gateway" d="M{x - 25} {y} {x} {y - 25} {x + 25} {y} {x} {y + 25}z"/>'
    if node.kind == "parallelGateway":
        sign = f'<path class="mc-flow__sign" d="M{x - 12} {y}H{x + 12}M{x} {y - 12}V{y + 12}"/>'
    elif node.kind == "exclusiveGateway":
        sign = f'<path class="mc-flow__sign" d="M{x - 8} {y - 8} {x + 8} {y + 8}M{x + 8} {y - 8} {x - 8} {y + 8}"/>'
    else:
        sign = f'<circle class="mc-flow__sign" cx="{x}" cy="{y}" r="12"/>'
    return diamond + sign


def _step(node: Node, step: Step, language: str, mark: str, words: PictureWords) -> str:
    (left, top, width, height), (x, _) = node.box, node.centre
    lines = _wrapped(step.title(language), LINE, 3)
    foot = " · ".join(
        part for part in (words.hours(step.hours) if step.hours else "", words.role(step.role), step.system) if part
    )
    first = top + height // 2 + 4 - 8 * (len(lines) - 1) - (7 if foot else 0)
    texts = "".join(f'<tspan x="{x}" y="{first + 16 * at}">{escape(line)}</tspan>' for at, line in enumerate(lines))
    box = f"mc-flow__step mc-flow__step--{step.stage}" + (f" mc-flow__step--{mark}" if mark else "")
    parts = [
        f'<rect class="{box}" x="{left}" y="{top}" width="{width}" height="{height}" rx="8"/>',
        f'<text class="mc-flow__name">{texts}</text>',
    ]
    if foot:
        short = _wrapped(foot, 24, 1)[0]
        parts.append(f'<text class="mc-flow__foot" x="{x}" y="{top + height - 8}">{escape(short)}</text>')
    return "<g>" + "".join(parts) + "</g>"


def _wrapped(text: str, letters: int, most: int) -> list[str]:
    """The text in at most so many lines; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= letters:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    shown = [line if len(line) <= letters + 4 else line[: letters + 3] + "…" for line in lines[:most]] or [""]
    if len(lines) > most and not shown[-1].endswith("…"):
        shown[-1] += "…"
    return shown
