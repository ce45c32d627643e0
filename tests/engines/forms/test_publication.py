from __future__ import annotations

from random import Random
from typing import Any

import jsonschema_rs
import pytest

from motcua.engines.forms.publication import json_schema
from motcua.engines.forms.samples import sample_answers
from tests.engines.forms.support import ANSWERS, TODAY, everything

SCHEMA = json_schema(everything(), schema_id="https://motcua.example/forms/everything")
CHECKER = jsonschema_rs.validator_for(SCHEMA)


def test_it_is_a_schema() -> None:
    jsonschema_rs.meta.validate(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["properties"]["who"]["x-personal-data"] == "basic"
    assert SCHEMA["properties"]["price"]["x-labels"] == {"vi": "price", "en": "PRICE"}
    assert [group["key"] for group in SCHEMA["x-groups"]] == ["who", "details", "extra", "end"]


@pytest.mark.parametrize("seed", range(20))
def test_it_takes_what_the_server_takes(seed: int) -> None:
    values = sample_answers(everything(), Random(seed), today=TODAY, fullness=seed / 20)
    assert [error.message for error in CHECKER.iter_errors(values)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "mauve"},
        {"price": -1},
        {"price": "1"},
        {"begins": "01/01/2026"},
        {"since": None},
        {"papers": ["b"], "why_b": None},
        {"people": []},
        {"sure": False},
        {"who": {"kind": "organisation", "name": "A"}},
        {"who": {"kind": "organisation", "name": "A", "tax_code": "0100109106"}},
        {"home": {"province": "99", "line": "x"}},
    ],
)
def test_it_refuses_what_the_server_refuses(change: dict[str, Any]) -> None:
    values = {key: value for key, value in (ANSWERS | change).items() if value is not None}
    assert not CHECKER.is_valid(values)


def test_conditions_are_published() -> None:
    assert CHECKER.is_valid({key: value for key, value in ANSWERS.items() if key != "since"} | {"married": False})
