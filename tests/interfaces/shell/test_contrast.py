"""Every pair of text and ground that the stylesheets use can be read, in both themes (WCAG 2.2 §1.4.3, §1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.interfaces.colours import ColourError, contrast, stylesheet

TOKENS = Path(__file__).resolve().parents[3] / "frontend" / "src" / "styles" / "_tokens.scss"
GROUNDS = ("ground", "surface", "raised")
TEXT_ON_GROUNDS = ("ink", "muted", "link", "link-hover", "link-visited", "brand-ink", "done", "wait", "late", "info")


def theme(name: str) -> dict[str, str]:
    """The colours of a theme by name."""
    body = re.search(rf"@mixin {name} \{{(.*?)\n\}}", TOKENS.read_text(encoding="utf-8"), re.DOTALL)
    assert body is not None
    return dict(re.findall(r"--mc-([a-z-]+): (#[0-9a-f]{6})", body.group(1)))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_can_be_read(name: str) -> None:
    colours = theme(name)
    pairs = [(text, ground) for text in TEXT_ON_GROUNDS for ground in GROUNDS]
    pairs += [(tone, f"{tone}-ground") for tone in ("info", "done", "wait", "late")]
    pairs += [("ink", "select"), ("ink", "surface-strong"), ("muted", "surface-strong"), ("muted", "quiet-ground")]
    pairs += [("ink", "wait-ground"), ("ink", "late-ground"), ("ink", "info-ground"), ("ink", "done-ground")]
    pairs += [
        ("on-brand", "brand"),
        ("on-brand", "brand-strong"),
        ("focus-ink", "focus"),
        ("ground", "done"),
        ("band-ink", "band"),
    ]
    weak = [
        (text, ground, round(contrast(colours[text], colours[ground]), 2))
        for text, ground in pairs
        if contrast(colours[text], colours[ground]) < 4.5
    ]
    assert not weak


@pytest.mark.parametrize("name", ["light", "dark"])
def test_borders_of_controls_can_be_seen(name: str) -> None:
    colours = theme(name)
    assert all(contrast(colours["line-strong"], colours[ground]) >= 3 for ground in GROUNDS)


colour = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@given(colour, colour)
def test_contrast_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.001


@given(colour)
def test_a_province_cannot_set_a_brand_that_white_text_cannot_be_read_on(brand: str) -> None:
    if contrast(brand, "#ffffff") < 4.5:
        with pytest.raises(ColourError):
            stylesheet(brand, "")
    else:
        assert f"--mc-brand:{brand}" in stylesheet(brand, "")


@pytest.mark.parametrize("bad", ["red", "#fff", "#12345g", "#123456;}", "url(x)"])
def test_only_plain_colours_reach_the_stylesheet(bad: str) -> None:
    with pytest.raises(ColourError):
        stylesheet("", bad)
