"""Vietnamese text: folding for search, order of the alphabet, i and y, plain names, cleaning of what is pasted."""

from __future__ import annotations

import re
import unicodedata

_MARKS = dict.fromkeys(range(768, 880))
_FOLD = _MARKS | {ord("đ"): "d", ord("Đ"): "d"} | dict.fromkeys((*range(32), 127), " ")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Line breaks and tabs are people's; the other control characters, NUL before all, no database takes.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def fold(text: str) -> str:
    """``text`` for search: lower case, without accents (đ too), single spaces. The same for composed and decomposed
    input, and idempotent. Control characters become spaces, lone surrogates vanish, so that a database takes it.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _SURROGATES.sub("", text)).casefold()
        # Folding case can bring marks and capitals back (İ, ㎅); a second pass ends that.
        text = unicodedata.normalize("NFKD", text).translate(_FOLD).casefold()
    elif not text.isprintable():
        text = text.translate(_FOLD)
    return " ".join(text.lower().split())


# A lone y after these consonants is written i as often: kỹ/kĩ thuật, lý/lí do, Mỹ/Mĩ, công ty/công ti, quy/qui.
_Y = re.compile(r"\b(h|k|l|m|s|t|v|qu)y\b")


def unify_iy(folded: str) -> str:
    """Folded text in which i and y of open syllables are one: "ky thuat" and "ki thuat" become the same."""
    return _Y.sub(r"\1i", folded)


def slug(text: str, longest: int = 80) -> str:
    """A name for addresses and files: ASCII letters, digits and dashes, cut between words where that is possible."""
    whole = "-".join(re.findall(r"[a-z0-9]+", fold(text)))
    if len(whole) <= longest:
        return whole
    cut = whole[: longest + 1].rpartition("-")[0]
    return cut or whole[:longest]


def clean(text: str) -> str:
    """What a person typed or pasted, fit for storage: composed (NFC), without control characters, trimmed; line breaks
    stay as ``\\n``.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROLS.sub("", text).strip()


def clean_line(text: str) -> str:
    """Like ``clean`` for one line: all white space becomes single spaces."""
    return " ".join(clean(text).split())


_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}  # huyền hỏi ngã sắc nặng
# A letter with a hat follows all that begins with the bare one: { and | lie behind z.
_HATS = {"\u0306": "{", "\u0302": "|"}
_HORN = "\u031b"
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")


def sort_key(text: str) -> str:
    """A key whose plain byte order (collation "C") is the Vietnamese order.

    a ă â b c d đ e ê … o ô ơ … u ư …; tones (ngang huyền hỏi ngã sắc nặng) decide between else equal texts, whatever
    vowel of the syllable carries the mark (hoà, hòa); numbers by value ("Phường 2" before "Phường 10"); case and
    punctuation are ignored.
    """
    letters: list[str] = []
    tones: list[str] = []
    for token in _tokens(text):
        if token.isdigit() and token.isascii():
            number = token.lstrip("0") or "0"
            # How many digits goes before them; beyond nine digits numbers are no longer counts.
            letters.append(f"{min(len(number), 9)}{number}")
            tones.append("0")
            continue
        primary, tone = _syllable(token)
        letters.append(primary)
        tones.append(tone)
    return " ".join(letters) + "\t" + "".join(tones).rstrip("0")


def name_sort_key(name: str) -> str:
    """The key by which lists of people go: given name (the last word) first, then the whole name."""
    given, whole = name.split()[-1:], name
    return sort_key(given[0] if given else "") + "\t" + sort_key(whole)


def _tokens(text: str) -> list[str]:
    # Composed first, so that letters with marks count as letters.
    plain = unicodedata.normalize("NFC", _SURROGATES.sub("", text)).lower()
    return _TOKEN.findall(plain)


def _syllable(token: str) -> tuple[str, str]:
    primary: list[str] = []
    tone = "0"
    for character in unicodedata.normalize("NFD", token):
        if character == "đ":
            primary.append("d{")
        elif character in _TONES:
            tone = _TONES[character] if tone == "0" else tone
        elif character == _HORN:
            # ơ comes after ô; of u there is only the horn.
            primary.append("}" if primary and primary[-1].startswith("o") else "{")
        elif character in _HATS:
            primary.append(_HATS[character])
        elif unicodedata.category(character) != "Mn":
            primary.append(character)
    return "".join(primary), tone
