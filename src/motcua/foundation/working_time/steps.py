"""Sentences that explain a reckoning: msgids with parameters, translated by whoever shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from motcua.foundation.messages import Text, Translate, as_it_is


@dataclass(frozen=True)
class Step:
    """One step of a reckoning: when, what, and by which text of law (such as ``ND118 Đ17.3``)."""

    at: datetime
    text: str
    basis: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def render(self, translate: Translate = as_it_is) -> str:
        """The sentence in the language of ``translate`` (gettext)."""
        return Text(self.text, self.params).render(translate)

    def as_data(self, translate: Translate = as_it_is) -> dict[str, str]:
        """``{at, text, basis}`` with the moment in ISO 8601, as the command and the API publish it."""
        return {"at": self.at.isoformat(), "text": self.render(translate), "basis": self.basis}
