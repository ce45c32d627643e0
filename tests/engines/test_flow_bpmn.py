"""A flow as BPMN: well-formed, everything drawn once, whatever the names."""

from __future__ import annotations

from xml.etree import ElementTree

from motcua.engines.flows.bpmn import to_bpmn
from motcua.engines.flows.rules import STANDARD, parse

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


def test_the_standard_flow() -> None:
    root = ElementTree.fromstring(to_bpmn(parse(STANDARD), "Chuẩn"))  # noqa: S314 -- our own text
    assert [task.get("name") for task in root.iter(f"{MODEL}userTask")] == [step["name"] for step in STANDARD]
    assert len(list(root.iter(f"{MODEL}sequenceFlow"))) == 4


def test_forks_joins_choices_and_wild_names() -> None:
    steps = [
        {"key": "a", "name": 'Xét "<duyệt>" & chuyển', "stage": "process", "next": ["b", "c"]},
        {"key": "b", "name": "B", "stage": "process", "next": ["d"]},
        {"key": "c", "name": "C", "stage": "process", "next": ["d"]},
        {"key": "d", "name": "D", "stage": "sign", "next": ["e", "f"], "join": True, "choice": True},
        {"key": "e", "name": "E", "stage": "sign", "next": ["f"]},
        {"key": "f", "name": "F", "stage": "return"},
    ]
    root = ElementTree.fromstring(to_bpmn(parse(steps), "]]>"))  # noqa: S314 -- our own text
    assert len(list(root.iter(f"{MODEL}parallelGateway"))) == 2
    assert len(list(root.iter(f"{MODEL}exclusiveGateway"))) == 1
    drawn = [shape.get("bpmnElement") for shape in root.iter(f"{DI}BPMNShape")]
    assert len(drawn) == len(set(drawn)) == 6 + 3 + 2
    places = {
        (bounds.get("x"), bounds.get("y")) for bounds in root.iter("{http://www.omg.org/spec/DD/20100524/DC}Bounds")
    }
    assert len(places) == len(drawn)
