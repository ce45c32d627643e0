"""The main job, end to end: a citizen with a phone finds, fills in, submits; officers receive, check, sign, return;
the citizen follows it all. One real procedure, real forms, real flow, in a real browser on the whole platform."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.engines.files.samples import pdf, picture
from tests.journeys.day import await_text
from tests.journeys.people import Enter, fits, people
from tests.support.browser import axe
from tests.support.running import Platform

pytestmark = pytest.mark.journey

PROCEDURE = "1.004194"  # Đăng ký tạm trú
CODE = re.compile(r"^H57\.10\.01-\d{6}-\d{4,}$")


@pytest.fixture
def enter(browser: Browser, server: Platform) -> Iterator[Enter]:
    with people(browser, server) as opened:
        yield opened


def find(page: Page) -> None:
    """From the question to the procedure."""
    page.goto("/")
    fits(page)
    page.get_by_role("searchbox").fill("dang ky tam tru")
    page.get_by_role("button", name="Tìm", exact=True).click()
    expect(page).to_have_url(re.compile("/search/"))
    fits(page)
    page.locator(".mc-result a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng ký tạm trú")
    fits(page)
    axe(page)


def start(page: Page) -> None:
    """What is needed and when it is ready stands above the one red button."""
    expect(page.locator(".mc-facts")).to_contain_text("giấy tờ")
    expect(page.locator(".mc-facts time")).to_be_visible()
    page.get_by_text("Vì sao ngày này?").first.click()
    expect(page.locator(".mc-reckoning").first).to_contain_text("ngày đầu tiên không được tính")
    page.get_by_role("button", name="Bắt đầu").click()
    expect(page.get_by_label("Phường, xã giải quyết")).to_have_value("19753")
    # another story may have begun the same
    page.get_by_role("button", name=re.compile("^(Bắt đầu|Xóa và làm lại)$")).click()


def go_on(page: Page) -> None:
    fits(page)
    page.get_by_role("button", name="Lưu và tiếp tục").click()


def fill_in(page: Page, folder: Path) -> None:
    """Five parts; what is known is text already, the rest is typed, a paper is photographed."""
    expect(page.locator(".govuk-task-list")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Làm tiếp").click()
    if page.get_by_role("heading", level=1).inner_text() == "Người đăng ký":
        expect(page.locator(".mc-prefilled").first).to_contain_text("Phan Thị Minh Tâm")
        go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nơi và thời hạn tạm trú")
    # an empty page tells what is missing, beside the fields and above
    go_on(page)
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    axe(page)
    page.get_by_label("Thuê", exact=False).first.check()
    stay = page.locator("[data-field=stay_address]")
    stay.get_by_label("Phường, xã").first.select_option("19753")
    stay.get_by_label("Số nhà, đường").fill("27 Chi Lăng")
    page.get_by_label("Lý do", exact=True).select_option("work")
    for name, (day, month, year) in {"stay_from": ("1", "12", "2026"), "stay_until": ("30", "11", "2027")}.items():
        for part, value in (("day", day), ("month", month), ("year", year)):
            page.locator(f"[name={name}-{part}]").fill(value)
    page.locator("[data-field=landlord-kind]").get_by_label("Cá nhân").check()
    page.locator("[name=landlord-name]").fill("Hồ Văn Nghĩa")
    expect(page.locator("[data-autosave-state]").first).to_contain_text("Đã lưu lúc")
    go_on(page)
    page.get_by_label("Có", exact=True).check()
    go_on(page)
    (folder / "hợp đồng thuê nhà.pdf").write_bytes(pdf("Hop dong thue nha"))
    page.locator("input[type=file][name=stay_paper]").set_input_files(folder / "hợp đồng thuê nhà.pdf")
    expect(page.locator(".mc-file__name")).to_have_text("hợp đồng thuê nhà.pdf")
    go_on(page)
    page.get_by_label(re.compile("quầy|Một cửa|Trung tâm")).first.check()
    page.locator("[name=truthful]").check()
    go_on(page)


def submit(page: Page) -> str:
    """All answers at a glance; a double click submits once. Returns the code."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Kiểm tra và nộp")
    expect(page.locator("main")).to_contain_text("27 Chi Lăng")
    expect(page.locator("main")).to_contain_text("hợp đồng thuê nhà.pdf")
    fits(page)
    axe(page)
    page.get_by_role("button", name="Nộp hồ sơ").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nộp hồ sơ")
    fits(page)
    axe(page)
    code = page.locator("[data-code]").inner_text()
    assert CODE.match(code), code
    return code


def open_on_desk(page: Page, code: str) -> None:
    """The officer finds the dossier by its code."""
    page.goto("/desk/")
    page.locator("#desk-search").fill(code)
    page.locator("#desk-search").press("Enter")
    expect(page.locator(".mc-dossier-head")).to_contain_text(code)


def act(page: Page, verb: str, fields: dict[str, str] | None = None) -> None:
    """Opens one of the lawful actions, fills it in and sends it."""
    block = page.locator(f"#act-{verb}")
    if not block.locator("form").is_visible():
        block.locator("summary").click()
    for name, value in (fields or {}).items():
        control = block.locator(f"[name={name}]").first
        kind = control.evaluate("it => it.type")
        if kind == "checkbox":
            control.check()
        elif kind == "radio":
            block.locator(f"[name={name}][value={value}]").check()
        else:
            control.fill(value)
    block.locator("form button.govuk-button").click()
    page.wait_for_load_state()


def test_from_search_to_returned_result(enter: Enter, tmp_path: Path) -> None:
    citizen = enter("citizen", phone=True)
    find(citizen)
    start(citizen)
    fill_in(citizen, tmp_path)
    code = submit(citizen)

    # everybody may look up the status, nothing else
    visitor = enter("", phone=True)
    visitor.goto("/")
    visitor.get_by_label("Mã hồ sơ").fill(code.lower())
    visitor.get_by_role("button", name="Tra cứu").click()
    expect(visitor.locator("main")).to_contain_text("Mới đăng ký")
    expect(visitor.locator("main")).not_to_contain_text("Phan Thị Minh Tâm")
    axe(visitor)

    # the counter accepts; the receipt with the due date follows by itself
    counter = enter("counter")
    open_on_desk(counter, code)
    act(counter, "accept")
    citizen.goto(f"/dossiers/{code}/")
    expect(citizen.locator("main")).to_contain_text("đã tiếp nhận hồ sơ")
    expect(citizen.locator(".mc-due-date")).to_be_visible()
    receipt = await_text(citizen, "main a", "Giấy tiếp nhận hồ sơ")
    with citizen.expect_download() as download:
        receipt.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    fits(citizen)
    axe(citizen)

    # the specialist asks for something, the citizen sends a photograph
    specialist = enter("specialist")
    open_on_desk(specialist, code)
    act(specialist, "supplement", {"name_other": "Ảnh chụp hợp đồng", "reason_other": "Trang cuối bị mờ"})
    citizen.reload()
    asked = citizen.locator("#asked")
    expect(asked).to_contain_text("Trang cuối bị mờ")
    (tmp_path / "trang cuối.png").write_bytes(picture())
    asked.locator("input[type=file]").first.set_input_files(tmp_path / "trang cuối.png")
    fits(citizen)
    axe(citizen)
    asked.get_by_role("button", name="Gửi").click()
    expect(citizen.locator("main")).to_contain_text("thời hạn được tính lại từ đầu")
    expect(citizen.locator("#asked")).to_have_count(0)

    # it passes from step to step until somebody must sign
    for _ in range(4):
        open_on_desk(specialist, code)
        if not specialist.locator("#act-pass_on").count():
            break
        act(specialist, "pass_on", {"opinion": "Đủ điều kiện"})
    head = enter("head")
    open_on_desk(head, code)
    act(head, "complete", {"decision": "approve", "name": "Thông báo kết quả đăng ký tạm trú", "number": "12/TB"})
    citizen.reload()
    expect(citizen.locator("main")).to_contain_text("đã ký kết quả")

    # the counter returns the result; the story is told to its end
    open_on_desk(counter, code)
    act(counter, "return", {"received_by": "Phan Thị Minh Tâm", "identity_checked": "on"})
    citizen.reload()
    expect(citizen.locator("main")).to_contain_text("Bạn đã nhận kết quả tại quầy")
    expect(citizen.locator(".mc-state")).to_contain_text("Đã trả kết quả")
    fits(citizen)
    axe(citizen)
    visitor.reload()
    expect(visitor.locator("main")).to_contain_text("100/100")

    # and every message about it stands in the inbox
    citizen.goto("/inbox/")
    expect(citizen.locator(".mc-inbox__item--new").first).to_contain_text(code)
