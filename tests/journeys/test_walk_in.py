"""A walk-in without writing: from “next please” to the receipt, every key press and click counted."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import axe
from tests.support.running import Platform

pytestmark = pytest.mark.journey

FIRST = "046190000123|191234567|Trần Thị Bình|17051990|Nữ|12 Nguyễn Huệ, Huế|10052021"
SECOND = "046090000777||Lê Văn Cường|01021990|Nam|5 Lê Lợi, Huế|10052021"
PROCEDURE = "2.000815"
MOST = 12
SECONDS = 90


class Hands:
    """The officer's hands: each press and each click counts one."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)

    def scan(self, text: str) -> None:
        """The scanner types into the focused field and ends with Enter: no press of the officer's."""
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Enter")


def be(page: Page, persona: str) -> None:
    page.goto("/sign-in/")
    page.click(f"button[name=persona][value={persona}]")
    page.wait_for_url("**/desk/**", wait_until="domcontentloaded")


def at_rest(page: Page) -> None:
    """Pages that ask for news by themselves: one leaves them between two questions."""
    page.wait_for_load_state("networkidle")


def first_time(page: Page) -> None:
    """The long way, once: the procedure is searched for and the form is filled in by hand."""
    page.goto("/desk/intake/")
    ward = page.locator("#unit option", has_text="phường").first.get_attribute("value")
    page.select_option("#unit", ward)
    page.click("form[action$='/begin/'] button")
    page.fill("[name=card]", FIRST)
    page.keyboard.press("Enter")
    page.wait_for_url("**/procedure/")
    page.fill("main [name=q]", PROCEDURE)
    page.locator(f"#hits button[name=version]:has-text('{PROCEDURE}')").first.click()
    page.wait_for_url("**/form/")
    axe(page)
    if page.locator("[name=phone]:visible").count():
        page.fill("[name=phone]", "0905123456")
    page.fill("[name=documents-0-name]", "Bằng tốt nghiệp")
    page.fill("[name=documents-0-pages]", "1")
    page.fill("[name=documents-0-copies]", "2")
    page.locator("[name=copies_brought]").first.check(force=True)
    if page.locator("[name=address-line]:visible").count():
        page.fill("[name=address-line]", "12 Nguyễn Huệ")
        page.locator("select[name=address-ward]").select_option(index=1)
    page.locator("main form button.govuk-button[data-key=c]").click()
    page.wait_for_url("**/papers/")
    axe(page)
    page.keyboard.press("v")
    page.wait_for_url("**/check/")
    axe(page)
    at_rest(page)
    page.keyboard.press("a")
    page.wait_for_url("**/receipt/")
    expect(page.locator("#receipt-paper a.govuk-button")).to_be_visible(timeout=30_000)
    at_rest(page)


def test_from_next_please_to_the_receipt_in_twelve_presses(page: Page, server: Platform) -> None:
    be(page, "counter")
    first_time(page)
    hands = Hands(page)
    begun = time.monotonic()
    hands.press("n")  # next please: the same counter goes on
    page.wait_for_url("**/person/")
    expect(page.locator("[name=card]")).to_be_focused()
    hands.scan(SECOND)
    page.wait_for_url("**/procedure/")
    expect(page.locator("[data-key='1']")).to_contain_text(PROCEDURE)
    hands.press("1")  # the counter's favourite
    page.wait_for_url("**/form/")
    expect(page.locator("main")).to_contain_text("Lê Văn Cường")
    hands.press("l")  # what names nobody, as last time
    expect(page.locator("[name=documents-0-name]")).to_have_value("Bằng tốt nghiệp")
    expect(page.locator("main")).not_to_contain_text("Trần Thị Bình")
    hands.press("c")  # continue
    page.wait_for_url("**/papers/")
    hands.press("v")  # all papers as listed
    page.wait_for_url("**/check/")
    with page.context.expect_page() as opened:
        hands.press("s")  # the second screen
    citizen = opened.value
    citizen.wait_for_load_state()
    axe(citizen)
    citizen.locator("main form button").click()  # the citizen's own click
    expect(page.locator("#confirmation .mc-notice--done")).to_be_visible(timeout=15_000)
    at_rest(page)
    hands.press("a")  # receive
    page.wait_for_url("**/receipt/")
    paper = page.locator("#receipt-paper a.govuk-button")
    expect(paper).to_be_visible(timeout=30_000)
    at_rest(page)
    with page.context.expect_page():
        hands.press("p")  # print
    assert page.request.get(paper.get_attribute("href") or "").body().startswith(b"%PDF")
    taken = time.monotonic() - begun
    assert hands.count <= MOST, f"{hands.count} presses and clicks"
    assert taken < SECONDS, f"{taken:.0f} s"
    print(f"{hands.count} presses, {taken:.1f} s from “next please” to the printed receipt")  # noqa: T201
