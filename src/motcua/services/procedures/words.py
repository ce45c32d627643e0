"""Vietnamese syllables for search: folded, i for y, in order; with the accents kept aside."""

from __future__ import annotations

import re
import unicodedata

from motcua.foundation.text import fold, unify_iy

# What ``unify_iy`` does, for syllables one by one: an index is made of millions.
_WITH_I = {f"{initial}y": unify_iy(f"{initial}y") for initial in ("h", "k", "l", "m", "s", "t", "v", "qu")}
_SYLLABLE = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"[^\W_]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_OPEN_Y = re.compile(r"(?<=^[hklmstv])y$")


def syllables(text: str) -> list[str]:
    """Folded syllables in order; "lý" and "lí", "kỹ" and "kĩ" come out alike."""
    return [_WITH_I.get(word, word) for word in _SYLLABLE.findall(fold(text))]


def folded(text: str) -> str:
    """The folded syllables joined by one space."""
    return " ".join(syllables(text))


def accents(word: str) -> str:
    """A syllable with its accents in one way of writing: "hoà" and "hòa", "kỹ" and "kĩ" are the same."""
    parts = unicodedata.normalize("NFD", word.lower())
    tone = "".join(mark for mark in parts if mark in _TONES)
    letters = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in _TONES))
    return _OPEN_Y.sub("i", letters) + tone


def spoken(text: str) -> list[tuple[str, str]]:
    """Each syllable folded and with accents, in order."""
    found: list[tuple[str, str]] = []
    for word in _WORD.findall(unicodedata.normalize("NFC", text)):
        plain = syllables(word)
        if len(plain) == 1:
            found.append((plain[0], accents(word)))
        else:
            found.extend((one, one) for one in plain)
    return found
