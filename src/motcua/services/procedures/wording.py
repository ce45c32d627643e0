"""Changing how procedures are found: words and abbreviations, hints, life events."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from motcua.engines.ledger.work import Work
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.errors import Conflict, Invalid, NotFound
from motcua.foundation.text import clean_line
from motcua.services.procedures import search_index
from motcua.services.procedures.actions import PERMISSION
from motcua.services.procedures.models import LifeEvent, LifeEventProcedure, Procedure, SearchHint, SearchWord
from motcua.services.procedures.words import folded

# Words belong to no procedure: one stream holds what was changed about them.
WORDS_STREAM = uuid5(NAMESPACE_URL, "motcua:procedures:words")
MOST_POPULAR = 100


def set_word(work: Work, kind: str, term: str, expansion: str = "", *, active: bool = True) -> SearchWord:
    """Adds an abbreviation, a synonym or a frame of questions, or switches one on or off."""
    work.actor.require(PERMISSION)
    shown, key, meaning = _checked(kind, term, expansion)
    word = SearchWord.objects.select_for_update().filter(kind=kind, term=key, expansion=meaning).first()
    before = _said(word) if word else None
    if word is None:
        word = SearchWord(kind=kind, term=key, expansion=meaning, shown=shown, active=active)
        work.add(word)
    else:
        word.active, word.shown = active, shown
        work.change(word, "active", "shown")
    _record(work, word, before)
    return word


def change_word(work: Work, word_id: UUID, kind: str, term: str, expansion: str, *, active: bool) -> SearchWord:
    """Changes what a word is, stands for, or whether it is in use. Raises ``NotFound``, ``Invalid``, ``Conflict``."""
    work.actor.require(PERMISSION)
    shown, key, meaning = _checked(kind, term, expansion)
    word = _held(word_id)
    if SearchWord.objects.filter(kind=kind, term=key, expansion=meaning).exclude(pk=word_id).exists():
        raise Conflict("This word stands in the list already.")
    before = _said(word)
    word.kind, word.term, word.expansion, word.shown, word.active = kind, key, meaning, shown, active
    if _said(word) == before:
        return word
    work.change(word, "kind", "term", "expansion", "shown", "active")
    _record(work, word, before)
    return word


def remove_word(work: Work, word_id: UUID) -> None:
    """Takes a word out of the list. Raises ``NotFound``."""
    work.actor.require(PERMISSION)
    word = _held(word_id)
    work.remove(word)
    work.record(WORDS_STREAM, "procedure_words.removed", {"term": word.shown or word.term, "before": _said(word)})
    transaction.on_commit(forget_all)


def _checked(kind: str, term: str, expansion: str) -> tuple[str, str, str]:
    """The word as written, folded, and what it stands for. Raises ``Invalid``."""
    shown = clean_line(term)
    key, meaning = folded(shown), clean_line(expansion)
    problems: dict[str, list[str]] = {}
    if kind not in SearchWord.Kind.values:
        problems["kind"] = ["Choose one of the listed values."]
    if not key or len(shown) > 100:
        problems["term"] = ["Write the word as people use it, in at most 100 letters."]
    if len(meaning) > 200 or (not meaning and kind != SearchWord.Kind.FRAME):
        problems["expansion"] = ["Write what it stands for, in at most 200 letters."]
    if problems:
        raise Invalid(fields=problems)
    return shown, key, meaning


def _held(word_id: UUID) -> SearchWord:
    word = SearchWord.objects.select_for_update().filter(pk=word_id).first()
    if word is None:
        raise NotFound("There is no such word.")
    return word


def _said(word: SearchWord) -> dict[str, str | bool]:
    return {
        "kind": word.kind,
        "term": word.shown or word.term,
        "expansion": word.expansion,
        "active": word.active,
    }


def _record(work: Work, word: SearchWord, before: dict[str, str | bool] | None) -> None:
    said = _said(word)
    work.record(WORDS_STREAM, "procedure_words.changed", {"term": said["term"], "before": before, "after": said})
    transaction.on_commit(forget_all)


def set_hint(work: Work, code: str, popularity: int, words: str) -> SearchHint:
    """Says how common a procedure is (0–100) and what citizens call it."""
    work.actor.require(PERMISSION)
    procedure = Procedure.objects.filter(code=code).first()
    if procedure is None:
        raise NotFound("There is no such procedure.")
    if not 0 <= popularity <= MOST_POPULAR:
        raise Invalid(fields={"popularity": ["Give a number from 0 to 100."]})
    words = clean_line(words)[:2000]
    hint = SearchHint.objects.select_for_update().filter(code=code).first()
    before = {"popularity": hint.popularity, "words": hint.words} if hint else {}
    if hint is None:
        hint = SearchHint(code=code, popularity=popularity, words=words)
        work.add(hint)
    else:
        hint.popularity, hint.words = popularity, words
        work.change(hint, "popularity", "words")
    after = {"popularity": popularity, "words": words}
    work.record(procedure.id, "procedure.hint_changed", {"before": before, "after": after})
    transaction.on_commit(partial(search_index.refresh, clock.today(), [procedure.id]))
    return hint


def set_life_event(work: Work, key: str, name: str, name_en: str, codes: Sequence[str]) -> LifeEvent:
    """Names a life event of the home page and lists its procedures in order."""
    work.actor.require(PERMISSION)
    name, name_en = clean_line(name)[:100], clean_line(name_en)[:100]
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    known = set(Procedure.objects.filter(code__in=wanted).values_list("code", flat=True))
    problems: dict[str, list[str]] = {}
    if not name or not name_en:
        problems["name"] = ["Name it in Vietnamese and in English."]
    if any(code not in known for code in wanted):
        problems["codes"] = ["There is no procedure with one of these codes."]
    event = LifeEvent.objects.select_for_update().filter(key=key).first()
    if event is None:
        raise NotFound("There is no such life event.")
    if problems:
        raise Invalid(fields=problems)
    listed = {one.code: one for one in event.procedures.all()}
    before = sorted(listed, key=lambda code: listed[code].position)
    event.name, event.name_en = name, name_en
    work.change(event, "name", "name_en")
    for place, code in enumerate(wanted):
        if code in listed:
            listed[code].position = place
            work.change(listed[code], "position")
        else:
            work.add(LifeEventProcedure(life_event=event, code=code, position=place))
    for code in listed.keys() - set(wanted):
        work.remove(listed[code])
    work.record(
        WORDS_STREAM,
        "procedure_words.life_event_changed",
        {"key": key, "before": before, "after": wanted, "name": name},
    )
    transaction.on_commit(forget_all)
    return event
