"""Folding, sorting and cleaning of Vietnamese text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from motcua.foundation.text import clean, clean_line, fold, name_sort_key, slug, sort_key, unify_iy

ALPHABET = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
anything = st.text(alphabet=st.characters(), max_size=60)
vietnamese = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxy \u0300\u0301\u0303\u0309\u0323", max_size=20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đăng ký khai sinh", "dang ky khai sinh"),
        ("  CẤP  giấy\tphép\nlái xe ", "cap giay phep lai xe"),
        ("ĐƯỜNG", "duong"),
        ("Thừa Thiên Huế", "thua thien hue"),
        ("2.000815", "2.000815"),
        ("\x00a\x00b", "a b"),
        ("\ud800ở", "o"),
        ("", ""),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected
    assert fold(unicodedata.normalize("NFD", text)) == expected


@given(anything)
@example("İ")
@example("㎅")
@example("ß ﬁ")
def test_fold_is_idempotent_and_blind_to_composition(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert "\x00" not in folded
    folded.encode()


def test_i_and_y() -> None:
    assert unify_iy(fold("kỹ thuật, lý do, công ty, quy định")) == unify_iy(fold("kĩ thuật, lí do, công ti, qui định"))
    assert unify_iy("duy thuy may yen bay") == "duy thuy may yen bay"


def test_letters_go_in_the_order_of_the_alphabet() -> None:
    assert sorted(ALPHABET, key=sort_key) == ALPHABET
    # Also when something follows: an … before ă …, and so on for each pair.
    for at, letter in enumerate(ALPHABET[:-1]):
        assert sort_key(letter + "z z") < sort_key(ALPHABET[at + 1] + "a")


@pytest.mark.parametrize("vowel", ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"])
def test_tones_are_secondary(vowel: str) -> None:
    syllables = [unicodedata.normalize("NFC", f"m{vowel}{tone}") for tone in TONES]
    assert sorted(syllables, key=sort_key) == syllables
    # The letters that follow weigh more than the tone.
    assert sort_key(syllables[5]) < sort_key(syllables[0] + " a") < sort_key(syllables[0] + "n")


def test_places_in_order() -> None:
    places = [
        "An Giang",
        "Ân Thi",
        "Cà Mau",
        "Cần Thơ",
        "Da Lạt",
        "Đà Lạt",
        "Đà Nẵng",
        "Đắk Lắk",
        "Điện Biên",
        "Hà Nội",
        "Hải Phòng",
        "Huế",
        "Hưng Yên",
        "Phường 2",
        "Phường 10",
        "Quảng Ngãi",
        "Quảng Ninh",
        "Yên Bái",
    ]
    assert sorted(places, key=sort_key) == places
    assert sort_key("Thanh Hoá") == sort_key("thanh  hóa") == sort_key(unicodedata.normalize("NFD", "Thanh-Hóa"))


def test_people_by_given_name() -> None:
    people = [
        "Trần Văn An",
        "Lê Thị Ánh",
        "Nguyễn Văn Đức",
        "Lê Văn Tám",
        "Trần Thị Tám",
    ]
    assert sorted(people, key=name_sort_key) == people
    assert name_sort_key("") <= name_sort_key("A")


@given(anything)
def test_sort_keys_take_anything_and_store_anywhere(text: str) -> None:
    key = sort_key(text)
    assert "\x00" not in key
    key.encode()


@given(vietnamese)
def test_sort_keys_are_blind_to_composition(text: str) -> None:
    assert sort_key(text) == sort_key(unicodedata.normalize("NFD", unicodedata.normalize("NFC", text)))


def test_slug() -> None:
    assert slug("Cấp lại Giấy phép lái xe (hạng A1, B2)") == "cap-lai-giay-phep-lai-xe-hang-a1-b2"
    assert slug("Đăng ký kết hôn", 10) == "dang-ky"
    assert slug("x" * 99, 10) == "x" * 10
    assert slug("…") == ""


@given(anything, st.integers(1, 40))
def test_slugs_are_plain(text: str, longest: int) -> None:
    made = slug(text, longest)
    assert len(made) <= longest
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert made == made.strip("-")


@given(anything)
def test_cleaned_text_can_be_stored(text: str) -> None:
    for cleaned in (clean(text), clean_line(text)):
        cleaned.encode()
        assert "\x00" not in cleaned
        assert cleaned == cleaned.strip()
    assert "\n" not in clean_line(text)


def test_clean() -> None:
    assert clean(" Ha\u0300\r\nNo\u0323\u0302i\x00\t ") == "Hà\nNội"
    assert clean_line(" Hà\r\n  Nội ") == "Hà Nội"
