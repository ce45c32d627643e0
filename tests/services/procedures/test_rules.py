"""The pure rules: labels, prose, fees in one line, when it would be ready."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid
from motcua.foundation.working_time import DEFAULT_CALENDAR
from motcua.services.procedures import rules
from motcua.services.procedures.content import Case, Content, Fee, Method, Paper
from motcua.services.procedures.corrections import amount_of, corrected, value_at


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("- Giấy chứng sinh; trường hợp không có thì nộp văn bản khác", "Giấy chứng sinh"),
        ("a) Đơn đề nghị theo Mẫu số 01;", "Đơn đề nghị theo Mẫu số 01"),
        ("1. Bản sao quyết định: 01 bản", "Bản sao quyết định"),
        ("  + Ảnh 4x6.  ", "Ảnh 4x6"),
        ("Nghị định 23/2015/NĐ-CP", "Nghị định 23/2015/NĐ-CP"),
        ("2 ảnh", "2 ảnh"),
        ("", ""),
    ],
)
def test_short_labels(text: str, label: str) -> None:
    assert rules.short_label(text) == label


@given(st.text(max_size=600), st.integers(60, 200))
def test_labels_are_short_and_one_line(text: str, most: int) -> None:
    label = rules.short_label(text, most)
    assert len(label) <= most
    assert "\n" not in label


@pytest.mark.parametrize(
    ("name", "executing", "issuer", "place"),
    [
        ("Tách thửa", "Văn phòng đăng ký đất đai Bắc Ninh", "UBND", "Bắc Ninh"),
        ("Tách thửa", "Sở Nông nghiệp và Môi trường - tỉnh Bắc Giang", "UBND", "Bắc Ninh"),
        ("Hỗ trợ hỏa táng trên địa bàn tỉnh Thừa Thiên Huế", "", "UBND", "Huế"),
        ("Cấp phép", "Sở Văn hóa và Thể thao Thành phố Hà Nội, Sở Du lịch", "BVHTTDL", ""),
        ("Tách thửa", "Sở Tư pháp Thanh Hóa, Sở Tư pháp Nghệ An", "UBND", ""),
        ("Tách thửa", "Văn phòng đăng ký đất đai", "UBND", ""),
    ],
)
def test_local_procedures_of_one_province(name: str, executing: str, issuer: str, place: str) -> None:
    assert rules.locality(name, executing, "", issuer) == place


def summary(*fees: Fee) -> rules.FeeSummary:
    return rules.fee_summary([Method("DIRECT", Decimal(1), "DAY", fees=fees)])


def test_fees_in_one_line() -> None:
    assert summary() == rules.FeeSummary("free")
    assert summary(Fee(0)) == rules.FeeSummary("free")
    assert summary(Fee(8000)) == rules.FeeSummary("amount", 8000, 8000)
    assert summary(Fee(8000), Fee(0)) == rules.FeeSummary("range", 0, 8000)
    assert summary(Fee(145, "USD")) == rules.FeeSummary("amount", 145, 145, "USD")
    assert summary(Fee(None, note="theo nghị quyết")).kind == "prose"
    doubtful = summary(Fee(20, doubtful=True))
    assert (doubtful.kind, doubtful.confirmed) == ("prose", False)
    assert summary(Fee(8000), Fee(20, doubtful=True)) == rules.FeeSummary("amount", 8000, 8000, confirmed=False)


def test_the_day_it_would_be_ready() -> None:
    now = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)
    method = Method("ONLINE", Decimal("3.00"), "WORKING_DAY")
    ready = rules.ready_date(method, DEFAULT_CALENDAR, now)
    # 24 November is a holiday from 2026 on: three working days after Monday 23 end on Friday 27.
    assert ready is not None
    assert ready.date().isoformat() == "2026-11-27"
    assert rules.ready_date(Method("ONLINE", None, "OTHER"), DEFAULT_CALENDAR, now) is None


def test_the_method_of_a_channel() -> None:
    prose, reckoned = Method("DIRECT", None, "OTHER"), Method("DIRECT", Decimal(2), "DAY")
    content = Content(name="x", methods=(prose, reckoned))
    assert content.method("DIRECT") is reckoned
    assert content.method("POSTAL") is None
    assert rules.with_method(content, "POSTAL") is reckoned
    assert rules.with_method(Content(name="x"), "POSTAL") is None


CONTENT = Content(
    name="x",
    levels=("OTHER",),
    methods=(Method("DIRECT", None, "OTHER", fees=(Fee(20, doubtful=True), Fee(None))),),
    cases=(Case("", (Paper("k", "n", "n"),)),),
)


def test_corrections() -> None:
    fee = corrected(CONTENT, "methods[0].fees[0].amount", "20.000 đồng").methods[0].fees[0]
    assert (fee.amount, fee.currency, fee.doubtful) == (20000, "VND", False)
    kept = corrected(CONTENT, "methods[0].fees[0].amount", None).methods[0].fees[0]
    assert (kept.amount, kept.doubtful) == (20, False)
    method = corrected(CONTENT, "methods[0].time", "5 WORKING_DAY").methods[0]
    assert (method.value, method.unit) == (Decimal("5.00"), "WORKING_DAY")
    assert corrected(CONTENT, "methods[0].time", "8 hour").methods[0].unit == "HOUR"
    assert corrected(CONTENT, "methods[0].time", "5 ngày làm việc").methods[0].unit == "WORKING_DAY"
    assert corrected(CONTENT, "level", "Cấp tỉnh").levels[-1] == "PROVINCE"
    assert corrected(CONTENT, "level", "commune").handled_level == "COMMUNE"
    assert corrected(CONTENT, "methods[0]", "Trường hợp khác").methods[0].label == "Trường hợp khác"
    assert value_at(CONTENT, "methods[0].fees[5].amount") is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("methods[0].fees[0].amount", "hai mươi"),
        ("methods[0].fees[0].amount", ""),
        ("methods[0].fees[7].amount", "20000"),
        ("methods[0].time", "soon"),
        ("methods[0].time", "0 day"),
        ("methods[4].time", "5 day"),
        ("level", "DISTRICT"),
        ("components", "x"),
        ("__class__", "x"),
    ],
)
def test_corrections_that_cannot_be(path: str, value: str) -> None:
    with pytest.raises(Invalid):
        corrected(CONTENT, path, value)


@given(st.integers(0, 10**15 - 1))
def test_amounts_in_the_vietnamese_way(amount: int) -> None:
    assert amount_of(f"{amount:,}".replace(",", ".") + " đ") == (amount, "VND")
    assert amount_of(f"{amount} USD") == (amount, "USD")
