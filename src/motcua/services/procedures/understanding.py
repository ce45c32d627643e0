"""What a citizen means: a question becomes groups of words to look for. Pure; the words come from ``Lexicon``.

"Tôi muốn làm giấy khai sinh cho con thì cần gì" → [giay khai sinh | dang ki khai sinh], [con].
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from motcua.services.procedures.words import spoken, syllables

CODE = re.compile(r"(?<![\w.])\d\.\d{3,7}[\w.-]*")
MOST_SYLLABLES = 60
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SYNONYM_SHARE = 0.85
_SPELLING_SHARE = 0.8
_MAYBE_SHARE = 0.5
# Vietnamese syllables have at most seven letters; one typing error makes eight, telex doubles some more.
_LONGEST_SYLLABLE = 10
_LONGEST_RUN = 40
# A pair of syllables worth more than this is a word rather than a chance meeting.
_A_WORD = 2.5
_TELEX_DOUBLE = re.compile(r"aa|ee|oo|dd|[aou]w|w")
_TELEX = {"aa": "a", "ee": "e", "oo": "o", "dd": "d", "aw": "a", "ow": "o", "uw": "u", "w": "u"}

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Why a word is looked for. ``kind``: asked | abbreviation | synonym | spelling."""

    kind: str
    source: str = ""
    target: str = ""


ASKED = Origin("asked")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a group: its syllables, how sure (0–1), and why."""

    words: Words
    share: float
    origin: Origin


@dataclass(frozen=True, slots=True)
class Group:
    """Words of the question that stand together, with every way to read them; the first is the words asked."""

    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question understood. ``core``: the folded words left when the frame of the question is gone."""

    codes: tuple[str, ...]
    groups: tuple[Group, ...]
    core: Words


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the editable tables: what is said (folded, with accents) and, for meanings, what it stands for."""

    words: Words
    accents: Words
    origin: Origin
    expansion: Words = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said, syllable by syllable. ``strict``: written with accents, so that bare syllables are bare."""

    words: Words
    accents: Words
    strict: bool

    def __getitem__(self, stretch: slice) -> _Said:
        return _Said(self.words[stretch], self.accents[stretch], self.strict)

    def holds(self, at: int, entry: Entry) -> bool:
        """Whether the entry begins here. "thiếu" is not "thiêu", but "thieu" may be either."""
        end = at + len(entry.words)
        if self.words[at:end] != entry.words:
            return False
        return all(
            said == meant or (said == plain and not self.strict)
            for said, meant, plain in zip(self.accents[at:end], entry.accents, entry.words, strict=True)
        )


@dataclass(frozen=True)
class Lexicon:
    """Words known: ``worth`` of each term of the index, and the editable tables by their first syllable.

    ``shorter``: what a syllable may be of which a letter is missing, for spellings two letters off.
    """

    worth: Mapping[str, float]
    frames: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    meanings: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    shorter: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def build(cls, worth: Mapping[str, float], rows: Iterable[tuple[str, str, str, str]]) -> Lexicon:
        """``rows``: kind, term (folded), what it stands for, the term as shown (with its accents)."""
        frames: dict[str, list[Entry]] = {}
        meanings: dict[str, list[Entry]] = {}
        for kind, term, expansion, shown in rows:
            parts = spoken(shown or term)
            words = tuple(word for word, _ in parts)
            if not words:
                continue
            origin = Origin(kind.lower(), shown or term, expansion)
            meaning = tuple(syllables(expansion))
            entry = Entry(words, tuple(accent for _, accent in parts), origin, meaning)
            if kind == "FRAME":
                frames.setdefault(words[0], []).append(entry)
            elif meaning:
                meanings.setdefault(words[0], []).append(entry)
        shorter: dict[str, list[str]] = {}
        for term in worth:
            if 3 < len(term) <= _LONGEST_SYLLABLE and term.isalpha():
                for short in _shorter(term):
                    shorter.setdefault(short, []).append(term)
        return cls(
            worth,
            _longest_first(frames),
            _longest_first(meanings),
            {short: tuple(terms) for short, terms in shorter.items()},
        )

    def knows(self, word: str) -> bool:
        return word in self.worth or word in self.meanings


def _longest_first(entries: dict[str, list[Entry]]) -> dict[str, tuple[Entry, ...]]:
    return {
        first: tuple(sorted(found, key=lambda one: len(one.words), reverse=True)) for first, found in entries.items()
    }


def understand(text: str, lexicon: Lexicon) -> Question:
    """Reads a question of any length; never raises."""
    text = text[:1000]
    codes = tuple(dict.fromkeys(match.rstrip(".-") for match in CODE.findall(text)))[:5]
    parts = spoken(CODE.sub(" ", text))[:MOST_SYLLABLES]
    marked = sum(plain != accent for plain, accent in parts)
    said = _Said(
        tuple(plain for plain, _ in parts), tuple(accent for _, accent in parts), marked * 10 >= 3 * len(parts)
    )
    stretches = list(_without_frames(said, lexicon)) or ([said] if parts else [])
    groups: list[Group] = []
    for stretch in stretches:
        groups.extend(_groups(stretch, lexicon))
    return Question(codes, tuple(groups), tuple(word for stretch in stretches for word in stretch.words))


def _without_frames(said: _Said, lexicon: Lexicon) -> Iterator[_Said]:
    """The stretches between the words that only frame a question."""
    words = said.words
    at, start = 0, 0
    while at < len(words):
        frame = next((one for one in lexicon.frames.get(words[at], ()) if said.holds(at, one)), None)
        meant = next((one for one in lexicon.meanings.get(words[at], ()) if said.holds(at, one)), None)
        longest = len(meant.words) if meant else 0
        if frame is None or longest > len(frame.words) or (len(frame.words) == 1 and _paired(said, at, lexicon)):
            at += max(1, longest)
            continue
        if at > start:
            yield said[start:at]
        at += len(frame.words)
        start = at
    if at > start:
        yield said[start:at]


def _paired(said: _Said, at: int, lexicon: Lexicon) -> bool:
    """Whether a bare syllable may be half of a word: "cua khau" is "cửa khẩu", not "của"."""
    if said.strict or said.accents[at] != said.words[at] or at + 1 == len(said.words):
        return False
    return lexicon.worth.get(f"{said.words[at]} {said.words[at + 1]}", 0.0) > _A_WORD


def _groups(said: _Said, lexicon: Lexicon) -> Iterator[Group]:
    """Splits a stretch into the phrases that the tables know and the runs of words between them."""
    words = said.words
    at, start = 0, 0
    while at < len(words):
        found = [one for one in lexicon.meanings.get(words[at], ()) if said.holds(at, one)]
        if not found:
            at += 1
            continue
        longest = len(found[0].words)
        if at > start:
            yield _plain(words[start:at], lexicon)
        yield _meant(words[at : at + longest], [one for one in found if len(one.words) == longest], lexicon)
        at += longest
        start = at
    if at > start:
        yield _plain(words[start:at], lexicon)


def _meant(words: Words, found: list[Entry], lexicon: Lexicon) -> Group:
    abbreviation = found[0].origin.kind == "abbreviation"
    # An abbreviation that names in the catalogue use themselves (TNHH) counts as asked.
    readings = [Reading(words, 1.0, ASKED)] if not abbreviation or words[0] in lexicon.worth else []
    share = 1.0 if abbreviation else _SYNONYM_SHARE
    readings.extend(Reading(one.expansion, share, one.origin) for one in found)
    return Group(tuple(readings))


def _plain(words: Words, lexicon: Lexicon) -> Group:
    """Words as asked, and with the spelling that the index knows."""
    readings = [Reading(words, 1.0, ASKED)]
    corrected = list(words)
    share = 1.0
    for at, word in enumerate(words):
        before = corrected[at - 1] if at else ""
        after = words[at + 1] if at + 1 < len(words) else ""
        better = _better(word, before, after, lexicon)
        if better is not None:
            corrected[at] = better[0]
            share = min(share, better[1])
    if corrected != list(words):
        target = tuple(" ".join(corrected).split())
        readings.append(Reading(target, share, Origin("spelling", " ".join(words), " ".join(target))))
    return Group(tuple(readings))


def _better(word: str, before: str, after: str, lexicon: Lexicon) -> tuple[str, float] | None:
    """A spelling that fits better, with how sure: for words not known, and for known ones that fit nowhere."""
    if len(word) < 2 or word.isdigit():
        return None
    worth = lexicon.worth

    def fits(one: str) -> int:
        return (f"{before} {one}" in worth) + (f"{one} {after}" in worth)

    if lexicon.knows(word):
        if fits(word) or len(word) < 3 or not (before or after):
            return None
        candidates = [one for one in _near(word) if one in worth and fits(one) == bool(before) + bool(after)]
        best = max(candidates, key=lambda one: -worth[one], default=None)
        return (best, _MAYBE_SHARE) if best else None
    parts = _split(word, worth) if len(word) <= _LONGEST_RUN else ""
    if parts:
        return parts, _SPELLING_SHARE
    if len(word) > _LONGEST_SYLLABLE:
        return None
    candidates = [one for one in _near(word) if one in worth]
    if not candidates and len(word) > 4:
        candidates = [one for short in _shorter(word) for one in lexicon.shorter.get(short, ())]
    if not candidates:
        return None
    # A neighbour that makes a known pair says more than how common the syllable is.
    return max(candidates, key=lambda one: (fits(one), -worth[one])), _SPELLING_SHARE


def _shorter(word: str) -> Iterator[str]:
    """The word with one letter left out."""
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _near(word: str) -> Iterator[str]:
    """Spellings at distance one, and what telex keystrokes without an input method would mean."""
    telex = _TELEX_DOUBLE.sub(lambda match: _TELEX[match[0]], word)
    if telex != word:
        yield telex
    for base in dict.fromkeys((word, telex)):
        for tone in "sfrxj":
            if tone in base[1:]:
                yield base[0] + base[1:].replace(tone, "", 1)
    yield from _shorter(word)
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            yield head + letter + tail[1:]


def _split(word: str, worth: Mapping[str, float]) -> str:
    """Syllables written together ("khaisinh"), where every pair stands in the index."""
    if len(word) < 5:
        return ""
    for at in range(2, len(word) - 1):
        head, tail = word[:at], word[at:]
        if head in worth and f"{head} {tail}" in worth:
            return f"{head} {tail}"
    for at in range(2, len(word) - 3):
        head = word[:at]
        if head in worth:
            rest = _split(word[at:], worth)
            if rest and f"{head} {rest.split()[0]}" in worth:
                return f"{head} {rest}"
    return ""
