"""Vietnamese syllables for search: folded, i for y, in pairs."""

from __future__ import annotations

import re
import unicodedata

_SYLLABLE = re.compile(r"[a-z0-9]+")
_FINAL_Y = re.compile(r"(?<=[hklmstv])y\b")


def fold(text: str) -> str:
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in text if not unicodedata.combining(c)).lower()


def syllables(text: str) -> list[str]:
    """Folded syllables in order; "lý" and "lí", "kỹ" and "kĩ" come out alike."""
    return _SYLLABLE.findall(_FINAL_Y.sub("i", fold(text)))


def folded(text: str) -> str:
    """The folded syllables joined by one space."""
    return " ".join(syllables(text))
