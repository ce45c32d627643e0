from __future__ import annotations

import pytest

from motcua.engines.forms.words import date_in_words, money_in_words, number_in_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (10, "mười"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (55, "năm mươi lăm"),
        (101, "một trăm linh một"),
        (110, "một trăm mười"),
        (1005, "một nghìn không trăm linh năm"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
        (1_000_000, "một triệu"),
        (1_020_300, "một triệu không trăm hai mươi nghìn ba trăm"),
        (2_000_000_000, "hai tỷ"),
        (1_500_000_000_000, "một nghìn năm trăm tỷ"),
        (-3, "âm ba"),
    ],
)
def test_numbers(number: int, words: str) -> None:
    assert number_in_words(number) == words


def test_dates_and_money() -> None:
    assert date_in_words("2026-04-15") == "ngày mười lăm tháng tư năm hai nghìn không trăm hai mươi sáu"
    assert date_in_words("1950-03") == "tháng ba năm một nghìn chín trăm năm mươi"
    assert date_in_words("1950") == "năm một nghìn chín trăm năm mươi"
    assert money_in_words(200_000) == "Hai trăm nghìn đồng"
