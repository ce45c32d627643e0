"""Papers between offices at the desk: a sheet of marked rows or scanned codes, confirmed line by line."""

from __future__ import annotations

import pytest
from django.urls import reverse

from motcua.services.dossiers.models import HandOver
from tests.factories import make_citizen, make_procedure, open_task
from tests.interfaces.desk.support import signed_in
from tests.services.dossiers.test_moving import fresh, received_elsewhere, sheet_of

pytestmark = pytest.mark.django_db


def test_from_the_marked_row_to_the_confirmed_sheet() -> None:
    dossier, here, there = received_elsewhere()
    sender, receiver = signed_in(here.counter), signed_in(there.counter)
    page = sender.get(reverse("desk:handover")).content.decode()
    assert dossier.code in page
    answer = sender.post(reverse("desk:handover_make"), {"dossier": str(dossier.pk), "note": "Kèm sổ gốc"})
    sheet = HandOver.objects.get()
    assert answer.headers["Location"] == reverse("desk:handover_sheet", args=[sheet.pk])
    pdf = sender.get(reverse("desk:handover_pdf", args=[sheet.pk]))
    assert pdf.content.startswith(b"%PDF")
    assert "Kèm sổ gốc" in sender.get(answer.headers["Location"]).content.decode()
    assert sheet.number in receiver.get(reverse("desk:handover")).content.decode()
    address = reverse("desk:handover_sheet", args=[sheet.pk])
    (item,) = sheet.items.all()
    assert receiver.post(address, {}).status_code == 422
    assert receiver.post(address, {f"whole_{item.pk}": "no"}).status_code == 422
    assert sender.post(address, {f"whole_{item.pk}": "yes"}).status_code == 403
    lacking = {f"whole_{item.pk}": "no", f"remark_{item.pk}": "Thiếu bản chính"}
    assert receiver.post(address, lacking).status_code == 302
    # the sender sees that it lacks something, on the sheet and in the list, and sends it again
    assert "Thiếu bản chính" in sender.get(address).content.decode()
    assert [each.lacking for each in sender.get(reverse("desk:handover")).context["sent"]] == [1]
    sender.post(reverse("desk:handover_make"), {"dossier": str(dossier.pk)})
    again = HandOver.objects.exclude(pk=sheet.pk).get()
    address, (item,) = reverse("desk:handover_sheet", args=[again.pk]), again.items.all()
    assert receiver.post(address, {f"whole_{item.pk}": "yes"}).status_code == 302
    assert fresh(dossier).arrived_at is not None
    assert receiver.get(address).status_code == 200


def test_codes_are_scanned_one_after_the_other() -> None:
    dossier, here, _ = received_elsewhere()
    sender = signed_in(here.counter)
    wrong = sender.post(reverse("desk:handover_make"), {"codes": f"{dossier.code}\nH57.1-000000-0000"})
    assert wrong.status_code == 422
    assert not HandOver.objects.exists()
    assert sender.post(reverse("desk:handover_make"), {}).status_code == 422
    assert sender.post(reverse("desk:handover_make"), {"codes": dossier.code.lower()}).status_code == 302
    assert HandOver.objects.get().items.get().dossier_id == dossier.pk


def test_one_dossier_from_its_own_page() -> None:
    dossier, here, there = received_elsewhere()
    sender, receiver = signed_in(here.counter), signed_in(there.counter)
    page = sender.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert "act-hand_over" in page
    assert "ND309 Đ8.3" in page
    task = str(open_task(dossier.pk).pk)
    assert sender.post(reverse("desk:act", args=[dossier.pk, "hand_over"]), {"task": task}).status_code == 302
    task = str(open_task(dossier.pk).pk)
    take_in = reverse("desk:act", args=[dossier.pk, "take_in"])
    assert "act-take_in" in receiver.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert receiver.post(take_in, {"task": task, "whole": "no"}).status_code == 422
    assert receiver.post(take_in, {"task": task, "whole": "yes"}).status_code == 302
    assert HandOver.objects.get().confirmed_at is not None
    assert "act-take_in" not in receiver.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()


def test_a_list_of_many_costs_few_queries(django_assert_max_num_queries: object) -> None:
    citizen, procedure = make_citizen(), make_procedure()
    first, here, _ = received_elsewhere(citizen=citizen, procedure=procedure)
    sender = signed_in(here.counter)
    sender.get(reverse("desk:handover"))
    for _ in range(3):
        received_elsewhere(citizen=citizen, procedure=procedure)
    sheet_of(first, here)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        assert sender.get(reverse("desk:handover")).status_code == 200
