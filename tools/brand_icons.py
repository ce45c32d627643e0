"""Draws the icons of the installed app from the mark: ``python -m tools.brand_icons``. Needs Chromium and playwright.

Run it after a change of ``src/motcua/interfaces/static/motcua/mark.svg`` and commit what it writes.
"""

from __future__ import annotations

import struct
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "src" / "motcua" / "interfaces" / "static" / "motcua"
CHROMIUM = "/usr/bin/chromium"

# name, size in pixels, share of the square that the mark fills, ground
ICONS = [
    ("icon-180.png", 180, 0.74, "#ffffff"),
    ("icon-192.png", 192, 0.92, "transparent"),
    ("icon-512.png", 512, 0.92, "transparent"),
    # Platforms cut this one to their own shape; the middle 80 % is safe.
    ("icon-maskable-512.png", 512, 0.56, "#ffffff"),
]


def draw(browser: Browser, size: int, share: float, ground: str) -> bytes:
    """The mark in a square of ``size`` px as PNG."""
    mark = (FOLDER / "mark.svg").read_text(encoding="utf-8")
    inner = round(size * share)
    page = browser.new_page(viewport={"width": size, "height": size})
    page.set_content(
        f"<style>body{{margin:0;width:{size}px;height:{size}px;display:grid;place-items:center;background:{ground}}}"
        f"svg{{width:{inner}px;height:{inner}px}}</style>{mark}"
    )
    picture = page.screenshot(omit_background=True)
    page.close()
    return picture


def icon_file(pictures: dict[int, bytes]) -> bytes:
    """A Windows icon file that holds PNGs (square, sizes below 256)."""
    offset = 6 + 16 * len(pictures)
    head, body = struct.pack("<HHH", 0, 1, len(pictures)), b""
    for size, picture in pictures.items():
        head += struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(picture), offset + len(body))
        body += picture
    return head + body


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, size, share, ground in ICONS:
            (FOLDER / name).write_bytes(draw(browser, size, share, ground))
        sizes = {size: draw(browser, size, 1.0, "transparent") for size in (16, 32, 48)}
        (FOLDER / "favicon.ico").write_bytes(icon_file(sizes))
        browser.close()


if __name__ == "__main__":
    main()
