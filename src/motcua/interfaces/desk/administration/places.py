"""Places within a procedure as people call them: ``methods[0].fees[1].amount`` is “way to submit 1, fee 2, amount”."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from motcua.services.procedures.models import Channel, Level, ProcedureVersion, TimeUnit

if TYPE_CHECKING:
    from motcua.interfaces.desk.administration.blocks import Words

NAMES: Final[dict[str, Words]] = {
    "methods": gettext_lazy("way to submit"),
    "fees": gettext_lazy("fee"),
    "cases": gettext_lazy("case"),
    "papers": gettext_lazy("paper"),
    "components": gettext_lazy("papers"),
    "forms": gettext_lazy("form"),
    "legal": gettext_lazy("legal basis"),
    "time": gettext_lazy("time"),
    "value": gettext_lazy("time"),
    "unit": gettext_lazy("unit of time"),
    "raw": gettext_lazy("time in words"),
    "amount": gettext_lazy("amount"),
    "currency": gettext_lazy("currency"),
    "label": gettext_lazy("name"),
    "name": gettext_lazy("name"),
    "code": gettext_lazy("code"),
    "channel": gettext_lazy("channel"),
    "field": gettext_lazy("field"),
    "results": gettext_lazy("result"),
    "decision_no": gettext_lazy("decision that published it"),
    "handled_level": gettext_lazy("handled by"),
    "originals": gettext_lazy("originals"),
    "copies": gettext_lazy("copies"),
    "doubtful": gettext_lazy("doubtful"),
}
VALUES: Final[dict[str, type[TextChoices]]] = {
    "unit": TimeUnit,
    "channel": Channel,
    "handled_level": Level,
    "source": ProcedureVersion.Source,
    "state": ProcedureVersion.State,
}
_PART = re.compile(r"([a-z_]+)(?:\[(\d+)\])?")


def place_words(path: str) -> str:
    """The place in words; parts that have none stay as they are."""
    found = []
    for part in path.split("."):
        match = _PART.fullmatch(part)
        if match is None:
            found.append(choice_words("channel", part))
            continue
        name = str(NAMES.get(match[1], match[1].replace("_", " ")))
        found.append(f"{name} {int(match[2]) + 1}" if match[2] else name)
    said = ", ".join(found)
    return said[:1].upper() + said[1:]


def choice_words(name: str, value: Any) -> str:
    """A value of an enumeration by its label; anything else as it is. ``name``: the setting, or the last of its
    place."""
    kind = VALUES.get(name.rsplit(".", 1)[-1])
    if kind is not None and isinstance(value, str) and value in kind.values:
        return str(kind(value).label)
    return "" if value is None else str(value)
