"""The saved views of the worklist: what each shows, what it is called, how its address is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from motcua.services.dossiers.models import Channel
from motcua.services.dossiers.office.worklists import LEAD, Figures, Filter, Position

FILTERS = ("stage", "state", "agency", "unit", "person", "field", "procedure", "channel", "due", "mine")
NOBODY = "none"
"""How an address says: in nobody's hands."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CURSOR = re.compile(r"(-|\d{1,16})_([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True)
class View:
    """One of the views that every officer has. ``needs`` is the permission without which it would be empty; ``figure``
    the number beside it, if any."""

    key: str
    label: Promise
    wanted: Filter
    tone: str = ""
    needs: str = ""
    figure: str = ""


VIEWS: tuple[View, ...] = (
    View("all", _("All work"), Filter(), figure="open"),
    View("intake", _("To receive"), Filter(stages=("intake",)), needs="dossier.receive", figure="intake"),
    View("transfer", _("To hand over"), Filter(stages=("transfer",)), needs="dossier.receive", figure="transfer"),
    View("process", _("To process"), Filter(stages=("process",)), needs="dossier.process", figure="process"),
    View("consult", _("Opinions to give"), Filter(stages=("consult",)), needs="dossier.process", figure="consult"),
    View("sign", _("To sign"), Filter(stages=("sign",)), needs="dossier.sign", figure="sign"),
    View("return", _("To return"), Filter(stages=("return",)), needs="dossier.return", figure="return_"),
    View("today", _("Due today"), Filter(due="today"), tone="soon", figure="today"),
    View("late", pgettext_lazy("work", "Late"), Filter(due="late"), tone="late", figure="late"),
    View("waiting", _("Waiting for supplements"), Filter(state="waiting"), figure="waiting"),
    View("mine", _("Mine"), Filter(mine=True), figure="mine"),
    View("unit", _("All work of my units"), Filter(scope="led"), needs=LEAD),
    View("elsewhere", _("Ours, with another agency"), Filter(scope="elsewhere"), needs=LEAD),
)
BY_KEY = {view.key: view for view in VIEWS}
STAGE_VIEWS = tuple(view for view in VIEWS if len(view.wanted.stages) == 1)
"""The views of one kind of work each; the filter of kinds offers them."""


DUE: tuple[tuple[Literal["late", "today", "week"], Promise], ...] = (
    ("late", pgettext_lazy("work", "Late")),
    ("today", _("Due today")),
    ("week", _("Due within 7 days")),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a worklist asks for. ``query`` is its canonical query string without the page."""

    view: View
    wanted: Filter
    query: str
    filtered: int
    after: Position | None
    before: Position | None


def read(params: Mapping[str, str]) -> Asked:
    """Reads the parameters of a worklist; what makes no sense is left out, never an error."""
    view = BY_KEY.get(params.get("view", ""), VIEWS[0])
    wanted = view.wanted
    kept = QueryDict(mutable=True)
    if view is not VIEWS[0]:
        kept["view"] = view.key
    stage = params.get("stage", "")
    if stage in wanted.stages and len(wanted.stages) > 1:
        wanted, kept["stage"] = replace(wanted, stages=(stage,)), stage
    if params.get("state") == "waiting" and wanted.state == "open":
        wanted, kept["state"] = replace(wanted, state="waiting"), "waiting"
    for name, attribute in (("agency", "within"), ("unit", "unit_id"), ("field", "field_id"), ("person", "person_id")):
        key = _key(params.get(name, ""))
        if key is not None:
            wanted, kept[name] = replace(wanted, **{attribute: key}), str(key)  # type: ignore[arg-type]  # by name
    if params.get("person") == NOBODY:
        wanted, kept["person"] = replace(wanted, nobody=True), NOBODY
    procedure = params.get("procedure", "").strip()[:40].replace("\0", "")
    if procedure:
        wanted, kept["procedure"] = replace(wanted, procedure_code=procedure), procedure
    channel = params.get("channel", "")
    if channel in Channel.values:
        wanted, kept["channel"] = replace(wanted, channel=channel), channel
    due = params.get("due", "")
    if not wanted.due:
        for known, _label in DUE:
            if due == known:
                wanted, kept["due"] = replace(wanted, due=known), due
    if params.get("mine") and not wanted.mine:
        wanted, kept["mine"] = replace(wanted, mine=True), "1"
    filtered = sum(1 for name in FILTERS if name in kept)
    return Asked(
        view,
        wanted,
        kept.urlencode(),
        filtered,
        position(params.get("after", "")),
        position(params.get("before", "")),
    )


def count_of(view: View, figures: Figures) -> str | None:
    """The number beside a view, if it has one; one's own work is counted up to a bound."""
    if not view.figure:
        return None
    number = int(getattr(figures, view.figure))
    return "99+" if view.key == "mine" and number > 99 else str(number)


def cursor(position: Position | None) -> str:
    """A position as it stands in an address: microseconds since 1970, or a dash without a due date, and the key."""
    if position is None:
        return ""
    moment, key = position
    # whole microseconds: a float would lose the last ones, and with them rows at a page's edge
    first = "-" if moment is None else str((moment - _EPOCH) // _MICROSECOND)
    return f"{first}_{key}"


def position(text: str) -> Position | None:
    match = _CURSOR.fullmatch(text)
    key = _key(match[2]) if match else None
    if match is None or key is None:
        return None
    if match[1] == "-":
        return None, key
    try:
        return _EPOCH + int(match[1]) * _MICROSECOND, key
    except OverflowError:
        return None


def _key(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
