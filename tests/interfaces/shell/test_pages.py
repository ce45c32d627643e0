"""The pages of the shell: manifest, service worker, offline, theme, language, errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

pytestmark = [pytest.mark.urls("tests.interfaces.shell.urls"), pytest.mark.django_db]


def test_the_manifest_names_icons_that_exist(client: Client) -> None:
    answer = client.get("/app.webmanifest")
    document = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in document["icons"]}
    assert any(icon.get("purpose") == "maskable" for icon in document["icons"])
    folder = Path(__file__).resolve().parents[3] / "src" / "motcua" / "interfaces" / "static"
    for icon in document["icons"]:
        assert (folder / icon["src"].removeprefix("/static/")).is_file()


def test_the_service_worker_keeps_static_files_and_the_offline_page_alone(client: Client) -> None:
    answer = client.get("/service-worker.js")
    source = answer.content.decode()
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    # The only thing ever written after installation lies behind the test for the static folder.
    assert source.count(".put(") == 1
    guarded = source.split("url.pathname.startsWith(STATIC)")[1]
    assert ".put(" in guarded
    first = re.search(r"const FIRST = \[(.*?)\];", source)
    assert first is not None
    assert first.group(1).startswith("OFFLINE")
    assert 'const OFFLINE = "/offline/"' in source


def test_the_offline_page_holds_nothing_of_a_person(client: Client) -> None:
    answer = client.get("/offline/")
    assert answer.status_code == 200
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert "sessionid" not in answer.cookies


def test_the_theme_is_kept_and_the_way_back_stays_inside(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "/style/?on=desk"})
    assert answer["Location"] == "/style/?on=desk"
    assert answer.cookies["theme"].value == "dark"
    assert client.post("/theme/", {"theme": "x", "next": "https://evil.example/"})["Location"] == "/"


def test_the_language_is_switched_by_a_form(client: Client) -> None:
    assert '<html lang="vi"' in client.get("/test/form").content.decode()
    client.post("/language/setlang/", {"language": "en", "next": "/test/form"})
    assert '<html lang="en"' in client.get("/test/form").content.decode()


def test_errors_have_pages(client: Client) -> None:
    client.raise_request_exception = False
    for address, status in [("/nothing/here", 404), ("/test/broken", 500)]:
        answer = client.get(address)
        assert answer.status_code == status
        assert "mc-error-page" in answer.content.decode()


def test_a_stale_form_is_explained() -> None:
    answer = Client(enforce_csrf_checks=True).post("/test/sink", {})
    assert answer.status_code == 403
    assert "mc-error-page" in answer.content.decode()


def test_a_province_shows_itself(client: Client, settings: object, tmp_path: Path) -> None:
    emblem = tmp_path / "emblem.svg"
    emblem.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    settings.PROVINCE_NAME = "Thanh Hóa"  # type: ignore[attr-defined]
    settings.PROVINCE_EMBLEM = str(emblem)  # type: ignore[attr-defined]
    settings.PROVINCE_BRAND_COLOUR = "#0b5394"  # type: ignore[attr-defined]
    page = client.get("/test/form").content.decode()
    assert "Thanh Hóa" in page
    assert '<img class="mc-mark" src="/brand/emblem"' in page
    assert "--mc-brand:#0b5394" in client.get("/brand/colours.css").content.decode()
    assert client.get("/brand/emblem")["Content-Type"] == "image/svg+xml"


def test_without_settings_there_is_no_emblem(client: Client) -> None:
    assert client.get("/brand/emblem").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_while_the_session_is_kept_is_no_fault_of_the_request() -> None:
    """Django calls it a bad request; the person is to try again."""
    client = Client(raise_request_exception=False)
    client.session.save()
    client.cookies["sessionid"] = client.session.session_key or ""
    answer = client.get("/test/database-goes")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
