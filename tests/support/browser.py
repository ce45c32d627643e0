"""Journeys in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.support.running import Platform

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "test-results"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
FAILED = pytest.StashKey[bool]()


def chromium() -> str:
    """The browser: ``MOTCUA_CHROMIUM`` or the machine's own."""
    found = os.environ.get("MOTCUA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.fail("Journeys need Chromium: apt install chromium, or set MOTCUA_CHROMIUM.")
    return found


def watch_outcome(item: pytest.Item, report: pytest.TestReport) -> None:
    """Remembers that the test itself failed."""
    if report.when == "call":
        item.stash[FAILED] = report.failed


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module. Not longer: Playwright's event loop would stand in the way of other tests."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS, headless=True)
        yield launched
        launched.close()


@pytest.fixture
def context_options() -> dict[str, Any]:
    """How the browser presents itself; a module overrides this for a phone, no JavaScript, another language."""
    return {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def page(
    request: pytest.FixtureRequest, browser: Browser, server: Platform, context_options: dict[str, Any]
) -> Iterator[Page]:
    """A page in a fresh context on the running platform. Script errors and broken policy fail the test.

    Addresses may be relative: ``page.goto("/")``.
    """
    context: BrowserContext = browser.new_context(base_url=server.url, **context_options)
    context.set_default_timeout(15_000)
    opened = context.new_page()
    troubles: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # The browser reports answers 4xx as errors too; those are for the journey to judge.
        if message.type == "error" and "Failed to load resource" not in message.text:
            troubles.append(message.text)

    opened.on("console", on_console)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    yield opened
    if request.node.stash.get(FAILED, False):
        PICTURES.mkdir(exist_ok=True)
        opened.screenshot(path=PICTURES / f"{request.node.name}.png", full_page=True)
    context.close()
    assert not troubles, f"The browser complained: {troubles}"


AT_REST = """async () => {
    await document.fonts.ready
    window.scrollTo({top: 0, behavior: 'instant'})
    const finite = document.getAnimations().filter(each => each.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(finite.map(each => each.finished))
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
}"""


def axe(page: Page, *, exclude: list[str] | None = None) -> None:
    """Asserts that the page as it stands breaks no rule of WCAG 2.2, levels A and AA.

    The checker is handed to the browser by its debugging door, which the page's policy does not concern. It measures
    the page at rest and from its top: a font that arrives while it measures would shift what it measured, and a focus
    that scrolled the page would leave whatever comes to lie under the bar that stays.
    """
    page.wait_for_load_state("load")
    page.evaluate(AT_REST)
    if not AXE.exists():
        pytest.fail(f"{AXE} is missing; make setup-dev installs it.")
    page.evaluate(AXE.read_text())
    scope = {"include": [["html"]], "exclude": [[selector] for selector in exclude or []]}
    result = page.evaluate(
        "([scope, tags]) => axe.run(scope, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        [scope, WCAG],
    )
    found = [
        {
            "rule": item["id"],
            "help": item["help"],
            "where": [[node["target"], node["failureSummary"]] for node in item["nodes"]][:5],
        }
        for item in result["violations"]
    ]
    assert not found, f"{page.url}: " + json.dumps(found, ensure_ascii=False, indent=1)
