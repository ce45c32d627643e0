"""Translations: merge, compile, check. Needs no gettext programs; Babel and Django's own lexer do it.

Vietnamese lies in ``src/motcua/locale/vi/parts/*.po``, one file for each part of the house, since parts are written
by different people. ``merge`` writes them into ``LC_MESSAGES/django.po`` (committed), ``compile`` makes ``django.mo``
(built), ``check`` fails on a text without Vietnamese. The command line speaks English and is not looked at.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "motcua"
LOCALE = SOURCE / "locale" / "vi"
PARTS = LOCALE / "parts"
PO = LOCALE / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")

PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*[\d.]*[a-zA-Z]|%[sd]")

# (context, msgid); a plural is known by its singular
Key = tuple[str | None, str]


@dataclass
class Message:
    """One text: where it is used, where and how it is translated."""

    key: Key
    plural: str | None = None
    places: list[str] = field(default_factory=list)
    translation: str = ""
    part: str = ""


@dataclass
class Parts:
    """What the part files say, and what is wrong with them."""

    messages: dict[Key, Message] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_parts() -> Parts:
    """Reads all part files; two translations of one text must agree."""
    from babel.messages.pofile import PoFileError, read_po

    found = Parts()
    for path in sorted(PARTS.glob("*.po")):
        try:
            with path.open("rb") as file:
                catalog = read_po(file, locale="vi", abort_invalid=True)
        except (PoFileError, ValueError) as error:
            found.problems.append(f"{path.name}: cannot be read: {error}")
            continue
        for entry in catalog:
            if not entry.id:
                continue
            ids = (entry.id,) if isinstance(entry.id, str) else entry.id
            texts = (entry.string,) if isinstance(entry.string, str) else entry.string
            context = entry.context.decode() if isinstance(entry.context, bytes) else entry.context
            key = (context, ids[0])
            where = f"{path.name}:{entry.lineno or '?'}"
            if entry.fuzzy:
                found.problems.append(f"{where}: marked fuzzy: {ids[0]!r}")
            translation = texts[0] if texts and texts[0] else ""
            known = found.messages.get(key)
            if known and known.translation and translation and known.translation != translation:
                found.problems.append(
                    f"{where}: {ids[0]!r} is {translation!r} here and {known.translation!r} in {known.part}"
                )
            if known is None or not known.translation:
                plural = ids[1] if len(ids) > 1 else None
                found.messages[key] = Message(key, plural, [], translation, where)
            elif len(ids) > 1:
                known.plural = ids[1]
    return found


def read_sources() -> dict[Key, Message]:
    """Every text of the code and the templates that goes to a screen."""
    from babel.messages.extract import extract

    from tools.message_sources import errors_texts, template_source

    keywords = {
        **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
        **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
        **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
        **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
    }
    found: dict[Key, Message] = {}

    def note(place: str, message: object, context: str | None) -> None:
        ids = (message,) if isinstance(message, str) else tuple(message)  # type: ignore[arg-type]
        if not ids or not ids[0]:
            return
        entry = found.setdefault((context, ids[0]), Message((context, ids[0])))
        entry.places.append(place)
        if len(ids) > 1 and ids[1]:
            entry.plural = ids[1]

    for path in _files("*.py"):
        text = path.read_bytes()
        for line, message, _comments, context in extract("python", io.BytesIO(text), keywords=keywords):
            note(_place(path, line), message, context)
        for line, message in errors_texts(path, SOURCE):
            note(_place(path, line), message, None)
    for path in (*_files("*.html"), *_files("*.txt")):
        if "templates" not in path.parts:
            continue
        source = template_source(path.read_text())
        for line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=keywords):
            note(_place(path, line), message, context)
    return found


def _files(pattern: str) -> Iterator[Path]:
    for path in sorted(SOURCE.rglob(pattern)):
        inside = path.relative_to(SOURCE).as_posix()
        if (
            not inside.startswith(("interfaces/cli/", "interfaces/templates/styleguide/", "static/", "locale/"))
            and "/migrations/" not in inside
        ):
            yield path


def _place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def catalog_bytes(parts: Parts, writer: Callable[..., None], **options: object) -> bytes:
    """All translated texts as Babel's ``writer`` (write_po, write_mo) puts them."""
    from babel.messages.catalog import Catalog

    catalog = Catalog(
        locale="vi", project="Motcua", version="", header_comment="# Merged from parts/*.po by make messages."
    )
    for key in sorted(parts.messages, key=lambda key: (key[1], key[0] or "")):
        message = parts.messages[key]
        ids = (message.key[1], message.plural) if message.plural else message.key[1]
        texts = (message.translation,) if message.plural else message.translation
        catalog.add(ids, texts, context=key[0])
    # Dates of the header would change the file at every merge.
    headers = {"POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team"}
    catalog.mime_headers = [pair for pair in catalog.mime_headers if pair[0] not in headers]
    buffer = io.BytesIO()
    writer(buffer, catalog, **options)
    lines = buffer.getvalue()
    if writer.__name__ == "write_po":
        text = lines.decode()
        return re.sub(rf'^"(?:{"|".join(headers)}): .*\n', "", text, flags=re.MULTILINE).encode()
    return lines


def merged(parts: Parts) -> bytes:
    """The text of ``django.po``."""
    from babel.messages.pofile import write_po

    return catalog_bytes(parts, write_po, width=120, sort_output=False)


def merge() -> int:
    """Writes ``django.po`` and ``django.mo``, and says what is missing."""
    parts = read_parts()
    if parts.problems:
        return _report(parts.problems)
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(merged(parts))
    compile_catalog(force=True)
    return check()


def compile_catalog(*, force: bool = False) -> int:
    """Makes ``django.mo`` from the parts when one of them is newer."""
    sources = [PARTS, *PARTS.glob("*.po"), Path(__file__)]
    newest = max((path.stat().st_mtime for path in sources if path.exists()), default=0.0)
    if not force and MO.exists() and MO.stat().st_mtime >= newest:
        return 0
    from babel.messages.mofile import write_mo

    MO.parent.mkdir(parents=True, exist_ok=True)
    MO.write_bytes(catalog_bytes(read_parts(), write_mo))
    return 0


def check() -> int:
    """Fails on a text without Vietnamese, on one that lost a placeholder, and on a catalogue that was not merged."""
    from tools.message_sources import bare_texts

    parts = read_parts()
    problems = list(parts.problems)
    used = read_sources()
    for key, message in used.items():
        known = parts.messages.get(key)
        context = f" (context {key[0]!r})" if key[0] else ""
        if known is None or not known.translation:
            problems.append(f"{message.places[0]}: no Vietnamese for {key[1]!r}{context}")
            continue
        wanted = _placeholders(message.plural or key[1])
        if _placeholders(known.translation) != wanted and _placeholders(key[1]) != _placeholders(known.translation):
            problems.append(
                f"{known.part}: {known.translation!r} needs the placeholders of {key[1]!r}: {sorted(wanted)}"
            )
        if message.plural and not known.plural:
            problems.append(f"{known.part}: {key[1]!r} has a plural: write msgid_plural and msgstr[0]")
    for path in (*_files("*.html"),):
        if "templates" in path.parts:
            problems += [
                f"{_place(path, line)}: not marked for translation: {text!r}" for line, text in bare_texts(path)
            ]
    if not parts.problems and (not PO.exists() or PO.read_bytes() != merged(parts)):
        problems.append(f"{PO.relative_to(ROOT)} is not what the parts say: run make messages")
    if problems:
        return _report(problems)
    print(f"{len(used)} texts, all in Vietnamese.")
    return 0


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text.replace("%%", ""))}


def _report(problems: list[str]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(problems)} problems with translations.", file=sys.stderr)
    return 1


def main() -> int:
    """``merge``, ``compile`` or ``check``."""
    commands: dict[str, Callable[[], int]] = {"merge": merge, "compile": compile_catalog, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        print("python -m tools.messages merge|compile|check", file=sys.stderr)
        return 2
    return commands[sys.argv[1]]()


if __name__ == "__main__":
    raise SystemExit(main())
