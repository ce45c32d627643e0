"""A flow as BPMN: read back as it was, walked by another engine as by ours, drawn once each, whatever the names."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from motcua.engines.flows.bpmn import to_bpmn
from motcua.engines.flows.picture import to_svg
from motcua.engines.flows.reading import from_bpmn
from motcua.engines.flows.rules import STANDARD, Definition, parse
from motcua.foundation.errors import Invalid
from tests.engines.flows.strategies import flows

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
    assert len(drawn) == len(set(drawn)) == 6 + 3 + 2 + 2  # steps, gateways, ends, one lane in the whole
    places = {
        (bounds.get("x"), bounds.get("y")) for bounds in root.iter("{http://www.omg.org/spec/DD/20100524/DC}Bounds")
    }
    assert len(places) == len(drawn)


@given(flows())
@settings(max_examples=60)
def test_out_and_in_again_is_the_same(flow: Definition) -> None:
    read = from_bpmn(to_bpmn(flow, "Quy trình").encode())
    assert read.notes == []
    assert read.flow == flow
    assert read.name == "Quy trình"


@given(flows())
@settings(max_examples=30)
def test_the_picture_is_well_formed_and_names_every_step(flow: Definition) -> None:
    root = ElementTree.fromstring(to_svg(flow, title="<T>", description="& D"))  # noqa: S314 -- our own text
    svg = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{svg}title").text == "<T>"  # type: ignore[union-attr]
    boxes = [each for each in root.iter(f"{svg}rect") if "mc-flow__step" in (each.get("class") or "").split()]
    assert len(boxes) == len(flow.steps)
    assert all("style" not in each.attrib for each in root.iter())


def _by_spiff(flow: Definition, picks: dict[str, str]) -> set[str]:
    """The steps that another engine walks through; it must come to the end."""
    parser = BpmnParser()
    parser.add_bpmn_str(to_bpmn(flow, "x").encode())
    workflow = BpmnWorkflow(parser.get_spec("process"))
    walked: set[str] = set()
    while True:
        workflow.do_engine_steps()
        ready = [task for task in workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]
        if not ready:
            break
        key = ready[0].task_spec.bpmn_id.removeprefix("step_")
        ready[0].data["chosen"] = picks.get(key, "")
        walked.add(key)
        ready[0].run()
    assert workflow.is_completed()
    return walked


def _by_ours(flow: Definition, picks: dict[str, str]) -> set[str]:
    opened, walked = [flow.first.key], set()
    while opened:
        key = opened[0]
        following = flow.following(key, opened, [picks[key]] if key in picks else [])
        opened = [other for other in opened if other != key] + [step.key for step in following]
        walked.add(key)
    return walked


@given(flows(), st.data())
@settings(max_examples=20)
def test_another_engine_walks_through_the_same_steps(flow: Definition, data: Any) -> None:
    """SpiffWorkflow parses what we write and comes to the end by the same steps, whatever is chosen."""
    flow = parse([row | {"system": ""} for row in flow.as_data()])  # a service task runs by itself there
    picks = {step.key: data.draw(st.sampled_from(step.next)) for step in flow.steps if step.choice}
    assert _by_spiff(flow, picks) == _by_ours(flow, picks)


FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
<bpmn:process id="p" name="Cấp phép xây dựng">
<bpmn:laneSet><bpmn:lane id="l1" name="Phòng Kinh tế"><bpmn:flowNodeRef>t1</bpmn:flowNodeRef>
<bpmn:flowNodeRef>t2</bpmn:flowNodeRef></bpmn:lane><bpmn:lane id="l2" name="Sở Lạ">
<bpmn:flowNodeRef>t3</bpmn:flowNodeRef>
</bpmn:lane></bpmn:laneSet>
<bpmn:startEvent id="s"/><bpmn:userTask id="t1" name="Thẩm định"/><bpmn:userTask id="t2" name="Xác minh"
 camunda:dueDate="P2D" camunda:candidateGroups="specialist"/>
<bpmn:serviceTask id="t3" name="Hỏi cơ quan thuế">
<bpmn:documentation>Trong 4 giờ</bpmn:documentation></bpmn:serviceTask>
<bpmn:userTask id="t4" name="Lãnh đạo ký duyệt"/><bpmn:endEvent id="e"/><bpmn:userTask id="t5" name="Trả kết quả"/>
<bpmn:boundaryEvent id="b" attachedToRef="t1"><bpmn:timerEventDefinition><bpmn:timeDuration>PT16H</bpmn:timeDuration>
</bpmn:timerEventDefinition></bpmn:boundaryEvent>
<bpmn:exclusiveGateway id="x" default="f3"/><bpmn:parallelGateway id="j"/><bpmn:parallelGateway id="k"/>
<bpmn:exclusiveGateway id="ok"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="t1"/><bpmn:sequenceFlow id="f2" sourceRef="t1" targetRef="k"/>
<bpmn:sequenceFlow id="f3" sourceRef="k" targetRef="t2"/><bpmn:sequenceFlow id="f4" sourceRef="k" targetRef="t3"/>
<bpmn:sequenceFlow id="f5" sourceRef="t2" targetRef="j"/><bpmn:sequenceFlow id="f6" sourceRef="t3" targetRef="j"/>
<bpmn:sequenceFlow id="f7" sourceRef="j" targetRef="t4"/><bpmn:sequenceFlow id="f8" sourceRef="t4" targetRef="ok"/>
<bpmn:sequenceFlow id="f9" sourceRef="ok" targetRef="t5"/><bpmn:sequenceFlow id="f10" sourceRef="ok" targetRef="t1"/>
<bpmn:sequenceFlow id="f11" sourceRef="t5" targetRef="e"/>
</bpmn:process></bpmn:definitions>"""


def test_what_other_tools_write_becomes_steps_and_the_rest_is_said() -> None:
    read = from_bpmn(FOREIGN.encode(), {"Phòng Kinh tế": "within:03"}.get)
    assert read.name == "Cấp phép xây dựng"
    assert read.flow.problems() == []
    by_name = {step.name: step for step in read.flow.steps}
    examine, check, ask = by_name["Thẩm định"], by_name["Xác minh"], by_name["Hỏi cơ quan thuế"]
    assert (examine.unit, examine.hours, examine.next) == ("within:03", 16, (check.key, ask.key))
    assert (check.hours, check.role, ask.hours, ask.system) == (16, "specialist", 4, "Hỏi cơ quan thuế")
    assert by_name["Lãnh đạo ký duyệt"].join
    assert by_name["Lãnh đạo ký duyệt"].stage == "sign"
    assert (by_name["Trả kết quả"].stage, by_name["Trả kết quả"].unit) == ("return", "received_at")
    said = " ".join(str(note) for note in read.notes)
    assert "way back" in said
    assert "Sở Lạ" in said


BOMB = '<!DOCTYPE lolz [<!ENTITY lol "lol">]><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"PK\x03\x04", b"<a/>", BOMB.encode(), OUTSIDE.encode(), b"x" * 6_000_000]
)
def test_what_is_no_flow_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Invalid):
        from_bpmn(data)


@given(st.binary(max_size=200))
def test_rubbish_is_refused_and_nothing_worse(data: bytes) -> None:
    with pytest.raises(Invalid):
        from_bpmn(data)
