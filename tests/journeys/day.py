"""What the people of the working day do over and over: receive, open, act, look a page over once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Locator, Page, expect

from tests.journeys.people import Enter, fits
from tests.support.browser import axe

COPY: Final = "2.000815"  # Chứng thực bản sao từ bản chính, at the ward
LICENCE: Final = "1.000703"  # Cấp Giấy phép kinh doanh vận tải bằng xe ô tô, at the department
CITIZEN_CARD: Final = "048192004271||Phan Thị Minh Tâm|18051992|Nữ|27 Chi Lăng, Phường Phú Xuân, Huế|10052021"
SLOW: Final = 60_000  # milliseconds for what the worker makes, on a machine that has other things to do
CODE: Final = re.compile(r"H57[0-9A-Z.]*-\d{6}-\d{4,}")

LOOKED_OVER: Final = frozenset(
    {
        *("intake", "intake person", "intake procedure", "intake form", "intake papers", "intake check"),
        *("intake receipt", "consent", "linked intake", "linked group", "proposals"),
    }
)
"""Kinds of page that the main file of the working day looks over; its other files need not do it again."""


@dataclass
class Day:
    """The people at work, each with a browser of their own, and the kinds of page that were already looked over."""

    enter: Enter
    pages: dict[str, Page] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    served: int = 0

    def be(self, persona: str, *, phone: bool = False) -> Page:
        """The page of a persona, signed in the first time."""
        if persona not in self.pages:
            self.pages[persona] = self.enter(persona, phone=phone)
        return self.pages[persona]

    def look_over(self, page: Page, kind: str) -> None:
        """What a page must be, looked at once for each kind: whole on its screen and open to everybody."""
        if kind not in self.seen:
            self.seen.add(kind)
            fits(page)
            axe(page, exclude=["iframe"])

    def card(self) -> tuple[str, str]:
        """The next person in the queue: identity number and the code of their card."""
        self.served += 1
        number = f"046190{700 + self.served:06}"
        name = ("Trần Thị Bình", "Lê Văn Cường", "Hồ Thị Diệu", "Phạm Văn Đức", "Võ Thị Em")[self.served % 5]
        return number, f"{number}||{name}|17051990|Nữ|12 Nguyễn Huệ, Phường Phú Xuân, Huế|10052021"


def submit(page: Page, button: Locator) -> None:
    """Presses a button or follows a link, and waits for the page that answers."""
    with page.expect_navigation(wait_until="load"):
        button.click()


def uncomplaining(page: Page, what: str) -> None:
    """Asserts that the page names no error."""
    wrong = page.locator(".govuk-error-summary")
    assert not wrong.count(), f"{what}: {wrong.first.inner_text()}"


def receive(
    day: Day, page: Page, card: str = "", *, procedure: str = COPY, originals: int = 0, end: bool = True
) -> str:
    """A walk-in at the ward's counter with the form on paper, up to the receipt (``end``) or to the last check.

    Returns the code, empty before the receipt.
    """
    page.goto("/desk/intake/")
    day.look_over(page, "intake")
    ward = page.locator("#unit option", has_text="phường").first.get_attribute("value")
    page.locator("#unit").select_option(ward)
    submit(page, page.locator("form[action$='/begin/'] button[data-key=n]"))
    return serve(day, page, card, procedure=procedure, originals=originals, end=end)


def serve(day: Day, page: Page, card: str = "", *, procedure: str = COPY, originals: int = 0, end: bool = True) -> str:
    """The steps of a walk-in from the person on."""
    day.look_over(page, "intake person")
    page.locator("[name=card]").fill(card or day.card()[1])
    with page.expect_navigation(url="**/procedure/"):
        page.locator("[name=card]").press("Enter")
    day.look_over(page, "intake procedure")
    choose(page, procedure)
    day.look_over(page, "intake form")
    submit(page, page.locator("button[name=paper_form]"))
    day.look_over(page, "intake papers")
    if originals:
        page.locator("input[name^=originals_]").first.fill(str(originals))
    submit(page, page.locator("main form button[data-key=c]"))
    if not end:
        return ""
    day.look_over(page, "intake check")
    submit(page, page.locator("main form button[data-key=a]"))
    uncomplaining(page, "receive")
    expect(page).to_have_url(re.compile("/receipt/$"))
    day.look_over(page, "intake receipt")
    return page.locator("[data-code]").inner_text().strip()


def choose(page: Page, procedure: str) -> None:
    """The procedure by its code, among what is found as one types."""
    page.locator("main [name=q]").fill(procedure)
    # what stood there before is exchanged for what was found; the address says when
    expect(page).to_have_url(re.compile(f"q={re.escape(procedure)}"))
    hit = page.locator("#hits button[name=version]").filter(has_text=procedure).first
    expect(hit).to_be_visible()
    # the address follows what is typed: not every navigation is the one to wait for
    with page.expect_navigation(url="**/form/", wait_until="load"):
        hit.click()


def open_dossier(page: Page, code: str) -> None:
    """Finds a dossier by its code; who has no step in it gives the first reason that the desk offers."""
    page.goto("/desk/")
    page.locator("#desk-search").fill(code)
    with page.expect_navigation(url="**/dossiers/**"):
        page.locator("#desk-search").press("Enter")
    say_why(page)
    expect(page.locator(".mc-dossier-head")).to_contain_text(code)


def say_why(page: Page) -> None:
    """Gives the first reason for looking, where the desk asks for one before it shows a dossier."""
    if page.url.rstrip("/").endswith("/why"):
        page.locator("main form input[type=radio]").first.check()
        submit(page, page.locator("main form button.govuk-button"))


def act(page: Page, verb: str, **fields: str) -> None:
    """Opens one of the lawful acts, fills it in, sends it, and sees that it was done.

    Choices are given by value, ``#n`` chooses the n-th of a list, ``~text`` the first that contains it. A name that
    ends with ``_`` stands for the first field that begins so (fields of single papers).
    """
    form = page.locator(f"form[action$='/act/{verb}/']").first
    expect(form, f"{verb} is not offered").to_have_count(1)
    block = page.locator(f"#act-{verb}")
    if block.count() and not form.is_visible():
        block.locator("summary").first.click()
    for name, value in fields.items():
        control = form.locator(f"[name^={name}]" if name.endswith("_") else f"[name={name}]").first
        kind = control.evaluate("it => it.type")
        if kind == "checkbox":
            form.locator(f"[name={name}][value='{value}']").check() if value != "on" else control.check()
        elif kind == "radio":
            form.locator(f"[name={name}][value='{value}']").check()
        elif kind == "select-one" and value.startswith("#"):
            control.select_option(index=int(value[1:]))
        elif kind == "select-one":
            option = control.locator("option", has_text=value[1:]) if value.startswith("~") else None
            control.select_option(option.first.get_attribute("value") if option else value)
        else:
            write(control, value)
    submit(page, form.locator("button:not([name=preview])").last)
    uncomplaining(page, verb)
    expect(page.locator(".mc-notice--done").first).to_be_visible()


def write(control: Locator, value: str) -> None:
    """Fills a field in; again, where the viewer of a file took the keyboard to itself in that moment."""
    for _ in range(5):
        control.fill(value)
        if control.input_value() == value:
            break
    expect(control).to_have_value(value)


def offered(page: Page, verb: str) -> bool:
    """Whether the desk offers the act on this dossier now."""
    return bool(page.locator(f"form[action$='/act/{verb}/']").count())


def pass_on_until(page: Page, code: str, verb: str, *, opinion: str = "Đủ điều kiện", most: int = 6) -> None:
    """Passes the dossier on, step by step, until ``verb`` is offered or nothing is left to pass on."""
    for _ in range(most):
        open_dossier(page, code)
        if offered(page, verb) or not offered(page, "pass_on"):
            return
        act(page, "pass_on", opinion=opinion)


def run_over(page: Page) -> None:
    """Waits until an act on many dossiers is over, whether it was done at once or shows how far it is."""
    said = page.locator("main .mc-notice--done").or_(page.locator("#bulk-run", has_text="Đã xong"))
    expect(said.first).to_be_visible(timeout=SLOW)


def await_text(page: Page, where: str, text: str | re.Pattern[str], *, tries: int = 240) -> Locator:
    """Reloads until the worker has made what is awaited; returns it."""
    found = page.locator(where).filter(has_text=text)
    for _ in range(tries):
        if found.count():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(found.first).to_be_visible()
    return found.first
