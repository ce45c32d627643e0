"""Names of files as people gave them, made harmless: shown on screens, put into headers, never into a path."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MOST_LETTERS: Final = 200
NAMELESS: Final = "tep-khong-ten"

# Turns the reading direction (“exe.gpj” reads “jpg.exe”), joins or is no letter at all: nothing of a file's name.
_INVISIBLE = frozenset(["Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"])
_SPACES = re.compile(r"\s+")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')


def safe_name(given: str) -> str:
    """The last component of a path, without control characters, direction marks and marks that file systems refuse;
    composed (NFC), at most 200 letters with the extension kept. Never empty.
    """
    name = given[:4000].replace("\\", "/").rsplit("/", 1)[-1]
    name = unicodedata.normalize("NFC", name)
    name = "".join(" " if letter.isspace() else letter for letter in name if _visible(letter))
    name = _SPACES.sub(" ", _NOT_IN_NAMES.sub("_", name)).strip().rstrip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name.strip(" .")[:MOST_LETTERS].rstrip(" .") or NAMELESS
    stem = stem.strip(" .")[: MOST_LETTERS - len(extension) - 1].rstrip(" .")
    return f"{stem or NAMELESS}.{extension.strip()}"


def _visible(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in _INVISIBLE


def extension_of(name: str) -> str:
    """``pdf`` of ``Giấy khai sinh.PDF``; empty without one."""
    return name.rpartition(".")[2].lower() if "." in name else ""
