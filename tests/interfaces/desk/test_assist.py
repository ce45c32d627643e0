"""A volunteer at the desk: the citizen's consent on record, what one submitted and nothing else; answers in time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.engines.ledger import readers
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.readers import catch_up
from motcua.engines.notices.models import Message
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers import actions
from motcua.services.dossiers.jobs import intake as intake_jobs
from motcua.services.dossiers.models import AnswerCount, Assistance, Dossier
from tests.factories import (
    make_citizen,
    make_dossier,
    make_officer,
    make_procedure,
    make_staff,
    make_units,
    open_task,
    unit,
)
from tests.interfaces.desk.support import signed_in
from tests.interfaces.desk.test_dossier import PNG
from tests.interfaces.desk.test_intake import CARD, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def helper() -> Client:
    return signed_in(make_officer("helper", make_units()["commune_centre"]))


def begun(client: Client, **person: str) -> Intake:
    """For the person of the card, up to the consent."""
    client.post(reverse("desk:intake_begin"), {"mode": "assist"})
    intake = Intake.objects.latest("started_at")
    client.post(step(intake, "person"), {"card": CARD, "kind": "citizen", **person})
    client.post(step(intake, "procedure"), {"version": str(make_procedure().id)})
    client.post(step(intake, "form"), {"paper_form": "1"})
    scan = SimpleUploadedFile("to-khai.png", PNG, "image/png")
    assert client.post(step(intake, "papers"), {"files_p1": scan}).headers["Location"] == step(intake, "consent")
    return intake


def test_a_volunteer_submits_with_spoken_consent(helper: Client) -> None:
    intake = begun(helper)
    assert helper.post(step(intake, "check")).status_code == 422, "no consent yet"
    assert helper.post(step(intake, "consent"), {"consent": "spoken"}).status_code == 422
    assert helper.post(step(intake, "consent"), {"consent": "spoken", "witness": "Lê Văn Chứng"}).status_code == 302
    assert helper.get(step(intake, "check")).status_code == 200
    assert helper.post(step(intake, "check")).status_code == 302
    dossier = Dossier.objects.get()
    assert (dossier.channel, dossier.accepted_at) == ("ONLINE", None)
    assert dossier.files.get().name == "to-khai.png"
    row = Assistance.objects.get()
    assert (row.consent, row.witness, row.unit_id) == ("spoken", "Lê Văn Chứng", unit("commune_centre"))
    assert dossier.code in helper.get(reverse("desk:intake_receipt", args=[intake.pk])).content.decode()
    assert dossier.code in helper.get(reverse("desk:assist")).content.decode()
    assert helper.get(reverse("desk:assisted", args=[dossier.pk])).status_code == 200
    inside = helper.get(reverse("desk:dossier", args=[dossier.pk]))
    assert inside.headers["Location"] == reverse("desk:assisted", args=[dossier.pk])
    colleague = signed_in(make_officer("helper", make_units()["commune_centre"]))
    assert colleague.get(reverse("desk:assisted", args=[dossier.pk])).status_code == 404
    assert dossier.code not in colleague.get(reverse("desk:assist")).content.decode()
    assert helper.get(reverse("desk:worklist")).headers["Location"] == reverse("desk:assist")


def test_consent_on_paper_and_by_code(helper: Client) -> None:
    intake = begun(helper, email="binh@example.vn")
    assert helper.post(step(intake, "consent"), {"consent": "signed"}).status_code == 422
    paper = SimpleUploadedFile("dong-y.png", PNG, "image/png")
    assert helper.post(step(intake, "consent"), {"consent": "signed", "paper": paper}).status_code == 302
    citizen = make_citizen(identity_number="046190000123", name="Trần Thị Bình")
    assert helper.post(step(intake, "consent"), {"consent": "code", "code": "000000"}).status_code == 422
    assert helper.post(step(intake, "consent"), {"send_code": "1"}).status_code == 302
    assert helper.post(step(intake, "consent"), {"send_code": "1"}).status_code == 422, "one a minute"
    told = Message.objects.get(kind="dossier.assist_code")
    assert told.party_id == citizen.party_id
    code = str(told.params["number"])
    intake.refresh_from_db()
    assert not re.search(code, str(intake.data)), "the code itself is not kept"
    for _ in range(5):
        assert helper.post(step(intake, "consent"), {"consent": "code", "code": "x"}).status_code == 422
    assert helper.post(step(intake, "consent"), {"consent": "code", "code": code}).status_code == 422, "tried too often"
    with clock.at(clock.now() + timedelta(minutes=2)):
        helper.post(step(intake, "consent"), {"send_code": "1"})
        code = str(Message.objects.filter(kind="dossier.assist_code").latest("at").params["number"])
        assert helper.post(step(intake, "consent"), {"consent": "code", "code": code}).status_code == 302
    assert helper.post(step(intake, "check")).status_code == 302
    assert Assistance.objects.get().consent == "code"


def test_the_counter_reads_how_the_citizen_agreed(helper: Client) -> None:
    intake = begun(helper)
    paper = SimpleUploadedFile("dong-y.png", PNG, "image/png")
    helper.post(step(intake, "consent"), {"consent": "signed", "paper": paper})
    helper.post(step(intake, "check"))
    dossier = Dossier.objects.get()
    assert [file.name for file in dossier.files.filter(component=None)] == ["dong-y.png"]
    page = signed_in(make_officer("counter")).get(reverse("desk:dossier", args=[dossier.pk])).content.decode()
    assert Assistance.objects.get().helper.full_name in page
    assert "Signed on paper" in page or "Ký trên giấy" in page
    assert "dong-y.png" in page


def test_what_is_not_taken_online_is_said_when_it_is_chosen(helper: Client) -> None:
    intake = begun(helper)
    counter_only = make_procedure(channels=("DIRECT",))
    answer = helper.post(step(intake, "procedure"), {"version": str(counter_only.id)})
    assert answer.headers["Location"] == step(intake, "procedure")
    intake.refresh_from_db()
    assert intake.data["procedure"] != str(counter_only.id)


def test_a_counter_officer_does_not_help_without_the_role() -> None:
    counter = signed_in(make_officer("counter"))
    assert counter.get(reverse("desk:assist")).status_code == 403
    assert counter.post(reverse("desk:intake_begin"), {"mode": "assist"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_answers_in_time_are_counted_and_the_unseen_is_told_to_the_head() -> None:
    """ND118 Đ17.2."""
    staff = make_staff()
    head = make_officer("head", make_units()["commune_centre"])
    monday = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)
    quick, slow = (make_dossier("new", staff=staff, at=monday) for _ in range(2))
    with clock.at(monday + timedelta(hours=2)):
        actions.accept.run(staff.counter, quick.pk)
        intake_jobs.alert_intake(0)
        intake_jobs.escalate_intake(0)
    slow.refresh_from_db()
    assert slow.alerted_at is not None
    assert not Message.objects.filter(kind="dossier.intake_unseen").exists()
    with clock.at(monday + timedelta(hours=8)):
        intake_jobs.escalate_intake(0)
        intake_jobs.escalate_intake(0)
    told = Message.objects.filter(kind="dossier.intake_unseen").values_list("user_id", flat=True)
    assert sorted(told) == sorted([head.pk, staff.head.id]), "the heads of the counter and above it, once"
    over_tet = make_dossier("new", staff=staff, at=datetime(2026, 2, 13, 18, 0, tzinfo=VIETNAM))
    due_at = open_task(over_tet.pk).due_at
    assert due_at - over_tet.submitted_at > timedelta(days=9)
    with clock.at(due_at - timedelta(hours=1)):
        intake_jobs.escalate_intake(0)
    assert Message.objects.filter(kind="dossier.intake_unseen").count() == 4, "after nine days off as well"
    actions.withdraw.run(SYSTEM, over_tet.pk)
    with clock.at(monday + timedelta(days=2)):
        actions.accept.run(staff.counter, slow.pk)
    catch_up(readers.get("answer_counts"))
    counted = AnswerCount.objects.filter(unit=unit("commune_centre"))
    assert sum(row.answered for row in counted) == 2
    assert sum(row.answered_late for row in counted) == 1
    assert sum(row.alerted for row in counted) == 1
    with clock.at(monday + timedelta(days=3)):
        page = signed_in(staff.counter).get(reverse("desk:answering"))
    assert [each.rate for each in page.context["figures"]] == [50]
