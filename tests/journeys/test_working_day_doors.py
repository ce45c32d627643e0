"""The working day at the doors of the centre: every way by which a dossier comes in, and who acts for another.

A kiosk, the post, the national portal, the camera of the counter, somebody with an authorisation, and a volunteer whose
citizens agree by a code or by a signed paper. How each result goes back to where it is wanted is played here too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page, expect

from tests.engines.files.samples import picture
from tests.journeys.day import (
    CITIZEN_CARD,
    CODE,
    LOOKED_OVER,
    Day,
    act,
    await_text,
    choose,
    open_dossier,
    pass_on_until,
    serve,
    submit,
    uncomplaining,
)
from tests.journeys.people import people
from tests.support.running import Platform

pytestmark = pytest.mark.journey

STAY = "1.004194"  # Đăng ký tạm trú, at the ward: online and at the counter
ALLOWANCE = "1.001776"  # Trợ cấp xã hội hằng tháng, at the ward: on every channel
WARD = "19753"


@pytest.fixture(scope="module")
def day(browser: Browser, server: Platform) -> Iterator[Day]:
    with people(browser, server) as enter:
        # a hundred apart from the queue of the other stories
        yield Day(enter, seen=set(LOOKED_OVER), served=100)


def begin(page: Page, *, post: bool = False) -> None:
    """A new walk-in at the ward's counter, or a letter that is opened there."""
    page.goto("/desk/intake/")
    ward = page.locator("#unit option", has_text="phường").first.get_attribute("value")
    page.locator("#unit").select_option(ward)
    submit(page, page.locator(f"form[action$='/begin/'] button[data-key={'m' if post else 'n'}]"))


def decide(day: Day, code: str, number: str) -> None:
    """The specialist prepares it, the head signs."""
    specialist, head = day.be("specialist"), day.be("head")
    pass_on_until(specialist, code, "complete")
    pass_on_until(head, code, "complete")
    act(head, "complete", decision="approve", number=number)


def returned(day: Day, code: str, **how: str) -> Page:
    """The clerk sends the result out."""
    clerk = day.be("clerk")
    open_dossier(clerk, code)
    act(clerk, "return", **how)
    return clerk


def go_on(page: Page, **answers: str) -> None:
    """Answers a page of the portal's form and goes on."""
    for name, value in answers.items():
        control = page.locator(f"[name='{name}']").first
        kind = control.evaluate("it => it.type")
        if kind in ("radio", "checkbox"):
            page.locator(f"[name='{name}'][value='{value}']").check(force=True)
        elif kind == "select-one":
            control.select_option(value)
        else:
            control.fill(value)
    submit(page, page.get_by_role("button", name="Lưu và tiếp tục"))
    uncomplaining(page, page.url)


def test_a_kiosk_takes_a_dossier_and_forgets(day: Day) -> None:
    """ND118 Đ17.2a: the card opens the machine; what is submitted waits at the counter like all online work."""
    counter = day.be("counter")
    machine = day.be("")
    machine.goto("/kiosk/")
    day.look_over(machine, "kiosk")
    machine.locator("[name=card]").fill(CITIZEN_CARD)
    machine.locator("[name=birth]").fill("18051992")
    submit(machine, machine.locator("main form button.govuk-button"))
    expect(machine.get_by_role("heading", level=1)).to_contain_text("Phan Thị Minh Tâm")
    day.look_over(machine, "kiosk entered")
    machine.goto(f"/procedures/{STAY}/")
    machine.get_by_role("button", name="Bắt đầu").click()
    expect(machine.locator("[name=ward]")).to_have_value(WARD)
    submit(machine, machine.get_by_role("button", name=re.compile("^(Bắt đầu|Xóa và làm lại)$")))
    submit(machine, machine.get_by_role("button", name="Làm tiếp"))
    home = {"address-ward": WARD, "address-line": "27 Chi Lăng"}
    go_on(machine, phone="0905123456", **home)
    days = {"stay_from-day": "1", "stay_from-month": "12", "stay_from-year": "2026"}
    until = {"stay_until-day": "30", "stay_until-month": "11", "stay_until-year": "2027"}
    at = {f"stay_{name}": value for name, value in home.items()}
    go_on(machine, stay_kind="own", stay_reason="work", **at, **days, **until)
    go_on(machine, is_head="yes")
    go_on(machine)
    go_on(machine, result_delivery="counter", truthful="yes")
    submit(machine, machine.get_by_role("button", name="Nộp hồ sơ"))
    expect(machine).to_have_url(re.compile("/kiosk/done/$"))
    day.look_over(machine, "kiosk done")
    code = machine.locator("[data-code]").inner_text().strip()
    # the machine knows nobody any more
    machine.goto(f"/dossiers/{code}/")
    expect(machine.locator("main")).not_to_contain_text("27 Chi Lăng")

    # both clocks of what comes in online stand before the officer (ND118 Đ17.2)
    open_dossier(counter, code)
    expect(counter.locator("main")).to_contain_text("kiosk", ignore_case=True)
    expect(counter.locator("main")).to_contain_text("Trả lời đầu tiên")
    act(counter, "accept")
    await_text(counter, ".mc-files a", "Giấy tiếp nhận")


def test_a_letter_comes_and_the_result_goes_back_by_post(day: Day) -> None:
    """ND118 Đ15, Đ22: received by post with the procedure's own time for it, decided, sent with the parcel's number."""
    counter = day.be("counter")
    begin(counter, post=True)
    day.look_over(counter, "letter")
    code = serve(day, counter, procedure=ALLOWANCE, originals=1)
    open_dossier(counter, code)
    expect(counter.locator("main")).to_contain_text("Qua bưu chính", ignore_case=True)
    decide(day, code, "31/QĐ")
    clerk = returned(day, code, delivery="post", tracking="EV123456789VN", original_="1")
    expect(clerk.locator("main")).to_contain_text("EV123456789VN")


def test_the_national_portal_hands_a_dossier_over(day: Day) -> None:
    """ND118 Đ17.2: a channel of its own, for a client that may use it; the result goes out electronically."""
    counter, administrator = day.be("counter"), day.be("administrator")
    administrator.goto("/desk/administration/clients/")
    day.look_over(administrator, "clients")
    administrator.locator("details", has=administrator.locator("[name=scopes]")).locator("summary").first.click()
    administrator.locator("[name=name]").fill("Cổng Dịch vụ công quốc gia")
    administrator.locator("select[name=unit]").select_option(index=1)
    for scope in ("dossier.submit", "national_portal"):
        administrator.locator(f"[name=scopes][value='{scope}']").check()
    submit(administrator, administrator.locator("form:has([name=scopes]) button.govuk-button"))
    uncomplaining(administrator, "client")
    token = administrator.locator("[data-token]").inner_text().strip()
    number, _card = day.card()
    sent = day.be("").request.post(
        "/api/v1/dossiers",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"dvcqg-{number}"},
        data={
            "procedure": ALLOWANCE,
            "ward_code": WARD,
            "channel": "NATIONAL",
            "applicant": {"kind": "citizen", "name": "Hồ Thị Diệu", "identity_number": number},
            "delivery": "electronic",
        },
    )
    assert sent.status == 201, sent.text()
    code = sent.json()["code"]
    open_dossier(counter, code)
    expect(counter.locator("main")).to_contain_text("quốc gia")
    act(counter, "accept")
    decide(day, code, "32/QĐ")
    clerk = returned(day, code, delivery="electronic")
    expect(clerk.locator(".mc-timeline")).to_contain_text("32/QĐ")


def test_the_camera_of_the_counter_and_somebody_with_an_authorisation(day: Day, tmp_path: Path) -> None:
    """The card and a paper are photographed; who comes for another is put on record as a mandate, and may follow it."""
    counter = day.be("counter")
    citizen = day.be("citizen", phone=True)
    begin(counter)
    number, card = day.card()
    drawn = io.BytesIO()
    segno.make(card, error="m").save(drawn, kind="png", scale=6, border=4)
    counter.locator("details", has=counter.locator("[name=photo]")).locator("summary").click()
    counter.locator("[name=photo]").set_input_files(
        {"name": "the-can-cuoc.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    )
    submit(counter, counter.locator("main form button[data-key=c]"))
    expect(counter).to_have_url(re.compile("/procedure/$"))
    # back one step: her sister has come with the paper
    counter.goto(re.sub("/procedure/$", "/person/", counter.url))
    expect(counter.locator("[name=identity_number]").first).to_have_value(number)
    counter.locator("summary[data-key=o]").click()
    counter.locator("[name=agent-card]").fill(CITIZEN_CARD)
    submit(counter, counter.locator("main form button[data-key=c]"))
    expect(counter.locator("[name=agent-name]")).to_have_value("Phan Thị Minh Tâm")
    day.look_over(counter, "agent at the counter")
    counter.locator("[name=agent-number]").fill("Giấy ủy quyền 17/2026")
    submit(counter, counter.locator("main form button[data-key=c]"))
    choose(counter, ALLOWANCE)
    submit(counter, counter.locator("button[name=paper_form]"))
    paper = counter.locator("input[name^=files_][capture]").first
    paper.set_input_files({"name": "chup tai quay.png", "mimeType": "image/png", "buffer": picture()})
    counter.locator("input[name^=originals_]").first.fill("1")
    submit(counter, counter.locator("main form button[data-key=c]"))
    expect(counter.locator("main")).to_contain_text("Giấy ủy quyền 17/2026")
    submit(counter, counter.locator("main form button[data-key=a]"))
    uncomplaining(counter, "receive for another")
    code = counter.locator("[data-code]").inner_text().strip()
    open_dossier(counter, code)
    expect(counter.locator("main")).to_contain_text("chup tai quay.png")

    # the sister finds it among what she may follow, and the mandate in her account
    citizen.goto(f"/dossiers/{code}/")
    expect(citizen.locator("main")).to_contain_text(code)
    day.look_over(citizen, "dossier of another")
    citizen.goto("/account/mandates/")
    day.look_over(citizen, "mandates")
    held = citizen.locator("section[aria-labelledby=held] li", has_text="hưởng trợ cấp xã hội hàng tháng")
    expect(held.first).to_be_visible()


def test_the_volunteer_s_citizens_agree_by_code_and_on_paper(day: Day) -> None:
    """Consent with its proof: a code that only the citizen receives, or the paper that was signed."""
    volunteer, counter = day.be("volunteer"), day.be("counter")
    citizen = day.be("citizen", phone=True)
    help_with(day, volunteer, CITIZEN_CARD)
    submit(volunteer, volunteer.locator("button[name=send_code]"))
    uncomplaining(volunteer, "code")
    volunteer.locator("[name=consent][value=code]").check()
    volunteer.locator("[name=code]").fill("000000")
    submit(volunteer, volunteer.locator("main form button[data-key=c]"))
    expect(volunteer.locator(".govuk-error-summary")).to_be_visible()
    citizen.goto("/inbox/")
    submit(citizen, await_text(citizen, "main li", "Mã đồng ý").locator("a").first)
    told = re.search(r"\b\d{6}\b", citizen.locator("main").inner_text())
    assert told, citizen.locator("main").inner_text()
    volunteer.locator("[name=consent][value=code]").check()
    volunteer.locator("[name=code]").fill(told.group())
    by_code = finish(volunteer)

    help_with(day, volunteer, day.card()[1])
    volunteer.locator("[name=consent][value=signed]").check()
    volunteer.locator("[name=paper]").set_input_files(
        {"name": "giay dong y.png", "mimeType": "image/png", "buffer": picture()}
    )
    by_paper = finish(volunteer)
    volunteer.goto("/desk/assist/")
    for code in (by_code, by_paper):
        expect(volunteer.locator("main")).to_contain_text(code)
    # the counter reads how they agreed
    open_dossier(counter, by_paper)
    expect(counter.locator("main")).to_contain_text("giay dong y.png")


def help_with(day: Day, volunteer: Page, card: str) -> None:
    """The volunteer fills in for the person of a card, up to their consent."""
    volunteer.goto("/desk/assist/")
    submit(volunteer, volunteer.locator("form[action$='/begin/'] button"))
    serve(day, volunteer, card, procedure=ALLOWANCE, end=False)
    day.look_over(volunteer, "consent")


def finish(volunteer: Page) -> str:
    """From the consent to the code of the dossier."""
    submit(volunteer, volunteer.locator("main form button[data-key=c]"))
    uncomplaining(volunteer, "consent")
    submit(volunteer, volunteer.locator("main form button[data-key=a]"))
    uncomplaining(volunteer, "submit for another")
    code = volunteer.locator("[data-code]").inner_text().strip()
    assert CODE.match(code), code
    return code
