"""A province's own colours: checked for contrast, given to the browser as custom properties (WCAG 2.2 §1.4.3)."""

from __future__ import annotations

import re

HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
READABLE = 4.5  # contrast of text against its ground, WCAG 2.2 AA
WHITE = "#ffffff"


class ColourError(ValueError):
    """Not a colour of the form #rrggbb, or one that cannot be read."""


def luminance(colour: str) -> float:
    """Relative luminance (0 black to 1 white) of a colour ``#rrggbb``."""
    if not HEX.fullmatch(colour):
        raise ColourError(colour)
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def shade(colour: str, share: float) -> str:
    """The colour with ``share`` (0 to 1) of black mixed in."""
    if not HEX.fullmatch(colour):
        raise ColourError(colour)
    return "#" + "".join(f"{round(int(colour[start : start + 2], 16) * (1 - share)):02x}" for start in (1, 3, 5))


def stylesheet(brand: str, accent: str) -> str:
    """The custom properties that replace brand and accent; an empty colour leaves that of the house.

    Raises ColourError if the brand colour cannot carry white text.
    """
    lines: list[str] = []
    if brand:
        if contrast(brand, WHITE) < READABLE:
            raise ColourError(brand)
        lines += [f"--mc-brand:{brand.lower()}", f"--mc-brand-strong:{shade(brand, 0.25)}"]
    if accent:
        luminance(accent)
        lines.append(f"--mc-accent:{accent.lower()}")
    return ":root{" + ";".join(lines) + "}\n" if lines else ""
