"""IEEE 1849 XES, written event by event: readers such as pm4py, ProM and Disco open it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final, TextIO
from xml.sax.saxutils import escape

from motcua.foundation.clock import VIETNAM
from motcua.services.dossiers.exporting.events import Case, Counts, Step

_CAREFUL: Final = re.compile('[\x00-\x1f<>&"\ufffe\uffff]')
_FORBIDDEN: Final = re.compile("[\x00-\x1f\ufffe\uffff]")
_EXTENSIONS: Final = (
    ("Concept", "concept"),
    ("Time", "time"),
    ("Lifecycle", "lifecycle"),
    ("Organizational", "org"),
)
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
{extensions}
  <global scope="trace">
    <string key="concept:name" value=""/>
  </global>
  <global scope="event">
    <string key="concept:name" value=""/>
    <date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
    <string key="lifecycle:transition" value="complete"/>
    <string key="org:resource" value=""/>
    <string key="org:group" value=""/>
  </global>
  <classifier name="Activity" keys="concept:name"/>
  <classifier name="Activity and transition" keys="concept:name lifecycle:transition"/>
  <string key="concept:name" value="motcua"/>
  <string key="lifecycle:model" value="standard"/>
"""


def write_xes(found: Iterable[Case], out: TextIO, watch: Callable[[], None] = lambda: None) -> Counts:
    """Writes a log; ``watch`` is called once per case. Returns how much it holds."""
    lines = (
        f'  <extension name="{name}" prefix="{prefix}" uri="http://www.xes-standard.org/{prefix}.xesext"/>'
        for name, prefix in _EXTENSIONS
    )
    out.write(_HEAD.format(extensions="\n".join(lines)))
    counts = Counts()
    for case in found:
        counts.cases += 1
        counts.events += len(case.steps)
        out.write("  <trace>\n")
        out.write(_attribute("concept:name", case.key, "    "))
        for name, value in case.attributes.items():
            out.write(_attribute(f"motcua:{name}", value, "    "))
        for step in case.steps:
            out.write("    <event>\n")
            out.writelines(_attribute(name, value, "      ") for name, value in _said(step))
            out.write("    </event>\n")
        out.write("  </trace>\n")
        watch()
    out.write("</log>\n")
    return counts


def _said(step: Step) -> Iterator[tuple[str, Any]]:
    yield "concept:name", step.activity
    yield "time:timestamp", step.at
    yield "lifecycle:transition", step.transition
    yield "org:resource", step.resource
    yield "org:group", step.group
    yield "motcua:kind", step.kind
    yield "motcua:seq", step.seq
    if step.status is not None:
        yield "motcua:status", step.status


def _attribute(key: str, value: Any, indent: str) -> str:
    """One typed attribute. Text keeps what XML 1.0 admits; keys are our own words and need no care."""
    kind = type(value)
    if kind is str:
        text = value if _CAREFUL.search(value) is None else _escaped(value)
        return f'{indent}<string key="{key}" value="{text}"/>\n'
    if kind is datetime:
        return f'{indent}<date key="{key}" value="{value.astimezone(VIETNAM).isoformat(timespec="milliseconds")}"/>\n'
    if kind is bool:
        return f'{indent}<boolean key="{key}" value="{"true" if value else "false"}"/>\n'
    if isinstance(value, int):
        return f'{indent}<int key="{key}" value="{int(value)}"/>\n'
    return _attribute(key, str(value), indent)


def _escaped(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text), {'"': "&quot;"})
