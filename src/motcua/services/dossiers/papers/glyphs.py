"""Which letters the typeface of our papers has. PDF/A admits no text that cannot be shown, so others are replaced."""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, Final

REPLACEMENT: Final = "?"
_FACES: Final = ("Regular", "SemiBold", "Italic")


@cache
def _letters() -> frozenset[int]:
    """The code points that all faces in use can show."""
    import fontpkg_be_vietnam_pro

    folder = Path(fontpkg_be_vietnam_pro.ROOT) / "files"
    return frozenset.intersection(*(covered((folder / f"BeVietnamPro-{face}.ttf").read_bytes()) for face in _FACES))


def covered(font: bytes) -> frozenset[int]:
    """The code points with a glyph in a TrueType font (table ``cmap``, formats 4 and 12)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * number) for number in range(tables))
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    found: set[int] = set()
    for number in range(count):
        (offset,) = struct.unpack_from(">I", font, cmap + 4 + 8 * number + 4)
        (kind,) = struct.unpack_from(">H", font, cmap + offset)
        if kind == 4:
            found |= _segments(font, cmap + offset)
        elif kind == 12:
            found |= _groups(font, cmap + offset)
    return frozenset(found)


def _segments(font: bytes, at: int) -> set[int]:
    (doubled,) = struct.unpack_from(">H", font, at + 6)
    size = doubled // 2
    ends = struct.unpack_from(f">{size}H", font, at + 14)
    starts = struct.unpack_from(f">{size}H", font, at + 16 + doubled)
    deltas = struct.unpack_from(f">{size}H", font, at + 16 + 2 * doubled)
    places = at + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{size}H", font, places)
    found = set()
    for number, (start, end, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for point in range(start, min(end, 0xFFFE) + 1):
            glyph = point
            if offset:
                (glyph,) = struct.unpack_from(">H", font, places + 2 * number + offset + 2 * (point - start))
            if glyph and (glyph + delta) % 65536:
                found.add(point)
    return found


def _groups(font: bytes, at: int) -> set[int]:
    (count,) = struct.unpack_from(">I", font, at + 12)
    found: set[int] = set()
    for number in range(count):
        start, end, _ = struct.unpack_from(">III", font, at + 16 + 12 * number)
        found.update(range(start, end + 1))
    return found


def printable(value: Any) -> Any:
    """The same data with every letter that cannot be printed replaced by “?”; line breaks stay, marks are composed."""
    if isinstance(value, str):
        return "".join(_shown(letter) for letter in unicodedata.normalize("NFC", value))
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [printable(item) for item in value]
    return value


def _shown(letter: str) -> str:
    if letter == "\n":
        return letter
    category = unicodedata.category(letter)
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category in ("Cf", "Cs"):
        return ""
    # The head of a paper is set in capitals, and the capital of “µ” is Greek: the letter needs both.
    needed = {letter, *unicodedata.normalize("NFC", letter.upper())}
    shown = category not in ("Co", "Cn") and all(ord(each) in _letters() for each in needed)
    return letter if shown else REPLACEMENT
