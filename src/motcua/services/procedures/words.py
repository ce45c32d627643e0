"""Vietnamese syllables for search: folded, i for y, in order."""

from __future__ import annotations

import re

from motcua.foundation.text import fold, unify_iy

_SYLLABLE = re.compile(r"[a-z0-9]+")


def syllables(text: str) -> list[str]:
    """Folded syllables in order; "lý" and "lí", "kỹ" and "kĩ" come out alike."""
    return _SYLLABLE.findall(unify_iy(fold(text)))


def folded(text: str) -> str:
    """The folded syllables joined by one space."""
    return " ".join(syllables(text))
