"""Receiving at the counter: from the card to the receipt, kept at every step, repeated without harm."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.rules import Status
from tests.factories import make_officer, make_procedure
from tests.interfaces.desk.support import signed_in
from tests.interfaces.desk.test_dossier import PNG

pytestmark = pytest.mark.django_db

CARD = "046190000123|191234567|Trần Thị Bình|17051990|Nữ|12 Nguyễn Huệ, Huế|10052021"


@pytest.fixture
def counter() -> Client:
    return signed_in(make_officer("counter"))


def begun(client: Client) -> Intake:
    client.post(reverse("desk:intake_begin"))
    return Intake.objects.latest("started_at")


def step(intake: Intake, name: str) -> str:
    return reverse("desk:intake_step", args=[intake.pk, name])


def test_from_the_card_to_the_receipt(counter: Client) -> None:
    procedure = make_procedure()
    intake = begun(counter)
    assert counter.post(step(intake, "person"), {"card": CARD, "kind": "citizen"}).status_code == 302
    person = counter.get(step(intake, "person")).context["form"].initial
    assert person["name"] == "Trần Thị Bình"
    assert person["identity_number"] == "046190000123"
    assert counter.post(step(intake, "person"), {**person, "phone": "0905 123 456"}).headers["Location"] == step(
        intake, "procedure"
    )
    assert counter.post(step(intake, "procedure"), {"version": str(procedure.id)}).status_code == 302
    paper = procedure.papers[0]
    scan = SimpleUploadedFile("to-khai.png", PNG, "image/png")
    given = {f"originals_{paper.key}": "1", f"copies_{paper.key}": "x", f"files_{paper.key}": scan, "delivery": "post"}
    assert counter.post(step(intake, "papers"), given).headers["Location"] == step(intake, "check")
    assert counter.get(step(intake, "check")).status_code == 200
    assert counter.post(step(intake, "check")).status_code == 302
    dossier = Dossier.objects.get()
    assert dossier.status == Status.ACCEPTED
    assert dossier.channel == "DIRECT"
    assert dossier.delivery == "post"
    assert dossier.contact["phone"] == "0905123456"
    assert dossier.files.get().name == "to-khai.png"
    assert dossier.components.get(key=paper.key).originals == 1
    receipt = counter.get(reverse("desk:intake_receipt", args=[intake.pk])).content.decode()
    assert dossier.code in receipt
    assert counter.post(step(intake, "check")).status_code == 302
    assert Dossier.objects.count() == 1
    assert procedure.name in counter.get(step(begun(counter), "procedure")).content.decode()


def test_what_was_typed_is_kept_even_when_it_is_not_right(counter: Client) -> None:
    intake = begun(counter)
    wrong = counter.post(step(intake, "person"), {"kind": "citizen", "name": "Lê Văn Dở", "identity_number": "12"})
    assert wrong.status_code == 422
    assert counter.get(step(intake, "person")).context["form"].initial["name"] == "Lê Văn Dở"
    saved = counter.post(step(intake, "person") + "?autosave", {"kind": "citizen", "name": "Lê Văn Dở Dang"})
    assert "saved_at" in saved.json()
    assert "Lê Văn Dở Dang" in counter.get(reverse("desk:intake")).content.decode()


def test_nothing_is_submitted_halfway(counter: Client) -> None:
    procedure = make_procedure()
    intake = begun(counter)
    assert counter.post(step(intake, "check")).headers["Location"] == step(intake, "procedure")
    counter.post(step(intake, "procedure"), {"version": str(procedure.id)})
    assert counter.post(step(intake, "check")).status_code == 422
    assert not Dossier.objects.exists()


def test_a_colleague_does_not_see_it(counter: Client) -> None:
    intake = begun(counter)
    other = signed_in(make_officer("counter"))
    for name in ("person", "procedure", "papers", "check"):
        assert other.get(step(intake, name)).status_code == 404
    assert other.post(reverse("desk:intake_discard", args=[intake.pk])).status_code == 404
    assert signed_in(make_officer("specialist")).get(reverse("desk:intake")).status_code == 403
    assert counter.post(reverse("desk:intake_discard", args=[intake.pk])).status_code == 302
    assert not Intake.objects.exists()


def test_rubbish_gets_an_answer(counter: Client) -> None:
    procedure = make_procedure()
    intake = begun(counter)
    counter.post(step(intake, "procedure"), {"version": str(procedure.id)})
    key = procedure.papers[0].key
    for text in ("", "\0", "x" * 3000, "|" * 7, "🙂", str(uuid4()), "-1", "99999999999"):
        for name in ("person", "procedure", "papers", "nowhere"):
            data = dict.fromkeys(
                (
                    *("card", "name", "identity_number", "kind", "phone", "email", "version", "case", "competent"),
                    *("delivery", f"originals_{key}", f"remove_{key}", "note"),
                ),
                text,
            )
            assert counter.post(step(intake, name), data).status_code < 500, (name, text)
        assert counter.get(step(intake, "procedure"), {"q": text}).status_code < 500
    bad = SimpleUploadedFile("virus.exe", b"MZ")
    assert counter.post(step(intake, "papers"), {f"files_{key}": bad}).status_code == 422
