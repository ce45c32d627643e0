"""Receiving at the counter: from the card to the receipt, kept at every step, repeated without harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.engines.accounts.models import Mandate
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.rules import Status
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.forms.loading import load_designed_forms
from tests.factories import make_officer, make_procedure, open_task, unit
from tests.interfaces.desk.support import signed_in
from tests.interfaces.desk.test_dossier import PNG

pytestmark = pytest.mark.django_db

OTHER_CARD = "046090000777||Lê Văn Cường|01021990|Nam|5 Lê Lợi, Huế|10052021"
ANSWERS = {
    "phone": "0905123456",
    "email": "",
    "address-province": "46",
    "address-ward": "19777",
    "address-line": "12 Nguyễn Huệ",
    "documents-0-name": "Sổ đỏ",
    "documents-0-issuer_kind": "vietnam",
    "documents-0-language": "vi",
    "documents-0-pages": "2",
    "documents-0-copies": "3",
    "documents-0-electronic": "no",
    "copies_brought": "office",
    "applicant-kind": "person",
    "result_delivery": "counter",
}
CARD = "046190000123|191234567|Trần Thị Bình|17051990|Nữ|12 Nguyễn Huệ, Huế|10052021"


@pytest.fixture
def counter() -> Client:
    return signed_in(make_officer("counter"))


def certified_copy() -> ProcedureData:
    """Certified copies, with the form that comes with the house."""
    procedure = make_procedure("2.000815", name="Chứng thực bản sao", papers=("Bản chính",))
    with begin(SYSTEM) as work:
        load_designed_forms(work)
    forget_all()
    return procedure


def begun(client: Client) -> Intake:
    client.post(reverse("desk:intake_begin"))
    return Intake.objects.latest("started_at")


def step(intake: Intake, name: str) -> str:
    return reverse("desk:intake_step", args=[intake.pk, name])


def chosen(client: Client, intake: Intake, procedure: ProcedureData) -> None:
    """The person from the card, the procedure, the form on paper."""
    client.post(step(intake, "person"), {"card": CARD, "kind": "citizen"})
    client.post(step(intake, "procedure"), {"version": str(procedure.id)})
    client.post(step(intake, "form"), {"paper_form": "1"})


def test_from_the_card_to_the_receipt(counter: Client) -> None:
    procedure = make_procedure()
    intake = begun(counter)
    scanned = counter.post(step(intake, "person"), {"card": CARD, "kind": "citizen"})
    assert scanned.headers["Location"] == step(intake, "procedure")
    person = counter.get(step(intake, "person")).context["form"].initial
    assert person["name"] == "Trần Thị Bình"
    assert person["identity_number"] == "046190000123"
    assert counter.post(step(intake, "person"), {**person, "phone": "0905 123 456"}).headers["Location"] == step(
        intake, "procedure"
    )
    picked = counter.post(step(intake, "procedure"), {"version": str(procedure.id)})
    assert picked.headers["Location"] == step(intake, "form")
    assert counter.post(step(intake, "form"), {"paper_form": "1"}).headers["Location"] == step(intake, "papers")
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
    assert dossier.applicant is not None
    assert (str(dossier.applicant.birth_date), dossier.applicant.sex) == ("1990-05-17", "female")
    receipt = counter.get(reverse("desk:intake_receipt", args=[intake.pk])).content.decode()
    assert dossier.code in receipt
    assert counter.post(step(intake, "check")).status_code == 302
    assert Dossier.objects.count() == 1
    favourites = counter.get(step(begun(counter), "procedure")).context["favourites"]
    assert [(each.key, each.code) for each in favourites] == [("1", procedure.code)]


def test_papers_that_came_by_post_118_15(counter: Client) -> None:
    """ND118 Đ15: by post is a way of its own, with its own time; nobody stands there to confirm or to take a result."""
    procedure = make_procedure()
    counter.post(reverse("desk:intake_begin"), {"channel": "POSTAL"})
    intake = Intake.objects.get()
    chosen(counter, intake, procedure)
    counter.post(step(intake, "papers"), {f"originals_{procedure.papers[0].key}": "1"})
    page = counter.get(step(intake, "check"))
    assert not page.context["at_once"]
    assert 'id="confirmation"' not in page.content.decode()
    counter.post(step(intake, "check"))
    dossier = Dossier.objects.get()
    assert (dossier.channel, dossier.delivery, dossier.status) == ("POSTAL", "post", Status.ACCEPTED)
    assert dossier.components.get(key=procedure.papers[0].key).originals == 1


def test_what_is_not_taken_by_post_is_said_at_once(counter: Client) -> None:
    procedure = make_procedure(channels=("DIRECT",))
    counter.post(reverse("desk:intake_begin"), {"channel": "POSTAL"})
    intake = Intake.objects.get()
    counter.post(step(intake, "person"), {"card": CARD, "kind": "citizen"})
    answer = counter.post(step(intake, "procedure"), {"version": str(procedure.id)})
    assert answer.headers["Location"] == step(intake, "procedure")
    assert not Intake.objects.get().data.get("procedure")


def test_the_form_fills_itself_and_its_answers_go_with_the_dossier(counter: Client) -> None:
    procedure = certified_copy()
    intake = begun(counter)
    counter.post(step(intake, "person"), {"card": CARD, "kind": "citizen", "phone": "0905123456"})
    counter.post(step(intake, "procedure"), {"version": str(procedure.id)})
    page = counter.get(step(intake, "form")).content.decode()
    assert "Trần Thị Bình" in page
    assert 'name="shows_originals"' not in page
    assert counter.post(step(intake, "form"), {}).status_code == 422
    answers = ANSWERS | {"applicant-name": "Trần Thị Bình", "applicant-identity_number": "046190000123"}
    assert counter.post(step(intake, "form"), answers).headers["Location"] == step(intake, "papers")
    assert counter.post(step(intake, "papers"), {"as_listed": "1"}).status_code == 302
    checked = counter.get(step(intake, "check")).content.decode()
    assert "Sổ đỏ" in checked
    assert counter.post(step(intake, "check")).status_code == 302
    dossier = Dossier.objects.get()
    assert dossier.answers["documents"][0]["name"] == "Sổ đỏ"
    assert dossier.answers["truthful"] is True
    assert dossier.components.first().originals >= 1
    event = Event.objects.get(stream=dossier.pk, kind="dossier.submitted")
    assert event.data["confirmed"] == "paper"
    other = begun(counter)
    counter.post(step(other, "person"), {"card": OTHER_CARD, "kind": "citizen"})
    counter.post(step(other, "procedure"), {"version": str(procedure.id)})
    counter.post(step(other, "form"), {"as_last_time": "1", "applicant-name": "Lê Văn Cường"})
    other.refresh_from_db()
    assert other.data["answers"]["documents"][0]["name"] == "Sổ đỏ"
    assert "Trần Thị Bình" not in str(other.data["answers"])


def test_the_citizen_confirms_on_the_second_screen(counter: Client) -> None:
    procedure = make_procedure()
    intake = begun(counter)
    chosen(counter, intake, procedure)
    address = counter.get(step(intake, "check")).context["screen_url"]
    citizen = Client()
    assert "Trần Thị Bình" in citizen.get(address).content.decode()
    assert citizen.post(address).status_code == 302
    assert counter.get(step(intake, "check")).context["confirmed"]
    counter.post(step(intake, "papers"), {"delivery": "post"})
    assert not counter.get(step(intake, "check")).context["confirmed"], "what was confirmed has changed"
    assert citizen.get(address).status_code == 404
    again = counter.get(step(intake, "check")).context["screen_url"]
    with clock.at(clock.now() + timedelta(minutes=1)):
        citizen.post(again)
    assert counter.post(step(intake, "check")).status_code == 302
    dossier = Dossier.objects.get()
    assert Event.objects.get(stream=dossier.pk, kind="dossier.submitted").data["confirmed"] == "screen"
    assert citizen.get(again).status_code == 404, "nothing is shown once it is submitted"
    assert citizen.get(reverse("desk:intake_screen", args=["rubbish"])).status_code == 404


def test_a_photograph_of_the_code_does_as_well(counter: Client) -> None:
    intake = begun(counter)
    picture = BytesIO()
    segno.make(CARD, error="m").save(picture, kind="png", scale=6, border=4)
    photo = SimpleUploadedFile("the.png", picture.getvalue(), "image/png")
    assert counter.post(step(intake, "person"), {"kind": "citizen", "photo": photo}).status_code == 302
    intake.refresh_from_db()
    assert intake.data["person"]["name"] == "Trần Thị Bình"
    blank = SimpleUploadedFile("trang.png", PNG, "image/png")
    no_code = counter.post(step(begun(counter), "person"), {"kind": "citizen", "photo": blank})
    assert no_code.status_code == 422
    rubbish = SimpleUploadedFile("x.png", b"not a picture", "image/png")
    assert counter.post(step(begun(counter), "person"), {"kind": "citizen", "photo": rubbish}).status_code == 422


def test_who_comes_for_somebody_else_has_a_mandate_on_record(counter: Client) -> None:
    procedure = make_procedure()
    intake = begun(counter)
    missing = {"card": CARD, "kind": "citizen", "agent-name": "Lê Văn Cường", "agent-identity_number": "046090000777"}
    assert counter.post(step(intake, "person"), missing).status_code == 422
    assert counter.post(step(intake, "person"), missing | {"agent-number": "15/UQ-2026"}).status_code == 302
    counter.post(step(intake, "procedure"), {"version": str(procedure.id)})
    counter.post(step(intake, "form"), {"paper_form": "1"})
    assert "Lê Văn Cường" in counter.get(step(intake, "check")).content.decode()
    assert counter.post(step(intake, "check")).status_code == 302
    dossier = Dossier.objects.get()
    mandate = Mandate.objects.get()
    assert (mandate.grantor_id, mandate.agent_id) == (dossier.applicant_id, dossier.agent_id)
    assert (mandate.procedures, mandate.number) == ([procedure.code], "15/UQ-2026")
    assert Event.objects.get(stream=mandate.pk).data["how"] == "paper"


def test_a_result_at_once_goes_to_the_signer_marked_for_today(counter: Client) -> None:
    """ND118 Đ17.4."""
    intake = begun(counter)
    chosen(counter, intake, make_procedure())
    with clock.at(datetime(2026, 11, 18, 3, tzinfo=UTC)):
        assert counter.post(step(intake, "check"), {"at_once": "1", "result_name": "Bản sao"}).status_code == 302
    dossier = Dossier.objects.get()
    assert dossier.case.allowance == "0 working_day"
    assert open_task(dossier.pk).stage == "sign"
    assert counter.get(reverse("desk:intake_receipt", args=[intake.pk])).status_code == 200
    head = signed_in(make_officer("head"))
    assert (
        "Trả kết quả ngay" in head.get(reverse("desk:worklist")).content.decode()
        or head.get(reverse("desk:worklist")).context["rows"]
    )


def test_any_counter_takes_what_another_commune_handles(counter: Client) -> None:
    """ND118 Đ14, ND309 Đ8.3: the receipt shows a date reckoned from the expected arrival, and says so."""
    procedure = make_procedure()
    intake = begun(counter)
    chosen(counter, intake, procedure)
    paper = procedure.papers[0]
    other = str(unit("other_commune"))
    counter.post(step(intake, "papers"), {"competent": other, f"originals_{paper.key}": "1"})
    assert "ND309 Đ8.3" in counter.get(step(intake, "check")).content.decode()
    counter.post(step(intake, "check"))
    dossier = Dossier.objects.get()
    assert dossier.competent_id == unit("other_commune")
    assert dossier.case.clock_start is None
    assert "ND309 Đ8.3" in counter.get(reverse("desk:intake_receipt", args=[intake.pk])).content.decode()


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
