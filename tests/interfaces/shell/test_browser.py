"""The shell in a browser: every component at three widths, text at 200 %, keyboard, drafts, files, no broken policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.interfaces.shell import urls
from tests.support.browser import axe

BUILD = Path(__file__).resolve().parents[3] / "src" / "motcua" / "static" / "build"

pytestmark = [
    pytest.mark.journey,
    pytest.mark.urls("tests.interfaces.shell.urls"),
    pytest.mark.django_db(transaction=True),
]

STYLE_GUIDES = ["/style/", "/style/?on=desk", "/style/?on=desk&theme=dark"]


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page on a server of the shell alone. Script errors and broken policy fail the test."""
    assert (BUILD / "portal.css").exists(), "The front end is not built: make setup"
    context = browser.new_context(base_url=live_server.url, locale="vi-VN", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    troubles: list[str] = []
    opened.on(
        "console",
        lambda message: (
            troubles.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    urls.saved.clear()
    yield opened
    context.close()
    assert not troubles


@pytest.mark.parametrize("address", STYLE_GUIDES)
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_every_component_fits_and_is_accessible(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    expect(page.locator("html.js")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe(page)


@pytest.mark.parametrize("address", STYLE_GUIDES[:2])
def test_text_of_double_size_needs_no_sideways_scrolling(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 640, "height": 900})
    page.goto(address)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_targets_are_large_enough_for_a_thumb(page: Page) -> None:
    """WCAG 2.2 §2.5.8: 24 px; our own measure for the portal's controls is 40."""
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto("/style/")
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, summary, .govuk-button')]
        .filter(e => e.getClientRects().length && !e.matches('[type=radio], [type=checkbox], .mc-disclosure summary'))
        .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height]).filter(([, h]) => h < 40)"""
    )
    assert not small


def test_a_condition_shows_and_hides_and_holds_back_answers(page: Page) -> None:
    page.goto("/test/form")
    expect(page.locator("#only-child")).to_be_hidden()
    page.get_by_label("Child", exact=True).first.check()
    expect(page.locator("#only-child")).to_be_visible()
    expect(page.locator("#deeper")).to_be_hidden()
    page.locator("#child").fill("Bình")
    expect(page.locator("#deeper")).to_be_visible()
    page.get_by_label("Self").check()
    expect(page.locator("#only-child")).to_be_hidden()
    assert page.locator("#child").is_disabled()


def test_without_javascript_everything_is_shown(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/test/form")
    expect(page.locator("#deeper")).to_be_visible()
    expect(page.locator(".mc-js-only").first).to_be_hidden()
    page.locator("#name").fill("Lan")
    page.locator("#send").click()
    expect(page.locator("body")).to_contain_text("received")
    context.close()


def test_a_draft_saves_itself_and_says_when(page: Page) -> None:
    page.goto("/test/form")
    page.locator("#name").fill("Trần Thị Bình")
    expect(page.locator("[data-autosave-state]")).to_have_text(re.compile(r"\d\d:\d\d"), timeout=8000)
    assert urls.saved[-1]["name"] == ["Trần Thị Bình"]


def test_a_lost_connection_is_told_and_tried_again(page: Page) -> None:
    page.goto("/test/form")
    page.route("**/test/autosave", lambda route: route.abort())
    page.locator("#name").fill("Lan")
    expect(page.locator(".mc-saved--failed")).to_be_visible(timeout=8000)
    page.unroute("**/test/autosave")
    with page.expect_response("**/test/autosave"):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".mc-saved--failed")).to_have_count(0)
    assert urls.saved[-1]["name"] == ["Lan"]


def test_a_second_click_sends_nothing(page: Page) -> None:
    page.goto("/test/form")
    page.evaluate(
        """() => { const b = document.getElementById('send');
        b.form.addEventListener('submit', e => { window.sent = (window.sent || 0) + 1; e.preventDefault(); });
        b.click(); b.click(); b.click(); }"""
    )
    assert page.evaluate("window.sent") == 1


def test_rows_are_added_up_to_the_limit_and_removed(page: Page) -> None:
    page.goto("/test/form")
    add = page.locator("[data-repeat-add]")
    add.click()
    expect(page.locator("input[name='rows-0-x']")).to_be_focused()
    add.click()
    expect(add).to_be_hidden()
    page.locator("[data-repeat-remove]").first.click()
    expect(add).to_be_visible()
    add.click()
    expect(page.locator("input[name='rows-2-x']")).to_be_attached()
    assert not urls.saved


def test_files_are_checked_before_they_are_sent(page: Page) -> None:
    page.goto("/test/form")
    page.locator("#file").set_input_files(
        [
            {"name": "giay.pdf", "mimeType": "application/pdf", "buffer": b"x" * 500},
            {"name": "anh.exe", "mimeType": "application/octet-stream", "buffer": b"x"},
            {"name": "to.txt", "mimeType": "text/plain", "buffer": b"x" * 2000},
        ]
    )
    rows = page.locator(".mc-upload .mc-file")
    expect(rows).to_have_count(3)
    expect(page.locator(".mc-file--bad")).to_have_count(2)
    rows.nth(1).get_by_role("button").click()
    expect(rows).to_have_count(2)
    assert page.evaluate("document.getElementById('file').files.length") == 2


def test_results_come_as_one_types(page: Page) -> None:
    page.goto("/test/search")
    page.locator("#q").press_sequentially("khai sinh")
    expect(page.locator("#found")).to_have_text("found khai sinh")
    expect(page).to_have_url(re.compile(r"\?q=khai\+sinh"))
    expect(page.locator("#q")).to_be_focused()


def test_the_worklist_is_driven_by_the_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 1600, "height": 900})
    page.goto("/test/list")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr[data-active]")).to_have_attribute("data-id", "2")
    expect(page.locator("[data-preview-pane]")).to_have_text("preview 2")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-bar]")).to_be_visible()
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?open=3"))
    page.go_back()
    expect(page.locator("tr[data-active]")).to_have_attribute("data-id", "3")
    page.keyboard.press("/")
    expect(page.locator("[data-key-search]")).to_be_focused()
    page.keyboard.type("jx?")
    expect(page.locator("[data-key-search]")).to_have_value("jx?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#mc-keys")).to_be_visible()
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(page.locator("tr[data-active]")).to_have_attribute("data-id", "3")


def test_g_and_a_letter_go_somewhere(page: Page) -> None:
    page.goto("/test/list")
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile(r"\?went=1"))


def test_the_dark_theme_is_there_at_once_and_stays(page: Page) -> None:
    page.goto("/test/list")
    with page.expect_response("**/theme/"):
        page.locator(".mc-theme__dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"


def test_the_app_tells_when_the_network_is_gone_and_keeps_no_page(page: Page) -> None:
    page.goto("/test/form")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.goto("/test/search")
    expect(page.locator("h1")).to_contain_text(re.compile("kết nối|connected"))
    page.context.set_offline(False)
    kept = page.evaluate(
        """async () => { const all = []; for (const name of await caches.keys())
        for (const r of await (await caches.open(name)).keys()) all.push(new URL(r.url).pathname); return all; }"""
    )
    assert "/offline/" in kept
    assert all(path == "/offline/" or path.startswith("/static/") for path in kept)


def test_nothing_to_click_is_printed(page: Page) -> None:
    page.goto("/style/")
    page.emulate_media(media="print")
    for selector in (".mc-header__tools", ".mc-actions", ".mc-filters", ".mc-search"):
        for element in page.locator(selector).all():
            expect(element).to_be_hidden()
    expect(page.locator(".mc-code__value")).to_be_visible()
