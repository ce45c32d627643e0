"""Builds the search index: one entry per procedure in force, its terms with their BM25 share.

PostgreSQL's own ranking knows no rarity of words, and "thủ tục đăng ký cấp giấy" stands in thousands of names; so the
terms are kept as rows with the share that BM25F gives them, and a search is one join (docs/decisions/search.md).
Everything here is rebuilt from the catalogue, the hints and the results.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q

from motcua.foundation.cache import forget_all
from motcua.services.procedures import rules, versions
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.models import (
    Procedure,
    ProcedureVersion,
    SearchEntry,
    SearchHint,
    SearchPosting,
    SearchState,
    SearchWord,
)
from motcua.services.procedures.words import folded, syllables

# BM25F: how much a word counts by where it stands, and the usual length there (syllables).
PLACES = {
    "name": (3.0, 18.0),
    "hint": (2.5, 14.0),
    "keywords": (1.5, 12.0),
    "results": (0.8, 14.0),
    "field": (0.7, 4.0),
    "written_out": (2.0, 6.0),
}
SATURATION = 1.2
LENGTH_SHARE = 0.45
BATCH = 500
# Others' local procedures stay findable, below what holds in this province.
ELSEWHERE = -40
LOCALLY_ISSUED = -15
NOT_SAID = -5
_LOCAL_ISSUERS = {"UBND", "VP", "TTPVHCC"}


def refresh(
    day: date, procedures: Iterable[UUID] | None = None, known: Mapping[UUID, ProcedureData] | None = None
) -> int:
    """Rebuilds the entries of these procedures (of all when None) as in force on ``day``. Returns how many.

    ``known``: versions that the caller holds already, by key, to save reading them back.
    """
    held = known or {}
    ids = None if procedures is None else list(procedures)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('procedures.search'))")
        touched = _remove(ids)
        hints = {hint.code: hint for hint in SearchHint.objects.all()}
        in_force = list(_in_force(day, ids).values_list("id", flat=True))
        abbreviations = _abbreviations()
        postings: list[tuple[str, UUID, float]] = []
        for start in range(0, len(in_force), BATCH):
            batch = in_force[start : start + BATCH]
            read = versions.read([one for one in batch if one not in held])
            postings.extend(_write(read | {one: held[one] for one in batch if one in held}, hints, abbreviations))
        # Sorted, so that the postings of one term lie side by side on disk and a search reads few pages.
        postings.sort(key=lambda posting: posting[0])
        with cursor.copy("COPY procedures_searchposting (term, procedure_id, weight) FROM STDIN") as copy:
            # Terms are letters, digits and spaces: nothing to escape, and one block is quicker than many rows.
            copy.write("".join(f"{term}\t{key}\t{weight:.4f}\n" for term, key, weight in postings))
        touched.update(term for term, _, _ in postings)
        _count_terms(None if ids is None else touched)
        _next_generation()
        if ids is None:
            # Without figures the planner takes the new rows for none. A role that may not is only told so.
            cursor.execute("ANALYZE procedures_searchposting, procedures_searchterm, procedures_searchentry")
    forget_all()
    return len(in_force)


def _in_force(day: date, ids: list[UUID] | None) -> models.QuerySet[ProcedureVersion]:
    found = ProcedureVersion.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=day),
        state=ProcedureVersion.State.PUBLISHED,
        effective_from__lte=day,
        procedure__status=Procedure.Status.ACTIVE,
    )
    return found if ids is None else found.filter(procedure_id__in=ids)


def _remove(ids: list[UUID] | None) -> set[str]:
    if ids is None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procedures_searchposting")
            cursor.execute("DELETE FROM procedures_searchentry")
        return set()
    postings = SearchPosting.objects.filter(procedure_id__in=ids)
    touched = set(postings.values_list("term", flat=True).distinct())
    postings.delete()
    SearchEntry.objects.filter(procedure_id__in=ids).delete()
    return touched


def _abbreviations() -> dict[str, str]:
    """Abbreviations with one meaning, folded."""
    rows = SearchWord.objects.filter(kind=SearchWord.Kind.ABBREVIATION, active=True)
    meanings: dict[str, list[str]] = {}
    for term, expansion in rows.values_list("term", "expansion"):
        meanings.setdefault(term, []).append(expansion)
    return {term: found[0] for term, found in meanings.items() if len(found) == 1}


def _write(
    found: dict[UUID, ProcedureData], hints: dict[str, SearchHint], abbreviations: Mapping[str, str]
) -> list[tuple[str, UUID, float]]:
    """Writes the entries; gives the postings."""
    fields = dict(ProcedureVersion.objects.filter(id__in=found).values_list("id", "field_id"))
    SearchEntry.objects.bulk_create([_entry(data, hints.get(data.code), fields[data.id]) for data in found.values()])
    return [
        (term, data.procedure_id, weight)
        for data in found.values()
        for term, weight in weights(data, hints.get(data.code), abbreviations).items()
    ]


def _entry(data: ProcedureData, hint: SearchHint | None, field_id: UUID | None) -> SearchEntry:
    return SearchEntry(
        procedure_id=data.procedure_id,
        version_id=data.id,
        code=data.code,
        name=data.name,
        folded_name=folded(data.name),
        level=data.handled_level,
        field_id=field_id,
        online=data.online,
        popularity=(hint.popularity if hint else 0) + prior(data),
        summary=summary(data),
    )


def prior(data: ProcedureData) -> int:
    """How likely the procedure is meant before a word is read: local ones of elsewhere are not."""
    if data.locality and data.locality != settings.PROVINCE_NAME:
        return ELSEWHERE
    if data.locality:
        return 0
    return LOCALLY_ISSUED if data.issuer in _LOCAL_ISSUERS else NOT_SAID if not data.issuer else 0


def summary(data: ProcedureData) -> dict[str, Any]:
    """What a row of the result list says: who for, where, how long and how much by channel."""
    channels = []
    for channel in ("ONLINE", "DIRECT", "POSTAL"):
        method = data.method(channel)
        if method is not None:
            fee = rules.fee_summary(data.methods, channel)
            channels.append(
                {
                    "channel": channel,
                    "value": str(method.value.normalize()) if method.value is not None else None,
                    "unit": method.unit,
                    "fee": {
                        "kind": fee.kind,
                        "low": fee.low,
                        "high": fee.high,
                        "currency": fee.currency,
                        "confirmed": fee.confirmed,
                    },
                }
            )
    return {
        "subjects": list(data.subjects),
        "handled_level": data.handled_level,
        "executing": rules.short_label(data.executing),
        "field": data.field,
        "channels": channels,
        "papers": len(data.papers),
        "locality": data.locality,
    }


def weights(
    data: ProcedureData, hint: SearchHint | None, abbreviations: Mapping[str, str] | None = None
) -> dict[str, float]:
    """The share of each term (syllable, pair of syllables) in an entry, by BM25F.

    ``abbreviations`` written in a name (BHXH) count as if written out, too.
    """
    known = abbreviations or {}
    results = " . ".join([data.results, *(result.name for result in data.result_types)])
    texts = {
        "name": data.name,
        "hint": hint.words if hint else "",
        "keywords": data.keywords if folded(data.keywords) != folded(data.name) else "",
        "results": results,
        "field": data.field,
        "written_out": ";".join(known[word] for word in syllables(data.name) if word in known),
    }
    sums: defaultdict[str, float] = defaultdict(float)
    for place, text in texts.items():
        worth, usual = PLACES[place]
        parts = [syllables(part) for part in text.replace("\n", ";").replace(",", ";").split(";")]
        length = sum(map(len, parts))
        if not length:
            continue
        share = worth / (1 - LENGTH_SHARE + LENGTH_SHARE * length / usual)
        for part in parts:
            for term in part:
                sums[term] += share
            for first, second in pairwise(part):
                sums[f"{first} {second}"] += share
    return {term: total * (SATURATION + 1) / (SATURATION + total) for term, total in sums.items() if len(term) <= 80}


def _count_terms(terms: set[str] | None) -> None:
    """How rare each term is; only for these terms when given (the number of entries moves little)."""
    chosen = None if terms is None else list(terms)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procedures_searchterm WHERE %s::text[] IS NULL OR term = ANY(%s::text[])", [chosen, chosen]
        )
        cursor.execute(
            "INSERT INTO procedures_searchterm (term, entries, worth) "
            # The total as a value, not a joined table: a plan made without statistics counted it for every row.
            "SELECT term, count(*), "
            "ln(1 + ((SELECT count(*) FROM procedures_searchentry) - count(*) + 0.5) / (count(*) + 0.5)) "
            "FROM procedures_searchposting WHERE %s::text[] IS NULL OR term = ANY(%s::text[]) GROUP BY term",
            [chosen, chosen],
        )


def _next_generation() -> None:
    SearchState.objects.update_or_create(
        id=1,
        create_defaults={"generation": 1, "entries": SearchEntry.objects.count()},
        defaults={"generation": models.F("generation") + 1, "entries": SearchEntry.objects.count()},
    )


def bring_up(day: date, procedures: Iterable[UUID]) -> int:
    """Rebuilds the entries that no longer show what is in force on ``day``. Returns how many differed."""
    ids = list(procedures)
    in_force = dict(_in_force(day, ids).values_list("procedure_id", "id"))
    shown = dict(SearchEntry.objects.filter(procedure_id__in=ids).values_list("procedure_id", "version_id"))
    behind = [key for key in ids if in_force.get(key) != shown.get(key)]
    if behind:
        refresh(day, behind)
    return len(behind)
