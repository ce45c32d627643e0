"""Finds procedures by the words a citizen uses and says why each was found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy

from motcua.foundation.cache import Remembered
from motcua.services.procedures.models import SearchEntry, SearchTerm, SearchWord
from motcua.services.procedures.understanding import ASKED, Lexicon, Origin, Question, Reading, understand
from motcua.services.procedures.words import folded

CANDIDATES = 80
# A word in more than this share of all entries finds nothing by itself; it only helps to rank.
_COMMON = 1.4
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
class _Row:
    entry: dict[str, Any]
    score: float
    terms: frozenset[str]


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
    hits: dict[UUID, Hit] = {}
    for hit in _by_code(question.codes, filters, limit):
        hits.setdefault(hit.procedure_id, hit)
    best = 0.0
    for hit, cover in _by_words(question, known, filters):
        best = max(best, cover)
        hits.setdefault(hit.procedure_id, hit)
    if best < _LEAST_COVER and question.core:
        for hit in _by_spelling(" ".join(question.core), filters, limit):
            hits.setdefault(hit.procedure_id, hit)
    return sorted(hits.values(), key=lambda hit: (-hit.score, hit.code))[:limit]


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
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _by_code(codes: tuple[str, ...], filters: _Filters, limit: int) -> Iterator[Hit]:
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
            yield _hit(row, 100.0 if exact else 90.0, Why("code", code, "" if exact else row["code"]), ())


def _by_words(question: Question, known: Lexicon, filters: _Filters) -> Iterator[tuple[Hit, float]]:
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
    for first, second in zip(question.core, question.core[1:], strict=False):
        pair = f"{first} {second}"
        if pair in known.worth:
            wanted.setdefault(pair, known.worth[pair])
    rare = {term: worth for term, worth in wanted.items() if worth >= _COMMON}
    return rare or wanted


def _terms(words: Iterable[str]) -> Iterator[str]:
    before = ""
    for word in words:
        yield word
        if before:
            yield f"{before} {word}"
        before = word


def _ranked(row: dict[str, Any], share: float, question: Question, known: Lexicon) -> tuple[Hit, float]:
    """The final score: how much of the question the entry answers, how much of its name was asked for, how common."""
    terms = frozenset(row["terms"])
    name = row["folded_name"].split()
    have = terms | set(name)
    total = answered = 0.0
    used: list[Reading] = []
    asked: set[str] = set()
    for group in question.groups:
        best, best_reading = 0.0, None
        for reading in group.readings:
            cover = _cover(reading.words, have, known) * reading.share
            if cover > best:
                best, best_reading = cover, reading
        weight = max(_worth(reading.words, known) for reading in group.readings)
        total += weight
        answered += weight * best
        if best_reading is not None:
            used.append(best_reading)
            asked.update(best_reading.words)
    cover = answered / total if total else 0.0
    focus = _cover(name, asked, known)
    phrase = _longest_run(name, used) / max(1, len(name))
    popularity = 1 + row["popularity"] / 200
    score = (0.35 * share + 0.4 * cover * cover + 0.2 * focus + 0.05 * phrase) * popularity * 50
    matched = tuple(word for word in dict.fromkeys(name) if word in asked)
    return _hit(row, round(score, 3), _why(used, name, terms), matched), cover


def _worth(words: Iterable[str], known: Lexicon) -> float:
    # A word that the index does not know would find nothing anywhere: it weighs little.
    return sum(known.worth.get(word, 1.0) for word in words)


def _cover(words: Iterable[str], have: Iterable[str], known: Lexicon) -> float:
    """The share of these words, by worth, that is there."""
    words = list(words)
    total = _worth(words, known)
    there = have if isinstance(have, (set, frozenset)) else set(have)
    return _worth((word for word in words if word in there), known) / total if total else 0.0


def _longest_run(name: list[str], used: list[Reading]) -> int:
    """The longest stretch of the name that was asked for in this order."""
    best = 0
    wanted = [word for reading in used for word in reading.words]
    for start in range(len(wanted)):
        for at, word in enumerate(name):
            run = 0
            while (
                start + run < len(wanted) and at + run < len(name) and wanted[start + run] == name[at + run]
            ):
                run += 1
            best = max(best, run)
            del word
    return best


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


def _by_spelling(text: str, filters: _Filters, limit: int) -> Iterator[Hit]:
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
        score = round(row["alike"] * 20 * (1 + row["popularity"] / 200), 3)
        yield _hit(row, score, Why("spelling", text, row["name"]), ())


def _hit(row: dict[str, Any], score: float, why: Why, matched: tuple[str, ...]) -> Hit:
    summary = row["summary"]
    if isinstance(summary, str):  # a raw cursor gives jsonb as text where Django has taken its loader away
        import json

        summary = json.loads(summary)
    return Hit(
        code=row["code"],
        name=row["name"],
        score=score,
        why=why,
        matched=matched,
        procedure_id=row["procedure_id"],
        version_id=row["version_id"],
        level=row["level"],
        online=row["online"],
        summary=summary,
    )
