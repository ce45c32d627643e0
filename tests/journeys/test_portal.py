"""The portal in a real browser: every page at three widths, without JavaScript, by keyboard, in English, resumed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.engines.files.samples import pdf
from tests.journeys.people import Enter, fits, people
from tests.support.browser import axe
from tests.support.running import Platform

pytestmark = pytest.mark.journey

WIDTHS = (360, 768, 1280)
PUBLIC = (
    "/",
    "/search/",
    "/search/?q=khai+sinh",
    "/search/?q=qqqzzzxxx",
    "/life/birth/",
    "/counters/",
    "/lookup/",
    "/lookup/?code=H57.10.01-260101-9999",
    "/lookup/?code=abc",
    "/procedures/1.004194/",
    "/procedures/1.001193/",
    "/procedures/2.000815/",
    "/help/",
    "/accessibility/",
    "/privacy/",
)
PERSONAL = ("/", "/dossiers/", "/inbox/", "/account/", "/procedures/1.000894/start/")


@pytest.fixture
def enter(browser: Browser, server: Platform) -> Iterator[Enter]:
    with people(browser, server) as opened:
        yield opened


def looks_right(page: Page, address: str) -> None:
    """At three widths nothing runs out of the page; no rule of WCAG 2.2 AA is broken at the narrowest.

    How pages are at their widest is looked at with all others (``test_every_page.py``).
    """
    page.goto(address)
    assert page.locator("h1").count() == 1, address
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        fits(page)
        if width == WIDTHS[0]:
            axe(page)


def test_public_pages_at_every_width(enter: Enter) -> None:
    page = enter("")
    for address in PUBLIC:
        looks_right(page, address)


def test_personal_pages_at_every_width(enter: Enter) -> None:
    page = enter("citizen")
    for address in PERSONAL:
        looks_right(page, address)
    page.goto("/dossiers/")
    codes = page.locator(".mc-dossier-row a[href*='/dossiers/']").evaluate_all("all => all.map(a => a.pathname)")
    assert len(codes) >= 5, "the demo citizen has dossiers at every stage"
    for address in codes[:6]:
        looks_right(page, address)
    looks_right(page, f"{codes[0]}submitted/")


def test_results_come_as_one_types(enter: Enter) -> None:
    page = enter("", phone=True)
    page.goto("/")
    page.get_by_role("searchbox").press_sequentially("giay khai sinh", delay=20)
    first = page.locator("#results .mc-result").first
    expect(first).to_be_visible()
    expect(page.locator("#results mark").first).to_have_text(re.compile("khai sinh", re.IGNORECASE))
    axe(page)
    page.get_by_role("searchbox").press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=giay\+khai\+sinh"))
    # filters narrow the results without leaving the page
    page.get_by_text("Thu hẹp kết quả").click()
    page.get_by_label("Nơi giải quyết").select_option("PROVINCE")
    expect(page).to_have_url(re.compile("level=PROVINCE"))
    expect(page.locator("#results .mc-result__facts").first).to_contain_text("Tỉnh, thành phố")


def test_a_form_by_keyboard_alone(enter: Enter) -> None:
    page = enter("citizen")
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Đến nội dung chính")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.goto("/procedures/1.000894/start/")
    button = page.get_by_role("button", name=re.compile("^(Bắt đầu|Xóa và làm lại)$"))
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-task-list")).to_be_visible()
    page.locator(".govuk-task-list a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("form.mc-form")).to_be_visible()
    page.get_by_role("button", name="Lưu và tiếp tục").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary, .mc-progress:has-text('2/')").first).to_be_visible()
    fits(page)


def test_begun_on_a_phone_resumed_at_a_desk(enter: Enter) -> None:
    phone = enter("citizen", phone=True)
    phone.goto("/procedures/1.001193/start/")
    phone.get_by_role("button", name=re.compile("^(Bắt đầu|Xóa và làm lại)$")).click()
    phone.locator(".govuk-task-list a").nth(1).click()
    name = phone.locator("[name=child_name]")
    name.fill("Phan Gia Bảo")
    # it saves itself; nobody presses anything
    expect(phone.locator("[data-autosave-state]").first).to_contain_text(re.compile(r"Đã lưu lúc \d\d:\d\d"))
    with phone.expect_response(re.compile("/save/$")):
        phone.locator("[name=child_birth_date-day]").fill("3")
    desk = enter("citizen")
    desk.goto("/dossiers/")
    desk.get_by_role("link", name="Đăng ký khai sinh").first.click()
    desk.locator(".govuk-task-list a").nth(1).click()
    expect(desk.locator("[name=child_name]")).to_have_value("Phan Gia Bảo")
    expect(desk.locator("[name=child_birth_date-day]")).to_have_value("3")
    desk.get_by_role("button", name="Lưu và làm sau").click()
    expect(desk.locator(".mc-notice--done")).to_contain_text("Đã lưu")
    desk.get_by_role("link", name="Đăng ký khai sinh").first.click()
    desk.get_by_role("link", name="Xóa bản nháp này").click()
    desk.get_by_role("button", name="Xóa").click()
    expect(desk.locator(".mc-notice--done")).to_contain_text("Đã xóa")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_rows_and_files(enter: Enter, tmp_path: Path, javascript: bool) -> None:
    page = enter("citizen", phone=True, java_script_enabled=javascript)
    page.goto("/procedures/1.004194/start/")
    page.get_by_role("button", name=re.compile("^(Bắt đầu|Xóa và làm lại)$")).click()
    draft = page.url
    page.goto(f"{draft}parts/household/")
    page.locator("[name=members-0-name]").fill("Trần Văn Một")
    page.get_by_role("button", name=re.compile("Thêm")).click()
    expect(page.locator("[name$='-name'][name^=members]")).to_have_count(2)
    page.locator("[name$='-name'][name^=members]").nth(1).fill("Trần Thị Hai")
    page.get_by_role("button", name=re.compile("^Xóa")).first.click()
    rows = page.locator("[name$='-name'][name^=members]")
    expect(rows).to_have_count(1)
    expect(rows).to_have_value("Trần Thị Hai")
    fits(page)
    page.goto(f"{draft}parts/papers/")
    paper = tmp_path / "hợp đồng.pdf"
    paper.write_bytes(pdf())
    page.locator("input[type=file][name=stay_paper]").set_input_files(paper)
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhận kết quả")
    page.goto(f"{draft}parts/papers/")
    expect(page.locator(".mc-file__name")).to_contain_text("hợp đồng.pdf")
    fits(page)
    page.get_by_role("button", name=re.compile("^Xóa hợp đồng|^Xóa")).click()
    expect(page.locator("input[type=hidden][name=stay_paper]")).to_have_count(0)
    bad = tmp_path / "virus.pdf"
    bad.write_bytes(b"MZ" + b"\0" * 200)
    page.locator("input[type=file][name=stay_paper]").set_input_files(bad)
    page.get_by_role("button", name="Lưu và tiếp tục").click()
    expect(page.locator("#f-stay_paper-error")).to_be_visible()
    fits(page)


def test_without_javascript_from_question_to_task_list(enter: Enter) -> None:
    page = enter("", phone=True, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("searchbox").fill("dang ky ket hon")
    page.get_by_role("button", name="Tìm", exact=True).click()
    page.locator(".mc-result a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("kết hôn")
    page.get_by_role("button", name="Bắt đầu").click()
    expect(page).to_have_url(re.compile(r"/sign-in/\?next="))
    page.locator("button[name=persona][value=citizen]").click()
    expect(page.locator("select[name=ward]")).to_be_visible()
    page.get_by_role("button", name=re.compile("^(Bắt đầu|Xóa và làm lại)$")).click()
    expect(page.locator(".govuk-task-list")).to_be_visible()
    fits(page)


def test_english_is_complete(enter: Enter) -> None:
    page = enter("citizen")
    page.goto("/account/")
    page.locator("#speak-en").check()
    page.locator("section", has=page.locator("#speak-en")).get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My account")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("What do you need to do?")
    expect(page.locator(".mc-tiles")).to_contain_text("Having a child")
    page.goto("/dossiers/")
    page.locator(".mc-dossier-row a[href*='/dossiers/']").first.click()
    expect(page.locator("main")).to_contain_text("What has happened")
    page.goto("/account/")
    page.locator("#speak-vi").check()
    page.locator("section", has=page.locator("#speak-vi")).get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tài khoản của tôi")


def test_the_procedure_page_can_be_printed(enter: Enter) -> None:
    page = enter("")
    page.goto("/procedures/1.004194/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".mc-checklist").first).to_be_visible()
    expect(page.get_by_role("button", name="Bắt đầu")).to_be_hidden()
    expect(page.locator(".mc-keep .mc-qr")).to_be_visible()
