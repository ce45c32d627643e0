"""Each type of field: what it takes, how it is kept, what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from motcua.engines.forms import FileFact, validate
from tests.engines.forms.support import TODAY, field, form_with, say

OPTIONS = [{"value": v, "label": say(v)} for v in ("a", "b", "c")]


def clean(kind: str, raw: Any, **more: Any) -> Any:
    """The value of one answer, or the message that refuses it."""
    form = form_with(field("x", kind, **more))
    result = validate(form, {"x": raw}, today=TODAY)
    if result.errors:
        return next(iter(result.fields().values()))[0]
    return result.values.get("x")


@pytest.mark.parametrize(
    ("kind", "raw", "more", "value"),
    [
        ("text", "  Nguyễn   Văn\tAn ", {}, "Nguyễn Văn An"),
        ("text", "Nguye\u0302\u0303n", {}, "Nguyễn"),
        ("text", "An\u202e\u200b", {}, "An"),
        ("text", 12, {}, "12"),
        ("long_text", "một\r\nhai\n", {}, "một\nhai"),
        ("number", "1.250", {}, 1250),
        ("number", "1.250.000", {}, 1250000),
        ("number", "1,250,000", {}, 1250000),
        ("number", "75,5", {"decimals": 1}, 75.5),
        ("number", "75.5", {"decimals": 2}, 75.5),
        ("number", "1.250,75", {"decimals": 2}, 1250.75),
        ("number", "80,0", {"decimals": 1}, 80),
        ("number", "-3", {}, -3),
        ("money", "1.250.000 đ", {}, 1250000),
        ("money", "1 250 000", {}, 1250000),
        ("money", 5000.0, {}, 5000),
        ("date", "2026-02-28", {}, "2026-02-28"),
        ("date", "28/02/2026", {}, "2026-02-28"),
        ("date", "8.2.2026", {}, "2026-02-08"),
        ("date", {"day": "8", "month": "02", "year": "2026"}, {}, "2026-02-08"),
        ("date", {"day": 8, "month": 2, "year": 2026}, {}, "2026-02-08"),
        ("date", {"day": "", "month": "", "year": "1950"}, {"partial": True}, "1950"),
        ("date", "3/1950", {"partial": True}, "1950-03"),
        ("date", "2026-11-22", {"not_future": True, "not_past": True}, "2026-11-22"),
        ("date", "2026", {"partial": True, "not_future": True}, "2026"),
        ("identity_number", "046 090 012345", {}, "046090012345"),
        ("tax_code", "0100109106", {}, "0100109106"),
        ("tax_code", "0100109106-001", {}, "0100109106-001"),
        ("phone", "+84 912 345 678", {}, "0912345678"),
        ("phone", "0912.345.678", {}, "0912345678"),
        ("email", " ten@example.vn ", {}, "ten@example.vn"),
        ("choice", "b", {"options": OPTIONS}, "b"),
        ("multi_choice", ["c", "a", "c"], {"options": OPTIONS}, ["a", "c"]),
        ("multi_choice", "b", {"options": OPTIONS}, ["b"]),
        ("yes_no", "yes", {}, True),
        ("yes_no", False, {}, False),
        ("declaration", "on", {"body": say("I swear")}, True),
        ("file", ["0193aaaa-bbbb", "0193aaaa-bbbb"], {"max_files": 2}, ["0193aaaa-bbbb"]),
        (
            "address",
            {"province": "46", "ward": "19789", "line": "12 Lê Lợi"},
            {},
            {
                "province": "46",
                "ward": "19789",
                "ward_name": "Phường Thuận Hóa",
                "line": "12 Lê Lợi",
                "text": "12 Lê Lợi, Phường Thuận Hóa, Thành phố Huế",
            },
        ),
        (
            "address",
            {"province": "00", "line": "1 Rue de Rivoli, Paris"},
            {"abroad": True},
            {"province": "00", "ward": "", "ward_name": "", "line": "1 Rue de Rivoli, Paris",
             "text": "1 Rue de Rivoli, Paris"},
        ),
    ],
)  # fmt: skip
def test_takes_and_keeps(kind: str, raw: Any, more: dict[str, Any], value: Any) -> None:
    assert clean(kind, raw, **more) == value


@pytest.mark.parametrize(
    ("kind", "raw", "more", "said"),
    [
        ("text", "", {}, "Fill in"),
        ("text", " \u200b ", {}, "Fill in"),
        ("text", "x" * 256, {}, "Shorten this to 255 characters; it has 256."),
        ("text", "x" * 30_000, {}, "far too long"),
        ("text", "a\x00b", {}, "can not be kept"),
        ("text", "a\ud800b", {}, "can not be kept"),
        ("text", ["a"], {}, "must be text"),
        ("text", True, {}, "must be text"),
        ("text", "ab", {"min_length": 3}, "at least 3 characters"),
        ("text", "R2-D2", {"pattern": "person_name"}, "does not look like"),
        ("number", "12a", {}, "Enter a number"),
        ("number", True, {}, "Enter a number"),
        ("number", float("nan"), {}, "Enter a number"),
        ("number", "1,5", {}, "whole number"),
        ("number", 1.5, {}, "whole number"),
        ("number", "1,234", {"decimals": 2}, "at most 2 decimals"),
        ("number", "2", {"minimum": 3}, "at least 3"),
        ("number", "2000", {"maximum": 1000}, "at most 1.000"),
        ("money", "-5", {}, "at least 0"),
        ("money", "nhiều", {}, "amount in đồng"),
        ("date", "2026-02-29", {}, "real date"),
        ("date", "hôm qua", {}, "real date"),
        ("date", {"day": "1", "month": "2"}, {}, "needs a year"),
        ("date", {"day": "1", "month": "2", "year": "26"}, {}, "four digits"),
        ("date", {"year": "2026"}, {}, "day and a month"),
        ("date", {"day": "1", "year": "2026"}, {"partial": True}, "real date"),
        ("date", "2026-11-23", {"not_future": True}, "in the future"),
        ("date", "2026-11-21", {"not_past": True}, "in the past"),
        ("date", ["2026-11-21"], {}, "must be text"),
        ("identity_number", "123", {}, "12 digits"),
        ("identity_number", "191234567", {}, "12 digits"),
        ("identity_number", "046x90012345", {}, "12 digits"),
        ("tax_code", "0100109107", {}, "tax code is not right"),
        ("phone", "12", {}, "telephone number"),
        ("email", "ten@", {}, "e-mail address"),
        ("email", "a..b@example.vn", {}, "e-mail address"),
        ("choice", "z", {"options": OPTIONS}, "Choose one of"),
        ("choice", ["a"], {"options": OPTIONS}, "must be text"),
        ("choice", None, {"options": OPTIONS}, "Choose an answer"),
        ("multi_choice", ["a", "z"], {"options": OPTIONS}, "Choose one of"),
        ("multi_choice", ["a"], {"options": OPTIONS, "minimum": 2}, "at least 2"),
        ("multi_choice", ["a", "b", "c"], {"options": OPTIONS, "maximum": 2}, "at most 2"),
        ("yes_no", "perhaps", {}, "yes or no"),
        ("declaration", "no", {"body": say("I swear")}, "You need to confirm"),
        ("file", [], {}, "Attach"),
        ("file", ["../../etc/passwd"], {}, "not a file that was attached"),
        ("file", ["0193aaaa-bbb1", "0193aaaa-bbb2"], {}, "at most 1"),
        ("file", [{"key": 1}], {}, "must be text"),
        ("address", "12 Lê Lợi", {}, "Give the address"),
        ("address", {"province": "46"}, {}, "Fill in"),
        ("address", {"province": "99", "ward": "1", "line": "x"}, {}, "Choose the province"),
        ("address", {"province": "46", "ward": "00004", "line": "x"}, {}, "commune of this province"),
        ("address", {"province": "46", "line": "x"}, {}, "commune or ward"),
        ("address", {"province": "46", "ward": "19789"}, {}, "house number and street"),
        ("address", {"province": "46", "ward": "19789", "line": "x" * 201}, {}, "Shorten"),
        ("address", {"province": "00", "line": "Paris"}, {}, "Choose the province"),
    ],
)  # fmt: skip
def test_refuses_with_a_plain_word(kind: str, raw: Any, more: dict[str, Any], said: str) -> None:
    answer = clean(kind, raw, **more)
    assert isinstance(answer, str)
    assert said in answer


def test_communes_elsewhere_are_matched_as_typed() -> None:
    value = clean("address", {"province": "01", "ward_name": "ba dinh", "line": "1"})
    assert (value["ward"], value["ward_name"]) == ("00004", "Phường Ba Đình")
    old = clean("address", {"province": "01", "ward_name": "xã Cũ trước 2025", "line": "1"})
    assert (old["ward"], old["ward_name"]) == ("", "xã Cũ trước 2025")


def test_files_must_be_known_and_of_a_kind_that_is_taken() -> None:
    form = form_with(field("x", "file", accept=["pdf"]))
    files = {"0193aaaa-aaaa": FileFact("a.pdf", "PDF", 10), "0193aaaa-bbbb": FileFact("b.exe", "exe", 10)}
    assert validate(form, {"x": ["0193aaaa-aaaa"]}, files=files).ok
    kind = validate(form, {"x": ["0193aaaa-bbbb"]}, files=files).fields()["x"][0]
    assert kind == "b.exe is not one of the kinds that are taken: pdf."
    other = validate(form, {"x": ["0193aaaa-cccc"]}, files=files).fields()["x"][0]
    assert "not a file that was attached" in other
