"""A specialist's and a head's morning without a mouse: lists, help, many at once, on to the next, undo, the leader."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_desk import be, receive
from tests.support.browser import axe

pytestmark = pytest.mark.journey


def test_a_morning_by_keyboard(page: Page) -> None:
    be(page, "counter")
    for _ in range(3):
        receive(page)
    be(page, "specialist")
    rows = page.locator("tr[data-row]")
    expect(rows.nth(2)).to_be_visible()
    # the help lists the keys of this very page, and keeps the focus
    page.keyboard.press("?")
    help_ = page.locator("#mc-keys")
    expect(help_).to_be_visible()
    expect(help_.locator("[data-page-keys] kbd", has_text="C").first).to_be_visible()
    assert page.evaluate("document.getElementById('mc-keys').contains(document.activeElement)")
    axe(page)
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    # no key acts while one types
    page.keyboard.press("/")
    page.keyboard.type("xj?")
    expect(page.locator("#desk-search")).to_have_value("xj?")
    expect(help_).to_be_hidden()
    page.fill("#desk-search", "")
    page.keyboard.press("Escape")
    # two rows marked, taken in hand together
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    page.keyboard.press("C")
    # a few are done at once and told on the list; what takes longer has a page of its own
    done = page.locator(".mc-notice--done, .mc-bulk-state:has-text('Đã xong')")
    expect(done.first).to_be_visible(timeout=30_000)
    if "/bulk/" in page.url:
        page.goto("/desk/")
    # one is passed on: the next stands there at once, and z takes it back
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dossiers/**")
    first = page.url
    page.keyboard.press("f")
    page.locator("#act-pass_on button.govuk-button").click()
    expect(page.locator(".mc-done")).to_be_visible()
    assert page.url != first
    axe(page, exclude=["iframe"])
    page.keyboard.press("z")
    page.wait_for_url(first)
    expect(page.locator(".mc-notice--done")).to_be_visible()
    # the head's screen, from the keyboard alone
    be(page, "head")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/leader/")
    axe(page)
    page.keyboard.press("s")
    page.wait_for_url("**/decide/")
    axe(page)


def test_a_scanner_is_faster_than_the_page(page: Page) -> None:
    be(page, "counter")
    codes = [receive(page) for _ in range(2)]
    page.goto("/desk/batch/")
    # as a scanner does it: no pause between one code's Enter and the next code
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")
    expect(page.locator("#pile tr[data-row]")).to_have_count(2)
    expect(page.locator("#pile-code")).to_be_focused()
    axe(page)
