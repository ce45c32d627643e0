"""Rows of the list of procedures, and what to show when nothing was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from motcua.interfaces.portal.offers import LEVELS, fee_words, time_words, who_words
from motcua.services.procedures.queries import Listed, common
from motcua.services.procedures.search import Hit, search

NEAREST = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One procedure in a list. ``name`` in pieces with whether each was looked for; ``facts`` stand below it."""

    code: str
    name: list[tuple[str, bool]]
    facts: tuple[str, ...]
    online: bool
    why: str = ""


def row(found: Hit | Listed) -> Row:
    """A search hit, or an entry of a plain list, as a row."""
    hit = isinstance(found, Hit)
    return Row(
        code=found.code,
        name=found.name_parts() if isinstance(found, Hit) else [(found.name, False)],
        facts=_facts(found.summary, found.level),
        online=found.online,
        why=_why(found) if hit and isinstance(found, Hit) else "",
    )


def rows(found: Iterable[Hit | Listed]) -> list[Row]:
    """Many of them."""
    return [row(one) for one in found]


def _facts(summary: dict[str, Any], level: str) -> tuple[str, ...]:
    """For whom, who handles it, how long, how much: of the first channel, online before the counter."""
    facts = [who] if (who := who_words(summary.get("subjects", []))) else []
    if level in LEVELS:
        facts.append(str(LEVELS[level]))
    channels = summary.get("channels", [])
    times = [words for one in channels if (words := time_words(one["value"], one["unit"]))]
    if times:
        facts.append(times[0])
    if channels:
        facts.append(fee_words(channels[0]["fee"]))
    return tuple(facts)


def _why(hit: Hit) -> str:
    """Why it was found, where the name itself does not show it."""
    if hit.why.kind in ("name", "code"):
        return ""
    if hit.why.kind == "keyword":
        return gettext("Found by other words of this procedure")
    words = {
        "synonym": gettext("Another word for “%(word)s”"),
        "abbreviation": gettext("“%(word)s” is short for words in it"),
        "spelling": gettext("Similar to “%(word)s”"),
    }
    return words[hit.why.kind] % {"word": hit.why.source}


def nearest(text: str) -> tuple[str, list[Row]]:
    """What comes near when nothing was found: without filters, then by single words, else what most ask for."""
    found: list[Hit] = search(text, limit=NEAREST)
    words = sorted(text.split()[:12], key=len, reverse=True)
    for word in words[:3]:
        if len(found) >= NEAREST:
            break
        codes = {one.code for one in found}
        found += [one for one in search(word, limit=NEAREST) if one.code not in codes]
    if found:
        return gettext("The nearest we have"), rows(found[:NEAREST])
    return gettext("Most asked for"), rows(common(NEAREST))
