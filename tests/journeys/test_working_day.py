"""One working day at a centre, in real browsers: a counter officer, a specialist who also works for another agency, a
department head, a clerk, a volunteer who helps an elderly citizen, and a citizen with a phone. Together they take
dossiers along every path that the law knows, each at least once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.engines.files.samples import picture
from tests.journeys import day as of_day
from tests.journeys import test_main_job as main_job
from tests.journeys.day import (
    CITIZEN_CARD,
    LICENCE,
    Day,
    act,
    await_text,
    offered,
    open_dossier,
    pass_on_until,
    receive,
    run_over,
    serve,
    submit,
)
from tests.journeys.people import people
from tests.support.running import Platform

pytestmark = pytest.mark.journey

WARD_SHORT = "P. Phú Xuân"
ALLOWANCE = "1.001776"  # Trợ cấp xã hội hằng tháng, at the ward, also online

HOME = {"province": "46", "ward": "19753", "line": "27 Chi Lăng"}
CHILD = {
    "relation": "mother",
    "child_name": "Phan An Nhiên",
    "child_sex": "female",
    **{f"child_birth_date-{part}": value for part, value in {"day": "3", "month": "11", "year": "2026"}.items()},
    "born_at": "facility",
    "birth_facility": "Bệnh viện Trung ương Huế",
    **{f"birth_place-{part}": value for part, value in HOME.items()},
    "child_ethnicity": "Kinh",
    "child_nationality": "VN",
    "child_home_town": "Phường Phú Xuân, thành phố Huế",
    "parents": "unmarried",
    "mother-name": "Phan Thị Minh Tâm",
    **{f"mother-birth_date-{part}": value for part, value in {"day": "18", "month": "5", "year": "1992"}.items()},
    "mother-ethnicity": "Kinh",
    "mother-nationality": "VN",
    "mother-identity_number": "048192004271",
    **{f"mother-address-{part}": value for part, value in HOME.items()},
    "birth_evidence": "electronic",
    "birth_certificate_number": "GCS-2026-1103",
    "household_head": "Phan Văn Ngoại",
    **{f"residence_address-{part}": value for part, value in HOME.items()},
    "result_delivery": "counter",
}
RESIDENCE = {"dwelling": "own", "is_head": "no", "head_identity": "046055000123", "head_relation": "child"}
INSURANCE: dict[str, str] = {}


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
    await_text(counter, ".mc-files a", re.compile("từ chối", re.IGNORECASE))
    open_dossier(counter, right)
    act(counter, "accept", note="Người cao tuổi, đã hẹn trả tại nhà")
    await_text(counter, ".mc-files a", "Giấy tiếp nhận")

    # who helped sees how both stand, and nothing of what the offices write
    volunteer.goto("/desk/assist/")
    expect(volunteer.locator("main")).to_contain_text(right)
    submit(volunteer, volunteer.locator("main a", has_text=right).first)
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


def test_papers_travel_to_a_department_and_back(day: Day) -> None:
    """A paper dossier of a department received at the ward: hand-over, clock, opinion, extension, payment, stop."""
    counter, specialist, head = day.be("counter"), day.be("specialist"), day.be("head")
    code = receive(day, counter, procedure=LICENCE, originals=2)

    # two sheets: the dossier goes out, and is confirmed by the counter that serves the department
    hand_over(day, counter, code)
    open_dossier(counter, code)
    counter.get_by_text("Vì sao ngày này?").first.click()
    expect(counter.locator("#why")).to_contain_text("ND309")

    # the department asks the ward; who works for both answers there
    open_dossier(specialist, code)
    day.look_over(specialist, "desk dossier")
    if offered(specialist, "claim"):
        act(specialist, "claim")
    act(specialist, "ask_opinions", question="Bãi đỗ xe có tại phường không?", commune=f"~{WARD_SHORT}")
    act(specialist, "answer_opinion", agrees="yes", answer="Phường xác nhận.")
    expect(specialist.locator("main")).to_contain_text("Phường xác nhận.")

    # proposed by who handles it, done by who leads: the new date with an apology on form 04
    act(specialist, "propose", turn="extend", reason="Cần tra hồ sơ gốc")
    head.goto("/desk/leader/")
    day.look_over(head, "leader")
    head.goto("/desk/leader/proposals/")
    day.look_over(head, "proposals")
    expect(head.locator("main")).to_contain_text(code)
    open_dossier(head, code)
    act(head, "assign", user="~Lê Quang Hiếu")
    act(head, "extend", count="2", per="working_day", reason="#1", explanation="Xin lỗi, cần tra hồ sơ gốc.")
    await_text(head, ".mc-files a", "gia hạn")

    # a payment is waited for with the clock standing still
    open_dossier(specialist, code)
    act(specialist, "demand_payment", name="Lệ phí cấp giấy phép", amount="150000", notice_number="7/TB")
    act(specialist, "note_payment", receipt="BL-01")

    # the head stops it and takes it up again
    open_dossier(head, code)
    act(head, "stop", reason="#1", explanation="Người nộp xin dừng.")
    await_text(head, ".mc-files a", re.compile("dừng", re.IGNORECASE))
    act(head, "reopen", reason="#1", explanation="Người nộp đã bổ sung lý do.")
    day.look_over(head, "dossier with many papers")

    # one step forward, one back, and on to the signature
    open_dossier(specialist, code)
    act(specialist, "pass_on", opinion="Đủ điều kiện")
    back = next((page for page in (specialist, head) if may(page, code, "send_back")), None)
    assert back is not None, "nobody may send it back"
    act(back, "send_back", to_step="#0", reason="Ghi rõ biển số xe")
    for _ in range(4):
        pass_on_until(specialist, code, "complete")
        pass_on_until(head, code, "complete")
        if offered(head, "complete"):
            break
    act(head, "complete", decision="approve", number="08/GP")

    # the result goes back to the ward, where the person collects it with the originals
    hand_over(day, counter, code)
    open_dossier(counter, code)
    day.look_over(counter, "dossier to return")
    act(counter, "return", identity_checked="on", original_="1")
    expect(counter.locator(".mc-timeline")).to_contain_text("08/GP")
    # what was kept is handed back later, and the control sheet tells it all
    act(counter, "hand_back", original_="1")
    sheet = counter.request.get(counter.locator("a[href$='/control-sheet/']").get_attribute("href") or "")
    assert sheet.body().startswith(b"%PDF")


def may(page: Page, code: str, verb: str) -> bool:
    open_dossier(page, code)
    return offered(page, verb)


def hand_over(day: Day, page: Page, code: str) -> None:
    """Makes the sheet of one dossier by its code, prints it, and confirms it for the other side."""
    page.goto("/desk/handover/")
    day.look_over(page, "hand-over")
    page.locator("[name=codes]").fill(code)
    submit(page, page.locator("form[action$='/make/'] button.govuk-button"))
    of_day.uncomplaining(page, "hand over")
    day.look_over(page, "hand-over sheet")
    paper = page.request.get(page.locator("a[data-key=p]").get_attribute("href") or "")
    assert paper.body().startswith(b"%PDF")
    submit(page, page.locator("main form button[data-key=c]"))
    of_day.uncomplaining(page, "confirm")
    expect(page.locator(".mc-notice--done")).to_be_visible()


def test_noon_a_citizen_with_a_phone(day: Day, tmp_path: Path) -> None:
    """Online: submitted, changed, accepted, supplemented, signed by a deputy, rated, corrected; one is withdrawn."""
    counter, specialist, head = day.be("counter"), day.be("specialist"), day.be("head")
    citizen = day.be("citizen", phone=True)
    citizen.goto(f"/procedures/{main_job.PROCEDURE}/")
    main_job.start(citizen)
    main_job.fill_in(citizen, tmp_path)
    code = main_job.submit(citizen)

    # she changes an answer before anybody decided
    citizen.goto(f"/dossiers/{code}/")
    submit(citizen, citizen.locator("form[action$='/change/'] button"))
    day.look_over(citizen, "changing")
    submit(citizen, citizen.locator("main a[href*='/parts/']").nth(1))
    citizen.locator("[name=landlord-name]").fill("Hồ Văn Nghĩa Em")
    main_job.go_on(citizen)
    citizen.goto(citizen.url.split("/parts/")[0].removesuffix("/check/").rstrip("/") + "/check/")
    submit(citizen, citizen.locator("form[action$='/submit/'] button"))
    expect(citizen.locator("main")).to_contain_text(code)

    # accepted; the specialist has read the change, and asks for one paper with a reason from the list
    open_dossier(counter, code)
    expect(counter.locator("main")).to_contain_text("Hồ Văn Nghĩa Em")
    act(counter, "accept")
    open_dossier(specialist, code)
    if offered(specialist, "note_adjustments"):
        act(specialist, "note_adjustments")
    act(specialist, "supplement", name_other="Ảnh chụp hợp đồng", code_other="#2", reason_other="Trang cuối bị mờ")
    citizen.goto(f"/dossiers/{code}/")
    (tmp_path / "trang cuối.png").write_bytes(picture())
    asked = citizen.locator("#asked")
    asked.locator("input[type=file]").first.set_input_files(tmp_path / "trang cuối.png")
    submit(citizen, asked.get_by_role("button", name="Gửi"))
    expect(citizen.locator("#asked")).to_have_count(0)

    # the head is away today: the specialist holds the post and signs in her place
    pass_on_until(specialist, code, "complete")
    head.goto("/desk/absence/")
    day.look_over(head, "absence")
    mine = head.locator("select[name=post] option", has_text="Nguyễn Thị Thanh Hà").filter(has_text=WARD_SHORT)
    head.locator("select[name=post]").select_option(mine.first.get_attribute("value"))
    head.locator("select[name=deputy]").select_option(label="Lê Quang Hiếu")
    for name in ("valid_from", "valid_to"):
        head.locator(f"[name={name}]").fill(head.evaluate("new Date().toLocaleDateString('sv')"))
    submit(head, head.locator("main section form button.govuk-button"))
    of_day.uncomplaining(head, "deputy")
    pass_on_until(specialist, code, "complete")
    expect(specialist.locator(".mc-acting")).to_contain_text("Nguyễn Thị Thanh Hà")
    act(specialist, "complete", decision="approve", name="Thông báo kết quả đăng ký tạm trú", number="12/TB")
    expect(specialist.locator(".mc-timeline")).to_contain_text("Nguyễn Thị Thanh Hà")
    submit(head, head.locator("form[action$='/end/'] button").first)

    # she shows the code of her page at the counter, rates the office, and finds an error
    citizen.goto(f"/dossiers/{code}/")
    shown = citizen.locator("main section strong[data-code]").first
    expect(shown).to_have_text(re.compile(r"\w{4,}"))
    pickup = (shown.text_content() or "").strip()
    open_dossier(counter, code)
    act(counter, "return", pickup=pickup)
    citizen.reload()
    # the page to rate is made behind the return, by a reader of the ledger
    submit(citizen, await_text(citizen, "main a[href*='/rate/']", re.compile("phục vụ")))
    day.look_over(citizen, "rating")
    for content in citizen.locator("main fieldset").all():
        content.locator("input[value='5']").check(force=True)
    submit(citizen, citizen.locator("main form button.govuk-button"))
    expect(citizen.locator(".mc-notice--done")).to_be_visible()
    citizen.goto(f"/dossiers/{code}/correct/")
    day.look_over(citizen, "correcting")
    citizen.locator("[name=reason]").select_option(index=1)
    citizen.locator("[name=explanation]").fill("Sai tên đường")
    submit(citizen, citizen.locator("main form button.govuk-button"))
    open_dossier(head, code)
    act(head, "correct_result", number="12a/TB", explanation="Sửa tên đường")
    open_dossier(counter, code)
    act(counter, "return", identity_checked="on")

    # what was handed in on paper in her name can be withdrawn by her too; she sees who looked
    paper = receive(day, counter, CITIZEN_CARD)
    citizen.goto(f"/dossiers/{paper}/withdraw/")
    day.look_over(citizen, "withdrawing")
    submit(citizen, citizen.locator("main form button.govuk-button"))
    expect(citizen.locator("main")).to_contain_text("rút")
    citizen.goto("/account/looked-at/")
    day.look_over(citizen, "looked at")
    expect(citizen.locator("main")).to_contain_text(code)


def test_afternoon_many_at_once(day: Day) -> None:
    """Scanned, claimed and passed on together; the leader signs what was seen; the clerk returns."""
    counter, specialist, head, clerk = (day.be(name) for name in ("counter", "specialist", "head", "clerk"))
    codes = [receive(day, counter, originals=1) for _ in range(2)]

    # the pile is scanned, both are taken in hand and passed on together
    specialist.goto("/desk/batch/")
    if specialist.locator("#pile button[name=clear]").count():  # what another story has left
        submit(specialist, specialist.locator("#pile button[name=clear]"))
    for number, code in enumerate(codes, 1):
        specialist.locator("#pile-code").fill(code)
        specialist.locator("#pile-code").press("Enter")
        expect(specialist.locator("#pile tr[data-row]")).to_have_count(number)
    day.look_over(specialist, "pile")
    submit(specialist, specialist.locator("#pile button[name=verb][value=claim]"))
    run_over(specialist)
    specialist.goto("/desk/?view=mine")
    rows = specialist.locator("tr[data-row]").filter(has_text=re.compile("|".join(codes)))
    expect(rows).to_have_count(2)
    for row in rows.all():
        row.locator("input[type=checkbox]").check()
    submit(specialist, specialist.locator("button[name=verb][value=pass_on]"))
    day.look_over(specialist, "pass on many")
    specialist.locator("[name=opinion]").fill("Đủ điều kiện, đề nghị ký")
    submit(specialist, specialist.locator("main form .mc-actions button.govuk-button"))
    run_over(specialist)
    # a second time there is nothing left to pass on: the page says of each why not
    specialist.goto("/desk/batch/")
    submit(specialist, specialist.locator("#pile button[name=verb][value=pass_on]"))
    submit(specialist, specialist.locator("main form .mc-actions button.govuk-button"))
    expect(specialist.locator("#bulk-run")).to_contain_text("Chưa làm được", timeout=of_day.SLOW)
    day.look_over(specialist, "progress")

    # what the leader has not opened cannot be signed; what was seen is signed together
    head.goto("/desk/leader/decide/")
    day.look_over(head, "decide")
    for code in codes:
        expect(head.locator("tr[data-row]", has_text=code).locator("input[type=checkbox]")).to_be_disabled()
    for code in codes:
        open_dossier(head, code)
    head.goto("/desk/leader/decide/")
    for code in codes:
        head.locator("tr[data-row]", has_text=code).locator("input[type=checkbox]").check()
    submit(head, head.locator("button[name=verb][value=approve]"))
    expect(head.locator("main")).to_contain_text("Đủ điều kiện")
    submit(head, head.locator("main form .mc-actions button.govuk-button"))
    run_over(head)

    # the clerk gives one back with its original, and sees what was never collected
    open_dossier(clerk, codes[0])
    act(clerk, "return", identity_checked="on")
    clerk.goto("/desk/uncollected/")
    day.look_over(clerk, "uncollected")
    expect(clerk.locator("h1")).to_be_visible()


def fill_in(day: Day, page: Page, answers: dict[str, str]) -> None:
    """Answers the form of a part and goes on to the next."""
    day.look_over(page, "form of a part")
    for name, value in answers.items():
        control = page.locator(f"main [name='{name}']").first
        if control.evaluate("it => it.type") == "radio":
            page.locator(f"main [name='{name}'][value='{value}']").check(force=True)
        elif control.evaluate("it => it.type") == "select-one":
            control.select_option(value)
        else:
            control.fill(value)
    submit(page, page.locator("main form .mc-actions button[data-key=c]"))
    of_day.uncomplaining(page, "form of a part")


def test_evening_a_child_is_born_and_the_books_are_closed(day: Day) -> None:
    """A linked group at the counter with its forms filled in there, one part passed on; the register as spreadsheet
    and paper; the ratings."""
    counter, specialist, head = day.be("counter"), day.be("specialist"), day.be("head")
    citizen = day.be("citizen", phone=True)
    counter.goto("/desk/intake/")
    ward = counter.locator("#unit option", has_text="phường").first.get_attribute("value")
    counter.locator("#unit").select_option(ward)
    submit(counter, counter.locator("form[action$='/begin/'] button[data-key=n]"))
    counter.locator("[name=card]").fill(CITIZEN_CARD)
    with counter.expect_navigation(url="**/procedure/"):
        counter.locator("[name=card]").press("Enter")
    submit(counter, counter.locator("a[href$='/linked/birth/']").first)
    day.look_over(counter, "linked intake")
    for name in counter.locator("main input[name^=originals-]").all()[:2]:
        name.fill("1")
    # form after form; what the first has said stands in the others already
    submit(counter, counter.locator("main form button[data-key=c]"))
    fill_in(day, counter, CHILD)
    expect(counter.locator("[name=head_name]")).to_have_value("Phan Văn Ngoại")
    expect(counter.locator("[name=new_address-line]")).to_have_value("27 Chi Lăng")
    fill_in(day, counter, RESIDENCE)
    fill_in(day, counter, INSURANCE)
    expect(counter).to_have_url(re.compile("/linked/birth/#receive$"))
    expect(counter.locator("main input[name^=originals-]").first).to_have_value("1")
    day.look_over(counter, "linked intake filled in")
    # she reads all of it on the second screen, and says that it is right
    with counter.context.expect_page() as opened:
        counter.locator("main [data-key=s]").click()
    opened.value.wait_for_load_state()
    expect(opened.value.locator("main")).to_contain_text("Phan An Nhiên")
    day.look_over(opened.value, "linked answers confirmed")
    submit(opened.value, opened.value.locator("main form button"))
    expect(counter.locator("#confirmation .mc-notice--done")).to_be_visible()
    submit(counter, counter.locator("main form button[data-key=c]"))
    of_day.uncomplaining(counter, "linked")
    received = re.search(of_day.CODE, counter.locator("main").inner_text())
    assert received, counter.locator("main").inner_text()
    # she finds all of them on one page; the next parts begin by themselves once the birth is registered
    citizen.goto("/dossiers/")
    submit(citizen, citizen.locator(f"main a[href='/dossiers/linked/{received.group()}/']").first)
    day.look_over(citizen, "linked group")
    parts = citizen.locator(".mc-parts__item")
    expect(parts).to_have_count(3)
    part = parts.first.locator("a").get_attribute("href") or ""
    code = part.strip("/").split("/")[-1]
    open_dossier(specialist, code)
    act(specialist, "pass_on", opinion="Đủ điều kiện")
    open_dossier(head, code)
    act(head, "complete", decision="approve", number="20/KS")
    await_text(citizen, ".mc-parts__item:nth-child(2) a", re.compile("thường trú"))

    counter.goto("/desk/register/")
    day.look_over(counter, "register")
    submit(counter, counter.locator("main form button"))
    for kind, start in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        address = counter.locator(f"a[href*='/register/file/{kind}/']").get_attribute("href") or ""
        assert counter.request.get(address).body().startswith(start), kind
    counter.goto("/desk/ratings/")
    day.look_over(counter, "ratings")
