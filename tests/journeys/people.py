"""The people of the journeys: each with a browser of their own, signed in as a persona of the demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.support.running import Platform

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1366, "height": 900}}

Enter = Callable[..., Page]


@contextmanager
def people(browser: Browser, server: Platform) -> Iterator[Enter]:
    """Gives ``enter("citizen", phone=True)``: a page of that persona (empty name: a visitor).

    Script errors and breaches of the content policy fail the test at the end.
    """
    contexts, troubles = [], []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            troubles.append(message.text)

    def enter(persona: str, *, phone: bool = False, **options: Any) -> Page:
        given = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", **(PHONE if phone else DESK), **options}
        context = browser.new_context(base_url=server.url, **given)
        context.set_default_timeout(15_000)
        # whatever language another story has left with the account
        context.add_cookies([{"name": "django_language", "value": "vi", "url": server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", on_console)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        if persona:
            page.goto("/sign-in/")
            page.locator(f"button[name=persona][value={persona}]").click()
            expect(page).not_to_have_url(f"{server.url}/sign-in/")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not troubles, f"The browser complained: {troubles}"


def fits(page: Page) -> None:
    """Asserts that nothing makes the page scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
