"""Identifiers: forms that exist, forms that do not, and any rubbish whatever."""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid
from motcua.foundation.identifiers import (
    Parsed,
    build_dossier_code,
    build_paper_number,
    fits,
    is_within,
    name_for_card,
    new_order,
    old_order,
    parse_agency_code,
    parse_dossier_code,
    parse_field_code,
    parse_identity,
    parse_identity_qr,
    parse_phone,
    parse_procedure_code,
    parse_result_code,
    parse_tax_code,
)
from motcua.foundation.identifiers.parsed import EMPTY, TOO_LONG

PARSERS: tuple[Callable[[str], Parsed], ...] = (
    parse_agency_code,
    parse_dossier_code,
    parse_field_code,
    parse_identity,
    parse_identity_qr,
    parse_phone,
    parse_procedure_code,
    parse_result_code,
    parse_tax_code,
)


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    with clock.at(datetime(2026, 11, 22, 9, tzinfo=VIETNAM)):
        yield


near_misses = st.text(alphabet=string.digits + string.ascii_uppercase + "|.-+ ỮữNam٣①０\u200b\x00", max_size=60)
anything = st.one_of(
    st.text(alphabet=st.characters(), max_size=300),
    near_misses,
    st.binary(max_size=99).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
)


@pytest.mark.parametrize("parse", PARSERS)
@settings(max_examples=150, deadline=None)
@given(text=anything)
@example(text="")
@example(text="9" * 100_000)
@example(text="|" * 100_000)
@example(text="\ud800")
@example(text="\x00")
@example(text="+" + "9" * 17)
@example(text="079099" + "٣" * 6)
def test_rubbish_gets_a_typed_refusal(parse: Callable[[str], Parsed], text: str) -> None:
    parsed = parse(text)
    assert isinstance(parsed, Parsed)
    assert parsed.ok == (parsed.reason is None) == bool(parsed.value)
    assert parsed.kind
    json.dumps(parsed.as_data())
    if parsed.ok:
        # The canonical writing is clean, and understood again in the same way.
        assert "\x00" not in parsed.value
        parsed.value.encode()
        if parse is not parse_identity_qr:
            assert parse(parsed.value) == parsed


@pytest.mark.parametrize("parse", PARSERS)
def test_nothing_and_far_too_much_are_told_apart(parse: Callable[[str], Parsed]) -> None:
    for text, reason in (("", EMPTY), (" \t\n", EMPTY), ("1" * 3000, TOO_LONG)):
        parsed = parse(text)
        assert parsed.reason is not None
        assert parsed.reason.msgid == reason


# --- agencies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kind", "new", "old"),
    [
        ("H57.10.25", "agency", "H57.10.25", "000.25.10.H57"),
        ("h56.01", "agency", "H56.01", "000.00.01.H56"),
        ("000.00.01.H56", "agency_old", "H56.01", "000.00.01.H56"),
        ("000.00.00.G15", "agency_old", "G15", "000.00.00.G15"),
        ("001.02.03.H54", "agency_old", "H54.03.02.001", "001.02.03.H54"),
        ("H44.100", "agency", "H44.100", None),
        ("H57.1.2.3.4", "agency", "H57.1.2.3.4", None),
    ],
)
def test_agency_codes_in_both_orders(code: str, kind: str, new: str, old: str | None) -> None:
    parsed = parse_agency_code(code)
    assert (parsed.ok, parsed.kind, parsed.parts["new"], parsed.parts["old"]) == (True, kind, new, old)
    assert new_order(code) == new
    assert old_order(code) == old


def test_agency_codes_of_others() -> None:
    assert parse_agency_code("0100109106").kind == "enterprise"
    assert parse_agency_code("Z01ABC.5").parts == {"scheme": "Z01", "number": "ABC.5"}
    for code in ("Z00X", "Z1", "H5", "57H.10", "H57..1", "H57.", "0100109107", "H57." + "1" * 40, "Z01" + "A" * 33):
        assert not parse_agency_code(code).ok, code


def test_units_within_units() -> None:
    assert is_within("H57.10.25", "H57")
    assert is_within("000.25.10.H57", "H57.10")
    assert not is_within("H57.100", "H57.10")
    assert not is_within("rubbish", "H57")


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 999), st.sampled_from("GHK"))
def test_orders_convert_to_and_fro(second: int, third: int, fourth: int, letter: str) -> None:
    old = f"{fourth:03}.{third:02}.{second:02}.{letter}57"
    new = new_order(old)
    assert new is not None
    if (second or not third) and (third or not fourth):  # no hole between the levels
        assert old_order(new) == old


@pytest.mark.realdata
def test_agency_codes_of_the_34_provinces(shared_data: Path) -> None:
    rows = (shared_data / "units" / "province_agency_codes_2026.csv").read_text("utf-8").splitlines()[1:]
    assert len(rows) == 34
    for code, province, *_ in (row.split(",") for row in rows):
        parts = parse_agency_code(code).parts
        assert (parts["level"], parts["province"]) == (1, province)


# --- dossiers -------------------------------------------------------------------------------------------------------


def test_dossier_codes() -> None:
    code = build_dossier_code("H57.10.25", date(2026, 11, 22), 1)
    assert code == "H57.10.25-261122-0001"
    assert parse_dossier_code(code).parts == {
        "agency": "H57.10.25",
        "agency_new": "H57.10.25",
        "date": "2026-11-22",
        "number": 1,
    }
    old = parse_dossier_code(" 000.00.01.h54-230512-0001 ")
    assert (old.kind, old.value, old.parts["agency_new"]) == ("dossier_old", "000.00.01.H54-230512-0001", "H54.01")
    assert build_dossier_code("H57", date(2026, 11, 22), 12_345) == "H57-261122-12345"
    for bad in (
        "H57-261322-0001",
        "H57-260230-0001",
        "H57-261122-0000",
        "H57-261122-00001",
        "H57-261122-1",
        "H57_261122_0001",
        "0100109106-261122-0001",
        "H57-261122-0001-1",
    ):
        assert not parse_dossier_code(bad).ok, bad


@given(
    st.from_regex(r"[A-Y][0-9]{2}(\.[0-9]{1,3}){0,3}", fullmatch=True),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, 999_999_999),
)
def test_dossier_codes_go_round(agency: str, day: date, number: int) -> None:
    parsed = parse_dossier_code(build_dossier_code(agency, day, number))
    assert (parsed.parts["agency"], parsed.parts["date"], parsed.parts["number"]) == (agency, day.isoformat(), number)


@pytest.mark.parametrize(
    ("agency", "day", "number"),
    [
        ("Huế", date(2026, 1, 1), 1),
        ("Z01X", date(2026, 1, 1), 1),
        ("H57", date(1999, 1, 1), 1),
        ("H57", date(2026, 1, 1), 0),
        ("H57", date(2026, 1, 1), 10**9),
    ],
)
def test_dossier_codes_that_cannot_be_made(agency: str, day: date, number: int) -> None:
    with pytest.raises(Invalid):
        build_dossier_code(agency, day, number)


# --- procedures, results, papers ------------------------------------------------------------------------------------


def test_procedure_codes() -> None:
    assert parse_procedure_code("1.001193").kind == "national"
    old = parse_procedure_code("1.000656.000.00.00.H54")
    assert (old.kind, old.parts["national"], old.parts["agency"]) == ("local_old", "1.000656", "000.00.00.H54")
    for malformed in ("1.0133611", "1.014955-Xoa", "2.009182739"):
        parsed = parse_procedure_code(malformed)
        assert (parsed.ok, parsed.kind, parsed.parts["code"]) == (False, "malformed", malformed)


def test_result_field_and_paper_codes() -> None:
    assert parse_result_code("KQ.G01.000023").parts == {"agency": "G01", "number": "000023"}
    assert parse_result_code("KQ.G01.00262").ok
    assert parse_result_code("000.00.00.G01-KQ0696").kind == "document"
    assert not parse_result_code("KQ hồ sơ hợp lệ").ok
    assert parse_field_code("G01-CA03").parts == {"agency": "G01", "field": "CA03"}
    assert build_paper_number("046099000123", "KQ.G01.000023") == "046099000123-KQ.G01.000023"


@pytest.mark.realdata
def test_every_result_code_of_the_catalogue_is_understood(shared_data: Path) -> None:
    import csv

    with (shared_data / "procedures" / "result_codes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3376
    assert [row["result_code"] for row in rows if not parse_result_code(row["result_code"]).ok] == []


# --- people ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "province", "sex", "year"),
    [
        ("046099000123", "Thừa Thiên Huế", "male", 1999),
        ("001168012345", "Hà Nội", "female", 1968),
        ("079203000001", "Thành phố Hồ Chí Minh", "male", 2003),
        ("096 326 000001", "Cà Mau", "female", 2026),
    ],
)
def test_identity_numbers(number: str, province: str, sex: str, year: int) -> None:
    parsed = parse_identity(number)
    assert parsed.ok
    assert (parsed.parts["province"], parsed.parts["sex"], parsed.parts["birth_year"]) == (province, sex, year)
    assert not parsed.parts["born_abroad"]
    assert fits(parsed, sex=sex, birth_year=year).ok
    assert not fits(parsed, sex="male" if sex == "female" else "female").ok
    assert not fits(parsed, birth_year=year + 1).ok


def test_identity_numbers_that_are_none() -> None:
    old = parse_identity("191234567")
    assert (old.ok, old.kind, old.parts["valid"]) == (True, "old_card", False)
    for bad in (
        "000099000123",
        "003099000123",
        "097099000123",
        "999099000123",
        "04609900012",
        "0460990001234",
        "046399000123",
        "046499000123",
        "04609900012x",
        "٠٤٦٠٩٩٠٠٠١٢٣",
    ):
        assert not parse_identity(bad).ok, bad
    assert parse_identity("128099000123").parts["born_abroad"]


CARD = "046099000123|191234567|NGUYỄN VĂN A|01021999|Nam|12 Lê Lợi, Phú Hội, Thành phố Huế|15062021"


def test_the_code_of_a_card() -> None:
    parsed = parse_identity_qr(CARD)
    assert parsed.ok
    assert parsed.value == "046099000123"
    assert parsed.parts == {
        "number": "046099000123",
        "old_number": "191234567",
        "name": "NGUYỄN VĂN A",
        "birth_date": "1999-02-01",
        "birth_year": 1999,
        "sex": "male",
        "address": "12 Lê Lợi, Phú Hội, Thành phố Huế",
        "issued": "2021-06-15",
        "more": [],
    }


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda text: text + "|||", lambda parts: parts["more"] == []),
        (lambda text: text + "\r\n", lambda parts: True),
        (lambda text: "\ufeff" + text, lambda parts: parts["number"] == "046099000123"),
        (lambda text: text + "|NGUYỄN VĂN B|TRẦN THỊ C", lambda parts: parts["more"] == ["NGUYỄN VĂN B", "TRẦN THỊ C"]),
        (lambda text: text.replace("191234567", ""), lambda parts: parts["old_number"] == ""),
        (lambda text: text.replace("01021999", "00001999"), lambda parts: parts["birth_date"] == "1999"),
        (lambda text: text.replace("01021999", "00021999"), lambda parts: parts["birth_date"] == "1999-02"),
        (
            lambda text: text.replace("046099", "046199").replace("|Nam|", "|Nữ|"),  # decomposed letters
            lambda parts: parts["sex"] == "female",
        ),
    ],
)
def test_cards_as_they_are_met(change: Callable[[str], str], check: Callable[[dict[str, object]], bool]) -> None:
    parsed = parse_identity_qr(change(CARD))
    assert parsed.ok, parsed.reason
    assert check(dict(parsed.parts))


@pytest.mark.parametrize(
    "bad",
    [
        CARD.replace("046099", "046199"),  # a woman's number on a man's card
        CARD.replace("01021999", "01021998"),  # another year
        CARD.replace("01021999", "30021999"),
        CARD.replace("01021999", "1999-02-01"),
        CARD.replace("|Nam|", "|M|"),
        CARD.replace("15062021", "15062031"),  # issued in the future
        CARD.replace("15062021", "15061998"),  # issued before birth
        CARD.replace("15062021", ""),
        CARD.replace("NGUYỄN VĂN A", ""),
        CARD.replace("NGUYỄN VĂN A", "NGUYỄN\x00VĂN A"),
        CARD.replace("191234567", "19123"),
        "191234567" + CARD[12:],
        CARD.rsplit("|", 1)[0],
        "https://example.org/?q=" + CARD,
        CARD + "|" + "x" * 3000,
    ],
)
def test_cards_that_are_refused(bad: str) -> None:
    parsed = parse_identity_qr(bad)
    assert not parsed.ok
    assert parsed.reason is not None
    assert "046099000123" not in parsed.reason.render()


def test_names_compare_as_cards_write_them() -> None:
    assert name_for_card("  Nguyễn  văn a ") == "NGUYỄN VĂN A"


# --- tax codes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["0100109106", "0300588569", "0100684378", "0101248141"])
def test_real_tax_codes(number: str) -> None:
    assert parse_tax_code(number).kind == "organisation"
    branch = parse_tax_code(number + "001")
    assert (branch.kind, branch.value) == ("dependent_unit", f"{number}-001")
    assert parse_tax_code(f"{number}–001") == branch
    # Each mistyped digit is caught; and so is a check digit other than the one.
    for at in range(10):
        for digit in string.digits.replace(number[at], ""):
            assert not parse_tax_code(number[:at] + digit + number[at + 1 :]).ok


def test_tax_codes_of_people_and_none() -> None:
    person = parse_tax_code("046099000123")
    assert (person.ok, person.kind, person.parts["birth_year"]) == (True, "personal", 1999)
    for bad in ("0100109106-000", "0100109106-1", "01001091", "0100109106001-", "-0100109106", "999999999999"):
        assert not parse_tax_code(bad).ok, bad


@pytest.mark.realdata
def test_tax_codes_of_the_vectors(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "vectors" / "tax_codes.json").read_text("utf-8"))
    assert all(parse_tax_code(number).ok for number in vectors["valid"])
    weights = vectors["weights"]
    for number in range(10_000, 20_000):  # the published rule, step by step, against ours
        digits = f"01{number:07}"
        check = 10 - sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11
        ours = [last for last in string.digits if parse_tax_code(digits + last).ok]
        assert ours == ([str(check)] if check < 10 else [])


# --- phones ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("0912 345 678", "mobile", "+84912345678"),
        ("+84 (0)912.345.678", "mobile", "+84912345678"),
        ("84912345678", "mobile", "+84912345678"),
        ("0084912345678", "mobile", "+84912345678"),
        ("0551234567", "mobile", "+84551234567"),
        ("0891234567", "mobile", "+84891234567"),
        ("01234567890", "mobile", "+84834567890"),
        ("0234 3822 122", "landline", "+842343822122"),
        ("024 38241234", "landline", "+842438241234"),
        ("1900 1075", "service", "19001075"),
        ("+1 202 555 0123", "foreign", "+12025550123"),
        ("+49 30 901820", "foreign", "+4930901820"),
    ],
)
def test_phones(text: str, kind: str, value: str) -> None:
    parsed = parse_phone(text)
    assert (parsed.ok, parsed.kind, parsed.value) == (True, kind, value)


def test_phones_in_unlisted_ranges_are_not_refused_but_marked() -> None:
    assert parse_phone("0511234567").parts["known_range"] is False
    assert parse_phone("0912345678").parts["known_range"] is True
    assert parse_phone("0912345678").parts["zalo"] == "84912345678"


@pytest.mark.parametrize(
    "bad", ["113", "912345678", "09123456", "091234567890", "+999999999999", "phone", "0412345678"]
)
def test_no_phones(bad: str) -> None:
    assert not parse_phone(bad).ok
