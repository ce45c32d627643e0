"""A flow's versions: their state, what differs between two, who changed what and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.engines.flows import queries
from motcua.engines.flows.models import Flow, FlowVersion
from motcua.engines.flows.rules import parse
from motcua.engines.ledger.models import Event
from motcua.foundation import clock
from motcua.interfaces.desk.administration.blocks import Block, Cell, Table
from motcua.interfaces.desk.administration.changes import Change, history_of
from motcua.interfaces.desk.administration.flow_form import ACTION_NAMES, STAGES
from motcua.interfaces.desk.administration.flow_words import role_words, unit_words

NO_NAMES: Mapping[str, str] = MappingProxyType({})


def state_words(version: FlowVersion | None) -> str:
    """Draft, in force since a day, or from a day on."""
    if version is None:
        return "–"
    if version.published_at is None or version.effective_from is None:
        return _("draft")
    day = f"{version.effective_from:%d/%m/%Y}"
    if version.effective_from > clock.today():
        return _("from %(day)s") % {"day": day}
    return _("in force since %(day)s") % {"day": day}


def property_words(name: str) -> str:
    """A property of a step as the table heads it."""
    return {
        "name": _("Name"), "name_en": _("In English"), "stage": _("Kind of work"), "unit": _("Who"),
        "hours": _("Working hours"), "next": _("Then"), "join": _("Waits for all before it"),
        "choice": _("One of them is chosen"), "role": _("Role"), "actions": _("Allows only"),
        "system": _("Outside system"),
    }.get(name, name)  # fmt: skip


def cell_words(name: str, value: Any, steps: Mapping[str, str] = NO_NAMES) -> str:
    """What a property says, in words. ``steps``: names of steps by key."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "unit":
        return unit_words(value)
    if name == "stage":
        return str(dict(STAGES).get(value, value))
    if name == "actions":
        return ", ".join(str(ACTION_NAMES[one]) for one in value) or _("everything")
    if name == "role":
        return role_words(value) or "–"
    if isinstance(value, tuple):
        return ", ".join(steps.get(one, one) for one in value) or "–"
    return str(value) if value else "–"


def versions_table(found: Flow) -> Table:
    """All versions, latest first, with what may be done about them."""
    rows = []
    every = list(found.versions.order_by("-number"))
    for place, version in enumerate(every):
        names = " → ".join(str(step.get("name", step.get("key", ""))) for step in version.steps)
        cells = [Cell(version.number, number=True), Cell(state_words(version)), Cell(names)]
        older = every[place + 1] if place + 1 < len(every) else None
        if older is not None:
            address = reverse("desk:flow_compare", args=[found.key]) + f"?a={older.number}&b={version.number}"
            cells.append(Cell(_("what changed"), url=address))
        else:
            cells.append(Cell(""))
        ahead = version.effective_from is not None and version.effective_from > clock.today()
        what = "draft" if version.published_at is None else "publication" if ahead and place == 0 else ""
        undo = reverse("desk:flow_undo", args=[found.key])
        word = _("Throw the draft away") if what == "draft" else _("Take back")
        cells.append(Cell(word, post=undo, hidden=(("what", what),)) if what else Cell(""))
        rows.append(cells)
    return Table([_("Version"), _("State"), _("Steps"), _("Compare"), _("Undo")], rows, title=_("Versions"))


def history_block(found: Flow) -> Block:
    """Who changed what: each step before and after, and what takes the flow; from the ledger."""
    return history_of(found.pk, changes=_changed)


def _changed(event: Event) -> Iterator[Change]:
    data: Mapping[str, Any] = event.data
    if "before" in data:
        before, after = parse(data["before"] or ()), parse(data.get("steps") or ())
        names = {step.key: step.title(get_language() or "vi") for step in (*before.steps, *after.steps)}
        for one in queries.compared(before, after):
            for name, was, now in one.cells:
                words = cell_words(name, was, names), cell_words(name, now, names)
                yield Change(f"{one.name} · {property_words(name)}", *words)
            if one.kind == "added":
                yield Change(one.name, "–", _("added"))
            elif one.kind == "removed":
                yield Change(one.name, _("removed"), "–")
    if data.get("takes") or data.get("leaves"):
        yield Change(_("Taken by"), ", ".join(data.get("leaves", ())) or "–", ", ".join(data.get("takes", ())) or "–")
