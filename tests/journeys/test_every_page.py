"""Every page of the platform, opened by somebody who may: accessible, and nothing runs out of it, narrow or wide.

The personas follow links from where they begin; a page of each kind is enough, one of each kind and persona where
people see different things. The table of doors says which pages there are: one that nobody reached fails the test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, FilePayload, Page, ViewportSize

from tests.faults.doors import DOORS
from tests.journeys.people import Enter, fits, people
from tests.support.browser import axe
from tests.support.running import Platform

pytestmark = pytest.mark.journey

PERSONAS = ("", "citizen", "volunteer", "counter", "specialist", "head", "clerk", "administrator")
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 800}
MOST = 400
"""Addresses one persona asks for at most: the crawl ends whatever it finds."""

DIFFERENT_FOR_EACH = ("desk/", "desk/dossiers/<uuid:dossier_id>/")
"""What everybody at work sees in another way."""

NO_PAGES = {
    "downloads": (
        "app.webmanifest", "service-worker.js", "brand/colours.css", "procedures/<str:code>/qr.svg",
        "dossiers/<str:code>/calendar.ics", "dossiers/<str:code>/files/<uuid:file_id>/",
        "dossiers/<str:code>/documents/<uuid:document_id>/", "drafts/<uuid:draft_id>/files/<uuid:file_id>/",
        "desk/dossiers/<uuid:dossier_id>/files/<uuid:file_id>/", "desk/handover/<uuid:sheet_id>/pdf/",
        "desk/dossiers/<uuid:dossier_id>/documents/<uuid:document_id>/",
        "desk/dossiers/<uuid:dossier_id>/control-sheet/", "desk/administration/flows/export/",
        "desk/administration/flows/<slug:key>/bpmn/", "desk/administration/forms/<uuid:key>/form.json",
        "desk/administration/forms/<uuid:key>/schema.json", "desk/register/file/<slug:kind>/",
    ),
    "parts of pages, tried with the page they stand on": (
        "desk/rail/", "desk/dossiers/<uuid:dossier_id>/preview/",
    ),
    "tokens from a letter, used once": (
        "account/^confirm-email/(?P<key>[-:\\w]+)/$", "account/password/reset/key/done/",
        "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    ),
    "signing out happens, nobody stays there": ("sign-out/",),
    "for who has a password, as the people of the demonstration have not": (
        "account/password/change/", "account/reauthenticate/",
    ),
    "there once three forms are filled in or a letter has come: tried with what they stand for": (
        "dossiers/linked/<str:code>/", "dossiers/linked/<str:code>/withdraw/", "inbox/<uuid:message_id>/",
        "rate/<str:token>/",
    ),
}  # fmt: skip

EXTRA = {
    "": ("/offline/", "/account/signup/", "/account/inactive/", "/account/password/reset/",
         "/account/password/reset/done/", "/account/confirm-email/", "/sign-in/connected/login/cancelled/",
         "/kiosk/", "/lookup/", "/life/birth/", "/search/?q=khai+sinh", "/procedures/1.000894/"),
    "citizen": ("/account/email/", "/sign-in/connected/",
                "/account/second-factor/", "/account/second-factor/webauthn/"),
    "counter": ("/desk/search/",),
}  # fmt: skip
"""Addresses that no link leads to: letters, other machines and answers to mistakes send people there."""

REORGANISATION = {
    "name": "Đổi tên phường",
    "basis": "Nghị quyết 1",
    "effective": "2099-01-01",
    "changes": [{"kind": "rename", "unit": "H57.10.01", "name": "Ủy ban nhân dân phường Mới"}],
}

Look = Callable[[Page, str, str], None]


@pytest.fixture
def enter(browser: Browser, server: Platform) -> Iterator[Enter]:
    with people(browser, server) as opened:
        yield opened


def route_of(address: str) -> str | None:
    """The pattern of an address, ``None`` where it leads nowhere in the platform."""
    try:
        return str(resolve(urlsplit(address).path).route)
    except Resolver404:
        return None


def kind_of(address: str, persona: str) -> str | None:
    """What a page is one of its kind by."""
    route = route_of(address)
    if route is None or any(route in group for group in NO_PAGES.values()):
        return None
    if route == "desk/intake/<uuid:intake_id>/<slug:name>/":
        return f"{route} {urlsplit(address).path.split('/')[-2]}"
    return f"{route} {persona}" if route in DIFFERENT_FOR_EACH else route


def begin_something(page: Page, persona: str, server: Platform) -> list[str]:
    """What has to be under way for its pages to be there. Returns where it is."""
    begun: list[str] = []
    if persona == "citizen":
        for address in ("/procedures/1.000894/start/", "/linked/birth/start/"):
            page.goto(address, wait_until="domcontentloaded")
            page.locator("main form[method=post] button.govuk-button").first.click()
            page.wait_for_url("**/drafts/**", wait_until="domcontentloaded")
            begun += [page.url, f"{page.url}check/", f"{page.url}delete/"]
        page.goto("/dossiers/", wait_until="domcontentloaded")
        mine = page.locator("a[href*='/dossiers/H']").evaluate_all("all => all.map(a => a.pathname)")
        for what in ("submitted", "stop", "correct", "withdraw"):
            begun += [f"{address}{what}/" for address in mine]
    if persona == "counter":
        page.goto("/desk/intake/", wait_until="domcontentloaded")
        page.locator("form[action$='/begin/'] button").first.click()
        page.wait_for_url("**/person/", wait_until="domcontentloaded")
        begun.append(page.url)
    if persona == "head":
        page.goto("/desk/", wait_until="domcontentloaded")
        page.locator("tr[data-row] input[name=dossier]").first.check()
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.locator("[data-bulk-bar] button[value=claim]").click()
        with server.connect() as looked:  # one row is done before there is a page to wait on
            runs = looked.execute("SELECT id FROM dossiers_bulkrun ORDER BY made_at DESC LIMIT 1").fetchall()
        begun += [f"/desk/bulk/{key}/" for (key,) in runs]
    if persona == "administrator":
        page.goto("/desk/administration/forms/", wait_until="domcontentloaded")
        page.locator("main tbody a").first.click()
        published = page.url.rstrip("/").rsplit("/", 1)[-1]
        page.locator("main form[action$='/version/'] button").click()
        page.wait_for_url(lambda url: published not in url, wait_until="domcontentloaded")
        begun += [page.url, f"{page.url}compare/{published}/"]
        page.goto("/desk/administration/reorganisations/", wait_until="domcontentloaded")
        plan: FilePayload = {
            "name": "plan.json",
            "mimeType": "application/json",
            "buffer": json.dumps(REORGANISATION).encode(),
        }
        page.locator("main input[type=file]").set_input_files(plan)
        page.locator("main form button").click()
        page.wait_for_url(re.compile("reorganisations/.+"), wait_until="domcontentloaded")
        begun.append(page.url)
        key = page.url.rstrip("/").rsplit("/", 1)[-1]
        begun += [f"/desk/administration/ledger/{key}/", "/desk/administration/flows/mac-dinh/compare/"]
    return begun


def leave_nothing(page: Page, begun: list[str]) -> None:
    """The next story finds no draft of this one."""
    for address in begun:
        if address.endswith("/delete/"):
            page.goto(address, wait_until="domcontentloaded")
            with page.expect_navigation(wait_until="domcontentloaded"):
                page.locator("main form[method=post] button.govuk-button").first.click()


def walk(enter: Enter, server: Platform, look: Look) -> set[str]:
    """Everybody opens what nobody opened before. Returns the patterns of the pages that were seen."""
    seen: set[str] = set()
    for persona in PERSONAS:
        page = enter(persona, viewport=WIDE)
        if not persona:
            page.goto("/", wait_until="domcontentloaded")
        home = page.url
        begun = begin_something(page, persona, server)
        waiting = [home, *EXTRA.get(persona, ()), *begun]
        asked: set[str] = set()
        while waiting and len(asked) < MOST:
            address = waiting.pop(0)
            kind = kind_of(address, persona)
            # a page that others have looked at is asked for its links alone
            if kind is None or kind in asked:
                continue
            if kind in seen:
                asked.add(kind)
                answer = page.request.get(address, max_redirects=0)
                waiting += links(answer.text()) if answer.ok else []
                continue
            answered = page.goto(address, wait_until="domcontentloaded")
            if answered is None or not answered.ok or kind_of(page.url, persona) != kind:
                continue
            asked.add(kind)
            seen.add(kind)
            look(page, persona, kind)
            waiting += links(page.content())
        leave_nothing(page, begun)
        page.context.close()
    return {kind.split(" ")[0] for kind in seen}


def links(text: str) -> list[str]:
    found = re.findall(r'href="(/[^"#]*)', text)
    return [address.replace("&amp;", "&") for address in found if not address.startswith("/static/")]


def test_every_page_is_accessible_and_fits(enter: Enter, server: Platform) -> None:
    wrong: list[str] = []

    def look(page: Page, persona: str, kind: str) -> None:
        for check in (axe_at_rest, fits_narrow_and_wide):
            try:
                check(page)
            except AssertionError as error:
                wrong.append(f"{persona or 'visitor'}: {kind}: {error}")

    seen = walk(enter, server, look)
    pages = {door.pattern for door in DOORS if 200 in door.get}
    left_out = {pattern for patterns in NO_PAGES.values() for pattern in patterns}
    assert not wrong, "\n".join(wrong)
    assert pages - left_out - seen == set(), "nobody reached these pages"


def axe_at_rest(page: Page) -> None:
    axe(page, exclude=["iframe"])


def fits_narrow_and_wide(page: Page) -> None:
    fits(page)
    page.set_viewport_size(NARROW)
    fits(page)
    page.set_viewport_size(WIDE)
