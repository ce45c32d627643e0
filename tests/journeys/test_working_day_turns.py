"""The working day where the law turns a dossier: declined proposals, a second supplement, silence, payments, papers
that come incomplete, lateness that is told upwards, results that nobody collects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from motcua.foundation import clock
from tests.engines.files.samples import picture
from tests.journeys import later
from tests.journeys.day import (
    CITIZEN_CARD,
    COPY,
    LICENCE,
    LOOKED_OVER,
    SLOW,
    Day,
    act,
    await_text,
    offered,
    open_dossier,
    pass_on_until,
    receive,
    run_over,
    say_why,
    submit,
    uncomplaining,
    write,
)
from tests.journeys.people import people
from tests.support.running import Platform

pytestmark = pytest.mark.journey

ALLOWANCE = "1.001776"  # Trợ cấp xã hội hằng tháng, at the ward
RESULT = "Quyết định hưởng trợ cấp xã hội hằng tháng"
OTHER = {"name_other": "Giấy xác nhận cư trú", "code_other": "#2", "reason_other": "Chưa có xác nhận"}


@pytest.fixture(scope="module")
def day(browser: Browser, server: Platform) -> Iterator[Day]:
    with people(browser, server) as enter:
        yield Day(enter, seen=set(LOOKED_OVER), served=200)


def propose(day: Day, code: str, turn: str, reason: str) -> None:
    """The specialist, who may not do it, puts it before the head."""
    specialist, head = day.be("specialist"), day.be("head")
    open_dossier(specialist, code)
    act(specialist, "propose", turn=turn, reason=reason)
    head.goto("/desk/leader/proposals/")
    day.look_over(head, "proposals")
    expect(head.locator("tr[data-row]", has_text=code)).to_contain_text(reason)
    open_dossier(head, code)


def test_a_second_supplement_and_then_silence(day: Day, server: Platform) -> None:
    """ND118 Đ19.5: reminded, then answered; the second request needs the leader, who first declines, and counts as
    late; unanswered it ends."""
    counter, specialist, head = day.be("counter"), day.be("specialist"), day.be("head")
    citizen = day.be("citizen", phone=True)
    code = receive(day, counter, CITIZEN_CARD, procedure=ALLOWANCE, originals=1)
    open_dossier(specialist, code)
    act(specialist, "supplement", **OTHER)
    # two days before the time for it ends she is reminded, and goes from there to what is asked
    later.supplement_is_due_soon(server, code)
    citizen.goto("/inbox/")
    reminded = await_text(citizen, "main li", re.compile(f"Nhắc: hồ sơ {re.escape(code)} cần bổ sung"))
    submit(citizen, reminded.locator("a").first)
    expect(citizen.locator("main")).to_contain_text("sau ngày đó hồ sơ sẽ bị đóng")
    day.look_over(citizen, "message")
    submit(citizen, citizen.locator(f"main a[href='/dossiers/{code}/']").first)
    asked = citizen.locator("#asked")
    day.look_over(citizen, "asked")
    asked.locator("input[type=file]").first.set_input_files(
        {"name": "xac nhan.png", "mimeType": "image/png", "buffer": picture()}
    )
    submit(citizen, asked.get_by_role("button", name="Gửi"))
    uncomplaining(citizen, "answer")
    expect(citizen.locator("main")).to_contain_text(code)
    expect(citizen.locator("#asked")).to_have_count(0)
    open_dossier(counter, code)
    if offered(counter, "accept"):
        act(counter, "accept")

    open_dossier(specialist, code)
    assert not offered(specialist, "supplement"), "a second request is the leader's alone"
    propose(day, code, "supplement", "Xác nhận không có dấu")
    act(head, "decline", answer="Đã gọi điện, xác nhận có dấu rồi.")
    open_dossier(specialist, code)
    expect(specialist.locator("main")).to_contain_text("không chấp thuận đề xuất")
    propose(day, code, "supplement", "Xác nhận của năm trước")
    act(head, "supplement", **OTHER)
    expect(head.locator(".mc-flags")).to_contain_text("Tính là quá hạn")
    day.look_over(head, "second supplement")

    later.supplement_expires(server, code)
    open_dossier(counter, code)
    await_text(counter, ".mc-dossier-head", "Hồ sơ đã kết thúc")
    citizen.goto(f"/dossiers/{code}/")
    expect(citizen.locator("#asked")).to_have_count(0)
    expect(citizen.locator("main")).to_contain_text("bổ sung")


def test_papers_come_incomplete_and_a_payment_is_dropped(day: Day, server: Platform) -> None:
    """ND118 Đ18, ND309 Đ8.3: one paper is missing, both sides read it, the clock waits; a demand is dropped."""
    counter, specialist = day.be("counter"), day.be("specialist")
    code = receive(day, counter, procedure=LICENCE, originals=2)
    first = make_sheet(day, counter, code)
    row = counter.locator("#items tr", has_text=code)
    row.locator("input[value=no]").check(force=True)
    submit(counter, counter.locator("main form button[data-key=c]"))
    expect(counter.locator(".govuk-error-summary"), "what is missing must be written").to_be_visible()
    counter.locator("#items tr", has_text=code).locator("input[name^=remark_]").fill("Thiếu 01 bản chính")
    submit(counter, counter.locator("main form button[data-key=c]"))
    uncomplaining(counter, "not whole")
    # who sent it reads the same on its sheet, and the time has not begun
    counter.goto(first)
    expect(counter.locator("#items tr", has_text=code)).to_contain_text("Thiếu 01 bản chính")
    day.look_over(counter, "sheet with a remark")
    open_dossier(counter, code)
    expect(counter.locator(".mc-timeline")).to_contain_text("Thiếu 01 bản chính")
    make_sheet(day, counter, code)
    submit(counter, counter.locator("main form button[data-key=c]"))
    uncomplaining(counter, "whole")

    open_dossier(specialist, code)
    expect(specialist.locator(".mc-dossier-head time").first).to_be_visible()
    act(specialist, "demand_payment", name="Lệ phí cấp giấy phép", amount="200000", notice_number="9/TB")
    expect(specialist.locator("main")).to_contain_text("200.000")
    day.look_over(specialist, "payment demanded")
    act(specialist, "drop_payment", explanation="Thuộc diện được miễn lệ phí.")
    expect(specialist.locator(".mc-timeline")).to_contain_text("miễn lệ phí")

    # another agency does not answer in time: that is told, and the question is taken back
    act(specialist, "ask_opinions", question="Đường có cấm xe tải không?", commune="~P. Phú Xuân")
    later.opinion_grows_late(server, code)
    await_text(specialist, ".mc-timeline", "Ý kiến quá hạn")
    act(specialist, "withdraw_opinion", opinion="#0", reason="Đã có biển báo")


def make_sheet(day: Day, page: Page, code: str) -> str:
    """A hand-over sheet of one dossier; leaves the page on it. Returns its address."""
    page.goto("/desk/handover/")
    page.locator("[name=codes]").fill(code)
    submit(page, page.locator("form[action$='/make/'] button.govuk-button"))
    uncomplaining(page, "hand over")
    return page.url


def test_a_date_is_explained_as_it_stood_and_lateness_goes_upwards(day: Day, server: Platform) -> None:
    """Why this date, now and before; reminders by rule: who does it, the head, who stands above; a kept view."""
    counter, specialist, head = day.be("counter"), day.be("specialist"), day.be("head")
    citizen = day.be("citizen", phone=True)
    # before anything is handed in: the date of the law, and what usually happens
    citizen.goto(f"/procedures/{COPY}/")
    expect(citizen.locator(".mc-facts time").first).to_be_visible()
    expect(citizen.locator(".mc-forecast")).to_contain_text("Thường xong trước")
    code = receive(day, counter, CITIZEN_CARD, procedure=ALLOWANCE, originals=1)
    citizen.goto(f"/dossiers/{code}/")
    open_dossier(specialist, code)
    act(specialist, "claim")
    for page, nothing in ((specialist, "không có ngày hẹn trả"), (citizen, "chưa có ngày hẹn")):
        as_of(page, -1)
        expect(page.locator("#why")).to_contain_text(nothing)
        as_of(page, 1)
        expect(page.locator("#why time").first).to_be_visible()
    day.look_over(specialist, "as of")
    day.look_over(citizen, "as of for the citizen")

    later.step_grows_late(server, code)
    for page in (specialist, head):
        page.goto("/desk/inbox/")
        await_text(page, "tr[data-row]", code)
    day.look_over(head, "messages")
    expect(head.locator("tr[data-row]", has_text=code).first).to_contain_text("chậm hạn")
    open_dossier(head, code)
    expect(head.locator(".mc-timeline")).to_contain_text("báo cấp trên")
    # and the head reminds by hand, as many rows as are marked
    head.goto(f"/desk/?procedure={ALLOWANCE}")
    head.locator("tr[data-row]", has_text=code).locator("input[type=checkbox]").check()
    submit(head, head.locator("button[name=verb][value=remind]"))
    run_over(head)

    # what one looks for every day is kept as a view of one's own
    specialist.goto(f"/desk/?view=mine&procedure={ALLOWANCE}")
    expect(specialist.locator("tr[data-row]", has_text=code)).to_be_visible()
    specialist.locator("details", has=specialist.locator("#view-name")).locator("summary").click()
    specialist.locator("#view-name").fill("Trợ cấp của tôi")
    submit(specialist, specialist.locator("form[action$='/views/keep/'] button.govuk-button"))
    specialist.goto("/desk/")
    submit(specialist, specialist.locator("a", has_text="Trợ cấp của tôi").first)
    expect(specialist.locator("tr[data-row]", has_text=code)).to_be_visible()
    specialist.locator("details", has=specialist.locator("#view-name")).locator("summary").click()
    submit(specialist, specialist.locator("button[formaction$='/views/remove/']"))
    expect(specialist.locator("a", has_text="Trợ cấp của tôi")).to_have_count(0)


def as_of(page: Page, days: int) -> None:
    """Asks how the due date stood so many days from now."""
    moment = clock.now() + timedelta(days=days)
    if not page.locator("#as_of").is_visible():
        page.locator("#why summary").first.click()
    page.locator("#as_of").fill(f"{moment:%Y-%m-%dT%H:%M}")
    submit(page, page.locator("form.mc-as-of button"))


def the_leader_hears(day: Day, server: Platform, code: str) -> None:
    """The head has not signed in time: who stands over the head is told, opens it from there, and sees what waits."""
    leader = day.be("leader")
    later.step_grows_late(server, code)
    leader.goto("/desk/inbox/")
    told = await_text(leader, "tr[data-row]:has-text('chậm hạn')", code)
    submit(leader, told.locator("a").first)
    say_why(leader)
    expect(leader.locator(".mc-dossier-head")).to_contain_text(code)
    expect(leader.locator(".mc-timeline")).to_contain_text("báo cấp trên")
    day.look_over(leader, "leader's dossier")
    leader.goto(f"/desk/?procedure={ALLOWANCE}")
    expect(leader.locator("tr[data-row]", has_text=code)).to_be_visible()
    leader.goto("/desk/leader/")
    expect(leader.locator("section[aria-labelledby=h-load]")).to_contain_text("Lê Quang Hiếu")


def test_nobody_collects_and_an_error_is_none(day: Day, server: Platform) -> None:
    """ND118 Đ22, Đ23: a result that waits is on the list and its person is reminded; a correction that is not needed
    is declined with the reasons; the applicant's own stop ends a dossier (Đ21)."""
    counter, specialist, head, clerk = (day.be(name) for name in ("counter", "specialist", "head", "clerk"))
    citizen = day.be("citizen", phone=True)
    code = receive(day, counter, CITIZEN_CARD, procedure=ALLOWANCE, originals=1)
    pass_on_until(specialist, code, "complete")
    pass_on_until(head, code, "complete")
    the_leader_hears(day, server, code)
    open_dossier(head, code)
    act(head, "complete", decision="approve", name=RESULT, number="41/QĐ")
    later.ready_for_weeks(server, code)
    clerk.goto("/desk/uncollected/")
    clerk.locator("tr[data-row]", has_text=code).locator("input[type=checkbox]").check()
    day.look_over(clerk, "uncollected with rows")
    submit(clerk, clerk.locator("form[action$='/uncollected/remind/'] button.govuk-button"))
    expect(clerk.locator(".mc-notice--done")).to_be_visible()
    citizen.goto("/inbox/")
    await_text(citizen, "main li", code)
    open_dossier(clerk, code)
    act(clerk, "return", identity_checked="on")

    citizen.goto(f"/dossiers/{code}/correct/")
    citizen.locator("[name=reason]").select_option(index=1)
    citizen.locator("[name=explanation]").fill("Sai năm sinh")
    submit(citizen, citizen.locator("main form button.govuk-button"))
    open_dossier(head, code)
    act(head, "decline_correction", explanation="Năm sinh đúng như trên căn cước.")
    citizen.goto(f"/dossiers/{code}/")
    expect(citizen.locator("main")).to_contain_text("đúng như trên căn cước", timeout=SLOW)

    stopped = receive(day, counter, CITIZEN_CARD, procedure=ALLOWANCE)
    # what the State holds may not be asked for: the answer says where it is (ND118 Đ5.1i, ND309 Đ2)
    open_dossier(specialist, stopped)
    specialist.locator("#act-supplement summary").first.click()
    ask = specialist.locator("form[action$='/act/supplement/']").first
    write(ask.locator("[name=name_other]"), RESULT)
    ask.locator("[name=code_other]").select_option(index=1)
    write(ask.locator("[name=reason_other]"), "Chưa thấy trong hồ sơ")
    submit(specialist, ask.locator("button:not([name=preview])").last)
    expect(specialist.locator(".govuk-error-summary")).to_contain_text("41/QĐ")
    open_dossier(specialist, stopped)
    act(specialist, "pass_on", opinion="Đủ điều kiện")
    citizen.goto(f"/dossiers/{stopped}/stop/")
    day.look_over(citizen, "stopping")
    for reason in citizen.locator("main form select").all():
        reason.select_option(index=1)
    for words in citizen.locator("main form textarea").all():
        words.fill("Tôi không làm nữa")
    submit(citizen, citizen.locator("main form button.govuk-button"))
    expect(citizen.locator("main")).to_contain_text(re.compile("dừng|rút"))
