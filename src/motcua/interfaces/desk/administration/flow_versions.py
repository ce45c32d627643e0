"""A flow's versions: their state, what differs between two, who did what and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.engines.flows import queries
from motcua.engines.flows.models import Flow, FlowVersion
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.interfaces.desk.administration.blocks import Block, Cell, Pairs, Table
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


def deeds_block(found: Flow) -> Block:
    """Who did what and when, from the ledger."""
    words = {
        "flow.drafted": _("kept a draft"),
        "flow.published": _("published"),
        "flow.undone": _("took a publication back"),
        "flow.draft_discarded": _("threw a draft away"),
        "flow.changed": _("changed what takes it"),
    }
    rows = []
    for deed in queries.deeds(found):
        parts = [words.get(deed.kind, deed.kind), _("version %(number)s") % {"number": deed.version}]
        if deed.effective_from:
            day = date.fromisoformat(deed.effective_from)
            parts.append(_("from %(day)s") % {"day": f"{day:%d/%m/%Y}"})
        parts += [f"+ {one}" for one in deed.takes] + [f"− {one}" for one in deed.leaves]
        rows.append((f"{deed.at.astimezone(VIETNAM):%H:%M %d/%m/%Y} · {deed.by}", ", ".join(parts)))
    return Pairs(rows, title=_("Who changed what"))
