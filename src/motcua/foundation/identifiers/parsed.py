"""What every parser of an identifier answers. Parsers never raise: rubbish gets a typed refusal with its reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from motcua.foundation.messages import Text, Translate, as_it_is


@dataclass(frozen=True)
class Parsed:
    """``ok``: usable. ``kind``: which of the known forms. ``value``: the canonical writing. ``parts``: what it says.

    ``reason``: why it is refused (None when ok). A refusal may still carry a kind and parts, as far as they were read;
    the reason never repeats the input, which may be personal.
    """

    ok: bool
    kind: str
    value: str = ""
    parts: Mapping[str, Any] = field(default_factory=dict)
    reason: Text | None = None

    def as_data(self, translate: Translate = as_it_is) -> dict[str, Any]:
        """``{ok, kind, parts, reason}`` as the command and the API publish it."""
        parts = dict(self.parts)
        if self.ok:
            parts = {"value": self.value, **parts}
        return {
            "ok": self.ok,
            "kind": self.kind,
            "parts": parts,
            "reason": self.reason.render(translate) if self.reason else None,
        }


def accepted(kind: str, value: str, **parts: Any) -> Parsed:
    """An identifier that is understood."""
    return Parsed(True, kind, value, parts)


def refused(kind: str, reason: str, parts: Mapping[str, Any] | None = None, /, **params: Any) -> Parsed:
    """An identifier that is not, and why: a msgid with named parameters."""
    return Parsed(False, kind, "", parts or {}, Text(reason, params))


# Full-width letters and digits, and the dashes and dots that word processors put for plain ones.
_PLAIN = {0xFF01 + at: 0x21 + at for at in range(94)} | dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212), 0x2D)


def compact(text: str, drop: str = "") -> str:
    """``text`` without white space, invisible characters and those in ``drop``; full-width forms and dashes made plain.

    Copied numbers bring such guests along. Digits of other scripts are not made Latin and so are refused later.
    """
    return "".join(
        character
        for character in text.translate(_PLAIN)
        if character not in drop and not character.isspace() and unicodedata.category(character) != "Cf"
    )


LONGEST = 200
"""Longer texts are no identifiers and are not looked at further."""

EMPTY = "Nothing was entered."
TOO_LONG = "This is too long to be such a code."


def screened(text: str, kind: str = "unknown", longest: int = LONGEST) -> Parsed | None:
    """The refusal of what is empty or far too long, before anything costly looks at it."""
    if len(text) > longest:
        return refused(kind, TOO_LONG)
    return None if text.strip() else refused(kind, EMPTY)
