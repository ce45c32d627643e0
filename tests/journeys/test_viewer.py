"""The viewer of a file beside a decision: it takes the keyboard when a file has loaded, and gives it back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from tests.journeys.people import people
from tests.support.running import Platform

pytestmark = pytest.mark.journey

VIEWER = "<!doctype html><title>A viewer</title><input id='own' aria-label='Page'>"
BACK = "id => document.hasFocus() && document.activeElement.id === id"


def with_a_file(page: Page) -> None:
    """Opens the first dossier of the list that has a file to look at."""
    for address in page.locator("tr[data-row]").evaluate_all("all => all.map(row => row.dataset.href)"):
        page.goto(str(address))
        if page.locator("iframe[name=viewer]").count():
            return
    pytest.fail("No dossier with a file in this list.")


def takes_the_keyboard(viewer: FrameLocator) -> None:
    """As viewers do by themselves when they have loaded."""
    viewer.locator("#own").evaluate("field => field.focus()")


def test_what_is_typed_while_a_file_loads_stays_where_it_is_typed(browser: Browser, server: Platform) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body=VIEWER, content_type="text/html")

    with people(browser, server) as enter:
        page = enter("specialist", service_workers="block")
        page.route("**/files/**", answer)
        with_a_file(page)
        viewer = page.frame_locator("iframe[name=viewer]")
        page.keyboard.press("m")  # a remark
        remark = page.locator("#remark_text")
        remark.focus()
        page.keyboard.type("Da doi chieu ")
        takes_the_keyboard(viewer)
        page.wait_for_function(BACK, arg="remark_text")
        page.keyboard.type("giay to, ")
        page.locator("a[target=viewer]").first.click()  # another file, and one goes on writing
        remark.focus()
        takes_the_keyboard(viewer)
        page.wait_for_function(BACK, arg="remark_text")
        page.keyboard.type("trung khop.")
        expect(remark).to_have_value("Da doi chieu giay to, trung khop.")
        # who turns to the viewer has it
        own = viewer.locator("#own")
        own.click()
        page.keyboard.type("trang 2")
        expect(own).to_have_value("trang 2")
        expect(remark).to_have_value("Da doi chieu giay to, trung khop.")
