"""The turns of the law on the dossier's page: offered when lawful, previewed, done; and results nobody collected."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from motcua.engines.notices.models import Message
from motcua.foundation import clock
from motcua.services.dossiers import actions
from motcua.services.dossiers.jobs import turns as turn_jobs
from motcua.services.dossiers.models import Dossier, Result
from motcua.services.dossiers.rules import Status
from tests import factories
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db


def _act(dossier: Dossier, verb: str) -> str:
    return reverse("desk:act", args=[dossier.pk, verb])


def test_an_extension_is_previewed_before_it_is_given_nd118_d19_6() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff)
    client = signed_in(staff.head)
    assert "act-extend" in client.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    given = {"count": "3", "per": "working_day", "reason": "complex", "explanation": "Xin lỗi ông/bà vì cần xác minh."}
    seen = client.post(_act(dossier, "extend"), given | {"preview": "1"}, headers={"HX-Request": "true"})
    assert "Xin lỗi và hẹn lại ngày trả kết quả" in seen.content.decode()
    assert not Dossier.objects.get(pk=dossier.pk).extensions.exists(), "looking does nothing"
    whole = client.post(_act(dossier, "extend"), given | {"preview": "1"})
    assert "Xin lỗi và hẹn lại" in whole.content.decode(), "also without scripts"
    assert client.post(_act(dossier, "extend"), given).status_code == 302
    page = client.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert "act-extend" not in page, "once"
    past = client.get(reverse("desk:dossier", args=[dossier.pk]) + "?as_of=2020-01-01T08:00")
    assert past.status_code == 200


def test_only_who_leads_is_offered_to_stop() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff)
    page = reverse("desk:dossier", args=[dossier.pk])
    assert "act-stop" not in signed_in(staff.specialist).get(page).content.decode()
    client = signed_in(staff.head)
    assert "act-stop" in client.get(page).content.decode()
    said = {"reason": "dispute", "explanation": "Đang tranh chấp ranh giới"}
    assert client.post(_act(dossier, "stop"), {**said, "reason": ""}).status_code == 422
    assert client.post(_act(dossier, "stop"), said).status_code == 302
    assert "act-reopen" in client.get(page).content.decode()
    again = {"reason": "cause_gone", "explanation": "Đã hòa giải"}
    assert client.post(_act(dossier, "reopen"), again).status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).status == Status.PROCESSING


def test_what_is_held_is_said_with_its_place_nd118_d5_1i() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    before = factories.make_dossier("returned", staff=staff, citizen=citizen)
    dossier = factories.make_dossier("accepted", staff=staff, citizen=citizen)
    client = signed_in(staff.specialist)
    asked = {"name_other": "Giấy khai sinh", "code_other": "missing"}
    seen = client.post(_act(dossier, "supplement"), asked | {"preview": "1"}, headers={"HX-Request": "true"})
    assert before.code in seen.content.decode()
    refused = client.post(_act(dossier, "supplement"), asked)
    assert refused.status_code == 422
    assert before.code in refused.content.decode()
    assert client.post(_act(dossier, "supplement"), asked | {"held_other": "outage"}).status_code == 302


def test_a_payment_is_demanded_and_noted_on_the_page() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff)
    client = signed_in(staff.specialist)
    demanded = {"name": "Lệ phí trước bạ", "amount": "1500000", "notice_number": "123/TB-CT"}
    assert client.post(_act(dossier, "demand_payment"), demanded).status_code == 302
    page = client.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert "1.500.000" in page
    assert client.post(_act(dossier, "note_payment"), {"receipt": "BL01", "amount": "1500000"}).status_code == 302
    assert Dossier.objects.get(pk=dossier.pk).status == Status.PROCESSING


def test_a_result_is_corrected_at_the_desk_nd118_d23() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("returned", staff=staff)
    asked = {"reason": "typing", "explanation": "Sai năm sinh"}
    assert signed_in(staff.counter).post(_act(dossier, "ask_correction"), asked).status_code == 302
    task = factories.open_task(dossier.pk)
    client = signed_in(staff.head)
    page = client.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert "act-correct_result" in page
    assert "Sai năm sinh" in page
    fixed = {"task": str(task.pk), "name": "Giấy khai sinh", "number": "13/2026"}
    # an address that was kept names a dossier without a result: told so, nothing breaks
    assert (
        client.post(_act(factories.make_dossier("processing", staff=staff), "correct_result"), fixed).status_code == 409
    )
    assert client.post(_act(dossier, "correct_result"), fixed).status_code == 302
    assert Result.objects.get(pk=dossier.pk).revision == 2


def test_uncollected_results_are_listed_and_reminded_nd118_d22() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    now = clock.now().replace(hour=10)
    waits = factories.make_dossier("finished", staff=staff, citizen=citizen, at=now - timedelta(days=20))
    fresh = factories.make_dossier("finished", staff=staff, citizen=citizen, at=now)
    client = signed_in(staff.counter)
    with clock.at(now):
        page = client.get(reverse("desk:uncollected")).content.decode()
        assert waits.code in page
        assert fresh.code not in page
        assert client.post(reverse("desk:uncollected_remind"), {"dossier": [str(waits.pk)]}).status_code == 302
        assert Result.objects.get(pk=waits.pk).reminded_at == now
        turn_jobs.remind_uncollected(0)
        assert Result.objects.get(pk=fresh.pk).reminded_at is None
    with clock.at(now + timedelta(days=31)):
        turn_jobs.remind_uncollected(0)
    assert Result.objects.get(pk=waits.pk).reminded_at == now + timedelta(days=31), "and again after a month"
    assert Result.objects.get(pk=fresh.pk).reminded_at is not None


def test_an_unpaid_obligation_is_reminded_of_once() -> None:
    staff = factories.make_staff()
    dossier = factories.make_dossier("processing", staff=staff)
    now = clock.now().replace(hour=10)
    with clock.at(now):
        actions.demand_payment.run(staff.specialist, dossier.pk, name="Thuế", amount=5000)
    for days in (1, 8, 9):
        with clock.at(now + timedelta(days=days)):
            turn_jobs.remind_payments(0)
    assert Message.objects.filter(stream=dossier.pk, kind="dossier.payment_reminder").count() == 1
