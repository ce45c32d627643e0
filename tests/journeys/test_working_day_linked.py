"""The working day across agencies: each of the other shipped groups of linked procedures is begun at the counter and
moved, and officer and citizen see the same line of time, agency by agency (ND118 Đ20, Đ28)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.day import (
    CITIZEN_CARD,
    CODE,
    LOOKED_OVER,
    Day,
    act,
    await_text,
    open_dossier,
    pass_on_until,
    submit,
    uncomplaining,
)
from tests.journeys.people import people
from tests.support.running import Platform

pytestmark = pytest.mark.journey

TIMES = "section[aria-labelledby=agencies]"  # the citizen's line of time, in sentences


@pytest.fixture(scope="module")
def day(browser: Browser, server: Platform) -> Iterator[Day]:
    with people(browser, server) as enter:
        yield Day(enter, seen=set(LOOKED_OVER), served=300)


def receive(day: Day, key: str, sought: str) -> str:
    """A group at the ward's counter, with its forms on paper. Returns the code of the whole."""
    counter = day.be("counter")
    counter.goto("/desk/intake/")
    ward = counter.locator("#unit option", has_text="phường").first.get_attribute("value")
    counter.locator("#unit").select_option(ward)
    submit(counter, counter.locator("form[action$='/begin/'] button[data-key=n]"))
    counter.locator("[name=card]").fill(CITIZEN_CARD)
    with counter.expect_navigation(url="**/procedure/"):
        counter.locator("[name=card]").press("Enter")
    # what stands there changes as one types: the address of the question is there at once
    counter.goto(f"{counter.url}?q={sought}")
    submit(counter, counter.locator(f"a[href$='/linked/{key}/']").first)
    day.look_over(counter, "linked intake")
    counter.locator("main input[name^=originals-]").first.fill("1")
    submit(counter, counter.locator("main form .mc-actions button:not([name=fill])").last)
    uncomplaining(counter, key)
    expect(counter.locator(".mc-dossier-head")).to_be_visible()
    found = re.search(CODE, counter.locator("main .mc-notice--done").first.inner_text())
    assert found, counter.locator("main").inner_text()
    return found.group()


def followed(day: Day, group: str, parts: int) -> Page:
    """The citizen's page of the whole: a line for each part, with who holds it."""
    citizen = day.be("citizen", phone=True)
    citizen.goto(f"/dossiers/linked/{group}/")
    expect(citizen.locator(".mc-parts__item")).to_have_count(parts)
    day.look_over(citizen, "linked group")
    return citizen


def part(citizen: Page, number: int) -> str:
    """The code of a part that has begun."""
    address = citizen.locator(".mc-parts__item").nth(number).locator("a").first.get_attribute("href") or ""
    return address.strip("/").split("/")[-1]


def decided(day: Day, code: str, number: str) -> None:
    """A part at the ward, prepared and signed."""
    specialist, head = day.be("specialist"), day.be("head")
    pass_on_until(specialist, code, "complete")
    pass_on_until(head, code, "complete")
    act(head, "complete", decision="approve", number=number)


def seen_by_officer(day: Day, code: str, *agencies: str) -> None:
    """The line of time per agency on the officer's page."""
    counter = day.be("counter")
    open_dossier(counter, code)
    times = counter.locator("table", has_text="Được giao").first
    for agency in agencies:
        expect(times).to_contain_text(agency)
    day.look_over(counter, "time per agency")


def test_a_death_at_one_counter(day: Day) -> None:
    """Registration, end of residence, funeral allowance: the next parts begin when the first is done."""
    group = receive(day, "death", "khai tử")
    citizen = followed(day, group, 3)
    first = part(citizen, 0)
    decided(day, first, "51/KT")
    await_text(citizen, ".mc-parts__item:nth-child(2) a", re.compile("thường trú"))
    seen_by_officer(day, first, "phường Phú Xuân")


def test_a_household_business_and_its_tax_office(day: Day) -> None:
    """Registered at the ward; the tax office is told by its own part, which begins by itself."""
    group = receive(day, "household-business", "hộ kinh doanh")
    citizen = followed(day, group, 2)
    first = part(citizen, 0)
    decided(day, first, "52/HKD")
    await_text(citizen, ".mc-parts__item:nth-child(2) a", re.compile("thuế", re.IGNORECASE))
    counter, second = day.be("counter"), part(citizen, 1)
    open_dossier(counter, second)
    act(counter, "accept")
    seen_by_officer(day, second, "phường Phú Xuân", "Thuế")
    citizen.reload()
    expect(citizen.locator(TIMES)).to_contain_text("Thuế")


def test_people_of_merit_from_the_commune_to_the_department(day: Day) -> None:
    """The commune confirms the relation, the department decides on the allowance."""
    group = receive(day, "people-of-merit", "người có công")
    citizen = followed(day, group, 2)
    first = part(citizen, 0)
    # prepared and confirmed in the commune, then on to the department's own people
    for persona in ("specialist", "head"):
        pass_on_until(day.be(persona), first, "complete")
    seen_by_officer(day, first, "phường Phú Xuân", "Nội vụ")
    citizen.reload()
    expect(citizen.locator(TIMES)).to_contain_text("Nội vụ")


def test_land_and_tax_run_side_by_side(day: Day) -> None:
    """The land office waits for the tax before it signs; both have their own line from the beginning."""
    counter = day.be("counter")
    group = receive(day, "land-tax", "sang tên sổ đỏ")
    citizen = followed(day, group, 2)
    codes = [part(citizen, number) for number in range(2)]
    # the papers go first where they belong
    counter.goto("/desk/handover/")
    counter.locator("[name=codes]").fill(codes[0])
    submit(counter, counter.locator("form[action$='/make/'] button.govuk-button"))
    uncomplaining(counter, "hand over")
    submit(counter, counter.locator("main form button[data-key=c]"))
    uncomplaining(counter, "confirm")
    seen_by_officer(day, codes[0], "Nông nghiệp và Môi trường", "Thuế thành phố Huế")
    citizen.reload()
    for agency in ("Nông nghiệp và Môi trường", "Thuế thành phố Huế"):
        expect(citizen.locator(TIMES)).to_contain_text(agency)


def test_an_allowance_and_its_insurance_card(day: Day) -> None:
    """Social protection: what the ward grants brings the card of the insurance with it."""
    group = receive(day, "social-allowance", "trợ cấp xã hội")
    citizen = followed(day, group, 2)
    specialist = day.be("specialist")
    open_dossier(specialist, part(citizen, 0))
    act(specialist, "pass_on", opinion="Đủ điều kiện")
    citizen.reload()
    expect(citizen.locator(TIMES)).to_contain_text("Phú Xuân")
