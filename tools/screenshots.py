"""Remakes the pictures of the README: a platform of its own with the demo province, Chromium, five pages.

python -m tools.screenshots [--url http://localhost:8000]      (or ``make screenshots``)
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
PHONE, DESK = {"width": 390, "height": 780}, {"width": 1366, "height": 860}
GAP, GROUND = 24, (233, 230, 223)


@contextmanager
def platform() -> Iterator[str]:
    """A demo platform in a home that is thrown away. Yields its address."""
    home = Path(tempfile.mkdtemp(prefix="motcua-pictures-"))
    home.chmod(0o711)
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "motcua.interfaces.cli", "start", "--demo", "--demo-dossiers=2000", "--port=8400"],
            env={**os.environ, "MOTCUA_HOME": str(home)},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        for _ in range(3000):
            ready = re.search(r"ready after .*?(http://\S+?)/? ", log.read_text(errors="replace"))
            if ready:
                break
            if process.poll() is not None:
                raise RuntimeError(log.read_text(errors="replace")[-2000:])
            time.sleep(0.1)
        else:
            raise RuntimeError("The platform was not ready in five minutes.")
        yield ready[1]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        shutil.rmtree(home, ignore_errors=True)


def enter(browser: Browser, address: str, persona: str, size: dict[str, int]) -> Page:
    """A page of a persona (empty: a visitor)."""
    page = browser.new_context(base_url=address, locale="vi-VN", viewport=size, device_scale_factor=1.5).new_page()
    if persona:
        page.goto("/sign-in/")
        page.locator(f"button[name=persona][value={persona}]").click()
        page.wait_for_load_state("networkidle")
    return page


def take(page: Page, name: str) -> Path:
    """A picture of what is seen without scrolling."""
    page.wait_for_load_state("networkidle")
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    return path


def shoot(browser: Browser, address: str) -> list[Path]:
    """The five pages, phone first."""
    visitor = enter(browser, address, "", PHONE)
    visitor.goto("/")
    home = take(visitor, "home")
    visitor.goto("/procedures/1.001193/")
    procedure = take(visitor, "procedure")
    citizen = enter(browser, address, "citizen", PHONE)
    citizen.goto("/dossiers/")
    citizen.locator("main a[href^='/dossiers/H57']").first.click()
    mine = take(citizen, "my-dossier")
    officer = enter(browser, address, "counter", DESK)
    officer.goto("/desk/")
    worklist = take(officer, "worklist")
    officer.locator("a[href^='/desk/dossiers/']").first.click()
    dossier = take(officer, "desk-dossier")
    return [home, procedure, mine, worklist, dossier]


def overview(pictures: list[Path]) -> None:
    """One picture of all: the phones side by side above the desk."""
    opened = [Image.open(path).convert("RGB") for path in pictures]
    phones, desks = opened[:3], opened[3:]
    width = max(sum(p.width for p in phones) + GAP * 4, sum(d.width for d in desks) // 2 + GAP * 3)
    desk_width = (width - GAP * 3) // 2
    desks = [d.resize((desk_width, d.height * desk_width // d.width), Image.Resampling.LANCZOS) for d in desks]
    sheet = Image.new("RGB", (width, phones[0].height + desks[0].height + GAP * 3), GROUND)
    left = (width - sum(p.width for p in phones) - GAP * 2) // 2
    for picture in phones:
        sheet.paste(picture, (left, GAP))
        left += picture.width + GAP
    left = GAP
    for picture in desks:
        sheet.paste(picture, (left, phones[0].height + GAP * 2))
        left += picture.width + GAP
    sheet.quantize(160).save(IMAGES / "overview.png", optimize=True)


def main() -> None:
    """Takes the pictures and puts them together."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", help="A demo platform that runs already.")
    given = parser.parse_args()
    chromium = os.environ.get("MOTCUA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("Pictures need Chromium: apt install chromium, or set MOTCUA_CHROMIUM.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        if given.url:
            pictures = shoot(browser, given.url)
        else:
            with platform() as address:
                pictures = shoot(browser, address)
        browser.close()
    overview(pictures)
    for picture in pictures:
        Image.open(picture).convert("RGB").quantize(128).save(picture, optimize=True)
    print(f"{len(pictures)} pictures and docs/images/overview.png")


if __name__ == "__main__":
    main()
