"""Reading one record: nothing usable is lost, nothing doubtful is believed, rubbish never breaks the reader."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.services.procedures.content import from_json, to_json
from motcua.services.procedures.models import ReviewItem
from motcua.services.procedures.records import Record, UnusableError, read
from tests.services.procedures.samples import method, record


def reasons(found: Record) -> set[str]:
    return {doubt.reason for doubt in found.doubts}


def suggestion(found: Record, reason: str) -> str:
    return next(doubt.suggestion for doubt in found.doubts if doubt.reason == reason)


def test_a_sound_record_raises_no_doubt() -> None:
    found = read(record())
    assert found.doubts == ()
    content = found.content
    assert (content.levels, content.handled_level, content.field) == (("COMMUNE",), "COMMUNE", "Hộ tịch")
    online, direct = content.methods
    assert (online.value, online.unit, direct.value) == (Decimal("5.00"), "WORKING_DAY", Decimal("3.00"))
    assert str(direct.allowance) == "3 working_day"
    assert online.fees[0].certain
    assert content.legal_basis[0].number == "60/2014/QH13"
    assert [paper.label for paper in content.papers] == ["Giấy chứng sinh"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ([], "not_an_object"),
        ("1.001193", "not_an_object"),
        (record(code=""), "no_code"),
        (record(code=None), "no_code"),
        (record(code="1.0\n; drop"), "code_unusable"),
        (record(code="9" * 65), "code_unusable"),
        (record(name="  "), "no_name"),
        (record(name=["a"]), "no_name"),
    ],
)
def test_what_cannot_be_used_is_refused(raw: Any, reason: str) -> None:
    with pytest.raises(UnusableError, match=reason):
        read(raw)


@pytest.mark.parametrize("code", ["1.0133611", "1.014955-Xoa", "2.009182739"])
def test_the_malformed_codes_of_the_catalogue_are_kept_and_doubted(code: str) -> None:
    found = read(record(code=code))
    assert found.code == code
    assert reasons(found) == {"malformed_code"}


@pytest.mark.parametrize(
    ("fee", "reason", "likely", "amount", "doubtful"),
    [
        ({"amount": 20, "note": "20.000 vnđ /tờ khai", "currency": "VND"}, "fee_below_1000", "20000", 20, True),
        ({"amount": 500, "note": "là 500.000 đồng/giấy.", "currency": "VND"}, "fee_below_1000", "500000", 500, True),
        ({"amount": 10, "note": "", "currency": "VND"}, "fee_below_1000", "10000", 10, True),
        ({"amount": 10, "note": "10 USD/người", "currency": "VND"}, "fee_below_1000", "10 USD", 10, True),
        ({"amount": 145, "note": "145 USD/thẻ", "currency": "USD"}, "foreign_currency", "", 145, False),
        ({"amount": None, "note": "Lệ phí: 20.000 đồng", "currency": "VND"}, "fee_in_prose", "20000", None, False),
        ({"amount": None, "note": " | ", "currency": "VND"}, "fee_in_prose", "", None, False),
        ({"amount": -5, "note": "", "currency": "VND"}, "unknown_value", "", None, False),
        ({"amount": 1.5, "note": "", "currency": "VND"}, "unknown_value", "", None, False),
        ({"amount": True, "note": "", "currency": "VND"}, "unknown_value", "", None, False),
    ],
)
def test_doubtful_fees(fee: dict[str, Any], reason: str, likely: str, amount: int | None, doubtful: bool) -> None:
    found = read(record(methods=[method(fees=[fee])]))
    assert reasons(found) == {reason}
    assert suggestion(found, reason) == likely
    stored = found.content.methods[0].fees[0]
    assert (stored.amount, stored.doubtful) == (amount, doubtful)
    assert stored.certain is (amount is not None and not doubtful)


def test_a_thousand_dong_is_no_doubt() -> None:
    assert read(record(methods=[method(fees=[{"amount": 1000, "currency": "VND"}, {"amount": 0}])])).doubts == ()


@pytest.mark.parametrize(
    ("changed", "reason", "likely"),
    [
        ({"time_unit": "OTHER", "time_value": 1, "time_raw": "1 OTHER"}, "time_in_prose", ""),
        (
            {"time_unit": "OTHER", "time_value": None, "time_raw": "Không quá 20 ngày làm việc. OTHER"},
            "time_in_prose",
            "20 WORKING_DAY",
        ),
        ({"time_unit": "OTHER", "time_value": None, "time_raw": "3 hoặc 05 ngày OTHER"}, "time_in_prose", "5 DAY"),
        ({"time_unit": "OTHER", "time_raw": "02 ngày làm việc; 7 ngày OTHER"}, "time_in_prose", ""),
        ({"time_value": 0}, "time_unusable", ""),
        ({"time_value": -3}, "time_unusable", ""),
        ({"time_value": None}, "time_unusable", ""),
        ({"time_value": "5"}, "time_unusable", ""),
        ({"time_unit": "FORTNIGHT"}, "unknown_value", ""),
    ],
)
def test_times_that_cannot_be_reckoned(changed: dict[str, Any], reason: str, likely: str) -> None:
    found = read(record(methods=[method(**changed)]))
    assert reason in reasons(found)
    assert suggestion(found, reason) == likely
    assert found.content.methods[0].allowance is None


def test_halves_of_working_days() -> None:
    assert str(read(record(methods=[method(time_value=3.5)])).content.methods[0].allowance) == "3.5 working_day"


def test_two_methods_of_one_channel() -> None:
    told_apart = [
        method(note="Trường hợp không phải xác minh: trong thời hạn 02 ngày làm việc.", time_value=2),
        method(note="- Trường hợp cần xác minh: 03 ngày làm việc", time_value=3),
    ]
    found = read(record(methods=told_apart))
    assert found.doubts == ()
    assert [one.label for one in found.content.methods] == [
        "Trường hợp không phải xác minh",
        "Trường hợp cần xác minh",
    ]
    alike = read(record(methods=[method(time_value=2), method(time_value=3)]))
    assert reasons(alike) == {"same_channel_twice"}
    assert len(alike.content.methods) == 2


def test_components_as_list_as_text_and_as_prose() -> None:
    items = [
        {"name": "c) Hợp đồng;", "original": 0, "copy": 1},
        {"name": "a) Đơn đề nghị theo mẫu;", "original": 1, "copy": 0},
        {"name": "b) Giấy tờ tùy thân.", "original": 0, "copy": 2},
        {"name": "Trường hợp nộp trực tuyến thì không phải nộp bản giấy.", "original": 0, "copy": 0},
    ]
    plain = read(record(components=[{"case": "* Giấy tờ phải nộp:", "items": items}]))
    assert reasons(plain) == {"component_in_prose"}
    assert [paper.label for paper in plain.content.papers] == ["Đơn đề nghị theo mẫu", "Giấy tờ tùy thân", "Hợp đồng"]
    for text in (repr([{"case": "", "items": items}]), json.dumps([{"case": "", "items": items}])):
        assert len(read(record(components=text)).content.papers) == 3
    assert [one.name for one in read(record(components="Đơn xin")).content.cases[0].papers] == ["Đơn xin"]


@pytest.mark.parametrize(
    "components", [[], None, [{"case": "", "items": [{"name": "Không có thông tin thành phần hồ sơ."}]}]]
)
def test_no_components(components: Any) -> None:
    found = read(record(components=components))
    assert reasons(found) == {"no_components"}
    assert found.content.cases == ()


def test_keys_of_components_stay_when_order_and_counts_change() -> None:
    def keys(*items: dict[str, Any]) -> set[str]:
        return {paper.key for paper in read(record(components=[{"case": "", "items": list(items)}])).content.papers}

    first = {"name": "Đơn xin", "original": 1, "copy": 0}
    second = {"name": "Ảnh 4x6", "original": 2, "copy": 0}
    assert keys(first, second) == keys(second, first | {"original": 3})
    assert len(keys(first, first)) == 2


def test_nothing_is_lost() -> None:
    found = read(record(new_key={"a": [1, "x\x00"]}, level="Cấp Xã, Cấp Tỉnh", kind="NEW", methods=[]))
    assert found.content.extra == {"new_key": {"a": [1, "x"]}}
    assert found.content.levels == ("COMMUNE", "PROVINCE")
    assert reasons(found) == {"unknown_value", "no_channel"}


def test_reasons_are_those_that_the_review_list_knows() -> None:
    odd = record(
        code="x-1", level="Cấp Huyện", kind="?", components=[], methods=[{"channel": "FAX"}, method(time_value=0)]
    )
    assert reasons(read(odd)) <= set(ReviewItem.Reason.values)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
keys = st.sampled_from([*record(), "channel", "time_value", "time_unit", "fees", "amount", "items", "name", "case"])
odd_methods = st.lists(st.dictionaries(keys, values, max_size=8) | values, max_size=4)


@given(st.dictionaries(keys, values, max_size=12), odd_methods, odd_methods)
def test_rubbish_never_breaks_the_reader(changed: dict[str, Any], methods: Any, components: Any) -> None:
    for raw in (changed, record() | {"methods": methods, "components": components} | changed):
        try:
            found = read(raw)
        except UnusableError:
            continue
        assert found.content.name
        assert "\x00" not in json.dumps(to_json(found.content))
        assert from_json(json.loads(json.dumps(to_json(found.content)))).digest() == found.content.digest()
        assert found == read(raw)
