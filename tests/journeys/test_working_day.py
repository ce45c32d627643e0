"""One working day at a centre, in real browsers: a counter officer, a specialist who also works for another agency, a
department head, a clerk, a volunteer who helps an elderly citizen, and a citizen with a phone. Together they take
dossiers along every path that the law knows, each at least once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.engines.files.samples import pdf
from tests.journeys import day as of_day
from tests.journeys.day import Day, act, await_text, offered, open_dossier, pass_on_until, receive, serve, submit
from tests.journeys.people import people
from tests.support.running import Platform

pytestmark = pytest.mark.journey

ALLOWANCE = "1.001776"  # Trợ cấp xã hội hằng tháng, at the ward, also online


@pytest.fixture(scope="module")
def day(browser: Browser, server: Platform) -> Iterator[Day]:
    with people(browser, server) as enter:
        yield Day(enter)


def assist(day: Day, page: Page, witness: str) -> str:
    """The volunteer submits for an elderly citizen, who agrees aloud before a witness. Returns the code."""
    page.goto("/desk/assist/")
    day.look_over(page, "assist")
    submit(page, page.locator("form[action$='/begin/'] button"))
    serve(day, page, procedure=ALLOWANCE, end=False)
    day.look_over(page, "consent")
    page.locator("[name=consent][value=spoken]").check()
    page.locator("[name=witness]").fill(witness)
    submit(page, page.locator("main form button[data-key=c]"))
    submit(page, page.locator("main form button[data-key=a]"))
    of_day.uncomplaining(page, "assist")
    return page.locator("[data-code]").inner_text().strip()


def test_morning_help_and_a_result_at_once(day: Day) -> None:
    """Assisted submission, refusal, acceptance; a result on the same day."""
    volunteer, counter, head, clerk = (day.be(name) for name in ("volunteer", "counter", "head", "clerk"))

    # the volunteer submits for two elderly people; both agree aloud, with a witness
    wrong, right = assist(day, volunteer, "Nguyễn Văn Chứng"), assist(day, volunteer, "Lê Thị Làm Chứng")
    open_dossier(counter, wrong)
    act(counter, "refuse", reason="#1", explanation="Việc này do phường khác giải quyết.", basis="ND118 Đ17.1")
    day.look_over(counter, "refused dossier")
    expect(counter.locator("main")).to_contain_text("phường khác")
    open_dossier(counter, right)
    act(counter, "accept", note="Người cao tuổi, đã hẹn trả tại nhà")
    await_text(counter, ".mc-files a", "Giấy tiếp nhận")

    # who helped sees how both stand, and nothing of what the offices write
    volunteer.goto("/desk/assist/")
    expect(volunteer.locator("main")).to_contain_text(right)
    volunteer.locator("main a", has_text=right).first.click()
    day.look_over(volunteer, "assisted dossier")
    expect(volunteer.locator("main")).not_to_contain_text("đã hẹn trả tại nhà")

    # a walk-in whose result is given today: who may not sign sends it straight to the signer
    receive(day, counter, end=False)
    counter.locator("main summary[data-key=h]").click()
    counter.locator("[name=result_name]").fill("Bản sao chứng thực")
    submit(counter, counter.locator("form:has([name=at_once]) button"))
    day.look_over(counter, "receipt at once")
    at_once = counter.locator("[data-code]").inner_text().strip()
    open_dossier(head, at_once)
    act(head, "complete", decision="approve", number="01/CT")
    open_dossier(clerk, at_once)
    day.look_over(clerk, "clerk's dossier")
    act(clerk, "return", identity_checked="on")
    expect(clerk.locator(".mc-timeline")).to_contain_text("01/CT")
