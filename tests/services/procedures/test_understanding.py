"""Reading a question: frames, abbreviations, synonyms, spelling; with accents and without."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.services.procedures.understanding import Lexicon, Question, understand
from motcua.services.procedures.words import accents, folded

WORTH = {
    term: 4.0
    for name in (
        "dang ki khai sinh",
        "giai quyet khieu nai",
        "giay phep lai xe",
        "ket hon",
        "cua khau",
        "hoa tang",
        "thieu",
        "chung thuc ban sao",
        "co vat",
        "ho chieu",
    )
    for words in [name.split()]
    for term in [*words, *(f"{a} {b}" for a, b in pairwise(words))]
}
LEXICON = Lexicon.build(
    WORTH,
    [
        ("FRAME", "toi muon", "", "tôi muốn"),
        ("FRAME", "thi can gi", "", "thì cần gì"),
        ("FRAME", "cua", "", "của"),
        ("FRAME", "co", "", "có"),
        ("ABBREVIATION", "gplx", "giay phep lai xe", "gplx"),
        ("SYNONYM", "giay khai sinh", "dang ki khai sinh", "giấy khai sinh"),
        ("SYNONYM", "thieu", "hoa tang", "thiêu"),
    ],
)


def ask(text: str) -> Question:
    return understand(text, LEXICON)


def readings(text: str) -> set[str]:
    return {" ".join(one.words) for group in ask(text).groups for one in group.readings}


def test_a_whole_question() -> None:
    question = ask("Tôi muốn làm giấy khai sinh thì cần gì?")
    assert question.core == ("lam", "giay", "khai", "sinh")
    assert readings("toi muon giay khai sinh thi can gi") == {"giay khai sinh", "dang ki khai sinh"}


def test_abbreviations() -> None:
    (group,) = ask("GPLX").groups
    assert [(one.words, one.origin.kind) for one in group.readings] == [(("giay", "phep", "lai", "xe"), "abbreviation")]


def test_accents_tell_words_apart() -> None:
    assert "hoa tang" in readings("thiêu")
    assert "hoa tang" not in readings("thiếu hồ sơ")
    assert "hoa tang" in readings("thieu")


def test_a_frame_is_not_half_of_a_word() -> None:
    assert ask("cửa khẩu").core == ("cua", "khau")
    assert ask("cua khau").core == ("cua", "khau")
    assert ask("cổ vật").core == ("co", "vat")
    assert ask("khai sinh của").core == ("khai", "sinh")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ket hom", "ket hon"),
        ("khaisinh", "khai sinh"),
        ("dangkikhaisinh", "dang ki khai sinh"),
        ("khai sih", "khai sinh"),
        ("chugn thuc", "chung thuc"),
        ("giaays phep", "giay phep"),
        ("hooj chieeus", "ho chieu"),
        ("keest hon", "ket hon"),
    ],
)
def test_spelling(typed: str, meant: str) -> None:
    assert meant in readings(typed)


def test_codes() -> None:
    question = ask("thủ tục 1.001193 và 1.000656.000.00.00.H54.")
    assert question.codes == ("1.001193", "1.000656.000.00.00.H54")


def test_only_a_frame_is_searched_as_it_stands() -> None:
    assert ask("thì cần gì").core == ("thi", "can", "gi")
    assert ask("").groups == ()


@pytest.mark.parametrize(("one", "other"), [("hoà", "hòa"), ("kỹ", "kĩ"), ("LÝ", "lí"), ("thuỷ", "thủy")])
def test_ways_of_writing_one_word(one: str, other: str) -> None:
    assert accents(one) == accents(other)
    assert folded(one) == folded(other)


@given(st.text(max_size=1500))
@settings(deadline=None)
def test_any_text_can_be_asked(text: str) -> None:
    question = ask(text)
    assert len(question.core) <= 60
    assert all(reading.words for group in question.groups for reading in group.readings)


def test_long_questions_are_read_quickly() -> None:
    nasty = " ".join(["qwertyuiopas" * 3, "aaaaaaaaa" * 4, "xyzzyqk"] * 30)
    started = time.process_time()
    ask(nasty)
    assert time.process_time() - started < 0.5
