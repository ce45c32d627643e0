"""BPMN 2.0 from other tools as steps: lanes become units, tasks steps, gateways forks, joins and choices.

What our steps have no place for (loops, sub-processes, a choice right before a fork, events on the way) is said in the
report, never dropped in silence. Files of our own (``bpmn.to_bpmn``) come back as they were.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from motcua.engines.flows.bpmn import OWN
from motcua.engines.flows.rules import ACTIONS, LONGEST_KEY, LONGEST_NAME, SELECTORS, STAGES, Definition, Step
from motcua.engines.flows.wording import hours_in, stage_in
from motcua.foundation.errors import Invalid
from motcua.foundation.messages import Text
from motcua.foundation.text import clean_line, slug

BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
MOST_BYTES: Final = 5 * 1024 * 1024
TASKS: Final = {"userTask", "task", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask",
                "businessRuleTask", "callActivity", "subProcess"}  # fmt: skip
GATEWAYS: Final = {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"}
EVENTS: Final = {"intermediateCatchEvent", "intermediateThrowEvent"}
UnitFor = Callable[[str], str | None]


@dataclass(slots=True)
class Read:
    """What a file says: its name, the steps, and what could not be carried, as notes in plain words."""

    name: str
    flow: Definition
    notes: list[Text] = field(default_factory=list)


@dataclass(slots=True)
class _Graph:
    """The process: elements by id and the ways between them, in the order of the file."""

    elements: dict[str, Element]
    after: dict[str, list[str]]
    before: dict[str, list[str]]
    lanes: dict[str, str]
    hours: dict[str, int]


def from_bpmn(data: bytes, unit_for: UnitFor = lambda name: None) -> Read:
    """Reads a file. ``unit_for`` gives the selector of a lane's name, ``None`` for a name that nobody knows.

    Raises ``Invalid`` for what is no BPMN, for a file with entities or references to others, and without tasks.
    """
    if len(data) > MOST_BYTES:
        raise Invalid("The file is larger than 5 MB. A flow is never that large.")
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise Invalid(
            "The file declares entities or a document type, which a flow does not need. It was not read."
        ) from None
    except (ParseError, ValueError, LookupError):
        raise Invalid("The file is no XML that can be read. Please export it as BPMN 2.0 again.") from None
    processes = [each for each in root.iter(f"{BPMN}process") if any(_tag(child) in TASKS for child in each)]
    if not processes:
        raise Invalid("The file holds no BPMN 2.0 process with tasks.")
    notes: list[Text] = []
    if len(processes) > 1:
        notes.append(Text("The file holds %(count)s processes; the first one was taken.", {"count": len(processes)}))
    process = processes[0]
    graph = _graph(process, notes)
    steps = _Steps(graph, unit_for, notes).made()
    return Read(clean_line(process.get("name") or "")[:200], Definition(tuple(steps)), notes)


def _tag(element: Element) -> str:
    return element.tag.removeprefix(BPMN) if isinstance(element.tag, str) else ""


def _graph(process: Element, notes: list[Text]) -> _Graph:
    elements = {key: child for child in process if _tag(child) and (key := child.get("id"))}
    after: dict[str, list[str]] = {}
    before: dict[str, list[str]] = {}
    defaults = {element.get("default") for element in elements.values()} - {None}
    flows = [child for child in process if _tag(child) == "sequenceFlow"]
    for flow in sorted(flows, key=lambda flow: flow.get("id") not in defaults):  # what is taken when nobody chooses
        source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
        if source in elements and target in elements:
            after.setdefault(source, []).append(target)
            before.setdefault(target, []).append(source)
    graph = _Graph(elements, after, before, _lanes(process), {})
    for element in list(elements.values()):
        if _tag(element) == "boundaryEvent":
            hours = _timer(element)
            if hours is not None:
                graph.hours[element.get("attachedToRef", "")] = hours
            else:
                notes.append(Text("The event “%(name)s” on a step was left out.", {"name": _name(element)}))
    _without_circles(graph, notes)
    return graph


def _lanes(process: Element) -> dict[str, str]:
    """Id of an element → name of its innermost lane."""
    found: dict[str, str] = {}
    for lane in process.iter(f"{BPMN}lane"):
        for member in lane.findall(f"{BPMN}flowNodeRef"):
            found[(member.text or "").strip()] = clean_line(lane.get("name") or "")
    return found


def _timer(element: Element) -> int | None:
    timer = element.find(f"{BPMN}timerEventDefinition/{BPMN}timeDuration")
    return hours_in(timer.text or "") if timer is not None else None


def _name(element: Element) -> str:
    return clean_line(element.get("name") or element.get("id") or "")


def _without_circles(graph: _Graph, notes: list[Text]) -> None:
    """Takes out the ways back: one may always send a dossier back, so nothing is lost by it."""
    done: set[str] = set()
    starts = [key for key in graph.elements if not graph.before.get(key)] or list(graph.elements)[:1]
    for start in [*starts, *graph.elements]:
        if start in done:
            continue
        path: list[str] = [start]
        on_path = {start}
        waiting: list[Iterator[str]] = [iter(list(graph.after.get(start, [])))]
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                done.add(path[-1])
                on_path.discard(path.pop())
            elif following in on_path:
                graph.after[path[-1]].remove(following)
                graph.before[following].remove(path[-1])
                words = {"name": _name(graph.elements[path[-1]]), "to": _name(graph.elements[following])}
                notes.append(Text("The way back from “%(name)s” to “%(to)s” was left out: a dossier can always be "
                                  "sent back to a step before.", words))  # fmt: skip
            elif following not in done:
                path.append(following)
                on_path.add(following)
                waiting.append(iter(list(graph.after.get(following, []))))


class _Steps:
    """Makes the steps of a graph."""

    def __init__(self, graph: _Graph, unit_for: UnitFor, notes: list[Text]) -> None:
        self.graph, self.unit_for, self.notes = graph, unit_for, notes
        self.keys: dict[str, str] = {}
        self.joins: set[str] = set()

    def made(self) -> list[Step]:
        tasks = [key for key, element in self.graph.elements.items() if _tag(element) in TASKS]
        for key in tasks:
            self.keys[key] = self._key(key)
        ways = {key: self._after(key) for key in tasks}
        begins = self._begins(tasks)
        steps = [self._step(key, *ways[key]) for key in tasks]
        first = self.keys[begins]
        return sorted(steps, key=lambda step: step.key != first)

    def _begins(self, tasks: list[str]) -> str:
        """The task that the start event leads to, else the first that nothing leads to."""
        starts = [key for key, element in self.graph.elements.items() if _tag(element) == "startEvent"]
        found = list(dict.fromkeys(task for start in starts for task, _ in self._targets(start)))
        if len(found) > 1:
            self.notes.append(Text("The process begins with several steps at once; a flow begins with one.", {}))
        free = [key for key in tasks if not self.graph.before.get(key)]
        return (found or free or tasks)[0]

    def _targets(self, source: str) -> list[tuple[str, tuple[str, ...]]]:
        """The tasks that follow an element, with the gateways on the way that divide, in the file's order."""
        found: list[tuple[str, tuple[str, ...]]] = []
        waiting: list[tuple[str, tuple[str, ...], bool]] = [
            (key, ("task",) if len(self.graph.after.get(source, [])) > 1 else (), False)
            for key in self.graph.after.get(source, [])
        ]
        while waiting:
            key, passed, joined = waiting.pop(0)
            kind = _tag(self.graph.elements[key])
            if kind in TASKS:
                found.append((key, passed))
                if joined:
                    self.joins.add(key)
            elif kind in GATEWAYS:
                following = self.graph.after.get(key, [])
                merging = len(self.graph.before.get(key, [])) > 1 and kind in ("parallelGateway", "inclusiveGateway")
                more = (*passed, kind) if len(following) > 1 else passed
                if (merging or joined) and len(following) > 1:
                    self.notes.append(Text("Ways meet and part again at “%(name)s” without a step between. Put one "
                                           "there.", {"name": _name(self.graph.elements[key])}))  # fmt: skip
                waiting[:0] = [(one, more, joined or merging) for one in following]
            elif kind in EVENTS:
                words = {"name": _name(self.graph.elements[key])}
                self.notes.append(Text("The event “%(name)s” between two steps was left out.", words))
                waiting[:0] = [(one, passed, joined) for one in self.graph.after.get(key, [])]
        return found

    def _after(self, key: str) -> tuple[list[str], bool]:
        """Keys of the steps that follow, and whether one of them is chosen."""
        targets = self._targets(key)
        kinds = {kind for _, passed in targets for kind in passed}
        words = {"name": _name(self.graph.elements[key])}
        choosing = bool(kinds & {"exclusiveGateway", "eventBasedGateway"})
        if choosing and kinds - {"exclusiveGateway", "eventBasedGateway"}:
            self.notes.append(Text("After “%(name)s” there is a choice and a fork without a step between; only the "
                                   "choice was taken.", words))  # fmt: skip
        if kinds & {"inclusiveGateway", "complexGateway"}:
            self.notes.append(Text("After “%(name)s” any number of ways may be taken; all of them were taken over as "
                                   "running side by side.", words))  # fmt: skip
        following = list(dict.fromkeys(self.keys[task] for task, _ in targets))
        return following, choosing and len(following) > 1

    def _key(self, place: str) -> str:
        element = self.graph.elements[place]
        own = _own(element)
        if own is not None and own.get("key"):
            return str(own.get("key"))[:LONGEST_KEY]
        wanted = slug(_name(element), LONGEST_KEY - 4) or "step"
        key, number = wanted, 2
        while key in self.keys.values():
            key, number = f"{wanted}-{number}", number + 1
        return key

    def _step(self, place: str, following: list[str], choice: bool) -> Step:
        element = self.graph.elements[place]
        own = _own(element)
        join = place in self.joins or (own is not None and own.get("join") == "true")
        if own is not None and own.get("stage") in STAGES:
            hours = own.get("hours") or ""
            return Step(
                key=self.keys[place],
                name=own.get("name") or _name(element),
                name_en=own.get("nameEn") or "",
                stage=str(own.get("stage")),
                unit=own.get("unit") or "competent",
                hours=int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 6 else None,
                next=tuple(following),
                join=join,
                choice=choice,
                role=own.get("role") or "",
                actions=tuple(name for name in (own.get("actions") or "").split() if name in ACTIONS),
                system=own.get("system") or "",
            )
        return self._foreign(place, element, following, join, choice)

    def _foreign(self, place: str, element: Element, following: list[str], join: bool, choice: bool) -> Step:
        name, kind = _name(element) or self.keys[place], _tag(element)
        if len(name) > LONGEST_NAME:
            self.notes.append(Text("The name “%(name)s” was shortened.", {"name": name}))
        if kind in ("callActivity", "subProcess"):
            self.notes.append(
                Text("What is inside “%(name)s” was not taken over; it is one step here.", {"name": name})
            )
        elif kind in ("scriptTask", "businessRuleTask", "sendTask", "receiveTask"):
            self.notes.append(
                Text("“%(name)s” is done by a machine there; here it is a step for a person.", {"name": name})
            )
        stage = stage_in(name) or "process"
        if stage == "intake":
            self.notes.append(Text("“%(name)s” receives the dossier. That is done before the flow begins; leave the "
                                   "step out if it does nothing else.", {"name": name}))  # fmt: skip
            stage = "process"
        if stage == "return" and following:
            stage = "process"
        return Step(
            key=self.keys[place],
            name=name[:LONGEST_NAME],
            name_en="",
            stage="return" if stage == "process" and not following and _ends(name) else stage,
            unit=self._unit(place, stage),
            hours=self._hours(place, element),
            next=tuple(following),
            join=join,
            choice=choice,
            role=_attribute(element, "candidateGroups")[:60],
            system=name[:60] if kind == "serviceTask" else "",
        )

    def _unit(self, place: str, stage: str) -> str:
        lane = self.graph.lanes.get(place, "")
        if not lane:
            return "received_at" if stage == "return" else "competent"
        found = self.unit_for(lane) or (lane if lane in SELECTORS else None)
        if found is None:
            note = Text(
                "The unit of the lane “%(name)s” is not known; its steps stand with the competent unit.", {"name": lane}
            )
            if note not in self.notes:
                self.notes.append(note)
        return found or "competent"

    def _hours(self, place: str, element: Element) -> int | None:
        if place in self.graph.hours:
            return self.graph.hours[place]
        said = _attribute(element, "dueDate")
        words = " ".join(each.text or "" for each in element.findall(f"{BPMN}documentation"))
        found = hours_in(said) if said else None
        if found is None:
            match = re.search(r"\d+(?:[.,]\d+)?\s*(?:giờ|gio|h\b|hours?|ngày|ngay|days?|WD)", words, re.IGNORECASE)
            found = hours_in(match[0]) if match else None
        return found


def _own(element: Element) -> Element | None:
    return element.find(f"{BPMN}extensionElements/{{{OWN}}}step")


def _attribute(element: Element, name: str) -> str:
    """An attribute of whatever tool's namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _ends(name: str) -> bool:
    return stage_in(name) == "return"
