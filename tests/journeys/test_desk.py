"""Officers at work in a real browser: by keyboard, accessible in the dark too, on a phone, without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.day import COPY, choose, submit
from tests.support.browser import axe
from tests.support.running import Platform

pytestmark = pytest.mark.journey


def be(page: Page, persona: str) -> None:
    """Signs in as a persona of the demonstration."""
    page.goto("/sign-in/")
    page.click(f"button[name=persona][value={persona}]")
    page.wait_for_url("**/desk/**", wait_until="domcontentloaded")


def receive(page: Page) -> str:
    """Receives a walk-in at the counter and returns the code of the dossier."""
    page.goto("/desk/intake/")
    ward = page.locator("#unit option", has_text="phường").first.get_attribute("value")
    page.select_option("#unit", ward)
    submit(page, page.locator("form[action$='/begin/'] button[data-key=n]"))
    page.fill("[name=name]", "Hồ Thị Hành Trình")
    page.fill("[name=identity_number]", "046190000123")
    submit(page, page.locator("main form button.govuk-button[data-key=c]"))
    choose(page, COPY)
    submit(page, page.locator("button[name=paper_form]"))
    page.locator("input[name^=originals_]").first.fill("1")
    submit(page, page.locator("main form button[data-key=c]"))
    submit(page, page.locator("main form button[data-key=a]"))
    return page.locator("[data-code]").inner_text().strip()


def test_a_walk_in_is_received_and_the_receipt_can_be_printed(page: Page) -> None:
    be(page, "counter")
    code = receive(page)
    link = page.locator("#receipt-paper a.govuk-button")
    expect(link).to_be_visible(timeout=30_000)
    paper = page.request.get(link.get_attribute("href") or "")
    assert paper.body().startswith(b"%PDF")
    page.goto("/desk/")
    page.keyboard.press("/")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dossiers/**")
    expect(page.locator("main")).to_contain_text("Hồ Thị Hành Trình")


def test_the_worklist_by_keyboard_keeps_its_place(page: Page) -> None:
    be(page, "counter")
    receive(page)
    receive(page)
    be(page, "specialist")
    rows = page.locator("tr[data-row]")
    assert rows.count() > 1
    axe(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_attribute("data-active", "")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-bar]")).to_be_visible()
    expect(page.locator("[data-bulk-count]")).to_have_text("1")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/dossiers/**")
    axe(page, exclude=["iframe"])
    page.keyboard.press("Escape")
    page.wait_for_url("**/desk/**", wait_until="domcontentloaded")
    expect(rows.nth(1)).to_have_attribute("data-active", "")
    page.keyboard.press("?")
    expect(page.locator("#mc-keys")).to_be_visible()


def test_a_dossier_passes_from_the_counter_to_the_returned_result(page: Page) -> None:
    be(page, "counter")
    code = receive(page)

    def open_it() -> None:
        page.fill("#desk-search", code)
        page.keyboard.press("Enter")
        page.wait_for_url("**/dossiers/**")

    be(page, "specialist")
    open_it()
    first = page.locator("[data-verdicts] > li").first
    page.keyboard.press("1")
    expect(first).to_have_attribute("data-verdict", "enough")
    for _ in range(4):
        if not page.locator("#act-pass_on").count():
            break
        if not page.locator("#act-pass_on[open]").count():
            page.keyboard.press("f")
        page.fill("#pass_on_opinion", "Đủ điều kiện")
        submit(page, page.locator("#act-pass_on button.govuk-button"))
        expect(page.locator(".mc-notice--done")).to_be_visible()
    be(page, "head")
    open_it()
    for _ in range(4):
        if page.locator("#act-complete").count():
            break
        page.keyboard.press("f")
        submit(page, page.locator("#act-pass_on button.govuk-button"))
        expect(page.locator(".mc-notice--done")).to_be_visible()
    page.keyboard.press("q")
    page.check("#complete_decision_1")
    expect(page.locator("#complete_reason")).to_be_visible()
    page.check("#complete_decision_0")
    page.fill("#complete_number", "15/CT")
    submit(page, page.locator("#act-complete button.govuk-button"))
    expect(page.locator(".mc-notice--done")).to_be_visible()
    be(page, "counter")
    open_it()
    page.keyboard.press("r")
    page.check("#return_identity_checked")
    submit(page, page.locator("#act-return button.govuk-button"))
    expect(page.locator(".mc-notice--done")).to_be_visible()
    expect(page.locator(".mc-timeline")).to_contain_text("15/CT")


def test_a_supplement_is_previewed_before_it_is_sent(page: Page) -> None:
    be(page, "counter")
    code = receive(page)
    be(page, "specialist")
    page.fill("#desk-search", code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dossiers/**")
    page.keyboard.press("b")
    page.fill("#supplement_name_other", "Bản chính sổ hộ khẩu")
    page.fill("#supplement_reason_other", "Chưa có trong hồ sơ")
    page.click("#act-supplement button[name=preview]")
    expect(page.locator("#supplement-preview")).to_contain_text("Chưa có trong hồ sơ")
    axe(page, exclude=["iframe"])
    submit(page, page.locator("#act-supplement button.govuk-button:not([name=preview])"))
    expect(page.locator(".mc-notice--wait")).to_contain_text("Bản chính sổ hộ khẩu")


ADMINISTRATION = (
    "", "procedures/", "procedures/new/", "review/", "flows/", "flows/new/", "flows/import/", "forms/", "notices/",
    "units/", "units/new/", "roles/", "calendars/", "calendars/new/", "people/", "people/new/", "clients/", "ledger/",
)  # fmt: skip


def test_administrators_pages_are_accessible_in_the_dark(page: Page) -> None:
    """By day every page is looked at (``test_every_page.py``)."""
    be(page, "administrator")
    page.context.add_cookies([{"name": "theme", "value": "dark", "url": page.url}])
    for place in ADMINISTRATION:
        page.goto(f"/desk/administration/{place}")
        axe(page)
    for place, link in (
        ("procedures/", "tbody a"),
        ("flows/", "tbody a"),
        ("people/", "tbody a"),
        ("forms/", "tbody a"),
    ):
        page.goto(f"/desk/administration/{place}")
        submit(page, page.locator(link).first)
        axe(page)
    page.goto("/desk/administration/procedures/")
    submit(page, page.locator("tbody a").first)
    submit(page, page.locator(".mc-toolbar a.govuk-button").first)
    axe(page)


def test_signing_in_is_accessible(page: Page) -> None:
    page.goto("/sign-in/")
    axe(page)
    page.goto("/account/signup/")
    axe(page)
    be(page, "specialist")
    page.goto("/account/second-factor/")
    axe(page)


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 360, "height": 740}, "locale": "vi-VN"},
        {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"},
        {"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN", "java_script_enabled": False},
    ],
    ids=["phone", "english", "without-scripts"],
)
def test_the_desk_elsewhere(browser: Browser, server: Platform, options: dict[str, Any]) -> None:
    """On a phone nothing is cut off; without scripts work goes on."""
    context = browser.new_context(base_url=server.url, **options)
    page = context.new_page()
    be(page, "head")
    for address in ("/desk/", "/desk/?view=late", "/desk/search/"):
        page.goto(address)
        if options.get("java_script_enabled", True):
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= options["viewport"]["width"], address
    page.goto("/desk/")
    page.locator("tr[data-row] a[data-open]").first.click()
    page.wait_for_url("**/dossiers/**")
    page.locator("#act-remark > summary").click()
    page.fill("#remark_text", "Đã xem trên máy khác")
    submit(page, page.locator("#act-remark button.govuk-button"))
    expect(page.locator(".mc-remark").first).to_contain_text("Đã xem trên máy khác")
    if options.get("java_script_enabled", True):
        assert page.evaluate("document.documentElement.scrollWidth") <= options["viewport"]["width"]
    context.close()


def test_fresh_rows_keep_marks_and_place(page: Page) -> None:
    """The list asks for itself every minute; what was marked stays marked, the row one stands on stays."""
    be(page, "counter")
    receive(page)
    receive(page)
    be(page, "specialist")
    rows = page.locator("tr[data-row]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(rows.nth(1)).to_have_attribute("data-marked", "")
    with page.expect_response(lambda answer: answer.url.endswith("/desk/")):
        page.evaluate("document.querySelector('#rows').dispatchEvent(new Event('refresh'))")
    expect(rows.nth(1)).to_have_attribute("data-active", "")
    expect(rows.nth(1).locator("input")).to_be_checked()
