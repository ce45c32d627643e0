"""The card's code before the camera of a desk: a browser that reads no codes by itself reads it all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.test_walk_in import FIRST, be
from tests.support.browser import FLAGS, axe, chromium

pytestmark = pytest.mark.journey

WIDE, HIGH = 1280, 720
MODULE = 10
"""Pixels of one dot of the code, held before a camera of a desk."""


def film(path: Path, text: str) -> Path:
    """A film (YUV4MPEG2) of a card that nobody moves: its code in the middle of the picture."""
    rows = [[bool(dot) for dot in row] for row in segno.make(text, encoding="utf-8", error="m", micro=False).matrix]
    side = len(rows) * MODULE
    left, top = (WIDE - side) // 2, (HIGH - side) // 2
    grey = bytearray(b"\xd0" * (WIDE * HIGH))
    for y, row in enumerate(rows):
        line = b"".join((b"\x18" if dot else b"\xe0") * MODULE for dot in row)
        for step in range(MODULE):
            begin = (top + y * MODULE + step) * WIDE + left
            grey[begin : begin + side] = line
    frame = b"FRAME\n" + bytes(grey) + b"\x80" * (WIDE * HIGH // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\n".encode() + 2 * frame)
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera sees the card."""
    seen = film(tmp_path_factory.mktemp("camera") / "card.y4m", FIRST)
    flags = [
        *FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    ]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=flags, headless=True)
        yield launched
        launched.close()


@pytest.fixture
def context_options() -> dict[str, Any]:
    return {"locale": "vi-VN", "viewport": {"width": 1280, "height": 900}, "permissions": ["camera"]}


def test_the_camera_fills_in_the_person(page: Page) -> None:
    be(page, "counter")
    page.goto("/desk/intake/")
    page.locator("form[action$='/begin/'] button").first.click()
    page.wait_for_url("**/person/")
    page.locator("[data-qr-scan]").click()
    page.wait_for_url("**/procedure/")
    expect(page.locator("main")).to_contain_text("Trần Thị Bình")
    axe(page)
