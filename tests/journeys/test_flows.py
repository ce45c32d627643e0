"""An administrator writes a flow by keyboard: the picture follows, the viewer shows the file, and it works without
scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.people import fits, people
from tests.support.browser import axe
from tests.support.running import Platform

pytestmark = pytest.mark.journey
NEW = "/desk/administration/flows/new/"


def test_a_flow_is_written_drawn_moved_and_shown(browser: Browser, server: Platform) -> None:
    with people(browser, server) as enter:
        page = enter("administrator")
        page.goto(NEW)
        picture = page.locator("#flow-picture")
        page.fill("[name=s0_name]", "Đo vẽ thửa đất")
        page.press("[name=s0_name]", "Tab")
        expect(picture).to_contain_text("Đo vẽ")
        page.fill("[name=s0_next]", "2, 3")
        page.press("[name=s0_next]", "Tab")
        expect(picture.locator(".mc-findings--wrong")).to_be_visible()  # both ways reach the return
        page.fill("[name=s0_next]", "")
        page.press("[name=s0_next]", "Tab")
        expect(picture.locator(".mc-findings--wrong")).to_have_count(0)
        axe(page)
        page.focus("#do-down-0")
        page.keyboard.press("Enter")
        expect(page.locator("[name=s1_name]")).to_have_value("Đo vẽ thửa đất")
        expect(page.locator("#do-down-1")).to_be_focused()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")  # up again
        expect(page.locator("[name=s0_name]")).to_have_value("Đo vẽ thửa đất")
        page.fill("[name=name]", "Đo vẽ")
        page.fill("[name=key]", "do-ve")
        page.click("button[value=publish]")
        page.wait_for_url("**/flows/do-ve/")
        page.goto("/desk/administration/flows/do-ve/diagram/")
        expect(page.locator(".djs-shape").first).to_be_visible()
        axe(page)
        narrow = enter("administrator", phone=True)
        narrow.goto("/desk/administration/flows/do-ve/")
        fits(narrow)


def test_rows_move_without_scripts(browser: Browser, server: Platform) -> None:
    with people(browser, server) as enter:
        page: Page = enter("administrator", java_script_enabled=False)
        page.goto(NEW)
        before = page.locator("[name=s1_name]").input_value()
        page.click("#do-up-1")
        expect(page.locator("[name=s0_name]")).to_have_value(before)
        expect(page.locator("svg.mc-flow")).to_be_visible()
