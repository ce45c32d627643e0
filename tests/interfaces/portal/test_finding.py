"""Finding: home, search, life events, counters, the public look-up, plain pages, the procedure page."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries, Settings

from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.services.procedures import search_index
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.reference import ensure_reference_data
from tests.factories import make_citizen, make_dossier, make_procedure, make_units
from tests.interfaces.portal.support import signed_in

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)


@pytest.fixture
def birth() -> ProcedureData:
    """Birth registration in a small catalogue with the words, hints and life events of the house."""
    make_units()
    with begin(SYSTEM) as work:
        ensure_reference_data(work)
    found = make_procedure("1.001193", name="Thủ tục đăng ký khai sinh")
    make_procedure("1.000894", name="Thủ tục đăng ký kết hôn")
    make_procedure(
        "3.000348", name="Cấp đổi giấy phép lái xe", level="PROVINCE", field="Đường bộ", channels=("DIRECT",)
    )
    search_index.refresh(clock.today())
    return found


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def test_home_has_search_life_events_lookup_and_counter(birth: ProcedureData, client: Client) -> None:
    page = text(client, "/")
    assert page.count("/life/") == 8
    assert 'name="q"' in page
    assert 'name="code"' in page
    assert "data-qr-scan" in page
    assert "Trung tâm Phục vụ hành chính công" in page


def test_home_shows_a_persons_own_counter_first(birth: ProcedureData) -> None:
    page = text(signed_in(make_citizen(ward_code="19753")), "/")
    assert "Trung tâm Phục vụ hành chính công phường Phú Xuân" in page


def test_the_warning_band_stands_on_every_page(birth: ProcedureData, client: Client, settings: Settings) -> None:
    assert "mc-warning-band" not in text(client, "/")
    settings.PROVINCE_WARNING = "Bão số 12: các quầy đóng cửa chiều nay."
    for url in ("/", "/search/", "/help/"):
        assert "Bão số 12" in text(client, url)


@pytest.mark.parametrize("asked", ["khai sinh", "lam giay khai sinh cho con", "1.001193", "KHAI SINH"])
def test_search_finds_what_people_write(birth: ProcedureData, client: Client, asked: str) -> None:
    page = client.get("/search/", {"q": asked}).content.decode()
    assert "/procedures/1.001193/" in page
    assert page.index("/procedures/1.001193/") < page.find("/procedures/1.000894/") % (len(page) + 1)


def test_search_marks_the_words_that_matched(birth: ProcedureData, client: Client) -> None:
    page = client.get("/search/", {"q": "khai sinh"}).content.decode()
    assert "<mark>khai sinh</mark>" in page


def test_search_filters_by_level_and_channel(birth: ProcedureData, client: Client) -> None:
    page = client.get("/search/", {"level": "PROVINCE"}).content.decode()
    assert "/procedures/3.000348/" in page
    assert "/procedures/1.001193/" not in page
    assert "/procedures/3.000348/" not in client.get("/search/", {"online": "1"}).content.decode()


def test_nothing_found_shows_the_nearest_and_the_hotline(
    birth: ProcedureData, client: Client, settings: Settings
) -> None:
    settings.PROVINCE_HOTLINE = "1900 1075"
    page = client.get("/search/", {"q": "qqqzzzxxx"}).content.decode()
    assert "mc-empty" in page
    assert "1900 1075" in page
    assert page.count('class="mc-result"') == 3


@pytest.mark.parametrize("nonsense", ["'; DROP TABLE x; --", "%_%", "\\", "<script>alert(1)</script>", "đ" * 500, "😀"])
def test_search_stands_any_text(birth: ProcedureData, client: Client, nonsense: str) -> None:
    answer = client.get("/search/", {"q": nonsense, "level": nonsense, "field": nonsense})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_a_dossier_code_in_the_search_leads_to_the_lookup(birth: ProcedureData, client: Client) -> None:
    answer = client.get("/search/", {"q": "h57.100-261120-0001"})
    assert answer.status_code == 302
    assert answer["Location"] == "/lookup/?code=H57.100-261120-0001"


def test_a_life_event_lists_its_procedures(birth: ProcedureData, client: Client) -> None:
    assert "/procedures/1.001193/" in text(client, "/life/birth/")
    text(client, "/life/nothing/", 404)


def test_counters_are_found_by_name_without_accents(birth: ProcedureData, client: Client) -> None:
    page = client.get("/counters/", {"q": "phu xuan"}).content.decode()
    assert "phường Phú Xuân" in page
    assert "phường Thuận Hóa" not in page


def test_a_procedure_says_what_it_needs_costs_and_when(birth: ProcedureData, client: Client) -> None:
    with clock.at(FRIDAY):
        page = text(client, "/procedures/1.001193/")
    assert "<h1" in page
    assert "Đăng ký khai sinh" in page
    assert "8.000" in page
    # five working days from a Friday morning, without the Day of Vietnamese Culture on 24/11
    assert "30/11" in page
    assert "mc-reckoning" in page
    assert "Điều 147" in page
    assert "60/2014/QH13" in page
    assert "/procedures/1.001193/start/" in page
    assert "/procedures/1.001193/qr.svg" in page


def test_what_the_form_replaces_need_not_be_brought(birth: ProcedureData, client: Client) -> None:
    page = text(client, "/procedures/1.001193/")
    assert page.count("mc-checklist__item--have") == 1  # Tờ khai is filled in here, Giấy chứng sinh is brought


def test_a_procedure_without_online_channel_cannot_be_started(birth: ProcedureData, client: Client) -> None:
    page = text(client, "/procedures/3.000348/")
    assert "/start/" not in page
    text(client, "/procedures/3.000348/start/", 422)


def test_the_qr_code_is_an_image(birth: ProcedureData, client: Client) -> None:
    answer = client.get("/procedures/1.001193/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")


def test_an_unknown_procedure_is_not_found(client: Client) -> None:
    text(client, "/procedures/9.999999/", 404)


@pytest.mark.parametrize("url", ["/procedures/%00/", "/search/?q=%00", "/lookup/?code=a%00b", "/counters/?q=%00"])
def test_nul_is_refused(client: Client, url: str) -> None:
    text(client, url, 400)


def test_pages_of_procedures_ask_few_questions(
    birth: ProcedureData, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/procedures/1.001193/")
    client.get("/search/", {"q": "khai sinh"})
    client.get("/")
    for url, most in (("/", 0), ("/search/?q=khai+sinh", 3), ("/procedures/1.001193/", 1), ("/life/birth/", 2)):
        with django_assert_max_num_queries(most):
            text(client, url)


def test_the_lookup_tells_status_and_completion_only(client: Client) -> None:
    dossier = make_dossier("processing")
    page = text(client, f"/lookup/?code={dossier.code.lower()}")
    assert dossier.code in page
    assert "50/100" in page
    for secret in (dossier.applicant_name, "Ủy ban nhân dân phường Thuận Hóa", "Đăng ký khai sinh", str(dossier.pk)):
        assert escape(secret) not in page


def test_the_lookup_explains_what_is_wrong(client: Client) -> None:
    make_units()
    assert "govuk-error-message" in text(client, "/lookup/?code=abc")
    assert "govuk-error-message" in text(client, "/lookup/?code=H57.100-261120-0001", 404)
    for code in ("'", "H57.100-269999-0001", "x" * 500):
        assert client.get("/lookup/", {"code": code}).status_code in (200, 404)


@pytest.mark.parametrize("name", ["help", "accessibility", "privacy"])
def test_plain_pages(client: Client, name: str) -> None:
    for language in ("vi", "en"):
        answer = client.get(f"/{name}/", headers={"Accept-Language": language})
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.content.decode()
