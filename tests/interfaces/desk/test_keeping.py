"""What administrators keep as data: roles, posts, reasons, figures of the law, search words; each with its history."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from motcua.engines.accounts.models import User
from motcua.engines.organisations.models import Appointment, Role
from motcua.engines.organisations.roles import PERMISSIONS
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.services.dossiers import policies, reasons
from motcua.services.dossiers.models import Policy
from motcua.services.procedures.models import SearchWord
from motcua.services.procedures.search_index import refresh
from tests.factories import make_citizen, make_officer, make_procedure, make_units
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db

PAGES = ("roles", "reasons", "policies", "words", "form_new")


@pytest.fixture
def boss() -> User:
    return make_officer("administrator", make_units()["province"], language="en")


@pytest.fixture
def administrator(boss: User) -> Client:
    return signed_in(boss)


def test_pages_show_and_are_closed_to_others(administrator: Client) -> None:
    specialist, citizen = signed_in(make_officer("specialist")), signed_in(make_citizen())
    for name in PAGES:
        address = reverse(f"desk:{name}")
        assert administrator.get(address).status_code == 200, name
        assert specialist.get(address).status_code == 403, name
        assert citizen.get(address).status_code == 403, name


def test_a_role_tells_who_holds_it_and_what_was_changed(administrator: Client) -> None:
    officer = make_officer("specialist")
    address = reverse("desk:role", args=["specialist"])
    name = User.objects.get(pk=officer.pk).full_name
    assert name in administrator.get(address).content.decode()
    sent = {"name": "Chuyên viên", "permissions": ["dossier.read", "dossier.process", "ledger.read"]}
    assert administrator.post(address, sent).status_code == 302
    page = administrator.get(address).content.decode()
    history = page[page.index('id="history"') :]
    with translation.override("en"):
        came, stayed = str(PERMISSIONS["ledger.read"]), str(PERMISSIONS["dossier.process"])
    assert came in history
    assert "Chuyên viên thụ lý" in history
    # what stayed is not told again
    assert stayed not in history


def test_nobody_locks_the_office_out(administrator: Client, boss: User) -> None:
    address = reverse("desk:role", args=["administrator"])
    sent = {"name": "Quản trị", "permissions": ["catalogue.edit"]}
    refused = administrator.post(address, sent)
    assert refused.status_code == 422
    assert "lock yourself out" in refused.content.decode()
    assert "organisations.edit" in Role.objects.get(pk="administrator").permissions
    post = Appointment.objects.get(user_id=boss.pk)
    ended = administrator.post(reverse("desk:appointment_end", args=[post.pk]))
    assert ended.status_code == 422
    assert Appointment.objects.get(pk=post.pk).valid_to is None


def test_a_second_administrator_may_be_ended(administrator: Client) -> None:
    other = make_officer("administrator", make_units()["province"], username="quan-tri-2")
    post = Appointment.objects.get(user_id=other.pk)
    assert administrator.post(reverse("desk:appointment_end", args=[post.pk])).status_code == 302


def test_only_a_role_that_nobody_held_is_removed(administrator: Client) -> None:
    administrator.post(reverse("desk:roles"), {"code": "reader", "name": "Người đọc", "permissions": ["ledger.read"]})
    assert administrator.post(reverse("desk:role_remove", args=["reader"])).status_code == 302
    assert not Role.objects.filter(pk="reader").exists()
    administrator.post(reverse("desk:role_remove", args=["administrator"]))
    assert Role.objects.filter(pk="administrator").exists()
    assert administrator.get(reverse("desk:role", args=["nobody"])).status_code == 404


def test_a_post_from_to_and_acting_for(administrator: Client) -> None:
    commune = make_units()["commune"]
    held = make_officer("head", commune, username="truong-phong")
    person = make_officer("specialist", commune, username="chuyen-vien")
    page = reverse("desk:person", args=[person.pk])
    today = clock.today()
    sent = {
        "do": "appoint",
        "a-unit": str(commune.id),
        "a-role": "head",
        "a-valid_from": today.isoformat(),
        "a-acting_for": "truong-phong",
    }
    assert administrator.post(page, sent).status_code == 422, "who acts for another does so until a day"
    assert administrator.post(page, {**sent, "a-valid_to": (today - timedelta(days=1)).isoformat()}).status_code == 422
    until = (today + timedelta(days=10)).isoformat()
    assert administrator.post(page, {**sent, "a-valid_to": until, "a-acting_for": "khong-ai"}).status_code == 422
    assert administrator.post(page, {**sent, "a-valid_to": until}).status_code == 302
    made = Appointment.objects.get(user_id=person.pk, role="head")
    assert made.acting_for is not None
    assert made.acting_for.user_id == held.pk
    text = administrator.get(page).content.decode()
    assert User.objects.get(pk=held.pk).full_name in text
    post = administrator.get(reverse("desk:appointment_end", args=[made.pk])).content.decode()
    assert "Appointed" in post
    last = today + timedelta(days=3)
    administrator.post(reverse("desk:appointment_end", args=[made.pk]), {"last_day": last.isoformat()})
    assert Appointment.objects.get(pk=made.pk).valid_to == last


def test_reasons_are_added_worded_and_retired(administrator: Client) -> None:
    new = {"kind": "refuse", "code": "thieu-chu-ky", "text": "Tờ khai thiếu chữ ký", "basis": "ND118 Đ17"}
    assert administrator.post(reverse("desk:reasons"), new).status_code == 302
    assert administrator.post(reverse("desk:reasons"), new).status_code == 422
    address = reverse("desk:reason", args=["refuse", "thieu-chu-ky"])
    assert administrator.post(address, {"text": "Thiếu chữ ký", "position": "3"}).status_code == 302
    assert administrator.post(reverse("desk:reason_use", args=["refuse", "thieu-chu-ky"])).status_code == 302
    found = reasons.find("refuse", "thieu-chu-ky")
    assert found is not None
    assert (found.text, found.active) == ("Thiếu chữ ký", False)
    page = administrator.get(address).content.decode()
    assert "Tờ khai thiếu chữ ký" in page[page.index('id="history"') :]
    administrator.post(reverse("desk:reason_use", args=["refuse", "thieu-chu-ky"]))
    assert reasons.chosen("refuse", "thieu-chu-ky")
    assert administrator.get(reverse("desk:reason", args=["refuse", "nowhere"])).status_code == 404


def test_a_figure_is_set_from_a_day_by_a_decision(administrator: Client, boss: User) -> None:
    """ND118 Đ17.2: 8 working hours to accept; a province that decides for fewer keeps the decision beside it."""
    address = reverse("desk:policy", args=["intake_hours"])
    later = clock.today() + timedelta(days=30)
    sent = {"value": "4", "valid_from": later.isoformat(), "basis": "QĐ 12/2026/QĐ-UBND"}
    assert administrator.post(address, {**sent, "basis": ""}).status_code == 422
    assert administrator.post(address, {**sent, "value": "400"}).status_code == 422
    assert administrator.post(address, {**sent, "valid_from": "2020-01-01"}).status_code == 422
    assert administrator.post(address, sent).status_code == 302
    assert policies.number("intake_hours") == 8
    assert policies.number("intake_hours", later) == 4
    page = administrator.get(address).content.decode()
    assert "QĐ 12/2026/QĐ-UBND" in page
    assert User.objects.get(pk=boss.pk).full_name in page
    assert f"{later:%d/%m/%Y}" in administrator.get(reverse("desk:policies")).content.decode()
    row = Policy.objects.get()
    assert administrator.post(reverse("desk:policy_take_back", args=[row.pk])).status_code == 302
    assert not Policy.objects.exists()
    assert administrator.get(reverse("desk:policy", args=["nothing"])).status_code == 404


def test_search_words_are_tried_where_they_are_kept(administrator: Client) -> None:
    procedure = make_procedure()
    page = reverse("desk:words")
    sent = {"kind": "SYNONYM", "term": "Giấy đẻ", "expansion": "khai sinh", "active": "on"}
    assert administrator.post(page, {**sent, "term": ""}).status_code == 422
    assert administrator.post(page, sent).status_code == 302
    refresh(clock.today())
    forget_all()
    word = SearchWord.objects.get(expansion="khai sinh", term="giay de")
    tried = administrator.get(page, {"trial": "giấy đẻ"}).content.decode()
    assert procedure.code in tried
    assert "giấy đẻ → khai sinh" in tried.lower()
    address = reverse("desk:word", args=[word.pk])
    assert administrator.post(address, {**sent, "active": ""}).status_code == 302
    word.refresh_from_db()
    assert not word.active
    history = administrator.get(address).content.decode()
    assert "Search word changed" in history
    assert administrator.post(reverse("desk:word_remove", args=[word.pk])).status_code == 302
    assert not SearchWord.objects.filter(pk=word.pk).exists()
    assert administrator.get(address).status_code == 404
    assert "Search word removed" in administrator.get(page).content.decode()


def test_a_unit_a_calendar_and_a_procedure_show_before_and_after(administrator: Client) -> None:
    unit = make_units()["commune"]
    address = reverse("desk:unit", args=[unit.id])
    sent = {"name": "Phường Mới", "kind": "commune", "fields_text": "Hộ tịch"}
    assert administrator.post(address, sent).status_code == 302
    page = administrator.get(address).content.decode()
    history = page[page.index('id="history"') :]
    assert unit.name in history
    assert "Phường Mới" in history
    data = make_procedure()
    status = {"status": "SUSPENDED", "reason": "QĐ 77"}
    administrator.post(reverse("desk:procedure_status", args=[data.procedure_id]), status)
    page = administrator.get(reverse("desk:procedure", args=[data.procedure_id])).content.decode()
    assert "Status changed" in page
    assert "QĐ 77" in page


def test_rubbish_gets_an_answer(administrator: Client) -> None:
    for name in ("words", "roles", "reasons"):
        address = reverse(f"desk:{name}")
        for text in ("", "\0", "9" * 3000, "🙂", str(uuid4())):
            names = ("code", "kind", "term", "name", "text", "position", "expansion", "permissions")
            assert administrator.post(address, dict.fromkeys(names, text)).status_code < 500
            assert administrator.get(address, {"q": text, "kind": text, "after": text, "trial": text}).status_code < 500
    assert administrator.get(reverse("desk:word", args=[uuid4()])).status_code == 404
