"""What is wrong with a form that is being designed, in plain words and at its place; what deserves a second look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from motcua.engines.forms import conditions
from motcua.engines.forms.designing import Data, Place, walk
from motcua.engines.forms.difference import name_of
from motcua.engines.forms.parsing import check, parse_form
from motcua.engines.forms.reading import Problem
from motcua.engines.forms.samples import NoSample, sampled

_INDEX = re.compile(r"(?:groups|fields)\[(\d+)\]")
_NOT_BEFORE = '"%(field)s" is not a field before this one'
_WORDS = 'words are {"vi": …, "en": …}, both filled'
_PLAIN: Mapping[str, str] = {
    'the key "%(key)s" stands twice': "Another one has the same key “%(key)s”. Give each its own.",
    "a group needs fields": "This page has no question yet.",
    "a table needs fields": "The rows of this table ask nothing yet.",
    "options are missing": "There is nothing to choose from yet. Add at least one answer.",
    '"%(value)s" is not an option of "%(field)s"': (
        "The condition compares “%(field)s” with “%(value)s”, which is not one of its answers."
    ),
    '"%(name)s" is not a field': "A rule speaks of “%(name)s”, which this form does not ask.",
    "the default is not an option": "The answer that is chosen beforehand is not one of the answers.",
    "a key is small letters, digits and _, beginning with a letter": (
        "The key has small letters, digits and _ only, and begins with a letter."
    ),
    '"required" and "required_when" exclude one another': (
        "It is both always required and required on a condition. Choose one."
    ),
    "a form has 1 to 12 groups": "A form has 1 to 12 pages.",
    "the minimum is above the maximum": "The smallest value allowed is above the largest.",
    "the shortest length is above the longest": "The shortest length allowed is above the longest.",
    "the fewest rows are above the most": "The fewest rows allowed are above the most.",
    'there is no list "%(list)s"': "The list of answers “%(list)s” does not exist.",
    "the value is a short text of letters, digits and _ . + -": (
        "The stored value of an answer has letters, digits and _ . + - only."
    ),
    "a %(type)s needs a body": "The text to read is missing.",
    '"parts" lists what is asked': "Choose what is asked of the person.",
    '"kinds" lists %(choices)s': "Choose whether a person, an organisation or both are asked for.",
}
_MISSING_WORDS: Mapping[str, str] = {
    "title": "There is no title in Vietnamese.",
    "label": "There is no label in Vietnamese.",
    "hint": "The hint has no words in Vietnamese.",
    "body": "The text to read has no words in Vietnamese.",
    "message": "A rule has no message in Vietnamese.",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to mend (``blocking``: the form cannot be published) or to look at; ``place`` None: the whole form."""

    place: Place | None
    name: str
    what: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)
    blocking: bool = True

    def text(self, translate: Callable[[str], str] = str) -> str:
        """In the language of ``translate`` (gettext)."""
        said = translate(self.what)
        return said % self.params if self.params else said


def advice(data: Mapping[str, Any]) -> list[Advice]:
    """Everything to say about a draft: what must be mended first, in the order of the form, then remarks."""
    nodes = dict(walk(data))
    problems = check(data)
    found = [_plainly(problem, data, nodes) for problem in problems]
    found = sorted(dict.fromkeys(found), key=lambda one: one.place or (-1,))
    return [*found, *_remarks(data, nodes, readable=not problems)]


def unfillable(data: Mapping[str, Any]) -> bool:
    """Whether no answers satisfy a form that can be read: its rules and conditions contradict one another."""
    try:
        sampled(parse_form(data), Random(1))  # noqa: S311  (made-up answers, the same each time)
    except NoSample:
        return True
    return False


def _plainly(problem: Problem, data: Mapping[str, Any], nodes: Mapping[Place, Data]) -> Advice:
    place = tuple(int(index) for index in _INDEX.findall(problem.where.partition(".options[")[0]))
    known = place if place in nodes else None
    name = name_of(nodes[place]) if known else ""
    if problem.what == _WORDS:
        return _about_words(problem.where, known, name)
    if problem.what == _NOT_BEFORE and known:
        return _about_order(problem, known, name, data, nodes)
    return Advice(known, name, _PLAIN.get(problem.what, problem.what), problem.params)


def _about_words(where: str, place: Place | None, name: str) -> Advice:
    setting = where.rpartition(".")[2]
    if ".options[" in where:
        return Advice(place, name, "An answer to choose has no label in Vietnamese.")
    return Advice(place, name, _MISSING_WORDS.get(setting, "Words in Vietnamese are missing."))


def _about_order(
    problem: Problem, place: Place, name: str, data: Mapping[str, Any], nodes: Mapping[Place, Data]
) -> Advice:
    """A condition that speaks of something that is not asked before: unknown, itself, in a circle, or too late."""
    wanted = str(problem.params["field"])
    target = _find(wanted, place, nodes)
    if target is None:
        return Advice(
            place, name, "The condition speaks of “%(field)s”, which this form does not ask.", {"field": wanted}
        )
    other = name_of(nodes[target])
    if target == place:
        return Advice(place, name, "The condition depends on the answer to this very question.")
    if _reaches(target, place, nodes):
        return Advice(
            place,
            name,
            "The conditions go in a circle: this depends on “%(other)s”, and that depends on this.",
            {"other": other},
        )
    if len(place) == 1 and target[0] == place[0]:
        return Advice(
            place,
            name,
            "The page is shown by the answer to “%(other)s”, which stands on this page itself.",
            {"other": other},
        )
    part = wanted.partition(".")[2]
    if part and target < place:
        return Advice(place, name, "“%(other)s” does not ask for “%(part)s”.", {"other": other, "part": part})
    later = "The condition speaks of “%(other)s”, which is asked only later. Move one of them."
    return Advice(place, name, later, {"other": other})


def _find(wanted: str, place: Place, nodes: Mapping[Place, Data]) -> Place | None:
    """The question that a name means at a place: a neighbour in the row, else one on a page."""
    first = wanted.split(".")[0]
    if len(place) == 3:
        for other, node in nodes.items():
            if len(other) == 3 and other[:2] == place[:2] and node.get("key") == first:
                return other
    return next((other for other, node in nodes.items() if len(other) == 2 and node.get("key") == first), None)


def _reaches(start: Place, goal: Place, nodes: Mapping[Place, Data]) -> bool:
    """Whether the conditions of ``start`` lead to ``goal`` over any number of questions."""
    seen: set[Place] = set()
    open_ = [start]
    while open_:
        place = open_.pop()
        if place == goal:
            return True
        if place in seen:
            continue
        seen.add(place)
        # a question is shown only where its page (and its table) is
        open_ += [found for found in _depends(place, nodes) if found is not None]
        if len(place) > 1 and place[:-1] in nodes:
            open_.append(place[:-1])
    return False


def _depends(place: Place, nodes: Mapping[Place, Data]) -> Iterator[Place | None]:
    for setting in ("visible_when", "required_when"):
        said = nodes[place].get(setting)
        if said is None:
            continue
        try:
            condition = conditions.read(said)
        except conditions.Unreadable:
            continue
        for name in conditions.fields_of(condition):
            yield _find(name, place, nodes)


def _remarks(data: Mapping[str, Any], nodes: Mapping[Place, Data], *, readable: bool) -> Iterator[Advice]:
    """What does not stop anybody, but is seldom meant."""
    roles = {str(node.get("role")) for node in nodes.values()}
    if not data.get("procedures"):
        yield Advice(None, "", "No procedure uses this form yet. Name one in the settings.", blocking=False)
    if not roles & {"applicant", "applicant.name"}:
        yield Advice(
            None, "", "No question says who is asking. Add a person with the meaning “applicant”.", blocking=False
        )
    if "result.delivery" not in roles:
        yield Advice(None, "", "No question asks how the result shall be handed over.", blocking=False)
    for place, node in nodes.items():
        for setting in ("title", "label"):
            words = node.get(setting)
            if isinstance(words, Mapping) and words.get("vi") and words.get("vi") == words.get("en"):
                yield Advice(
                    place, name_of(node), "The English words are the same as the Vietnamese ones.", blocking=False
                )
    if readable and unfillable(data):
        yield Advice(
            None, "", "No answers satisfy all rules and conditions: nobody could submit this form.", blocking=True
        )
