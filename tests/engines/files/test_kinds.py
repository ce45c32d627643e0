"""Files are what they contain, not what they are called; what could harm is refused."""

from __future__ import annotations

import contextlib
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.files.kinds import as_file, kind_of
from motcua.engines.files.names import MOST_LETTERS, safe_name
from motcua.foundation.errors import Invalid
from tests.engines.files import samples

GOOD = {
    "pdf": samples.pdf(),
    "png": samples.picture("PNG"),
    "jpeg": samples.picture("JPEG"),
    "webp": samples.picture("WEBP"),
    "gif": samples.picture("GIF"),
    "heic": samples.heic(),
    "docx": samples.docx(),
    "xlsx": samples.xlsx(),
    "odt": samples.odt(),
    "txt": "Kính gửi Ủy ban nhân dân phường".encode(),
}


def kind(data: bytes) -> str:
    return kind_of(as_file(data), len(data)).key


def why(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        kind(data)
    return caught.value.code


@pytest.mark.parametrize("expected", GOOD)
def test_good_files_are_known_by_their_content(expected: str) -> None:
    assert kind(GOOD[expected]) == expected


def test_text_in_utf_16_is_text() -> None:
    assert kind("Đơn xin".encode("utf-16")) == "txt"


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\0" + b"\0" * 100,
        b"\x7fELF\2\1\1" + b"\0" * 100,
        b"#!/bin/sh\nrm -rf /\n",
        b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        b"  \n<svg xmlns='x'><script/></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"Rar!\x1a\x07\0" + b"\0" * 50,
        b"7z\xbc\xaf\x27\x1c" + b"\0" * 50,
        b"\x1f\x8b\x08" + b"\0" * 50,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"a\0b\0c",
        bytes(range(256)),
    ],
)
def test_programs_web_pages_archives_and_rubbish_are_refused(data: bytes) -> None:
    assert why(data) == "file_kind"


def test_a_plain_zip_is_refused() -> None:
    assert why(samples.archive({"a.pdf": samples.pdf()})) == "file_kind"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "word/a.exe", "word/inner.zip", "word/x.html"])
def test_a_word_file_with_a_forbidden_member_is_refused(name: str) -> None:
    assert why(samples.docx({name: b"x"})) == "file_kind"


def test_macros_are_refused() -> None:
    assert why(samples.docx({"word/vbaProject.bin": b"x"})) == "file_macros"
    assert why(samples.odt({"Basic/Standard/Module1.xml": b"x"})) == "file_macros"


def test_a_zip_bomb_is_refused_by_its_table_of_contents_alone() -> None:
    assert why(samples.docx({"word/media/a.bin": b"\0" * 30_000_000})) == "file_bomb"
    assert why(samples.docx({f"word/{i}.xml": b"" for i in range(4000)})) == "file_bomb"


def test_a_table_of_contents_that_lies_cannot_make_us_read_more() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", b"\0" * 5_000_000)
        file.writestr("word/document.xml", b"x")
    assert why(out.getvalue()) == "file_kind"


@pytest.mark.parametrize("name", ["pdf", "png", "jpeg", "webp", "docx", "xlsx", "odt", "heic"])
def test_a_file_that_was_cut_off_is_refused(name: str) -> None:
    data = GOOD[name]
    assert why(data[: len(data) * 2 // 3]) in {"file_damaged", "file_kind"}


def test_a_picture_beyond_measure_is_refused() -> None:
    width = (40_000).to_bytes(4, "big")
    head = samples.picture("PNG")
    assert why(head[:16] + width + width + head[24:]) in {"file_bomb", "file_damaged"}


STARTS = [GOOD[key][:12] for key in GOOD] + [b"", b"RIFF", b"Rar!", b"<"]


@given(st.binary(max_size=400))
def test_no_bytes_break_the_check(data: bytes) -> None:
    for start in STARTS:
        with contextlib.suppress(Invalid):
            kind(start + data)


@given(st.text(max_size=400))
def test_safe_names_are_safe(given_name: str) -> None:
    name = safe_name(given_name)
    assert name
    assert len(name) <= MOST_LETTERS
    assert not set(name) & set('/\\<>:"|?*\0\n\r\t\u202e\u200b')
    assert name not in {".", ".."}
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\An\\Giấy khai sinh.PDF", "Giấy khai sinh.PDF"),
        ("anh\u202egpj.exe", "anhgpj.exe"),
        ("a\nb\r.pdf", "a b.pdf"),
        ("", "tep-khong-ten"),
        ("....", "tep-khong-ten"),
        (".pdf", "tep-khong-ten.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_that_people_and_attackers_give(given_name: str, expected: str) -> None:
    assert safe_name(given_name) == expected
