from __future__ import annotations

from random import Random
from typing import Any

from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.engines.forms import validate
from motcua.engines.forms.posting import edited, from_post, page_action, to_post
from motcua.engines.forms.samples import sample_answers
from tests.engines.forms.support import ANSWERS, TODAY, everything


def post(*pairs: tuple[str, str]) -> QueryDict:
    made = QueryDict(mutable=True)
    for name, value in pairs:
        made.appendlist(name, value)
    return made


def all_pages(sent: QueryDict) -> dict[str, Any]:
    form = everything()
    raw: dict[str, Any] = {}
    for group in form.groups:
        raw |= from_post(form, group, sent)
    return raw


def test_what_a_browser_sends() -> None:
    sent = post(
        ("since-day", "1"), ("since-month", "5"), ("since-year", "2020"), ("papers", "a"), ("papers", "b"),
        ("people-0-_row", "1"), ("people-0-name", "An"), ("people-0-grown", "yes"),
        ("people-7-_row", "1"), ("people-7-name", "Bé"), ("married", "yes"), ("price", "1.000"),
        ("people-__index__-name", ""), ("other", "x"),
    )  # fmt: skip
    raw = from_post(everything(), "details", sent)
    assert raw["since"] == {"day": "1", "month": "5", "year": "2020"}
    assert raw["papers"] == ["a", "b"]
    assert [row["name"] for row in raw["people"]] == ["An", "Bé"]
    assert raw["colour"] is None
    assert "other" not in raw
    assert "who" not in raw


def test_answers_round_trip() -> None:
    values = validate(everything(), ANSWERS, today=TODAY).values
    again = validate(everything(), all_pages(post(*to_post(everything(), values))), today=TODAY)
    assert again.ok
    assert again.values == values


@given(st.integers(0, 10**6), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_any_valid_answers_round_trip(seed: int, fullness: float) -> None:
    values = sample_answers(everything(), Random(seed), today=TODAY, fullness=fullness)
    again = validate(everything(), all_pages(post(*to_post(everything(), values))), today=TODAY)
    assert again.errors == {}
    assert again.values == values


def test_row_buttons_work_on_the_server() -> None:
    rows = [("people-0-name", "An"), ("people-1-name", "Bé")]
    added = from_post(everything(), "details", post(*rows, ("_add", "people")))["people"]
    assert [row.get("name") for row in added] == ["An", "Bé", None]
    removed = from_post(everything(), "details", post(*rows, ("_remove", "people-0")))["people"]
    assert [row.get("name") for row in removed] == ["Bé"]
    full = post(*rows, ("people-2-name", "Chi"), ("_add", "people"))
    assert len(from_post(everything(), "details", full)["people"]) == 3
    assert page_action(full) == ("_add", "people")
    assert page_action(post(*rows)) is None


def test_nonsense_buttons_change_nothing() -> None:
    for argument in ("", "price", "nothing", "people-x", "people-99", "people--1", "price-0"):
        for action in ("_add", "_remove", "_drop"):
            from_post(everything(), "details", post(("people-0-name", "An"), (action, argument)))


def test_a_file_is_dropped() -> None:
    sent = post(("seal", "0193aaaa-bbbb"), ("seal", "0193aaaa-cccc"), ("_drop", "seal-0193aaaa-bbbb"))
    assert from_post(everything(), "extra", sent)["seal"] == ["0193aaaa-cccc"]


def test_which_prefilled_answers_are_edited() -> None:
    assert edited(post(("_editing", "who-name"), ("_edit", "home"))) == {"who.name", "home"}


def test_rows_are_bounded() -> None:
    sent = post(*((f"people-{number}-name", "x") for number in range(500)))
    assert len(from_post(everything(), "details", sent)["people"]) == 4
