"""One dossier on one screen, and what is done to it: permissions, double posts, conflicts, wrong input."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.engines.ledger.models import Event
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import Access, Dossier
from motcua.services.dossiers.rules import Status
from tests.factories import make_citizen, make_dossier, make_officer, make_staff, make_units, open_task
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def act(client: Client, dossier: Dossier, verb: str, **data: Any) -> Any:
    """Posts an action with the open step that the page shows."""
    live = Dossier.objects.select_related("case").get(pk=dossier.pk).case.open_tasks
    given = {"task": str(live[0].id) if live else "", **data}
    return client.post(reverse("desk:act", args=[dossier.pk, verb]), given)


def status(dossier: Dossier) -> int:
    return Dossier.objects.values_list("status", flat=True).get(pk=dossier.pk)


@pytest.mark.parametrize(
    "stage", ["new", "accepted", "supplement", "processing", "signing", "finished", "returned", "refused"]
)
def test_the_page_shows_in_few_queries(stage: str) -> None:
    staff = make_staff()
    dossier = make_dossier(stage, staff=staff)
    for actor in (staff.counter, staff.specialist, staff.head):
        client = signed_in(actor)
        address = reverse("desk:dossier", args=[dossier.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address + "?done=accept")
        assert answer.status_code == 200
        assert len(queries) <= 20, "\n".join(query["sql"][:150] for query in queries)
        assert dossier.code in answer.content.decode()


def test_only_lawful_actions_are_offered() -> None:
    staff = make_staff()
    dossier = make_dossier("new", staff=staff)
    counter = signed_in(staff.counter).get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    specialist = signed_in(staff.specialist).get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert "/act/accept/" in counter
    assert "/act/refuse/" in counter
    assert "/act/complete/" not in counter
    assert "/act/accept/" not in specialist


def test_from_the_counter_to_the_returned_result() -> None:
    staff = make_staff()
    dossier = make_dossier("new", staff=staff)
    counter, specialist, head = (signed_in(actor) for actor in (staff.counter, staff.specialist, staff.head))
    assert act(counter, dossier, "accept", note="").status_code == 302
    assert act(specialist, dossier, "claim").status_code == 302
    assert act(specialist, dossier, "pass_on", opinion="Đủ điều kiện", assignee="").status_code == 302
    rejected = act(head, dossier, "complete", decision="reject", name="Thông báo", reason="")
    assert rejected.status_code == 422
    assert status(dossier) == Status.PROCESSING
    paper = SimpleUploadedFile("ket-qua.png", PNG, "image/png")
    done = act(head, dossier, "complete", decision="approve", name="Giấy khai sinh", number="1/2026", files=paper)
    assert done.status_code == 302
    assert act(counter, dossier, "return", received_by="Bà Bình", delivery="counter").status_code == 422
    answer = act(counter, dossier, "return", received_by="Bà Bình", delivery="counter", identity_checked="on")
    assert answer.status_code == 302
    assert status(dossier) == Status.RETURNED
    page = counter.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert "ket-qua.png" in page
    assert "Đủ điều kiện" in page


def test_after_an_action_the_next_dossier_is_offered() -> None:
    staff = make_staff()
    first, second = make_dossier("new", staff=staff), make_dossier("new", staff=staff)
    client = signed_in(staff.counter)
    client.get(reverse("desk:worklist"), {"view": "intake"})
    answer = client.post(
        reverse("desk:act", args=[first.pk, "accept"]), {"task": str(open_task(first.pk).id), "note": ""}, follow=True
    )
    assert second.code in answer.content.decode()


def test_a_second_post_gets_a_conflict_that_shows_how_things_stand() -> None:
    staff = make_staff()
    dossier = make_dossier("new", staff=staff)
    client = signed_in(staff.counter)
    given = {"task": str(open_task(dossier.pk).id), "note": ""}
    address = reverse("desk:act", args=[dossier.pk, "accept"])
    assert client.post(address, given).status_code == 302
    again = client.post(address, given)
    assert again.status_code == 409
    assert dossier.code in again.content.decode()
    assert Event.objects.filter(stream=dossier.pk, kind="dossier.accepted").count() == 1


def test_two_officers_on_one_step() -> None:
    staff = make_staff()
    other = make_officer("specialist")
    dossier = make_dossier("accepted", staff=staff)
    task = str(open_task(dossier.pk).id)
    address = reverse("desk:act", args=[dossier.pk, "claim"])
    assert signed_in(staff.specialist).post(address, {"task": task}).status_code == 302
    assert signed_in(other).post(address, {"task": task}).status_code == 409


def test_a_supplement_is_asked_for_with_a_preview_first() -> None:
    staff = make_staff()
    dossier = make_dossier("accepted", staff=staff)
    component = dossier.components.order_by("position")[1]
    client = signed_in(staff.specialist)
    wanted = {
        f"on_{component.id}": "on",
        f"reason_{component.id}": "Bản chụp mờ",
        f"basis_{component.id}": "ND118 Đ19.5",
    }
    shown = act(client, dossier, "supplement", preview="1", **wanted)
    assert shown.status_code == 200
    assert "Bản chụp mờ" in shown.content.decode()
    assert status(dossier) == Status.ACCEPTED
    without = act(client, dossier, "supplement", **{f"on_{component.id}": "on"})
    assert without.status_code == 422
    assert act(client, dossier, "supplement").status_code == 422
    assert act(client, dossier, "supplement", **wanted).status_code == 302
    assert status(dossier) == Status.SUPPLEMENT
    assert Dossier.objects.get(pk=dossier.pk).supplements.get().items[0]["basis"] == "ND118 Đ19.5"


def test_refusing_wants_a_reason_and_keeps_what_was_typed() -> None:
    staff = make_staff()
    dossier = make_dossier("new", staff=staff)
    client = signed_in(staff.counter)
    answer = act(client, dossier, "refuse", reason="", explanation="Giải thích đã gõ", basis="")
    assert answer.status_code == 422
    assert "Giải thích đã gõ" in answer.content.decode()
    assert act(client, dossier, "refuse", reason="other", explanation="Không thuộc phường", basis="").status_code == 302
    assert status(dossier) == Status.REFUSED


def test_sending_back_assigning_releasing() -> None:
    staff = make_staff()
    dossier = make_dossier("signing", staff=staff)
    head = signed_in(staff.head)
    assert act(head, dossier, "send_back", to_step="verify", reason="").status_code == 422
    assert act(head, dossier, "send_back", to_step="nowhere", reason="Thiếu").status_code == 422
    assert act(head, dossier, "send_back", to_step="verify", reason="Thiếu ý kiến").status_code == 302
    assert act(head, dossier, "assign", user=str(staff.counter.id)).status_code == 422
    assert act(head, dossier, "assign", user=str(staff.specialist.id)).status_code == 302
    specialist = signed_in(staff.specialist)
    assert act(specialist, dossier, "release").status_code == 302


def test_remarks_and_working_papers() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    client = signed_in(staff.specialist)
    assert act(client, dossier, "remark", text=" ").status_code == 422
    assert act(client, dossier, "remark", text="Đã gọi điện <b>").status_code == 302
    assert "Đã gọi điện &lt;b&gt;" in client.get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    for name, data in (("x.exe", b"MZ\x00"), ("x.pdf", b""), ("x.png", b"not a picture")):
        assert act(client, dossier, "attach", files=SimpleUploadedFile(name, data)).status_code in (413, 422), name
    assert act(client, dossier, "attach", files=SimpleUploadedFile("a.png", PNG, "image/png")).status_code == 302
    row = dossier.files.get(kind="working")
    answer = client.get(reverse("desk:file", args=[dossier.pk, row.pk]))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PNG  # type: ignore[attr-defined]
    elsewhere = signed_in(make_officer("counter", make_units()["other_commune_centre"]))
    assert elsewhere.get(reverse("desk:file", args=[dossier.pk, row.pk])).status_code == 404
    another = make_dossier("processing", staff=staff)
    assert client.get(reverse("desk:file", args=[another.pk, row.pk])).status_code == 404


def test_components_are_judged_with_one_press() -> None:
    staff = make_staff()
    dossier = make_dossier("new", staff=staff)
    component = dossier.components.order_by("position")[0]
    address = reverse("desk:judge", args=[dossier.pk, component.pk])
    client = signed_in(staff.counter)
    part = client.post(address, {"verdict": "missing"}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert f'id="c-{component.pk}"' in part.content.decode()
    component.refresh_from_db()
    assert component.verdict == "missing"
    assert client.post(address, {"verdict": ""}).status_code == 302
    assert client.post(address, {"verdict": "perfect"}).status_code == 422
    assert client.post(reverse("desk:judge", args=[dossier.pk, uuid4()]), {"verdict": "enough"}).status_code == 422
    assert signed_in(staff.specialist).post(address, {"verdict": "enough"}).status_code == 403


def test_who_has_no_part_in_it_can_do_nothing() -> None:
    dossier = make_dossier("new")
    address = reverse("desk:dossier", args=[dossier.pk])
    elsewhere = signed_in(make_officer("head", make_units()["other_commune"]))
    citizen = signed_in(make_citizen())
    assert elsewhere.get(address).status_code == 404
    assert citizen.get(address).status_code == 403
    assert Client().get(address).status_code == 302
    for verb in ("accept", "refuse", "claim", "complete", "remark"):
        target = reverse("desk:act", args=[dossier.pk, verb])
        assert elsewhere.post(target, {}).status_code == 404
        assert citizen.post(target, {}).status_code == 403
        assert Client().post(target, {}).status_code == 302
    assert status(dossier) == Status.NEW


def test_rubbish_never_breaks_the_page() -> None:
    staff = make_staff()
    dossier = make_dossier("accepted", staff=staff)
    client = signed_in(staff.specialist)
    rubbish = ["", "\0", "x" * 10_000, "-1", "🙂", str(uuid4()), "' OR 1=1"]
    for verb in (
        "accept",
        "refuse",
        "supplement",
        "claim",
        "release",
        "assign",
        "pass_on",
        "send_back",
        "complete",
        "return",
        "attach",
        "remark",
        "unknown",
    ):
        for text in rubbish:
            data = dict.fromkeys(
                (
                    "task",
                    "note",
                    "reason",
                    "explanation",
                    "basis",
                    "user",
                    "assignee",
                    "to_step",
                    "opinion",
                    "decision",
                    "name",
                    "received_by",
                    "delivery",
                    "name_other",
                    "reason_other",
                ),
                text,
            ) | ({"text": text} if verb == "remark" else {})
            code = client.post(reverse("desk:act", args=[dossier.pk, verb]), data).status_code
            assert code < 500, (verb, text, code)


def test_a_dossier_that_waits_offers_the_office_nothing_but_words() -> None:
    staff = make_staff()
    dossier = make_dossier("supplement", staff=staff)
    page = signed_in(staff.specialist).get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert "/act/pass_on/" not in page
    assert "Bản chụp mờ, không đọc được" in page
    with pytest.raises(Exception, match=r"waits|finished"):
        actions.claim.run(staff.specialist, dossier.pk, task_id=dossier.case.open_tasks[0].id)


def test_looking_into_a_dossier_is_on_record_once_a_day() -> None:
    staff = make_staff()
    dossier = make_dossier("new", staff=staff)
    client = signed_in(staff.counter)
    for _ in range(3):
        client.get(reverse("desk:dossier", args=[dossier.pk]))
    reading = Access.objects.get()
    assert (reading.officer_id, reading.dossier_id, reading.why) == (staff.counter.id, dossier.pk, "task")


def test_a_refusal_of_an_act_that_is_no_longer_offered_is_still_said() -> None:
    staff = make_staff()
    dossier = make_dossier("signing", staff=staff)
    answer = act(signed_in(staff.head), dossier, "pass_on", opinion="")
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.content.decode()
