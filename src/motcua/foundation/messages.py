"""Sentences that foundation hands up: an English msgid with parameters, translated by whoever shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from motcua.foundation.clock import VIETNAM

Translate = Callable[[str], str]


def as_it_is(msgid: str) -> str:
    return msgid


def _shown(value: Any, translate: Translate) -> Any:
    if isinstance(value, Text):
        return value.render(translate)
    if isinstance(value, datetime):
        return value.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, tuple):
        return ", ".join(str(_shown(each, translate)) for each in value)
    return value


@dataclass(frozen=True)
class Text:
    """An English msgid with named parameters. Parameters may be texts, days, moments or tuples of these."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def render(self, translate: Translate = as_it_is) -> str:
        """The sentence in the language of ``translate`` (gettext)."""
        template = translate(self.msgid)
        if not self.params:
            return template
        return template % {name: _shown(value, translate) for name, value in self.params.items()}

    def __str__(self) -> str:
        return self.render()
