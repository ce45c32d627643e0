"""Names without marks, computed by the database itself, so that an index can hold them."""

from __future__ import annotations

import unicodedata

from django.db.models import Func, TextField


def _letters() -> tuple[str, str]:
    """Every Vietnamese letter with its marks, and A to Z: what each becomes without marks in lower case."""
    source, target = [], []
    for point in [*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1EA0, 0x1EFA)]:
        letter = chr(point)
        if not letter.isalpha():
            continue
        plain = unicodedata.normalize("NFD", letter.replace("Đ", "D").replace("đ", "d"))[0].lower()
        if plain.isascii() and plain != letter:
            source.append(letter)
            target.append(plain)
    return "".join(source), "".join(target)


_FROM, _TO = _letters()


class FoldedName(Func):
    """A name without marks, in small letters, computed alike in every collation: what the index of names holds."""

    template = f"translate(%(expressions)s, '{_FROM}', '{_TO}')"
    output_field = TextField()
