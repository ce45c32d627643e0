"""Statutory papers: what they say, that they are archivable and accessible, and that there is never a second one."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from django.test.utils import override_settings
from hypothesis import example, given, settings
from hypothesis import strategies as st

from motcua.engines.files.models import Blob, Scan
from motcua.engines.files.store import open_blob
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.verify import verify
from motcua.foundation import clock
from motcua.foundation.errors import Refused
from motcua.services.dossiers import papers
from motcua.services.dossiers.models import Document, Dossier
from motcua.services.dossiers.papers.glyphs import printable
from tests.factories import make_citizen, make_dossier, make_procedure

FORMS = {"accepted": "01", "supplement": "02", "refused": "03"}
HOSTILE = '#panic("x") *đậm* $x^2$ \\ "; #read("/etc/passwd") <label> @ref `code` [x] 【】 </svg><script>'


def content(dossier: Dossier, form: str) -> dict[str, Any]:
    kind = papers.FORMS[form].events[0]
    return papers.content_of(dossier, form, 1, Event.objects.get(stream=dossier.pk, kind=kind))


def pdf_of(document: Document) -> bytes:
    with open_blob(document.blob_id) as file:
        return file.read()


@pytest.mark.django_db
@pytest.mark.parametrize("stage", FORMS)
def test_each_form_is_an_accessible_archivable_pdf_of_our_own(stage: str) -> None:
    document = papers.issue(make_dossier(stage), FORMS[stage])
    pdf = pdf_of(document)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"BeVietnamPro" in pdf
    assert Blob.objects.get(pk=document.blob_id).scan == Scan.OWN


@pytest.mark.django_db
def test_the_receipt_says_what_the_law_asks() -> None:
    dossier = make_dossier("accepted")
    said = content(dossier, "01")
    due = dossier.case.due_at
    assert due is not None
    assert said["code"] == dossier.code
    assert said["applicant"] == dossier.applicant_name
    assert (said["phone"], said["address"]) == ("0905123456", "12 Nguyễn Huệ")
    assert said["allowance"] == "5 ngày làm việc"
    assert said["due"].startswith("17 giờ 00 phút, ngày ")
    assert said["fee"] == "8.000 đ"
    assert [row["name"] for row in said["components"]] == ["Tờ khai", "Giấy chứng sinh"]
    assert said["agency"] == "Trung tâm Phục vụ hành chính công phường Thuận Hóa"
    assert said["above"] == "Ủy ban nhân dân phường Thuận Hóa"
    assert said["place_date"].startswith("Thuận Hóa, ngày ")
    assert said["officer"]
    assert said["qr"].startswith("<svg")


@pytest.mark.django_db
def test_without_a_time_in_law_the_receipt_promises_no_day() -> None:
    said = content(make_dossier("accepted", procedure=make_procedure(allow=None)), "01")
    assert said["due"] == "Được thông báo khi có kết quả"


@pytest.mark.django_db
def test_the_qr_leads_where_the_installation_says() -> None:
    dossier = make_dossier("accepted")
    with override_settings(LOOKUP_URL="https://example.gov.vn/tra-cuu/{code}"):
        assert content(dossier, "01")["lookup_shown"] == f"example.gov.vn/tra-cuu/{dossier.code}"


@pytest.mark.django_db
def test_what_people_typed_is_never_markup() -> None:
    dossier = make_dossier("accepted", citizen=make_citizen(name=HOSTILE), procedure=make_procedure(papers=[HOSTILE]))
    assert pdf_of(papers.issue(dossier, "01")).startswith(b"%PDF")


def test_letters_that_the_typeface_lacks_are_replaced_and_vietnamese_is_whole() -> None:
    vietnamese = "Nguyễn Thị Ánh Ngọc, ẰẴỖỬỸĐ đường số 1/2 – “tổ 3”; 8.000 đ & 50% (Đ. 17)"
    assert printable(vietnamese) == vietnamese
    assert printable({"a": ["x\t漢😀\u202e\ue000\nend"]}) == {"a": ["x ???\nend"]}


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
@example("µ ŉ ß ﬁ ǰ ΐ")
def test_no_text_keeps_a_paper_from_being_made(text: str) -> None:
    said = dict.fromkeys(("agency", "above", "number", "applicant", "address", "procedure", "reason"), text)
    rest = dict.fromkeys(("explanation", "basis", "officer", "place_date", "agency_phone", "lookup_shown"), text)
    fixed = {"title": "Phiếu", "code": "H57-1", "form_note": "", "qr": papers.qr_svg("x"), "phone": text, "email": text}
    assert papers.render("form03", {**said, **rest, **fixed}, clock.now()).startswith(b"%PDF")


@pytest.mark.django_db
def test_a_paper_tells_what_was_true_then_even_when_it_is_made_later() -> None:
    dossier = make_dossier("supplement")
    assert dossier.case.due_at is None
    said = content(dossier, "01")
    assert said["due"].startswith("17 giờ 00 phút, ngày ")
    event = Event.objects.get(stream=dossier.pk, kind="dossier.accepted")
    assert papers.render("form01", said, event.at) == papers.render("form01", said, event.at)


@pytest.mark.django_db
def test_what_nothing_calls_for_is_refused() -> None:
    dossier = make_dossier("new")
    for form, number in (("01", 1), ("02", 1), ("99", 1), ("01", 0), ("01", -1)):
        with pytest.raises(Refused):
            papers.issue(dossier, form, number)


@pytest.mark.django_db
def test_asking_again_finds_the_same_and_the_ledger_knows_it_once() -> None:
    dossier = make_dossier("accepted")
    first = papers.issue(dossier, "01")
    assert papers.issue(dossier, "01") == first
    event = Event.objects.get(stream=dossier.pk, kind="dossier.document_issued")
    assert event.data == {"form": "01", "number": 1, "sha256": first.blob_id}
    assert verify(stream=dossier.pk).ok


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_get_the_same_paper() -> None:
    dossier = make_dossier("accepted")
    start, found, failed = threading.Barrier(6), [], []

    def ask() -> None:
        try:
            mine = Dossier.objects.select_related("case").get(pk=dossier.pk)
            start.wait(10)
            found.append(papers.issue(mine, "01").pk)
        except Exception as error:  # a thread must tell what happened
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(set(found)) == 1
    assert Document.objects.count() == 1
    assert Event.objects.filter(kind="dossier.document_issued").count() == 1
    assert verify(stream=dossier.pk).ok
