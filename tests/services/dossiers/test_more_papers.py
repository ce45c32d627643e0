"""Forms 04 to 07, the hand-over sheet and the receipt of a result: what they say, and that everybody can read them."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from motcua.engines.accounts.models import User
from motcua.engines.files.store import open_blob
from motcua.engines.ledger import readers
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Refused
from motcua.services.dossiers import actions, papers, policies
from motcua.services.dossiers.models import (
    Document,
    Dossier,
    DossierComponent,
    HandOver,
    HandOverItem,
)
from motcua.services.dossiers.papers import control, editions, issuing
from motcua.services.dossiers.papers.handing_over import hand_over_content
from tests.factories import make_dossier, make_staff, open_task, unit

pytestmark = pytest.mark.django_db


def tags_of(pdf: bytes) -> tuple[pikepdf.Pdf, list[str]]:
    """The document and the kinds of its structure elements, in reading order."""
    opened = pikepdf.open(BytesIO(pdf))
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for each in node:
                walk(each)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append(str(node.S))
            if "/K" in node:
                walk(node.K)

    walk(opened.Root.StructTreeRoot.K)
    return opened, found


def check_claims(pdf: bytes) -> list[str]:
    """PDF/A-2a and PDF/UA-1: what the file says of itself, and that the structure behind the claim is there."""
    opened, tags = tags_of(pdf)
    with opened.open_metadata() as metadata:
        assert metadata.pdfa_status == "2A"
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"]
    assert opened.Root.MarkInfo.Marked
    assert str(opened.Root.Lang).startswith("vi")
    assert opened.Root.ViewerPreferences.DisplayDocTitle
    assert opened.Root.OutputIntents
    assert tags.count("/H1") == 1
    for page in opened.pages:
        fonts = page.resources.get("/Font", {})
        assert all("/ToUnicode" in font for font in fonts.values())
    assert "/Encrypt" not in opened.trailer
    return tags


def event_of(dossier: Dossier, *kinds: str) -> Event:
    found = Event.objects.filter(stream=dossier.pk, kind__in=kinds).order_by("-seq").first()
    assert found is not None
    return found


def said(dossier: Dossier, form: str) -> dict[str, Any]:
    dossier = Dossier.objects.select_related("case").get(pk=dossier.pk)
    return papers.content_of(dossier, form, 1, event_of(dossier, *papers.FORMS[form].events))


def pdf_of(document: Document) -> bytes:
    with open_blob(document.blob_id) as file:
        return file.read()


def issued(dossier: Dossier, form: str) -> bytes:
    return pdf_of(papers.issue(Dossier.objects.select_related("case").get(pk=dossier.pk), form))


@pytest.mark.parametrize(("stage", "form"), [("accepted", "01"), ("supplement", "02"), ("refused", "03")])
def test_forms_1_to_3_are_tagged_through_and_through(stage: str, form: str) -> None:
    tags = check_claims(issued(make_dossier(stage), form))
    assert "/Figure" in tags
    assert ("/Table" in tags) == (form == "01")


def test_form_1_counts_originals_certified_copies_photocopies_and_sets() -> None:
    """TT 03/2025 mẫu 01."""
    dossier = make_dossier(
        "accepted",
        sets=2,
        components=[actions.ComponentIn("p1", "Tờ khai", originals=1, certified=2, copies=3)],
    )
    receipt = said(dossier, "01")
    (row,) = receipt["components"]
    assert (row["originals"], row["certified"], row["copies"]) == ("1", "2", "3")
    assert receipt["sets"] == "02 (bộ)"
    assert receipt["return_place"].startswith("Trung tâm Phục vụ hành chính công phường Thuận Hóa")
    assert receipt["received"].endswith(f"{clock.today():%d/%m/%Y}")
    assert receipt["qr"].startswith("<svg")


def test_form_3_also_says_what_the_agency_rejected_nd118_d19() -> None:
    staff = make_staff()
    rejected, granted = make_dossier("signing", staff=staff), make_dossier("finished", staff=staff)
    actions.complete.run(
        staff.head,
        rejected.pk,
        task_id=open_task(rejected.pk).pk,
        approved=False,
        name="Thông báo",
        reason="Thửa đất đang có tranh chấp",
    )
    assert issuing.called_for(event_of(rejected, "dossier.completed")) == [("03", 1)]
    assert issuing.called_for(event_of(granted, "dossier.completed")) == []
    form = said(rejected, "03")
    assert (form["reason"], form["officer"]) == ("Thửa đất đang có tranh chấp", staff.head.name)
    assert form["agency"] == "Ủy ban nhân dân phường Thuận Hóa", "who decided, not the counter"
    check_claims(issued(rejected, "03"))
    with pytest.raises(Refused):
        papers.issue(granted, "03")


def test_form_4_apologises_and_names_the_new_day() -> None:
    """ND118 Đ19.6; form 04."""
    dossier = make_dossier("processing")
    with begin(SYSTEM) as work:
        work.record(
            dossier.pk,
            "dossier.extended",
            {
                "old_due": clock.now().isoformat(),
                "due_at": (clock.now() + timedelta(days=5)).isoformat(),
                "reason": "other",
                "reason_text": "Cần xác minh thêm",
                "explanation": "Đang chờ cơ quan công an trả lời.",
                "basis": "ND118 Đ19.6",
            },
        )
    content = said(dossier, "04")
    assert content["new_due"].endswith(f"{clock.today() + timedelta(days=5):%d/%m/%Y}")
    assert content["reason"] == "Cần xác minh thêm"
    assert content["agency"] == "Ủy ban nhân dân phường Thuận Hóa"
    check_claims(issued(dossier, "04"))


def test_form_5_says_why_the_dossier_is_stopped() -> None:
    """ND118 Đ21; form 05."""
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    with begin(SYSTEM) as work:
        work.record(
            dossier.pk, "dossier.stopped", {"reason": "other", "explanation": "Đất đang tranh chấp.", "by": "office"}
        )
    content = said(dossier, "05")
    assert content["explanation"] == "Đất đang tranh chấp."
    assert content["basis"].startswith("Nghị định 118/2025/NĐ-CP")
    check_claims(issued(dossier, "05"))


def test_a_supplement_that_never_came_is_told_on_form_5() -> None:
    """ND118 Đ19.5: closed after fifteen days."""
    dossier = make_dossier("supplement")
    with clock.at(clock.now() + timedelta(days=30)):
        actions.close_unanswered.run(SYSTEM, dossier.pk)
    assert "bổ sung" in said(dossier, "05")["reason"]


def test_form_6_fills_itself_from_the_ledger() -> None:
    """Each step: who, unit, received, due, done, in time or late by how much."""
    staff = make_staff()
    start = clock.now().replace(hour=2, minute=0) - timedelta(days=30)
    dossier = make_dossier("processing", staff=staff, at=start)
    with clock.at(start + timedelta(days=20)):
        actions.pass_on.run(staff.specialist, dossier.pk, task_id=open_task(dossier.pk).id)
    steps = control.control(
        Dossier.objects.select_related("case").get(pk=dossier.pk), event_of(dossier, "dossier.passed_on")
    )
    first, verify, *_rest = steps["steps"]
    assert first["who"] == staff.counter.name
    assert verify["who"] == staff.specialist.name
    assert verify["unit"] == "Ủy ban nhân dân phường Thuận Hóa"
    assert verify["received"]
    assert verify["done"]
    assert verify["punctual"].startswith("Quá hạn ")
    found = Dossier.objects.select_related("case").get(pk=dossier.pk)
    tags = check_claims(papers.control_sheet(found))
    assert tags.count("/Table") == 1
    assert tags.count("/TH") == 8


def test_form_6_tells_supplements_as_of_its_day() -> None:
    staff = make_staff()
    dossier = make_dossier("accepted", staff=staff, at=clock.now() - timedelta(hours=1))
    wanted = {"component": "p2", "name": "Giấy chứng sinh", "reason": "Bản chụp mờ, không đọc được", "basis": ""}
    actions.request_supplement.run(staff.specialist, dossier.pk, items=[wanted])
    (row,) = control.control(dossier, event_of(dossier, "dossier.supplement_requested"))["supplements"]
    assert row["items"] == "Giấy chứng sinh"
    assert control.control(dossier, event_of(dossier, "dossier.accepted"))["supplements"] == []


def test_the_control_sheet_is_kept_when_a_dossier_ends() -> None:
    dossier = make_dossier("returned")
    assert issuing.called_for(event_of(dossier, "dossier.returned")) == [("06", 1), ("KQ", 1)]
    assert "06" not in issuing.PUBLIC
    check_claims(issued(dossier, "06"))


def test_papers_of_a_second_end_are_numbered_on() -> None:
    dossier = make_dossier("processing")
    for _ in range(2):
        with begin(SYSTEM) as work:
            work.record(dossier.pk, "dossier.stopped", {"reason": "other", "explanation": "x", "by": "office"})
    assert issuing.called_for(event_of(dossier, "dossier.stopped")) == [("05", 2), ("06", 2)]


def test_no_receipt_that_nobody_asked_for() -> None:
    """ND118 Đ17.4: a result given at once needs no receipt."""
    dossier = make_dossier("accepted")
    event = event_of(dossier, "dossier.accepted")
    assert issuing.called_for(event) == [("01", 1)]
    event.data = {**event.data, "receipt": False}
    assert issuing.called_for(event) == []


def test_the_receipt_of_a_result_asks_for_a_rating_and_lists_originals() -> None:
    """ND118 Đ22: originals handed back; Đ33: rating by QR."""
    dossier = make_dossier("returned")
    DossierComponent.objects.filter(dossier=dossier, key="p1").update(handed_back=1)
    content = said(dossier, "KQ")
    assert content["result"] == "Giấy khai sinh"
    assert content["originals"] == [{"name": "Tờ khai", "count": "1"}]
    assert "/rate/" in content["rating_shown"]
    tags = check_claims(issued(dossier, "KQ"))
    assert tags.count("/Figure") == 2


def test_the_hand_over_sheet_lists_what_goes_and_is_signed_by_both() -> None:
    """ND118 Đ18."""
    staff = make_staff()
    dossier = make_dossier("accepted", staff=staff)
    sheet = HandOver.objects.create(
        number="BG-261122-0001",
        sender_id=unit("commune_centre"),
        receiver_id=unit("department"),
        made_at=clock.now(),
        made_by=User.objects.get(pk=staff.counter.id),
        due_at=clock.now(),
    )
    HandOverItem.objects.create(sheet=sheet, dossier=dossier, originals=2, copies=1)
    content = hand_over_content(sheet)
    (row,) = content["rows"]
    assert (row["code"], row["originals"], row["copies"]) == (dossier.code, "2", "1")
    assert content["receiver"] == "Sở Tư pháp"
    tags = check_claims(papers.hand_over_sheet(sheet))
    assert "/Table" in tags


def test_the_numbers_of_the_forms_follow_the_law_of_the_day_or_the_policy() -> None:
    """TT 01/2018 until 15/9/2025, then TT 03/2025; a province may keep the old numbers longer."""
    assert editions.form_note("06", date(2026, 1, 1)) == "Mẫu số 06 - TT 03/2025/TT-VPCP"
    assert editions.form_note("06", date(2025, 9, 14)) == "Mẫu số 05 - TT 01/2018/TT-VPCP"
    assert editions.form_note("05", date(2025, 9, 14)) == ""
    with begin(SYSTEM) as work:
        policies.set_figure(
            work, key="forms_edition", value="tt01_2018", valid_from=clock.today(), basis="Quyết định 1/QĐ-UBND"
        )
    assert editions.form_note("07", clock.today()) == "Mẫu số 06 - TT 01/2018/TT-VPCP"
    assert editions.title_of("04", clock.today()) == "Phiếu xin lỗi và hẹn lại ngày trả kết quả"
    assert said(make_dossier("accepted"), "01")["form_note"] == "Mẫu số 01 - TT 01/2018/TT-VPCP"


def test_the_reader_listens_to_all_that_calls_for_a_paper() -> None:
    assert {kind for form in papers.FORMS.values() for kind in form.events} == set(issuing.CALLING)
    assert set(readers.get("papers").kinds) == set(issuing.CALLING)
