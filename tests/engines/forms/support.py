"""A form with one of everything, for tests of the engine."""

from __future__ import annotations

from datetime import date
from typing import Any

from motcua.engines.forms import Form, parse_form

TODAY = date(2026, 11, 22)


def say(words: str) -> dict[str, str]:
    return {"vi": words, "en": words.upper()}


def field(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": say(key.replace("_", " ")), **more}


def form_with(*fields: dict[str, Any], rules: list[dict[str, Any]] | None = None) -> Form:
    """A form of one page."""
    group = {"key": "page", "title": say("page"), "fields": list(fields)}
    return parse_form({"key": "t", "title": say("t"), "groups": [group], "rules": rules or []})


EVERYTHING: dict[str, Any] = {
    "key": "everything",
    "title": say("everything"),
    "subject": {"vi": "Hồ sơ của {who.name}", "en": "Dossier of {who.name}"},
    "procedures": ["9.000001"],
    "groups": [
        {
            "key": "who",
            "title": say("who"),
            "fields": [
                field(
                    "who",
                    "party",
                    kinds=["person", "organisation"],
                    parts=["name", "birth_date", "sex?", "identity_number?", "tax_code", "phone?"],
                    prefill="party",
                    role="applicant",
                    personal="basic",
                ),
                field("home", "address", prefill="party.address", role="applicant.address", abroad=True),
                field("mail", "email", required=False, role="applicant.email"),
            ],
        },
        {
            "key": "details",
            "title": say("details"),
            "hint": say("read this"),
            "fields": [
                field("married", "yes_no"),
                field("since", "date", not_future=True, in_words=True, visible_when={"field": "married", "is": True}),
                field("colour", "select", options=[{"value": v, "label": say(v)} for v in ("red", "jade", "gold")]),
                field(
                    "papers",
                    "multi_choice",
                    required=False,
                    options=[{"value": v, "label": say(v)} for v in ("a", "b", "c")],
                ),
                field("why_b", "long_text", required_when={"field": "papers", "has": "b"}, max_length=50),
                field("price", "money", in_words=True, maximum=10**12),
                field("area", "number", decimals=2, unit=say("m²"), minimum=0.5),
                field("begins", "date"),
                field("ends", "date", required=False),
                field("note", "statement", body=say("mind the step")) | {"label": None},
                field(
                    "people",
                    "table",
                    min_rows=1,
                    max_rows=3,
                    fields=[
                        field("name", "text", max_length=40),
                        field("grown", "yes_no"),
                        field("work", "text", visible_when={"field": "grown", "is": True}),
                        field("spouse", "text", required=False, visible_when={"field": "married", "is": True}),
                    ],
                ),
            ],
        },
        {
            "key": "extra",
            "title": say("extra"),
            "visible_when": {"field": "who.kind", "is": "organisation"},
            "fields": [field("seal", "file", max_files=2, accept=["pdf", "png"], component="seal")],
        },
        {"key": "end", "title": say("end"), "fields": [field("sure", "declaration", body=say("I swear"))]},
    ],
    "rules": [{"kind": "later", "field": "ends", "than": "begins", "message": say("ends before it begins")}],
}
for _group in EVERYTHING["groups"]:
    for _field in _group["fields"]:
        if _field.get("label", 0) is None:
            del _field["label"]

ANSWERS: dict[str, Any] = {
    "who": {"kind": "person", "name": "Trần Thị Bích", "birth_date": "1990-03-02", "sex": "female"},
    "home": {"province": "46", "ward": "19789", "line": "12 Lê Lợi"},
    "married": True,
    "since": "2020-05-01",
    "colour": "jade",
    "papers": ["a", "b"],
    "why_b": "vì thế",
    "price": 1_250_000,
    "area": 75.5,
    "begins": "2026-01-01",
    "ends": "2026-02-01",
    "people": [{"name": "An", "grown": True, "work": "thợ"}, {"name": "Bé", "grown": False}],
    "sure": True,
}


def everything() -> Form:
    return parse_form(EVERYTHING)
