"""Amounts in figures and in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.foundation.errors import Invalid
from motcua.foundation.money import amount_in_words, format_vnd, number_in_words, parse_vnd


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (55, "năm mươi lăm"),
        (100, "một trăm"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (115, "một trăm mười lăm"),
        (1_000, "một nghìn"),
        (1_005, "một nghìn không trăm linh năm"),
        (20_000, "hai mươi nghìn"),
        (1_000_005, "một triệu không trăm linh năm"),
        (1_250_000, "một triệu hai trăm năm mươi nghìn"),
        (3_021_000_000, "ba tỷ không trăm hai mươi mốt triệu"),
        (1_000_000_000_000, "một nghìn tỷ"),
        (-50_000, "âm năm mươi nghìn"),
    ],
)
def test_words(number: int, words: str) -> None:
    assert number_in_words(number) == words


def test_amounts() -> None:
    assert format_vnd(20_000) == "20.000 đ"
    assert format_vnd(0) == "0 đ"
    assert format_vnd(-1_500_000) == "-1.500.000 đ"
    assert amount_in_words(20_000) == "Hai mươi nghìn đồng"
    with pytest.raises(Invalid):
        amount_in_words(10**18)


# The reverse of the spelling, written from its rules, so that each number can be read back.
DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
VALUES = {word: at for at, word in enumerate(DIGITS)} | {"mốt": 1, "lăm": 5}


def read_back(words: str) -> int:
    total = below_billion = group = digit = 0
    for word in words.split():
        if word == "tỷ":
            total, below_billion, group, digit = (total + below_billion + group + digit) * 10**9, 0, 0, 0
        elif word in ("triệu", "nghìn"):
            below_billion += (group + digit) * (10**6 if word == "triệu" else 10**3)
            group = digit = 0
        elif word == "trăm":
            group, digit = group + digit * 100, 0
        elif word == "mươi":
            group, digit = group + digit * 10, 0
        elif word == "mười":
            group += 10
        elif word != "linh":
            digit = VALUES[word]
    return total + below_billion + group + digit


@given(st.one_of(st.integers(0, 10**18 - 1), st.integers(0, 10**6), st.integers(0, 10**9).map(lambda n: n * 1000)))
def test_words_can_be_read_back(number: int) -> None:
    assert read_back(number_in_words(number)) == number


@given(st.integers(0, 10**17))
def test_written_amounts_are_read(amount: int) -> None:
    assert parse_vnd(format_vnd(amount)) == amount
    assert parse_vnd(f"{amount:,} VNĐ") == amount
    assert parse_vnd(str(amount)) == amount


@pytest.mark.parametrize("text", ["", "đ", "20.00", "1.2.3", "-5", "2e3", "٢٠", "20.000.00", "x" * 999, "1" * 30])
def test_no_amounts(text: str) -> None:
    with pytest.raises(Invalid):
        parse_vnd(text)
