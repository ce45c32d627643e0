"""Files come out with headers that keep them harmless; the scanner has the last word."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from motcua.engines.files import jobs
from motcua.engines.files.actions import store
from motcua.engines.files.models import Blob, Scan, Upload
from motcua.engines.files.scanning import ScannerAwayError, scanner_state
from motcua.engines.files.serving import file_response, may_show, warning_of
from motcua.foundation.errors import Refused
from motcua.foundation.keys import new_id
from tests.engines.files import samples
from tests.engines.files.clamd import clamd

pytestmark = pytest.mark.django_db


def stored(data: bytes | None = None, name: str = "a.pdf") -> Blob:
    return Upload.objects.select_related("blob").get(pk=store(data or samples.pdf(), name, new_id()).pk).blob


def body(response: HttpResponseBase) -> bytes:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response.streaming_content)  # type: ignore[arg-type]


def test_a_download_cannot_be_run_or_framed_elsewhere() -> None:
    response = file_response(stored(), 'Đơn "xin"\r\nX: 1.pdf')
    assert body(response) == samples.pdf()
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert unquote(response["Content-Disposition"]).endswith("Đơn _xin_ X_ 1.pdf")
    assert "sandbox" in response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_pdfs_and_pictures_show_in_place_and_word_files_do_not() -> None:
    pdf = file_response(stored(), "a.pdf", inline=True)
    assert pdf["Content-Disposition"].startswith("inline")
    assert "sandbox" not in pdf["Content-Security-Policy"]
    picture = file_response(stored(samples.picture(), "a.png"), "a.png", inline=True)
    assert picture["Content-Disposition"].startswith("inline")
    word = file_response(stored(samples.docx(), "a.docx"), "a.docx", inline=True)
    assert word["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-4", 206, slice(0, 5)),
        ("bytes=5-", 206, slice(5, None)),
        ("bytes=-6", 206, slice(-6, None)),
        ("bytes=0-999999", 206, slice(0, None)),
        ("bytes=999999-", 416, None),
        ("bytes=9-3", 416, None),
        ("bytes=-", 200, slice(0, None)),
        ("bytes=0-1,3-4", 200, slice(0, None)),
        ("rubbish", 200, slice(0, None)),
    ],
)
def test_ranges(asked: str, status: int, expected: slice | None) -> None:
    blob = stored()
    response = file_response(blob, "a.pdf", request=RequestFactory().get("/", headers={"Range": asked}))
    assert response.status_code == status
    if expected is not None:
        assert body(response) == samples.pdf()[expected]
    if status == 416:
        assert response["Content-Range"] == f"bytes */{blob.size}"


def test_what_the_browser_has_is_not_sent_again() -> None:
    blob = stored()
    request = RequestFactory().get("/", headers={"If-None-Match": f'"{blob.sha256}"'})
    assert file_response(blob, "a.pdf", request=request).status_code == 304


def test_without_a_scanner_nothing_is_called_clean(settings: Settings) -> None:
    settings.CLAMD = ""
    blob = stored()
    jobs.scan(blob.pk)
    jobs.scan_waiting(0)
    blob.refresh_from_db()
    assert blob.scan == Scan.NONE
    assert warning_of(blob)
    state = scanner_state()
    assert (state.configured, state.answers, state.waiting) == (False, False, 1)


def test_the_scanner_marks_files_and_what_it_refuses_is_never_served(settings: Settings) -> None:
    with clamd() as address:
        settings.CLAMD = address
        good, bad = stored(), stored(samples.pdf("EICAR"))
        assert ProcrastinateJob.objects.filter(task_name="files.scan").count() == 2
        assert not may_show(good)
        assert scanner_state().answers
        for blob in (good, bad):
            jobs.scan(blob.pk)
            blob.refresh_from_db()
    assert (good.scan, bad.scan) == (Scan.CLEAN, Scan.REFUSED)
    assert may_show(good)
    assert not warning_of(good)
    for inline in (True, False):
        with pytest.raises(Refused):
            file_response(bad, "a.pdf", inline)


def test_a_scanner_that_does_not_answer_is_said_and_files_wait(settings: Settings) -> None:
    settings.CLAMD = "127.0.0.1:1"
    blob = stored()
    with pytest.raises(ScannerAwayError):
        jobs.scan(blob.pk)
    jobs.scan_waiting(0)
    state = scanner_state()
    assert state.configured
    assert not state.answers
    assert state.error
    blob.refresh_from_db()
    assert blob.scan == Scan.NONE
    assert file_response(blob, "a.pdf", inline=True)["Content-Disposition"].startswith("attachment")


def test_files_from_before_the_scanner_are_scanned_later(settings: Settings) -> None:
    settings.CLAMD = ""
    blob = stored(samples.pdf("EICAR"))
    with clamd() as address:
        settings.CLAMD = address
        jobs.scan_waiting(0)
    blob.refresh_from_db()
    assert blob.scan == Scan.REFUSED
