"""Finds procedures by the words a citizen uses and says why each was found."""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy

from motcua.foundation.cache import Remembered
from motcua.services.procedures.models import SearchTerm, SearchWord
from motcua.services.procedures.understanding import ASKED, Lexicon, Origin, Question, Reading, understand
from motcua.services.procedures.words import folded

CANDIDATES = 60
# A long question is answered by its rarest words; the others only help to rank.
_TERMS = 28
# A word in more than this share of all entries finds nothing by itself; it only helps to rank.
_COMMON = 2.0
# What each part of the score counts (bench/search.py measures the effect).
_SHARE, _COVER, _FOCUS, _ORDER = 0.3, 0.35, 0.22, 0.13
_LEAST_COVER = 0.34
_TRIGRAM = 0.45

_KINDS = {
    "code": gettext_lazy("code"),
    "name": gettext_lazy("name"),
    "keyword": gettext_lazy("other words of the procedure"),
    "abbreviation": gettext_lazy("abbreviation"),
    "synonym": gettext_lazy("another word for it"),
    "spelling": gettext_lazy("similar spelling"),
}


@dataclass(frozen=True, slots=True)
class Why:
    """Why a procedure was found. ``kind``: code | name | keyword | abbreviation | synonym | spelling."""

    kind: str
    source: str
    target: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.source} → {self.target}" if self.target else f"{self.kind}: {self.source}"

    @property
    def label(self) -> str:
        """The kind in the reader's language."""
        return str(_KINDS[self.kind])


@dataclass(frozen=True, slots=True)
class Hit:
    """A procedure found, with what a row of the result list shows; ``summary`` as ``search_index.summary``."""

    code: str
    name: str
    score: float
    why: Why
    matched: tuple[str, ...]
    procedure_id: UUID
    version_id: UUID
    level: str
    online: bool
    summary: dict[str, Any]

    def name_parts(self) -> list[tuple[str, bool]]:
        """The name in pieces, each with whether it was looked for, for marking on screen."""
        pieces: list[tuple[str, bool]] = []
        wanted = set(self.matched)
        for piece in re.findall(r"\w+|\W+", self.name):
            hit = folded(piece) in wanted
            if pieces and (pieces[-1][1] == hit or not piece.strip()):
                pieces[-1] = (pieces[-1][0] + piece, pieces[-1][1])
            else:
                pieces.append((piece, hit))
        return pieces


def _load_lexicon() -> Lexicon:
    worth = dict(SearchTerm.objects.values_list("term", "worth"))
    rows = SearchWord.objects.filter(active=True).values_list("kind", "term", "expansion", "shown")
    return Lexicon.build(worth, rows)


lexicon: Remembered[Lexicon] = Remembered(_load_lexicon, seconds=60)


@dataclass(frozen=True, slots=True)
class _Found:
    """A row of the index with its score; ``cover``: how much of the question it answers."""

    row: dict[str, Any]
    score: float
    why: Why
    matched: tuple[str, ...] = ()
    cover: float = 1.0

    def hit(self) -> Hit:
        row = self.row
        # Django leaves jsonb to its own field classes: a plain cursor gives the text.
        summary = row["summary"]
        return Hit(
            code=row["code"],
            name=row["name"],
            score=round(self.score, 3),
            why=self.why,
            matched=self.matched,
            procedure_id=row["procedure_id"],
            version_id=row["version_id"],
            level=row["level"],
            online=row["online"],
            summary=json.loads(summary) if isinstance(summary, str) else summary,
        )


def search(
    text: str, *, limit: int = 20, level: str | None = None, field: UUID | None = None, online_only: bool = False
) -> list[Hit]:
    """Procedures in force for a text: words with or without accents, a code, an abbreviation, a whole question.

    Best first. ``level``: ``Level`` value; ``field``: key of a ``Field``. Two queries, three when nothing fits well.
    """
    known = lexicon()
    question = understand(text, known)
    limit = max(1, min(limit, 100))
    filters = _Filters(level, field, online_only)
    found: dict[UUID, _Found] = {}
    for one in _by_code(question.codes, filters, limit):
        found.setdefault(one.row["procedure_id"], one)
    best = 0.0
    for one in _by_words(question, known, filters):
        best = max(best, one.cover)
        found.setdefault(one.row["procedure_id"], one)
    if best < _LEAST_COVER and question.core:
        for one in _by_spelling(" ".join(question.core), filters, limit):
            found.setdefault(one.row["procedure_id"], one)
    return [one.hit() for one in sorted(found.values(), key=lambda one: (-one.score, one.row["code"]))[:limit]]


@dataclass(frozen=True, slots=True)
class _Filters:
    level: str | None
    field: UUID | None
    online_only: bool

    def sql(self) -> tuple[str, list[Any]]:
        """Conditions on ``e`` (the entry) and their values."""
        parts: list[str] = []
        values: list[Any] = []
        if self.level:
            parts.append("e.level = %s")
            values.append(self.level)
        if self.field:
            parts.append("e.field_id = %s")
            values.append(self.field)
        if self.online_only:
            parts.append("e.online")
        return "".join(f" AND {part}" for part in parts), values


_COLUMNS = "e.procedure_id, e.version_id, e.code, e.name, e.folded_name, e.level, e.online, e.popularity, e.summary"


def _rows(sql: str, values: list[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _by_code(codes: tuple[str, ...], filters: _Filters, limit: int) -> Iterator[_Found]:
    for code in codes:
        condition, values = filters.sql()
        pattern = re.sub(r"([\\%_])", r"\\\1", code) + "%"
        rows = _rows(
            f"SELECT {_COLUMNS} FROM procedures_searchentry e WHERE e.code LIKE %s{condition} "  # noqa: S608
            "ORDER BY length(e.code), e.code LIMIT %s",
            [pattern, *values, limit],
        )
        # An old local code carries the national one in front: 1.000656.000.00.00.H54 (FACTS 2.3).
        if not rows and (short := re.match(r"\d\.\d{6}", code)) and short[0] != code:
            rows = _rows(
                f"SELECT {_COLUMNS} FROM procedures_searchentry e WHERE e.code = %s{condition}",  # noqa: S608
                [short[0], *values],
            )
        for row in rows:
            exact = row["code"] == code
            yield _Found(row, 100.0 if exact else 90.0, Why("code", code, "" if exact else row["code"]))


def _by_words(question: Question, known: Lexicon, filters: _Filters) -> Iterator[_Found]:
    wanted = _wanted(question, known)
    if not wanted:
        return
    condition, values = filters.sql()
    join = f"JOIN procedures_searchentry e USING (procedure_id) WHERE true{condition}" if condition else ""
    rows = _rows(
        "WITH wanted AS (SELECT * FROM unnest(%s::text[], %s::float8[]) AS w (term, worth)), "  # noqa: S608
        "found AS (SELECT p.procedure_id, sum(p.weight * w.worth) AS score, array_agg(p.term) AS terms "
        f"FROM wanted w JOIN procedures_searchposting p ON p.term = w.term {join} "
        "GROUP BY p.procedure_id ORDER BY 2 DESC LIMIT %s) "
        f"SELECT {_COLUMNS}, f.score, f.terms FROM found f JOIN procedures_searchentry e USING (procedure_id)",
        [list(wanted), list(wanted.values()), *values, CANDIDATES],
    )
    top = max((row["score"] for row in rows), default=0.0) or 1.0
    for row in rows:
        yield _ranked(row, row["score"] / top, question, known)


def _wanted(question: Question, known: Lexicon) -> dict[str, float]:
    """The terms to look for with what each is worth: rarity times how sure the reading is."""
    wanted: dict[str, float] = {}
    for group in question.groups:
        for reading in group.readings:
            for term in _terms(reading.words):
                worth = known.worth.get(term, 0.0) * reading.share
                if worth > wanted.get(term, 0.0):
                    wanted[term] = worth
    for first, second in pairwise(question.core):
        pair = f"{first} {second}"
        if pair in known.worth:
            wanted.setdefault(pair, known.worth[pair])
    rare = {term: worth for term, worth in wanted.items() if worth >= _COMMON} or wanted
    return {term: rare[term] for term in heapq.nlargest(_TERMS, rare, key=rare.__getitem__)}


def _terms(words: Iterable[str]) -> Iterator[str]:
    before = ""
    for word in words:
        yield word
        if before:
            yield f"{before} {word}"
        before = word


def _ranked(row: dict[str, Any], share: float, question: Question, known: Lexicon) -> _Found:
    """The final score: how much of the question the entry answers, how much of its name was asked for, how common."""
    terms = frozenset(row["terms"])
    name = row["folded_name"].split()
    have = terms.union(name)
    total = answered = 0.0
    used: list[Reading] = []
    for group in question.groups:
        cover, reading = max(
            ((_cover(one.words, have, known) * one.share, one) for one in group.readings), key=lambda one: one[0]
        )
        weight = max(_worth(one.words, known) for one in group.readings)
        total += weight
        answered += weight * cover
        if cover:
            used.append(reading)
    asked = {word for reading in used for word in reading.words}
    cover = answered / total if total else 0.0
    focus = _cover(name, asked, known)
    score = (_SHARE * share + _COVER * cover * cover + _FOCUS * focus + _ORDER * _in_order(name, used)) * 50
    matched = tuple(word for word in dict.fromkeys(name) if word in asked)
    return _Found(row, score * (1 + row["popularity"] / 200), _why(used, name, terms), matched, cover)


def _worth(words: Iterable[str], known: Lexicon) -> float:
    # A word that the index does not know would find nothing anywhere: it weighs little.
    return sum(known.worth.get(word, 1.0) for word in words)


def _cover(words: Collection[str], have: Set[str], known: Lexicon) -> float:
    """The share of these words, by worth, that is there."""
    total = _worth(words, known)
    return _worth([word for word in words if word in have], known) / total if total else 0.0


def _in_order(name: list[str], used: list[Reading]) -> float:
    """The share of the name's neighbouring syllables that were asked for as neighbours."""
    asked = {pair for reading in used for pair in pairwise(reading.words)}
    return sum(pair in asked for pair in pairwise(name)) / max(1, len(name) - 1)


def _why(used: list[Reading], name: list[str], terms: frozenset[str]) -> Why:
    origins: list[Origin] = [reading.origin for reading in used if reading.origin is not ASKED]
    in_name = [word for reading in used if reading.origin is ASKED for word in reading.words if word in name]
    for kind in ("synonym", "abbreviation", "spelling"):
        for origin in origins:
            if origin.kind == kind:
                return Why(kind, origin.source, origin.target)
    if in_name:
        return Why("name", " ".join(in_name))
    return Why("keyword", " ".join(sorted(term for term in terms if " " not in term)))


def _by_spelling(text: str, filters: _Filters, limit: int) -> Iterator[_Found]:
    """Names that look alike, by trigrams, for what no word of the index answers."""
    condition, values = filters.sql()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, false)", [str(_TRIGRAM)])
    rows = _rows(
        f"SELECT {_COLUMNS}, word_similarity(%s, e.folded_name) AS alike FROM procedures_searchentry e "  # noqa: S608
        f"WHERE %s <%% e.folded_name{condition} ORDER BY alike DESC, length(e.folded_name) LIMIT %s",
        [text, text, *values, limit],
    )
    for row in rows:
        score = row["alike"] * 20 * (1 + row["popularity"] / 200)
        yield _Found(row, score, Why("spelling", text, row["folded_name"]))
