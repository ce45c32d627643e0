"""Knowledge that ships with the house and that an administrator edits: words, hints, life events.

Rows that are missing are added; rows that are there, also changed or switched off, are left alone.
"""

from __future__ import annotations

import csv
from pathlib import Path

from django.db.models import Model

from motcua.engines.ledger.work import Work
from motcua.services.procedures.models import LifeEvent, LifeEventProcedure, SearchHint, SearchWord
from motcua.services.procedures.words import folded

DATA = Path(__file__).parent / "data"


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of our CSV files."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ensure_reference_data(work: Work) -> int:
    """Adds what is missing. Returns how many rows."""
    rows = [*_words(), *_hints(), *_life_events()]
    work.add(*rows)
    return len(rows)


def _words() -> list[Model]:
    known = set(SearchWord.objects.values_list("kind", "term", "expansion"))
    rows: dict[tuple[str, str, str], Model] = {}
    for row in table("search_words.csv"):
        for expansion in row["expansion"].split("|"):
            key = (row["kind"], folded(row["term"]), expansion.strip())
            if key not in known and key not in rows and key[1]:
                rows[key] = SearchWord(kind=key[0], term=key[1], expansion=key[2], shown=row["term"])
    return list(rows.values())


def _hints() -> list[Model]:
    known = set(SearchHint.objects.values_list("code", flat=True))
    return [
        SearchHint(code=row["code"], popularity=int(row["popularity"]), words=row["words"])
        for row in table("search_hints.csv")
        if row["code"] not in known
    ]


def _life_events() -> list[Model]:
    known = set(LifeEvent.objects.values_list("key", flat=True))
    rows: list[Model] = []
    for position, row in enumerate(table("life_events.csv")):
        if row["key"] in known:
            continue
        event = LifeEvent(key=row["key"], name=row["name"], name_en=row["name_en"], position=position)
        rows.append(event)
        rows.extend(
            LifeEventProcedure(life_event=event, code=code, position=place)
            for place, code in enumerate(row["codes"].split())
        )
    return rows
